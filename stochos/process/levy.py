"""A walk of many small steps and a few leaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import FARTHEST
from stochos.process.value import EDGES, Bounds, Context, Floats, Quantity, Sampler, Value, parameter
from stochos.process.walls import forward, walk

LEAST = 0.1
"""The smallest tail index: below it most steps are of no size that music knows."""


@dataclass(frozen=True, slots=True)
class Levy:
    """An albatross looking for food: it searches round one place, then flies far off to another.

    start   the first value, in the unit of what is drawn
    step    half of the steps are shorter than about this, >= 0
    tail    index of the steps' stable law, `LEAST` to 2: at 2 it walks as brown does, at 1 steps are Cauchy's; the
            smaller, the farther it leaps
    within  walls, which may move
    edge    how it is brought back
    Source: Mandelbrot, The Fractal Geometry of Nature (1982); steps: Chambers, Mallows and Stuck, J. American
    Statistical Association 71 (1976).
    """

    start: Value = parameter(Quantity.SAME, "the first value")
    step: Value = parameter(Quantity.SPREAD, "half of the steps are shorter than about this", at_least=0.0)
    tail: Value = parameter(Quantity.RATIO, "2 strolls, 1 leaps; the smaller, the farther", at_least=LEAST, at_most=2.0)
    within: Bounds | None = parameter(Quantity.BOUNDS, "walls that bring it back", default=None)
    edge: str = parameter(Quantity.CHOICE, "how walls bring it back", default="reflect", words=EDGES)

    def sampler(self, context: Context) -> Sampler:
        """The walk goes on from call to call; the walls are those of each place."""
        step = Stable(self.step, self.tail)
        return walk(context, start=self.start, step=step, move=forward, within=self.within, edge=self.edge)


@dataclass(frozen=True, slots=True)
class Stable:
    """A symmetric stable law: sums of its draws have its own shape.

    spread, tail  its characteristic function is exp(-|spread·t|^tail)
    """

    spread: Value
    tail: Value

    def sampler(self, context: Context) -> Sampler:
        """From two uniform numbers each, an angle and a wait."""
        spread, tail = self.spread.sampler(context.at("step")), self.tail.sampler(context.at("tail"))
        rng = context.rng()

        def draw(places: Floats) -> Floats:
            angle, wait = rng.random((len(places), 2)).T
            drawn = np.maximum(spread(places), 0.0) * stable(angle, wait, np.clip(tail(places), LEAST, 2.0))
            return np.clip(drawn, -FARTHEST, FARTHEST)

        return draw


def stable(angle: Floats, wait: Floats, tail: Floats) -> Floats:
    """Symmetric stable numbers of spread 1 from uniform ones in [0, 1).

    For angles Φ and exponential waits W: sin(aΦ) / cos(Φ)^(1/a) · (cos((1-a)Φ) / W)^((1-a)/a).
    """
    turned = np.pi * (np.maximum(angle, 2.0**-54) - 0.5)
    waited = -np.log1p(-np.maximum(wait, 2.0**-54))
    skewed = np.log(np.cos((1.0 - tail) * turned) / waited) * (1.0 - tail) / tail
    size = np.exp(np.minimum(skewed - np.log(np.cos(turned)) / tail, np.log(FARTHEST)))
    drawn: Floats = np.sin(tail * turned) * size
    return drawn
