"""How loud a part is at every moment: its dynamic marks and hairpins as one line over time."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from stochos.music.dynamics import DEFAULT_DYNAMIC, VELOCITIES
from stochos.music.time import QUARTER
from stochos.realization import Dynamic, Hairpin, Part

# Marks of an attack, and the mark that follows it (None: what was in force before).
_ATTACKS: dict[str, str | None] = {"sf": None, "sfz": None, "fp": "p"}

_RUNGS = tuple(velocity for name, velocity in VELOCITIES.items() if name not in _ATTACKS)
_DEFAULT = VELOCITIES[DEFAULT_DYNAMIC]
_SURGE = QUARTER // 4  # an attack falls back within a 16th
_LONG = 4 * QUARTER  # a hairpin longer than this moves by two marks


class Slope(NamedTuple):
    """Loudness from `start` to `end` ticks: a straight line from one level to another, which then holds."""

    start: int
    end: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Loudness:
    """The loudness of a part over time, as velocities.

    slopes  in order of start, not overlapping; a mark is a slope without length
    """

    slopes: tuple[Slope, ...]

    def at(self, tick: int) -> float:
        """Level at `tick`, 1..127."""
        found = bisect_right(self.slopes, (tick, math.inf))
        if not found:
            return _DEFAULT
        start, end, before, after = self.slopes[found - 1]
        return after if tick >= end else before + (after - before) * (tick - start) / (end - start)

    def slopes_within(self, start: int, end: int) -> list[Slope]:
        """Slopes that begin after `start` and before `end`, and the one under way at `start`."""
        first = bisect_right(self.slopes, (start, math.inf))
        last = bisect_left(self.slopes, (end,))
        under_way = self.slopes[first - 1 : first] if first else ()
        return [*(slope for slope in under_way if slope.end > start), *self.slopes[first:last]]


def loudness(part: Part) -> Loudness:
    """Read a part's marks and hairpins from left to right.

    A hairpin goes to the mark at its end where that lies in its direction; else by one mark, or by two where it lasts
    longer than a whole note. It ends early where the next mark or hairpin begins.
    """
    events: list[Dynamic | Hairpin] = [*part.dynamics, *part.hairpins]
    events.sort(key=lambda event: (event.onset, isinstance(event, Hairpin)))
    marks = {event.onset: event for event in part.dynamics}
    slopes: list[Slope] = []
    level: float = _DEFAULT
    for event, following in zip_longest(events, events[1:]):
        if isinstance(event, Dynamic):
            attack, level = _marked(event.name, level)
            slopes.append(Slope(event.onset, event.onset + (_SURGE if attack != level else 0), attack, level))
        else:
            start = max(event.onset, slopes[-1].end if slopes else 0)
            end = min(event.end, following.onset) if following else event.end
            if end > start:
                target = _target(event, level, marks.get(end))
                slopes.append(Slope(start, end, level, target))
                level = target
    return Loudness(tuple(slopes))


def _marked(name: str, level: float) -> tuple[float, float]:
    """Level of the attack that a mark asks for, and the level after it."""
    attack = VELOCITIES[name]
    if name not in _ATTACKS:
        return attack, attack
    then = _ATTACKS[name]
    return (max(attack, _rung(level, 1)), level) if then is None else (attack, VELOCITIES[then])


def _target(hairpin: Hairpin, level: float, mark: Dynamic | None) -> float:
    up = hairpin.kind == "cresc"
    if mark is not None:
        goal = _marked(mark.name, level)[0]
        if goal != level and (goal > level) == up:
            return goal
    rungs = 2 if hairpin.end - hairpin.onset > _LONG else 1
    return _rung(level, rungs if up else -rungs)


def _rung(level: float, steps: int) -> float:
    """Level so many marks above (below) another."""
    here = bisect_right(_RUNGS, level) - 1 if steps > 0 else bisect_left(_RUNGS, level)
    return _RUNGS[min(max(here + steps, 0), len(_RUNGS) - 1)]
