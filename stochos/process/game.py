"""Duel: a game between two parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from stochos.process.passage import Events, Frame, Token, events_of
from stochos.process.payoffs import Payoff, solve
from stochos.process.pulse import grid
from stochos.process.value import Context, Floats, Quantity, Value, parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 24
"""Most tactics of a player."""


class Turns(NamedTuple):
    """What was played, turn by turn.

    start          quarter notes, the first at 0
    first, second  the tactics of both, from 0
    """

    start: Floats
    first: NDArray[np.intp]
    second: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Game:
    """Two parts play for points: in each turn both choose a tactic, by the chances that the other can do least against.

    payoff   what the first part wins and the second loses: a row for each tactic of the first, a column for each of the
             second's
    every    from turn to turn, quarter notes, > 0
    tactics  what the part that plays has to choose from: round and round for a turn, and cut at its end
    Source: Xenakis, Formalized Music (1992), ch. IV: Duel and Stratégie.
    """

    JOINT: ClassVar = True

    parts: tuple[str, ...] = parameter(Quantity.PARTS, "the two who play")
    payoff: Payoff = parameter(Quantity.MATRIX, "what the first wins: its tactics in rows, the second's in columns")
    every: Value = parameter(Quantity.LENGTH, "from turn to turn", above=0.0)
    tactics: tuple[tuple[Token, ...], ...] = parameter(
        Quantity.TACTICS, "music to choose from, transformed or of a section; `off` is silence"
    )

    def flaw(self, part: str) -> tuple[str, str] | None:
        """The argument that does not fit the others, and why."""
        rows, columns = len(self.payoff), len(self.payoff[0])
        if len(self.parts) != 2:
            return "parts", f"two play a game; there {'is 1' if len(self.parts) == 1 else f'are {len(self.parts)}'}"
        if max(rows, columns) > MOST:
            return "payoff", f"a game has at most {MOST} tactics on each side"
        wanted = rows if part == self.parts[0] else columns
        if part in self.parts and len(self.tactics) != wanted:
            side = "rows" if part == self.parts[0] else "columns"
            return "tactics", f"`payoff` has {wanted} {side}: {part} needs as many tactics, and has {len(self.tactics)}"
        return None

    def play(self, frame: Frame) -> Events:
        """The part's own tactics, turn after turn."""
        duration = frame.context.duration
        turns = self.turns(frame.shared)
        chosen = (turns.first, turns.second)[self.parts.index(frame.part)]
        ends = np.append(turns.start[1:], duration)
        heard = [
            (start, _round(self.tactics[tactic], end - start))
            for start, end, tactic in zip(turns.start, ends, chosen, strict=True)
        ]
        onset = np.concatenate([start + events.onset for start, events in heard])
        length = np.concatenate([events.duration for _, events in heard])
        pitch = np.concatenate([events.pitch for _, events in heard])
        return Events(onset[: frame.count], length[: frame.count], pitch[: frame.count], None)

    def turns(self, context: Context) -> Turns:
        """What both play."""
        start = grid(self.every, context.at("every"), context.duration)
        solution = solve(self.payoff)
        first, second = (
            _drawn(strategy, context.at(f"tactics.{part}").rng().random(len(start)))
            for part, strategy in zip(self.parts, (solution.first, solution.second), strict=True)
        )
        return Turns(start, first, second)


def _drawn(strategy: Sequence[Fraction], uniforms: Floats) -> NDArray[np.intp]:
    """One tactic for each number in [0, 1), never one without a chance."""
    able = np.array([i for i, chance in enumerate(strategy) if chance > 0])
    edges = np.cumsum([float(strategy[i]) for i in able])
    return able[np.minimum(np.searchsorted(edges, uniforms, side="right"), len(able) - 1)]


def _round(tokens: tuple[Token, ...], quarters: float) -> Events:
    """Music round and round, cut after so many quarter notes."""
    whole = sum(token.length for token in tokens)
    return events_of(tokens * (ceil(quarters / whole) if whole > 0.0 else 1), quarters)
