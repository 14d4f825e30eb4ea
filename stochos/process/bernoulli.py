"""A coin at every point of a grid."""

from __future__ import annotations

from dataclasses import dataclass

from stochos.process.pulse import grid
from stochos.process.value import Context, Floats, Quantity, Value, parameter


@dataclass(frozen=True, slots=True)
class Bernoulli:
    """A coin is thrown at every point of a grid: heads sounds.

    chance  of a note at each point, 0 to 1
    every   from one point to the next, quarter notes, > 0; a list makes an uneven grid
    """

    chance: Value = parameter(Quantity.CHANCE, "of a note at each point", at_least=0.0, at_most=1.0)
    every: Value = parameter(Quantity.LENGTH, "from point to point", above=0.0)

    def onsets(self, context: Context, count: int | None) -> Floats:
        """Onsets in quarter notes, rising, in [0, context.duration); at most `count`."""
        points = grid(self.every, context.at("every"), context.duration)
        chance = self.chance.sampler(context.at("chance"))(points / context.duration)
        return points[context.rng().random(len(points)) < chance][:count]
