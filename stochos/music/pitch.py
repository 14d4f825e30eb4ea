"""Pitches and keys: names, MIDI numbers, and how a key spells a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

STEPS = "CDEFGAB"
_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
_ALTERS = {"": 0, "#": 1, "##": 2, "b": -1, "bb": -2}
_SIGNS = {alter: sign for sign, alter in _ALTERS.items()}
_PITCH = re.compile(r"([A-G])(##|#|bb|b)?(-?\d+)")
_CLASS = re.compile(r"([A-G])(##|#|bb|b)?")

# Sharps (+) or flats (-) that a mode has more than the major key on the same tonic.
MODES = {
    "major": 0, "ionian": 0, "dorian": -2, "phrygian": -4, "lydian": 1, "mixolydian": -1,
    "minor": -3, "aeolian": -3, "locrian": -5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pitch:
    """A pitch as it is spelt; C4 = MIDI 60.

    step    C D E F G A B
    alter   semitones up: 1 sharp, -1 flat, 2 and -2 double
    octave  scientific, changes at C
    """

    step: str
    alter: int
    octave: int

    @property
    def midi(self) -> int:
        """MIDI number; may lie outside 0..127."""
        return 12 * (self.octave + 1) + _SEMITONES[self.step] + self.alter

    def __str__(self) -> str:
        return f"{self.step}{_SIGNS[self.alter]}{self.octave}"


@cache
def parse_pitch(name: str) -> Pitch | None:
    """The pitch called `name` (`F#3`, `Ebb2`), or None where it is not one."""
    match = _PITCH.fullmatch(name)
    return Pitch(match[1], _ALTERS[match[2] or ""], int(match[3])) if match else None


@dataclass(frozen=True, slots=True)
class Key:
    """A key: a tonic (`F#`, `Bb`) and a mode of `MODES`."""

    tonic: str
    mode: str = "major"

    @property
    def fifths(self) -> int:
        """Sharps (+) or flats (-) of the signature; playable keys lie in -7..7."""
        return _class_fifths(self.tonic) + MODES[self.mode]

    @property
    def pitch_class(self) -> int:
        """Pitch class of the tonic, 0..11."""
        return pitch_class(self.tonic)

    def __str__(self) -> str:
        return f"{self.tonic} {self.mode}"


@cache
def spell(midi: int, fifths: int) -> Pitch:
    """How the key of `fifths` sharps writes a MIDI number: the spelling nearest on the line of fifths.

    The centre lies two fifths above the tonic, so that a minor key gets its raised leading note and
    C major writes F# and Bb, not Gb and A#.
    """
    centre = fifths + 2
    best = min(
        (
            (abs(_FIFTHS[step] + 7 * alter - centre), abs(alter), step, alter)
            for step in STEPS
            for alter in (-2, -1, 0, 1, 2)
            if (_SEMITONES[step] + alter - midi) % 12 == 0
        ),
    )
    _, _, step, alter = best
    return Pitch(step, alter, (midi - alter - _SEMITONES[step]) // 12 - 1)


def pitch_class(name: str) -> int:
    """Pitch class 0..11 of `F#`, `Bb` …; the name must be one."""
    match = _CLASS.fullmatch(name)
    if match is None:
        raise ValueError(name)
    return (_SEMITONES[match[1]] + _ALTERS[match[2] or ""]) % 12


def is_pitch_class(name: str) -> bool:
    """Whether `name` is a pitch without octave: `F#`, `Bb`."""
    return _CLASS.fullmatch(name) is not None


def _class_fifths(name: str) -> int:
    match = _CLASS.fullmatch(name)
    if match is None:
        raise ValueError(name)
    return _FIFTHS[match[1]] + 7 * _ALTERS[match[2] or ""]
