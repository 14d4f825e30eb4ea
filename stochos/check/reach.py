"""What is known of a value before it is drawn: how far it can reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from math import inf

from stochos.process.tied import Tied
from stochos.process.value import Bounded, ByName, Constant, PerSecond, Ramp, Sequence, Span, Value, Weighted


def reach(value: Value | ByName) -> tuple[float, float]:
    """The least and most that a value of constants, spans, lists, choices and ramps can give; laws: (-inf, inf)."""
    match value:
        case Constant(number=number):
            return number, number
        case PerSecond(rate=rate):
            return reach(rate)
        case Tied(value=inner):
            return reach(inner)
        case Span(low=low, high=high) | Bounded(low=low, high=high):
            return reach(low)[0], reach(high)[1]
        case ByName(items=said):
            lows, highs = zip(*(reach(item) for item in said if item), strict=True)
            return min(lows), max(highs)
        case Sequence(items=items) | Weighted(items=items) | Ramp(values=items):
            lows, highs = zip(*(reach(item) for item in items), strict=True)
            return min(lows), max(highs)
        case _:
            return -inf, inf


def extremes(value: Value | ByName) -> tuple[float, float]:
    """As `reach`; of laws the smallest number above 0 and the largest that are written in them: a guess."""
    least, most = reach(value)
    written = [number for number in _constants(value) if number > 0] or [0.0]
    return (min(written) if least == -inf else least), (max(written) if most == inf else most)


def is_drawn(value: object) -> bool:
    """Whether it is a value, or several by state."""
    return isinstance(value, ByName) or hasattr(value, "sampler")


def has_pitches(process: object) -> bool:
    """Whether it is known which pitches a process plays."""
    pitch = getattr(process, "pitch", None)
    return pitch is not None and inf not in map(abs, reach(pitch))


def is_clocked(value: object) -> bool:
    """Whether a rate goes by the clock, anywhere in it."""
    return any(isinstance(part, PerSecond) for part in _parts(value))


def _constants(value: object) -> Iterator[float]:
    for part in _parts(value):
        if isinstance(part, Constant):
            yield part.number


def _parts(value: object) -> Iterator[object]:
    if isinstance(value, tuple):
        for item in value:
            yield from _parts(item)
    elif isinstance(value, Tied):
        yield from _parts(value.value)
    elif is_dataclass(value):
        yield value
        for f in fields(value):
            yield from _parts(getattr(value, f.name))
