"""The law of the straight slope."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse
from stochos.process.value import Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Linear:
    """Draws crowd at one end and thin out evenly towards the other: Xenakis' law of intervals.

    likely  the end where most are, in the unit of what is drawn
    rare    the end where none are left; above `likely` the slope falls, below it rises
    Source: Xenakis, Formalized Music (1992), ch. I and V: density 2/a·(1-x/a), drawn as a·(1-√(1-u)).
    """

    likely: Value = parameter(Quantity.SAME, "the end that draws crowd at")
    rare: Value = parameter(Quantity.SAME, "the end that few come near, above or below")

    def sampler(self, context: Context) -> Sampler:
        """The ends are themselves drawn at each place."""
        return by_inverse(context, _quantile, likely=self.likely, rare=self.rare)


def _quantile(chance: Floats, likely: Floats, rare: Floats) -> Floats:
    return likely + (rare - likely) * (1.0 - np.sqrt(1.0 - chance))
