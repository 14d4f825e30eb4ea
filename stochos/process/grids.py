"""Several divisions of one time at once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

from stochos.process.certainty import each
from stochos.process.pulse import SHORTEST
from stochos.process.value import Constant, Context, Floats, Quantity, Sequence, Value, parameter

MOST = 64
"""The finest division."""

_END = 1.0 - 1e-12  # of a float's rounding: a point on the end is not before it


@dataclass(frozen=True, slots=True)
class Grids:
    """A bar divided by 3, 4 and 5 at once, and a coin at every point: the time of Pithoprakta.

    divisions  how many parts each grid has, 1 to `MOST`: a list, or one; drawn anew for each cycle
    every      how long a cycle is that is divided so, quarter notes, > 0
    chance     of a note at each point, 0 to 1; points that grids share are one
    Source: Xenakis, Formalized Music (1992), ch. I and III.
    """

    divisions: Value = parameter(Quantity.NUMBER, "parts of each grid", at_least=1.0, at_most=MOST)
    every: Value = parameter(Quantity.LENGTH, "the cycle that is divided", above=0.0)
    chance: Value = parameter(
        Quantity.CHANCE, "of a note at each point", default=Constant(1.0), at_least=0.0, at_most=1.0
    )

    def onsets(self, context: Context, count: int | None) -> Floats:
        """Onsets in quarter notes, rising, in [0, context.duration); at most `count`."""
        every = each(self.every, context.at("every"))
        values = self.divisions.items if isinstance(self.divisions, Sequence) else (self.divisions,)
        drawn = [each(value, context.at("divisions").item(i)) for i, value in enumerate(values)]
        cycles = [np.empty(0)]
        now = 0.0
        while now < context.duration * _END:
            place = now / context.duration
            length = max(every(place), SHORTEST)
            parts = frozenset(round(min(max(draw(place), 1.0), MOST)) for draw in drawn)
            cycles.append(now + length * union(parts))
            now += length
        points = np.concatenate(cycles)
        points = points[points < context.duration * _END]
        chance = self.chance.sampler(context.at("chance"))(points / context.duration)
        return points[context.rng().random(len(points)) < chance][:count]


@cache
def union(divisions: frozenset[int]) -> Floats:
    """The points of a cycle of length 1 that any of some divisions has, rising from 0."""
    points = {Fraction(part, whole) for whole in divisions for part in range(whole)}
    return np.array(sorted(map(float, points)))
