"""The Music Turing Test: whether what a network plays can be told from pieces that it never learned from.

Source: after the classifier tests of Lopez-Paz and Oquab (2017).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.random import PCG64, Generator

from stochos.neural.bundle import Model
from stochos.neural.cells import Array
from stochos.neural.melodies import TooFewError, Tune
from stochos.neural.runs import longest_shared, moves_of, runs_of
from stochos.neural.sampling import Choice, Stepper, draw, speakable
from stochos.neural.telling import BAR, Accuracy, accuracy, repeated

OPENING = BAR  # steps of a piece that the network goes on from
LONGEST = 256  # steps that are judged at most
LEAST = 4 * BAR  # and at least
MOST = 400  # pieces that are judged
_TAKES = 100  # that are drawn together
_SAME = 4  # notes of a run by which music repeats itself
_RUN = 3  # moves of the longest n-grams whose distributions are compared


@dataclass(frozen=True, slots=True)
class Figures:
    """How near a network comes to music.

    pieces      how many were judged on each side
    told        how well a classifier tells what the network plays from the held-out pieces
    control     how well it tells pieces that the network learned from, from the held-out ones: guessing
    distances   Jensen-Shannon divergences (bits, 0..1) from the held-out pieces, by what was counted: of what the
                network plays, and of as many pieces that it learned from
    repeats     mean share of the runs of four notes that come again in a piece: `network`, `held out`
    copied      longest run of notes, in any key, that is also in a piece learned from, and the mean over the pieces:
                `network`, `held out`
    """

    pieces: int
    told: Accuracy
    control: Accuracy
    distances: dict[str, tuple[float, float]]
    repeats: dict[str, float]
    copied: dict[str, tuple[int, float]]

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def told(found: Figures) -> Iterator[tuple[str, str]]:
    """Name and value of each figure, for a table of two columns."""
    for name, each in (("told from held-out pieces", found.told), ("the same of learned pieces", found.control)):
        yield name, f"{each.share:.3f} ({each.low:.3f} to {each.high:.3f})"
    for name, (network, floor) in found.distances.items():
        yield f"distance of {name}", f"{network:.4f} (learned pieces {floor:.4f})"
    share = found.repeats
    yield "runs of four notes that come again", f"{share['network']:.3f} (held out {share['held out']:.3f})"
    (most, mean), (real_most, real_mean) = found.copied["network"], found.copied["held out"]
    yield "longest run of notes from learned pieces", f"{most} (held out {real_most})"
    yield "the same, the mean of all pieces", f"{mean:.1f} (held out {real_mean:.1f})"


class Continuing(Protocol):
    """Lets a network go on."""

    def __call__(  # noqa: PLR0913, PLR0917 - as `continued`
        self, model: Model, openings: Sequence[Sequence[int]], lengths: Sequence[int], rng: Generator,
        temperature: float, progress: Callable[[int, int], None], /,
    ) -> list[list[int]]:  # fmt: skip
        """As `continued`."""


def figures(  # noqa: PLR0913, PLR0917 - what they hang on
    model: Model, train: Sequence[Tune], test: Sequence[Tune], seed: int = 1, temperature: float = 1.0,
    most: int = MOST, progress: Callable[[int, int], None] = lambda _done, _of: None, play: Continuing | None = None,
) -> Figures:  # fmt: skip
    """The figures of a network for its card; the same seed gives the same.

    Of each held-out piece the network hears the first bar and goes on; both continuations are judged up to the last
    bar of the piece, so that neither beginning nor end tells.

    train, test  in the key and range of the network's encoding: learned from, and held out
    progress     told how many takes are drawn, and of how many
    play         lets the network go on; None: sixteenth by sixteenth
    """
    rng = Generator(PCG64(seed))
    held_out, learned = (_chosen(side, most, rng) for side in (test, train))
    count = min(len(held_out), len(learned))
    if count < 10:
        raise TooFewError(f"only {count} pieces are long enough, and ten are needed")
    held_out, learned = held_out[:count], learned[:count]
    lengths = [min(len(tune.events) - BAR, OPENING + LONGEST) for tune in held_out]
    real = [tune.events[OPENING:length] for tune, length in zip(held_out, lengths, strict=True)]
    openings = [tune.events[:OPENING] for tune in held_out]
    made = (play or continued)(model, openings, lengths, Generator(PCG64([seed, 1])), temperature, progress)
    known = [tune.events[OPENING : min(len(tune.events) - BAR, OPENING + LONGEST)] for tune in learned]
    groups = [tune.group for tune in held_out]
    sides: dict[str, Sequence[Sequence[int]]] = {"network": made, "held out": real}
    everything = [tune.events for tune in train]
    shared = {name: longest_shared(pieces, everything) for name, pieces in sides.items()}
    return Figures(
        count,
        accuracy(real, made, groups + groups),
        accuracy(real, known, groups + [tune.group for tune in learned]),
        {name: (_distance(of, made, real), _distance(of, known, real)) for name, of in _COUNTED.items()},
        {name: float(np.mean([repeated(moves_of(p), _SAME - 1) for p in pieces])) for name, pieces in sides.items()},
        {name: (max(longest), float(np.mean(longest))) for name, longest in shared.items()},
    )


def _chosen(tunes: Sequence[Tune], most: int, rng: Generator) -> list[Tune]:
    """Some of the tunes that are long enough, drawn evenly."""
    long = [tune for tune in tunes if len(tune.events) >= OPENING + LEAST + BAR]
    return [long[number] for number in rng.permutation(len(long))[:most].tolist()]


def continued(  # noqa: PLR0913, PLR0917 - all that continuations hang on
    model: Model, openings: Sequence[Sequence[int]], lengths: Sequence[int], rng: Generator, temperature: float,
    progress: Callable[[int, int], None],
) -> list[list[int]]:  # fmt: skip
    """What a network plays after each opening, in its key and range, up to a length that counts the opening."""
    made: list[list[int]] = []
    for start in range(0, len(openings), _TAKES):
        heard, until = openings[start : start + _TAKES], lengths[start : start + _TAKES]
        made += _together(model, heard, until, rng, temperature)
        progress(len(made), len(openings))
    return made


def _together(
    model: Model, openings: Sequence[Sequence[int]], lengths: Sequence[int], rng: Generator, temperature: float
) -> list[list[int]]:
    encoding, opening = model.encoding, len(openings[0])
    (may,) = speakable(0, None, encoding)
    stepper = Stepper(model, len(openings))
    for step in range(opening):
        stepper.hear([piece[step] for piece in openings])
    choice = Choice(np.full(max(lengths) - opening, temperature))
    said = np.tile(encoding.said, (len(openings), 1))
    rows = np.arange(len(openings))
    for step in range(max(lengths) - opening):
        meant = stepper.meant() if encoding.repeats else said
        drawn = draw(choice.chances(stepper.logits, may[meant + 2], step), rng.random(len(openings)))
        stepper.hear(meant[rows, drawn].tolist())
    return [before[opening:length] for before, length in zip(stepper.before, lengths, strict=True)]


# --- distances --------------------------------------------------------------------------------

_Counted = Callable[[Sequence[int]], Iterable[int]]


def _pitch_classes(events: Sequence[int]) -> Iterable[int]:
    return (event % 12 for event in events if event >= 0)


def _intervals(events: Sequence[int]) -> Iterable[int]:
    return map(int, moves_of(events) >> np.uint64(16))


def _gaps(events: Sequence[int]) -> Iterable[int]:
    return map(int, moves_of(events) & np.uint64(0xFFFF))


def _grams(events: Sequence[int]) -> Iterable[int]:
    return map(int, runs_of(moves_of(events), _RUN))


_COUNTED: dict[str, _Counted] = {
    "pitch classes": _pitch_classes, "intervals": _intervals, "lengths": _gaps, f"runs of {_RUN + 1} notes": _grams,
}  # fmt: skip


def _distance(counted: _Counted, one: Sequence[Sequence[int]], other: Sequence[Sequence[int]]) -> float:
    """Jensen-Shannon divergence in bits of what is counted in the pieces of two sides: 0 alike, 1 nothing shared."""
    sides = [[thing for events in pieces for thing in counted(events)] for pieces in (one, other)]
    index = {thing: number for number, thing in enumerate(dict.fromkeys([*sides[0], *sides[1]]))}
    shares = []
    for side in sides:
        counts = np.bincount([index[thing] for thing in side], minlength=len(index))
        shares.append(counts / max(counts.sum(), 1))
    return divergence(*shares)


def divergence(one: Array, other: Array) -> float:
    """Jensen-Shannon divergence of two distributions, in bits, 0..1. Source: Lin (1991)."""
    middle = (one + other) / 2
    parts = [float((p[p > 0] * np.log2(p[p > 0] / middle[p > 0])).sum()) for p in (one, other)]
    return sum(parts) / 2
