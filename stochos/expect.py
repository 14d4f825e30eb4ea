"""What a take is like, beside what was expected of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import isnan
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from stochos.music.pitch import spell
from stochos.music.time import QUARTER
from stochos.process.fitting import TRIES, fitted_p
from stochos.process.value import Context, Value
from stochos.realization import Note, Part, Realization
from stochos.rendering.tempo import paces, seconds
from stochos.score import Expectation

if TYPE_CHECKING:
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"

REFERENCE = 20_000
"""So many draws stand for a law."""
_SEED = 1  # of the draws that stand for a law: the same for every take
_WHOLE = frozenset({"pitch", "interval", "velocity"})  # quantities that notes have in whole numbers


@dataclass(frozen=True, slots=True)
class Result:
    """How an expectation came out.

    observed  in the terms of its limits; nan where there was nothing to measure
    notes     that were looked at
    """

    expectation: Expectation
    observed: float
    notes: int

    @property
    def holds(self) -> bool:
        """Whether it was met; nothing to measure is never enough."""
        low, high = self.expectation.low, self.expectation.high
        return low < self.observed < high if self.expectation.strict else low <= self.observed <= high

    @property
    def said(self) -> str:
        """What was observed, in the units of what was asked."""
        if isnan(self.observed):
            return "too few notes" if self.notes and self.expectation.measure == "law" else "no note"
        return _said(self.expectation, self.observed)

    @property
    def message(self) -> str:
        """What was asked, and what is."""
        return f"expected {self.expectation.asked}; this take has {self.said}"


def observe(piece: Realization, expectations: Iterable[Expectation]) -> tuple[Result, ...]:
    """Each expectation, measured in a whole piece."""
    return tuple(_result(piece, expected) for expected in expectations)


def _result(piece: Realization, expected: Expectation) -> Result:
    parts = [part for part in piece.parts if part.name in expected.parts]
    stretches = list(_stretches(piece, expected.section))
    notes = [list(_within(part, *stretch)) for stretch in stretches for part in parts]
    count = sum(map(len, notes))
    return Result(expected, _measured(piece, expected, stretches, notes), count)


def _measured(
    piece: Realization, expected: Expectation, stretches: list[tuple[int, int]], notes: list[list[Note]]
) -> float:
    count = sum(map(len, notes))
    if expected.measure == "count":
        return float(count)
    if expected.measure == "density":
        extent = sum(_extent(piece, *stretch, expected.unit) for stretch in stretches)
        return count / extent if extent else float("nan")
    quantity = expected.quantity or "pitch"
    found = np.array([number for line in notes for number in _numbers(line, quantity)])
    return _of_numbers(expected, quantity, found) if len(found) else float("nan")


def _of_numbers(expected: Expectation, quantity: str, found: Floats) -> float:
    match expected.measure:
        case "range":
            return float(found.max() - found.min())
        case "mean":
            return float(found.mean())
        case "spread":
            return float(found.std())
        case "least":
            return float(found.min())
        case "most":
            return float(found.max())
        case "entropy":
            return entropy(found)
        case _:
            assert expected.law is not None
            if isinstance(expected.law, str):
                return fitted_p(found, expected.law, quantity in _WHOLE)
            return fit(found, expected.law, quantity in _WHOLE)


def _said(expected: Expectation, observed: float) -> str:
    match expected.measure, expected.quantity:
        case "count", _:
            return f"{observed:.0f}"
        case "density", _:
            return f"{observed:.3g}{expected.unit}"
        case "entropy", _:
            return f"{observed:.3g} bit"
        case "law", _:
            if isinstance(expected.law, str):
                return f"p = {observed:.3g}{' or less' if observed <= 1 / (TRIES + 1) else ''}, arguments estimated"
            return f"p = {observed:.3g}"
        case ("range", _) | ("spread", "pitch") if expected.unit.startswith("octave"):
            return f"{observed / 12:.3g} octaves"
        case ("range", _) | ("spread", "pitch") | (_, "interval"):
            return f"{observed:.3g}st"
        case _, "pitch":
            return f"{observed:.4g} ({spell(round(observed), 0)})"
        case _, "length" | "gap":
            return f"{observed / 4:.3g} of a whole note"
        case _:
            return f"{observed:.3g}"


# --- what is looked at ------------------------------------------------------------------------


def _stretches(piece: Realization, section: str) -> Iterator[tuple[int, int]]:
    """From where to where a section plays, in ticks, each time that it does; "" is the whole piece."""
    start = 0
    bars = piece.bars
    for i, bar in enumerate(bars):
        if i == 0 or (section and bar.section):
            start = bar.onset
        end = bar.onset + bar.length
        is_last = i + 1 == len(bars) or (section and bars[i + 1].section)
        if is_last and section in ("", bar.section_of):
            yield start, end


def _within(part: Part, start: int, end: int) -> Iterator[Note]:
    first = bisect_left(part.notes, start, key=lambda note: note.onset)
    last = bisect_left(part.notes, end, key=lambda note: note.onset)
    yield from part.notes[first:last]


def _numbers(notes: list[Note], quantity: str) -> list[float]:
    match quantity:
        case "pitch":
            return [note.pitch for note in notes]
        case "length":
            return [note.duration / QUARTER for note in notes]
        case "velocity":
            return [note.velocity for note in notes if note.velocity is not None]
        case "interval":
            return [after.pitch - before.pitch for before, after in pairwise(notes)]
        case _:
            onsets = sorted({note.onset for note in notes})
            return [(after - before) / QUARTER for before, after in pairwise(onsets)]


def _extent(piece: Realization, start: int, end: int, unit: str) -> float:
    """How long a stretch is, in what a rate is counted by."""
    bars = [bar for bar in piece.bars if start <= bar.onset < end]
    match unit:
        case "/bar":
            return sum(bar.length / bar.meter.bar for bar in bars)
        case "/beat":
            return sum(bar.length / bar.meter.beat for bar in bars)
        case "/quarter":
            return (end - start) / QUARTER
        case _:
            return seconds(paces(piece.tempos), start, end)  # without fermatas


# --- statistics -------------------------------------------------------------------------------


def entropy(found: Floats) -> float:
    """Bits of surprise a note: 0 where all are alike, 1 for a fair coin."""
    _, counts = np.unique(found, return_counts=True)
    shares = counts / len(found)
    return float(abs((shares * np.log2(shares)).sum()))


def fit(found: Floats, law: Value, whole: bool) -> float:
    """How likely numbers of this law lie as far from it as these: the p-value of a Kolmogorov-Smirnov test.

    whole  the numbers were rounded; so are the draws that stand for the law, and p is then at least what it should be
    Source: Stephens, Journal of the Royal Statistical Society B 32 (1970), for the distance in small samples.
    """
    drawn = reference(law)
    return distance_p(found, np.rint(drawn) if whole else drawn)


def distance_p(found: Floats, drawn: Floats) -> float:
    """How likely two samples of one law lie as far from each other as these two."""
    at = np.unique(np.concatenate([found, drawn]))
    shares = [np.searchsorted(np.sort(sample), at, side="right") / len(sample) for sample in (found, drawn)]
    distance = float(np.abs(shares[0] - shares[1]).max())
    root = (len(found) * len(drawn) / (len(found) + len(drawn))) ** 0.5
    return kolmogorov((root + 0.12 + 0.11 / root) * distance)


def reference(law: Value, allowed: NDArray[np.bool_] | None = None) -> Floats:
    """Draws that stand for a law; `allowed`: of pitches, those that there are."""
    context = Context(
        REFERENCE / 4,
        lambda places: np.full(len(places), 0.5),
        lambda name: np.random.Generator(np.random.PCG64([_SEED, *name.encode()])),
        "law",
        allowed=allowed,
    )
    return law.sampler(context)((np.arange(REFERENCE) + 0.5) / REFERENCE)


def kolmogorov(distance: float) -> float:
    """How likely a scaled distance is at least this: 2 Σ (-1)^(k-1) e^(-2 k² d²)."""
    if distance < 0.2:  # the sum converges slowly, to 1
        return 1.0
    terms = np.arange(1, 101)
    return float(np.clip(2 * ((-1.0) ** (terms - 1) * np.exp(-2 * (terms * distance) ** 2)).sum(), 0, 1))
