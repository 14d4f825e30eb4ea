"""One voice of one part in one take of a section, realised: chance has its say here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

import numpy as np

from stochos import score
from stochos.frame import Place, Take, at_places, frame_of
from stochos.music.time import QUARTER
from stochos.page import is_on_page, written
from stochos.phrase import Phrase, joined, released, remembered, transformed
from stochos.process.compass import settle
from stochos.process.passage import Events, Frame, Token
from stochos.realization import Note, Origin
from stochos.streams import stream
from stochos.transform import HELD


@dataclass(frozen=True, slots=True)
class Voice:
    """Who plays. section: its name, with apostrophes; number: within the part."""

    take: Take
    section: str
    number: int

    def realized(self, items: tuple[score.Item, ...]) -> Phrase:
        """The voice's music, every note on the page, ties joined."""
        phrase = written(self._phrase(items, Place(), ()), self.take.section)
        phrase.notes = released(joined(phrase.notes))
        return phrase

    def _phrase(self, items: tuple[score.Item, ...], place: Place, before: tuple[Token, ...]) -> Phrase:
        phrase = Phrase()
        origin = Origin(self.section, "written")
        for item in items:
            match item:
                case score.Note():
                    phrase.notes += self._sounded(item, origin)
                case score.Dynamic() | score.Hairpin() | score.Slur():
                    phrase.marks.append(item)
                case score.Tuplet():
                    phrase.tuplets.append(item)
                case score.Passage():
                    self._play(item, place, phrase, before)
                case score.Group():
                    inner = self._phrase(item.items, place.within(item), remembered(phrase.notes, item.onset, before))
                    phrase.append(self._piped(inner, item), item.onset)
                case _:
                    assert_never(item)
        return phrase

    def _sounded(self, note: score.Note, origin: Origin) -> list[Note]:
        """A written note as chance has it: all of its pitches, one, or none."""
        if note.chance is not None and self.take.uniform(note, "chance") >= note.chance:
            return []
        pitched = list(zip(note.pitches, note.spellings, strict=True))
        if note.choose:
            pitched = [pitched[int(self.take.uniform(note, "choice") * len(pitched))]]
        articulations = (*note.articulations, HELD) if note.tied else note.articulations
        return [
            Note(
                note.onset, note.duration, note.onset, note.duration,
                pitch, spelling, None, self.number, articulations, origin,
            )
            for pitch, spelling in pitched
        ]  # fmt: skip

    def _piped(self, phrase: Phrase, group: score.Group) -> Phrase:
        """A group's music after its transformations."""
        if not group.transforms:
            return phrase
        phrase.notes = joined(phrase.notes)
        duration, path = group.inner, self.take.path(group.path, group.shared)
        for i, transform in enumerate(group.transforms):
            phrase = transformed(phrase, transform, duration, stream(self.take.seed, *path, str(i)))
            duration = round(duration * transform.stretch)
        return phrase

    def _play(self, passage: score.Passage, place: Place, phrase: Phrase, before: tuple[Token, ...]) -> None:
        """Adds what a passage plays."""
        if passage.duration <= 0:
            return
        frame = frame_of(passage, self.take, place, remembered(phrase.notes, passage.onset, before))
        events = passage.process.play(frame)
        notes = self._notes(passage, frame, events, place.tick(passage.onset) - passage.onset)
        phrase.notes += notes
        if any(note.written_duration == 0 for note in notes[:1]):
            phrase.free.append((passage.onset, passage.onset + passage.duration))

    def _notes(self, passage: score.Passage, frame: Frame, events: Events, base: int) -> list[Note]:
        """Events as notes on the ticks of the phrase; `base` is where that starts in the section."""
        first, last = passage.onset, passage.onset + passage.duration
        onset = np.clip(first + np.rint(events.onset * QUARTER), first, last - 1)
        end = np.clip(first + np.rint((events.onset + events.duration) * QUARTER), onset + 1, last)
        places = np.clip(events.onset / frame.context.duration, 0.0, 1.0)
        pitches = settle(events.pitch, *at_places(frame, "compass", places), frame.allowed).tolist()
        velocities = _velocities(passage, frame, events, places)
        onsets, durations = onset.astype(np.int64).tolist(), (end - onset).astype(np.int64).tolist()
        fits = is_on_page(onsets, end.astype(np.int64).tolist(), base)
        lengths = durations if fits else [0] * len(onsets)
        origin = Origin(self.section, passage.name, passage.label)
        return [
            Note(onset, duration, onset, length, pitch, None, velocity, self.number, (), origin)
            for onset, duration, length, pitch, velocity in zip(
                onsets, durations, lengths, pitches, velocities, strict=True
            )
        ]


def _velocities(
    passage: score.Passage, frame: Frame, events: Events, places: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> list[int] | list[None]:
    """Drawn by the passage, else as the process says, else None each: by the dynamics in force."""
    drawn = events.velocity
    if passage.velocity is not None:
        drawn = passage.velocity.sampler(frame.context.at("velocity"))(places)
    if drawn is None:
        return [None] * len(places)
    loud: list[int] = np.clip(np.rint(drawn), 1, 127).astype(np.int64).tolist()
    return loud
