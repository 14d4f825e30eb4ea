"""What each cloud was meant to be, beside what it is in one take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from math import erfc, sqrt

import numpy as np

from stochos import score
from stochos.expect import Floats, distance_p, reference
from stochos.music.time import QUARTER
from stochos.process.cloud import Cloud
from stochos.process.compass import settle
from stochos.process.poisson import Poisson
from stochos.process.scale import Moving, Snapped
from stochos.process.table import LAWS, VALUES
from stochos.process.tied import Tied
from stochos.process.value import Bounded, Constant, Span, Value, Weighted
from stochos.realization import Bar, Note, Realization

_NAMES = {law: name for name, law in VALUES.items()}
_INDEPENDENT = (Constant, Span, Weighted, Bounded, Snapped, Tied, *LAWS.values())
_ENOUGH = 8
"""Fewer numbers than this are no evidence."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One quantity of one cloud, in one section.

    place     part, section and passage
    quantity  density (notes a quarter), pitch, length (quarters) or velocity
    law       its name
    intended  mean of the law
    observed  mean of the take
    notes     looked at
    p         how likely the law strays as far from itself; None where draws are few, or not alike at all places, or
              where `until` chooses among them
    """

    place: tuple[str, str, str]
    quantity: str
    law: str
    intended: float
    observed: float
    notes: int
    p: float | None


def fits(meant: score.Score, piece: Realization) -> Iterator[Fit]:
    """Every cloud that stands by itself in a line, section by section; music that is piped is another's."""
    parts = {part.name: part.notes for part in piece.parts}
    for entry in dict.fromkeys((entry.section, entry.variation) for entry in meant.form):
        section, name = meant.sections[entry[0]], entry[0] + "'" * entry[1]
        bars = _first_time(piece, name)
        end = bars[-1].onset + bars[-1].length if bars else 0
        for line in section.lines:
            for item in (item for voice in line.voices for item in voice):
                if isinstance(item, score.Passage) and isinstance(item.process, Cloud):
                    made = (name, item.name, item.label)
                    notes = [n for n in parts.get(line.part, ()) if made == _maker(n) and n.onset < end]
                    place = (line.part, name, f"{item.name} {item.label}".strip())
                    for fit in _fits(place, item, notes, bars):
                        yield replace(fit, p=None) if item.until else fit


def _first_time(piece: Realization, section: str) -> list[Bar]:
    """The bars of a section, the first time that it plays: repeated, it has the same notes."""
    bars: list[Bar] = []
    for bar in piece.bars:
        if bar.section_of == section and not (bars and bar.section):
            bars.append(bar)
        elif bars:
            break
    return bars


def _maker(note: Note) -> tuple[str, str, str]:
    return note.origin.section, note.origin.generator, note.origin.label


def _fits(place: tuple[str, str, str], passage: score.Passage, notes: list[Note], bars: list[Bar]) -> Iterator[Fit]:
    cloud = passage.process
    assert isinstance(cloud, Cloud)
    match cloud.onsets:
        case Poisson(density=Constant(number=density)) if passage.count is None:
            yield _density(place, passage, density, notes, bars)
    pitch = cloud.pitch or Span(passage.low, passage.high)
    scales = passage.scale.scales if isinstance(passage.scale, Moving) else (passage.scale or (True,) * 128,)
    allowed = np.array([any(flags) for flags in zip(*scales, strict=True)])
    drawn = reference(pitch, allowed)
    if _is_still(passage.low) and _is_still(passage.high):
        drawn = settle(drawn, reference(passage.low), reference(passage.high), allowed).astype(np.float64)
    yield _fit(place, "pitch", pitch, drawn, [note.pitch for note in notes], alike=len(scales) == 1)
    if cloud.length is not None:
        drawn = np.maximum(reference(cloud.length), 1 / QUARTER)
        yield _fit(place, "length", cloud.length, drawn, [note.duration / QUARTER for note in notes])
    if passage.velocity is not None:
        drawn = np.clip(np.rint(reference(passage.velocity)), 1, 127)
        found = [note.velocity for note in notes if note.velocity is not None]
        yield _fit(place, "velocity", passage.velocity, drawn, found)


def _fit(  # noqa: PLR0913  two samples and what they are of
    place: tuple[str, str, str], quantity: str, law: Value, drawn: Floats, found: Sequence[float], *, alike: bool = True
) -> Fit:
    sample = np.array(found, dtype=np.float64)
    tested = alike and len(sample) >= _ENOUGH and _is_still(law)
    observed = float(sample.mean()) if len(sample) else float("nan")
    p = distance_p(sample, drawn) if tested else None
    return Fit(place, quantity, _name(law), float(drawn.mean()), observed, len(sample), p)


def _density(
    place: tuple[str, str, str], passage: score.Passage, density: float, notes: list[Note], bars: list[Bar]
) -> Fit:
    """Counts of whole bars against Poisson's: their squared distance from what was meant, by chi-square."""
    start = bars[0].onset if bars else 0
    first, last = start + passage.onset, start + passage.onset + passage.duration
    whole = [bar for bar in bars if first <= bar.onset and bar.onset + bar.length <= last]
    onsets = np.sort([note.onset for note in notes])
    edges = np.array([(bar.onset, bar.onset + bar.length) for bar in whole]).reshape(-1, 2)
    counts = np.diff(np.searchsorted(onsets, edges), axis=1)[:, 0]
    meant = density * np.diff(edges, axis=1)[:, 0] / QUARTER
    enough = len(whole) >= 2 and meant.min() >= 1.0
    p = chi_square_p(float(((counts - meant) ** 2 / meant).sum()), len(whole)) if enough else None
    observed = len(notes) / (passage.duration / QUARTER)
    return Fit(place, "density", "poisson", density, observed, len(notes), p)


def chi_square_p(value: float, freedom: int) -> float:
    """How likely a chi-square number is at least this: Wilson and Hilferty's cube root, good to a hundredth."""
    spread = 2 / (9 * freedom)
    return erfc(((value / freedom) ** (1 / 3) - (1 - spread)) / sqrt(2 * spread)) / 2


def _is_still(law: Value) -> bool:
    """Whether draws are alike at all places, and know nothing of each other."""
    pending: list[object] = [law]
    while pending:
        part = pending.pop()
        if isinstance(part, tuple):
            pending.extend(item for item in part if is_dataclass(item))
        elif not isinstance(part, _INDEPENDENT) or not is_dataclass(part):
            return False
        else:
            inner = (getattr(part, f.name) for f in fields(part))
            pending.extend(item for item in inner if isinstance(item, tuple) or is_dataclass(item))
    return True


def _name(law: Value) -> str:
    match law:
        case Bounded(value=inner) | Snapped(value=inner) | Tied(value=inner):
            return _name(inner)
        case Span():
            return "uniform"
        case _:
            return _NAMES.get(type(law), type(law).__name__.lower())
