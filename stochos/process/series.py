"""Twelve-tone rows, and rows of anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Sequence, Value, parameter

FORMS = ("prime", "inversion", "retrograde", "retrograde_inversion")


@dataclass(frozen=True, slots=True)
class Series:
    """A row in one of its four forms, over and over.

    of         the row
    form       "prime", "inversion" (mirrored in its first item), "retrograde" (from its end), or both
    transpose  added to all of it; drawn anew for each time it is stated
    Source: Schoenberg, Composition with Twelve Tones (1941), in Style and Idea.
    """

    of: tuple[Value, ...] = parameter(Quantity.ITEMS, "the row")
    form: str = parameter(Quantity.CHOICE, "which way round", default="prime", words=FORMS)
    transpose: Value = parameter(Quantity.SPREAD, "added; drawn anew for each statement", default=Constant(0.0))

    def sampler(self, context: Context) -> Sampler:
        """The row goes on from call to call."""
        row = Sequence(self.of[::-1] if "retrograde" in self.form else self.of).sampler(context)
        axis, shift = self.of[0].sampler(context.at("axis")), self.transpose.sampler(context.at("transpose"))
        played, held = 0, 0.0

        def draw(places: Floats) -> Floats:
            nonlocal played, held
            begins = (played + np.arange(len(places))) % len(self.of) == 0
            shifts = np.append(held, shift(places[begins]))
            moved: Floats = shifts[np.cumsum(begins)]
            played, held = played + len(places), float(shifts[-1])
            if "inversion" in self.form:
                return 2.0 * axis(places) - row(places) + moved
            return row(places) + moved

        return draw
