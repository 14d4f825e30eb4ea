from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from evidence import ALARM, context, of_count, of_counts
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from stochos.process.game import Game
from stochos.process.passage import Frame, Token
from stochos.process.payoffs import solve
from stochos.process.value import Constant

DUEL = (
    (-1, 1, 3, -1, 1, -1), (1, -1, -1, -1, 1, -1), (3, -1, -3, 5, 1, -3),
    (-1, 3, 3, -1, -1, -1), (1, -1, 1, 1, -1, -1), (-1, -1, -3, -1, -1, 3),
)  # fmt: skip
NUMBERS = st.integers(-9, 9) | st.floats(-9, 9, allow_nan=False).map(lambda x: round(x, 2))
TABLES = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
    lambda size: st.tuples(*[st.tuples(*[NUMBERS] * size[1])] * size[0])
)


def of_scipy(payoff: np.ndarray) -> float:
    """The value, as SciPy's linear program has it."""
    rows, columns = payoff.shape
    found = linprog(
        [*[0.0] * rows, -1.0],
        A_ub=np.hstack([-payoff.T, np.ones((columns, 1))]), b_ub=np.zeros(columns),
        A_eq=[[*[1.0] * rows, 0.0]], b_eq=[1.0], bounds=[*[(0, 1)] * rows, (None, None)],
    )  # fmt: skip
    return -found.fun


@given(TABLES)
def test_neither_can_do_better_and_the_value_is_that_of_scipy(payoff: tuple[tuple[float, ...], ...]) -> None:
    exact = [[Fraction(str(number)) for number in row] for row in payoff]
    first, second, value = solve(payoff)
    assert sum(first) == sum(second) == 1
    assert min(*first, *second) >= 0
    assert min(sum(p * row[j] for p, row in zip(first, exact, strict=True)) for j in range(len(exact[0]))) == value
    assert max(sum(q * x for q, x in zip(second, row, strict=True)) for row in exact) == value
    assert float(value) == pytest.approx(of_scipy(np.array(payoff, dtype=float)), abs=1e-7)


def test_two_by_two_is_found_by_brute_force() -> None:
    shares = np.linspace(0.0, 1.0, 2_521)  # 2520 is divided by all there is
    for a, b, c, d in product(range(-2, 3), repeat=4):
        worst = np.minimum(shares * a + (1 - shares) * c, shares * b + (1 - shares) * d)
        solution = solve(((a, b), (c, d)))
        assert float(solution.value) == pytest.approx(worst.max(), abs=1e-9)
        p, q = map(float, solution.first)
        assert min(p * a + q * c, p * b + q * d) == pytest.approx(worst.max())


def test_the_value_of_duel() -> None:
    assert float(solve(DUEL).value) == pytest.approx(of_scipy(np.array(DUEL, dtype=float)), abs=1e-9)
    assert solve(DUEL).value == Fraction(-1, 14)


def test_a_saddle_is_played_purely() -> None:
    assert solve(((3, 1, 4), (2, 0, -1))) == ((1, 0), (0, 1, 0), 1)


def game(payoff: tuple[tuple[float, ...], ...] = DUEL) -> Game:
    music = tuple((Token((60 + i,), 0.75),) for i in range(6))
    return Game(("x", "y"), payoff, Constant(2.0), music)


def test_both_play_by_the_best_chances_and_a_turn_is_worth_its_value() -> None:
    turns = game().turns(context(80_000.0))
    solution = solve(DUEL)
    for played, strategy in ((turns.first, solution.first), (turns.second, solution.second)):
        counts = np.bincount(played, minlength=6)
        assert of_counts(counts, [float(x) for x in strategy]) > ALARM
        assert of_counts(counts, [1 / 6] * 6) < ALARM
        assert of_counts(counts, [float(x) * (1.1 if i == 0 else 1.0) for i, x in enumerate(strategy)]) < ALARM
    won = np.array(DUEL)[turns.first, turns.second]
    assert of_count(won.sum(), -len(won) / 14, len(won) * won.var()) > ALARM
    assert of_count(won.sum(), 0.0, len(won) * won.var()) < ALARM


def test_what_is_never_right_is_never_played() -> None:
    turns = game(((3, 1, 4), (2, 0, -1))).turns(context(2_000.0))
    assert set(turns.first) == {0}
    assert set(turns.second) == {1}


def test_a_tactic_goes_round_and_is_cut_with_its_turn() -> None:
    frame = Frame(context(8.0), None, Constant(0), Constant(127), np.ones(128, dtype=bool), 0, (), None, "y")
    events = game().play(frame)
    assert events.onset.tolist() == [turn + at for turn in (0.0, 2.0, 4.0, 6.0) for at in (0.0, 0.75, 1.5)]
    assert events.duration.tolist() == [0.75, 0.75, 0.5] * 4
    assert events.pitch[::3].tolist() == (60.0 + game().turns(frame.shared).second).tolist()
