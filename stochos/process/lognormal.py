"""The law of products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse, exponential
from stochos.process.quantile import normal_quantile
from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Lognormal:
    """As often twice as large as half as large: how lengths and loudnesses are felt.

    median  half of the draws are above it, >= 0, counted from `from`
    sd      standard deviation of the natural logarithm, >= 0: at 0.7 two draws in three lie between half and twice
    from_   where it begins, in the unit of what is drawn
    Source: Limpert, Stahel and Abbt, BioScience 51 (2001).
    """

    median: Value = parameter(Quantity.SPREAD, "half of the draws are above it, from `from`", at_least=0.0)
    sd: Value = parameter(Quantity.NUMBER, "of the logarithm: at 0.7 most lie between half and twice", at_least=0.0)
    from_: Value = parameter(Quantity.SAME, "where it begins", default=Constant(0.0))

    def sampler(self, context: Context) -> Sampler:
        """All three are themselves drawn at each place."""
        return by_inverse(context, _quantile, median=self.median, sd=self.sd, **{"from": self.from_})


def _quantile(chance: Floats, median: Floats, sd: Floats, start: Floats) -> Floats:
    return start + np.maximum(median, 0.0) * exponential(np.maximum(sd, 0.0) * normal_quantile(chance))
