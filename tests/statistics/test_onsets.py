import numpy as np
import pytest
from evidence import ALARM, WRONG, context, of_count, of_law
from scipy import stats

from stochos.process.bernoulli import Bernoulli
from stochos.process.poisson import Poisson
from stochos.process.value import Constant, Context, Floats, PerSecond, Ramp, Sequence, Span, Value, Weighted

QUARTERS = 7_000.0


def of_poisson(onsets: Floats, expected: Floats) -> float:
    """Chance of onsets under a Poisson process; `expected`: how many are expected up to each onset, and to the end."""
    gaps = np.diff(expected[:-1], prepend=0.0)
    halves = np.histogram(expected[:-1], bins=40, range=(0.0, expected[-1]))[0]
    even = stats.chisquare(halves).pvalue
    return 3.0 * min(of_law(gaps, stats.expon), of_count(len(onsets), expected[-1], expected[-1]), even)


def test_an_even_density_gives_exponential_gaps_and_poisson_counts() -> None:
    def chance(density: float) -> float:
        onsets = Poisson(Constant(density)).onsets(context(QUARTERS), None)
        return of_poisson(onsets, 4.0 * np.append(onsets, QUARTERS))

    assert chance(4.0) > ALARM
    assert chance(4.0 * WRONG) < ALARM


def straight(x: Floats) -> Floats:
    return QUARTERS * (1.0 * x + 6.0 * x**2 / 2.0)


def by_ratios(x: Floats) -> Floats:
    return QUARTERS * (7.0**x - 1.0) / np.log(7.0)


def by_sine(x: Floats) -> Floats:
    return QUARTERS * (x + 3.0 * (x - np.sin(np.pi * x) / np.pi))


@pytest.mark.parametrize(("curve", "cumulated"), [("", straight), ("exp", by_ratios), ("sine", by_sine)])
def test_a_ramped_density_is_even_once_time_is_rescaled(curve: str, cumulated) -> None:
    def chance(low: float, high: float, curve: str = curve) -> float:
        ramp = Ramp((0.0, 1.0), (Constant(low), Constant(high)), ("", curve))
        onsets = Poisson(ramp).onsets(context(QUARTERS), None)
        return of_poisson(onsets, cumulated(np.append(onsets, QUARTERS) / QUARTERS))

    assert chance(1.0, 7.0) > ALARM
    assert chance(1.0 * WRONG, 7.0 * WRONG) < ALARM
    assert chance(1.0, 7.0, "" if curve else "exp") < ALARM


def test_a_stepwise_guess_at_a_ramp_is_caught() -> None:
    """As composers' programs often do it: five steps, each at the middle of its stretch."""
    steps = tuple(Constant(1.0 + 6.0 * (i + 0.5) / 5) for i in range(5))
    places = tuple(i / 5 for i in range(5))
    ramp = Ramp((*places, 1.0), (*steps, steps[-1]), ("", *["step"] * 5))
    onsets = Poisson(ramp).onsets(context(QUARTERS), None)
    assert of_poisson(onsets, straight(np.append(onsets, QUARTERS) / QUARTERS)) < ALARM


def test_a_density_by_the_clock_follows_the_tempo() -> None:
    """2/s while the tempo falls evenly, so that a quarter lasts from 0.5 s to 2.5 s."""

    def chance(rate: float, longest: float) -> float:
        still = context(QUARTERS)
        there = Context(QUARTERS, lambda x: 0.5 + 2.0 * x, still.stream, longest=longest)
        onsets = Poisson(PerSecond(Constant(rate))).onsets(there, None)
        x = np.append(onsets, QUARTERS) / QUARTERS
        return of_poisson(onsets, 2.0 * QUARTERS * (0.5 * x + x**2))

    assert chance(2.0, 2.5) > ALARM
    assert chance(2.0, 9.0) > ALARM  # a looser bound draws other notes, of the same law
    assert chance(2.0 * WRONG, 2.5) < ALARM


def test_a_density_with_chance_in_it_is_drawn_anew_for_every_gap() -> None:
    """So gaps follow a mixture of two exponential laws, here made even by their common distribution."""

    def chance(wrong: float) -> float:
        density = Weighted((Constant(4.0 * wrong), Constant(1.0 * wrong)), (1.0, 1.0))
        gaps = np.diff(Poisson(density).onsets(context(40_000.0), None))
        return of_law((stats.expon(scale=0.25).cdf(gaps) + stats.expon(scale=1.0).cdf(gaps)) / 2.0, stats.uniform)

    assert chance(1.0) > ALARM
    assert chance(WRONG) < ALARM


def test_the_place_counts_where_a_density_with_chance_moves() -> None:
    density = Ramp((0.0, 1.0), (Span(Constant(1.0), Constant(3.0)), Span(Constant(8.0), Constant(8.0))), ("", ""))
    onsets = Poisson(density).onsets(context(400.0), None)
    early, late = np.histogram(onsets, bins=[0.0, 200.0, 400.0])[0]
    assert late > 1.5 * early


def test_a_density_of_0_is_silence() -> None:
    assert len(Poisson(Constant(0.0)).onsets(context(100.0), None)) == 0
    onsets = Poisson(Weighted((Constant(0.0), Constant(1000.0)), (1.0, 1.0))).onsets(context(100.0), None)
    assert 20 < len(onsets) < 200  # a quarter note of silence each time


@pytest.mark.parametrize("every", [Constant(0.25), Sequence((Constant(0.2), Constant(0.3)))])
def test_coins_fall_as_often_as_asked(every: Value) -> None:
    def chance(odds: float) -> float:
        onsets = Bernoulli(Constant(odds), every).onsets(context(QUARTERS), None)
        return of_count(len(onsets), 2.0 * QUARTERS, QUARTERS)

    assert chance(0.5) > ALARM
    assert chance(0.5 * WRONG) < ALARM


def test_coins_follow_a_ramp() -> None:
    onsets = Bernoulli(Ramp((0.0, 1.0), (Constant(0.0), Constant(1.0)), ("", "")), Constant(0.25)).onsets(
        context(QUARTERS), None
    )
    assert of_law(onsets / QUARTERS, stats.beta(2, 1)) > ALARM
    assert of_law(np.sqrt(onsets / QUARTERS), stats.beta(2, 1)) < ALARM


@pytest.mark.parametrize("process", [Poisson(Constant(3.0)), Bernoulli(Constant(0.5), Constant(0.25))])
def test_a_count_takes_the_first_onsets(process) -> None:
    everything = process.onsets(context(100.0), None)
    assert np.array_equal(process.onsets(context(100.0), 12), everything[:12])
    assert (np.diff(everything) > 0).all()
    assert everything[0] >= 0.0
    assert everything[-1] < 100.0
