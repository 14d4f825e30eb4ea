"""The law of shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse, positive
from stochos.process.value import Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Beta:
    """Between two ends, in any shape: a hill, a slope, or a crowd at both edges.

    low, high  the ends, in the unit of what is drawn
    alpha      > 0: below 1 draws crowd at the low end, above 1 they shun it
    beta       > 0: the same of the high end
    Source: Dodge and Jerse, Computer Music (1997), ch. 11.
    """

    low: Value = parameter(Quantity.SAME, "lowest")
    high: Value = parameter(Quantity.SAME, "highest")
    alpha: Value = parameter(Quantity.RATIO, "below 1 crowds at the low end, above 1 shuns it", above=0.0)
    beta: Value = parameter(Quantity.RATIO, "below 1 crowds at the high end, above 1 shuns it", above=0.0)

    def sampler(self, context: Context) -> Sampler:
        """Ends and shape are themselves drawn at each place."""
        return by_inverse(context, _quantile, low=self.low, high=self.high, alpha=self.alpha, beta=self.beta)


def _quantile(chance: Floats, low: Floats, high: Floats, alpha: Floats, beta: Floats) -> Floats:
    from scipy.special import betaincinv

    share: Floats = betaincinv(positive(alpha), positive(beta), chance)
    return np.clip(low + (high - low) * share, np.minimum(low, high), np.maximum(low, high))
