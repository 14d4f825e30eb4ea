"""The law with one corner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.inverse import by_inverse
from stochos.process.value import Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Triangular:
    """Likeliest at one number, and evenly less so down to both ends.

    low, high  the ends, in the unit of what is drawn
    mode       the likeliest number; None: half way
    Source: Dodge and Jerse, Computer Music (1997), ch. 11.
    """

    low: Value = parameter(Quantity.SAME, "lowest")
    high: Value = parameter(Quantity.SAME, "highest")
    mode: Value | None = parameter(Quantity.SAME, "the likeliest; by default half way", default=None)

    def sampler(self, context: Context) -> Sampler:
        """Ends and mode are themselves drawn at each place; a mode beyond an end is at the end."""
        if self.mode is None:
            return by_inverse(context, _even, low=self.low, high=self.high)
        return by_inverse(context, _quantile, low=self.low, high=self.high, mode=self.mode)


def _even(chance: Floats, low: Floats, high: Floats) -> Floats:
    return _quantile(chance, low, high, (low + high) / 2.0)


def _quantile(chance: Floats, low: Floats, high: Floats, mode: Floats) -> Floats:
    low, high = np.minimum(low, high), np.maximum(low, high)
    width, rise = high - low, np.clip(mode, low, high) - low
    rising = chance * width < rise
    return np.where(
        rising, low + np.sqrt(chance * width * rise), high - np.sqrt((1.0 - chance) * width * (width - rise))
    )
