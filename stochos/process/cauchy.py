"""Cauchy's law: no average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse
from stochos.process.value import Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Cauchy:
    """Mostly near the middle, and out of the blue as far away as one likes.

    median  the middle, in the unit of what is drawn
    spread  half of the draws are nearer to it than this, >= 0
    Source: Xenakis, Formalized Music (1992), ch. IX; Dodge and Jerse, Computer Music (1997), ch. 11.
    """

    median: Value = parameter(Quantity.SAME, "the middle")
    spread: Value = parameter(Quantity.SPREAD, "half of the draws are nearer than this", at_least=0.0)

    def sampler(self, context: Context) -> Sampler:
        """Median and spread are themselves drawn at each place; a spread below 0 counts as 0."""
        return by_inverse(context, _quantile, median=self.median, spread=self.spread)


def _quantile(chance: Floats, median: Floats, spread: Floats) -> Floats:
    return median - np.maximum(spread, 0.0) / np.tan(np.pi * chance)
