"""How melody networks count events: what each of them hears at a step, and what it may say.

An event becomes a *class*, which is what a network foretells, and the melody so far becomes a row of numbers, -1, 0 or
1, which is what it hears. Positions count from 0 and bars have sixteen steps.
Source: Magenta, note_seq/melody_encoder_decoder.py and encoder_decoder.py, models/melody_rnn/melody_rnn_model.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np

from stochos.neural.chorale import chorale
from stochos.neural.encoding import Encoding, Row
from stochos.neural.harmony import harmony
from stochos.neural.note import note
from stochos.neural.vocabulary import MAJOR, NO_EVENT, NOTE_OFF, major_key

BAR = 16


class _Latest:
    """Hears the class of the last event."""

    def __init__(self, said: tuple[int, ...]) -> None:
        self._said, self._event = said, NO_EVENT

    def row(self) -> Row:
        row = np.zeros(len(self._said), dtype=np.int8)
        row[self._said.index(self._event)] = 1
        return row

    def hear(self, event: int) -> None:
        self._event = event


class _Lookback:
    """Hears the last event, what followed one and two bars ago, the place in the bar, and whether it repeats."""

    BITS = 5

    def __init__(self, said: tuple[int, ...]) -> None:
        self._index = {event: index for index, event in enumerate(said)}
        self._events: list[int] = []

    def row(self) -> Row:
        events, classes = self._events, len(self._index)
        row = np.zeros(3 * classes + self.BITS + 2, dtype=np.int8)
        for place, back in enumerate((1, BAR, 2 * BAR)):
            event = events[-back] if len(events) >= back else NO_EVENT
            row[place * classes + self._index[event]] = 1
        row[3 * classes :] = [*_counter(len(events), self.BITS), *_repeats(events)]
        return row

    def hear(self, event: int) -> None:
        self._events.append(event)


class _Attention:
    """Hears the sounding pitch, how it began and whither the melody goes, repeats, the bar, and keys that would fit."""

    BITS = 7

    def __init__(self, lowest: int, highest: int) -> None:
        self._lowest, self._pitches = lowest, highest - lowest + 1
        self._events: list[int] = []
        self._sounding: int | None = None
        self._attack = False
        self._direction = 0
        self._latest: list[int] = []  # of three distinct pitches, the last one heard at the end
        self._in_key = np.zeros(12, dtype=np.int64)

    def row(self) -> Row:
        n, steps = self._pitches, len(self._events)
        row = np.zeros(n + 7 + self.BITS + 24, dtype=np.int8)
        if self._sounding is not None:
            row[self._sounding - self._lowest] = 1
        keys = np.zeros(12, dtype=np.int64)
        for pitch in self._latest:
            keys += _KEYS_OF[pitch % 12]
        row[n:] = [
            self._sounding is not None, self._sounding is None, self._attack, self._direction,
            *_repeats(self._events), *_counter(steps, self.BITS), steps % BAR == 0,
            *(self._in_key == self._in_key.max()), *(keys == keys.max()),
        ]  # fmt: skip
        return row

    def hear(self, event: int) -> None:
        self._events.append(event)
        if event == NO_EVENT:
            self._attack = False
            return
        if event == NOTE_OFF:
            self._sounding = None
            return
        self._attack, self._sounding = True, event
        self._in_key += _KEYS_OF[event % 12]
        if self._latest and event != self._latest[-1]:
            self._direction = 1 if event > self._latest[-1] else -1
        self._latest = [*(pitch for pitch in self._latest if pitch != event), event][-3:]


def _counter(steps: int, bits: int) -> list[int]:
    return [1 if steps >> bit & 1 else -1 for bit in range(bits)]


def _repeats(events: Sequence[int]) -> list[bool]:
    """Whether the last event is that of one bar before, and of two."""
    return [len(events) > back and events[-1] == events[-1 - back] for back in (BAR, 2 * BAR)]


_KEYS_OF = np.array([[(pitch - key) % 12 in MAJOR for key in range(12)] for pitch in range(12)], dtype=np.int64)


def _encodings() -> Iterable[Encoding]:
    for name, lowest, highest, key in (("basic", 48, 83, 0), ("mono", 0, 127, None)):
        said = (NO_EVENT, NOTE_OFF, *range(lowest, highest + 1))
        yield Encoding(name, lowest, highest, key, said, (), partial(_Latest, said), len(said), one_hot=True)
    pitches = tuple(range(48, 84))
    said = (NO_EVENT, NOTE_OFF, *pitches)
    yield Encoding("lookback", 48, 83, 0, said, (BAR, 2 * BAR), partial(_Lookback, said), 121)
    said_last = (*pitches, NO_EVENT, NOTE_OFF)
    yield Encoding("attention", 48, 83, 0, said_last, (BAR, 2 * BAR), partial(_Attention, 48, 83), 74)
    yield chorale()
    yield note()
    yield harmony()


ENCODINGS = {encoding.name: encoding for encoding in _encodings()}


def squash_amount(events: Iterable[int], encoding: Encoding) -> int:
    """Semitones that bring a melody to the key of the encoding and to the middle of its range; 0 without notes.

    Source: Magenta, Melody.squash; a half octave rounds to the even octave, as Python does.
    """
    pitches = [event for event in events if event >= 0]
    if not pitches or encoding.key is None:
        return 0
    to_key = encoding.key - major_key(pitches)
    centre = (min(pitches) + max(pitches)) / 2
    return to_key + 12 * round(((encoding.lowest + encoding.highest) / 2 - (centre + to_key)) / 12)


def squash(events: Iterable[int], encoding: Encoding, amount: int) -> list[int]:
    """The melody transposed by `amount` semitones, notes still out of range brought in by octaves."""
    low, high = encoding.lowest, encoding.highest + 1
    squashed = []
    for event in events:
        moved = event + amount
        if event < 0:
            moved = event
        elif moved < low:
            moved = low + (moved - low) % 12
        elif moved >= high:
            moved = high - 12 + (moved - high) % 12
        squashed.append(moved)
    return squashed
