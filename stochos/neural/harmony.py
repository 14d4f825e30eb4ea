"""Melodies over given chords as one stream of events: in each frame, a sixteenth, the chord and then the melody.

The melody's event is a pitch that starts, `NOTE_OFF`, or `NO_EVENT`, by which what sounds is held. The chord's event
is told, never foretold, and so has no class.
Source: Lackner, Composing a melody with long short-term memory recurrent neural networks (2016): chords within one
octave are heard, a melody within two is played.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from stochos.music.tonality import key_of
from stochos.neural.encoding import Encoding, Row
from stochos.neural.vocabulary import NO_EVENT, NOTE_OFF, STEPS_PER_QUARTER
from stochos.process.passage import Chords

LOWEST, HIGHEST = 60, 84
"""MIDI pitches of the melody, two octaves, in C major or A minor."""

FRAME = 2
CHORD = 1 << 16
"""The event of no chord; any other adds a bit for each pitch class, and from bit 12 the root, counted from 1."""

_OCTAVE = 12
_SLACK = 1e-6
_STRETCH = 16 * STEPS_PER_QUARTER
_PLAIN = (0, 2 * STEPS_PER_QUARTER, 4 * STEPS_PER_QUARTER)  # what chords last in plainer stretches; 0: there are none
_SAID = (NO_EVENT, NOTE_OFF, *range(LOWEST, HIGHEST + 1))
_PITCHES = HIGHEST - LOWEST + 1
_AGES = np.array([1, 2, 4, 8])
_MELODY = _PITCHES + _OCTAVE + 2 + len(_AGES)
_HARMONY = 2 * _OCTAVE
_INPUTS = _MELODY + _HARMONY + FRAME + STEPS_PER_QUARTER


class Sounding(NamedTuple):
    """A chord within one octave.

    root     pitch class, 0..11
    classes  pitch classes of all its tones
    """

    root: int
    classes: frozenset[int]


def harmony() -> Encoding:
    """The encoding of melodies over chords."""
    melody = tuple(range(len(_SAID)))
    return Encoding("harmony", LOWEST, HIGHEST, 0, _SAID, (), _Melody, _INPUTS, places=((), melody), given=(0,))


class _Melody:
    """Hears what sounds, in which octave and in any, and since when; the tones of the chord, its root; the beat."""

    def __init__(self) -> None:
        self._events = 0
        self._sounding, self._began, self._age = NOTE_OFF, False, 0
        self._chord: Sounding | None = None

    def row(self) -> Row:
        row = np.zeros(_INPUTS, dtype=np.int8)
        pitch, at = self._sounding, _PITCHES + _OCTAVE
        if pitch != NOTE_OFF:
            row[pitch - LOWEST] = row[_PITCHES + pitch % _OCTAVE] = 1
        row[at], row[at + 1] = pitch == NOTE_OFF, self._began
        row[at + 2 : _MELODY] = self._age >= _AGES
        if self._chord is not None:
            row[[_MELODY + tone for tone in self._chord.classes]] = 1
            row[_MELODY + _OCTAVE + self._chord.root] = 1
        frame, turn = divmod(self._events, FRAME)
        at = _MELODY + _HARMONY
        row[at + turn] = row[at + FRAME + frame % STEPS_PER_QUARTER] = 1
        return row

    def hear(self, event: int) -> None:
        turn = self._events % FRAME
        self._events += 1
        if turn == 0:
            self._chord = chord_of(event)
            return
        self._age += 1
        self._began = event >= 0
        if event != NO_EVENT:
            self._sounding, self._age = event, 0


def told(chord: Sounding | None) -> int:
    """The event that tells of a chord."""
    return CHORD + (0 if chord is None else sum(1 << tone for tone in chord.classes) + (chord.root + 1 << _OCTAVE))


def chord_of(event: int) -> Sounding | None:
    """The chord that an event tells of; the inverse of `told`."""
    root = (event - CHORD >> _OCTAVE) - 1
    return None if root < 0 else Sounding(root, frozenset(tone for tone in range(_OCTAVE) if event >> tone & 1))


def woven(melody: Sequence[int], chords: Sequence[Sounding | None]) -> list[int]:
    """The stream of a melody and its chords, of both one a sixteenth."""
    return [event for chord, said in zip(chords, melody, strict=True) for event in (told(chord), said)]


def parted(stream: Sequence[int]) -> tuple[list[int], list[Sounding | None]]:
    """The melody and its chords; the inverse of `woven`."""
    return list(stream[1::FRAME]), [chord_of(event) for event in stream[::FRAME]]


def moved(event: int, semitones: int) -> int:
    """What tells of a chord, transposed."""
    chord = chord_of(event)
    if chord is None:
        return event
    root, *classes = ((tone + semitones) % _OCTAVE for tone in (chord.root, *chord.classes))
    return told(Sounding(root, frozenset(classes)))


def to_c(chords: Iterable[Sounding | None]) -> int | None:
    """Semitones, 0..11, from the key of chords to C major or A minor; None where there are no chords.

    The key is that which fits what belongs to them, each as long as it lasts.
    """
    weights = [0.0] * _OCTAVE
    for chord in chords:
        for tone in chord.classes if chord else ():
            weights[tone] += 1.0
    if not any(weights):
        return None
    tonic, is_minor = key_of(weights)
    return -(tonic + 3 * is_minor) % _OCTAVE


def to_network(chords: Iterable[Sounding | None], key: int, middle: float) -> int:
    """Semitones to the network's key, in the octave that brings `middle`, a MIDI number, to the middle of its range.

    The chords say the key; where there are none, `key` does: the pitch class of the tonic of the major key.
    """
    found = to_c(chords)
    to_key = -key if found is None else found
    return to_key + 12 * round(((LOWEST + HIGHEST) / 2 - middle - to_key) / 12)


def led_on(
    heard: Sequence[int], chords: Iterable[Sounding | None], semitones: int
) -> tuple[list[int], list[int]]:
    """A primer that ends on a beat, and what is told at each sixteenth of it and of what follows, in the network's key.

    What was before is heard without chords.
    """
    primer = [*[NO_EVENT] * (-len(heard) % STEPS_PER_QUARTER), *heard]
    return primer, [CHORD] * len(primer) + [moved(told(chord), semitones) for chord in chords]


def at_steps(chords: Chords, steps: int) -> list[Sounding | None]:
    """The chord in force at each of so many sixteenths; none before the first."""
    onsets = [onset * STEPS_PER_QUARTER for onset, _ in chords]
    heard = [None if chord is None else Sounding(chord.root, chord.pitch_classes) for _, chord in chords]
    numbers = np.searchsorted(onsets, np.arange(steps) + _SLACK, side="right").tolist()
    return [heard[number - 1] if number else None for number in numbers]


def plainer(stream: Sequence[int], share: float, rng: np.random.Generator) -> list[int]:
    """The same melody, in a share of its stretches of four bars over plainer chords, so that such are known as well.

    In these stretches there are no chords, or each lasts for two quarters, or for four.
    """
    melody, chords = parted(stream)
    first = -int(rng.integers(_STRETCH))
    for start in range(first, len(chords), _STRETCH):
        lasts = int(rng.choice(_PLAIN)) if rng.random() < share else 1
        for step in range(max(start, 0), min(start + _STRETCH, len(chords))):
            chords[step] = chords[max(step - (step - start) % lasts, 0)] if lasts else None
    return woven(melody, chords)


