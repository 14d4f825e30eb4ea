"""Laws in closed form: how dense draws lie, their mean and their spread, reckoned and not drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from math import exp, gamma, inf, lgamma, log, nan, pi, sqrt

import numpy as np

from stochos.process.table import VALUES
from stochos.process.value import Constant, Floats, Value

Density = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Formula:
    """A law whose arguments are constants.

    text     the density, with the names of the arguments; of counts the chance of k
    mean     nan where there is none, inf where it is beyond all bounds
    spread   standard deviation, likewise
    density  share of all draws that a unit holds, at some numbers; of counts the chance of each number
    step     from one count to the next; None where draws lie as close as one likes
    """

    text: str
    mean: float
    spread: float
    density: Density
    step: float | None = None


def formula(value: Value) -> Formula | None:
    """A value in closed form; None where none is known, where arguments move or are drawn, or allow but one number.

    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions (1994); Johnson, Kemp and Kotz,
    Univariate Discrete Distributions (2005).
    """
    known = next((row for name, row in _FORMULAE.items() if type(value) is VALUES[name]), None)
    if known is None:
        return None
    given = [(f.name, getattr(value, f.name)) for f in fields(value)]  # type: ignore[arg-type]
    if any(not isinstance(number, Constant | None) for _, number in given):
        return None
    try:
        found = known(**{name: number.number for name, number in given if number is not None})
    except (ZeroDivisionError, OverflowError, ValueError):  # an sd of 0, ends that meet, a mean of 0
        return None
    return found if found.spread != 0.0 else None


def _inside(low: float, high: float, density: Density) -> Density:
    """A density that is nothing beyond two ends."""

    def bounded(x: Floats) -> Floats:
        with np.errstate(all="ignore"):
            found = np.where((x >= low) & (x <= high), density(x), 0.0)
        return np.where(np.isfinite(found), found, 0.0)

    return bounded


def _above(start: float, scale: float, density: Density) -> Density:
    """A density of y = (x - start) / scale, for what lies above `start`."""
    return _inside(start, inf, lambda x: density((x - start) / scale) / scale)


def _uniform(low: float, high: float) -> Formula:
    width = abs(high - low)
    density = _inside(min(low, high), max(low, high), lambda x: np.full(len(x), 1 / width))
    return Formula("1 / (high - low)", (low + high) / 2, width / sqrt(12), density)


def _normal(mean: float, sd: float) -> Formula:
    scale = 1 / (sd * sqrt(2 * pi))
    return Formula("e^(-(x - mean)² / 2sd²) / (sd·√(2π))", mean, sd,
                   lambda x: scale * np.exp(-(((x - mean) / sd) ** 2) / 2))  # fmt: skip


def _exponential(mean: float, from_: float = 0.0) -> Formula:
    text = "e^(-(x - from) / mean) / mean"
    return Formula(text, from_ + mean, mean, _above(from_, mean, lambda y: np.exp(-y)))


def _linear(likely: float, rare: float) -> Formula:
    reach = rare - likely
    density = _inside(min(likely, rare), max(likely, rare), lambda x: 2 / abs(reach) * (1 - (x - likely) / reach))
    text = "2/a · (1 - (x - likely) / a), a = rare - likely"
    return Formula(text, likely + reach / 3, abs(reach) / sqrt(18), density)


def _triangular(low: float, high: float, mode: float | None = None) -> Formula:
    low, high = min(low, high), max(low, high)
    top = (low + high) / 2 if mode is None else min(max(mode, low), high)
    peak = 2 / (high - low)

    def slopes(x: Floats) -> Floats:
        return peak * np.where(x < top, (x - low) / (top - low or 1.0), (high - x) / (high - top or 1.0))

    spread = sqrt((low**2 + high**2 + top**2 - low * high - low * top - high * top) / 18)
    text = "2/(high - low) · (x - low)/(mode - low) up to mode, then 2/(high - low) · (high - x)/(high - mode)"
    return Formula(text, (low + high + top) / 3, spread, _inside(low, high, slopes))


def _laplace(mean: float, spread: float) -> Formula:
    return Formula("e^(-|x - mean| / spread) / (2·spread)", mean, sqrt(2) * spread,
                   lambda x: np.exp(-np.abs(x - mean) / spread) / (2 * spread))  # fmt: skip


def _logistic(mean: float, spread: float) -> Formula:
    def density(x: Floats) -> Floats:
        odds = np.exp(-np.abs(x - mean) / spread)
        return odds / (spread * (1 + odds) ** 2)

    return Formula("e^(-y) / (spread·(1 + e^(-y))²), y = (x - mean) / spread", mean, spread * pi / sqrt(3), density)


def _cauchy(median: float, spread: float) -> Formula:
    return Formula("1 / (π·spread·(1 + y²)), y = (x - median) / spread", nan, nan,
                   lambda x: 1 / (pi * spread * (1 + ((x - median) / spread) ** 2)))  # fmt: skip


def _lognormal(median: float, sd: float, from_: float) -> Formula:
    scale = sd * sqrt(2 * pi)
    density = _above(from_, median, lambda y: np.exp(-((np.log(y) / sd) ** 2) / 2) / (y * scale))
    middle = median * exp(sd**2 / 2)
    text = "e^(-ln²(y) / 2sd²) / (y·median·sd·√(2π)), y = (x - from) / median"
    return Formula(text, from_ + middle, middle * sqrt(exp(sd**2) - 1), density)


def _gamma(mean: float, shape: float, from_: float) -> Formula:
    text = "y^(shape - 1)·e^(-y)·shape / (mean·Γ(shape)), y = (x - from)·shape / mean"
    return Formula(text, from_ + mean, mean / sqrt(shape), _above(from_, mean / shape, _waited(shape)))


def _waited(shape: float) -> Density:
    return lambda y: np.exp((shape - 1) * np.log(y) - y - lgamma(shape))


def _weibull(spread: float, shape: float, from_: float) -> Formula:
    first, second = gamma(1 + 1 / shape), gamma(1 + 2 / shape)
    density = _above(from_, spread, lambda y: shape * y ** (shape - 1) * np.exp(-(y**shape)))
    text = "shape/spread · y^(shape - 1)·e^(-y^shape), y = (x - from) / spread"
    return Formula(text, from_ + spread * first, spread * sqrt(second - first**2), density)


def _pareto(least: float, shape: float) -> Formula:
    density = _inside(least, inf, lambda x: shape / least * (x / least) ** (-shape - 1))
    mean = shape * least / (shape - 1) if shape > 1 else inf
    spread = mean / sqrt(shape * (shape - 2)) if shape > 2 else inf if shape > 1 else nan
    return Formula("shape/least · (least / x)^(shape + 1)", mean, spread, density)


def _maxwell(spread: float, from_: float) -> Formula:
    density = _above(from_, spread, lambda y: sqrt(2 / pi) * y**2 * np.exp(-(y**2) / 2))
    text = "√(2/π) · y²·e^(-y² / 2) / spread, y = (x - from) / spread"
    return Formula(text, from_ + 2 * spread * sqrt(2 / pi), spread * sqrt(3 - 8 / pi), density)


def _chi_square(freedom: float, spread: float, from_: float) -> Formula:
    text = "y^(freedom/2 - 1)·e^(-y) / (2·spread·Γ(freedom/2)), y = (x - from) / (2·spread)"
    density = _above(from_, 2 * spread, _waited(freedom / 2))
    return Formula(text, from_ + freedom * spread, spread * sqrt(2 * freedom), density)


def _beta(low: float, high: float, alpha: float, beta: float) -> Formula:
    width, total = high - low, alpha + beta
    whole = lgamma(alpha) + lgamma(beta) - lgamma(total)

    def hill(x: Floats) -> Floats:
        y = (x - low) / width
        return np.exp((alpha - 1) * np.log(y) + (beta - 1) * np.log1p(-y) - whole) / abs(width)

    spread = abs(width) * sqrt(alpha * beta / (total + 1)) / total
    text = "y^(alpha - 1)·(1 - y)^(beta - 1) / ((high - low)·B(alpha, beta)), y = (x - low) / (high - low)"
    return Formula(text, low + width * alpha / total, spread, _inside(min(low, high), max(low, high), hill))


def _arcsine(low: float, high: float) -> Formula:
    density = _inside(min(low, high), max(low, high), lambda x: 1 / (pi * np.sqrt((x - low) * (high - x))))
    return Formula("1 / (π·√((x - low)·(high - x)))", (low + high) / 2, abs(high - low) / sqrt(8), density)


def _poisson_count(mean: float, step: float, from_: float) -> Formula:
    middle = log(mean)
    density = _counted(step, from_, inf, lambda k: k * middle - mean - lgamma(k + 1))
    text = "e^(-mean)·mean^k / k!, x = from + k·step"
    return Formula(text, from_ + step * mean, abs(step) * sqrt(mean), density, abs(step))


def _binomial(trials: float, chance: float, step: float, from_: float) -> Formula:
    coins, heads, tails = round(trials), log(chance), log(1 - chance)

    def likely(k: int) -> float:
        ways = lgamma(coins + 1) - lgamma(k + 1) - lgamma(coins - k + 1)
        return ways + k * heads + (coins - k) * tails

    text = "trials! / (k!·(trials - k)!) · chance^k·(1 - chance)^(trials - k), x = from + k·step"
    spread = abs(step) * sqrt(coins * chance * (1 - chance))
    density = _counted(step, from_, coins, likely)
    return Formula(text, from_ + step * coins * chance, spread, density, abs(step))


def _counted(step: float, start: float, most: float, likely: Callable[[int], float]) -> Density:
    """Chances of counts; `likely`: their logarithms."""

    def chances(x: Floats) -> Floats:
        counts = np.rint((x - start) / step)
        return np.array([exp(likely(int(k))) if 0 <= k <= most else 0.0 for k in counts])

    return chances


_FORMULAE: dict[str, Callable[..., Formula]] = {
    "uniform": _uniform,
    "normal": _normal,
    "exponential": _exponential,
    "linear": _linear,
    "triangular": _triangular,
    "laplace": _laplace,
    "logistic": _logistic,
    "cauchy": _cauchy,
    "lognormal": _lognormal,
    "gamma": _gamma,
    "weibull": _weibull,
    "pareto": _pareto,
    "maxwell": _maxwell,
    "chi_square": _chi_square,
    "beta": _beta,
    "arcsine": _arcsine,
    "poisson_count": _poisson_count,
    "binomial": _binomial,
}
