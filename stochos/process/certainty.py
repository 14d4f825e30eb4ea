"""What can be known of a value before it is drawn, and how to draw it one place at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass

import numpy as np

from stochos.process.value import Constant, Context, PerSecond, Ramp, Value

_BLOCK = 64


def is_certain(value: Value) -> bool:
    """Whether there is no chance in it: a constant, or a ramp between constants, by the beat or by the clock."""
    match value:
        case Constant():
            return True
        case Ramp(values=values):
            return all(is_certain(inner) for inner in values)
        case PerSecond(rate=rate):
            return is_certain(rate)
        case _:
            return False


def ceiling(value: Value, context: Context) -> float:
    """A number that a certain value never exceeds; infinity for others."""
    match value:
        case Constant(number=number):
            return number
        case Ramp(values=values):
            return max(ceiling(inner, context) for inner in values)
        case PerSecond(rate=rate):
            return ceiling(rate, context) * context.longest
        case _:
            return float("inf")


def moves(value: object) -> bool:
    """Whether the place in the passage matters to it, or to anything that it is made of."""
    if isinstance(value, tuple):
        return any(moves(item) for item in value if is_dataclass(item))
    if isinstance(value, Ramp | PerSecond) or getattr(value, "MOVES", False):
        return True
    return is_dataclass(value) and any(moves(getattr(value, f.name)) for f in fields(value))


def each(value: Value, context: Context) -> Callable[[float], float]:
    """Draws at one place 0..1 after the other, the same numbers as all at once; quick where nothing moves."""
    if isinstance(value, Constant):
        number = value.number
        return lambda place: number
    sampler = value.sampler(context)
    if moves(value):
        return lambda place: float(sampler(np.array([place]))[0])
    block = _endless(lambda: sampler(np.zeros(_BLOCK)).tolist())
    return lambda place: next(block)


def uniforms(rng: np.random.Generator) -> Iterator[float]:
    """Numbers in [0, 1) without end."""
    return _endless(lambda: rng.random(_BLOCK).tolist())


def _endless(draw: Callable[[], list[float]]) -> Iterator[float]:
    while True:
        yield from draw()
