"""The readable twin of free time: where notes that fell anywhere are written.

Beat by beat the division is chosen in which the notes move least, plain ones before tuplets; what sounds is untouched.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from stochos.music.time import QUARTER

_TUPLET_COST = {2: 0.004, 3: 0.006, 4: 0.006, 5: 0.012, 6: 0.012, 7: 0.018}
_RARE_COST = 0.03
_MERGE_COST = 0.03  # of two moments written as one chord; other costs are squares of moves, in beats
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class _Division:
    """A beat and the places in it where notes may be written.

    points  first the start, last the end of the beat; ticks
    ratio   (actual, normal) of a tuplet, or None
    """

    points: tuple[int, ...]
    ratio: tuple[int, int] | None
    cost: float


def quantise(
    notes: Sequence[tuple[int, int, int]], bars: Sequence[tuple[int, int, int]], grid: int, tuplets: tuple[int, ...]
) -> tuple[list[tuple[int, int]], list[tuple[int, int, int, int]]]:
    """Write free notes on a grid: (onset, duration) of each, in their order, and the tuplets that this takes.

    notes    (onset, duration, pitch), ticks; they lie in the bars
    bars     (onset, length, beat), ticks, one after another
    grid     the shortest plain note value, ticks
    tuplets  how many notes a beat may hold where the grid does not fit: (3, 5)

    One voice comes out: what starts together is a chord of one length, and ends at the latest where the next starts.
    A tuplet is (onset, duration, actual, normal).
    """
    if not notes or not bars:
        return [(onset, duration) for onset, duration, _ in notes], []
    beats = _beats(bars, grid)
    order = sorted(range(len(notes)), key=lambda index: notes[index][0])
    moments = [(onset, list(own)) for onset, own in groupby(order, key=lambda index: notes[index][0])]
    divisions, places = _place(moments, beats, grid, tuplets)
    starts = [beat[0] for beat in beats]
    end = beats[-1][1]
    written: list[tuple[int, int]] = [(0, 0)] * len(notes)
    chords = [(place, [index for _, own in group for index in own]) for place, group in _chords(moments, places)]
    for number, (place, own) in enumerate(chords):
        following = chords[number + 1][0] if number + 1 < len(chords) else end
        exact = max(notes[index][0] + notes[index][1] for index in own)
        length = _ending(exact, place, following, divisions, starts) - place
        if following - place - length <= max(grid, (following - place) // 4) and number + 1 < len(chords):
            length = following - place
        for index in own:
            written[index] = place, length
    used = {edge for place, length in written for edge in (place, place + length)}
    return written, [
        _bracket(division) for division in divisions if division.ratio and used & set(division.points[1:-1])
    ]


def _chords(moments: list[tuple[int, list[int]]], places: list[int]) -> list[tuple[int, list[tuple[int, list[int]]]]]:
    paired = groupby(zip(places, moments, strict=True), key=lambda pair: pair[0])
    return [(place, [moment for _, moment in group]) for place, group in paired]


def _beats(bars: Sequence[tuple[int, int, int]], grid: int) -> list[tuple[int, int, int]]:
    """(start, end, whole) of each beat, where `whole` is 0 in a beat that takes no tuplets."""
    beats = []
    for onset, length, beat in bars:
        step = QUARTER if beat > QUARTER and beat % (2 * QUARTER) == 0 else beat
        if step % grid:
            beats.append((onset, onset + length, 0))
            continue
        for start in range(onset, onset + length, step):
            end = min(start + step, onset + length)
            beats.append((start, end, step if end - start == step >= QUARTER else 0))
    return beats


def _place(
    moments: list[tuple[int, list[int]]], beats: list[tuple[int, int, int]], grid: int, tuplets: tuple[int, ...]
) -> tuple[list[_Division], list[int]]:
    """The division of every beat, and where each moment is written."""
    divisions: list[_Division] = []
    places: list[int] = []
    index = 0
    for number, (start, end, whole) in enumerate(beats):
        first = index
        while index < len(moments) and (moments[index][0] < end or number == len(beats) - 1):
            index += 1
        onsets = [moments[i][0] for i in range(first, index)]
        taken = places[-1] if places else -1
        is_last = number == len(beats) - 1
        plain = _plain(start, end, grid)
        best, cost = plain, _NEVER
        where: list[int] = []
        for division in [plain, *(_tuplet_divisions(start, whole, tuplets) if len(onsets) > 1 else ())]:
            own, error = _fit(onsets, division, taken, is_last)
            if division.ratio and len({place for place in own if place < end}) <= division.ratio[0] // 2:
                continue  # too few to show a tuplet for
            if error + division.cost < cost:
                best, where, cost = division, own, error + division.cost
        divisions.append(best)
        places += where
    return divisions, places


def _plain(start: int, end: int, grid: int) -> _Division:
    return _Division((*range(start, end, grid), end), None, 0.0)


def _tuplet_divisions(start: int, whole: int, tuplets: tuple[int, ...]) -> list[_Division]:
    """Divisions of a beat into as many as the composer allows; those that are plain there are left out."""
    found = []
    for actual in tuplets if whole else ():
        normal = _normal(actual, whole)
        if normal and whole % actual == 0:
            points = tuple(range(start, start + whole + 1, whole // actual))
            found.append(_Division(points, (actual, normal), _TUPLET_COST.get(actual, _RARE_COST)))
    return found


def _normal(actual: int, beat: int) -> int:
    """In the time of how many: a power of two, in dotted beats three times one. 0 where no tuplet is needed."""
    base = 3 if beat % (QUARTER // 2 * 3) == 0 and beat % QUARTER else 1
    if actual % base == 0 and (actual // base) & (actual // base - 1) == 0:
        return 0  # 4 in a quarter, 3 or 6 in a dotted one
    if base == 3:
        return {2: 3, 4: 3, 5: 6, 7: 6, 8: 6}.get(actual, 0)
    return 1 << (actual.bit_length() - 1)


def _fit(onsets: list[int], division: _Division, taken: int, is_last: bool) -> tuple[list[int], float]:
    """Where the moments of a beat go in a division, in order, and what that costs.

    taken    the place last written on before this beat
    is_last  whether the end of the beat is the end of all: nothing starts there
    """
    points = division.points[:-1] if is_last else division.points
    size = division.points[-1] - division.points[0]
    costs = [0.0 if point > taken else _MERGE_COST if point == taken else _NEVER for point in points]
    paths: list[list[int]] = []
    for turn, onset in enumerate(onsets):
        path, best, at = [], _NEVER, 0
        following = []
        for place, point in enumerate(points):
            fresh = costs[place] if turn == 0 else best
            stay = _NEVER if turn == 0 else costs[place] + _MERGE_COST
            path.append(place if turn == 0 or stay < fresh else at)
            following.append(min(fresh, stay) + ((onset - point) / size) ** 2)
            if turn and costs[place] < best:
                best, at = costs[place], place
        costs = following
        paths.append(path)
    place = min(range(len(points)), key=costs.__getitem__)
    total = costs[place] if onsets else 0.0
    where = []
    for path in reversed(paths):
        where.append(points[place])
        place = path[place]
    return where[::-1], total


def _ending(exact: int, place: int, following: int, divisions: list[_Division], starts: list[int]) -> int:
    """Where a note ends: the point nearest to its exact end, after its start, and not after the next."""
    points = divisions[bisect_right(starts, place) - 1].points
    earliest = points[bisect_right(points, place)]
    if exact >= following:
        return following
    points = divisions[max(0, bisect_right(starts, exact) - 1)].points
    after = min(bisect_left(points, exact), len(points) - 1)
    nearest = min(points[max(0, after - 1) : after + 1], key=lambda point: abs(point - exact))
    return max(nearest, earliest)


def _bracket(division: _Division) -> tuple[int, int, int, int]:
    assert division.ratio is not None
    return division.points[0], division.points[-1] - division.points[0], *division.ratio
