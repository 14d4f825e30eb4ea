"""Transformations: what `>>` does to notes. One dataclass and one row of `TRANSFORMS` each.

Arguments are declared as those of processes are, and arrive as plain numbers in base units.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np

from stochos.process.value import Quantity, parameter
from stochos.realization import Note


class Transform(Protocol):
    """Turns a phrase into another."""

    @property
    def stretch(self) -> Fraction:
        """How much longer the phrase gets: 1 for most."""

    def __call__(self, notes: list[Note], duration: int, rng: np.random.Generator) -> list[Note]:
        """The phrase transformed; times are ticks from its start, `duration` its length before."""


class _Lasting:
    """A transformation that leaves the phrase as long as it was."""

    __slots__ = ()

    @property
    def stretch(self) -> Fraction:
        return Fraction(1)


@dataclass(frozen=True, slots=True)
class Transpose(_Lasting):
    """Every pitch higher or lower by the same interval.

    interval  semitones up, below 0 down
    """

    interval: float = parameter(Quantity.INTERVAL, "semitones up, below 0 down", at_least=-127.0, at_most=127.0)


@dataclass(frozen=True, slots=True)
class Invert(_Lasting):
    """Every interval upside down.

    axis  MIDI number that stays where it is; None: the first note's
    """

    axis: float | None = parameter(Quantity.PITCH, "the pitch that stays; by default the first", default=None)


@dataclass(frozen=True, slots=True)
class Retrograde(_Lasting):
    """The phrase backwards."""


@dataclass(frozen=True, slots=True)
class Augment:
    """Everything slower.

    factor  times as long, > 0
    """

    factor: float = parameter(Quantity.RATIO, "times as long", default=2.0, above=0.0, at_most=64.0)


@dataclass(frozen=True, slots=True)
class Diminish:
    """Everything quicker.

    factor  times as short, > 0
    """

    factor: float = parameter(Quantity.RATIO, "times as short", default=2.0, above=0.0, at_most=64.0)


@dataclass(frozen=True, slots=True)
class Octave(_Lasting):
    """Every pitch some octaves higher.

    count  octaves up, below 0 down
    """

    count: float = parameter(Quantity.NUMBER, "octaves up, below 0 down", default=1.0, at_least=-10.0, at_most=10.0)


@dataclass(frozen=True, slots=True)
class Rotate(_Lasting):
    """The phrase from a later note on; what was before it follows at the end.

    count  onsets that move to the end; below 0 from the end to the beginning
    """

    count: float = parameter(Quantity.NUMBER, "notes that move to the end", default=1.0)


@dataclass(frozen=True, slots=True)
class Quantize(_Lasting):
    """Onsets and ends drawn to a grid.

    grid      quarter notes from point to point, > 0
    strength  share of the way to the nearest point, 0 to 1
    """

    grid: float = parameter(Quantity.LENGTH, "from point to point", default=0.25, above=0.0)
    strength: float = parameter(Quantity.CHANCE, "share of the way there", default=1.0, at_least=0.0, at_most=1.0)


@dataclass(frozen=True, slots=True)
class Swing(_Lasting):
    """Of each pair of notes the first sounds longer; the page stays even.

    amount  share of the pair that the first gets, 1/2 (even) to 9/10
    unit    the written length of each, quarter notes
    """

    amount: float = parameter(Quantity.CHANCE, "share of the first of a pair", default=2 / 3, at_least=0.5, at_most=0.9)
    unit: float = parameter(Quantity.LENGTH, "written length of each", default=0.5, above=0.0)


@dataclass(frozen=True, slots=True)
class Humanize(_Lasting):
    """Small accidents of time and loudness, as people have them; the page stays as it is.

    time      quarter notes: standard deviation of the onsets, >= 0
    velocity  standard deviation of velocities that a generator fixed, >= 0
    """

    time: float = parameter(Quantity.LENGTH, "onsets stray by this", default=0.02, at_least=0.0, at_most=4.0)
    velocity: float = parameter(Quantity.NUMBER, "velocities stray by this", default=6.0, at_least=0.0, at_most=64.0)


@dataclass(frozen=True, slots=True)
class Legato(_Lasting):
    """Every note lasts until the next."""


@dataclass(frozen=True, slots=True)
class Staccato(_Lasting):
    """Notes cut short.

    ratio  share of its length that each note sounds, the page unchanged; None: a dot on each
    """

    ratio: float | None = parameter(
        Quantity.RATIO, "share that sounds; by default a dot on each", default=None, above=0.0, at_most=1.0
    )


TRANSFORMS: dict[str, type] = {
    "transpose": Transpose,
    "invert": Invert,
    "retrograde": Retrograde,
    "augment": Augment,
    "diminish": Diminish,
    "octave": Octave,
    "rotate": Rotate,
    "quantize": Quantize,
    "swing": Swing,
    "humanize": Humanize,
    "legato": Legato,
    "staccato": Staccato,
}
