"""How melody networks count events: what each of them hears at a step, and what it may say.

An event becomes a *class*, which is what a network foretells, and the melody so far becomes a row of numbers, -1, 0 or
1, which is what it hears. Positions count from 0 and bars have sixteen steps.
Source: Magenta, note_seq/melody_encoder_decoder.py and encoder_decoder.py, models/melody_rnn/melody_rnn_model.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stochos.neural.vocabulary import MAJOR, NO_EVENT, NOTE_OFF, major_key

BAR = 16
Row = NDArray[np.int8]


class Ear(Protocol):
    """What listens to one melody, event by event."""

    def row(self) -> Row:
        """What the network hears now, [inputs]; before any event as after."""

    def hear(self, event: int) -> None:
        """The next event."""


@dataclass(frozen=True)
class Encoding:
    """What one kind of network can hear and say.

    lowest, highest  MIDI pitches that it knows, inclusive
    key              pitch class that melodies are transposed to; None leaves them where they are
    said             the event of each class; classes after these say again what was said a few steps back
    repeats          how many steps back, for each of these later classes
    ear              makes what listens
    inputs           how many numbers are heard at a step
    one_hot          whether they are the class of the last event and nothing more, no event before the first
    """

    name: str
    lowest: int
    highest: int
    key: int | None
    said: tuple[int, ...]
    repeats: tuple[int, ...]
    ear: Callable[[], Ear]
    inputs: int
    one_hot: bool = False

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.said) + len(self.repeats)

    @cached_property
    def index(self) -> dict[int, int]:
        """The class of each event, but for repeats."""
        return {event: index for index, event in enumerate(self.said)}

    def encode(self, events: Sequence[int]) -> list[int]:
        """The class of each event, given those before it; ValueError where a pitch is outside the range.

        What was said a repeat's distance back is said again, the farthest first; before the beginning of the farthest
        lies no event.
        """
        classes = []
        for step, event in enumerate(events):
            for place, back in reversed(tuple(enumerate(self.repeats))):
                farthest = back == self.repeats[-1]
                before = events[step - back] if step >= back else NO_EVENT if farthest else None
                if before == event:
                    classes.append(len(self.said) + place)
                    break
            else:
                if event not in self.index:
                    raise ValueError(f"pitch {event} is outside {self.lowest} to {self.highest}")
                classes.append(self.index[event])
        return classes

    def decode(self, classes: Iterable[int]) -> list[int]:
        """The events of classes; the inverse of `encode`."""
        events: list[int] = []
        for index in classes:
            events.append(self.event(index, events))
        return events

    def event(self, index: int, before: Sequence[int]) -> int:
        """The event that a class stands for after the events before."""
        if not 0 <= index < self.classes:
            raise ValueError(f"class {index} is outside 0 to {self.classes - 1}")
        if index < len(self.said):
            return self.said[index]
        back = self.repeats[index - len(self.said)]
        return before[-back] if len(before) >= back else NO_EVENT

    def meant(self, before: Sequence[int]) -> list[int]:
        """The event that each class stands for after the events before; several may stand for the same."""
        return [*self.said, *(self.event(len(self.said) + place, before) for place in range(len(self.repeats)))]

    def right(self, events: Sequence[int]) -> Row:
        """Which classes mean each event, given those before it: [len(events), classes]."""
        index = [self.index[event] for event in events]
        right = np.zeros((len(events), self.classes), dtype=np.int8)
        right[np.arange(len(events)), index] = 1
        for place, back in enumerate(self.repeats):
            before = [*[NO_EVENT] * back, *events][: len(events)]
            right[:, len(self.said) + place] = np.equal(before, events)
        return right

    def heard(self, events: Sequence[int]) -> Row:
        """What is heard before the first event and after each: [len(events) + 1, inputs]."""
        if self.one_hot:
            return np.eye(self.inputs, dtype=np.int8)[[self.index[NO_EVENT], *(self.index[e] for e in events)]]
        ear = self.ear()
        rows = [ear.row()]
        for event in events:
            ear.hear(event)
            rows.append(ear.row())
        return np.array(rows, dtype=np.int8)


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
