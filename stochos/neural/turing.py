"""The Music Turing Test: whether what a network plays can be told from pieces that it never learned from.

Source: after the classifier tests of Lopez-Paz and Oquab (2017).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.random import PCG64, Generator

from stochos.neural.bundle import Model
from stochos.neural.cells import Array
from stochos.neural.judged import OPENING, chords, judged
from stochos.neural.melodies import TooFewError, Tune
from stochos.neural.runs import longest_shared, moves_of, runs_of
from stochos.neural.telling import BAR, Accuracy, Lines, accuracy, repeated

LONGEST = 256  # steps that are judged at most
LEAST = 4 * BAR  # and at least
MOST = 400  # pieces that are judged
FEWEST = 10
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


def figures(  # noqa: PLR0913, PLR0917 - what they hang on
    model: Model, train: Sequence[Tune], test: Sequence[Tune], seed: int = 1, temperature: float = 1.0,
    most: int = MOST, progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Figures:  # fmt: skip
    """The figures of a network for its card; the same seed gives the same.

    Of each held-out piece the network hears the first bar and goes on; both continuations are judged up to the last
    bar of the piece, so that neither beginning nor end tells. Of several voices each is judged, and their chords.

    train, test  in the key and range of the network's encoding: learned from, and held out
    progress     told how many takes are drawn, and of how many
    """
    rng, heard = Generator(PCG64(seed)), judged(model.encoding)
    everything = [(tune, heard.lines(tune.events)) for tune in train]
    held_out = _chosen([(tune, heard.lines(tune.events)) for tune in test], most, rng)
    learned = _chosen(everything, most, rng)
    count = min(len(held_out), len(learned))
    if count < FEWEST:
        raise TooFewError(f"only {count} pieces are long enough, and ten are needed")
    held_out, learned = held_out[:count], learned[:count]
    lengths = [min(len(lines[0]) - BAR, OPENING + LONGEST) for _, lines in held_out]
    real, known = ([_judged_part(lines) for _, lines in side] for side in (held_out, learned))
    pieces = [tune.events for tune, _ in held_out]
    made = heard.play(model, pieces, lengths, Generator(PCG64([seed, 1])), temperature, progress)
    groups = [tune.group for tune, _ in held_out]
    sides: dict[str, Sequence[Lines]] = {"network": made, "held out": real}
    others = [line for _, lines in everything for line in lines]
    shared = {name: _longest(pieces, others) for name, pieces in sides.items()}
    counted = _COUNTED | ({"chords": _chords} if len(real[0]) > 1 else {})
    return Figures(
        count,
        accuracy(_with_chords(real), _with_chords(made), groups + groups),
        accuracy(_with_chords(real), _with_chords(known), groups + [tune.group for tune, _ in learned]),
        {name: (_distance(of, made, real), _distance(of, known, real)) for name, of in counted.items()},
        {name: float(np.mean([_repeated(piece) for piece in pieces])) for name, pieces in sides.items()},
        {name: (max(longest), float(np.mean(longest))) for name, longest in shared.items()},
    )


def nearness(model: Model, pieces: Sequence[Sequence[int]], seed: int = 1) -> tuple[float, float]:
    """The mean of the distances of what a network plays from pieces, in bits, and how often it is told from them.

    pieces  in events of its encoding; those that are too short do not count
    As `figures` has it, without all that needs pieces learned from.
    """
    heard = judged(model.encoding)
    tunes = [Tune(str(number), tuple(events), str(number), held_out=True) for number, events in enumerate(pieces)]
    chosen = _chosen([(tune, heard.lines(tune.events)) for tune in tunes], MOST, Generator(PCG64(seed)))
    if len(chosen) < FEWEST:
        raise TooFewError(f"only {len(chosen)} pieces are long enough, and ten are needed")
    lengths = [min(len(lines[0]) - BAR, OPENING + LONGEST) for _, lines in chosen]
    real = [_judged_part(lines) for _, lines in chosen]
    rng = Generator(PCG64([seed, 1]))
    made = heard.play(model, [tune.events for tune, _ in chosen], lengths, rng, 1.0, lambda _done, _of: None)
    groups = [tune.group for tune, _ in chosen]
    distances = [_distance(counted, made, real) for counted in _COUNTED.values()]
    return float(np.mean(distances)), accuracy(real, made, groups + groups).share


def is_long(steps: int) -> bool:
    """Whether a piece of so many sixteenths can be judged."""
    return steps >= OPENING + LEAST + BAR


def _chosen(tunes: Sequence[tuple[Tune, Lines]], most: int, rng: Generator) -> list[tuple[Tune, Lines]]:
    """Some of the tunes that are long enough, drawn evenly."""
    long = [each for each in tunes if is_long(len(each[1][0]))]
    return [long[number] for number in rng.permutation(len(long))[:most].tolist()]


def _judged_part(lines: Lines) -> Lines:
    """What follows the opening, without the last bar."""
    return [line[OPENING : min(len(line) - BAR, OPENING + LONGEST)] for line in lines]


def _with_chords(pieces: Sequence[Lines]) -> list[Lines]:
    return [[*lines, chords(lines)] if len(lines) > 1 else lines for lines in pieces]


def _repeated(lines: Lines) -> float:
    """Share of the runs of four notes that come again in a line."""
    return float(np.mean([repeated(moves_of(line), _SAME - 1) for line in lines]))


def _longest(pieces: Sequence[Lines], others: Sequence[Sequence[int]]) -> list[int]:
    """Of each piece the longest run of a line that is in any other line, too."""
    voices = len(pieces[0])
    runs = longest_shared([line for lines in pieces for line in lines], others)
    return [max(runs[start : start + voices]) for start in range(0, len(runs), voices)]


# --- distances --------------------------------------------------------------------------------

_Counted = Callable[[Lines], Iterable[int]]


def _pitch_classes(lines: Lines) -> Iterable[int]:
    return (event % 12 for events in lines for event in events if event >= 0)


def _intervals(lines: Lines) -> Iterable[int]:
    return (int(move) for events in lines for move in moves_of(events) >> np.uint64(16))


def _gaps(lines: Lines) -> Iterable[int]:
    return (int(move) for events in lines for move in moves_of(events) & np.uint64(0xFFFF))


def _grams(lines: Lines) -> Iterable[int]:
    return (int(run) for events in lines for run in runs_of(moves_of(events), _RUN))


def _chords(lines: Lines) -> Iterable[int]:
    return (chord for chord in chords(lines) if chord >= 0)


_COUNTED: dict[str, _Counted] = {
    "pitch classes": _pitch_classes, "intervals": _intervals, "lengths": _gaps, f"runs of {_RUN + 1} notes": _grams,
}  # fmt: skip


def _distance(counted: _Counted, one: Sequence[Lines], other: Sequence[Lines]) -> float:
    """Jensen-Shannon divergence in bits of what is counted in the pieces of two sides: 0 alike, 1 nothing shared."""
    sides = [[thing for lines in pieces for thing in counted(lines)] for pieces in (one, other)]
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
