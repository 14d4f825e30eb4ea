"""What a chain comes to in the long run: how often each state, and how much is open at a step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from stochos.process.chain import Chain, Memory
from stochos.process.distribution import Row
from stochos.process.value import Floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

Indexes: TypeAlias = "NDArray[np.intp]"

_SMALL = 400
"""Memories up to which a matrix is squared; a larger chain walks on step by step."""
_SQUARINGS = 60
_STEPS = 5_000
_STEADY = 1e-13


class LongRun(NamedTuple):
    """A walk without end, that begins where walks of its chain begin.

    shares   of its steps that it spends in each state; they sum to 1
    entropy  bits that a step leaves open, knowing what came before
    Source: Xenakis, Formalized Music (1992), ch. III; Shannon (1948).
    """

    shares: tuple[float, ...]
    entropy: float


def long_run(chain: Chain) -> LongRun:
    """What a chain comes to."""
    shares, bits = [0.0] * len(chain.states), 0.0
    for (states, chances), weight in _settled(chain):
        for state, chance in zip(states, chances, strict=True):
            if chance > 0.0:
                shares[state] += weight * chance
                bits -= weight * chance * math.log2(chance)
    return LongRun(tuple(shares), bits)


def _settled(chain: Chain) -> list[tuple[Row, float]]:
    """The row of each memory that a walk can have, and the share of steps that are drawn from it."""
    rows, edges = _reached(chain)
    first, second = (np.array([edge[i] for edge in edges], dtype=np.intp) for i in (0, 1))
    chances = np.array([edge[2] for edge in edges])
    shares = (
        _squared(len(rows), first, second, chances)
        if len(rows) <= _SMALL
        else _walked(len(rows), first, second, chances)
    )
    return list(zip(rows, shares.tolist(), strict=True))


def _reached(chain: Chain) -> tuple[list[Row], list[tuple[int, int, float]]]:
    """The rows of the memories that a walk can have, that of its beginning first; and the chances between them."""
    index: dict[Memory, int] = {(): 0}
    waiting: list[Memory] = [()]
    rows: list[Row] = []
    edges: list[tuple[int, int, float]] = []
    for memory in waiting:
        row = chain.row(memory)
        assert row is not None, "waiting memories have rows"
        rows.append(row)
        for state, chance in zip(*row, strict=True):
            following = _known(chain, (*memory, state))
            if chance > 0.0:
                if following not in index:
                    index[following] = len(index)
                    waiting.append(following)
                edges.append((index[memory], index[following], chance))
    return rows, edges


def _known(chain: Chain, gone: Memory) -> Memory:
    """As much of what came as the chain has a row for."""
    ends = (gone[len(gone) - depth :] for depth in range(min(len(gone), chain.order), -1, -1))
    return next(end for end in ends if chain.row(end) is not None)


def _squared(count: int, first: Indexes, second: Indexes, chances: Floats) -> Floats:
    """Where a walk from memory 0 is in the mean of all times: half the time it stands still, so that cycles settle."""
    matrix = np.eye(count) / 2.0
    np.add.at(matrix, (first, second), chances / 2.0)
    for _ in range(_SQUARINGS):
        matrix = matrix @ matrix
        matrix /= matrix.sum(axis=1, keepdims=True)
    shares: Floats = matrix[0]
    return shares


def _walked(count: int, first: Indexes, second: Indexes, chances: Floats) -> Floats:
    """The same, step by step until nothing changes."""
    shares = np.zeros(count)
    shares[0] = 1.0
    for _ in range(_STEPS):
        moved = (shares + np.bincount(second, shares[first] * chances, count)) / 2.0
        if np.abs(moved - shares).sum() < _STEADY:
            break
        shares = moved
    return shares
