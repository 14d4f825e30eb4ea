"""A walk in small steps between elastic walls."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stochos.process.certainty import each
from stochos.process.quantile import normal_quantile, open_uniforms
from stochos.process.value import Bounds, Constant, Context, Floats, Quantity, Sampler, Value, parameter


@dataclass(frozen=True, slots=True)
class Brown:
    """A particle in a fluid: every value is the last one and a Gaussian step.

    start   the first value, in the unit of what is drawn
    step    standard deviation of a step, > 0
    within  walls, which may move; a step that crosses one is thrown back by as much
    drift   added to every step
    Source: Xenakis, Formalized Music (1992), ch. IX and XIV; walls as in GENDYN.
    """

    start: Value = parameter(Quantity.SAME, "the first value")
    step: Value = parameter(Quantity.SPREAD, "standard deviation of a step", above=0.0)
    within: Bounds | None = parameter(Quantity.BOUNDS, "walls that throw it back", default=None)
    drift: Value = parameter(Quantity.SPREAD, "added to every step", default=Constant(0.0))

    def sampler(self, context: Context) -> Sampler:
        """The walk goes on from call to call; the walls are those of each place."""
        start, rng = each(self.start, context.at("start")), context.rng()
        step, drift = self.step.sampler(context.at("step")), self.drift.sampler(context.at("drift"))
        walls = self.within or Bounds(Constant(-np.inf), Constant(np.inf))
        low, high = walls.low.sampler(context.at("low")), walls.high.sampler(context.at("high"))
        now: float | None = None

        def draw(places: Floats) -> Floats:
            nonlocal now
            if now is None and len(places):
                now = start(float(places[0]))
            moved = drift(places) + np.maximum(step(places), 0.0) * normal_quantile(open_uniforms(rng, len(places)))
            walked = _walk(now or 0.0, moved.tolist(), low(places).tolist(), high(places).tolist())
            now = walked[-1] + float(moved[-1]) if walked else now
            return np.array(walked, dtype=np.float64)

        return draw


def _walk(now: float, steps: list[float], lows: list[float], highs: list[float]) -> list[float]:
    """Each value thrown back between its walls, then moved by its step."""
    walked = []
    for step, low, high in zip(steps, lows, highs, strict=True):
        now = bounce(now, low, high)
        walked.append(now)
        now += step
    return walked


def bounce(number: float, low: float, high: float) -> float:
    """A number between walls, thrown back as often as it takes; as `reflect`, for one."""
    if low <= number <= high:
        return number
    width = high - low
    if width <= 0.0 or not math.isfinite(number):
        return low
    if math.isinf(width):
        return 2.0 * low - number if number < low else 2.0 * high - number
    there = (number - low) % (2.0 * width)
    return min(low + min(there, 2.0 * width - there), high)
