"""How many of some coins fall heads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse
from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Value, parameter

MOST = 1e6
"""The most coins that are thrown."""


@dataclass(frozen=True, slots=True)
class Binomial:
    """How many of some coins fall heads: whole numbers from 0 to all, a bell between.

    trials  how many coins, 0 to `MOST`
    chance  of heads for each, 0 to 1
    step    what each counts for
    from_   where it begins, in the unit of what is drawn
    Source: Feller, Probability Theory (1968), ch. VI.
    """

    trials: Value = parameter(Quantity.NUMBER, "how many coins are thrown", at_least=0.0, at_most=MOST)
    chance: Value = parameter(Quantity.CHANCE, "of heads", default=Constant(0.5), at_least=0.0, at_most=1.0)
    step: Value = parameter(Quantity.SPREAD, "what each counts for", default=Constant(1.0))
    from_: Value = parameter(Quantity.SAME, "where it begins", default=Constant(0.0))

    def sampler(self, context: Context) -> Sampler:
        """All four are themselves drawn at each place; trials are the nearest whole number."""
        return by_inverse(
            context, _quantile, trials=self.trials, chance=self.chance, step=self.step, **{"from": self.from_}
        )


def _quantile(uniform: Floats, trials: Floats, chance: Floats, step: Floats, start: Floats) -> Floats:
    from scipy.special import bdtrik, betainc

    trials, odds = np.floor(np.clip(trials, 0.0, MOST) + 0.5), np.clip(chance, 0.0, 1.0)
    open_ = (trials > 0.0) & (odds > 0.0) & (odds < 1.0)
    coins, fair = np.where(open_, trials, 1.0), np.where(open_, odds, 0.5)
    found = bdtrik(uniform, coins, fair)  # not a number where a chance is too small for it: then 0 or all
    heads = np.clip(np.ceil(np.where(np.isnan(found), np.rint(coins * fair), found)), 0.0, coins)
    fewer = betainc(coins - heads + 1.0, np.maximum(heads, 1.0), 1.0 - fair)  # the chance of fewer heads
    heads -= (heads > 0.0) & (fewer >= uniform)  # the inverse may err by a hair, and so by one
    return start + step * np.where(open_, heads, np.where(odds > 0.5, trials, 0.0))
