"""Bounds by name: what becomes of a number that strays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from stage import context

from stochos.process.compass import clip, reflect, wrap
from stochos.process.normal import Normal
from stochos.process.value import EDGES, Bounded, Constant, Ramp, Sequence, Value, Weighted

NORMAL = Normal(Constant(60.0), Constant(10.0))
PLACES = np.linspace(0.0, 1.0, 20_000)


def bounded(edge: str, value: Value = NORMAL, low: float = 55.0, high: float = 62.0) -> np.ndarray:
    return Bounded(value, Constant(low), Constant(high), edge).sampler(context())(PLACES)


def of_mixture(found: np.ndarray, cdf) -> float:
    return stats.kstest(found, cdf).pvalue


def test_the_examples_of_each_edge() -> None:
    strays, low, high = np.array([1.2, -0.25, 2.5, 0.5]), np.zeros(4), np.ones(4)
    assert reflect(strays, low, high) == pytest.approx([0.8, 0.25, 0.5, 0.5])
    assert clip(strays, low, high) == pytest.approx([1.0, 0.0, 1.0, 0.5])
    assert wrap(strays, low, high) == pytest.approx([0.2, 0.75, 0.5, 0.5])


@pytest.mark.parametrize("edge", EDGES)
@given(low=st.floats(-1e3, 1e3), width=st.floats(0.0, 1e3), number=st.floats(-1e9, 1e9))
def test_nothing_leaves_its_bounds(edge: str, low: float, width: float, number: float) -> None:
    value = Bounded(Constant(number), Constant(low), Constant(low + width), edge)
    found = value.sampler(context())(np.zeros(3))
    assert ((found >= low) & (found <= low + width)).all()
    if low <= number <= low + width:
        assert (found == number).all()


@pytest.mark.parametrize("edge", EDGES)
def test_bounds_that_cross_give_the_lower_one(edge: str) -> None:
    assert set(bounded(edge, Constant(0.0), 62.0, 55.0)) == {62.0}


@pytest.mark.parametrize("edge", EDGES)
def test_moving_bounds_hold(edge: str) -> None:
    high = Ramp((0.0, 1.0), (Constant(56.0), Constant(90.0)), ("", ""))
    found = Bounded(NORMAL, Constant(55.0), high, edge).sampler(context())(PLACES)
    assert ((found >= 55.0) & (found <= 56.0 + 34.0 * PLACES)).all()
    assert found[-5000:].max() > 75.0


def test_what_is_drawn_again_follows_the_law_cut_to_its_bounds() -> None:
    """With even odds of straying, 15 tries all fail once in 65,536 times."""
    cut = stats.truncnorm(-0.5, 0.2, 60.0, 10.0)
    cut_wrong = stats.truncnorm(-0.5, 0.25, 60.0, 10.0)
    wide = bounded("resample", low=55.0, high=62.0)
    assert of_mixture(wide, cut.cdf) > 1e-6
    assert of_mixture(wide, cut_wrong.cdf) < 1e-6


def test_what_cannot_be_met_falls_anywhere_in_bounds() -> None:
    found = bounded("resample", Constant(0.0))
    assert of_mixture(found, stats.uniform(55.0, 7.0).cdf) > 1e-6
    assert of_mixture(found, stats.uniform(55.0, 7.35).cdf) < 1e-6


def test_15_redraws_fail_as_often_as_they_should() -> None:
    """A choice that strays 9 times in 10 fails 16 draws with chance 0.9^16, and falls then between 1 and 2."""
    value = Weighted((Constant(1.0), Constant(5.0)), (1.0, 9.0))
    found = bounded("resample", value, 1.0, 2.0)
    assert stats.binomtest(int((found > 1.0).sum()), len(found), 0.9**16).pvalue > 1e-6
    assert stats.binomtest(int((found > 1.0).sum()), len(found), 0.9**15).pvalue < 1e-6


def test_redraws_do_not_move_other_draws() -> None:
    """One by one or all at once; and what does not stray stays what it was."""
    there = context()
    all_at_once = Bounded(NORMAL, Constant(55.0), Constant(62.0), "resample").sampler(there)(PLACES[:200])
    one = Bounded(NORMAL, Constant(55.0), Constant(62.0), "resample").sampler(there)
    assert [float(one(PLACES[i : i + 1])[0]) for i in range(200)] == all_at_once.tolist()
    free = NORMAL.sampler(there)(PLACES[:200])
    inside = (free >= 55.0) & (free <= 62.0)
    assert (all_at_once[inside] == free[inside]).all()


def test_a_list_is_not_disturbed_by_its_own_redraws() -> None:
    numbers = Sequence((Constant(1.0), Constant(9.0), Constant(2.0)))
    assert set(bounded("resample", numbers, 0.0, 5.0)) == {1.0, 2.0}
