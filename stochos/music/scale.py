"""Scales: which pitches a named scale, or a key, lets through."""

from __future__ import annotations

from functools import cache

from stochos.music.pitch import Key

# Semitones above the tonic | names of the scale, its own first
_TABLE = """
0 2 4 5 7 9 11 | major ionian
0 2 3 5 7 8 10 | minor natural_minor aeolian
0 2 3 5 7 8 11 | harmonic_minor
0 2 3 5 7 9 11 | melodic_minor jazz_minor
0 2 4 5 7 8 11 | harmonic_major
0 2 3 5 7 9 10 | dorian
0 1 3 5 7 8 10 | phrygian
0 2 4 6 7 9 11 | lydian
0 2 4 5 7 9 10 | mixolydian
0 1 3 5 6 8 10 | locrian
0 2 4 6 7 9 10 | lydian_dominant acoustic
0 1 4 5 7 8 10 | phrygian_dominant
0 1 3 4 6 8 10 | altered
0 2 4 7 9 | pentatonic major_pentatonic
0 3 5 7 10 | minor_pentatonic
0 3 5 6 7 10 | blues minor_blues
0 2 3 4 7 9 | major_blues
0 2 4 6 8 10 | whole_tone
0 2 3 5 6 8 9 11 | octatonic diminished
0 1 3 4 6 7 9 10 | half_whole octatonic_half
0 3 4 7 8 11 | augmented
0 2 3 6 7 8 11 | hungarian_minor
0 3 4 6 7 9 10 | hungarian_major
0 1 4 5 7 8 11 | double_harmonic byzantine
0 1 3 5 7 8 11 | neapolitan_minor
0 1 3 5 7 9 11 | neapolitan_major
0 1 4 6 8 10 11 | enigmatic
0 2 4 6 9 10 | prometheus
0 1 4 6 7 10 | tritone_scale petrushka
0 2 3 7 8 | hirajoshi
0 1 5 7 8 | in_sen in_scale
0 1 5 7 10 | insen
0 2 5 7 9 | yo
0 1 3 7 8 | pelog
0 2 3 4 6 7 8 10 11 | messiaen3
0 1 2 5 6 7 8 11 | messiaen4
0 1 5 6 7 11 | messiaen5
0 2 4 5 6 8 10 11 | messiaen6
0 1 2 3 5 6 7 8 9 11 | messiaen7
0 1 2 3 4 5 6 7 8 9 10 11 | chromatic
"""


def _read_table() -> dict[str, tuple[int, ...]]:
    scales = {}
    for row in _TABLE.strip().splitlines():
        steps, _, names = row.partition("|")
        for name in names.split():
            scales[name] = tuple(int(step) for step in steps.split())
    return scales


SCALES: dict[str, tuple[int, ...]] = _read_table()
"""Semitones above the tonic, rising from 0, of each scale that a score may name."""


@cache
def scale_mask(name: str, tonic: int) -> tuple[bool, ...]:
    """Say of each MIDI number 0..127 whether it belongs to the scale `name`, one of `SCALES`.

    tonic  pitch class, 0..11
    """
    steps = set(SCALES[name])
    return tuple((midi - tonic) % 12 in steps for midi in range(128))


def key_mask(key: Key) -> tuple[bool, ...]:
    """Say of each MIDI number 0..127 whether the key's signature has it.

    A minor key is the natural minor: its raised steps want `harmonic_minor` or `melodic_minor` by name.
    """
    return scale_mask(key.mode, key.pitch_class)
