"""How many events fall into a stretch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse
from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Value, parameter

MOST = 1e6
"""Highest average that is drawn from."""


@dataclass(frozen=True, slots=True)
class PoissonCount:
    """How many drops fall on a stone: whole numbers round an average, 0 among them.

    mean   the average number, 0 to `MOST`
    step   what each counts for
    from_  where it begins, in the unit of what is drawn
    Source: Xenakis, Formalized Music (1992), ch. I: e^(-λ)·λ^k/k!, the cells of Achorripsis with λ = 0.6.
    """

    mean: Value = parameter(Quantity.NUMBER, "the average number", at_least=0.0, at_most=MOST)
    step: Value = parameter(Quantity.SPREAD, "what each counts for", default=Constant(1.0))
    from_: Value = parameter(Quantity.SAME, "where it begins", default=Constant(0.0))

    def sampler(self, context: Context) -> Sampler:
        """All three are themselves drawn at each place."""
        return by_inverse(context, _quantile, mean=self.mean, step=self.step, **{"from": self.from_})


def _quantile(chance: Floats, mean: Floats, step: Floats, start: Floats) -> Floats:
    from scipy.special import pdtr, pdtrik

    mean = np.clip(mean, 0.0, MOST)
    some = np.where(mean > 0.0, mean, 1.0)
    count = np.ceil(pdtrik(chance, some))
    count -= (count > 0.0) & (pdtr(count - 1.0, some) >= chance)  # the inverse may err by a hair, and so by one
    return start + step * np.where(mean > 0.0, count, 0.0)
