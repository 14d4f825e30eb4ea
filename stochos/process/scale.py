"""Scales and sieves: what lets only some numbers through, and how one goes over into another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np

from stochos.process.compass import nearest
from stochos.process.value import Constant, Context, Floats, Ramp, Sampler, Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

Allowed: TypeAlias = tuple[bool, ...]
"""What is let through, from 0 on: [128] MIDI numbers, or one period of a sieve of time."""

Under: TypeAlias = "Callable[[Floats], NDArray[np.intp]]"
"""Places 0..1 in the passage, in playing order -> which of several scales each note is under."""


_SLACK = 1e-6  # quarter notes: what begins with a chord is under it


@dataclass(frozen=True, slots=True)
class Crossfade:
    """Scales, or sieves of time, that a passage goes through: ever fewer notes are under one, ever more under the next.

    Where the ramp from one to the next has come to x, 0..1, a note is under the next with probability x, else under the
    one before.
    places  where each is reached, 0..1, rising; the first is 0 and the last 1
    scales  as many, at least two
    curves  the curve that leads to each (the first is unused): "", "sine" or "step"
    """

    MOVES: ClassVar[bool] = True

    places: tuple[float, ...]
    scales: tuple[Allowed, ...]
    curves: tuple[str, ...]

    def under(self, context: Context) -> Under:
        """Which scale rules each note: one even number of this very stream for each."""
        way = Ramp(self.places, tuple(Constant(float(i)) for i in range(len(self.scales))), self.curves)
        come, rng = way.sampler(context), context.rng()

        def draw(places: Floats) -> NDArray[np.intp]:
            reached = come(places)
            before = np.floor(reached)
            return (before + (rng.random(len(places)) < reached - before)).astype(np.intp)

        return draw

    @property
    def any(self) -> Allowed:
        """What any of the scales lets through; they are equally long."""
        return tuple(map(any, zip(*self.scales, strict=True)))


@dataclass(frozen=True, slots=True)
class Changes:
    """Scales that take turns, as the chords of a section do: each note is under the one that it begins in.

    onsets  quarter notes from the section's start, rising
    which   at each of them the number of the scale that begins
    scales  those that there are
    """

    MOVES: ClassVar[bool] = True

    onsets: tuple[float, ...]
    which: tuple[int, ...]
    scales: tuple[Allowed, ...]

    def under(self, context: Context) -> Under:
        """Which scale rules each note: nothing is drawn for it."""
        onsets, which = np.array(self.places(context)), np.array(self.which, dtype=np.intp)

        def look(places: Floats) -> NDArray[np.intp]:
            found: NDArray[np.intp] = which[np.maximum(np.searchsorted(onsets, places, side="right") - 1, 0)]
            return found

        return look

    def places(self, context: Context) -> list[float]:
        """Where in a passage each scale begins: places 0..1, and beyond."""
        start, end = context.stretch or (0.0, context.duration)
        length = max(end - start, _SLACK)
        return [(onset - _SLACK - start) / length for onset in self.onsets]

    @property
    def any(self) -> Allowed:
        """What any of the scales lets through."""
        return tuple(map(any, zip(*self.scales, strict=True)))


Moving: TypeAlias = Crossfade | Changes
"""Several scales, one for each note."""

Scale: TypeAlias = Allowed | Moving


@dataclass(frozen=True, slots=True)
class Snapped:
    """A pitch moved to the nearest that a scale has; the lower of two as near (`scale:`).

    scale  [128] by MIDI number, at least one true in each
    """

    value: Value
    scale: Scale

    def sampler(self, context: Context) -> Sampler:
        """The value, snapped."""
        value = self.value.sampler(context)
        if isinstance(self.scale, Moving):
            under = self.scale.under(context.at("scale"))
            several = [np.flatnonzero(scale).astype(np.float64) for scale in self.scale.scales]

            def draw(places: Floats) -> Floats:
                drawn = value(places)
                return each_under(under(places), [nearest(drawn, steps) for steps in several])

            return draw
        steps = np.flatnonzero(self.scale).astype(np.float64)
        return lambda places: nearest(value(places), steps)


def each_under(under: NDArray[np.intp], drawn: list[NDArray[Any]]) -> NDArray[Any]:
    """Of numbers drawn under every scale, those of the scale that rules each."""
    found: NDArray[Any] = np.stack(drawn)[under, np.arange(len(under))]
    return found
