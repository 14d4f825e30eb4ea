"""Whether numbers may come from a law whose arguments nobody knows: they are estimated from the same numbers.

A law that was fitted to numbers lies nearer to them than the one they were drawn from, so that tables of distances do
not hold for it. What distances there are is learned by drawing: numbers by the fitted law, fitted anew, many times.
Source: Lilliefors, J. American Statistical Association 62 (1967); Stute, Gonzáles Manteiga and Presedo Quindimil,
Metrika 40 (1993), for laws with a shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from stochos.process.quantile import normal_quantile, open_uniforms
from stochos.process.value import Floats

TRIES = 999
"""Samples that are drawn to learn from: no p is below 1 in 1,000."""
FEWEST, MOST = 8, 2_000
"""Fewer numbers are no evidence; of more, as many are looked at, evenly spread."""
_EULER = 0.5772156649015329

Estimates: TypeAlias = tuple[Floats, ...]
"""[samples, 1] each."""


@dataclass(frozen=True, slots=True)
class _Family:
    """All laws of a name.

    estimate  [samples, numbers] -> the arguments that fit each sample
    quantile  chances in (0, 1) and arguments -> numbers
    below     numbers and arguments -> the chance of no more
    least     all draws are above it
    logs      the above are of logarithms
    """

    estimate: Callable[[Floats], Estimates]
    quantile: Callable[..., Floats]
    below: Callable[..., Floats]
    least: float = -np.inf
    logs: bool = False


def fitted_p(found: Floats, law: str, whole: bool, tries: int = TRIES) -> float:
    """How likely the best fitting law of a name (one of `FAMILIES`) lies as far from its own draws as from these.

    whole  the numbers were rounded
    nan where there are too few of them. Distances are Kolmogorov's.
    """
    if len(found) < FEWEST:
        return float("nan")
    family, count = FAMILIES[law], min(len(found), MOST)
    if found.min() <= family.least or np.ptp(found) == 0.0:
        return 0.0
    sample = found[np.linspace(0, len(found) - 1, count).round().astype(int)][None, :]
    half = 0.5 if whole else 0.0
    distance, fitted = _distance(family, sample, half)
    rng = np.random.Generator(np.random.PCG64([1, *law.encode()]))
    chances = open_uniforms(rng, tries * count).reshape(tries, count)
    drawn = family.quantile(chances, *fitted)
    drawn = np.exp(drawn) if family.logs else drawn
    others, _ = _distance(family, np.rint(drawn) if whole else drawn, half)
    return float((1 + (others >= distance - 1e-12).sum()) / (tries + 1))


def _distance(family: _Family, samples: Floats, half: float) -> tuple[Floats, Estimates]:
    """How far each sample lies from the law that fits it, and that law; `half`: how far a number was rounded."""

    def heard(numbers: Floats) -> Floats:
        return np.log(np.maximum(numbers, 1e-9)) if family.logs else numbers

    samples = np.sort(samples, axis=1)
    fitted = family.estimate(heard(np.maximum(samples, half)) if family.logs else samples)
    share = np.arange(samples.shape[1] + 1) / samples.shape[1]
    with np.errstate(all="ignore"):
        over = share[1:] - family.below(heard(samples + half), *fitted)
        under = family.below(heard(samples - half), *fitted) - share[:-1]
    return np.maximum(np.nanmax(over, axis=1), np.nanmax(under, axis=1)), fitted


# --- laws that are moved and stretched --------------------------------------------------------


def _mean(numbers: Floats) -> Floats:
    found: Floats = numbers.mean(axis=1, keepdims=True)
    return found


def _spread(numbers: Floats) -> Floats:
    found: Floats = np.maximum(numbers.std(axis=1, ddof=1, keepdims=True), 1e-9)
    return found


def _moved(
    estimate: Callable[[Floats], Estimates], quantile: Callable[[Floats], Floats], below: Callable[[Floats], Floats],
    least: float = -np.inf, logs: bool = False,
) -> _Family:  # fmt: skip
    """A law that is known but for where it begins and how wide it is; a width below 0 turns it round."""

    def chance(x: Floats, start: Floats, width: Floats) -> Floats:
        found = below((x - start) / width)
        return np.where(width > 0.0, found, 1.0 - found)

    return _Family(estimate, lambda chances, start, width: start + width * quantile(chances), chance, least, logs)


def _moments(mean: float, spread: float) -> Callable[[Floats], Estimates]:
    """By the mean and spread of the law where it is not moved; `mean` and `spread` are those."""

    def estimate(numbers: Floats) -> Estimates:
        width = _spread(numbers) / spread
        return _mean(numbers) - mean * width, width

    return estimate


def _ends(numbers: Floats) -> Estimates:
    low, high = numbers.min(axis=1, keepdims=True), numbers.max(axis=1, keepdims=True)
    return low, np.maximum(high - low, 1e-9)


def _quartiles(numbers: Floats) -> Estimates:
    low, middle, high = (np.quantile(numbers, share, axis=1, keepdims=True) for share in (0.25, 0.5, 0.75))
    return middle, np.maximum((high - low) / 2, 1e-9)


def _middle(numbers: Floats) -> Estimates:
    middle = np.median(numbers, axis=1, keepdims=True)
    return middle, np.maximum(_mean(np.abs(numbers - middle)), 1e-9)


def _slope(numbers: Floats) -> Estimates:
    """The straight slope falls to where the tail is."""
    mean, spread = _mean(numbers), _spread(numbers)
    reach = np.where(_mean((numbers - mean) ** 3) >= 0.0, 1.0, -1.0) * spread * np.sqrt(18.0)
    return mean - reach / 3, reach


def _from_0(numbers: Floats) -> Estimates:
    return np.zeros((len(numbers), 1)), _mean(numbers)


def _speed(numbers: Floats) -> Estimates:
    return np.zeros((len(numbers), 1)), np.sqrt(_mean(numbers**2) / 3)


def _from_least(logs: Floats) -> Estimates:
    least = logs.min(axis=1, keepdims=True)
    return least, np.maximum(_mean(logs) - least, 1e-9)


def _normal_below(z: Floats) -> Floats:
    from scipy.special import ndtr

    found: Floats = ndtr(z)
    return found


def _maxwell_below(z: Floats) -> Floats:
    from scipy.special import gammainc

    found: Floats = gammainc(1.5, np.maximum(z, 0.0) ** 2 / 2)
    return found


def _maxwell(chance: Floats) -> Floats:
    from scipy.special import gammaincinv

    found: Floats = np.sqrt(2 * _tabled(lambda some: gammaincinv(1.5, some), chance))
    return found


def _triangle_below(z: Floats) -> Floats:
    z = np.clip(z, 0.0, 1.0)
    return np.where(z < 0.5, 2 * z**2, 1 - 2 * (1 - z) ** 2)


def _triangle(chance: Floats) -> Floats:
    return np.where(chance < 0.5, np.sqrt(chance / 2), 1 - np.sqrt((1 - chance) / 2))


def _slope_below(z: Floats) -> Floats:
    return 1 - (1 - np.clip(z, 0.0, 1.0)) ** 2


def _laplace_below(z: Floats) -> Floats:
    return np.where(z < 0, np.exp(np.minimum(z, 0.0)) / 2, 1 - np.exp(-np.maximum(z, 0.0)) / 2)


def _laplace(chance: Floats) -> Floats:
    found: Floats = np.copysign(np.log(2 * np.minimum(chance, 1 - chance)), chance - 0.5)
    return found


def _exponential_below(z: Floats) -> Floats:
    return -np.expm1(-np.maximum(z, 0.0))


# --- laws with a shape ------------------------------------------------------------------------


def _waiting(numbers: Floats) -> Estimates:
    """Shape and scale of gamma's law. Source: Minka, Estimating a Gamma distribution (2002): its closed start."""
    mean = _mean(numbers)
    open_ = np.maximum(np.log(mean) - _mean(np.log(np.maximum(numbers, 1e-12))), 1e-9)
    shape = (3 - open_ + np.sqrt((open_ - 3) ** 2 + 24 * open_)) / (12 * open_)
    return shape, mean / shape


def _squares(numbers: Floats) -> Estimates:
    freedom = _mean(numbers)
    return freedom / 2, np.full_like(freedom, 2.0)


def _waited(chance: Floats, shape: Floats, scale: Floats) -> Floats:
    from scipy.special import gammaincinv

    [[only]] = shape  # draws are those of the one law that fits what was found
    found: Floats = scale * _tabled(lambda some: gammaincinv(only, some), chance)
    return found


def _waited_below(x: Floats, shape: Floats, scale: Floats) -> Floats:
    from scipy.special import gammainc

    found: Floats = gammainc(shape, np.maximum(x, 0.0) / scale)
    return found


def _tabled(quantile: Callable[[Floats], Floats], chance: Floats) -> Floats:
    """A slow function of chances, from a table of 4,000 that lie closest at both ends."""
    angle = (np.arange(4_000) + 0.5) / 4_000
    knots = np.sin(angle * np.pi / 2) ** 2
    return np.interp(chance, knots, quantile(knots))


FAMILIES: dict[str, _Family] = {
    "uniform": _moved(_ends, lambda chance: chance, lambda z: np.clip(z, 0.0, 1.0)),
    "normal": _moved(_moments(0.0, 1.0), lambda c: normal_quantile(c.ravel()).reshape(c.shape), _normal_below),
    "exponential": _moved(_from_0, lambda chance: -np.log1p(-chance), _exponential_below, least=0.0),
    "linear": _moved(_slope, lambda chance: 1 - np.sqrt(1 - chance), _slope_below),
    "triangular": _moved(_moments(0.5, 24**-0.5), _triangle, _triangle_below),
    "laplace": _moved(_middle, _laplace, _laplace_below),
    "logistic": _moved(
        _moments(0.0, np.pi / 3**0.5), lambda chance: np.log(chance) - np.log1p(-chance), lambda z: 1 / (1 + np.exp(-z))
    ),
    "cauchy": _moved(_quartiles, lambda chance: -1 / np.tan(np.pi * chance), lambda z: 0.5 + np.arctan(z) / np.pi),
    "lognormal": _moved(
        _moments(0.0, 1.0), lambda c: normal_quantile(c.ravel()).reshape(c.shape), _normal_below, 0.0, logs=True
    ),
    "gamma": _Family(_waiting, _waited, _waited_below, least=0.0),
    "weibull": _moved(
        _moments(-_EULER, np.pi / 6**0.5), lambda chance: np.log(-np.log1p(-chance)),
        lambda z: -np.expm1(-np.exp(np.minimum(z, 700.0))), 0.0, logs=True,
    ),
    "pareto": _moved(_from_least, lambda chance: -np.log1p(-chance), _exponential_below, 0.0, logs=True),
    "maxwell": _moved(_speed, _maxwell, _maxwell_below, least=0.0),
    "chi_square": _Family(_squares, _waited, _waited_below, least=0.0),
    "arcsine": _moved(
        _ends, lambda chance: np.sin(np.pi / 2 * chance) ** 2,
        lambda z: 2 / np.pi * np.arcsin(np.sqrt(np.clip(z, 0.0, 1.0))),
    ),
}  # fmt: skip
"""Laws whose arguments can be estimated."""
