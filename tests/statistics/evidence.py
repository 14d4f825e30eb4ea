"""How likely draws are under a law that they are claimed to follow: SciPy is the oracle."""

import zlib
from collections.abc import Sequence

import numpy as np
from scipy import stats

from stochos.process.value import Context, Floats, Value

DRAWS = 20_000
ALARM = 1e-6
"""A law is rejected below this; so a right one is, for one seed in a million."""

WRONG = 1.05
"""What a power twin is wrong by: each must be rejected."""


def context(duration: float = 1.0, seed: int = 20, seconds: float = 0.5) -> Context:
    return Context(
        duration,
        lambda places: np.full(len(places), seconds),
        lambda name: np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())])),
        longest=seconds,
    )


def drawn(value: Value, count: int = DRAWS, seed: int = 20) -> Floats:
    return value.sampler(context(seed=seed))(np.linspace(0.0, 1.0, count))


def of_law(sample: Floats, law: object) -> float:
    """Chance of a sample at least as odd under a continuous law: in shape, mean or spread, the oddest of the three."""
    mean, variance, excess = (float(x) for x in law.stats(moments="mvk"))
    count = len(sample)
    squares = (sample - mean) ** 2
    chances = [
        stats.kstest(sample, law.cdf).pvalue,
        of_count(sample.sum(), count * mean, count * variance),
        of_count(squares.sum(), count * variance, count * variance**2 * (excess + 2.0)),
    ]
    return min(1.0, 3.0 * min(chances))


def of_count(found: float, mean: float, variance: float) -> float:
    """Chance of a sum at least as far from its mean, by the normal law."""
    return float(2.0 * stats.norm.sf(abs(found - mean) / np.sqrt(variance)))


def of_counts(found: Sequence[float], chances: Sequence[float]) -> float:
    """Chance of counts at least as odd, by chi-square."""
    expected = np.array(chances) / np.sum(chances) * np.sum(found)
    return float(stats.chisquare(found, expected).pvalue)
