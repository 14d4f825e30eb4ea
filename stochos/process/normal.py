"""Gauss's law: numbers around a centre."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.quantile import normal_quantile, open_uniforms
from stochos.process.value import Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Normal:
    """Most near the mean, few far away, as many above as below: speeds in a gas, heights in a crowd.

    mean  the centre, in the unit of what is drawn
    sd    standard deviation, >= 0: two thirds of the draws are nearer to the mean than this
    Source: Xenakis, Formalized Music (1992), ch. I.
    """

    mean: Value = parameter(Quantity.SAME, "the centre")
    sd: Value = parameter(Quantity.SPREAD, "how far draws stray from it", at_least=0.0)

    def sampler(self, context: Context) -> Sampler:
        """Mean and sd are themselves drawn at each place; an sd below 0 counts as 0."""
        mean, sd, rng = self.mean.sampler(context.at("mean")), self.sd.sampler(context.at("sd")), context.rng()

        def draw(places: Floats) -> Floats:
            return mean(places) + np.maximum(sd(places), 0.0) * normal_quantile(open_uniforms(rng, len(places)))

        return draw
