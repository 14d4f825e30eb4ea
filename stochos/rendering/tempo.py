"""Tempo as MIDI knows it: a list of steady tempos, fine enough to stand for ramps and fermatas."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from stochos.music.time import QUARTER
from stochos.realization import Realization, Tempo

FERMATA = 1.75
"""How many times its length a note under a fermata lasts."""

_MINUTE = 60e6  # microseconds
_GRAIN = QUARTER // 4  # a ramp moves at every 16th, or oftener
_FEWEST = 32  # steps of a short ramp

Pace = tuple[int, float]
"""From a tick on: microseconds a quarter note."""


def paces(tempos: Sequence[Tempo]) -> list[Pace]:
    """The tempo over the whole piece, in order of ticks, from tick 0.

    Within a ramp each step takes exactly the time that the ramp takes there; the tempo that it leads to is exact.
    """
    found: dict[int, float] = {0: _MINUTE / 120}
    onsets = [tempo.onset for tempo in tempos]
    for tempo, limit in zip(tempos, [*onsets[1:], None], strict=True):
        found.update(_steps(tempo, limit))
    return sorted(found.items())


def pace_at(line: Sequence[Pace], tick: int) -> float:
    """Microseconds a quarter note at `tick`."""
    return line[bisect_right(line, (tick, math.inf)) - 1][1]


def hold(line: Sequence[Pace], fermatas: Iterable[tuple[int, int]]) -> list[Pace]:
    """Slow the tempo between each two ticks of `fermatas`, then take it up again: all parts wait."""
    held = dict(line)
    for start, end in _union(fermatas):
        within = (tick for tick, _ in line[bisect_right(line, (start, math.inf)) : bisect_left(line, (end,))])
        held[end] = held.get(end, pace_at(line, end))
        held.update((tick, FERMATA * pace_at(line, tick)) for tick in (start, *within))
    return sorted(held.items())


def performed(realization: Realization) -> list[Pace]:
    """The pace of a piece as it is played, fermatas held: those that end together from where the last begins."""
    begins: dict[int, int] = {}
    for part in realization.parts:
        for note in part.notes:
            if "fermata" in note.articulations:
                end = note.onset + note.duration
                begins[end] = max(note.onset, begins.get(end, note.onset))
    return hold(paces(realization.tempos), ((start, end) for end, start in begins.items()))


def seconds(line: Sequence[Pace], start: int, end: int) -> float:
    """How long it takes from one tick to another."""
    first = max(0, bisect_right(line, start, key=lambda pace: pace[0]) - 1)
    ends = [*(tick for tick, _ in line[first + 1 :]), end]
    spans = zip(line[first:], ends, strict=True)
    return sum(max(0, min(until, end) - max(tick, start)) * pace for (tick, pace), until in spans) / (1e6 * QUARTER)


def _steps(tempo: Tempo, limit: int | None) -> Iterator[Pace]:
    """Paces of one mark; a ramp is cut where the next mark stands, at `limit`."""
    if tempo.end <= tempo.onset or tempo.curve == "step":
        yield tempo.onset, _MINUTE / tempo.bpm
    else:
        length = tempo.end - tempo.onset
        count = min(length, max(-(-length // _GRAIN), _FEWEST))
        for start, stop in pairwise(tempo.onset + length * k // count for k in range(count + 1)):
            if limit is not None and start >= limit:
                return
            yield start, _mean(tempo, start, stop if limit is None else min(stop, limit))
    if tempo.end > tempo.onset and (limit is None or tempo.end < limit):
        yield tempo.end, _MINUTE / tempo.end_bpm


def _mean(tempo: Tempo, start: int, stop: int) -> float:
    """Mean of microseconds a quarter note over a step of a ramp, by Simpson's rule."""
    left, middle, right = (
        1 / _bpm(tempo, (tick - tempo.onset) / (tempo.end - tempo.onset)) for tick in (start, (start + stop) / 2, stop)
    )
    return _MINUTE * (left + 4 * middle + right) / 6


def _bpm(tempo: Tempo, at: float) -> float:
    """Tempo of a ramp at a share 0..1 of its length."""
    if tempo.curve == "exp":
        return tempo.bpm * math.pow(tempo.end_bpm / tempo.bpm, at)
    share = (1 - math.cos(math.pi * at)) / 2 if tempo.curve == "sine" else at
    return tempo.bpm + (tempo.end_bpm - tempo.bpm) * share


def _union(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of time without overlaps, in order."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
