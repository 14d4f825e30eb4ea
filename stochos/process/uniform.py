"""Anything between two ends, evenly."""

from __future__ import annotations

from dataclasses import dataclass

from stochos.process.value import Context, Quantity, Sampler, Span, Value, parameter


@dataclass(frozen=True, slots=True)
class Uniform:
    """Every number between two ends is as likely as the next: the law of no preference.

    low, high  the ends, in the unit of what is drawn; they may move
    """

    low: Value = parameter(Quantity.SAME, "lowest")
    high: Value = parameter(Quantity.SAME, "highest")

    def sampler(self, context: Context) -> Sampler:
        """As a span between the same ends draws: `@uniform(low: C4, high: C5)` is `C4..C5`."""
        return Span(self.low, self.high).sampler(context)
