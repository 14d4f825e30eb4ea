"""What a network hears at a step and what it may say: events as classes, and melodies as rows of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stochos.neural.vocabulary import NO_EVENT

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
    places           where events come in frames, a few for each step of the music: the classes that may be said at each
                     place of a frame. Empty: every step has one event, and every class may be said
    given            places of a frame whose events are told, never foretold; where no class may be said there, events
                     are numbers of any size, each its own after the classes
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
    places: tuple[tuple[int, ...], ...] = ()
    given: tuple[int, ...] = ()

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
            if self.is_bare(step):
                classes.append(self.classes + event)
                continue
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
            bare = self.is_bare(len(events))
            events.append(index - self.classes if bare else self.event(index, events))
        return events

    def is_bare(self, step: int) -> bool:
        """Whether what comes at a step is told and has no class."""
        return bool(self.given) and not self.places[step % len(self.places)]

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
        """Which classes mean each event, given those before it: [len(events), classes]; none where it is told."""
        index = [0 if self.is_bare(step) else self.index[event] for step, event in enumerate(events)]
        right = np.zeros((len(events), self.classes), dtype=np.int8)
        right[np.arange(len(events)), index] = 1
        for place, back in enumerate(self.repeats):
            before = [*[NO_EVENT] * back, *events][: len(events)]
            right[:, len(self.said) + place] = np.equal(before, events)
        for place in self.given:
            right[place :: len(self.places)] = 0
        return right

    def may(self, place: int) -> NDArray[np.bool_]:
        """The classes that may be said at a place of a frame, [classes]."""
        may = np.zeros(self.classes, dtype=np.bool_)
        may[list(self.places[place])] = True
        return may

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
