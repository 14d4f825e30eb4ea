"""Pareto's law: the few that have most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse, exponential, positive
from stochos.process.value import Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Pareto:
    """Nothing below a least number, most near it, and a few that dwarf all others together.

    least  the smallest, > 0, in the unit of what is drawn
    shape  > 0: 1.16 gives the fifth that has four fifths; the smaller, the farther it reaches
    Source: Newman, Contemporary Physics 46 (2005).
    """

    least: Value = parameter(Quantity.SAME, "the smallest", above=0.0)
    shape: Value = parameter(Quantity.RATIO, "the smaller, the farther it reaches", above=0.0)

    def sampler(self, context: Context) -> Sampler:
        """Both are themselves drawn at each place; a least number below 0 counts as 0."""
        return by_inverse(context, _quantile, least=self.least, shape=self.shape)


def _quantile(chance: Floats, least: Floats, shape: Floats) -> Floats:
    return np.maximum(least, 0.0) * exponential(-np.log1p(-chance) / positive(shape))
