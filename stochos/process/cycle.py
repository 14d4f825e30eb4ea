"""Round and round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Value, parameter, pick


@dataclass(frozen=True, slots=True)
class Cycle:
    """Items on a ring, and a hand that moves over it: one on, three on, backwards, or by chance.

    of  the items
    by  how many places the hand moves on each time; parts of places add up
    """

    of: tuple[Value, ...] = parameter(Quantity.ITEMS, "the items")
    by: Value = parameter(Quantity.NUMBER, "places on each time; below 0 backwards", default=Constant(1.0))

    def sampler(self, context: Context) -> Sampler:
        """It begins with the first item, and goes on from call to call."""
        samplers = [item.sampler(context.item(i)) for i, item in enumerate(self.of)]
        by, there = self.by.sampler(context.at("by")), 0.0

        def draw(places: Floats) -> Floats:
            nonlocal there
            stands = np.cumsum(np.append(there, by(places)))
            there = float(stands[-1])
            which = np.mod(np.floor(stands[:-1] + 0.5), len(samplers)).astype(np.intp)
            return pick(samplers, which, places)

        return draw
