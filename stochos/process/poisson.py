"""Events that know nothing of each other."""

from __future__ import annotations

from dataclasses import dataclass

from stochos.process.value import Context, Floats, Quantity, Value, parameter

MOST = 10_000.0
"""Highest density that is played, events a quarter note."""


@dataclass(frozen=True, slots=True)
class Poisson:
    """Rain on a roof: onsets with an average density and no memory.

    density  events a quarter note, 0 to `MOST`
    Source: Xenakis, Formalized Music (1992), ch. I; thinning after Lewis and Shedler, Naval Research Logistics 26 (1979).
    """

    density: Value = parameter(Quantity.RATE, "onsets per beat, bar or second", at_least=0.0, at_most=MOST)

    def onsets(self, context: Context, count: int | None) -> Floats:
        """Onsets in quarter notes, rising, in [0, context.duration); at most `count`."""
        raise NotImplementedError
