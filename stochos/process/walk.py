"""A walk through a chain: where it stands, and the next step."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeAlias

from stochos.process.chain import Chain
from stochos.process.distribution import Row, cumulated, draw, permit, temper
from stochos.process.passage import Token

Edges: TypeAlias = tuple[tuple[int, ...], list[float]]
"""States, and the chance of each or one before it."""

_MOST_KEPT = 100_000


class Walk:
    """A place in a chain.

    order  how many states back it looks now
    """

    def __init__(self, chain: Chain, before: Sequence[int] = ()) -> None:
        self.order = chain.order
        self._chain = chain
        self._gone = tuple(before)[-chain.order :] if chain.order else ()
        self._kept: dict[Hashable, Edges] = {}

    def rows(self) -> Iterator[Row]:
        """What may come next, by the longest memory first; a dead end has no row for it."""
        return (self._chain.rows[len(memory)][memory] for memory in self._memories())

    def hear(self, state: int) -> None:
        """What did come."""
        if self._chain.order:
            self._gone = (*self._gone, state)[-self._chain.order :]

    def step(self, temperature: float, permitted: Sequence[bool] | None, mark: Hashable, uniform: float) -> int:
        """Go on to a next state.

        permitted  by state, or None: all. Where the longest memory knows no such state a shorter one is asked, and
                   where none does, all are permitted
        mark       names `permitted`
        uniform    a number in [0, 1)
        """
        key = (self._gone[-self.order :] if self.order else (), temperature, mark)
        edges = self._kept.get(key)
        if edges is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            edges = self._kept[key] = self._edges(temperature, permitted)
        state = draw(*edges, uniform)
        self.hear(state)
        return state

    def _edges(self, temperature: float, permitted: Sequence[bool] | None) -> Edges:
        """The longest memory that knows a permitted state, bent and cumulated."""
        rows = self.rows()
        row = next(rows)
        if permitted is not None:
            fitting = (permit(each, permitted) for each in (row, *rows))
            row = next((each for each in fitting if each is not None), row)
        states, chances = row
        return cumulated((states, temper(chances, temperature)))

    def _memories(self) -> Iterator[tuple[int, ...]]:
        """Memories that have a row, the longest first; the empty one always has."""
        for depth in range(min(self.order, len(self._gone)), -1, -1):
            memory = self._gone[len(self._gone) - depth :]
            if memory in self._chain.rows[depth]:
                yield memory


def recognised(tokens: Iterable[Token], chain: Chain) -> list[int]:
    """The states that the last of some tokens are, oldest first, back to the first token that is none.

    A token is the state of its pitches that is nearest in length.
    """
    by_pitches: dict[tuple[int, ...], list[int]] = {}
    for i, state in enumerate(chain.states):
        by_pitches.setdefault(state.pitches, []).append(i)
    heard: list[int] = []
    for token in tokens:
        alike = by_pitches.get(token.pitches)
        if alike is None:
            heard.clear()
        else:
            heard.append(min(alike, key=lambda i: abs(chain.states[i].length - token.length)))
    return heard
