"""How a stretch of time is written: the note values that a musician expects at that place of the bar.

A bar is a tree: groups, beats, and what beats divide into. A note may hide a division of the tree only where players
are used to it; a rest never does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from stochos.music.time import QUARTER, Meter

GRAIN = QUARTER // 32
"""Ticks of a 128th: the shortest plain value, and the grid of everything outside tuplets."""

KINDS = {
    8 * QUARTER >> power: name
    for power, name in enumerate(("breve", "whole", "half", "quarter", "eighth", "16th", "32nd", "64th", "128th"))
}
"""Plain note values: ticks to name."""

VALUES = {ticks * numerator // 2**dots: (name, dots)
          for dots, numerator in ((2, 7), (1, 3), (0, 1))
          for ticks, name in KINDS.items() if ticks * numerator % 2**dots == 0}  # fmt: skip
"""Everything that one note head with at most two dots can last: ticks to (name, dots)."""

# Beats in a group, where a meter is neither simple nor compound; "7" as in the commonest dances.
_GROUPS = {5: (3, 2), 7: (2, 2, 3), 8: (3, 3, 2), 10: (3, 3, 2, 2), 11: (3, 3, 3, 2), 13: (3, 3, 3, 2, 2)}


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A stretch of the bar and what it divides into.

    start, end  ticks
    parts       its divisions; () where it simply halves
    strict      a note hides a division only where it starts and ends on divisions (beats of 6/8, groups of 5/4)
    """

    start: int
    end: int
    parts: tuple[Node, ...] = ()
    strict: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """How a bar, or the inside of a tuplet, divides.

    root     the whole of it
    beats    (start, end) of each beat: where a tuplet fits
    windows  where beams break, 0 and the end included
    wide     where beams of plain eighths alone break
    """

    root: Node
    beats: tuple[tuple[int, int], ...]
    windows: tuple[int, ...]
    wide: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """One written value: from `start` to `end` ticks of its frame, a `kind` with `dots`."""

    start: int
    end: int
    kind: str
    dots: int


@cache
def bar_frame(meter: Meter) -> Frame:
    """The frame of a whole bar."""
    unit, numerator, denominator = 4 * QUARTER // meter.denominator, meter.numerator, meter.denominator
    if meter.is_compound:
        beats = _row(0, (meter.beat,) * (numerator // 3), triple=True)
        groups = _paired(beats) if numerator == 12 else beats
        root = Node(0, meter.bar, groups, strict=True)
    elif denominator >= 8 and numerator >= 5:
        sizes = _GROUPS.get(numerator) or _sizes(numerator)
        beats = tuple(part for size, start in _starts(sizes, unit) for part in _row(start, (size * unit,), size == 3))
        root = Node(0, meter.bar, beats, strict=True)
    else:
        beats = _row(0, (unit,) * numerator, triple=False)
        root = _simple_root(meter, beats)
    return Frame(root, tuple((b.start, b.end) for b in beats), *_windows(meter, root, beats))


@cache
def tuplet_frame(actual: int, unit: int) -> Frame:
    """The inside of a bracket, in its own time: `actual` units of `unit` ticks."""
    triple = unit % 3 == 0 and unit // 3 in KINDS
    units = _row(0, (unit,) * actual, triple)
    root = Node(0, actual * unit, units if actual > 1 else units[0].parts)
    return Frame(root, tuple((u.start, u.end) for u in units), (0, actual * unit), (0, actual * unit))


@cache
def note_values(frame: Frame, start: int, end: int) -> tuple[Value, ...]:
    """Values, tied together, in which a note from `start` to `end` is written."""
    return _note(frame.root, start, end)


@cache
def rest_values(frame: Frame, start: int, end: int) -> tuple[Value, ...]:
    """Rests that fill `start` to `end` and show the beat."""
    return _rest(frame.root, start, end)


def _note(node: Node, start: int, end: int) -> tuple[Value, ...]:
    parts = _parts(node)
    for part in parts:
        if part.start <= start and end <= part.end:
            return _note(part, start, end)
    value = VALUES.get(end - start)
    if value and _is_customary(node, parts, start, end, value[1]):
        return (Value(start, end, *value),)
    cuts = [part.start for part in parts if start < part.start < end]
    if not cuts:
        raise ValueError((start, end))
    spellings = (_note(node, start, cut) + _note(node, cut, end) for cut in cuts)
    return min(spellings, key=_preference)


def _preference(values: tuple[Value, ...]) -> tuple[int, int, int]:
    """Fewer values before more; then the longest value, the earlier the better."""
    lengths = [value.end - value.start for value in values]
    return len(lengths), -max(lengths), lengths.index(max(lengths))


def _is_customary(node: Node, parts: tuple[Node, ...], start: int, end: int, dots: int) -> bool:
    """Whether one value from `start` to `end` reads well, though it hides divisions of `node`."""
    bounds = {node.start, node.end, *(part.start for part in parts)}
    if node.strict or dots == 2:
        full = end + (end - start) // 7 if dots == 2 else end
        return start in bounds and full in bounds
    if start in bounds or end in bounds:
        return True
    if dots or sum(start < bound < end for bound in bounds) != 1:
        return False
    inner = {half.start for part in parts for half in _parts(part)}
    return start in inner and end in inner  # a syncopation: 8 4 8


def _rest(node: Node, start: int, end: int) -> tuple[Value, ...]:
    whole = (start, end) == (node.start, node.end)
    if whole and (value := VALUES.get(end - start)) and value[1] <= bool(node.parts):
        return (Value(start, end, *value),)
    parts = _parts(node)
    if not parts:
        raise ValueError((start, end))
    values: list[Value] = []
    place = start
    while place < end:
        index = max(i for i, part in enumerate(parts) if part.start <= place)
        part, pair = parts[index], parts[index : index + 2]
        if node.parts and not node.strict and len(parts) != 2 and _is_pair(pair, index, place, end):
            values.append(Value(place, pair[1].end, *VALUES[pair[1].end - place]))
        else:
            values += _rest(part, place, min(part.end, end))
        place = values[-1].end
    return tuple(values)


def _is_pair(pair: tuple[Node, ...], index: int, start: int, end: int) -> bool:
    """Whether a rest may take two divisions at once: eighths of 6/8, members of a triplet, from the first of a pair."""
    if len(pair) < 2 or index % 2 or start != pair[0].start or end < pair[1].end:
        return False
    unit = pair[0].end - pair[0].start
    return unit < QUARTER and unit == pair[1].end - pair[1].start and 2 * unit in KINDS


def _parts(node: Node) -> tuple[Node, ...]:
    if node.parts:
        return node.parts
    half, odd = divmod(node.end - node.start, 2)
    if odd or half % GRAIN:
        return ()
    return Node(node.start, node.start + half), Node(node.start + half, node.end)


def _row(start: int, lengths: tuple[int, ...], triple: bool) -> tuple[Node, ...]:
    nodes = []
    for length in lengths:
        third = length // 3
        thirds = tuple(Node(start + i * third, start + (i + 1) * third) for i in range(3)) if triple else ()
        nodes.append(Node(start, start + length, thirds))
        start += length
    return tuple(nodes)


def _starts(sizes: tuple[int, ...], unit: int) -> list[tuple[int, int]]:
    return [(size, unit * sum(sizes[:i])) for i, size in enumerate(sizes)]


def _sizes(numerator: int) -> tuple[int, ...]:
    """Threes as far as they go, then twos."""
    twos = -numerator % 3
    return (3,) * ((numerator - 2 * twos) // 3) + (2,) * twos


def _paired(beats: tuple[Node, ...]) -> tuple[Node, ...]:
    pairs = (beats[i : i + 2] for i in range(0, len(beats), 2))
    return tuple(Node(pair[0].start, pair[-1].end, pair, strict=bool(pair[0].parts)) for pair in pairs)


def _simple_root(meter: Meter, beats: tuple[Node, ...]) -> Node:
    """The bar of a simple meter: halves in 4, threes in 6 and 9, groups in 5 and 7."""
    count = len(beats)
    if count == 4:
        return Node(0, meter.bar, _paired(beats))
    if count < 4:
        return Node(0, meter.bar, beats if count > 1 else ())
    sizes = (
        (3,) * (count // 3)
        if count % 3 == 0
        else _GROUPS.get(count, _sizes(count))
        if count % 4
        else (4,) * (count // 4)
    )
    groups, first = [], 0
    for size in sizes:
        own = beats[first : first + size]
        groups.append(Node(own[0].start, own[-1].end, _paired(own) if size == 4 else own))
        first += size
    return Node(0, meter.bar, tuple(groups), strict=True)


def _windows(meter: Meter, root: Node, beats: tuple[Node, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where beams break: at beats of a quarter or more; plain eighths go by half bars where a bar has such."""
    if meter.is_compound or (meter.denominator >= 8 and meter.numerator >= 5):
        bounds = (*(b.start for b in beats), meter.bar)
        return bounds, bounds
    if meter.bar < 2 * QUARTER:
        return (0, meter.bar), (0, meter.bar)
    narrow = (*range(0, meter.bar, QUARTER), meter.bar)
    if meter.bar % (2 * QUARTER) or (meter.numerator == 3 and meter.denominator == 2):
        return narrow, narrow
    halves = (*range(0, meter.bar, 2 * QUARTER), meter.bar)
    whole_groups = {part.start for part in root.parts} <= set(halves) or len(root.parts) == len(beats)
    return narrow, halves if whole_groups else narrow
