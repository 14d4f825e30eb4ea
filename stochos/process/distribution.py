"""What may come next: chances of states, as chains and networks foretell them, bent and drawn from.

A row is (states, chances): indexes of states, and as many chances that sum to 1.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Row: TypeAlias = tuple[tuple[int, ...], tuple[float, ...]]

_COLDEST = 1e-6


class Foreteller(Protocol):
    """Anything that knows what may come next in a melody, sixteenth by sixteenth (events as in `foretelling`)."""

    def chances(self, place: float, permitted: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Chances of each event to come next, [130], at a place 0..1 of the passage.

        They sum to 1, or are all 0 where nothing that is permitted can come.
        permitted  [130]
        """

    def hear(self, event: int) -> None:
        """What did come."""


def temper(chances: Sequence[float], temperature: float) -> tuple[float, ...]:
    """Chances to the power of 1/temperature, so that they sum to 1 again; at 0 only the likeliest are left."""
    if temperature == 1.0:
        return tuple(chances)
    most = max(chances)
    power = 1.0 / max(temperature, _COLDEST)
    bent = [(chance / most) ** power for chance in chances]
    total = sum(bent)
    return tuple(chance / total for chance in bent)


def permit(row: Row, permitted: Sequence[bool]) -> Row | None:
    """Only the states that are permitted, their chances summing to 1 again; None where none has any chance."""
    kept = [(state, chance) for state, chance in zip(*row, strict=True) if permitted[state] and chance > 0.0]
    total = sum(chance for _, chance in kept)
    return (tuple(s for s, _ in kept), tuple(c / total for _, c in kept)) if kept else None


def cumulated(row: Row) -> tuple[tuple[int, ...], list[float]]:
    """The states of a row that have a chance, and the chance of each or one before it."""
    states, chances = row
    if min(chances) <= 0.0:
        states = tuple(state for state, chance in zip(*row, strict=True) if chance > 0.0)
        chances = tuple(chance for chance in chances if chance > 0.0)
    return states, list(accumulate(chances))


def draw(states: tuple[int, ...], edges: list[float], uniform: float) -> int:
    """One state, by a number in [0, 1): the place among the cumulated chances."""
    return states[min(bisect_right(edges, uniform * edges[-1]), len(states) - 1)]
