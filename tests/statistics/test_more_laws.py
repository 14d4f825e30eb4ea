"""The laws beyond uniform, normal and exponential: SciPy's own, and twins that are 5 % wrong."""

import subprocess
import sys

import numpy as np
import pytest
from evidence import ALARM, DRAWS, WRONG, context, of_counts, of_law
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from stochos.process.arcsine import Arcsine
from stochos.process.beta import Beta
from stochos.process.binomial import Binomial
from stochos.process.cauchy import Cauchy
from stochos.process.chi_square import ChiSquare
from stochos.process.gamma import Gamma
from stochos.process.inverse import FARTHEST
from stochos.process.laplace import Laplace
from stochos.process.linear import Linear
from stochos.process.logistic import Logistic
from stochos.process.lognormal import Lognormal
from stochos.process.maxwell import Maxwell
from stochos.process.pareto import Pareto
from stochos.process.poisson_count import PoissonCount
from stochos.process.triangular import Triangular
from stochos.process.value import Constant, Floats, Ramp, Value
from stochos.process.weibull import Weibull


def C(number: float) -> Constant:  # noqa: N802  reads as the value that it makes
    return Constant(number)


MORE = WRONG - 1.0


def drawn(law: Value, count: int = 4 * DRAWS) -> Floats:
    """More than for simpler laws: no test could tell shapes that are 5 % wrong from 20,000 draws."""
    return law.sampler(context())(np.linspace(0.0, 1.0, count))


LAWS = {
    "laplace mean": (Laplace(C(60.0), C(3.0)), stats.laplace(60.0, 3.0), Laplace(C(60.0 + 6.0 * MORE), C(3.0))),
    "laplace spread": (Laplace(C(60.0), C(3.0)), stats.laplace(60.0, 3.0), Laplace(C(60.0), C(3.0 * WRONG))),
    "linear falling": (
        Linear(C(48.0), C(72.0)), stats.triang(0.0, 48.0, 24.0), Linear(C(48.0), C(48.0 + 24.0 * WRONG))
    ),
    "linear rising": (
        Linear(C(72.0), C(48.0)), stats.triang(1.0, 48.0, 24.0), Linear(C(72.0), C(72.0 - 24.0 * WRONG))
    ),
    "triangular": (Triangular(C(0.0), C(4.0)), stats.triang(0.5, 0.0, 4.0), Triangular(C(0.0), C(4.0 * WRONG))),
    "triangular mode": (
        Triangular(C(0.0), C(4.0), C(1.0)),
        stats.triang(0.25, 0.0, 4.0),
        Triangular(C(0.0), C(4.0), C(1.0 + 4.0 * MORE))
    ),
    "gamma mean": (Gamma(C(0.5), C(2.5)), stats.gamma(2.5, 0.0, 0.2), Gamma(C(0.5 * WRONG), C(2.5))),
    "gamma shape": (
        Gamma(C(0.5), C(2.5), C(60.0)), stats.gamma(2.5, 60.0, 0.2), Gamma(C(0.5), C(2.5 / WRONG), C(60.0))
    ),
    "bursty gamma": (Gamma(C(1.0), C(0.4)), stats.gamma(0.4, 0.0, 2.5), Gamma(C(1.0), C(0.4 / WRONG))),
    "beta": (
        Beta(C(1.0), C(3.0), C(0.4), C(1.5)),
        stats.beta(0.4, 1.5, 1.0, 2.0),
        Beta(C(1.0), C(3.0), C(0.4 * WRONG), C(1.5))
    ),
    "beta hill": (
        Beta(C(3.0), C(1.0), C(3.0), C(2.0)),
        stats.beta(2.0, 3.0, 1.0, 2.0),
        Beta(C(3.0), C(1.0), C(3.0), C(2.0 * WRONG))
    ),
    "weibull spread": (Weibull(C(2.0), C(1.5)), stats.weibull_min(1.5, 0.0, 2.0), Weibull(C(2.0 * WRONG), C(1.5))),
    "weibull shape": (
        Weibull(C(2.0), C(0.8), C(5.0)), stats.weibull_min(0.8, 5.0, 2.0), Weibull(C(2.0), C(0.8 * WRONG), C(5.0))
    ),
    "logistic": (Logistic(C(60.0), C(3.0)), stats.logistic(60.0, 3.0), Logistic(C(60.0), C(3.0 * WRONG))),
    "lognormal median": (Lognormal(C(2.0), C(0.5)), stats.lognorm(0.5, 0.0, 2.0), Lognormal(C(2.0 * WRONG), C(0.5))),
    "lognormal sd": (
        Lognormal(C(2.0), C(0.5), C(1.0)), stats.lognorm(0.5, 1.0, 2.0), Lognormal(C(2.0), C(0.5 * WRONG), C(1.0))
    ),
    "pareto": (Pareto(C(0.5), C(6.0)), stats.pareto(6.0, 0.0, 0.5), Pareto(C(0.5), C(6.0 / WRONG))),
    "arcsine": (Arcsine(C(48.0), C(72.0)), stats.arcsine(48.0, 24.0), Arcsine(C(48.0), C(48.0 + 24.0 * WRONG))),
    "chi-square": (ChiSquare(C(3.0)), stats.chi2(3.0), ChiSquare(C(3.0 * WRONG))),
    "chi-square spread": (
        ChiSquare(C(3.0), C(2.0), C(60.0)), stats.chi2(3.0, 60.0, 2.0), ChiSquare(C(3.0), C(2.0 * WRONG), C(60.0))
    ),
    "maxwell": (Maxwell(C(2.0), C(1.0)), stats.maxwell(1.0, 2.0), Maxwell(C(2.0 * WRONG), C(1.0))),
}  # fmt: skip


@pytest.mark.parametrize("name", LAWS)
def test_a_law_draws_what_it_says_and_its_twin_is_caught(name: str) -> None:
    law, oracle, twin = LAWS[name]
    assert of_law(drawn(law), oracle) > ALARM
    assert of_law(drawn(twin), oracle) < ALARM


HEAVY = {  # without moments: made even by their own distribution first
    "cauchy": (Cauchy(C(60.0), C(3.0)), stats.cauchy(60.0, 3.0), Cauchy(C(60.0), C(3.0 * WRONG))),
    "cauchy median": (Cauchy(C(60.0), C(3.0)), stats.cauchy(60.0, 3.0), Cauchy(C(60.0 + 3.0 * MORE), C(3.0))),
    "pareto of four fifths": (Pareto(C(1.0), C(1.16)), stats.pareto(1.16), Pareto(C(1.0), C(1.16 * WRONG))),
}


@pytest.mark.parametrize("name", HEAVY)
def test_a_law_of_heavy_tails_draws_what_it_says_and_its_twin_is_caught(name: str) -> None:
    law, oracle, twin = HEAVY[name]
    assert of_law(oracle.cdf(drawn(law)), stats.uniform) > ALARM
    assert of_law(oracle.cdf(drawn(twin)), stats.uniform) < ALARM


def of_whole(sample: Floats, law: object) -> float:
    """Chance of whole numbers under a law of counts; those that are rare are put together."""
    low, high = int(law.ppf(0.002)), int(law.ppf(0.998))
    found = np.bincount(np.clip(sample, low, high).astype(int) - low, minlength=high - low + 1)
    chances = law.pmf(np.arange(low, high + 1))
    chances[0], chances[-1] = law.cdf(low), law.sf(high - 1)
    return of_counts(found, chances)


def test_counts_follow_poissons_law() -> None:
    assert of_whole(drawn(PoissonCount(C(4.0))), stats.poisson(4.0)) > ALARM
    assert of_whole(drawn(PoissonCount(C(4.0 * WRONG))), stats.poisson(4.0)) < ALARM
    assert of_whole(drawn(PoissonCount(C(900.0))), stats.poisson(900.0)) > ALARM


def test_the_cells_of_achorripsis_hold_0_to_4_events() -> None:
    """Formalized Music, ch. I: λ = 0.6."""
    found = np.bincount(np.minimum(drawn(PoissonCount(C(0.6))), 4).astype(int))
    assert of_counts(found, [0.5488, 0.3293, 0.0988, 0.0198, 0.0033]) > ALARM
    assert of_counts(found, [0.5488 / WRONG, 0.3293 * WRONG, 0.0988 * WRONG, 0.0198, 0.0033]) < ALARM


def test_heads_follow_the_binomial_law() -> None:
    assert of_whole(drawn(Binomial(C(20.0), C(0.3))), stats.binom(20, 0.3)) > ALARM
    assert of_whole(drawn(Binomial(C(20.0), C(0.3 * WRONG))), stats.binom(20, 0.3)) < ALARM
    assert of_whole(drawn(Binomial(C(20.0), C(0.3), C(2.0), C(60.0))) / 2.0 - 30.0, stats.binom(20, 0.3)) > ALARM


def test_a_ramped_field_moves_the_law() -> None:
    ramp = Ramp((0.0, 1.0), (C(1.0), C(9.0)), ("", ""))
    places = np.linspace(0.0, 1.0, 4 * DRAWS)
    shares = stats.gamma(ramp.values[0].number + 8.0 * places).cdf(drawn(Gamma(ramp, ramp)))  # mean = shape: unit scale
    assert of_law(shares, stats.uniform) > ALARM
    twin = Gamma(Ramp((0.0, 1.0), (C(WRONG), C(9.0 * WRONG)), ("", "")), ramp)
    assert of_law(stats.gamma(1.0 + 8.0 * places).cdf(drawn(twin)), stats.uniform) < ALARM


EDGES = {  # at the edge of its domain a law is certain, or all at its ends
    "laplace": (Laplace(C(60.0), C(0.0)), {60.0}),
    "cauchy": (Cauchy(C(60.0), C(0.0)), {60.0}),
    "logistic": (Logistic(C(60.0), C(-1.0)), {60.0}),
    "lognormal sd": (Lognormal(C(2.0), C(0.0)), {2.0}),
    "lognormal median": (Lognormal(C(0.0), C(1e6), C(7.0)), {7.0}),
    "linear": (Linear(C(60.0), C(60.0)), {60.0}),
    "triangular": (Triangular(C(60.0), C(60.0), C(72.0)), {60.0}),
    "arcsine": (Arcsine(C(60.0), C(60.0)), {60.0}),
    "weibull": (Weibull(C(0.0), C(1e-9)), {0.0}),
    "even weibull": (Weibull(C(2.0), C(1e12)), {2.0}),
    "maxwell": (Maxwell(C(0.0), C(5.0)), {5.0}),
    "pareto": (Pareto(C(0.0), C(1e-9)), {0.0}),
    "no count": (PoissonCount(C(0.0)), {0.0}),
    "no coins": (Binomial(C(0.0)), {0.0}),
    "all heads": (Binomial(C(5.0), C(1.0)), {5.0}),
    "hardly heads": (Binomial(C(1e6), C(1e-300)), {0.0}),
    "hardly tails": (Binomial(C(1e6), C(1.0 - 1e-16)), {1e6}),
    "no heads": (Binomial(C(5.0), C(0.0)), {0.0}),
    "beta at its ends": (Beta(C(1.0), C(2.0), C(1e-9), C(1e-9)), {1.0, 2.0}),
}


@pytest.mark.parametrize("name", EDGES)
def test_at_the_edge_of_its_domain_a_law_is_still_right(name: str) -> None:
    law, values = EDGES[name]
    assert {float(number) for number in np.round(drawn(law, 500), 6)} == values


def tilted(number: float) -> Value:
    return Ramp((0.0, 1.0), (C(number), C(-number / 2)), ("", ""))


ANY = st.floats(-1e6, 1e6) | st.floats(-1e-300, 1e-300)
FIELDS = {
    Laplace: 2, Linear: 2, Triangular: 3, Gamma: 3, Beta: 4, Cauchy: 2, Weibull: 3, Logistic: 2, Lognormal: 3,
    Pareto: 2, Arcsine: 2, ChiSquare: 3, Maxwell: 2, PoissonCount: 3, Binomial: 4,
}  # fmt: skip


@given(law=st.sampled_from(list(FIELDS)), numbers=st.tuples(ANY, ANY, ANY, ANY))
def test_no_law_ever_draws_anything_but_numbers(law: type, numbers: tuple[float, ...]) -> None:
    found = drawn(law(*(tilted(number) for number in numbers[: FIELDS[law]])), 60)
    assert np.isfinite(found).all()
    assert (np.abs(found) <= FARTHEST).all()


def test_scipy_loads_only_for_a_law_that_needs_it() -> None:
    program = """
import sys
import numpy as np
from stochos.process.table import VALUES
from stochos.process.value import Constant, Context
there = Context(1.0, lambda x: x, lambda name: np.random.Generator(np.random.PCG64(1)))
places = np.zeros(9)
for name in ("laplace", "linear", "cauchy", "logistic", "arcsine", "triangular", "weibull", "lognormal", "pareto"):
    VALUES[name](Constant(1.0), Constant(2.0)).sampler(there)(places)
assert "scipy" not in sys.modules
VALUES["maxwell"](Constant(1.0)).sampler(there)(places)
assert "scipy" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
