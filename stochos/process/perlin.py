"""Smooth noise: hills that roll by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stochos.process.certainty import each
from stochos.process.pulse import SHORTEST
from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Value, parameter

MOST = 8
"""Octaves: details smaller than a 128th of the period are not heard."""


@dataclass(frozen=True, slots=True)
class Perlin:
    """A landscape of hills seen from a train: it rises and falls about once in a period, without a corner.

    low, high  the ends, in the unit of what is drawn; it seldom comes near them
    period     quarter notes from hill to hill, about, > 0
    octaves    1 to `MOST`: hills on hills, each half as long and half as high as the last
    Source: Perlin, SIGGRAPH Computer Graphics 19 (1985), with the smoother step of 2002.
    """

    MOVES: ClassVar[bool] = True
    """Values hang on the place, and not on how many came before."""

    low: Value = parameter(Quantity.SAME, "lowest")
    high: Value = parameter(Quantity.SAME, "highest")
    period: Value = parameter(Quantity.LENGTH, "from hill to hill", above=0.0)
    octaves: Value = parameter(Quantity.NUMBER, "hills on hills", default=Constant(1.0), at_least=1.0, at_most=MOST)

    def sampler(self, context: Context) -> Sampler:
        """Ends and period are those of each place, octaves are drawn once; it begins anywhere on a hill."""
        low, high = self.low.sampler(context.at("low")), self.high.sampler(context.at("high"))
        period = self.period.sampler(context.at("period"))
        octaves = int(min(max(each(self.octaves, context.at("octaves"))(0.0), 1.0), MOST))
        hills = [_hills(context.at(f"octave{i}").rng()) for i in range(octaves)]
        heights = 0.5 ** np.arange(octaves)
        before, travelled = 0.0, 0.0

        def draw(places: Floats) -> Floats:
            nonlocal before, travelled
            passed = np.maximum(np.diff(places, prepend=before), 0.0) * context.duration
            there = np.cumsum(np.append(travelled, passed / np.maximum(period(places), SHORTEST)))[1:]
            if len(there):
                before, travelled = float(places[-1]), float(there[-1])
            height = np.zeros(len(there))
            for i, hill in enumerate(hills):
                height += heights[i] / heights.sum() * hill(there * 2.0**i)
            bottom, top = low(places), high(places)
            return bottom + (top - bottom) * (0.5 + 0.5 * height)

        return draw


def _hills(rng: np.random.Generator) -> Callable[[Floats], Floats]:
    """Gradient noise in -1..1 at places >= 0 of a line, with a random slope at every whole number."""
    offset = float(rng.random())
    slopes = np.empty(0)

    def height(places: Floats) -> Floats:
        nonlocal slopes
        whole = np.floor(places + offset).astype(np.int64)
        missing = int(whole.max(initial=0)) + 2 - len(slopes)
        if missing > 0:
            slopes = np.concatenate((slopes, 2.0 * rng.random(missing + len(slopes) // 2) - 1.0))
        share = places + offset - whole
        ease = share**3 * (share * (share * 6.0 - 15.0) + 10.0)
        left, right = slopes[whole] * share, slopes[whole + 1] * (share - 1.0)
        found: Floats = 2.0 * (left + (right - left) * ease)
        return found

    return height
