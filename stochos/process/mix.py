"""Several processes foretell, and the next event is drawn from all they say."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any, Protocol

import numpy as np

from stochos.process.certainty import each, uniforms
from stochos.process.distribution import Foreteller
from stochos.process.foretelling import FIRST, HOLD, notes_of, pitches_at, steps_in
from stochos.process.passage import Events, Frame, Token
from stochos.process.value import Constant, Quantity, Value, parameter


class Foretelling(Protocol):
    """A process that can say what it would play next."""

    def foreteller(self, frame: Frame, primer: tuple[Token, ...], name: str) -> Foreteller:
        """It, about to go on from a primer; its quantities are drawn under `name`."""


@dataclass(frozen=True, slots=True)
class Mix:
    """Chains and networks improvise one melody together: at each sixteenth their chances are averaged.

    of       who foretells
    weights  how much each counts, >= 0; None: all alike. Who cannot go on does not count
    primer   what they go on from; None: what the part has just played; empty: nothing
    Source: mixtures of experts; Jacobs, Jordan, Nowlan and Hinton, Neural Computation 3 (1991).
    """

    of: tuple[Foretelling, ...] = parameter(Quantity.FORETELLERS, "chains and networks")
    weights: tuple[Value, ...] | None = parameter(Quantity.NUMBERS, "how much each counts", default=None, at_least=0.0)
    primer: tuple[Token, ...] | None = parameter(Quantity.PRIMER, "what they go on from", default=None)

    def flaw(self, part: str) -> tuple[str, str] | None:
        """The argument that does not fit the others, and why."""
        chains = [chain for process in self.of if (chain := getattr(process, "chain", None)) is not None]
        if any(state.step is not None for chain in chains for state in chain.states):
            return "of", "a chain of intervals cannot be mixed: write its states as pitches"
        if self.weights is None:
            return None
        if len(self.weights) != len(self.of):
            return "weights", f"there are {len(self.of)} processes and {len(self.weights)} weights"
        if all(weight == Constant(0.0) for weight in self.weights):
            return "weights", "one weight has to be above 0"
        return None

    def play(self, frame: Frame) -> Events:
        """The melody, all within the frame."""
        context = frame.context
        primer = frame.before if self.primer is None else self.primer
        tellers = [process.foreteller(frame, primer, f"of.{i}") for i, process in enumerate(self.of)]
        weights = [
            each(w, context.at(f"weights.{i}")) for i, w in enumerate(self.weights or [Constant(1.0)] * len(tellers))
        ]
        steps, most = steps_in(context.duration), inf if frame.count is None else frame.count
        pitches = np.broadcast_to(pitches_at(frame, np.arange(steps) / max(steps, 1)), (steps, 128))
        permitted = np.pad(pitches, ((0, 0), (2, 0)), constant_values=True)  # to hold and to end always are
        chance = uniforms(context.rng())
        events: list[int] = []
        started = 0
        while len(events) < steps and started <= most:
            place = len(events) / steps
            said = np.array([teller.chances(place, permitted[len(events)]) for teller in tellers])
            counted = np.array([weight(place) for weight in weights]) * (said.sum(axis=1) > 0.0)
            event = _drawn(counted @ said, next(chance))
            for teller in tellers:
                teller.hear(event)
            events.append(event)
            started += event >= FIRST
        onset, duration, pitch = np.array(notes_of(events), dtype=np.float64).reshape(-1, 3).T
        kept = slice(None if frame.count is None else frame.count)
        return Events(onset[kept], np.minimum(duration, context.duration - onset)[kept], pitch[kept], None)


def _drawn(chances: Any, uniform: float) -> int:
    """An event by its chances, [130], of any sum; where nothing has any, what sounds goes on."""
    edges = np.cumsum(chances)
    if edges[-1] <= 0.0:
        return HOLD
    index = int(np.searchsorted(edges, uniform * edges[-1], side="right"))
    return min(index, int(np.flatnonzero(chances)[-1]))
