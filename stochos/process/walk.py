"""A walk through a chain: where it stands, and the next step."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence

from stochos.process.chain import Chain
from stochos.process.distribution import Row, cumulated, draw, permit, temper
from stochos.process.passage import Token

_MOST_KEPT = 100_000


class Walk:
    """A place in a chain.

    order  how many states back it looks now
    """

    def __init__(self, chain: Chain, before: Sequence[int] = ()) -> None:
        self.order = chain.order
        self._chain = chain
        self._gone = tuple(before)[-chain.order :] if chain.order else ()
        self._kept: dict[Hashable, tuple[tuple[int, ...], list[float]] | None] = {}

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
        edges = None
        for memory in self._memories():
            edges = self._edges(memory, temperature, permitted, mark)
            if edges is not None:
                break
        if edges is None:
            edges = self._edges(next(self._memories()), temperature, None, None)
            assert edges is not None
        state = draw(*edges, uniform)
        self.hear(state)
        return state

    def _memories(self) -> Iterator[tuple[int, ...]]:
        """Memories that have a row, the longest first; the empty one always has."""
        for depth in range(min(self.order, len(self._gone)), -1, -1):
            memory = self._gone[len(self._gone) - depth :]
            if memory in self._chain.rows[depth]:
                yield memory

    def _edges(
        self, memory: tuple[int, ...], temperature: float, permitted: Sequence[bool] | None, mark: Hashable
    ) -> tuple[tuple[int, ...], list[float]] | None:
        key = (memory, temperature, mark)
        if key not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            states, chances = self._chain.rows[len(memory)][memory]
            row: Row | None = (states, chances)
            row = permit((states, chances), permitted) if permitted is not None else row
            self._kept[key] = cumulated((row[0], temper(row[1], temperature))) if row else None
        return self._kept[key]


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
