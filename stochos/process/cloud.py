"""Notes scattered in time and pitch."""

from __future__ import annotations

from dataclasses import dataclass

from stochos.process.passage import Events, Frame, OnsetProcess
from stochos.process.value import Quantity, Value, parameter

LONGEST = 1.0
"""Quarter notes: no note lasts longer where the score does not say how long."""


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
        """The notes, all within the frame."""
        raise NotImplementedError
