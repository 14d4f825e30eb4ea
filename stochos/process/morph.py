"""Chains on their way into other chains: `chain: $calm -> $storm`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stochos.process.chain import Chain, Memory
from stochos.process.distribution import Row
from stochos.process.passage import Token
from stochos.process.value import curved


@dataclass(frozen=True, slots=True)
class Morph:
    """Chains that a passage moves through, row by row.

    places  where each is reached, 0..1, rising; the first is 0 and the last 1
    chains  as many, over the same states
    curves  the curve that leads to each (the first is unused): "", "sine" or "step"
    """

    MOVES: ClassVar[bool] = True

    places: tuple[float, ...]
    chains: tuple[Chain, ...]
    curves: tuple[str, ...]

    @classmethod
    def between(cls, places: Sequence[float], chains: Sequence[Chain], curves: Sequence[str]) -> Morph:
        """A way through chains that may have different states."""
        return cls(tuple(places), _aligned(chains), tuple(curves))

    @property
    def states(self) -> tuple[Token, ...]:
        """Those of all chains."""
        return self.chains[0].states

    @property
    def order(self) -> int:
        """The most states that any chain can look back."""
        return self.chains[0].order

    def at(self, place: float) -> Mixed:
        """The chain at a place."""
        leg = min(max(bisect_right(self.places, place) - 1, 0), len(self.places) - 2)
        start, end = self.places[leg : leg + 2]
        share = np.array([min((place - start) / (end - start), 1.0)])
        reached = float(curved(share, self.curves[leg + 1], np.zeros(1), np.ones(1))[0])
        weighed = zip(self.chains[leg : leg + 2], (1.0 - reached, reached), strict=True)
        parts = [(chain, weight) for chain, weight in weighed if weight > 0.0]
        return Mixed(tuple(chain for chain, _ in parts), tuple(weight for _, weight in parts))


@dataclass(frozen=True, slots=True)
class Mixed:
    """The weighted mean of chains over the same states, row by row.

    Each chain gives the row of its longest memory; one that does not know the last state stands aside.
    """

    chains: tuple[Chain, ...]
    weights: tuple[float, ...]

    @property
    def states(self) -> tuple[Token, ...]:
        """Those of all chains."""
        return self.chains[0].states

    @property
    def order(self) -> int:
        """The most states that any chain can look back."""
        return self.chains[0].order

    def row(self, memory: Memory) -> Row | None:
        """What may follow a run of states; None where no chain knows the last of them."""
        given = [(_longest(chain, memory), weight) for chain, weight in zip(self.chains, self.weights, strict=True)]
        known = [(row, weight) for row, weight in given if row is not None]
        total = sum(weight for _, weight in known)
        chances: dict[int, float] = {}
        for row, weight in known:
            for state, chance in zip(*row, strict=True):
                chances[state] = chances.get(state, 0.0) + chance * weight / total
        return (tuple(chances), tuple(chances.values())) if known else None

    def nearest(self, memory: Memory) -> Memory | None:
        """The run of states most like the end of another one that something follows, in the heaviest chain."""
        heaviest = self.chains[max(range(len(self.chains)), key=self.weights.__getitem__)]
        ends = (heaviest.nearest(memory[len(memory) - depth :]) for depth in range(len(memory), 0, -1))
        return next((end for end in ends if end is not None), None)


def _longest(chain: Chain, memory: Memory) -> Row | None:
    """The row of the longest end of a memory that a chain has one for; the empty end counts only for itself."""
    for depth in range(min(len(memory), chain.order), 0 if memory else -1, -1):
        row = chain.row(memory[len(memory) - depth :])
        if row is not None:
            return row
    return None


def _aligned(chains: Sequence[Chain]) -> tuple[Chain, ...]:
    """The chains over the states of all of them, and as deep as the deepest."""
    order = max(chain.order for chain in chains)
    index: dict[Token, int] = {}
    for chain in chains:
        for state in chain.states:
            index.setdefault(state, len(index))
    return tuple(_moved(chain, index, order) for chain in chains)


def _moved(chain: Chain, index: dict[Token, int], order: int) -> Chain:
    """A chain with the states of an index; it knows nothing of runs longer than its own."""
    new = [index[state] for state in chain.states]
    rows: list[dict[Memory, Row]] = [{} for _ in range(order + 1)]
    for table, moved in zip(chain.rows, rows, strict=False):
        for memory, (states, chances) in table.items():
            moved[tuple(new[i] for i in memory)] = tuple(new[i] for i in states), chances
    return Chain(tuple(index), tuple(rows))
