from itertools import product

import numpy as np
import pytest
from evidence import ALARM, context, of_counts

from stochos.process.chain import Chain
from stochos.process.hidden import Hidden
from stochos.process.passage import Token
from stochos.process.value import ByName, Constant, Weighted

MOODS = ("calm", "wild", "dark")
MATRIX = np.array([[0.8, 0.15, 0.05], [0.3, 0.6, 0.1], [0.5, 0.0, 0.5]])
SAYS = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.0, 0.5, 0.5]])
PITCHES = (60.0, 64.0, 67.0)
APART = 30
"""Draws so far apart hardly know of each other: the second eigenvalue is 0.62."""


def hidden(matrix: np.ndarray = MATRIX, **said: object) -> Hidden:
    states = {mood: Token((), 0.0, None, mood) for mood in MOODS}
    chain = Chain.written(
        ([states[mood]], list(zip(states.values(), row, strict=True)))
        for mood, row in zip(MOODS, matrix.tolist(), strict=True)
    )
    items = tuple(Weighted(tuple(map(Constant, PITCHES)), tuple(row)) for row in SAYS.tolist())
    return Hidden(chain, ByName(MOODS, items), **said)


def heard(process: Hidden, count: int, seed: int = 20) -> np.ndarray:
    """Numbers 0, 1, 2 of the pitches."""
    return np.searchsorted(PITCHES, process.sampler(context(seed=seed))(np.linspace(0.0, 1.0, count)))


def stationary(matrix: np.ndarray = MATRIX) -> np.ndarray:
    values, vectors = np.linalg.eig(matrix.T)
    vector = np.real(vectors[:, np.argmin(abs(values - 1.0))])
    return vector / vector.sum()


def forward(said: tuple[int, ...], matrix: np.ndarray = MATRIX, says: np.ndarray = SAYS) -> float:
    """How likely a run of pitches is, whatever the moods: Baum's forward algorithm."""
    alpha = stationary(matrix) * says[:, said[0]]
    for pitch in said[1:]:
        alpha = (alpha @ matrix) * says[:, pitch]
    return float(alpha.sum())


def test_the_forward_algorithm_is_the_sum_over_all_moods() -> None:
    for said in product(range(3), repeat=3):
        whole = sum(
            stationary()[a] * SAYS[a, said[0]] * MATRIX[a, b] * SAYS[b, said[1]] * MATRIX[b, c] * SAYS[c, said[2]]
            for a, b, c in product(range(3), repeat=3)
        )
        assert forward(said) == pytest.approx(whole)


def test_pitches_come_as_often_as_the_long_run_of_the_moods_says() -> None:
    found = np.bincount(heard(hidden(), 600_000)[APART::APART], minlength=3)
    assert of_counts(found, stationary() @ SAYS) > ALARM
    assert of_counts(found, np.full(3, 1 / 3) @ SAYS) < ALARM
    off = MATRIX.copy()
    off[0] = (0.7, 0.25, 0.05)
    assert of_counts(found, stationary(off) @ SAYS) < ALARM


def test_runs_of_three_are_as_likely_as_the_forward_algorithm_says() -> None:
    draws = heard(hidden(), 600_000)[APART:]
    whole = draws[: len(draws) // APART * APART].reshape(-1, APART)
    found = np.bincount(whole[:, :3] @ np.array([9, 3, 1]), minlength=27)
    runs = list(product(range(3), repeat=3))
    assert of_counts(found, [forward(run) for run in runs]) > ALARM
    law = stationary() @ SAYS
    assert of_counts(found, [law[a] * law[b] * law[c] for a, b, c in runs]) < ALARM
    one = np.array([[forward((a, b)) for b in range(3)] for a in range(3)])
    chain = one / one.sum(axis=1, keepdims=True)  # a plain chain with the same pairs
    assert of_counts(found, [law[a] * chain[a, b] * chain[b, c] for a, b, c in runs]) < ALARM


def test_a_mood_lasts_as_long_as_every_says() -> None:
    process = hidden(every=Constant(4.0), start="wild")
    mood = process.course(context(400.0))
    found = np.array([mood(place) for place in np.arange(1600) / 1600])
    assert found[0] == 1
    assert (found.reshape(-1, 16) == found[::16, None]).all()
    assert len(set(found.tolist())) == 3
