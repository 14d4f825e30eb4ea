"""Events that know nothing of each other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stochos.process.certainty import ceiling, each, is_certain, moves, uniforms
from stochos.process.value import Constant, Context, Floats, Quantity, Value, parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 10_000.0
"""Highest density that is played, events a quarter note."""


@dataclass(frozen=True, slots=True)
class Poisson:
    """Rain on a roof: onsets with an average density and no memory.

    density  events a quarter note, 0 to `MOST`
    Source: Xenakis, Formalized Music (1992), ch. I; thinning: Lewis and Shedler, Naval Res. Logistics 26 (1979).
    """

    density: Value = parameter(Quantity.RATE, "onsets per beat, bar or second", at_least=0.0, at_most=MOST)

    def onsets(self, context: Context, count: int | None) -> Floats:
        """Onsets in quarter notes, rising, in [0, context.duration); at most `count`.

        A density without chance, still or ramped, is met exactly. One with chance in it is drawn anew for every gap;
        where it draws 0 or less, a quarter note passes in silence.
        """
        if is_certain(self.density):
            return self._thinned(context)[:count]
        return (self._stepped(context, count) if moves(self.density) else self._gapped(context))[:count]

    def _thinned(self, context: Context) -> Floats:
        """Onsets of the highest density, each kept with the share that the density there is of it."""
        top = min(ceiling(self.density, context.at("density")), MOST)
        if top <= 0.0:
            return np.empty(0)
        rng = context.rng()
        onsets = _until(context.duration, lambda number: _waits(rng, number) / top, top)
        if isinstance(self.density, Constant):
            return onsets
        density = self.density.sampler(context.at("density"))(onsets / context.duration)
        return onsets[context.at("keep").rng().random(len(onsets)) * top < density]

    def _gapped(self, context: Context) -> Floats:
        """Gaps of densities that do not care for the place, many at once."""
        density, rng = self.density.sampler(context.at("density")), context.rng()
        silences: list[NDArray[np.bool_]] = []

        def gaps(number: int) -> Floats:
            rates = np.minimum(density(np.zeros(number)), MOST)
            silences.append(rates <= 0.0)
            return np.where(rates > 0.0, _waits(rng, number) / np.where(rates > 0.0, rates, 1.0), 1.0)

        ends = _until(context.duration, gaps, 1.0)
        return ends[~np.concatenate(silences)[: len(ends)]]

    def _stepped(self, context: Context, count: int | None) -> Floats:
        """Gap by gap, each by the density drawn at the place where it begins."""
        density, waits = each(self.density, context.at("density")), uniforms(context.rng())
        onsets: list[float] = []
        now = 0.0
        while count is None or len(onsets) < count:
            rate = min(density(now / context.duration), MOST)
            now += -math.log1p(-next(waits)) / rate if rate > 0.0 else 1.0
            if now >= context.duration:
                break
            if rate > 0.0:
                onsets.append(now)
        return np.array(onsets, dtype=np.float64)


def _waits(rng: np.random.Generator, number: int) -> Floats:
    """Exponential numbers with mean 1."""
    return -np.log1p(-rng.random(number))


def _until(duration: float, gaps: Callable[[int], Floats], rate: float) -> Floats:
    """Sums of gaps that stay below `duration`; `rate` of them are expected a quarter note, or so."""
    sums = np.empty(0)
    number = int(duration * rate + 5.0 * math.sqrt(duration * rate)) + 16
    while not len(sums) or sums[-1] < duration:
        last = sums[-1] if len(sums) else 0.0
        sums = np.concatenate((sums, last + np.cumsum(gaps(number))))
    return sums[: np.searchsorted(sums, duration)]
