"""The law of waiting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.quantile import open_uniforms
from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Exponential:
    """Many small, few large: the gaps between events that know nothing of each other.

    mean   the average above `from`, > 0
    from_  where it begins, in the unit of what is drawn
    Source: Xenakis, Formalized Music (1992), ch. I: density c·e^(-cx), mean 1/c, drawn as -ln(1-u)/c.
    """

    mean: Value = parameter(Quantity.SPREAD, "the average, above `from`", above=0.0)
    from_: Value = parameter(Quantity.SAME, "where it begins", default=Constant(0.0))

    def sampler(self, context: Context) -> Sampler:
        """Both are themselves drawn at each place; a mean below 0 counts as 0."""
        mean, rng = self.mean.sampler(context.at("mean")), context.rng()
        start = self.from_.sampler(context.at("from"))

        def draw(places: Floats) -> Floats:
            waited: Floats = -np.maximum(mean(places), 0.0) * np.log1p(-open_uniforms(rng, len(places)))
            return start(places) + waited

        return draw
