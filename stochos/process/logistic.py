"""The logistic law: a bell with heavier skirts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse
from stochos.process.value import Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Logistic:
    """Much like the normal law, with more draws far out: the steps of Xenakis' last synthesiser.

    mean    the centre, in the unit of what is drawn
    spread  >= 0: half of the draws are nearer to the centre than 1.1 times this; the standard deviation is 1.8 times
    Source: Xenakis, Formalized Music (1992), ch. IX and XIV.
    """

    mean: Value = parameter(Quantity.SAME, "the centre")
    spread: Value = parameter(Quantity.SPREAD, "half of the draws are nearer than 1.1 times this", at_least=0.0)

    def sampler(self, context: Context) -> Sampler:
        """Mean and spread are themselves drawn at each place; a spread below 0 counts as 0."""
        return by_inverse(context, _quantile, mean=self.mean, spread=self.spread)


def _quantile(chance: Floats, mean: Floats, spread: Floats) -> Floats:
    odds: Floats = np.log(chance) - np.log1p(-chance)
    return mean + np.maximum(spread, 0.0) * odds
