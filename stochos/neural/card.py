"""The card of a network: what it learned from, how well it foretells, how to train it again."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stochos.neural.baselines import Score
from stochos.neural.bundle import BARS, Config
from stochos.neural.evaluation import Evaluation
from stochos.neural.melodies import FOLK, Tune
from stochos.neural.recipes import Recipe

_DROPPED = "dropped: "
_MOST_NAMED = 60  # held-out pieces that are named one by one
_FIGURES = re.compile(r"^## (?:Held-out|Told) .*?(?=^## (?!Told |Beside )|\Z)", re.MULTILINE | re.DOTALL)
_FIGURE = re.compile(r"^\| ([a-z0-9 ]+?) +\| ([0-9.]+) \|(?: ([0-9.]+) \|)? ([0-9.]+) \|$", re.MULTILINE)

# --- what is told of kinds of music and of encodings --------------------------------------------


@dataclass(frozen=True, slots=True)
class Collection:
    """Music that networks learn from: its name, whose it is and on what terms, and what it does not teach."""

    title: str
    terms: str
    limits: str


_FOLK = """European and American folk tunes of one voice, in duple and triple meters, on a grid of sixteenths: no
triplets, nothing chromatic to speak of, no form beyond a few bars."""

COLLECTIONS: Mapping[str, Collection] = {
    "essenFolksong": Collection(
        "Essen Folksong Collection",
        "encoded under Helmut Schaffrath, continued by Ewa Dahlig-Turek, in ABC by Seymour Shlien; music21 has their "
        "permission for non-commercial distribution and use, and calls the legal status of the database unclear",
        _FOLK,
    ),
    "ryansMammoth": Collection(
        "Ryan's Mammoth Collection of Fiddle Tunes (1883)",
        "transcribed by Ray Davies, John Chambers and others; no licence of its own in music21",
        _FOLK,
    ),
    "oneills1850": Collection(
        "O'Neill's Music of Ireland, the 1850 (1903)",
        "transcribed by Norbert Paap, John Walsh, John Chambers and others; no licence of its own in music21",
        _FOLK,
    ),
    "airdsAirs": Collection(
        "Aird's Airs (Glasgow, 1778-1801)",
        "transcribed by Jack Campin, 2009; no licence of its own in music21",
        _FOLK,
    ),
    "bach": Collection(
        "Bach's chorales",
        "most name no licence of their own; three come from the Center for Computer Assisted Research in the "
        "Humanities, which reserves its rights",
        "Music of one kind: four voices, mostly quarters and eighths, phrases that end under a fermata every two bars.",
    ),
}
"""Of music21's corpus, by folder."""


@dataclass(frozen=True, slots=True)
class Prose:
    """What a card says of an encoding.

    plays   what the network does
    step    what a step is, and what the network is told without foretelling it
    brought how pieces are brought into the encoding
    limits  what the network does not know
    frame   of encodings of several events: what they are together, "note"
    voices  the events of a frame that are foretold, in order
    beside  the network that what it plays is held beside, where there is one
    """

    plays: str
    step: str
    brought: str
    limits: str
    frame: str = ""
    voices: tuple[str, ...] = ()
    beside: str | None = None


_MELODY = Prose(
    plays="Continues a melody, one sixteenth at a time",
    step="A step is a sixteenth; a tune's first event is foretold too, from one step of no event.",
    brought="Moved to C and to the middle octave as Magenta does.",
    limits="Steps are sixteenths whatever the meter; the network hears no barline.",
)

PROSE: Mapping[str, Prose] = {
    "basic": _MELODY,
    "lookback": _MELODY,
    "attention": _MELODY,
    "mono": Prose(_MELODY.plays, _MELODY.step, "At the pitch at which they sound.", _MELODY.limits),
    "note": Prose(
        plays="Continues a melody note by note: of each its pitch, the step from the last onset, its duration",
        step="""A step is one of these three, each foretold by a head of its own with those before it known; steps and
durations are the nearest of 20 times from 0 to 64 sixteenths.""",
        brought="Moved to C and to the middle octave as Magenta does; each begins with its first note.",
        limits="""Times are multiples of a sixteenth. It hears where in sixteen sixteenths it is, counted from its first
note, not the barlines of the score.""",
        frame="note",
        voices=("pitch", "step", "duration"),
        beside="basic",
    ),
    "chorale": Prose(
        plays="Writes four voices, or three under a given soprano, as one stream of events",
        step="""A step is one voice's event in a sixteenth: a note of some pitch begins, ends, or what was goes on. The
key is told, not foretold, and so is at each sixteenth how many quarters the next fermata is away (0 to 8, or more).""",
        brought="""Those in just four parts of one note at a time, moved to C major or A minor, by the key that
Krumhansl's profiles find; no transposition beyond that.""",
        limits="""It hears where in the beat it is, not where in the bar, and nothing of a melody that is yet to come:
suspensions and cadences are prepared by the distance to the fermata alone. Nothing forbids parallel fifths.""",
        frame="sixteenth of four voices",
        voices=("soprano", "alto", "tenor", "bass"),
    ),
    "harmony": Prose(
        plays="Plays a melody over given chords, one sixteenth at a time",
        step="""A step is a sixteenth of the melody: a note of some pitch begins, ends, or what was goes on. Its chord
is told, not foretold: its tones and its root, within one octave. The chains are told it too, and which
sixteenth of the quarter it is; their orders count events of the melody.""",
        brought="""The top of the first part, and of each quarter the chord nearest to what sounds in all parts; moved
to C major or A minor, by the key that Krumhansl's profiles find in the chords. Melodies wider than two octaves are left
out.""",
        limits="""It hears where in the beat it is, not where in the bar, nor phrases and their ends. It learned over
chords that change every quarter; how chords last longer it learned from the same melodies over the first of two or four
chords. It hears no chord that is yet to come, and over chords that stay it may hold a note for long, even
into the next. That melodies have tones of their chords is so, too, because the chords were read from them.""",
    ),
    BARS: Prose(
        plays="""Goes on with a melody a bar at a time: makes sixteen sixteenths at once, of noise and of the three bars
before them""",
        step="",
        brought=_MELODY.brought,
        limits="""A bar has sixteen sixteenths whatever the meter, counted from where it begins to play. It knows
nothing of what was more than three bars ago. It gives no likelihoods: it cannot be evaluated, searched or mixed.""",
        beside="basic",
    ),
}
"""By the name of the encoding, or of the cell where that has more to say; a new one adds a row."""


def prose_of(config: Config) -> Prose:
    """What a card says of a kind of network."""
    return PROSE[config.cell if config.cell in PROSE else config.encoding]


# --- what is told of one network ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """What there is to tell of a network that was trained.

    tunes   all that were kept, learned from and held out
    report  how many tunes were found, kept and dropped, by reason
    beaten  what it must beat on the held-out tunes, `evaluation.unlearned`; None: it foretells nothing
    data    the dataset that the tunes are of; None: music21's corpus
    command what trains it again
    """

    name: str
    config: Config
    recipe: Recipe
    tunes: Sequence[Tune]
    report: Mapping[str, int]
    beaten: Evaluation | None
    data: str | None = None
    command: str | None = None

    @property
    def sides(self) -> tuple[list[Tune], list[Tune]]:
        """Tunes that are learned from, and those that are held out."""
        return sides(self.tunes)


def sides(tunes: Sequence[Tune]) -> tuple[list[Tune], list[Tune]]:
    """Those that are learned from, and those that are held out."""
    return [tune for tune in tunes if not tune.held_out], [tune for tune in tunes if tune.held_out]


@dataclass(frozen=True, slots=True)
class Row:
    """How well something foretells: nats a step and a note (None where there is none), and accuracy."""

    nats: float
    a_note: float | None
    accuracy: float


def write(run: Run, epoch: int, score: Score) -> str:
    """The text of `card.md` for the weights of an epoch and their score; every figure is from the run."""
    config, recipe, prose = run.config, run.recipe, prose_of(run.config)
    weights = sum(math.prod(shape) for shape in config.shapes().values())
    looking = "" if config.attention is None else f", attention over {config.attention} steps"
    looking += f", {config.noise} numbers of noise" if config.noise else ""
    most = recipe.epochs if recipe.steps is None else f"{recipe.steps:,} batches"
    tunes = f"stretches of {recipe.window} events" if recipe.window else "tunes"
    moved = f", each moved by up to {recipe.transpose} semitones" if recipe.transpose else ""
    plainer = f", {recipe.plainer:.0%} of which are heard over plainer chords or none" if recipe.plainer else ""
    limits = {COLLECTIONS[name].limits: None for name in _collections(run.report)}
    if run.beaten is None:
        figures = _nearness(score)
        stopped = f"""dropout {recipe.dropout:g}. The generator learns of nothing but a
critic, which sees five bars; what is kept is a mean of its last weights. Stopped after {recipe.patience} epochs that
came no nearer to what was kept back"""
    else:
        figures = foretelling(config, run.beaten, score, run.data)
        stopped = f"""dropout {recipe.dropout:g}, gradients clipped at {recipe.clip:g}; stopped after
{recipe.patience} epochs without a better held-out loss"""
    return f"""# {run.name}

{prose.plays}:
{config.cell} layers of {" + ".join(map(str, config.layers))} units{looking}, {weights:,} weights, the
`{config.encoding}` encoding (MIDI {config.lowest} to {config.highest}). After {recipe.after}; trained anew.

{figures}
## Data

{_data(run)}

## Training

Epoch {epoch} of at most {most}, seed {recipe.seed}; Adam at {recipe.rate:g} falling by a cosine, batches of
{recipe.batch} {tunes}{moved}{plainer}, {stopped}. To train it again:

```console
$ {run.command or f"python -m stochos.neural.training {run.name}"}
```

## Limits

{" ".join([*limits, prose.limits])}
The weights are learned from the music above; ask those whom it belongs to before using them for profit.
"""


def _nearness(score: Score) -> str:
    """What chose the weights of a network that foretells nothing."""
    return f"""## Told from music

What it plays is {score.nats:.4f} bits from the pieces that were kept back, the mean of four distances; a classifier
tells it from them in {score.accuracy:.3f} of the cases, and guessing is 0.5. `stochos turing` asks held-out pieces.
"""


def foretelling(config: Config, found: Evaluation, network: Score | None = None, data: str | None = None) -> str:
    """The section on how well held-out pieces are foretold.

    network  its score, where that is not among what was found
    data     the dataset of the pieces, where they are of one
    """
    prose, steps, notes = prose_of(config), sum(found.steps), sum(found.notes)
    rows = {row: foretold.score for row, foretold in found.rows.items()}
    if network is not None:
        rows = {"network": network, **rows}
    lines = [
        f"| {row:15} | {score.nats:.4f} | {score.nats * steps / max(notes, 1):.3f} | {score.accuracy:.4f} |"
        for row, score in rows.items()
    ]
    table = "\n".join(lines)
    orders = ", ".join(f"{order}: {nats:.4f}" for order, nats in found.markov.items() if order)
    *_, best = rows
    own, markov = rows["network"].nats, rows[best].nats
    less, of = 100 * (1 - own / markov), "" if data is None else f" of the dataset `{data}`"
    size = len(prose.voices)
    whole = ""
    if size:
        whole = f"**{size * own:.3f} nats a {prose.frame}**{_by_voice(found, prose)}; {best} {size * markov:.3f}.\n\n"
    return f"""## Held-out pieces

| | nats a step | nats a note | accuracy |
|---|---|---|---|
{table}

{whole}{abs(less):.1f} % {"fewer" if less >= 0 else "more"} nats a step than the best Markov order, in
{len(found.pieces):,} pieces{of} with {steps:,} steps and {notes:,} notes.
{prose.step}
Markov chains are smoothed after Witten and Bell and learned from the same pieces, in the same events; all orders, nats
a step: {orders}.
"""


def _by_voice(found: Evaluation, prose: Prose) -> str:
    """Nats of each event of a frame, where they are known."""
    if "network" not in found.rows:
        return ""
    pieces, size = list(found.by_piece("network")), len(prose.voices)
    total = sum(found.steps) / size
    each = [sum(float(piece.nats[place::size].sum()) for piece in pieces) / total for place in range(size)]
    return f" ({', '.join(f'{voice} {nats:.3f}' for voice, nats in zip(prose.voices, each, strict=True))})"


def with_figures(text: str, sections: str) -> str:
    """A card whose sections of figures are these, and all else is as it was."""
    found, anew = _FIGURES.search(text), sections.rstrip() + "\n"
    if found is None:
        return f"{text.rstrip()}\n\n{anew}"
    after = text[found.end() :]
    return text[: found.start()] + anew + (f"\n{after}" if after else "")


def figures(text: str) -> dict[str, Row]:
    """What a card says of foretelling, by row: `network`, `unigram`, `markov order N`."""
    found = _FIGURE.findall(text)
    return {row: Row(float(nats), float(note) if note else None, float(right)) for row, nats, note, right in found}


def _data(run: Run) -> str:
    learned, held_out = run.sides
    known = _collections(run.report)
    names = [re.sub(r"^bach/bwv(.*)\.\w+$", r"BWV \1", tune.identity) for tune in held_out]
    named = f"\n\nHeld out: {', '.join(names)}." if known and len(names) <= _MOST_NAMED else ""
    chose = "The held-out pieces also chose the epoch, so their figures are a little kind to the network."
    if run.beaten is None:
        chose = "One version in sixteen is not learned from but chose the epoch; the held-out ones were not asked."
    return f"""{_sources(run, known)} {prose_of(run.config).brought}
Pieces that share a run of 12 notes, pitch and rhythm in any key, count as versions of one:
{len({tune.group for tune in run.tunes}):,} pieces in {len(run.tunes):,} versions. Of these, by a hash of their names,
{len(held_out):,} versions with {_events(held_out):,} events are held out, a piece with all its versions;
{len(learned):,} versions with {_events(learned):,} events are learned from.
{chose}{named}"""


def _sources(run: Run, known: Sequence[str]) -> str:
    """Where the music is from, and what became of what is not among it."""
    if not known:
        told = "; ".join(f"{reason}: {count:,}" for reason, count in run.report.items())
        return f"The dataset `{run.data}`. Its report: {told or 'none'}."
    lines = [
        f"- {COLLECTIONS[name].title}: {run.report.get(f'{name}: kept', 0):,} of "
        f"{run.report[f'{name}: found']:,} pieces; {COLLECTIONS[name].terms}."
        for name in known
    ]
    dropped = {reason.removeprefix(_DROPPED): n for reason, n in run.report.items() if reason.startswith(_DROPPED)}
    left_out = "; ".join(f"{count:,} {reason}" for reason, count in dropped.items())
    head = "From the corpus of music21, which is distributed with the permission of the encoders:"
    read = "ABC is read without ornaments, of a chord the top note, repeats once with their last ending."
    end = [f"Left out: {left_out or 'none'}.", *([read] if set(known) & set(FOLK) else [])]
    return "\n".join([head, *lines, "", " ".join(end)])


def _collections(report: Mapping[str, int]) -> list[str]:
    return [name for name in COLLECTIONS if f"{name}: found" in report]


def _events(tunes: Sequence[Tune]) -> int:
    return sum(len(tune.events) for tune in tunes)
