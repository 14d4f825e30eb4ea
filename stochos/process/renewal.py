"""Events that know only how long ago the last one was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.certainty import each, moves
from stochos.process.poisson import MOST
from stochos.process.value import Context, Floats, Quantity, Value, parameter


@dataclass(frozen=True, slots=True)
class Renewal:
    """Gap after gap, each drawn anew by one law: light bulbs that burn out and are replaced.

    gap  from one onset to the next, and from the beginning to the first, quarter notes; below 0 it counts as 0
    Source: Cox, Renewal Theory (1962); with exponential gaps it is the Poisson process.
    """

    gap: Value = parameter(Quantity.LENGTH, "from onset to onset, and to the first", at_least=0.0)

    def onsets(self, context: Context, count: int | None) -> Floats:
        """Onsets in quarter notes, rising, in [0, context.duration); at most `count`.

        The n-th onset never comes before n / `poisson.MOST`, so that gaps of 0 come to an end.
        """
        found = self._stepped(context, count) if moves(self.gap) else self._summed(context)
        return found[:count]

    def _summed(self, context: Context) -> Floats:
        """Gaps that do not care for the place, many at once."""
        gap, onsets = self.gap.sampler(context.at("gap")), np.zeros(1)
        block = 256
        while onsets[-1] < context.duration:
            sums = np.cumsum(np.append(onsets[-1], np.maximum(gap(np.zeros(block)), 0.0)))[1:]
            onsets = np.append(onsets, np.maximum(sums, np.arange(len(onsets), len(onsets) + block) / MOST))
            block *= 2
        return onsets[1 : np.searchsorted(onsets, context.duration)]

    def _stepped(self, context: Context, count: int | None) -> Floats:
        """Gap by gap, each drawn where it begins."""
        gap = each(self.gap, context.at("gap"))
        onsets: list[float] = []
        now = 0.0
        while count is None or len(onsets) < count:
            now = max(now + max(gap(now / context.duration), 0.0), (len(onsets) + 1) / MOST)
            if now >= context.duration:
                break
            onsets.append(now)
        return np.array(onsets, dtype=np.float64)
