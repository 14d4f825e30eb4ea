"""Regular time."""

from __future__ import annotations

from dataclasses import dataclass

from stochos.process.value import Context, Floats, Quantity, Value, parameter


@dataclass(frozen=True, slots=True)
class Pulse:
    """One onset after another at given distances: a clock, or with a list a rhythm.

    every  from one onset to the next, quarter notes, > 0
    """

    every: Value = parameter(Quantity.LENGTH, "from onset to onset", above=0.0)

    def onsets(self, context: Context, count: int | None) -> Floats:
        """Onsets in quarter notes, rising, in [0, context.duration), the first at 0; at most `count`."""
        raise NotImplementedError
