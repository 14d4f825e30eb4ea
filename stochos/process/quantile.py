"""From even chances to laws: inverse distribution functions, our own, so that a piece outlives a NumPy release."""

from __future__ import annotations

import numpy as np

from stochos.process.value import Floats

_SMALLEST = 2.0**-54


def open_uniforms(rng: np.random.Generator, count: int) -> Floats:
    """Uniform numbers in (0, 1), both ends out: `rng.random` never gives 1, and a 0 becomes half its least step."""
    return np.maximum(rng.random(count), _SMALLEST)


def normal_quantile(chance: Floats) -> Floats:
    """The number that a standard normal variable stays below with a given chance, 0 < chance < 1.

    Source: Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988): about 1 part in 10^16.
    """
    raise NotImplementedError
