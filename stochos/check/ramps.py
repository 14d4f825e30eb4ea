"""Ramps: where their points lie, and whether they can be drawn."""

from __future__ import annotations

from itertools import pairwise

from stochos import tree
from stochos.check.reach import reach
from stochos.process.value import Value


def weigh(weight: tree.Number) -> float:
    """A weight or probability: plain, or in %."""
    return float(weight.value) / (100 if weight.unit == "%" else 1)


def ramp_places(node: tree.Ramp) -> tuple[float, ...] | None:
    """Where each value of a ramp is reached, 0..1; points without a place are spread evenly. None: out of order."""
    asked: list[float | None] = [0.0, *(None if point.at is None else weigh(point.at) for point in node.points)]
    if asked[-1] is None:
        asked[-1] = 1.0
    places: list[float] = []
    for i, at in enumerate(asked):
        if at is not None:
            places.append(at)
            continue
        following = next(j for j in range(i, len(asked)) if asked[j] is not None)
        goal = asked[following]
        assert goal is not None
        places.append(places[-1] + (goal - places[-1]) / (following - i + 1))
    rising = all(a < b for a, b in pairwise(places))
    return tuple(places) if rising and places[-1] <= 1 else None


def is_one_sided(before: Value, after: Value) -> bool:
    """Whether two values stay on one side of 0, so that an `exp` ramp can lead from one to the other."""
    lows, highs = zip(reach(before), reach(after), strict=True)
    return min(lows) > 0 or max(highs) < 0
