"""Laplace's law: waiting, to both sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse
from stochos.process.value import Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Laplace:
    """A sharp peak and long tails to both sides: close to the centre, now and then far off.

    mean    the centre, in the unit of what is drawn
    spread  average distance from it, >= 0
    Source: Dodge and Jerse, Computer Music (1997), ch. 11: the bilateral exponential law.
    """

    mean: Value = parameter(Quantity.SAME, "the centre")
    spread: Value = parameter(Quantity.SPREAD, "average distance from it", at_least=0.0)

    def sampler(self, context: Context) -> Sampler:
        """Mean and spread are themselves drawn at each place; a spread below 0 counts as 0."""
        return by_inverse(context, _quantile, mean=self.mean, spread=self.spread)


def _quantile(chance: Floats, mean: Floats, spread: Floats) -> Floats:
    away: Floats = np.copysign(np.log(2.0 * np.minimum(chance, 1.0 - chance)), chance - 0.5)
    return mean + np.maximum(spread, 0.0) * away
