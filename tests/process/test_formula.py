"""Laws in closed form, against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from stochos.process.formula import formula
from stochos.process.table import VALUES
from stochos.process.value import Constant, Span

CASES = {
    "uniform": ((48, 84), stats.uniform(48, 36)),
    "normal": ((60, 7), stats.norm(60, 7)),
    "exponential": ((0.5,), stats.expon(scale=0.5)),
    "linear": ((3, 12), stats.triang(0, 3, 9)),
    "triangular": ((2, 9, 4), stats.triang(2 / 7, 2, 7)),
    "laplace": ((60, 5), stats.laplace(60, 5)),
    "logistic": ((60, 5), stats.logistic(60, 5)),
    "cauchy": ((60, 2), stats.cauchy(60, 2)),
    "lognormal": ((2, 0.6, 1), stats.lognorm(0.6, 1, 2)),
    "gamma": ((2, 3.5, 1), stats.gamma(3.5, 1, 2 / 3.5)),
    "weibull": ((2, 1.7, 1), stats.weibull_min(1.7, 1, 2)),
    "pareto": ((2, 3.5), stats.pareto(3.5, scale=2)),
    "maxwell": ((2, 1), stats.maxwell(1, 2)),
    "chi_square": ((5, 2, 1), stats.chi2(5, 1, 2)),
    "beta": ((3, 9, 2, 5), stats.beta(2, 5, 3, 6)),
    "arcsine": ((3, 9), stats.arcsine(3, 6)),
}
COUNTS = {
    "poisson_count": ((4,), stats.poisson(4)),
    "binomial": ((12, 0.3), stats.binom(12, 0.3)),
}


def law(name: str, numbers: tuple[float, ...]) -> object:
    return VALUES[name](*map(Constant, numbers))


@pytest.mark.parametrize("name", CASES)
def test_a_density_is_scipys_and_so_are_mean_and_spread(name: str) -> None:
    numbers, oracle = CASES[name]
    found = formula(law(name, numbers))
    x = np.concatenate([oracle.ppf(np.linspace(0.001, 0.999, 300)), [oracle.ppf(0.0001) - 30.0]])
    assert found.density(x) == pytest.approx(oracle.pdf(x), rel=1e-9, abs=1e-12)
    if name == "cauchy":
        assert np.isnan([found.mean, found.spread]).all()
    else:
        assert (found.mean, found.spread) == pytest.approx((oracle.mean(), oracle.std()))
    assert found.step is None


@pytest.mark.parametrize("name", COUNTS)
def test_chances_of_counts_are_scipys(name: str) -> None:
    numbers, oracle = COUNTS[name]
    found = formula(VALUES[name](*map(Constant, numbers), step=Constant(2.0), from_=Constant(60.0)))
    counts = np.arange(-2, 30)
    assert found.density(60.0 + 2.0 * counts) == pytest.approx(oracle.pmf(counts), rel=1e-9, abs=1e-12)
    assert (found.mean, found.spread, found.step) == pytest.approx((60 + 2 * oracle.mean(), 2 * oracle.std(), 2))


def test_slopes_may_fall_the_other_way() -> None:
    assert formula(law("linear", (12, 3))).density(np.array([12.0, 3.0])) == pytest.approx([2 / 9, 0])
    assert formula(law("triangular", (2, 8))).mean == 5


def test_what_moves_or_stands_still_has_no_formula() -> None:
    assert formula(VALUES["normal"](Span(Constant(1.0), Constant(2.0)), Constant(1.0))) is None
    assert formula(law("normal", (60, 0))) is None
    assert formula(law("uniform", (4, 4))) is None
    assert formula(law("poisson_count", (0,))) is None
    assert formula(Constant(4.0)) is None


def test_a_tail_may_be_too_heavy_for_a_mean() -> None:
    assert formula(law("pareto", (1, 0.9))).mean == np.inf
    assert formula(law("pareto", (1, 1.5))).spread == np.inf
