"""Markov chains: states, and what follows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from stochos.process.distribution import Row
from stochos.process.passage import Token

Memory: TypeAlias = tuple[int, ...]
"""Indexes of the states gone by, oldest first."""


@dataclass(frozen=True, slots=True)
class Chain:
    """States, and for each run of states what may follow.

    states  each once
    rows    by order 0, 1, …: states gone by -> what follows. That of order 0 is where a walk starts anew
    """

    states: tuple[Token, ...]
    rows: tuple[dict[Memory, Row], ...] = field(hash=False)

    @property
    def order(self) -> int:
        """The most states that it can look back."""
        return len(self.rows) - 1

    @classmethod
    def written(cls, rows: Iterable[tuple[Sequence[Token], Sequence[tuple[Token, float]]]]) -> Chain:
        """The chain of written rows: states gone by, oldest first, and next states with their probabilities.

        Shorter memories, where no row is written for them, are the average of the rows that end alike; a walk starts
        at any state that a row leads on from, each as likely.
        """
        index: dict[Token, int] = {}
        found: dict[Memory, Row] = {}
        for origin, targets in rows:
            memory = tuple(index.setdefault(token, len(index)) for token in origin)
            found[memory] = _shares({index.setdefault(token, len(index)): chance for token, chance in targets})
        starts = sorted({memory[-1] for memory in found if memory})
        found.setdefault((), _shares(dict.fromkeys(starts or range(len(index)), 1.0)))
        by_order: list[dict[Memory, Row]] = [{} for _ in range(max(map(len, found)) + 1)]
        for memory, row in found.items():
            by_order[len(memory)][memory] = row
        for shorter, longer in zip(by_order[-2:0:-1], by_order[:1:-1], strict=True):
            for memory, row in _averages(longer).items():
                shorter.setdefault(memory, row)
        return cls(tuple(index), tuple(by_order))


def learn(tokens: Sequence[Token], order: int, *, wrapped: bool = False) -> Chain:
    """The chain of what follows what in a piece of music, for orders 0 to `order`, counted in one pass.

    tokens   at least one
    wrapped  the end leads on to the beginning, so that every state leads somewhere
    """
    index: dict[Token, int] = {}
    heard = [index.setdefault(token, len(index)) for token in tokens]
    lead = [heard[i % len(heard)] for i in range(-order, 0)] if wrapped else []
    run = (*lead, *heard)
    counts: list[dict[Memory, dict[int, float]]] = [{} for _ in range(order + 1)]
    for i in range(len(lead), len(run)):
        state = run[i]
        for depth in range(min(order, i) + 1):
            row = counts[depth].setdefault(run[i - depth : i], {})
            row[state] = row.get(state, 0.0) + 1.0
    return Chain(tuple(index), tuple({memory: _shares(row) for memory, row in table.items()} for table in counts))


def _shares(weights: dict[int, float]) -> Row:
    """Weights as chances that sum to 1."""
    total = sum(weights.values())
    return tuple(weights), tuple(weight / total for weight in weights.values())


def _averages(longer: dict[Memory, Row]) -> dict[Memory, Row]:
    """What follows the younger states alone, whatever the oldest was."""
    sums: dict[Memory, dict[int, float]] = {}
    for memory, (states, chances) in longer.items():
        row = sums.setdefault(memory[1:], {})
        for state, chance in zip(states, chances, strict=True):
            row[state] = row.get(state, 0.0) + chance
    return {memory: _shares(row) for memory, row in sums.items()}
