import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stochos.process import stationary as module
from stochos.process.chain import Chain, learn
from stochos.process.passage import Token
from stochos.process.stationary import long_run


def of_matrix(matrix: np.ndarray) -> Chain:
    """The chain of a row-stochastic matrix."""
    states = [Token((60 + i,), 1.0) for i in range(len(matrix))]
    return Chain.written([((a,), list(zip(states, row, strict=True))) for a, row in zip(states, matrix, strict=True)])


def eigenvector(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eig(matrix.T)
    found = np.real(vectors[:, np.argmin(abs(values - 1.0))])
    return found / found.sum()


ALPHA = np.array([[0.2, 0.8], [0.8, 0.2]])
BETA = np.array([[0.85, 0.15], [0.4, 0.6]])


def test_xenakis_matrices() -> None:
    """Formalized Music, ch. III: the mean entropy of (beta) is 0.708 bit; (alpha) is even, and 0.722 bit."""
    assert long_run(of_matrix(ALPHA)).shares == pytest.approx((0.5, 0.5))
    assert long_run(of_matrix(BETA)).shares == pytest.approx((0.4 / 0.55, 0.15 / 0.55))
    assert long_run(of_matrix(BETA)).entropy == pytest.approx(0.708, abs=5e-4)
    assert long_run(of_matrix(ALPHA)).entropy == pytest.approx(0.722, abs=5e-4)


@settings(max_examples=40)
@given(st.integers(2, 9), st.integers(0, 10**6))
def test_the_stationary_law_is_the_eigenvector(size: int, seed: int) -> None:
    matrix = np.random.default_rng(seed).dirichlet(np.full(size, 0.5), size) + 1e-6
    matrix /= matrix.sum(axis=1, keepdims=True)
    shares = eigenvector(matrix)
    bits = -np.sum(shares[:, None] * matrix * np.log2(matrix))
    chain = of_matrix(matrix)
    assert long_run(chain).shares == pytest.approx(shares, abs=1e-7)
    assert long_run(chain).entropy == pytest.approx(bits, abs=1e-6)


def test_large_chains_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    tune = tuple(Token((int(pitch),), 1.0) for pitch in np.random.default_rng(3).integers(60, 66, 300))
    chain = learn(tune, 2)
    squared = long_run(chain).shares, long_run(chain).entropy
    monkeypatch.setattr(module, "_SMALL", 0)
    assert long_run(chain).shares == pytest.approx(squared[0], abs=1e-9)
    assert long_run(chain).entropy == pytest.approx(squared[1], abs=1e-9)


def test_a_cycle_settles_and_leaves_nothing_open() -> None:
    chain = of_matrix(np.roll(np.eye(5), 1, axis=1))
    assert long_run(chain).shares == pytest.approx([0.2] * 5)
    assert long_run(chain).entropy == 0.0


def test_an_absorbing_state_takes_all() -> None:
    chain = of_matrix(np.array([[0.5, 0.5], [0.0, 1.0]]))
    assert long_run(chain).shares == pytest.approx((0.0, 1.0))


def test_two_islands_share_as_walks_begin() -> None:
    """A walk begins in each of three states as likely: two of them lead to one island."""
    chain = of_matrix(np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    assert long_run(chain).shares == pytest.approx((0.0, 2 / 3, 1 / 3))


def test_a_dead_end_begins_anew() -> None:
    """a b c, then any: the walk on (a, b, c, any) has an exact law."""
    chain = learn(tuple(Token((pitch,), 1.0) for pitch in (60, 62, 64)), 1)
    after = np.array([[0, 1, 0], [0, 0, 1], [1 / 3, 1 / 3, 1 / 3]])
    shares = eigenvector(after)
    assert long_run(chain).shares == pytest.approx(shares)
    assert long_run(chain).entropy == pytest.approx(shares[2] * math.log2(3))


def test_more_memory_leaves_less_open() -> None:
    tune = tuple(Token((60 + p,), 1.0) for p in (0, 0, 1, 1) * 9)
    assert long_run(learn(tune, 0)).entropy == pytest.approx(1.0)
    assert 0.9 < long_run(learn(tune, 1, wrapped=True)).entropy <= 1.0
    assert long_run(learn(tune, 2, wrapped=True)).entropy == 0.0
