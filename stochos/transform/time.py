"""Transformations of written time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from stochos.music.time import QUARTER
from stochos.process.value import Quantity, parameter
from stochos.realization import Note
from stochos.transform.base import Lasting

_GLISSANDO = "glissando"


@dataclass(frozen=True, slots=True)
class Retrograde(Lasting):
    """The phrase backwards."""

    @property
    def reverses(self) -> bool:
        """Time runs backwards."""
        return True

    def __call__(self, notes: list[Note], duration: int, rng: np.random.Generator) -> list[Note]:
        """Every note ends where it began; what glided to a pitch glides back from it."""
        return [
            replace(
                _reversed(note),
                onset=duration - note.onset - note.duration,
                written_onset=duration - note.written_onset - (note.written_duration or note.duration),
            )
            for note in _led_back(notes)
        ]

    def place(self, onset: int, length: int, notes: list[Note], duration: int) -> int | None:
        """As far from the end as it was from the start."""
        return duration - onset - length


class _Stretching(Lasting):
    """What makes a phrase longer or shorter by a factor; onsets and ends move to the nearest tick."""

    __slots__ = ()

    @property
    def regrids(self) -> bool:
        """A factor of 3 makes dots of plain notes, or triplets; one of 2 does neither."""
        return not _is_power_of_two(self.stretch)

    def __call__(self, notes: list[Note], duration: int, rng: np.random.Generator) -> list[Note]:
        """Every onset and end, farther from the start or nearer to it."""
        return _stretched(notes, self.stretch)

    def place(self, onset: int, length: int, notes: list[Note], duration: int) -> int | None:
        """As a note that begins there."""
        return round(onset * self.stretch)


@dataclass(frozen=True, slots=True)
class Augment(_Stretching):
    """Everything slower.

    factor  times as long, > 0
    """

    factor: float = parameter(Quantity.RATIO, "times as long", default=2.0, above=0.0, at_most=64.0)

    @property
    def stretch(self) -> Fraction:
        """The factor, exact where it is a fraction that a score can hold."""
        return Fraction(self.factor).limit_denominator(10_080)


@dataclass(frozen=True, slots=True)
class Diminish(_Stretching):
    """Everything quicker.

    factor  times as short, > 0
    """

    factor: float = parameter(Quantity.RATIO, "times as short", default=2.0, above=0.0, at_most=64.0)

    @property
    def stretch(self) -> Fraction:
        """One by the factor."""
        return 1 / Fraction(self.factor).limit_denominator(10_080)


@dataclass(frozen=True, slots=True)
class Rotate(Lasting):
    """The phrase from a later note on; what was before it follows at the end.

    count  onsets that move to the end; below 0 from the end to the beginning
    """

    count: float = parameter(Quantity.NUMBER, "notes that move to the end", default=1.0)

    def __call__(self, notes: list[Note], duration: int, rng: np.random.Generator) -> list[Note]:
        """Notes that would sound over the new end are cut there."""
        pivot = self._pivot(notes)
        rotated = []
        for note in notes:
            written = (note.written_onset - pivot) % duration
            onset = min(max(note.onset + written - note.written_onset, 0), duration - 1)
            rotated.append(
                replace(
                    note,
                    onset=onset,
                    duration=min(note.duration, duration - onset),
                    written_onset=written,
                    written_duration=min(note.written_duration, duration - written),
                )
            )
        return rotated

    def place(self, onset: int, length: int, notes: list[Note], duration: int) -> int | None:
        """Brackets across the new beginning are lost."""
        pivot = self._pivot(notes)
        return None if onset < pivot < onset + length else (onset - pivot) % duration

    def _pivot(self, notes: list[Note]) -> int:
        onsets = sorted({note.written_onset for note in notes})
        return onsets[round(self.count) % len(onsets)] if onsets else 0


@dataclass(frozen=True, slots=True)
class Quantize(Lasting):
    """Onsets and ends drawn to a grid.

    grid      quarter notes from point to point, > 0
    strength  share of the way to the nearest point, 0 to 1
    """

    grid: float = parameter(Quantity.LENGTH, "from point to point", default=0.25, above=0.0)
    strength: float = parameter(Quantity.CHANCE, "share of the way there", default=1.0, at_least=0.0, at_most=1.0)

    @property
    def regrids(self) -> bool:
        """Notes leave the places where they were written."""
        return True

    def __call__(self, notes: list[Note], duration: int, rng: np.random.Generator) -> list[Note]:
        """Notes last one step of the grid at least, and stay in the phrase."""
        step = max(1, round(self.grid * QUARTER))
        quantized = []
        for note in notes:
            nearest = min(round(note.onset / step), max(0, (duration - 1) // step)) * step
            end = note.onset + note.duration
            close = max(round(end / step) * step, nearest + step)
            onset = round(note.onset + self.strength * (nearest - note.onset))
            end = min(round(end + self.strength * (close - end)), duration)
            length = max(1, end - onset)
            quantized.append(replace(note, onset=onset, duration=length, written_onset=onset, written_duration=0))
        return quantized


def _reversed(note: Note) -> Note:
    """The note from the nearest key to where it glided, back to its pitch."""
    if not note.glide:
        return note
    start = min(max(round(note.pitch + note.glide), 0), 127)
    spelling = note.spelling if start == note.pitch else None
    return replace(note, pitch=start, spelling=spelling, glide=float(note.pitch - start))


def _led_back(notes: list[Note]) -> list[Note]:
    """The notes with each written glissando on the one that it led to, as that one leads back."""
    leading = {note.written_onset for note in notes if _GLISSANDO in note.articulations}
    if not leading:
        return notes
    onsets = sorted({note.written_onset for note in notes})
    reached = {after for before, after in pairwise(onsets) if before in leading}
    plain = [replace(note, articulations=tuple(a for a in note.articulations if a != _GLISSANDO)) for note in notes]
    return [
        replace(note, articulations=(*note.articulations, _GLISSANDO)) if note.written_onset in reached else note
        for note in plain
    ]


def _stretched(notes: list[Note], factor: Fraction) -> list[Note]:
    return [
        replace(
            note,
            onset=round(note.onset * factor),
            duration=_length(note.onset, note.duration, factor),
            written_onset=round(note.written_onset * factor),
            written_duration=note.written_duration and _length(note.written_onset, note.written_duration, factor),
        )
        for note in notes
    ]


def _length(onset: int, duration: int, factor: Fraction) -> int:
    return max(1, round((onset + duration) * factor) - round(onset * factor))


def _is_power_of_two(factor: Fraction) -> bool:
    return (factor.numerator * factor.denominator).bit_count() == 1
