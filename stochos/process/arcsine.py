"""The law of the pendulum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse
from stochos.process.value import Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Arcsine:
    """A pendulum seen at any moment: most often near the ends, where it turns.

    low, high  the ends, in the unit of what is drawn
    Source: Xenakis, Formalized Music (1992), ch. IX and XIV; Feller, Probability Theory (1968), ch. III.
    """

    low: Value = parameter(Quantity.SAME, "lowest")
    high: Value = parameter(Quantity.SAME, "highest")

    def sampler(self, context: Context) -> Sampler:
        """The ends are themselves drawn at each place."""
        return by_inverse(context, _quantile, low=self.low, high=self.high)


def _quantile(chance: Floats, low: Floats, high: Floats) -> Floats:
    share: Floats = np.square(np.sin(np.pi / 2.0 * chance))
    return low + (high - low) * share
