import numpy as np
import pytest
from evidence import ALARM, WRONG, drawn, of_count, of_counts, of_law
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from stochos.process.brown import Brown
from stochos.process.exponential import Exponential
from stochos.process.normal import Normal
from stochos.process.table import VALUES
from stochos.process.uniform import Uniform
from stochos.process.value import Bounds, Constant, Ramp, Span, Value, Weighted


def C(number: float) -> Constant:  # noqa: N802  reads as the value that it makes
    return Constant(number)


LAWS = {
    "uniform": (Uniform(C(3.0), C(5.0)), stats.uniform(3.0, 2.0), Uniform(C(3.0), C(5.0 * WRONG))),
    "normal mean": (Normal(C(60.0), C(7.0)), stats.norm(60.0, 7.0), Normal(C(60.0 + 7.0 * (WRONG - 1)), C(7.0))),
    "normal sd": (Normal(C(60.0), C(7.0)), stats.norm(60.0, 7.0), Normal(C(60.0), C(7.0 * WRONG))),
    "exponential from 2": (Exponential(C(0.5), C(2.0)), stats.expon(2.0, 0.5), Exponential(C(0.5), C(2.0 * WRONG))),
    "exponential": (Exponential(C(0.5)), stats.expon(scale=0.5), Exponential(C(0.5 * WRONG))),
    "span": (Span(C(-1.0), C(1.0)), stats.uniform(-1.0, 2.0), Span(C(-1.0), C(WRONG))),
}


@pytest.mark.parametrize("name", LAWS)
def test_a_law_draws_what_it_says_and_its_twin_is_caught(name: str) -> None:
    law, oracle, twin = LAWS[name]
    assert of_law(drawn(law), oracle) > ALARM
    assert of_law(drawn(twin), oracle) < ALARM


def test_ramped_parameters_move_the_law() -> None:
    mean, sd = Ramp((0.0, 1.0), (C(0.0), C(100.0)), ("", "")), Ramp((0.0, 1.0), (C(1.0), C(9.0)), ("", ""))
    places = np.linspace(0.0, 1.0, 20_000)

    def standardised(law: Value) -> np.ndarray:
        return (drawn(law) - 100.0 * places) / (1.0 + 8.0 * places)

    assert of_law(standardised(Normal(mean, sd)), stats.norm) > ALARM
    twin = Normal(mean, Ramp((0.0, 1.0), (C(WRONG), C(9.0 * WRONG)), ("", "")))
    assert of_law(standardised(twin), stats.norm) < ALARM


def test_a_ramp_of_spans_is_even_inside_its_moving_edges() -> None:
    mask = Ramp((0.0, 1.0), (Span(C(60.0), C(61.0)), Span(C(40.0), C(90.0))), ("", ""))
    places = np.linspace(0.0, 1.0, 20_000)
    inside = (drawn(mask) - (60.0 - 20.0 * places)) / (1.0 + 49.0 * places)
    assert of_law(inside, stats.uniform) > ALARM
    assert of_law(inside * WRONG, stats.uniform) < ALARM


def test_a_weighted_choice_keeps_its_weights() -> None:
    found = np.bincount(drawn(Weighted((C(0.0), C(1.0)), (3.0, 1.0))).astype(int))
    assert of_counts(found, (3.0, 1.0)) > ALARM
    assert of_counts(found, (3.0 * WRONG**2, 1.0)) < ALARM


def test_steps_of_a_brownian_walk_are_normal() -> None:
    def steps(step: float, drift: float) -> np.ndarray:
        return np.diff(drawn(Brown(C(60.0), C(step), drift=C(drift))))

    assert of_law(steps(2.0, 0.5), stats.norm(0.5, 2.0)) > ALARM
    assert of_law(steps(2.0 * WRONG, 0.5), stats.norm(0.5, 2.0)) < ALARM
    assert of_law(steps(2.0, 0.5 + 2.0 * (WRONG - 1.0)), stats.norm(0.5, 2.0)) < ALARM


def test_a_reflected_walk_is_even_between_its_walls_in_the_long_run() -> None:
    places = drawn(Brown(C(61.0), C(8.0), Bounds(C(60.0), C(72.0))))[::4]  # four steps later the start is forgotten
    assert of_law(places, stats.uniform(60.0, 12.0)) > ALARM
    assert of_law(places, stats.uniform(60.0, 12.0 * WRONG)) < ALARM


@given(
    name=st.sampled_from(["uniform", "normal", "exponential", "brown"]),
    numbers=st.tuples(*[st.floats(-1e6, 1e6)] * 2),
    curve=st.sampled_from(["", "sine", "step"]),
)
def test_no_law_ever_draws_anything_but_numbers(name: str, numbers: tuple[float, float], curve: str) -> None:
    first, second = (Ramp((0.0, 1.0), (C(number), C(-number / 2)), ("", curve)) for number in numbers)
    law = VALUES[name](first) if name == "exponential" else VALUES[name](first, second)
    assert np.isfinite(drawn(law, 100)).all()


def test_the_evidence_itself_is_even() -> None:
    chances = [of_law(drawn(Uniform(C(0.0), C(1.0)), 500, seed=seed), stats.uniform) for seed in range(200)]
    assert 0.4 < np.mean(np.array(chances) > 0.5) < 0.9  # three chances in one: a little shy
    assert of_count(12_500 + 5 * 79.06, 12_500, 79.06**2) < ALARM
