"""A weighted choice that knows how often running."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from stochos.process.certainty import each, uniforms
from stochos.process.distribution import draw
from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Value, Weighted, parameter, pick

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Runs:
    """One of several items by weight, at least and at most so many times running.

    of     items and weights
    least  an item that is chosen stays as often, 1 or more; drawn anew for each run
    most   after so many another comes; None: no matter how many. At least `least`
    Source: the weighting pattern of Taube, Notes from the Metalevel (2004).
    """

    of: Weighted = parameter(Quantity.WEIGHTS, "items and weights")
    least: Value = parameter(Quantity.NUMBER, "at least as often running", default=Constant(1.0), at_least=1.0)
    most: Value | None = parameter(Quantity.NUMBER, "at most as often running", default=None, at_least=1.0)

    def sampler(self, context: Context) -> Sampler:
        """The choice goes on from call to call; an item of weight 0 never comes."""
        samplers = [item.sampler(context.item(i)) for i, item in enumerate(self.of.items)]
        least = each(self.least, context.at("least"))
        most = each(self.most or Constant(np.inf), context.at("most"))
        chances, rows = uniforms(context.rng()), _rows(self.of.weights)
        now, run, shortest, longest = -1, 0, 1.0, np.inf

        def choose(place: float) -> int:
            nonlocal now, run, shortest, longest
            if 0 < run < shortest:
                run += 1
                return now
            found = draw(*rows[now if run >= longest else -1], next(chances))
            run = run + 1 if found == now and run < longest else 1
            if run == 1:
                now, shortest = found, round(least(place))
                longest = max(np.floor(most(place) + 0.5), shortest, 1.0)
            return now

        def drawn(places: Floats) -> Floats:
            which: NDArray[np.intp] = np.array([choose(place) for place in places.tolist()], dtype=np.intp)
            return pick(samplers, which, places)

        return drawn


def _rows(weights: tuple[float, ...]) -> list[tuple[tuple[int, ...], list[float]]]:
    """For each item, what may come but that one, with cumulated chances; last, what may come at all."""
    some = [i for i, weight in enumerate(weights) if weight > 0.0]
    found = []
    for left_out in (*range(len(weights)), None):
        states = tuple(i for i in some if i != left_out) or tuple(some)
        total = sum(weights[i] for i in states)
        found.append((states, list(accumulate(weights[i] / total for i in states))))
    return found
