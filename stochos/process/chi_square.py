"""The law of sums of squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse, positive
from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """The sum of squared chances: pressed against its beginning with few of them, a bell with many.

    freedom  how many squares are added, > 0: the average, in units of `spread`
    spread   what one square adds on average, >= 0
    from_    where it begins, in the unit of what is drawn
    Source: Pearson, Philosophical Magazine 50 (1900).
    """

    freedom: Value = parameter(Quantity.RATIO, "how many squares are added", above=0.0)
    spread: Value = parameter(Quantity.SPREAD, "what each adds on average", default=Constant(1.0), at_least=0.0)
    from_: Value = parameter(Quantity.SAME, "where it begins", default=Constant(0.0))

    def sampler(self, context: Context) -> Sampler:
        """All three are themselves drawn at each place."""
        return by_inverse(context, _quantile, freedom=self.freedom, spread=self.spread, **{"from": self.from_})


def _quantile(chance: Floats, freedom: Floats, spread: Floats, start: Floats) -> Floats:
    from scipy.special import gammaincinv

    total: Floats = 2.0 * gammaincinv(positive(freedom) / 2.0, chance)
    return start + np.maximum(spread, 0.0) * total
