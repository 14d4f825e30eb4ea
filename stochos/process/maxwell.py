"""The speeds of molecules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse
from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Maxwell:
    """How fast the molecules of a gas are: hardly any at rest, most at one speed, a few far faster.

    spread  >= 0: the commonest draw is 1.4 times this above `from`, the average 1.6 times; the heat of the gas
    from_   where it begins, in the unit of what is drawn
    Source: Maxwell, Philosophical Magazine 19 (1860).
    """

    spread: Value = parameter(Quantity.SPREAD, "the average is 1.6 times this above `from`", at_least=0.0)
    from_: Value = parameter(Quantity.SAME, "where it begins", default=Constant(0.0))

    def sampler(self, context: Context) -> Sampler:
        """Both are themselves drawn at each place; a spread below 0 counts as 0."""
        return by_inverse(context, _quantile, spread=self.spread, **{"from": self.from_})


def _quantile(chance: Floats, spread: Floats, start: Floats) -> Floats:
    from scipy.special import gammaincinv

    speed: Floats = np.sqrt(2.0 * gammaincinv(1.5, chance))
    return start + np.maximum(spread, 0.0) * speed
