"""One voice as a row of written symbols: chords and rests, cut at barlines, inside their tuplets, ties between.

Chords come from slices: between any two neighbouring starts or ends of notes, what sounds is one chord.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from stochos.music.time import QUARTER, Meter
from stochos.realization import Bar, Tuplet
from stochos.rendering.rhythm import GRAIN, KINDS, VALUES, Frame, bar_frame, note_values, rest_values, tuplet_frame

WHOLE_BAR = "measure"
"""Kind of a rest that stands for an empty bar, however long."""


@dataclass(slots=True)
class Bracket:
    """A tuplet as it is drawn.

    actual, normal  how many in the time of how many
    kind, dots      the note value that is counted; "" where none is
    is_plain        all of it hangs on one beam: a number without a bracket
    """

    actual: int
    normal: int
    kind: str
    dots: int
    is_plain: bool = False


@dataclass(slots=True)
class Symbol:
    """One chord or rest on the page.

    onset, duration  ticks
    kind, dots       note value ("eighth"), or `WHOLE_BAR`
    notes            numbers of the notes that sound; () for a rest
    brackets         tuplets around it, outermost first, each with "start", "stop", "startStop" or ""
    window           symbols of one window may share a beam
    beams            of each beam, the primary first: "start" "continue" "stop" "left" "right"
    signs            of each note, whether its accidental is printed
    """

    onset: int
    duration: int
    kind: str
    dots: int
    notes: tuple[int, ...]
    brackets: list[tuple[Bracket, str]] = field(default_factory=list)
    window: int = 0
    beams: tuple[str, ...] = ()
    signs: tuple[bool, ...] = ()

    @property
    def end(self) -> int:
        """Where it ends, ticks."""
        return self.onset + self.duration


class _Slice(NamedTuple):
    start: Fraction | int
    end: Fraction | int
    notes: tuple[int, ...]


@dataclass(slots=True)
class _Region:
    """A tuplet in the time of what is around it."""

    start: Fraction | int
    end: Fraction | int
    actual: int
    normal: int
    inner: list[_Region] = field(default_factory=list)

    def local(self, place: Fraction | int) -> Fraction | int:
        """A place in the time of the tuplet's inside."""
        return _exact(Fraction(place - self.start) * self.actual / self.normal)

    def move_into(self, outer: _Region) -> None:
        """Count from inside another tuplet, together with what it holds itself."""
        self.start, self.end = outer.local(self.start), outer.local(self.end)
        for region in self.inner:
            region.move_into(outer)


def write_voice(notes: Sequence[tuple[int, int]], tuplets: Iterable[Tuplet], bars: Sequence[Bar]) -> list[list[Symbol]]:
    """The symbols of one voice, bar by bar; a full bar without notes is one `WHOLE_BAR` rest.

    notes    (start, end) of each note, ticks, in order of start
    tuplets  of this voice; those that cross a barline or each other are passed over
    """
    by_bar: list[list[Tuplet]] = [[] for _ in bars]
    onsets = [bar.onset for bar in bars]
    for tuplet in sorted(tuplets, key=lambda t: (t.onset, -t.duration)):
        by_bar[max(0, bisect_right(onsets, tuplet.onset) - 1)].append(tuplet)
    pages = []
    for bar, slices, regions in zip(bars, _barred(_slices(notes), bars), by_bar, strict=True):
        if not any(piece.notes for piece in slices) and bar.length == bar.meter.bar:
            pages.append([Symbol(bar.onset, bar.length, WHOLE_BAR, 0, ())])
        else:
            pages.append(_write_bar(bar, slices, regions))
    return pages


def _slices(notes: Sequence[tuple[int, int]]) -> Iterator[_Slice]:
    """What sounds between neighbouring starts and ends; silences left out."""
    edges = sorted({edge for note in notes for edge in note})
    active: list[int] = []
    following = 0
    for start, end in pairwise(edges):
        active = [index for index in active if notes[index][1] > start]
        while following < len(notes) and notes[following][0] <= start:
            active.append(following)
            following += 1
        if active:
            yield _Slice(start, end, tuple(active))


def _barred(slices: Iterator[_Slice], bars: Sequence[Bar]) -> Iterator[list[_Slice]]:
    """The slices of each bar, cut at barlines, with silences as slices without notes."""
    piece = next(slices, None)
    for bar in bars:
        place, end = bar.onset, bar.onset + bar.length
        own: list[_Slice] = []
        while piece is not None and piece.start < end:
            start, stop = max(piece.start, bar.onset), min(piece.end, end)
            if start > place:
                own.append(_Slice(place, start, ()))
            if stop > start:
                own.append(_Slice(start, stop, piece.notes))
                place = int(stop)
            if piece.end > end:
                break
            piece = next(slices, None)
        if place < end:
            own.append(_Slice(place, end, ()))
        yield own


def _write_bar(bar: Bar, slices: list[_Slice], tuplets: list[Tuplet]) -> list[Symbol]:
    frame = bar_frame(bar.meter if bar.length <= bar.meter.bar else Meter(-(-bar.length // QUARTER), 4))
    origin = bar.onset - (frame.root.end - bar.length if bar.number == 0 else 0)
    local = [_Slice(piece.start - origin, piece.end - origin, piece.notes) for piece in slices]
    regions = _nested([_Region(t.onset - origin, t.onset + t.duration - origin, t.actual, t.normal) for t in tuplets
                       if t.onset + t.duration <= bar.onset + bar.length])  # fmt: skip
    symbols: list[Symbol] = []
    _write(frame, local, regions, _Place(origin, Fraction(1), []), symbols)
    _set_windows(frame, origin, symbols)
    return symbols


class _Place(NamedTuple):
    """Where a frame lies: a local place p is at origin + p * scale ticks."""

    origin: Fraction | int
    scale: Fraction
    brackets: list[Bracket]

    def ticks(self, place: Fraction | int) -> int:
        if self.brackets:
            return round(self.origin + place * self.scale)
        return int(self.origin + place)


def _write(frame: Frame, slices: list[_Slice], regions: list[_Region], place: _Place, out: list[Symbol]) -> None:
    """Append the symbols of a frame: its plain stretches and, in their own time, its tuplets."""
    kept = [region for region in regions if not _is_idle(region, slices)]
    bounds = {edge for region in kept for edge in (region.start, region.end)}
    pieces = _cut(slices, bounds)
    kept += _inferred(frame, pieces, kept)
    kept.sort(key=lambda region: region.start)
    pieces = _cut(pieces, {edge for region in kept for edge in (region.start, region.end)})
    index = 0
    for region in [*kept, None]:
        while index < len(pieces) and (region is None or pieces[index].start < region.start):
            _write_plain(frame, pieces[index], place, out)
            index += 1
        if region is not None:
            first = index
            while index < len(pieces) and pieces[index].start < region.end:
                index += 1
            _write_region(region, pieces[first:index], place, out)


def _write_plain(frame: Frame, piece: _Slice, place: _Place, out: list[Symbol]) -> None:
    spell = note_values if piece.notes else rest_values
    for value in spell(frame, int(piece.start), int(piece.end)):
        start = place.ticks(value.start)
        out.append(Symbol(start, place.ticks(value.end) - start, value.kind, value.dots, piece.notes,
                          [(bracket, "") for bracket in place.brackets]))  # fmt: skip


def _write_region(region: _Region, pieces: list[_Slice], place: _Place, out: list[Symbol]) -> None:
    unit = _exact(Fraction(region.end - region.start) / region.normal)
    kind, dots = VALUES.get(unit, ("", 0))
    bracket = Bracket(region.actual, region.normal, kind, dots)
    inner = _Place(place.origin + region.start * place.scale,
                   place.scale * Fraction(region.normal, region.actual), [*place.brackets, bracket])  # fmt: skip
    local = [_Slice(region.local(piece.start), region.local(piece.end), piece.notes) for piece in pieces]
    for sub in region.inner:
        sub.move_into(region)
    first = len(out)
    if len(local) == 1 and region.actual * unit in VALUES:  # one note alone: no division to show
        whole = int(region.actual * unit)
        out.append(Symbol(inner.ticks(0), inner.ticks(whole) - inner.ticks(0), *VALUES[whole], local[0].notes,
                          [(b, "") for b in inner.brackets]))  # fmt: skip
    else:
        _write(tuplet_frame(region.actual, int(unit)), local, region.inner, inner, out)
    level = len(place.brackets)
    out[first].brackets[level] = (bracket, "start")
    out[-1].brackets[level] = (bracket, "startStop" if first == len(out) - 1 else "stop")


def _is_idle(region: _Region, slices: list[_Slice]) -> bool:
    """Whether nothing in a tuplet needs it: one note or silence all through, that can do without."""
    if any(edge % GRAIN for edge in (region.start, region.end)):
        return False
    return not any(region.start < piece.start < region.end for piece in slices)


def _cut(slices: list[_Slice], bounds: set[Fraction | int]) -> list[_Slice]:
    if not bounds:
        return slices
    ordered = sorted(bounds)
    cut: list[_Slice] = []
    for piece in slices:
        edges = ordered[bisect_right(ordered, piece.start) : bisect_right(ordered, piece.end)]
        start = piece.start
        for edge in edges:
            if edge < piece.end:
                cut.append(_Slice(start, edge, piece.notes))
                start = edge
        cut.append(_Slice(start, piece.end, piece.notes))
    return cut


def _nested(regions: list[_Region]) -> list[_Region]:
    """Put tuplets into tuplets; those that overlap without nesting, or do not divide, are left out."""
    roots: list[_Region] = []
    stack: list[_Region] = []
    for region in regions:
        while stack and stack[-1].end <= region.start:
            stack.pop()
        if stack and region.end > stack[-1].end:
            continue
        unit = Fraction(region.end - region.start) / region.normal
        scale = Fraction(1)
        for outer in stack:
            scale *= Fraction(outer.actual, outer.normal)
        value = VALUES.get(unit * scale)
        if value is None or value[1] == 2:
            continue
        (stack[-1].inner if stack else roots).append(region)
        stack.append(region)
    return roots


# Tuplets to try where notes stand off the grid and nothing says why; in a beat that halves, and in a dotted one.
_EVEN = ((3, 2), (5, 4), (7, 4), (9, 8), (15, 8))
_DOTTED = ((2, 3), (4, 3), (5, 6), (7, 6), (10, 12))


def _inferred(frame: Frame, pieces: list[_Slice], known: list[_Region]) -> list[_Region]:
    """Tuplets for places off the grid that no tuplet covers: in a beat, in two, else one a note."""
    edges = sorted({edge for piece in pieces for edge in (piece.start, piece.end)})
    off = [edge for edge in edges if edge % GRAIN]
    covered = [(region.start, region.end) for region in known]
    found: list[_Region] = []
    for edge in off:
        if any(a <= edge <= b for a, b in covered):
            continue
        regions = _for_edge(frame, edge, edges, covered)
        found += regions
        covered += [(region.start, region.end) for region in regions]
    return found


_Spans = list[tuple[Fraction | int, Fraction | int]]


def _for_edge(frame: Frame, edge: Fraction | int, edges: list[Fraction | int], covered: _Spans) -> list[_Region]:
    """Tuplets that take in a place off the grid."""
    start, end = next(((a, b) for a, b in frame.beats if a < edge < b), (frame.root.start, frame.root.end))
    spans = [(start, end)]
    if end not in edges:
        spans = [*((start, b) for a, b in frame.beats if a == end), (start, end)]
    for a, b in spans:
        if a < edges[0] or b > edges[-1] or any(low < b and high > a for low, high in covered):
            continue
        inside = [place - a for place in edges if a < place < b]
        for actual, normal in _EVEN if b - a in KINDS else _DOTTED:
            local = [Fraction(place) * actual / normal for place in inside]
            if all(place.denominator == 1 and place % GRAIN == 0 for place in local) and (b - a) // normal in VALUES:
                return [_Region(a, b, actual, normal)]
    low = max([start, edges[0], *(b for _, b in covered if b <= edge)])
    high = min([end, edges[-1], *(a for a, _ in covered if a >= edge)])
    return _one_by_one([low, *(place for place in edges if low < place < high), high])


def _one_by_one(edges: list[Fraction | int]) -> list[_Region]:
    """The last resort: each note in a bracket of its own, exact whatever its length."""
    regions = []
    for start, end in pairwise(edges):
        kind = min((ticks for ticks in KINDS if ticks >= end - start), default=max(KINDS))
        ratio = Fraction(kind) / Fraction(end - start)
        if ratio != 1 or start % GRAIN:
            regions.append(_Region(start, end, ratio.numerator, ratio.denominator))
    return regions


def _exact(value: Fraction) -> Fraction | int:
    return value.numerator if value.denominator == 1 else value


def _set_windows(frame: Frame, origin: int, symbols: list[Symbol]) -> None:
    """Number the beam windows: beats, half bars of plain eighths, and tuplets that outgrow a beat."""
    for symbol in symbols:
        symbol.window = bisect_right(frame.windows, symbol.onset - origin)
    if frame.wide != frame.windows:
        for low, high in pairwise(frame.wide):
            own = [symbol for symbol in symbols if low <= symbol.onset - origin < high]
            if all(s.kind == "eighth" and not s.dots and s.notes and not s.brackets for s in own):
                for symbol in own:
                    symbol.window = bisect_right(frame.windows, low)
    first = 0
    for index, symbol in enumerate(symbols):
        mark = symbol.brackets[0][1] if symbol.brackets else ""
        first = index if mark == "start" else first
        if mark == "stop" and symbol.window != symbols[first].window:
            _set_tuplet_windows(symbols[first : index + 1])


def _set_tuplet_windows(symbols: list[Symbol]) -> None:
    """Number the windows of a tuplet longer than a beat: by its units where those are long, else one."""
    bracket = symbols[0].brackets[0][0]
    start, length = symbols[0].onset, symbols[-1].end - symbols[0].onset
    is_long = bracket.kind in ("breve", "whole", "half", "quarter")
    for symbol in symbols:
        unit = (symbol.onset - start) * bracket.actual // length if is_long else 0
        symbol.window = -1 - 100 * start - unit
