"""A walk through a chain: where it stands, and the next step."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeAlias

from stochos.process.chain import Chain, Memory
from stochos.process.distribution import Row, cumulated, draw, permit, temper
from stochos.process.morph import Mixed
from stochos.process.passage import Token

Edges: TypeAlias = tuple[tuple[int, ...], list[float]]
"""States, and the chance of each or one before it."""

_MOST_KEPT = 100_000


class Walk:
    """A place in a chain.

    order    how many states back it looks now
    states   how many there are
    likens   where nothing followed what came last, it goes on as after what is most like it; else memory shortens
    """

    def __init__(self, chain: Chain | Mixed, before: Sequence[int] = (), *, likens: bool = False) -> None:
        self.order = chain.order
        self.likens = likens
        self.states = len(chain.states)
        self._chain = chain
        self._deepest = chain.order
        self._gone = tuple(before)[-chain.order :] if chain.order else ()
        self._kept: dict[Memory, Edges] = {}
        self._kept_by: dict[Hashable, dict[Memory, Edges]] = {}
        self._temperature: float = -1.0
        self._mark: Hashable = None
        self._room = _MOST_KEPT

    def enter(self, chain: Chain | Mixed) -> None:
        """Go on in another chain over the same states, that looks no farther back."""
        if chain is not self._chain:
            self._chain = chain
            self._forget_edges()

    def rows(self) -> Iterator[Row]:
        """What may come next, by the longest memory first; a dead end has no row for it."""
        gone = self._memory()
        row = self._chain.row(gone)
        if row is None and self.likens:
            like = self._chain.nearest(gone)
            row = self._chain.row(like) if like is not None else None
        if row is not None:
            yield row
        for depth in range(len(gone) - 1, -1, -1):
            row = self._chain.row(gone[len(gone) - depth :])
            if row is not None:
                yield row

    def is_at_dead_end(self) -> bool:
        """Whether nothing is known to follow what came last."""
        return self._chain.row(self._memory()) is None

    def begin_anew(self) -> None:
        """Forget all that came."""
        self._gone = ()

    def hear(self, state: int) -> None:
        """What did come."""
        if self._deepest:
            self._gone = (*self._gone, state)[-self._deepest :]

    def step(self, temperature: float, permitted: Sequence[bool] | None, mark: Hashable, uniform: float) -> int:
        """Go on to a next state.

        permitted  by state, or None: all. Where the longest memory knows no such state a shorter one is asked, and
                   where none does, all are permitted
        mark       names `permitted`
        uniform    a number in [0, 1)
        """
        if temperature != self._temperature or mark != self._mark:
            self._temperature, self._mark = temperature, mark
            self._kept = self._kept_by.setdefault((temperature, mark), {})
        gone = self._gone if self.order == self._deepest else self._memory()
        edges = self._kept.get(gone)
        if edges is None:
            edges = self._keep(gone, self._edges(temperature, permitted))
        state = draw(*edges, uniform)
        if self._deepest:
            self._gone = (*self._gone[1 - self._deepest or len(self._gone) :], state)
        return state

    def _keep(self, gone: Memory, edges: Edges) -> Edges:
        """Remember edges, within limits."""
        self._room -= 1
        if self._room < 0:
            self._forget_edges()
        else:
            self._kept[gone] = edges
        return edges

    def _forget_edges(self) -> None:
        self._kept, self._kept_by, self._room = {}, {}, _MOST_KEPT
        self._temperature = -1.0

    def _memory(self) -> Memory:
        """As much of what came as it looks back on."""
        return self._gone[-self.order :] if self.order else ()

    def _edges(self, temperature: float, permitted: Sequence[bool] | None) -> Edges:
        """The longest memory that knows a permitted state, bent and cumulated."""
        rows = self.rows()
        row = next(rows)
        if permitted is not None:
            fitting = (permit(each, permitted) for each in (row, *rows))
            row = next((each for each in fitting if each is not None), row)
        states, chances = row
        return cumulated((states, temper(chances, temperature)))


def recognised(tokens: Iterable[Token], states: Sequence[Token]) -> list[int]:
    """The states that the last of some tokens are, oldest first, back to the first token that is none.

    A token is the state of its pitches, or its step, that is nearest in length.
    """
    by_sound: dict[tuple[tuple[int, ...], float | None], list[int]] = {}
    for i, state in enumerate(states):
        by_sound.setdefault((state.pitches, state.step), []).append(i)
    heard: list[int] = []
    for token in tokens:
        alike = by_sound.get((token.pitches, token.step))
        if alike is None:
            heard.clear()
        else:
            heard.append(min(alike, key=lambda i: abs(states[i].length - token.length)))
    return heard
