"""Walks between walls: what brown motion and its kin share."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from stochos.process.certainty import each, uniforms
from stochos.process.value import TRIES, Bounds, Constant, Context, Floats, Sampler, Value

Keep = Callable[[float, float, float], float]
"""A number and two walls -> a number between them."""

_DEEPEST = 64


def walk(  # noqa: PLR0913  all that a walk is
    context: Context, *, start: Value, step: Value, move: Callable[..., float], within: Bounds | None, edge: str,
    **fields: Value,
) -> Sampler:  # fmt: skip
    """A walk, which goes on from call to call; the walls are those of each place.

    step    drawn anew for each value
    move    the values gone by, the last one last, a step, and the numbers of the fields -> the next value, wherever
            it may be
    """
    plain = replace(context, allowed=None)  # steps are no pitches
    samplers = [step.sampler(plain), *(field.sampler(context.at(name)) for name, field in fields.items())]
    first, again = each(start, context.at("start")), each(step, context.at("again"))
    ends = within or Bounds(Constant(-np.inf), Constant(np.inf))
    low, high = ends.low.sampler(context.at("low")), ends.high.sampler(context.at("high"))
    chances = uniforms(context.at("anywhere").rng())
    gone: list[float] = []
    ahead = math.nan
    before: tuple[float, ...] = (0.0,)

    def redraw(number: float, low: float, high: float) -> float:
        for _ in range(TRIES if gone else 0):
            if low <= number <= high:
                return number
            number = move(gone, again(before[0]), *before[1:])
        return number if low <= number <= high else low + max(high - low, 0.0) * next(chances)

    keep = redraw if edge == "resample" else KEEPS[edge]

    def draw(places: Floats) -> Floats:
        nonlocal ahead, before
        if not gone and len(places):
            ahead = first(float(places[0]))
        drawn = len(gone)
        columns = (sampler(places).tolist() for sampler in (low, high, *samplers))
        for place, bottom, top, moved, *numbers in zip(places.tolist(), *columns, strict=True):
            gone.append(ahead if bottom <= ahead <= top else keep(ahead, bottom, top))
            ahead, before = move(gone, moved, *numbers), (place, *numbers)
        walked = np.array(gone[drawn:], dtype=np.float64)
        del gone[:-_DEEPEST]
        return walked

    return draw


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


def _clip(number: float, low: float, high: float) -> float:
    return max(min(number, high), low)


def _wrap(number: float, low: float, high: float) -> float:
    width = high - low
    return min(low + (number - low) % width, high) if width > 0.0 else low


def forward(gone: Sequence[float], step: float) -> float:
    """A step from where it is."""
    return gone[-1] + step


KEEPS: dict[str, Keep] = {"reflect": bounce, "clip": _clip, "wrap": _wrap}
