"""The law of waiting for several events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse, positive
from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Gamma:
    """How long until several things have happened: from all chance to nearly a clock.

    mean   the average above `from`, > 0
    shape  how many are waited for, > 0: 1 is the exponential law, larger is evener, smaller is burstier
    from_  where it begins, in the unit of what is drawn
    Source: Devroye, Non-Uniform Random Variate Generation (1986), ch. IX.3.
    """

    mean: Value = parameter(Quantity.SPREAD, "the average, above `from`", above=0.0)
    shape: Value = parameter(Quantity.RATIO, "1 exponential, above 1 evener, below 1 burstier", above=0.0)
    from_: Value = parameter(Quantity.SAME, "where it begins", default=Constant(0.0))

    def sampler(self, context: Context) -> Sampler:
        """All three are themselves drawn at each place."""
        return by_inverse(context, _quantile, mean=self.mean, shape=self.shape, **{"from": self.from_})


def _quantile(chance: Floats, mean: Floats, shape: Floats, start: Floats) -> Floats:
    from scipy.special import gammaincinv

    shape = positive(shape)
    waited: Floats = gammaincinv(shape, chance) / shape
    return start + np.maximum(mean, 0.0) * waited
