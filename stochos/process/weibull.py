"""The law of lifetimes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse, exponential, positive
from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Weibull:
    """How long a thing lasts that ages: below shape 1 the young go first, above it they all go at about one age.

    spread  63 of 100 draws are less than this above `from`, >= 0
    shape   > 0: 1 is the exponential law, 2 Rayleigh's, 3.6 nearly a bell
    from_   where it begins, in the unit of what is drawn
    Source: Dodge and Jerse, Computer Music (1997), ch. 11.
    """

    spread: Value = parameter(Quantity.SPREAD, "63 in 100 are less than this above `from`", at_least=0.0)
    shape: Value = parameter(Quantity.RATIO, "1 exponential, 2 a hill, 3.6 a bell", above=0.0)
    from_: Value = parameter(Quantity.SAME, "where it begins", default=Constant(0.0))

    def sampler(self, context: Context) -> Sampler:
        """All three are themselves drawn at each place."""
        return by_inverse(context, _quantile, spread=self.spread, shape=self.shape, **{"from": self.from_})


def _quantile(chance: Floats, spread: Floats, shape: Floats, start: Floats) -> Floats:
    return start + np.maximum(spread, 0.0) * exponential(np.log(-np.log1p(-chance)) / positive(shape))
