"""Markov chains: states, and what follows them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

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

    def row(self, memory: Memory) -> Row | None:
        """What may follow a run of states, no longer than the order; None where the chain does not say."""
        return self.rows[len(memory)].get(memory)

    def nearest(self, memory: Memory) -> Memory | None:
        """The run of states most like another one that something follows: its youngest state counts first."""

        def unlike(other: Memory) -> list[tuple[float, float]]:
            return [distance(self.states[a], self.states[b]) for a, b in zip(other[::-1], memory[::-1], strict=True)]

        return min(self.rows[len(memory)], key=unlike, default=None)

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


def distance(one: Token, other: Token) -> tuple[float, float]:
    """How far two states lie apart: in number or lowest pitch, then in length; a rest is infinitely far from a note."""
    a, b = (_said(token) for token in (one, other))
    apart = 0.0 if a == b else math.inf if a is None or b is None else abs(a - b)
    return apart, abs(one.length - other.length)


def _said(token: Token) -> float | None:
    told = token.number if token.step is None else token.step
    return told if told is not None else token.pitches[0] if token.pitches else None


class Counts(NamedTuple):
    """What was heard to follow what.

    states  each once, as they came
    tables  by order 0, 1, …: states gone by -> how often each state followed
    """

    states: tuple[Token, ...]
    tables: tuple[dict[Memory, dict[int, float]], ...]

    def chain(self) -> Chain:
        """The chain of as large chances."""
        return Chain(self.states, tuple({memory: _shares(row) for memory, row in t.items()} for t in self.tables))


def count(pieces: Iterable[tuple[Sequence[Token], bool]], order: int) -> Counts:
    """Count what follows what in some pieces of music, for orders 0 to `order`, in one pass.

    pieces  tokens, at least one; and whether the end leads on to the beginning, so that every state leads somewhere
    """
    index: dict[Token, int] = {}
    tables: tuple[dict[Memory, dict[int, float]], ...] = tuple({} for _ in range(order + 1))
    for tokens, wrapped in pieces:
        heard = [index.setdefault(token, len(index)) for token in tokens]
        lead = [heard[i % len(heard)] for i in range(-order, 0)] if wrapped else []
        run = (*lead, *heard)
        for i in range(len(lead), len(run)):
            state = run[i]
            for depth in range(min(order, i) + 1):
                row = tables[depth].setdefault(run[i - depth : i], {})
                row[state] = row.get(state, 0.0) + 1.0
    return Counts(tuple(index), tables)


def learn(tokens: Sequence[Token], order: int, *, wrapped: bool = False) -> Chain:
    """The chain of what follows what in a piece of music of at least one token, for orders 0 to `order`."""
    return count([(tokens, wrapped)], order).chain()


def end_of(tokens: Sequence[Token], order: int) -> tuple[Token, ...]:
    """The last states of a piece of music, as few as it takes for nothing to have followed them, at most `order`."""
    for depth in range(1, min(order, len(tokens)) + 1):
        end = tuple(tokens[-depth:])
        if not any(tuple(tokens[i : i + depth]) == end for i in range(len(tokens) - depth)):
            return end
    return ()


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
