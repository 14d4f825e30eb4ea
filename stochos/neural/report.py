"""The cards of networks of several events a step: what they learned from, how well they foretell, on what terms."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from stochos.neural import bundle
from stochos.neural.baselines import Foretold
from stochos.neural.bundle import Model
from stochos.neural.dataset import in_encoding
from stochos.neural.evaluation import Evaluation, evaluate, hear
from stochos.neural.melodies import Tune
from stochos.neural.note import tones_of
from stochos.neural.notewise import continued_by_notes, one_at_a_time
from stochos.neural.recipes import Recipe
from stochos.neural.turing import figures, told
from stochos.neural.vocabulary import HIGHEST_PITCH, events_from_tones


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """How a network was trained. window: steps of a stretch; epoch: whose weights are kept."""

    name: str
    recipe: Recipe
    window: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Prose:
    """What a card says in words.

    plays   what the network does
    events  what a step is
    told    what the network is told, and never foretells
    frame   what the events of a frame are together, "sixteenth of four voices"
    voices  the events that are foretold in a frame, in order
    data    how the pieces came to be
    limits  what it does not know
    built   how the dataset is built
    further figures beyond these
    """

    plays: str
    events: str
    told: str
    frame: str
    voices: tuple[str, ...]
    data: str
    limits: str
    built: str
    further: Callable[[Model, Sequence[Tune], Sequence[Tune]], str] | None = None


def write(rehearsed: Rehearsed, model: Model, learned: Sequence[Tune], held_out: Sequence[Tune]) -> str:
    """The text of `card.md`; every figure is measured here."""
    found = evaluate(model, learned, held_out, lambda _done, _of: None)
    prose, recipe, config = PROSE[rehearsed.name], rehearsed.recipe, model.config
    rows = {row: foretold.score for row, foretold in found.rows.items()}
    table = "\n".join(f"| {row:15} | {score.nats:.4f} | {score.accuracy:.4f} |" for row, score in rows.items())
    *_, best = rows.values()
    further = prose.further(model, learned, held_out) if prose.further else ""
    size = len(prose.voices)
    each = ", ".join(f"{voice} {nats:.3f}" for voice, nats in _by_voice(found, prose.voices).items())
    weights = sum(math.prod(shape) for shape in config.shapes().values())
    return f"""# {rehearsed.name}

{prose.plays}
{config.cell} layers of {" + ".join(map(str, config.layers))} units, {weights:,} weights.

## Held-out pieces

| | nats a step | accuracy |
|---|---|---|
{table}

**{size * rows["network"].nats:.3f} nats a {prose.frame}** ({each}); the best Markov chain {size * best.nats:.3f}.
{prose.events} {prose.told}
Markov chains are smoothed after Witten and Bell and learned from the same pieces, in the same events; all orders, nats
a step:
{", ".join(f"{order}: {nats:.4f}" for order, nats in found.markov.items() if order)}.

{further}## Data

{prose.data}

Held out, with all pieces that share 12 notes of their first voice in a row:
{_numbers(held_out) or "those that the dataset names so"}.
{len(held_out)} pieces with {sum(found.steps):,} steps that are foretold; {len(learned)} are learned from, with
{sum(len(tune.events) for tune in learned):,} events. The held-out pieces also chose the epoch, so their figures are a
little kind to the network.

## Training

Epoch {rehearsed.epoch} of at most {recipe.epochs}, seed {recipe.seed}; Adam at {recipe.rate:g} falling by a cosine,
batches of {recipe.batch} stretches of {rehearsed.window} events, dropout {recipe.dropout:g}, gradients clipped at
{recipe.clip:g}; stopped after {recipe.patience} epochs without a better held-out loss. To train it again:

```console
$ stochos dataset build {prose.built} -o data
$ python -m stochos.neural.rehearsal {rehearsed.name} data
```

## Limits

{prose.limits}
"""


def _by_voice(found: Evaluation, voices: Sequence[str]) -> Mapping[str, float]:
    """Nats of each event of a frame."""
    rows: list[Foretold] = list(found.by_piece("network"))
    total = sum(len(row.nats[:: len(voices)]) for row in rows)
    return {
        voice: float(sum(row.nats[place :: len(voices)].sum() for row in rows) / total)
        for place, voice in enumerate(voices)
    }


def _numbers(pieces: Sequence[Tune]) -> str:
    """Names of Bach's works by their numbers, of other pieces as they are."""
    names = [re.sub(r"^bach/bwv(.*)\.\w+$", r"\1", piece.identity) for piece in pieces]
    return f"BWV {', '.join(names)}" if any(name != p.identity for name, p in zip(names, pieces, strict=True)) else ""


def _as_events(piece: Tune) -> Tune:
    """A melody of notes as sixteenths."""
    return replace(piece, events=tuple(events_from_tones(one_at_a_time(tones_of(piece.events)))))


def _nats_a_note(model: Model, pieces: Sequence[Tune]) -> float:
    """What the notes of some pieces cost, with all that is between them."""
    nats = hear(model, [piece.events for piece in pieces], lambda _done, _of: None).nats
    pitches = range(HIGHEST_PITCH + 1)
    return float(nats.sum()) / sum(event in pitches for piece in pieces for event in piece.events)


def _beside_basic(model: Model, learned: Sequence[Tune], held_out: Sequence[Tune]) -> str:
    """Distances to held-out distributions of what this network plays, and of what `basic` plays."""
    basic = bundle.load(bundle.find("basic"))
    train, test = (in_encoding(map(_as_events, side), basic.encoding) for side in (learned, held_out))
    own, other = figures(model, train, test, play=continued_by_notes), figures(basic, train, test)
    by_notes, by_steps = (_nats_a_note(network, side) for network, side in ((model, held_out), (basic, test)))
    rows = [(name, value, dict(told(other))[name]) for name, value in told(own)]
    table = "\n".join(f"| {name} | {value} | {beside} |" for name, value, beside in rows)
    return f"""## Beside `basic`

**{by_notes:.3f} nats a note**; `basic`, which foretells the same tunes by sixteenths, to their last, {by_steps:.3f}.

Both hear the first bar of {own.pieces} held-out tunes and go on, on sixteenths; distances are Jensen-Shannon
divergences from the held-out continuations, in bits. A classifier that guesses is right in 0.5 of the cases.

| | this network | `basic` |
|---|---|---|
{table}

"""


_CORPUS = """Bach's chorales in the corpus of music21, which is distributed with the permission of the encoders; most
name no licence of their own, three come from the Center for Computer Assisted Research in the Humanities, which
reserves its rights."""

PROSE: Mapping[str, Prose] = {
    "chorale": Prose(
        plays="Writes four voices, or three under a given soprano, after Bach's chorales: BachBot's stream of events.",
        events="A step is one voice's event in a sixteenth: a note of some pitch begins, ends, or what was goes on.",
        told="""Told, not foretold, are the key and, at each sixteenth, how many quarters the next fermata is away (0
to 8, or more).""",
        frame="sixteenth of four voices",
        voices=("soprano", "alto", "tenor", "bass"),
        data=_CORPUS + """
Those in just four parts of one note at a time, at least 7 bars long, each once; moved to C major or A minor, by the key
that Krumhansl's profiles find. No transposition beyond that.""",
        built="--corpus chorales --kind chorale",
        limits="""Music of one kind: four voices, mostly quarters and eighths, phrases that end under a fermata every
two bars or so. It hears where in the beat it is, not where in the bar, and nothing of a melody that is yet to come:
suspensions and cadences are prepared by the distance to the fermata alone. Nothing forbids parallel fifths.
Ask the encoders before using the weights for profit.""",
    ),
    "note": Prose(
        plays="Continues a melody note by note: of each its pitch, the step from the last onset, its duration.",
        events="A step is one of these three, each foretold by a head of its own with those before it known.",
        told="Steps and durations are the nearest of 20 times from 0 to 64 sixteenths.",
        frame="note",
        voices=("pitch", "step", "duration"),
        built="--corpus essen,ryan,oneill,aird",
        data="""The folk tunes of music21's corpus that [basic](../basic/card.md) learned from as well, cut into
melodies as Magenta cuts them; moved to C and to the middle octave.""",
        limits="""It foretells a note less well than `basic` does, and what it plays is told from music more easily; it
learned for few epochs. European and American folk tunes of one voice; times are multiples of a sixteenth. It hears
where in sixteen sixteenths it is, counted from its first note, not the barlines of the score. Ask the editors of the
collections before using the weights for profit.""",
        further=_beside_basic,
    ),
}  # fmt: skip
