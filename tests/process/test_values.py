from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from stage import context

from stochos.process.brown import Brown
from stochos.process.certainty import ceiling, each, is_certain, moves
from stochos.process.compass import settle
from stochos.process.exponential import Exponential
from stochos.process.normal import Normal
from stochos.process.quantile import normal_quantile
from stochos.process.scale import Snapped
from stochos.process.value import (
    Bounded,
    Bounds,
    Constant,
    Floats,
    PerSecond,
    Ramp,
    Sequence,
    Span,
    Value,
    Weighted,
    reflect,
)  # fmt: skip

LOW, HIGH = Constant(48.0), Constant(72.0)
FINITE = st.floats(-1e4, 1e4)


def drawn(value: Value, places: list[float], seed: int = 1) -> list[float]:
    return value.sampler(context(seed=seed))(np.array(places)).tolist()


def ramp(*points: tuple[float, float], curve: str = "") -> Ramp:
    return Ramp(tuple(p for p, _ in points), tuple(Constant(v) for _, v in points), (curve,) * len(points))


def bounced(number: float, low: float, high: float) -> float:
    while not low <= number <= high:
        number = 2 * low - number if number < low else 2 * high - number
    return number


@pytest.mark.parametrize(
    ("curve", "halfway", "end"), [("", 5.0, 9.0), ("exp", 3.0, 9.0), ("sine", 5.0, 9.0), ("step", 1.0, 9.0)]
)
def test_curves_lead_from_end_to_end(curve: str, halfway: float, end: float) -> None:
    assert drawn(ramp((0.0, 1.0), (1.0, 9.0), curve=curve), [0.0, 0.5, 1.0]) == pytest.approx([1.0, halfway, end])


def test_a_ramp_passes_through_its_points() -> None:
    assert drawn(ramp((0.0, 0.0), (0.25, 8.0), (1.0, 2.0)), [0.0, 0.125, 0.25, 0.625, 1.0]) == [0.0, 4.0, 8.0, 5.0, 2.0]


def test_lists_go_round_and_may_hold_anything() -> None:
    value = Sequence((Constant(1.0), Span(Constant(5.0), Constant(6.0)), Constant(3.0)))
    first, second, third, fourth = drawn(value, [0.0, 0.1, 0.2, 0.3])
    assert (first, third, fourth) == (1.0, 3.0, 1.0)
    assert 5.0 <= second < 6.0


def test_a_rate_by_the_clock_counts_seconds() -> None:
    assert drawn(PerSecond(Constant(4.0)), [0.0]) == [2.0]


def test_every_pitch_of_a_span_is_as_likely_ends_and_all() -> None:
    everything = np.ones(128, dtype=bool)
    there = replace(context(), allowed=everything)
    pitches = Span(Constant(60.0), Constant(64.0)).sampler(there)(np.zeros(5000)).astype(int)
    assert stats.chisquare(np.bincount(pitches - 60)).pvalue > 1e-6
    major = np.array([pitch % 12 in {0, 2, 4, 5, 7, 9, 11} for pitch in range(128)])
    there = replace(context(), allowed=major)
    assert set(Span(Constant(60.0), Constant(64.0)).sampler(there)(np.zeros(100))) == {60.0, 62.0, 64.0}


@given(st.lists(FINITE, min_size=1), FINITE, FINITE)
def test_walls_reflect_as_often_as_it_takes(numbers: list[float], first: float, second: float) -> None:
    low, high = sorted((first, second))
    if high - low < 1.0:
        high = low + 1.0
    found = reflect(np.array(numbers), np.full(len(numbers), low), np.full(len(numbers), high))
    assert found == pytest.approx([bounced(number, low, high) for number in numbers], abs=1e-6)
    assert ((found >= low) & (found <= high)).all()


def test_the_examples_of_elastic_walls() -> None:
    assert reflect(np.array([1.2, 2.5]), np.zeros(2), np.ones(2)) == pytest.approx([0.8, 0.5])


def test_bounds_hold_any_law() -> None:
    value = Bounded(Normal(Constant(60.0), Constant(40.0)), LOW, HIGH)
    assert all(48.0 <= number <= 72.0 for number in drawn(value, [0.5] * 1000))


def test_snapping_takes_the_nearest_and_the_lower_of_two_as_near() -> None:
    allowed = tuple(pitch % 12 in {0, 4, 7} for pitch in range(128))
    numbers = [60.0, 61.0, 62.0, 63.0, 65.5, 69.5, 69.6, 200.0, -5.0]
    assert drawn(Snapped(Sequence(tuple(map(Constant, numbers))), allowed), [0.0] * 9) == [
        60.0, 60.0, 60.0, 64.0, 64.0, 67.0, 72.0, 127.0, 0.0,
    ]  # fmt: skip


@given(
    st.lists(st.floats(-500, 500), min_size=1, max_size=20), st.integers(0, 127), st.integers(0, 24),
    st.sets(st.integers(0, 127)),
)  # fmt: skip
def test_pitches_settle_on_the_nearest_allowed_one_in_bounds(
    pitches: list[float], low: int, width: int, scale: set[int]
) -> None:
    high = min(low + width, 127)
    lows, highs = np.full(len(pitches), float(low)), np.full(len(pitches), float(high))
    settled = settle(np.array(pitches), lows, highs, np.array([p in scale for p in range(128)]))
    reachable = sorted(scale & set(range(low, high + 1))) or list(range(low, high + 1))
    folded = reflect(np.array(pitches), lows, highs)
    assert settled.tolist() == [min(reachable, key=lambda p: (abs(p - x), p)) for x in folded]


@pytest.mark.parametrize(("low", "high"), [(60.2, 60.8), (70.0, 60.0), (200.0, 300.0), (-9.0, -3.0)])
def test_odd_bounds_still_give_midi_numbers(low: float, high: float) -> None:
    settled = settle(np.array([0.0, 60.5, 500.0]), np.full(3, low), np.full(3, high), np.ones(128, dtype=bool))
    assert ((settled >= 0) & (settled <= 127)).all()


def test_the_normal_quantile_agrees_with_scipy() -> None:
    chances = np.concatenate((np.linspace(1e-4, 1 - 1e-4, 10_001), 10.0 ** -np.arange(1, 17)))
    assert np.abs(normal_quantile(chances) - stats.norm.ppf(chances)).max() < 1e-12


VALUES = {
    "constant": Constant(3.0),
    "span": Span(Constant(1.0), Constant(2.0)),
    "list": Sequence((Constant(1.0), Normal(Constant(0.0), Constant(1.0)))),
    "choice": Weighted((Constant(1.0), Exponential(Constant(1.0))), (1.0, 2.0)),
    "walk": Brown(Constant(60.0), Constant(2.0), Bounds(LOW, HIGH)),
    "ramp": ramp((0.0, 1.0), (1.0, 5.0)),
    "mask": Ramp((0.0, 1.0), (Span(LOW, LOW), Span(LOW, HIGH)), ("", "")),
    "moving walls": Brown(Constant(60.0), Constant(2.0), Bounds(LOW, ramp((0.0, 50.0), (1.0, 72.0)))),
}


@pytest.mark.parametrize("name", VALUES)
def test_one_by_one_or_all_at_once_the_draws_are_the_same(name: str) -> None:
    places = np.linspace(0.0, 1.0, 200).tolist()
    one = each(VALUES[name], context())
    assert [one(place) for place in places] == drawn(VALUES[name], places)


def test_what_moves_and_what_is_certain() -> None:
    assert [name for name, value in VALUES.items() if moves(value)] == ["ramp", "mask", "moving walls"]
    assert [name for name, value in VALUES.items() if is_certain(value)] == ["constant", "ramp"]
    assert is_certain(PerSecond(ramp((0.0, 1.0), (1.0, 2.0))))
    assert ceiling(PerSecond(ramp((0.0, 1.0), (0.5, 6.0), (1.0, 2.0))), context()) == 3.0


@given(st.lists(FINITE, min_size=2, max_size=30), st.floats(0.1, 50.0))
def test_a_walk_is_its_steps_thrown_back_by_the_walls(walls: list[float], step: float) -> None:
    """Each value is the last and its step, brought back by single bounces between the walls of its place."""
    free = Brown(Constant(0.0), Constant(step))
    count = len(walls)
    places = np.linspace(0.0, 1.0, count).tolist()
    lows = Ramp(tuple(places), tuple(Constant(w) for w in walls), ("",) * count)
    highs = Ramp(tuple(places), tuple(Constant(w + 10.0) for w in walls), ("",) * count)
    steps = np.diff(drawn(free, [*places, 1.0]))
    now, expected = 0.0, []
    for wall, moved in zip(walls, steps, strict=True):
        now = bounced(now, wall, wall + 10.0)
        expected.append(now)
        now += moved
    found = drawn(Brown(Constant(0.0), Constant(step), Bounds(lows, highs)), places)
    assert found == pytest.approx(expected, abs=1e-5)


def test_a_walk_goes_on_from_call_to_call() -> None:
    brown = Brown(Constant(60.0), Constant(1.0))
    sampler: object = brown.sampler(context())
    halves: list[Floats] = [sampler(np.zeros(50)), sampler(np.zeros(50))]
    assert np.concatenate(halves).tolist() == drawn(brown, [0.0] * 100)
