"""Laws tied to one source: each keeps its law, and ranks go together as the Gaussian copula says."""

from dataclasses import replace

import numpy as np
import pytest
from evidence import ALARM, DRAWS, WRONG, context, of_counts, of_law
from scipy import stats

from stochos.process.arcsine import Arcsine
from stochos.process.cauchy import Cauchy
from stochos.process.exponential import Exponential
from stochos.process.gamma import Gamma
from stochos.process.normal import Normal
from stochos.process.poisson_count import PoissonCount
from stochos.process.tied import Tied
from stochos.process.uniform import Uniform
from stochos.process.value import Bounded, Constant, Context, Floats, Ramp, Value, Weighted

ONE = Constant(1.0)
LAWS = {
    "normal": (Normal(Constant(3.0), Constant(2.0)), stats.norm(3.0, 2.0)),
    "exponential": (Exponential(Constant(0.5)), stats.expon(scale=0.5)),
    "uniform": (Uniform(Constant(-1.0), Constant(3.0)), stats.uniform(-1.0, 4.0)),
    "gamma": (Gamma(Constant(2.0), Constant(4.0)), stats.gamma(4.0, scale=0.5)),
    "arcsine": (Arcsine(Constant(0.0), ONE), stats.beta(0.5, 0.5)),
}


def tied(value: Value, correlation: float, own: int, source: int = 7, count: int = DRAWS) -> Floats:
    """Draws of a law with streams of its own, tied to a source that others may have too."""
    streams: Context = replace(context(seed=own), source=context(seed=source).stream)
    return Tied(value, "storm", Constant(correlation)).sampler(streams)(np.linspace(0.0, 1.0, count))


def of_ranks(one: Floats, other: Floats, correlation: float) -> float:
    """Chance of Spearman's rank correlation as far from 6/pi asin(r/2), by Fisher's z."""
    found, meant = stats.spearmanr(one, other).statistic, 6.0 / np.pi * np.arcsin(correlation / 2.0)
    return float(2.0 * stats.norm.sf(abs(np.arctanh(found) - np.arctanh(meant)) * np.sqrt((len(one) - 3) / 1.06)))


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("correlation", [-1.0, -0.6, 0.0, 0.8, 1.0])
def test_a_tied_law_is_still_the_law(name: str, correlation: float) -> None:
    value, law = LAWS[name]
    draws = tied(value, correlation, own=3)
    assert of_law(draws, law) > ALARM
    assert of_law(draws * WRONG, law) < ALARM


@pytest.mark.parametrize(("first", "second"), [("normal", "exponential"), ("uniform", "gamma"), ("arcsine", "normal")])
@pytest.mark.parametrize(("r", "s"), [(0.9, 0.9), (0.8, -0.9), (-0.7, -1.0), (0.95, 0.9)])
def test_two_laws_correlate_by_the_product_of_their_ties(first: str, second: str, r: float, s: float) -> None:
    one, other = tied(LAWS[first][0], r, own=3), tied(LAWS[second][0], s, own=4)
    assert of_ranks(one, other, r * s) > ALARM
    assert of_ranks(one, other, 0.95 * r * s) < ALARM
    assert abs(stats.spearmanr(one, np.roll(other, 1)).statistic) < 0.05, "only draws of one number go together"


def test_without_a_correlation_or_another_source_nothing_goes_together() -> None:
    value = LAWS["normal"][0]
    assert of_ranks(tied(value, 0.0, own=3), tied(value, 1.0, own=4), 0.0) > ALARM
    assert of_ranks(tied(value, 0.9, own=3, source=8), tied(value, 0.9, own=4), 0.0) > ALARM
    assert of_ranks(tied(value, 0.9, own=3), tied(value, 0.9, own=4), 0.0) < ALARM


def test_the_strongest_ties_are_the_same_ranks_and_the_opposite_ones() -> None:
    one = tied(LAWS["normal"][0], 1.0, own=3, count=500)
    same, against = tied(LAWS["gamma"][0], 1.0, own=4, count=500), tied(LAWS["gamma"][0], -1.0, own=4, count=500)
    assert (np.argsort(one) == np.argsort(same)).all()
    assert (np.argsort(one) == np.argsort(-against)).all()


def test_counts_and_weights_keep_their_laws_too() -> None:
    rare = np.bincount(tied(PoissonCount(Constant(2.0)), 0.9, own=3).astype(int), minlength=30)
    law = stats.poisson(2.0).pmf(np.arange(8))
    assert of_counts([*rare[:8], rare[8:].sum()], [*law, 1.0 - law.sum()]) > ALARM
    chosen = np.bincount(tied(Weighted((Constant(0.0), ONE, Constant(2.0)), (5.0, 3.0, 2.0)), -0.9, own=3).astype(int))
    assert of_counts(chosen, (5.0, 3.0, 2.0)) > ALARM
    assert of_counts(chosen, (5.25, 3.0, 1.75)) < ALARM


def test_a_ramp_of_the_correlation_is_met_at_each_place() -> None:
    value = Normal(Constant(0.0), ONE)
    streams = replace(context(seed=3), source=context(seed=7).stream)
    moving = Tied(value, "storm", Ramp((0.0, 1.0), (Constant(0.0), Constant(1.0)), ("", "step")))
    half = Tied(value, "storm", Ramp((0.0, 0.5, 1.0), (Constant(0.0), ONE, ONE), ("", "step", "")))
    places = np.linspace(0.0, 1.0, DRAWS)
    other = tied(value, 1.0, own=4)
    assert of_ranks(moving.sampler(streams)(places)[:-1], other[:-1], 0.0) > ALARM
    drawn = half.sampler(streams)(places)
    assert of_ranks(drawn[: DRAWS // 2], other[: DRAWS // 2], 0.0) > ALARM
    assert drawn[DRAWS // 2 :] == pytest.approx(other[DRAWS // 2 :])


def test_what_is_drawn_again_goes_with_nothing() -> None:
    """A stray that is drawn again keeps the others in step."""
    bounded = Bounded(Cauchy(Constant(0.0), ONE), Constant(-1.0), ONE, "resample")
    drawn, free = tied(bounded, 1.0, own=3), tied(Cauchy(Constant(0.0), ONE), 1.0, own=4)
    inside = abs(free) <= 1.0
    assert drawn[inside] == pytest.approx(free[inside])
    assert of_ranks(drawn[~inside], free[~inside], 0.0) > ALARM
    assert (abs(drawn) <= 1.0).all()


def test_one_draw_after_the_other_is_the_same_as_all_at_once() -> None:
    streams = replace(context(seed=3), source=context(seed=7).stream)
    value = Tied(LAWS["gamma"][0], "storm", Constant(0.7))
    draw, places = value.sampler(streams), np.linspace(0.0, 1.0, 50)
    singly = np.concatenate([draw(np.array([place])) for place in places])
    assert singly == pytest.approx(value.sampler(streams)(places))
