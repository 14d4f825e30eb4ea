"""Twelve-tone rows, and rows of anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Sequence, Value, parameter, pick

FORMS = ("prime", "inversion", "retrograde", "retrograde_inversion")
SHORT = ("P", "I", "R", "RI")

_INVERTED, _BACKWARDS = 1, 2  # what a form's place in `FORMS` is made of


@dataclass(frozen=True, slots=True)
class Series:
    """A row in one of its four forms, over and over.

    of         the row
    form       "prime", "inversion" (mirrored in its first item), "retrograde" (from its end), or both, by its place in
               `FORMS`; drawn anew for each time it is stated
    transpose  added to all of it; drawn anew for each statement
    Source: Schoenberg, Composition with Twelve Tones (1941), in Style and Idea.
    """

    of: tuple[Value, ...] = parameter(Quantity.ITEMS, "the row")
    form: Value = parameter(
        Quantity.CHOICES, "which way round; drawn anew for each statement", default=Constant(0.0), words=FORMS + SHORT
    )
    transpose: Value = parameter(Quantity.SPREAD, "added; drawn anew for each statement", default=Constant(0.0))

    def sampler(self, context: Context) -> Sampler:
        """The row goes on from call to call."""
        rows = [Sequence(row).sampler(context) for row in (self.of, self.of[::-1])]
        axis, shift = self.of[0].sampler(context.at("axis")), self.transpose.sampler(context.at("transpose"))
        form = self.form.sampler(context.at("form"))
        played, held, stated = 0, 0.0, 0.0

        def draw(places: Floats) -> Floats:
            nonlocal played, held, stated
            begins = (played + np.arange(len(places))) % len(self.of) == 0
            statement = np.cumsum(begins)
            shifts, forms = np.append(held, shift(places[begins])), np.append(stated, form(places[begins]))
            played, held, stated = played + len(places), float(shifts[-1]), float(forms[-1])
            ways = forms[statement].astype(np.intp) % len(FORMS)
            drawn = pick(rows, (ways & _BACKWARDS) // _BACKWARDS, places)
            mirrored = (ways & _INVERTED) > 0
            if mirrored.any():
                drawn[mirrored] = 2.0 * axis(places[mirrored]) - drawn[mirrored]
            moved: Floats = drawn + shifts[statement]
            return moved

        return draw
