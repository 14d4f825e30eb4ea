"""From even chances to laws: inverse distribution functions, our own, so that a piece outlives a NumPy release."""

from __future__ import annotations

from math import erfc, sqrt

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
    offset = chance - 0.5
    tail = np.sqrt(-np.log(np.minimum(chance, 1.0 - chance)))
    far = np.where(tail <= 5.0, _ratio(_NEAR, tail - 1.6), _ratio(_FAR, tail - 5.0))
    return np.where(
        np.abs(offset) <= 0.425, offset * _ratio(_CENTRE, 0.180625 - offset * offset), np.copysign(far, offset)
    )


def normal_chance(number: Floats) -> Floats:
    """The chance that a standard normal variable stays below a number, never quite 0 or 1."""
    chances = np.array([0.5 * erfc(-x * sqrt(0.5)) for x in number.tolist()], dtype=np.float64)
    return np.clip(chances, _SMALLEST, 1.0 - 2.0**-53)


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: Floats) -> Floats:
    """A polynomial over another, highest powers first, by Horner's rule."""
    above, below = (_polynomial(side, x) for side in coefficients)
    return above / below


def _polynomial(coefficients: tuple[float, ...], x: Floats) -> Floats:
    total = np.full(len(x), coefficients[0])
    for coefficient in coefficients[1:]:
        total = total * x + coefficient
    return total


_CENTRE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
_NEAR = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
     3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0),
)  # fmt: skip
_FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
)  # fmt: skip
