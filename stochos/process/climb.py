"""Chains of intervals: each step is counted from the last pitch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stochos.process.passage import Token
from stochos.process.walls import bounce

MIDDLE = 60.0
"""Middle C: where steps are counted from when nobody says."""


class Climb:
    """Where a walk through states has come to.

    pitch  the last one, MIDI number
    moves  whether any state is a step
    """

    def __init__(self, states: Sequence[Token], start: float = MIDDLE) -> None:
        self.pitch = start
        self.moves = any(state.step is not None for state in states)
        self._states = states

    @property
    def at(self) -> tuple[float, ...]:
        """The last pitch alone."""
        return (self.pitch,)

    def would_be(self, state: int) -> tuple[float, ...]:
        """The pitches that a state would sound now."""
        token = self._states[state]
        return token.pitches if token.step is None else (self.pitch + token.step,)

    def to(self, state: int, low: float, high: float) -> tuple[float, ...]:
        """The pitches that a state sounds; a step beyond the bounds is thrown back."""
        found = self.would_be(state)
        if self._states[state].step is not None:
            found = (bounce(found[0], low, high),)
        if found:
            self.pitch = found[-1]
        return found


def in_steps(tokens: Iterable[Token]) -> tuple[Token, ...]:
    """Music as intervals from note to note, of a chord to its highest; rests stay, the first note is left out."""
    steps: list[Token] = []
    before: int | None = None
    for token in tokens:
        if not token.pitches:
            steps += [Token((), token.length)] if before is not None else []
            continue
        if before is not None:
            steps.append(Token((), token.length, step=float(token.pitches[-1] - before)))
        before = token.pitches[-1]
    return tuple(steps)
