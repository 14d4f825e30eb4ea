"""The picture of a process: its histogram beside its law, and how it goes, in musical units."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from stochos.cli.law import BARS, Seen
from stochos.cli.picture import FAINT, INK, RULE, Blocks, Picture, Shape, Stroke, Words
from stochos.music.pitch import spell
from stochos.music.time import QUARTER
from stochos.process.formula import Formula
from stochos.process.value import Floats, Quantity

COLOURS = ("#1f5f8b", "#c8553d", "#4c956c", "#8a5a9e")
_WIDTH, _HEIGHT = 720, 260
_TOP, _FOOT = 58.0, 214.0
_WIDE, _NARROW, _WHOLE = (46.0, 436.0), (490.0, 702.0), (46.0, 702.0)
_BINS, _FEW = 60, 40
_CURVE = 240  # points
_NAMES = {
    Quantity.PITCH: "pitch", Quantity.LENGTH: "length", Quantity.INTERVAL: "interval in semitones",
    Quantity.NUMBER: "number",
}  # fmt: skip
_SCALES = (range(12), (0, 2, 4, 5, 7, 9, 11), (0, 4, 7), (0, 7), (0,))
_VALUES = [Fraction(2) ** power for power in range(-6, 8)]
_MOST_MARKS = 8

_SAID: dict[Quantity, Callable[[float], str]] = {
    Quantity.PITCH: lambda pitch: str(spell(round(pitch), 0)),
    Quantity.LENGTH: lambda length: str(Fraction(length / 4).limit_denominator(192)),
}

Mark = tuple[float, str]


def portrait(seen: Seen) -> Picture:
    """How a process looks."""
    title = Words((14.0, 23.0), seen.text, INK, _size(seen.text), "start", code=True)
    return Picture(_WIDTH, _HEIGHT, (title, *_panels(seen)))


def _size(text: str) -> float:
    """So that a long call fits."""
    return min(13.0, 1140.0 / len(text))


def _panels(seen: Seen) -> Iterator[Shape]:
    if seen.takes:
        yield from _raster(seen, _WIDE)
        if len(seen.draws):
            yield from _histogram(seen, _NARROW, ("gaps between them",))
    elif len(seen.draws):
        law, walk = (_WIDE, _NARROW) if seen.formula else (_NARROW, _WIDE)
        said = (f"{len(seen.draws):,} draws", *(["its law"] if seen.formula else []))
        yield from _histogram(seen, law, said)
        yield from _melody(seen, walk)
    elif any(part.notes for part in seen.piece.parts):
        yield from _score(seen, _WHOLE)
    else:
        yield from _caption(_WHOLE, ["no notes"])


# --- panels -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Panel:
    """A rectangle of the picture, with scales.

    sides  left and right, pixels
    x, y   lowest and highest number of each scale
    """

    sides: tuple[float, float]
    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, number: float) -> float:
        (low, high), (left, right) = self.x, self.sides
        return left + (number - low) / (high - low) * (right - left)

    def up(self, number: float) -> float:
        low, high = self.y
        return _FOOT - (number - low) / (high - low) * (_FOOT - _TOP)

    def axes(self, below: Sequence[Mark], beside: Sequence[Mark], name: str) -> Iterator[Shape]:
        """A faint line at each mark, its label, and the name of the lower scale."""
        left, right = self.sides
        for number, label in beside:
            at = self.up(number)
            yield Stroke(((left, at), (right, at)), RULE)
            yield Words((left - 6, at + 4), label, anchor="end")
        for number, label in below:
            at = self.across(number)
            yield Stroke(((at, _FOOT), (at, _FOOT + 4)), FAINT)
            yield Words((at, _FOOT + 17), label)
        yield Stroke(((left, _FOOT), (right, _FOOT)), FAINT)
        yield Words(((left + right) / 2, _FOOT + 36), name, INK)


def _caption(sides: tuple[float, float], said: Sequence[str]) -> Iterator[Shape]:
    """Words above a panel, each in its colour."""
    at = sides[0]
    for text, colour in zip(said, COLOURS, strict=False):
        yield Words((at, _TOP - 11), text, colour, anchor="start")
        at += 6.2 * len(text) + 12


# --- what is drawn ----------------------------------------------------------------------------


def _histogram(seen: Seen, sides: tuple[float, float], said: Sequence[str]) -> Iterator[Shape]:
    draws, law, blue = seen.draws, seen.formula, COLOURS[0]
    middles, width, shares = _bars(seen)
    low, high = middles[0] - width / 2, middles[-1] + width / 2
    beyond = (high - low) * 0.02
    panel = _Panel(sides, (low - beyond, high + beyond), (0.0, 1.08 * float(shares.max())))
    marks = [(share, f"{100 * share:g}%") for share, _ in _even(*panel.y, 4) if share]
    yield from panel.axes(_below(seen, panel, middles), marks, _NAMES[seen.quantity])
    yield from _caption(sides, said)
    wide = panel.across(low + width) - panel.across(low)
    thick = min(wide * 0.86, 26.0)
    yield Blocks(
        tuple(
            (panel.across(middle) - thick / 2, panel.up(share), thick, _FOOT - panel.up(share))
            for middle, share in zip(middles.tolist(), shares.tolist(), strict=True)
            if share
        ),
        blue, 0.55 if law else 0.8,
    )  # fmt: skip
    if law and len(draws):
        yield _law(law, panel, (low, high), width, thick)


def _law(law: Formula, panel: _Panel, reach: tuple[float, float], width: float, thick: float) -> Shape:
    """The chance of each number as a dash, or the density as a curve."""
    top = panel.y[1]
    if law.step is not None:
        first, last = reach
        counts = np.arange(first + width / 2, last, law.step)
        dashes = zip(counts.tolist(), law.density(counts).tolist(), strict=True)
        return Blocks(
            tuple((panel.across(x) - thick / 2 - 2, panel.up(min(y, top)) - 1, thick + 4, 2.0) for x, y in dashes),
            COLOURS[1],
        )
    x = np.linspace(*reach, _CURVE)
    y = np.minimum(law.density(x) * width, top)
    return Stroke(tuple((panel.across(a), panel.up(b)) for a, b in zip(x.tolist(), y.tolist(), strict=True)),
                  COLOURS[1], 1.6)  # fmt: skip


def _below(seen: Seen, panel: _Panel, values: Floats) -> list[Mark]:
    """Labels under a histogram: of every value where they are few."""
    if len(values) <= _MOST_MARKS and seen.quantity in _SAID:
        return [(value, _SAID[seen.quantity](value)) for value in values.tolist()]
    return _marks(seen.quantity, *panel.x, panel.sides)


def _bars(seen: Seen) -> tuple[Floats, float, Floats]:
    """Middles of the bars of a histogram, their distance, and the share of draws in each."""
    draws = seen.draws
    values, counts = np.unique(np.round(draws, 9), return_counts=True)
    if len(values) == 1:
        return values, 1.0, np.ones(1)
    if len(values) <= _FEW:
        return values, float(np.diff(values).min()), counts / len(draws)
    low, high = bulk(draws)
    if seen.quantity is Quantity.PITCH:
        edges = np.arange(np.floor(low + 0.5), np.floor(high + 0.5) + 2) - 0.5
    else:
        edges = np.linspace(low, high, _BINS + 1)
    found, _ = np.histogram(draws, bins=edges)
    return (edges[:-1] + edges[1:]) / 2, float(edges[1] - edges[0]), found / len(draws)


def bulk(draws: Floats) -> tuple[float, float]:
    """Between which values to draw: the far tails of a law like Cauchy's would flatten all the rest."""
    low, high = np.quantile(draws, [0.05, 0.95])
    beyond = (high - low) / 2
    return float(max(draws.min(), low - beyond)), float(min(draws.max(), high + beyond))


# --- how it goes ------------------------------------------------------------------------------


def _melody(seen: Seen, sides: tuple[float, float]) -> Iterator[Shape]:
    """The notes that are heard, one after the other."""
    heard = np.clip(seen.heard, *bulk(seen.draws))
    if seen.quantity is Quantity.PITCH:
        heard = np.rint(heard)
        middle, reach, thick = (heard.min() + heard.max()) / 2, max(np.ptp(heard) / 2, 4.0) + 1.5, 0.9
    else:
        middle, reach = (heard.min() + heard.max()) / 2, 0.56 * float(np.ptp(heard)) or 1.0
        thick = 0.07 * reach
    low, high = middle - reach, middle + reach
    panel = _Panel(sides, (0.4, len(heard) + 0.6), (low, high))
    numbers = [(float(n), str(n)) for n in (1, 10, 20, 30)]
    yield from panel.axes(numbers, _marks(seen.quantity, low, high, (0.0, _FOOT - _TOP)), "note")
    yield from _caption(sides, ["thirty notes"])
    tall = min(max(panel.up(0.0) - panel.up(thick), 3.0), 9.0)
    wide = panel.across(2.0) - panel.across(1.0)
    yield Blocks(
        tuple(
            (panel.across(n + 0.54), panel.up(value) - tall / 2, wide * 0.92, tall)
            for n, value in enumerate(heard.tolist())
        ),
        COLOURS[0],
    )


def _raster(seen: Seen, sides: tuple[float, float]) -> Iterator[Shape]:
    """Onsets in some takes, a row each; in one where all are alike."""
    takes = seen.takes
    if all(np.array_equal(take, takes[0]) for take in takes):
        takes = takes[:1]
    rows = len(takes)
    panel = _Panel(sides, (0.0, 4.0 * BARS), (0.0, float(rows)))
    bars = [(4.0 * bar + 0.0, str(bar + 1)) for bar in range(BARS)]
    yield from panel.axes(bars, [], "bar")
    yield from _caption(sides, ["four takes, a row each" if rows > 1 else "onsets, alike in every take"])
    for beat in range(4 * BARS + 1):
        at = panel.across(float(beat))
        yield Stroke(((at, _TOP), (at, _FOOT)), RULE, 1.4 if beat % 4 == 0 else 0.5)
    for row, take in enumerate(takes):
        tall = (_FOOT - _TOP) / rows
        top, height = _TOP + tall * row + tall * 0.16, min(tall * 0.68, 44.0)
        top += (tall * 0.68 - height) / 2
        if rows > 1:
            yield Words((sides[0] - 8, top + height / 2 + 4), str(row + 1), anchor="end")
        yield Blocks(
            tuple((panel.across(onset) - 0.4, top, 2.4, height) for onset in take.tolist()), COLOURS[0], 0.9
        )


def _score(seen: Seen, sides: tuple[float, float]) -> Iterator[Shape]:
    """The notes of a few bars, a colour for each part."""
    piece = seen.piece
    notes = [note for part in piece.parts for note in part.notes]
    low, high = min(n.pitch for n in notes) - 1.5, max(n.pitch for n in notes) + 1.5
    panel = _Panel(sides, (0.0, piece.duration / QUARTER), (low, high))
    bars = [(bar.onset / QUARTER, str(bar.number)) for bar in piece.bars]
    yield from panel.axes(bars, _marks(Quantity.PITCH, low, high, (0.0, _FOOT - _TOP)), "bar")
    yield from _caption(sides, [part.name for part in piece.parts] if len(piece.parts) > 1 else ["its notes"])
    for onset, _ in bars:
        yield Stroke(((panel.across(onset), _TOP), (panel.across(onset), _FOOT)), RULE)
    tall = min(max((_FOOT - _TOP) / (high - low) * 0.9, 2.6), 8.0)
    for part, colour in zip(piece.parts, COLOURS, strict=False):
        yield Blocks(
            tuple(
                (panel.across(n.onset / QUARTER), panel.up(n.pitch) - tall / 2,
                 max(panel.across(n.duration / QUARTER) - panel.across(0.0) - 0.8, 2.0), tall)
                for n in part.notes
            ),
            colour, 0.8,
        )  # fmt: skip


# --- scales -----------------------------------------------------------------------------------


def _marks(quantity: Quantity, low: float, high: float, sides: tuple[float, float]) -> list[Mark]:
    """Where a scale is labelled, in the terms of what is drawn."""
    most = min(_MOST_MARKS, int((sides[1] - sides[0]) / 30))
    match quantity:
        case Quantity.PITCH:
            return _pitches(low, high, most)
        case Quantity.LENGTH:
            return _lengths(low, high, most)
        case _:
            return _even(low, high, most)


def _pitches(low: float, high: float, most: int) -> list[Mark]:
    """All notes, those of C major, of its triad, fifths or octaves: the most that there is room for."""
    inside = range(int(np.ceil(low)), int(np.floor(high)) + 1)
    chosen = ([pitch for pitch in inside if pitch % 12 in classes] for classes in _SCALES)
    found = next((pitches for pitches in chosen if len(pitches) <= most), None)
    if found is None:
        octaves = [pitch for pitch in inside if pitch % 12 == 0]
        found = octaves[:: -(-len(octaves) // most)]
    return [(float(pitch), _SAID[Quantity.PITCH](pitch)) for pitch in found]


def _lengths(low: float, high: float, most: int) -> list[Mark]:
    """Note values: as many eighths, quarters … as there is room for."""
    step = next((value for value in _VALUES if (high - low) / 4 / value <= most), _VALUES[-1])
    first, last = int(np.ceil(low / 4 / step)), int(np.floor(high / 4 / step))
    values = [i * step for i in range(first, last + 1)]
    return [(float(4 * value), str(value)) for value in values]


def _even(low: float, high: float, most: int) -> list[Mark]:
    """Round numbers."""
    rough = (high - low) / most
    tens = 10.0 ** np.floor(np.log10(rough))
    step = float(next(tens * k for k in (1, 2, 5, 10) if tens * k >= rough))
    count = range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)
    return [(i * step, f"{i * step:.6g}") for i in count]
