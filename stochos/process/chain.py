"""Markov chains: states, and what follows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from stochos.process.passage import Token

Row: TypeAlias = tuple[tuple[int, ...], tuple[float, ...]]
"""Next states and their probabilities, which sum to 1."""


@dataclass(frozen=True, slots=True)
class Chain:
    """States, and for each run of states what may follow.

    states  each once
    rows    by order 0, 1, …: indexes of the states gone by, oldest first -> what follows
    """

    states: tuple[Token, ...]
    rows: tuple[dict[tuple[int, ...], Row], ...] = field(hash=False)

    @classmethod
    def written(cls, rows: Iterable[tuple[Sequence[Token], Sequence[tuple[Token, float]]]]) -> Chain:
        """The chain of written rows: states gone by, oldest first, and next states with their probabilities."""
        raise NotImplementedError


def learn(tokens: Sequence[Token], order: int, *, wrapped: bool = False) -> Chain:
    """The chain of what follows what in a piece of music, for orders 0 to `order`, counted in one pass.

    wrapped  the end leads on to the beginning, so that every state leads somewhere
    """
    raise NotImplementedError
