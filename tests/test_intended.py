"""`compile --report`: laws that were meant are told from laws that were not."""

from __future__ import annotations

import pytest
from scipy import stats

from stochos.intended import Fit, chi_square_p
from stochos.pipeline import check_source, fits, realize_checked
from stochos.source import Source

SCORE = """\
part vln = "Violin"
section A 60 bars {
  vln: @cloud(onsets: @poisson(density: 3/beat), pitch: @normal(mean: C5, sd: 4st), scale: dorian on D,
              length: @exponential(mean: 1/8), velocity: 40..90, label: rain) fill
}
form A*2 A'
"""


def found(seed: int, score: str = SCORE) -> list[Fit]:
    checked = check_source(Source("score.stoch", score))
    return list(fits(checked, realize_checked(checked, seed)))


def test_every_quantity_of_a_cloud_is_held_against_its_law() -> None:
    first = found(1)
    assert [(fit.place[1], fit.quantity, fit.law) for fit in first] == [
        (section, *row)
        for section in ("A", "A'")
        for row in (("density", "poisson"), ("pitch", "normal"), ("length", "exponential"), ("velocity", "uniform"))
    ]
    for fit in first:
        assert fit.observed == pytest.approx(fit.intended, rel=0.12)
        assert fit.notes == pytest.approx(720, rel=0.15)


def test_what_is_meant_is_rarely_doubted() -> None:
    values = [fit.p for seed in range(12) for fit in found(seed)]
    assert None not in values
    assert sum(p < 0.001 for p in values if p is not None) <= 2


def test_a_law_that_moves_or_remembers_is_not_tested() -> None:
    moving = SCORE.replace("@normal(mean: C5, sd: 4st)", "C4..C5 -> C5..C6").replace("1/8)", "1/8 -> 1/4)")
    walking = SCORE.replace("@normal(mean: C5, sd: 4st)", "@brown(start: C5, step: 2st)")
    for score in (moving, walking):
        assert [fit.p for fit in found(1, score) if fit.quantity == "pitch"] == [None, None]


def test_the_chi_square_is_scipys() -> None:
    for value, freedom in ((3.0, 5), (20.0, 8), (60.0, 60), (95.0, 60)):
        assert chi_square_p(value, freedom) == pytest.approx(stats.chi2.sf(value, freedom), abs=0.01)
