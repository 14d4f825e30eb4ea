"""Analogique: chains that choose each other's matrices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np

from stochos.process.joint import ByState, alternatives, is_stochastic, layered, sounded
from stochos.process.passage import Events, Frame
from stochos.process.pulse import grid
from stochos.process.value import ByName, Context, Floats, Quantity, Sequence, Value, parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

Matrix: TypeAlias = tuple[tuple[float, ...], ...]

ALPHA: Matrix = ((0.2, 0.8), (0.8, 0.2))
BETA: Matrix = ((0.85, 0.15), (0.4, 0.6))


STATES = ("low", "high")


@dataclass(frozen=True, slots=True)
class Couple:
    """Parts with two states each, low and high, that push each other about: where one stands says how another moves.

    At each step a part goes by one of two matrices, and every part that it hears proposes which, on average.
    every     from step to step, quarter notes, > 0
    alpha, beta  the two matrices: a row for each state that is left, a column for each that is reached
    coupling  a row for each part, a column for each that it hears: above 0 its low state proposes alpha and its high
              one beta, below 0 the other way round, 0 is deaf; the number is the proposal's weight. A part that hears
              nobody goes by alpha. By default all others are heard alike
    density, pitch, length, velocity  as in a cloud; a list of two, or `{low: …, high: …}`, says one for each state
    Source: Xenakis, Formalized Music (1992), ch. II and III: Analogique A and B.
    """

    JOINT: ClassVar = True

    parts: tuple[str, ...] = parameter(Quantity.PARTS, "who plays")
    every: Value = parameter(Quantity.LENGTH, "from step to step", above=0.0)
    density: Value | ByName = parameter(
        Quantity.RATE, "onsets; a list of two: in each state", at_least=0.0, by_state=True
    )
    pitch: Value | ByName | None = parameter(
        Quantity.PITCH, "pitches; a list of two: in each state", default=None, by_state=True
    )
    length: Value | ByName | None = parameter(
        Quantity.LENGTH, "lengths; a list of two: in each state", default=None, above=0.0, by_state=True
    )
    velocity: Value | ByName | None = parameter(
        Quantity.VELOCITY, "1..127 or dynamics; a list of two: in each state", default=None, by_state=True
    )
    coupling: Matrix = parameter(Quantity.MATRIX, "who hears whom, and how", default=())
    alpha: Matrix = parameter(Quantity.MATRIX, "one matrix of chances", default=ALPHA)
    beta: Matrix = parameter(Quantity.MATRIX, "the other", default=BETA)

    def flaw(self, part: str) -> tuple[str, str] | None:
        """The argument that does not fit the others, and why."""
        number = len(self.parts)
        for name, matrix in (("alpha", self.alpha), ("beta", self.beta)):
            if not is_stochastic(matrix, 2):
                return name, f"`{name}` has two rows of two chances, and each row, the state that is left, sums to 1"
        if self.coupling and (len(self.coupling), len(self.coupling[0])) != (number, number):
            return "coupling", f"`coupling` has a row and a column for each of the {number} parts"
        for name in ("density", "pitch", "length", "velocity"):
            value = getattr(self, name)
            if isinstance(value, Sequence) and len(value.items) != len(STATES):
                return name, f"a list for `{name}` says two things, one for each state"
            if isinstance(value, ByName) and (flaw := value.flaw(STATES)):
                return name, flaw
        return None

    def play(self, frame: Frame) -> Events:
        """Clouds by the part's own states."""
        duration = frame.context.duration
        points = grid(self.every, frame.shared.at("every"), duration)
        states = self.states(frame.shared, len(points))[:, self.parts.index(frame.part)].astype(np.intp)
        edges = np.append(points, duration)
        densities, context = alternatives(self.density, STATES), frame.context.at("onsets")
        low, high = (
            layered(densities[state % len(densities)], context.at(f"state {state}"), np.equal(states, state) * 1, edges)
            for state in (0, 1)
        )
        onsets = np.sort(np.concatenate((low, high)))[: frame.count]
        pitch, length, velocity = (
            None if value is None else ByState(alternatives(value, STATES), edges / duration, states)
            if isinstance(value, Sequence | ByName) else value
            for value in (self.pitch, self.length, self.velocity)
        )  # fmt: skip
        events = sounded(frame, onsets, pitch, length)
        if velocity is None:
            return events
        return events._replace(velocity=velocity.sampler(frame.context.at("velocity"))(onsets / duration))

    def states(self, context: Context, steps: int) -> NDArray[np.bool_]:
        """Which parts are high at each step, [steps, parts]; the first step is even odds."""
        draws = np.stack([context.at(f"states.{part}").rng().random(steps) for part in self.parts], axis=1)
        found = np.empty(draws.shape, dtype=np.bool_)
        known: dict[bytes, Floats] = {}
        chances = np.full(len(self.parts), 0.5)
        for i in range(steps):
            found[i] = now = draws[i] < chances
            key = now.tobytes()
            if key not in known:
                known[key] = self.rises(now)
            chances = known[key]
        return found

    def rises(self, states: Iterable[bool]) -> Floats:
        """The chance of each part to be high next, where all stand so now."""
        now = np.array(states, dtype=np.intp)
        number = len(now)
        hears = np.array(self.coupling) if self.coupling else 1.0 - np.eye(number)
        weights, deaf = np.abs(hears), ~hears.any(axis=1)
        weights[deaf], hears[deaf] = 1.0, np.where(now == 0, 1.0, -1.0)
        proposed = np.where((now == 0) == (hears > 0.0), 0, 1)
        matrices = np.array([self.alpha, self.beta])
        chances: Floats = (weights * matrices[proposed, now[:, None], 1]).sum(axis=1) / weights.sum(axis=1)
        return chances

    def screens(self) -> Floats:
        """The chain that all parts together are: from each of their joint states (a row) to each, 00…0 to 11…1."""
        joint = np.array(list(product((0, 1), repeat=len(self.parts))))
        rises = np.stack([self.rises(now) for now in joint])
        chances: Floats = np.where(joint[None] == 1, rises[:, None], 1.0 - rises[:, None]).prod(axis=2)
        return chances
