"""Walks and noise: their steps, their long run, and what they remember."""

import numpy as np
import pytest
from evidence import ALARM, DRAWS, WRONG, context, drawn, of_count, of_law
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from stochos.process.autoregressive import Autoregressive
from stochos.process.brown import Brown
from stochos.process.certainty import each, moves
from stochos.process.gendy import Gendy
from stochos.process.levy import Levy
from stochos.process.ou import OrnsteinUhlenbeck
from stochos.process.perlin import Perlin
from stochos.process.pink import Pink
from stochos.process.value import EDGES, Bounds, Constant, Floats, Ramp, Sequence, Span, Value

MORE = WRONG - 1.0


def C(number: float) -> Constant:  # noqa: N802  reads as the value that it makes
    return Constant(number)


BOX = Bounds(C(48.0), C(72.0))


# --- Ornstein-Uhlenbeck -----------------------------------------------------------------------


def test_a_pulled_walk_strays_as_far_as_its_formula_says() -> None:
    def chance(step: float) -> float:
        late = drawn(OrnsteinUhlenbeck(C(60.0), C(0.3), C(step)), 20 * DRAWS)[40::20]  # 0.7^20: forgotten
        return of_law(late, stats.norm(60.0, 2.0 / np.sqrt(1.0 - 0.7**2)))

    assert chance(2.0) > ALARM
    assert chance(2.0 * WRONG) < ALARM


def test_a_pulled_walk_is_pulled_as_much_as_asked() -> None:
    """What is left of a step without the pull has nothing to do with where the walk stood."""

    def chance(pull: float) -> float:
        away = drawn(OrnsteinUhlenbeck(C(60.0), C(pull), C(2.0)), 10 * DRAWS) - 60.0
        left = away[1:] - 0.7 * away[:-1]
        return of_count((left * away[:-1]).sum(), 0.0, 4.0 * (away**2).sum())

    assert chance(0.3) > ALARM
    assert chance(0.3 * WRONG) < ALARM


def test_without_pull_it_is_a_free_walk_and_with_all_pull_it_has_no_memory() -> None:
    assert drawn(OrnsteinUhlenbeck(C(60.0), C(0.0), C(2.0)), 100) == pytest.approx(drawn(Brown(C(60.0), C(2.0)), 100))
    assert of_law(drawn(OrnsteinUhlenbeck(C(60.0), C(1.0), C(2.0)))[1:], stats.norm(60.0, 2.0)) > ALARM
    assert drawn(OrnsteinUhlenbeck(C(60.0), C(1.0), C(0.0), start=C(48.0)), 3).tolist() == [48.0, 60.0, 60.0]


# --- Lévy -------------------------------------------------------------------------------------


def of_stable(steps: Floats, spread: float, tail: float, at: float) -> float:
    """Chance of steps by the real part of their characteristic function at one place."""

    def wave(t: float) -> float:
        return float(np.exp(-(np.abs(spread * t) ** tail)))

    variance = 0.5 * (1.0 + wave(2.0 * at)) - wave(at) ** 2
    return of_count(np.cos(at * steps).sum(), len(steps) * wave(at), len(steps) * variance)


@pytest.mark.parametrize("tail", [0.8, 1.3, 1.5, 1.9])
def test_a_flight_has_stable_steps(tail: float) -> None:
    def chance(spread: float, index: float) -> float:
        walk = drawn(Levy(C(0.0), C(spread), C(index)), 4 * DRAWS + 1)
        return min(1.0, 4.0 * min(of_stable(np.diff(walk), 2.0, tail, at) for at in (0.05, 0.1, 0.5, 1.0)))

    assert chance(2.0, tail) > ALARM
    assert chance(2.0 * WRONG, tail) < ALARM
    assert chance(2.0, tail * WRONG) < ALARM


def test_a_flight_with_tail_2_is_brown_and_with_tail_1_cauchys() -> None:
    def steps(spread: float, tail: float) -> Floats:
        return np.diff(drawn(Levy(C(0.0), C(spread), C(tail)), 4 * DRAWS))

    assert of_law(steps(3.0, 2.0), stats.norm(0.0, 3.0 * np.sqrt(2.0))) > ALARM
    assert of_law(steps(3.0 * WRONG, 2.0), stats.norm(0.0, 3.0 * np.sqrt(2.0))) < ALARM
    assert of_law(stats.cauchy(0.0, 3.0).cdf(steps(3.0, 1.0)), stats.uniform) > ALARM
    assert of_law(stats.cauchy(0.0, 3.0).cdf(steps(3.0 * WRONG, 1.0)), stats.uniform) < ALARM


# --- autoregressive ---------------------------------------------------------------------------


def test_what_is_new_in_an_autoregressive_walk_is_normal() -> None:
    def chance(first: float, step: float) -> float:
        away = drawn(Autoregressive(C(60.0), Sequence((C(first), C(-0.9))), C(step))) - 60.0
        return of_law(away[2:] - 1.6 * away[1:-1] + 0.9 * away[:-2], stats.norm(0.0, 0.5))

    assert chance(1.6, 0.5) > ALARM
    assert chance(1.6 * WRONG, 0.5) < ALARM
    assert chance(1.6, 0.5 * WRONG) < ALARM


def test_coefficients_say_what_an_echo_is_like() -> None:
    """Without chance: a start 12 above the centre, half of it left each time, a quarter of the one before."""
    echo = Autoregressive(C(60.0), Sequence((C(0.5), C(0.25))), C(0.0), start=C(72.0))
    assert drawn(echo, 4).tolist() == [72.0, 66.0, 66.0, 64.5]
    assert drawn(Autoregressive(C(60.0), C(-0.5), C(0.0), start=C(72.0)), 4).tolist() == [72.0, 54.0, 63.0, 58.5]


def test_coefficients_that_blow_up_end_at_numbers() -> None:
    assert np.isfinite(drawn(Autoregressive(C(60.0), Sequence((C(2.0), C(-3.0))), C(1.0)))).all()


# --- GENDYN -----------------------------------------------------------------------------------


def test_the_speed_of_a_second_order_walk_is_even_between_its_walls() -> None:
    def chance(most: float) -> float:
        walk = drawn(Gendy(C(60.0), Span(C(-4.0), C(4.0)), C(most)), 8 * DRAWS)
        return of_law(np.diff(walk)[::8], stats.uniform(-3.0, 6.0))  # 0.41^8: forgotten

    assert chance(3.0) > ALARM
    assert chance(3.0 * WRONG) < ALARM


def test_chance_pushes_the_speed() -> None:
    def chance(push: float) -> float:
        walk = drawn(Gendy(C(60.0), Span(C(-push), C(push)), C(1e6)))
        return of_law(np.diff(walk, 2), stats.uniform(-1.0, 2.0))

    assert chance(1.0) > ALARM
    assert chance(WRONG) < ALARM


# --- pink -------------------------------------------------------------------------------------


def test_pink_noise_is_normal() -> None:
    """Sixteen values later all dice of 4 octaves have been thrown again."""

    def chance(sd: float) -> float:
        return of_law(drawn(Pink(C(60.0), C(sd), C(4.0)), 16 * DRAWS)[::16], stats.norm(60.0, 7.0))

    assert chance(7.0) > ALARM
    assert chance(7.0 * WRONG) < ALARM


def test_two_dice_fall_anew_from_one_value_to_the_next() -> None:
    """So differences have a variance of 4 dice of 9, and those with the first octave do not overlap."""

    def chance(octaves: float) -> float:
        steps = np.diff(drawn(Pink(C(0.0), C(3.0), C(octaves)), 4 * DRAWS))[::4]
        return of_law(steps, stats.norm(0.0, 3.0 * np.sqrt(4.0 / 9.0)))

    assert chance(8.0) > ALARM
    assert chance(7.0) < ALARM


def fall(noise: Floats) -> float:
    """How the power falls with the frequency: its exponent."""
    power = np.abs(np.fft.rfft(noise - noise.mean())) ** 2
    bands = 2 ** np.arange(4, 14)
    means = [power[low : 2 * low].mean() for low in bands]
    return float(-np.polyfit(np.log2(bands), np.log2(means), 1)[0])


def test_the_power_of_pink_noise_falls_with_the_frequency() -> None:
    assert 0.85 < fall(drawn(Pink(C(0.0), C(1.0), C(15.0)), 2**16)) < 1.15
    assert fall(drawn(Pink(C(0.0), C(1.0), C(0.0)), 2**16)) < 0.1
    assert fall(drawn(Brown(C(0.0), C(1.0)), 2**16)) > 1.5


# --- Perlin -----------------------------------------------------------------------------------


class Hills:
    """Gradient noise at any place: a·g + b·h, g and h even in -2..2, a and b by the place between them."""

    share = (np.arange(4000) + 0.5) / 4000
    ease = share**3 * (share * (share * 6.0 - 15.0) + 10.0)
    near, far = np.maximum(share * (1 - ease), (1 - share) * ease), np.minimum(share * (1 - ease), (1 - share) * ease)

    def cdf(self, x: Floats) -> Floats:
        """A trapezium, of sides near + far, averaged over places; on a grid, as it is smooth."""
        grid = np.linspace(-1.0, 1.0, 4001)
        near, far = 2.0 * self.near, 2.0 * self.far

        def ramp(x: Floats) -> Floats:
            return np.maximum(x, 0.0) ** 2 / 2.0

        found = np.zeros(len(grid))
        for a, b in zip(near, far, strict=True):
            b = max(b, 1e-9)  # noqa: PLW2901
            found += (ramp(grid + a + b) - ramp(grid + a - b) - ramp(grid - a + b) + ramp(grid - a - b)) / (4 * a * b)
        return np.interp(x, grid, found / len(near))

    def stats(self, moments: str) -> tuple[float, float, float]:
        near, far = 2.0 * self.near, 2.0 * self.far
        second = ((near**2 + far**2) / 3.0).mean()
        fourth = (near**4 / 5.0 + far**4 / 5.0 + 6.0 * near**2 * far**2 / 9.0).mean()
        return 0.0, float(second), float(fourth / second**2 - 3.0)


def test_the_hills_of_smooth_noise_are_as_high_as_they_should_be() -> None:
    """Places 2.618 hills apart share no slope, and fall anywhere between two."""

    def chance(high: float) -> float:
        places = np.linspace(0.0, 1.0, 4 * DRAWS)
        there = context(2.618033988749895 * (4 * DRAWS - 1))
        return of_law(Perlin(C(-high), C(high), C(1.0)).sampler(there)(places), Hills())

    assert chance(1.0) > ALARM
    assert chance(WRONG) < ALARM


def test_smooth_noise_is_smooth_and_keeps_its_time() -> None:
    perlin = Perlin(C(48.0), C(72.0), C(2.0))
    fine = perlin.sampler(context(16.0))(np.linspace(0.0, 1.0, 16_001))
    assert np.abs(np.diff(fine)).max() < 24.0 * 0.001 * 2.0
    coarse = perlin.sampler(context(16.0))(np.linspace(0.0, 1.0, 17))
    assert coarse == pytest.approx(fine[::1000])  # it hangs on when, not on how often
    assert moves(perlin)


# --- all --------------------------------------------------------------------------------------

HIGH = Ramp((0.0, 1.0), (C(50.0), C(90.0)), ("", ""))
WALKS = {
    "brown": lambda **walls: Brown(C(60.0), C(4.0), **walls),
    "ou": lambda **walls: OrnsteinUhlenbeck(C(60.0), C(0.2), C(6.0), **walls),
    "levy": lambda **walls: Levy(C(60.0), C(2.0), C(1.2), **walls),
    "autoregressive": lambda **walls: Autoregressive(C(60.0), Sequence((C(1.2), C(-0.5))), C(6.0), **walls),
    "gendy": lambda **walls: Gendy(C(60.0), Span(C(-2.0), C(2.0)), C(5.0), **walls),
}


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("name", WALKS)
def test_a_walk_stays_between_moving_walls(name: str, edge: str) -> None:
    walk = drawn(WALKS[name](within=Bounds(C(49.0), HIGH), edge=edge), 5000)
    assert ((walk >= 49.0) & (walk <= 50.0 + 40.0 * np.linspace(0.0, 1.0, 5000) + 1e-9)).all()
    assert len(set(walk.tolist())) > 1000


NOISES = {"pink": Pink(C(60.0), C(5.0)), "perlin": Perlin(C(48.0), HIGH, Ramp((0.0, 1.0), (C(0.1), C(0.5)), ("", "")))}
EVERY: dict[str, Value] = {f"{name} {edge}": WALKS[name](within=BOX, edge=edge) for name in WALKS for edge in EDGES}


@pytest.mark.parametrize("name", [*EVERY, *NOISES])
def test_one_by_one_or_all_at_once_a_walk_is_the_same(name: str) -> None:
    value = (EVERY | NOISES)[name]
    places = np.linspace(0.0, 1.0, 300)
    one = each(value, context())
    assert [one(place) for place in places.tolist()] == drawn(value, 300).tolist()


def test_a_walk_that_tries_other_steps_has_steps_cut_to_its_walls() -> None:
    def chance(step: float) -> float:
        walk = drawn(Brown(C(60.0), C(step), BOX, edge="resample"), 4 * DRAWS)
        low, high = (stats.norm.cdf((wall - walk[:-1]) / 2.0) for wall in (48.0, 72.0))
        share = (stats.norm.cdf(np.diff(walk) / 2.0) - low) / (high - low)
        return of_law(share, stats.uniform)

    assert chance(2.0) > ALARM
    assert chance(2.0 * WRONG) < ALARM


def test_a_walk_whose_steps_all_fail_goes_anywhere() -> None:
    walk = drawn(Brown(C(60.0), C(1e9), BOX, edge="resample"))
    assert of_law(walk[1:], stats.uniform(48.0, 24.0)) > ALARM
    assert of_law(walk[1:], stats.uniform(48.0, 24.0 * WRONG)) < ALARM


def test_a_clipped_walk_leaves_the_wall_by_its_next_step() -> None:
    walk = drawn(Brown(C(60.0), C(4.0), BOX, edge="clip"))
    at_wall = np.flatnonzero(walk[:-1] == 72.0)
    left = walk[at_wall + 1] < 72.0
    assert of_count(left.sum(), 0.5 * len(left), 0.25 * len(left)) > ALARM


ANY = st.floats(-1e6, 1e6) | st.floats(-1e-300, 1e-300)


@given(name=st.sampled_from([*WALKS, "pink", "perlin"]), numbers=st.tuples(ANY, ANY, ANY), edge=st.sampled_from(EDGES))
def test_no_walk_ever_draws_anything_but_numbers(name: str, numbers: tuple[float, ...], edge: str) -> None:
    first, second, third = (Ramp((0.0, 1.0), (C(n), C(-n / 2)), ("", "")) for n in numbers)
    value: Value = {
        "brown": Brown(first, second, Bounds(second, third), third, edge),
        "ou": OrnsteinUhlenbeck(first, second, third, within=Bounds(first, second), edge=edge),
        "levy": Levy(first, second, third, Bounds(second, third), edge),
        "autoregressive": Autoregressive(first, Sequence((second, third)), second, edge=edge),
        "gendy": Gendy(first, second, third, Bounds(second, third), edge),
        "pink": Pink(first, second, third),
        "perlin": Perlin(first, second, third, third),
    }[name]
    assert np.isfinite(drawn(value, 60)).all()
