"""The course of a walk through a chain, from place to place of a passage."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from stochos.process.morph import Morph
from stochos.process.walk import Walk

Permitted: TypeAlias = tuple[Sequence[bool] | None, Hashable]
"""Which states may come, by index (None: all), and a name for that."""

At: TypeAlias = Callable[[float], float]
"""A number at each place 0..1."""


class Course:
    """Draws state after state; each is asked for at its place 0..1.

    morph        chains to pass through, or None: the walk's own
    order, temperature, permitted   at each place
    least, most  how often a state comes in succession; None: as it falls
    start        index of the state to begin with, wherever it does; None: as the chain says
    restarts     a dead end leads to a new beginning
    chances, coins  numbers in [0, 1)
    """

    def __init__(  # noqa: PLR0913  all that a course hangs on
        self, walk: Walk, morph: Morph | None, *, order: At, temperature: At, permitted: Callable[[float], Permitted],
        least: At | None, most: At | None, start: Callable[[float], int] | None, restarts: bool,
        chances: Iterator[float], coins: Iterator[float],
    ) -> None:  # fmt: skip
        self._walk, self._morph = walk, morph
        self._order, self._temperature, self._permitted = order, temperature, permitted
        self._least, self._most = least, most
        self._start, self._restarts = start, restarts
        self._chances, self._coins = chances, coins
        self._begins = start is not None
        self._last, self._run = -1, 0
        self._is_plain = least is None and most is None and morph is None and not restarts
        self._without: dict[tuple[Hashable, int], list[bool]] = {}

    def __call__(self, place: float) -> int:
        """The next state."""
        permitted = self._permitted(place)
        if self._is_plain and not self._begins:
            return self._next(place, permitted)
        if self._least is not None and 0 < self._run < self._least(place) and _may(self._last, permitted):
            self._walk.hear(self._last)
            self._run += 1
            return self._last
        state = self._next(place, permitted)
        self._run = self._run + 1 if state == self._last else 1
        self._last = state
        return state

    def _next(self, place: float, permitted: Permitted) -> int:
        walk, asked = self._walk, self._order(place)
        if self._morph is not None:
            walk.enter(self._morph.at(place))
        whole = math.floor(asked)
        if self._restarts and not self._begins:
            walk.order = math.ceil(asked)
            if walk.is_at_dead_end():
                walk.begin_anew()
                self._begins = self._start is not None
        if self._begins and self._start is not None:
            self._begins = False
            found = self._start(place)
            walk.hear(found)
            return found
        walk.order = whole + (asked > whole and next(self._coins) < asked - whole)
        if self._most is not None and 0 < self._most(place) <= self._run:
            permitted = self._other(permitted)
        return walk.step(self._temperature(place), *permitted, next(self._chances))

    def _other(self, permitted: Permitted) -> Permitted:
        """Without the last state."""
        flags, mark = permitted
        key = mark, self._last
        if key not in self._without:
            states = np.ones(self._walk.states, dtype=bool) if flags is None else np.array(flags)
            states[self._last] = False
            self._without[key] = states.tolist()
        return self._without[key], key


def _may(state: int, permitted: Permitted) -> bool:
    return permitted[0] is None or permitted[0][state]
