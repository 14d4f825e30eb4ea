"""Laws with estimated arguments: false alarms as often as asked for, and wrong laws found out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from stochos.process.fitting import FAMILIES, FEWEST, fitted_p

ALARM = 1e-4
TRIES = 199
RNG = np.random.Generator(np.random.PCG64(7))
# What each law draws, with arguments that the test is not told; and another law that it must not be taken for.
LAWS = {
    "uniform": (stats.uniform(3, 5), stats.norm(3, 5)),
    "normal": (stats.norm(60, 7), stats.expon(60, 7)),
    "exponential": (stats.expon(scale=0.3), stats.gamma(2, scale=0.3)),
    "linear": (stats.triang(0, 60, 12), stats.norm(60, 7)),
    "triangular": (stats.triang(0.5, 3, 5), stats.arcsine(3, 5)),
    "laplace": (stats.laplace(60, 5), stats.uniform(60, 5)),
    "logistic": (stats.logistic(60, 5), stats.expon(60, 5)),
    "cauchy": (stats.cauchy(60, 2), stats.expon(60, 2)),
    "lognormal": (stats.lognorm(0.6, 0, 2), stats.uniform(0.01, 2)),
    "gamma": (stats.gamma(3.5, 0, 0.4), stats.uniform(1, 1)),
    "weibull": (stats.weibull_min(1.7, 0, 2), stats.pareto(2)),
    "pareto": (stats.pareto(3.5, scale=2), stats.norm(60, 7)),
    "maxwell": (stats.maxwell(0, 2), stats.expon(scale=2)),
    "chi_square": (stats.chi2(5), stats.expon(scale=5)),
    "arcsine": (stats.arcsine(3, 5), stats.uniform(3, 5)),
}


def test_every_law_that_can_be_fitted_is_here() -> None:
    assert set(LAWS) == set(FAMILIES)


@pytest.mark.parametrize("name", LAWS)
def test_false_alarms_come_as_often_as_they_should(name: str) -> None:
    law, _ = LAWS[name]
    found = [fitted_p(law.rvs(80, random_state=RNG), name, False, TRIES) for _ in range(150)]
    assert stats.kstest(np.array(found) - RNG.random(150) / (TRIES + 1), "uniform").pvalue > ALARM


@pytest.mark.parametrize("name", LAWS)
def test_another_law_is_found_out(name: str) -> None:
    _, other = LAWS[name]
    assert max(fitted_p(other.rvs(400, random_state=RNG), name, False) for _ in range(10)) < 0.01


@pytest.mark.parametrize("name", ["normal", "exponential", "uniform", "linear", "laplace"])
def test_numbers_that_were_rounded_are_taken_for_what_they_are(name: str) -> None:
    law = {"uniform": stats.uniform(47.5, 24), "exponential": stats.expon(scale=9)}.get(name, LAWS[name][0])
    found = [fitted_p(np.rint(law.rvs(300, random_state=RNG)).clip(0.01), name, True, TRIES) for _ in range(100)]
    assert np.mean(np.array(found) <= 0.05) <= 0.16  # of 100 with a chance of 5 in 100, one run in 10^5 has more


def test_the_known_law_is_no_measure_for_the_fitted_one() -> None:
    """Without the correction no alarm would ever be heard: the twin that shows that it is needed."""
    naive = []
    for _ in range(150):
        drawn = RNG.exponential(0.3, 80)
        naive.append(stats.kstest(drawn, stats.expon(scale=drawn.mean()).cdf).pvalue)
    assert stats.kstest(naive, "uniform").pvalue < ALARM


@pytest.mark.parametrize(("name", "law"), [("normal", stats.norm), ("exponential", stats.expon)])
def test_chances_are_those_of_scipys_own_drawing(name: str, law: stats.rv_continuous) -> None:
    for power in (1.0, 1.2, 0.8):
        drawn = law.rvs(size=60, random_state=RNG)
        drawn = np.sign(drawn) * np.abs(drawn) ** power
        known = {"loc": 0.0} if name == "exponential" else None
        theirs = stats.goodness_of_fit(law, drawn, known_params=known, statistic="ks", n_mc_samples=999, rng=RNG)
        assert fitted_p(drawn, name, False) == pytest.approx(theirs.pvalue, abs=0.09)


def test_what_cannot_be_says_so() -> None:
    assert fitted_p(np.array([1.0, 2.0, -3.0] * 9), "exponential", False) == 0.0
    assert fitted_p(np.full(20, 3.0), "normal", False) == 0.0
    assert np.isnan(fitted_p(np.arange(FEWEST - 1.0), "normal", False))


def test_the_same_numbers_have_the_same_p() -> None:
    drawn = RNG.normal(60, 7, 5_000)
    assert fitted_p(drawn, "normal", False) == fitted_p(drawn, "normal", False) > 0.01
