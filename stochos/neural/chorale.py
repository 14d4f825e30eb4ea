"""Music for four voices as one stream of events: in each frame, a sixteenth, the phrase and then soprano to bass.

A voice's event is that of a melody: a pitch that starts, `NOTE_OFF`, or `NO_EVENT`, by which what sounds is held. The
first event of a frame says how far the end of the phrase is: `PHRASE` under a fermata, `PHRASE` + n so many quarters
before one, at most `FARTHEST`. It is told, never foretold: whoever writes knows where the phrases end.
Source: Liang, BachBot (2016), for the stream; Hadjeres et al., DeepBach (2017), for fermatas that are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from stochos.neural.encoding import Encoding, Row
from stochos.neural.vocabulary import NO_EVENT, NOTE_OFF, STEPS_PER_QUARTER

RANGES = ((52, 84), (48, 79), (44, 74), (31, 67))
"""MIDI pitches of soprano, alto, tenor and bass in C major or A minor."""

FRAME = 1 + len(RANGES)
PHRASE, FARTHEST = 128, 9
_LOWEST, _HIGHEST = min(low for low, _ in RANGES), max(high for _, high in RANGES)
_SAID = (NO_EVENT, NOTE_OFF, *range(_LOWEST, _HIGHEST + 1), *range(PHRASE, PHRASE + FARTHEST + 1))
_STARTS = np.cumsum([0, *(high - low + 1 for low, high in RANGES)]).tolist()  # of each voice's pitches in a row
_AGES = np.array([1, 2, 4, 8])
_VOICE = 12 + 2 + len(_AGES)  # what is heard of a voice beside its pitch
_SHARED = _STARTS[-1] + _VOICE * len(RANGES)
_INPUTS = _SHARED + FRAME + FARTHEST + 1 + STEPS_PER_QUARTER


def chorale() -> Encoding:
    """The encoding of music for four voices."""
    index = {event: place for place, event in enumerate(_SAID)}
    phrase = tuple(index[PHRASE + far] for far in range(FARTHEST + 1))
    voices = tuple((0, 1, *(index[pitch] for pitch in range(low, high + 1))) for low, high in RANGES)
    return Encoding(
        "chorale", _LOWEST, _HIGHEST, 0, _SAID, (), _Choir, _INPUTS, places=(phrase, *voices), given=(0,)
    )


class _Choir:
    """Hears what sounds in each voice, in which octave and in any, and since when; whose turn it is, and the phrase."""

    def __init__(self) -> None:
        self._events = 0
        self._sounding = [NOTE_OFF] * len(RANGES)
        self._began = [False] * len(RANGES)
        self._ages = [0] * len(RANGES)
        self._far = FARTHEST

    def row(self) -> Row:
        row = np.zeros(_INPUTS, dtype=np.int8)
        for voice, pitch in enumerate(self._sounding):
            at = _STARTS[-1] + _VOICE * voice
            if pitch != NOTE_OFF:
                row[_STARTS[voice] + pitch - RANGES[voice][0]] = row[at + pitch % 12] = 1
            row[at + 12] = pitch == NOTE_OFF
            row[at + 13] = self._began[voice]
            row[at + 14 : at + _VOICE] = self._ages[voice] >= _AGES
        frame, turn = divmod(self._events, FRAME)
        row[_SHARED + turn] = row[_SHARED + FRAME + self._far] = 1
        row[_SHARED + FRAME + FARTHEST + 1 + frame % STEPS_PER_QUARTER] = 1
        return row

    def hear(self, event: int) -> None:
        turn = self._events % FRAME
        self._events += 1
        if turn == 0:
            self._far = event - PHRASE
            self._began = [False] * len(RANGES)
            return
        self._ages[turn - 1] += 1
        if event != NO_EVENT:
            self._sounding[turn - 1], self._began[turn - 1], self._ages[turn - 1] = event, event >= 0, 0


def woven(voices: Sequence[Sequence[int]], far: Sequence[int]) -> list[int]:
    """The stream of four voices, in events of one length, and quarters to the ends of phrases, one a step."""
    return [event for frame in zip((PHRASE + quarters for quarters in far), *voices, strict=True) for event in frame]


def parted(stream: Sequence[int]) -> tuple[tuple[list[int], ...], list[int]]:
    """The voices, and how far the ends of phrases are; the inverse of `woven`."""
    far, *voices = (list(stream[place::FRAME]) for place in range(FRAME))
    return tuple(voices), [event - PHRASE for event in far]


def distances(fermatas: Iterable[tuple[int, int]], steps: int) -> list[int]:
    """Quarters to the next of some fermatas, from one step up to another, at each of so many steps; 0 under one."""
    far = [FARTHEST] * steps
    for start, end in sorted(fermatas, reverse=True):
        for step in range(min(end, steps)):
            far[step] = 0 if step >= start else min(-(-(start - step) // STEPS_PER_QUARTER), FARTHEST)
    return far


def under(fermatas: Iterable[int], line: Sequence[int]) -> list[tuple[int, int]]:
    """From where to where the notes of a line last that sound when fermatas begin."""
    starts = [step for step, event in enumerate(line) if event != NO_EVENT] + [len(line)]
    return [(step, next(start for start in starts if start > step)) for step in fermatas if step < len(line)]


def to_c(tonic: int, is_minor: bool, voices: Sequence[Sequence[int]]) -> int | None:
    """Semitones that bring music to C major or A minor within the ranges, the fewest; None where there are none."""
    fewest = -(tonic + 3 * is_minor) % 12
    for moved in sorted((fewest - 12, fewest), key=abs):
        if all(low <= e + moved <= high for v, (low, high) in zip(voices, RANGES, strict=True) for e in v if e >= 0):
            return moved
    return None


def transposed(voices: Sequence[Sequence[int]], semitones: int) -> list[list[int]]:
    """Voices moved."""
    return [[event + semitones if event >= 0 else event for event in voice] for voice in voices]
