"""The card of a network: what it learned from, how well it foretells, how to train it again."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stochos.neural.baselines import Score
from stochos.neural.bundle import Config
from stochos.neural.melodies import Tune
from stochos.neural.recipes import Recipe

_COLLECTIONS = {
    "essenFolksong": (
        "Essen Folksong Collection",
        "encoded under Helmut Schaffrath, continued by Ewa Dahlig-Turek, in ABC by Seymour Shlien; music21 has their "
        "permission for non-commercial distribution and use, and calls the legal status of the database unclear",
    ),
    "ryansMammoth": (
        "Ryan's Mammoth Collection of Fiddle Tunes (1883)",
        "transcribed by Ray Davies, John Chambers and others; no licence of its own in music21",
    ),
    "oneills1850": (
        "O'Neill's Music of Ireland, the 1850 (1903)",
        "transcribed by Norbert Paap, John Walsh, John Chambers and others; no licence of its own in music21",
    ),
    "airdsAirs": (
        "Aird's Airs (Glasgow, 1778-1801)",
        "transcribed by Jack Campin, 2009; no licence of its own in music21",
    ),
}
_LIMITS = """\
European and American folk tunes of one voice, in duple and triple meters, on a grid of sixteenths: no triplets, nothing
chromatic to speak of, no form beyond a few bars. """
_FIGURE = re.compile(r"^\| ([a-z0-9 ]+?) +\| ([0-9.]+) \| ([0-9.]+) \|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Run:
    """What there is to tell of a network that was trained.

    tunes   all that were kept, learned from and held out
    report  how many tunes were found, kept and dropped, by reason
    markov  scores of Markov chains on the held-out tunes, by order; 0 is the frequencies of events
    data    the dataset that the tunes are of; None: the folk tunes of music21's corpus
    command what trains it again
    """

    name: str
    config: Config
    recipe: Recipe
    tunes: Sequence[Tune]
    report: Mapping[str, int]
    markov: Mapping[int, Score]
    data: str | None = None
    command: str | None = None


def write(run: Run, epoch: int, score: Score) -> str:
    """The text of `card.md` for the weights of an epoch and their score; every figure is from the run."""
    name, config, recipe, tunes, markov = run.name, run.config, run.recipe, run.tunes, run.markov
    order = min((order for order in markov if order), key=lambda order: markov[order].nats)
    rows = {"network": score, "unigram": markov[0], f"markov order {order}": markov[order]}
    figures = "\n".join(f"| {row:15} | {s.nats:.4f} | {s.accuracy:.4f} |" for row, s in rows.items())
    orders = ", ".join(f"{k}: {s.nats:.4f}" for k, s in markov.items() if k)
    learned, held_out = ([tune for tune in tunes if tune.held_out == side] for side in (False, True))
    sizes = " + ".join(map(str, config.layers))
    weights = sum(math.prod(shape) for shape in config.shapes().values())
    less = 100 * (1 - score.nats / markov[order].nats)
    more = "fewer" if less >= 0 else "more"
    most = recipe.epochs if recipe.steps is None else f"{recipe.steps:,} batches"
    return f"""# {name}

Continues a melody, one sixteenth at a time: {config.cell} layers of {sizes} units, {weights:,} weights, the
`{config.encoding}` encoding (MIDI {config.lowest} to {config.highest}). After {recipe.after}; trained anew.

## Held-out tunes

| | nats a step | accuracy |
|---|---|---|
{figures}

{abs(less):.1f} % {more} nats a step than the best Markov order. Markov chains are smoothed after Witten and Bell and
learned from the same tunes; all orders, nats a step: {orders}.
A step is a sixteenth; a tune's first event is foretold too, from one step of no event.

## Data

{_folk(run.report) if run.data is None else _dataset(run.data, run.report)}
Tunes that share a run of 12 notes, pitch and rhythm in any key, count as versions of one:
{len({tune.group for tune in tunes}):,} tunes in {len(tunes):,} versions. Of these, by a hash of their names,
{len(held_out):,} versions with {_steps(held_out):,} steps are held out, a tune with all its versions;
{len(learned):,} versions with {_steps(learned):,} steps are learned from.
The held-out tunes also chose the epoch, so their figures are a little kind to the network.

## Training

Epoch {epoch} of at most {most}, seed {recipe.seed}; Adam at {recipe.rate:g} falling by a cosine, batches of
{recipe.batch} tunes, dropout {recipe.dropout:g}, gradients clipped at {recipe.clip:g}; stopped after {recipe.patience}
epochs without a better held-out loss. To train it again:
`{run.command or f'python -m stochos.neural.training {name}'}`.

## Limits

{_LIMITS if run.data is None else ""}Steps are sixteenths whatever the meter; the network hears no barline.
The weights are learned from the music above; ask those whom it belongs to before using them for profit.
"""


def figures(text: str) -> dict[str, Score]:
    """The scores in a card, by row: `network`, `unigram`, `markov order N`."""
    return {row: Score(float(nats), float(accuracy)) for row, nats, accuracy in _FIGURE.findall(text)}


def _steps(tunes: Sequence[Tune]) -> int:
    return sum(len(tune.events) for tune in tunes)


def _folk(report: Mapping[str, int]) -> str:
    return f"""{_sources(report)}

{_dropped(report)}
Read with music21's ABC tokens, ornaments left out, the top note of a chord, repeats once with their last ending; moved
to C and to the middle octave as Magenta does."""


def _dataset(name: str, report: Mapping[str, int]) -> str:
    counts = "; ".join(f"{reason}: {count:,}" for reason, count in report.items())
    return f"The dataset `{name}`, moved to the key and range of the encoding as Magenta does. Its report: {counts}."


def _sources(report: Mapping[str, int]) -> str:
    lines = [
        f"- {title}: {report.get(f'{name}: kept', 0):,} of {report[f'{name}: found']:,} tunes; {source}."
        for name, (title, source) in _COLLECTIONS.items()
        if f"{name}: found" in report
    ]
    return "From the corpus of music21, which is distributed with the permission of the encoders:\n" + "\n".join(lines)


def _dropped(report: Mapping[str, int]) -> str:
    reasons = {key.removeprefix("dropped: "): count for key, count in report.items() if key.startswith("dropped: ")}
    return "Left out: " + "; ".join(f"{count:,} {reason}" for reason, count in reasons.items()) + "."
