"""Call and response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stochos.process.passage import Events, Frame
from stochos.process.value import Constant, Floats, Quantity, Value, Weighted, parameter

OCTAVE = 12.0

STEPS = Weighted(tuple(map(Constant, (-2.0, -1.0, 1.0, 2.0))), (1.0,) * 4)
"""How far a changed note moves where the score does not say, semitones."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Another part's music again, later: as it was, moved, turned upside down, or with some notes changed.

    to         the part that calls, written or generated
    after      how much later, quarter notes, > 0; None: as long as the answer itself, which so answers what was just
               played
    transpose  semitones
    invert     the pitch that stays, MIDI number: intervals are turned upside down; None: they are not
    vary       the chance of each note to be changed
    by         semitones that a changed note moves
    What lies beyond the compass comes in the nearest octave that lies in it.
    """

    HEARS: ClassVar = True

    to: str = parameter(Quantity.PART, "the part that calls")
    after: Value | None = parameter(
        Quantity.LENGTH, "how much later; by default as long as the answer lasts", default=None, above=0.0
    )
    transpose: Value = parameter(Quantity.INTERVAL, "so much higher", default=Constant(0.0))
    invert: Value | None = parameter(Quantity.SAME, "upside down, round this pitch", default=None)
    vary: Value = parameter(
        Quantity.CHANCE, "of each note to be changed", default=Constant(0.0), at_least=0.0, at_most=1.0
    )
    by: Value = parameter(
        Quantity.INTERVAL, "how far a changed note moves; by default one or two semitones", default=STEPS
    )

    def flaw(self, part: str) -> tuple[str, str] | None:
        """The argument that does not fit the others, and why."""
        if self.after is None or isinstance(self.after, Constant):
            return None
        return "after", "an answer comes at one fixed distance: write a constant such as `1/1`"

    def later(self, duration: float) -> float:
        """How much later than its call an answer of a duration comes, quarter notes."""
        return self.after.number if isinstance(self.after, Constant) else duration

    def play(self, frame: Frame) -> Events:
        """The notes that the other part began in the time that is answered; a dynamic is not part of a call."""
        context = frame.context
        assert frame.heard is not None
        call = frame.heard(self.to, self.later(context.duration))
        onset, length, pitch = (column[: frame.count] for column in call[:3])
        places = np.clip(onset / context.duration, 0.0, 1.0)
        if self.invert is not None:
            pitch = 2.0 * self.invert.sampler(context.at("invert"))(places) - pitch
        pitch = pitch + self.transpose.sampler(context.at("transpose"))(places)
        changed = context.at("vary").rng().random(len(places)) < self.vary.sampler(context.at("vary.chance"))(places)
        pitch = pitch + np.where(changed, self.by.sampler(context.at("by"))(places), 0.0)
        low, high = (
            bound.sampler(context.at("compass").at(side))(places)
            for side, bound in (("low", frame.low), ("high", frame.high))
        )
        return Events(onset, np.minimum(length, context.duration - onset), by_octaves(pitch, low, high), None)


def by_octaves(pitches: Floats, low: Floats, high: Floats) -> Floats:
    """Pitches between bounds, moved by as few octaves as it takes; between narrow bounds there may be none."""
    above = OCTAVE * np.ceil(np.maximum(pitches - high, 0.0) / OCTAVE)
    lowered = pitches - above
    return lowered + OCTAVE * np.ceil(np.maximum(low - lowered, 0.0) / OCTAVE)
