"""Notes scattered in time and pitch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stochos.process.passage import Events, Frame, OnsetProcess
from stochos.process.value import Floats, Quantity, Span, Value, parameter

LONGEST = 1.0
"""Quarter notes: no note lasts longer where the score does not say how long."""

SHORTEST = 1e-4
"""Quarter notes: a tick, about."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """One process says when, others say what: a mass of points whose features are its laws.

    onsets  when notes start
    pitch   MIDI numbers; None: any pitch of the scale between the bounds, evenly
    length  quarter notes, > 0; None: up to the next onset, at most a quarter note
    Source: Xenakis, Formalized Music (1992), ch. I.
    """

    onsets: OnsetProcess = parameter(Quantity.ONSETS, "when notes start")
    pitch: Value | None = parameter(Quantity.PITCH, "their pitches; by default anything in range", default=None)
    length: Value | None = parameter(Quantity.LENGTH, "their lengths; by default to the next", default=None, above=0.0)

    def play(self, frame: Frame) -> Events:
        """The notes, all within the frame; lengths drawn at or below 0 are as short as can be."""
        context = frame.context
        onset = self.onsets.onsets(context.at("onsets"), frame.count)
        places = onset / context.duration
        if self.length is None:
            length = np.minimum(np.diff(onset, append=context.duration), LONGEST)
        else:
            length = self.length.sampler(context.at("length"))(places)
        length = np.minimum(np.maximum(length, SHORTEST), context.duration - onset)
        return Events(onset, length, self._pitches(frame, places), None)

    def quarters(self, count: int) -> float | None:
        """How long `count` notes last, where the onsets are regular; None: chance decides."""
        certain = getattr(self.onsets, "quarters", None)
        lasting: float | None = certain(count) if certain else None
        return lasting

    def _pitches(self, frame: Frame, places: Floats) -> Floats:
        pitch, context = self.pitch or Span(frame.low, frame.high), frame.context.at("pitch")
        return frame.by_scale(places, lambda allowed: pitch.sampler(replace(context, allowed=allowed))(places))
