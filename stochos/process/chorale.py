"""Four voices as Bach set them, or three under a melody."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stochos.process.compass import Flags
from stochos.process.foretelling import STEPS, freedom_of, steps_in
from stochos.process.joint import at_start
from stochos.process.passage import Events, Frame, Song
from stochos.process.value import Constant, Context, Quantity, Value, parameter

VOICES = ("soprano", "alto", "tenor", "bass")

ANYWHERE = (0, 127)

_LONG = 6 * STEPS


@dataclass(frozen=True, slots=True)
class Chorale:
    """A network that learned Bach's chorales writes four voices at once, or the three lower ones under a melody.

    parts        who sings, from the highest to the lowest: four, or three where there is a melody
    melody       the part that has the soprano, written or generated; None: it is sung as well
    model        folder of the network
    phrase       quarter notes from one end of a phrase to the next; fermatas in the melody come before it
    temperature  below 1 tamer, above 1 wilder, > 0
    top          only so many of the likeliest events may come; None: all
    nucleus      only the likeliest events that have this share of the chances together; None: all
    Source: Liang, BachBot (2016); Hadjeres et al., DeepBach (2017).
    """

    JOINT: ClassVar = True

    parts: tuple[str, ...] = parameter(Quantity.PARTS, "who sings, the highest first: four, or three under a melody")
    melody: str | None = parameter(Quantity.PART, "the part that has the melody", default=None)
    model: str = parameter(Quantity.MODEL, "a trained network", default="chorale", words=("chorale",))
    phrase: Value = parameter(Quantity.LENGTH, "from cadence to cadence", default=Constant(8.0), at_least=1.0)
    temperature: Value = parameter(Quantity.RATIO, "below 1 tamer, above 1 wilder", default=Constant(1.0), above=0.0)
    top: Value | None = parameter(Quantity.NUMBER, "so many of the likeliest", default=None, at_least=1.0)
    nucleus: Value | None = parameter(
        Quantity.CHANCE, "the likeliest that have this share", default=None, at_least=0.0, at_most=1.0
    )

    @property
    def HEARS(self) -> bool:  # noqa: N802  as classes of processes say it
        """Whether it plays after another part."""
        return self.melody is not None

    @property
    def to(self) -> str:
        """The part that it hears."""
        return self.melody or ""

    def later(self, duration: float) -> float:
        """It sounds with the melody."""
        return 0.0

    def flaw(self, part: str) -> tuple[str, str] | None:
        """The argument that does not fit the others, and why."""
        if self.melody in self.parts:
            return "melody", f"{self.melody} has the melody, and is not among the `parts` that are sung to it"
        wanted = len(VOICES) if self.melody is None else len(VOICES) - 1
        if len(self.parts) != wanted:
            right = "four parts, or three and a `melody`" if self.melody is None else "three parts under a melody"
            return "parts", f"a chorale has {right}; here {_are(len(self.parts))}"
        return None

    def play(self, frame: Frame) -> Events:
        """The part's own voice."""
        voice = self.parts.index(frame.part) + (self.melody is not None)
        notes = frame.network(self.model).sing(self.song(frame))[voice][: frame.count]
        _, fermatas = self._given(frame, steps_in(frame.shared.duration))
        held = _under(fermatas, notes)
        onset, duration, pitch = np.array(notes, dtype=np.float64).reshape(-1, 3).T
        onset = onset / STEPS
        duration = np.minimum(duration / STEPS, frame.context.duration - onset)
        return Events(onset, duration, pitch, None, held=held)

    def song(self, frame: Frame) -> Song:
        """What all parts sing: the same, whichever of them asks."""
        context = frame.shared
        steps = steps_in(context.duration)
        places = (np.arange(steps) + 0.5) / max(steps, 1)
        given, holds = self._given(frame, steps)
        ranges = [frame.ranges.get(part, ANYWHERE) for part in self.parts]
        return Song(
            melody=given,
            holds=holds or self._phrases(context, steps),
            ranges=tuple(ranges if given is None else [ANYWHERE, *ranges]),
            key=frame.key,
            freedom=freedom_of(self, context, places),
            chances=tuple(map(tuple, context.at("voices").rng().random((steps, len(VOICES))).tolist())),
        )

    def _given(self, frame: Frame, steps: int) -> tuple[tuple[tuple[int, int, int], ...] | None, Holds]:
        """The melody on sixteenths, and its notes under fermatas."""
        if self.melody is None:
            return None, ()
        assert frame.heard is not None
        heard = frame.heard(self.melody, 0.0)
        onset = np.rint(heard.onset * STEPS).astype(int)
        end = np.maximum(np.rint((heard.onset + heard.duration) * STEPS).astype(int), onset + 1)
        held = np.zeros(len(onset), dtype=bool) if heard.held is None else heard.held
        notes = zip(onset.tolist(), (end - onset).tolist(), np.rint(heard.pitch).astype(int).tolist(), strict=True)
        spans = zip(onset[held].tolist(), end[held].tolist(), strict=True)
        return tuple(note for note in notes if note[0] < steps), tuple(span for span in spans if span[0] < steps)

    def _phrases(self, context: Context, steps: int) -> Holds:
        """The ends of phrases, in steps: a half note, or a quarter where they are short."""
        length = max(round(at_start(self.phrase, context.at("phrase")) * STEPS), STEPS)
        ends = [min(length * k, steps) for k in range(1, math.ceil(steps / length) + 1)]
        return tuple((max(end - STEPS * (2 if length >= _LONG else 1), 0), end) for end in ends)


Holds = tuple[tuple[int, int], ...]


def _under(fermatas: Holds, notes: Sequence[tuple[int, int, int]]) -> Flags:
    """Which notes of a voice sound last while the melody is held."""
    held = np.zeros(len(notes), dtype=np.bool_)
    for start, end in fermatas:
        sounding = [k for k, (onset, length, _) in enumerate(notes) if onset < end and onset + length > start]
        held[sounding[-1:]] = True
    return held


def _are(parts: int) -> str:
    return f"are {parts}" if parts > 1 else "is one"
