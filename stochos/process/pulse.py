"""Regular time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stochos.process.certainty import each
from stochos.process.value import Constant, Context, Floats, Quantity, Sequence, Value, parameter

SHORTEST = 1 / 256
"""Quarter notes: nothing steps through time in smaller steps, whatever a law draws."""

_SLACK = 1e-12  # of a float's rounding: a point on the end is not before it


@dataclass(frozen=True, slots=True)
class Pulse:
    """One onset after another at given distances: a clock, or with a list a rhythm.

    every  from one onset to the next, quarter notes, > 0
    """

    every: Value = parameter(Quantity.LENGTH, "from onset to onset", above=0.0)

    def onsets(self, context: Context, count: int | None) -> Floats:
        """Onsets in quarter notes, rising, in [0, context.duration), the first at 0; at most `count`."""
        return grid(self.every, context.at("every"), context.duration)[:count]

    def quarters(self, count: int) -> float | None:
        """How long `count` onsets last, each up to the next one; None: chance decides."""
        return certain_sum(self.every, count)


def certain_sum(steps: Value | None, count: int) -> float | None:
    """How long `count` steps of a constant or a list of constants last; None: chance decides."""
    match steps:
        case Constant(number=step):
            return count * step
        case Sequence(items=items) if all(isinstance(item, Constant) for item in items):
            whole = [item.number for item in items if isinstance(item, Constant)]
            return sum(whole[i % len(whole)] for i in range(count))
    return None


def grid(every: Value, context: Context, duration: float) -> Floats:
    """Points in [0, duration), the first at 0, each `every` after the last; steps below `SHORTEST` are that long."""
    if isinstance(every, Constant):
        step = max(every.number, SHORTEST)
        return np.arange(math.ceil(duration / step - _SLACK), dtype=np.float64) * step
    step_at = each(every, context)
    points, now = [], 0.0
    while now < duration * (1.0 - _SLACK):
        points.append(now)
        now += max(step_at(now / duration), SHORTEST)
    return np.array(points, dtype=np.float64)
