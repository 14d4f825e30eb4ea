"""Laws by their inverse: a uniform number goes in, a draw comes out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stochos.process.quantile import open_uniforms
from stochos.process.value import Context, Floats, Sampler, Value

FARTHEST = 1e100
"""No draw of a heavy tail is larger: so that what is reckoned with it stays a number."""

_LEAST = 1e-12


def by_inverse(context: Context, quantile: Callable[..., Floats], **fields: Value) -> Sampler:
    """Draws of a law.

    quantile  of chances in (0, 1) and as many numbers of each field: the numbers that draws stay below so often
    fields    the law's own quantities, themselves drawn at each place
    """
    samplers = [field.sampler(context.at(name)) for name, field in fields.items()]
    rng = context.rng()

    def draw(places: Floats) -> Floats:
        drawn = quantile(open_uniforms(rng, len(places)), *(sampler(places) for sampler in samplers))
        return np.clip(drawn, -FARTHEST, FARTHEST)

    return draw


def positive(numbers: Floats) -> Floats:
    """Numbers that must be above 0: those that a ramp or a law took lower are a little above it."""
    return np.maximum(numbers, _LEAST)


def exponential(exponent: Floats) -> Floats:
    """The exponential function, at most `FARTHEST`."""
    return np.exp(np.minimum(exponent, np.log(FARTHEST)))
