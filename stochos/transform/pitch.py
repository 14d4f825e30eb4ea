"""Transformations of pitch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stochos.process.value import Quantity, parameter
from stochos.realization import Note
from stochos.transform.base import Lasting


@dataclass(frozen=True, slots=True)
class Transpose(Lasting):
    """Every pitch higher or lower by the same interval.

    interval  semitones up, below 0 down
    """

    interval: float = parameter(Quantity.INTERVAL, "semitones up, below 0 down", at_least=-127.0, at_most=127.0)

    def __call__(self, notes: list[Note], duration: int, rng: np.random.Generator) -> list[Note]:
        """Whole octaves keep their spelling; the rest is spelt by the key."""
        return [_moved(note, round(self.interval)) for note in notes]


@dataclass(frozen=True, slots=True)
class Invert(Lasting):
    """Every interval upside down.

    axis  MIDI number that stays where it is; None: the first note's
    """

    axis: float | None = parameter(Quantity.PITCH, "the pitch that stays; by default the first", default=None)

    def __call__(self, notes: list[Note], duration: int, rng: np.random.Generator) -> list[Note]:
        """Of a first chord its lowest note is the first; what glided up glides down."""
        if not notes:
            return []
        first = min(notes, key=lambda note: (note.onset, note.pitch)).pitch
        twice = round(2 * (first if self.axis is None else self.axis))
        return [
            replace(note, pitch=_audible(twice - note.pitch), spelling=None, glide=0.0 - note.glide) for note in notes
        ]


@dataclass(frozen=True, slots=True)
class Octave(Lasting):
    """Every pitch some octaves higher.

    count  octaves up, below 0 down
    """

    count: float = parameter(Quantity.NUMBER, "octaves up, below 0 down", default=1.0, at_least=-10.0, at_most=10.0)

    def __call__(self, notes: list[Note], duration: int, rng: np.random.Generator) -> list[Note]:
        """Twelve semitones each; spelt as before."""
        return [_moved(note, 12 * round(self.count)) for note in notes]


def kept(notes: list[Note], low: int, high: int) -> list[Note]:
    """The notes brought between two pitches by octaves; to the nearer of them where no octave fits."""
    return [note if low <= note.pitch <= high else _brought(note, low, high) for note in notes]


def _brought(note: Note, low: int, high: int) -> Note:
    octaves = -((note.pitch - low) // 12) if note.pitch < low else (high - note.pitch) // 12
    if low <= note.pitch + 12 * octaves <= high:
        return _moved(note, 12 * octaves)
    return replace(note, pitch=min(max(note.pitch, low), high), spelling=None)


def _audible(pitch: int) -> int:
    """The pitch, brought into MIDI's 0..127 by octaves."""
    while pitch < 0:
        pitch += 12
    while pitch > 127:
        pitch -= 12
    return pitch


def _moved(note: Note, semitones: int) -> Note:
    pitch = _audible(note.pitch + semitones)
    octaves, rest = divmod(pitch - note.pitch, 12)
    keeps = note.spelling is not None and rest == 0
    spelling = replace(note.spelling, octave=note.spelling.octave + octaves) if note.spelling and keeps else None
    return replace(note, pitch=pitch, spelling=spelling)
