"""Melodies note by note: of each its pitch, how long after the one before it begins, and how long it lasts.

Each note is a frame of three events, and a network foretells one after another, by one head of classes for each: so a
length is drawn with its pitch in mind. Times are categories of sixteenths, which can be sampled like pitches.
Source: TensorFlow's tutorial on music generation with an RNN (pitch, step, duration), whose times are means.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np

from stochos.neural.encoding import Encoding, Row
from stochos.neural.vocabulary import HIGHEST_PITCH, STEPS_PER_QUARTER, Tone

TIMES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 64)
"""Sixteenths from note to note; a note lasts one of these, but the first."""

FRAME = 3
STEP, DURATION = 128, 160
_BAR = 4 * STEPS_PER_QUARTER
_PITCHES = HIGHEST_PITCH + 1
_SAID = (*range(_PITCHES), *range(STEP, STEP + len(TIMES)), *range(DURATION + 1, DURATION + len(TIMES)))
_INPUTS = _PITCHES + 12 + 2 * len(TIMES) + FRAME + _BAR + 1


def note() -> Encoding:
    """The encoding of melodies note by note."""
    ends = (0, _PITCHES, _PITCHES + len(TIMES), len(_SAID))
    places = tuple(tuple(range(ends[place], ends[place + 1])) for place in range(FRAME))
    return Encoding("note", 0, HIGHEST_PITCH, 0, _SAID, (), _Notes, _INPUTS, places=places)


class _Notes:
    """Hears the latest pitch, step and duration, which of them comes next, and where in sixteen sixteenths it is."""

    def __init__(self) -> None:
        self._events = 0
        self._latest = [-1, 0, 0]
        self._onset = 0

    def row(self) -> Row:
        row = np.zeros(_INPUTS, dtype=np.int8)
        pitch, step, duration = self._latest
        at = _PITCHES + 12
        if pitch < 0:
            row[-1] = 1
        else:
            row[pitch] = row[_PITCHES + pitch % 12] = 1
            row[at + step] = row[at + len(TIMES) + duration] = 1
        at += 2 * len(TIMES)
        row[at + self._events % FRAME] = row[at + FRAME + self._onset % _BAR] = 1
        return row

    def hear(self, event: int) -> None:
        place = self._events % FRAME
        self._events += 1
        self._latest[place] = event - (0, STEP, DURATION)[place]
        if place == 1:
            self._onset += TIMES[event - STEP]


def stream_of(tones: Iterable[Tone]) -> list[int]:
    """The events of notes by onset, times by the nearest category."""
    stream: list[int] = []
    onset = 0
    for tone in tones:
        step = category(tone.onset - onset if stream else 0)
        stream += [tone.pitch, STEP + step, DURATION + max(category(tone.duration), 1)]
        onset = tone.onset
    return stream


def tones_of(stream: Sequence[int]) -> list[Tone]:
    """The notes of a stream; the inverse of `stream_of` where times are categories."""
    tones = []
    onset = 0
    for pitch, step, duration in zip(stream[::FRAME], stream[1::FRAME], stream[2::FRAME], strict=True):
        onset += TIMES[step - STEP]
        tones.append(Tone(onset, TIMES[duration - DURATION], pitch))
    return tones


def category(sixteenths: int) -> int:
    """The number of the nearest of `TIMES`; the shorter of two."""
    above = min(bisect_left(TIMES, sixteenths), len(TIMES) - 1)
    below = max(above - 1, 0)
    return below if sixteenths - TIMES[below] <= TIMES[above] - sixteenths else above
