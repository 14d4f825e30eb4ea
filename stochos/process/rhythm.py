"""Somebody else's rhythm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.passage import Token
from stochos.process.value import Context, Floats, Quantity, parameter


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The rhythm of a piece of music, without its notes: over and over.

    of  what is listened to: notes begin, rests pass
    """

    of: tuple[Token, ...] = parameter(Quantity.RHYTHM, "music whose rhythm it takes")

    def onsets(self, context: Context, count: int | None) -> Floats:
        """Onsets in quarter notes, rising, in [0, context.duration); at most `count`."""
        lengths = np.array([token.length for token in self.of], dtype=np.float64)
        whole = float(lengths.sum())
        if whole <= 0.0:
            return np.empty(0)
        sounds = np.array([bool(token.pitches) for token in self.of])
        once = (np.cumsum(lengths) - lengths)[sounds]
        times = np.arange(np.ceil(context.duration / whole))
        found: Floats = (times[:, None] * whole + once).ravel()
        return found[found < context.duration][:count]
