"""One voice of one part in one take of a section, realised: chance has its say here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, assert_never

import numpy as np

from stochos import score
from stochos.music.time import QUARTER
from stochos.process.compass import settle
from stochos.process.constraint import Sounding
from stochos.process.passage import Events, Frame, Token
from stochos.process.value import Floats
from stochos.realization import Note, Origin
from stochos.realize.attempts import Starved, Tally
from stochos.realize.frame import Place, Take, at_places, frame_of
from stochos.realize.glide import drawn_glides
from stochos.realize.marks import shades
from stochos.realize.page import is_on_page, one_line, placed
from stochos.realize.phrase import Phrase, joined, remembered, transformed
from stochos.realize.streams import stream
from stochos.transform import HELD
from stochos.transform.pitch import kept

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Voice:
    """Who plays.

    section  its name, with apostrophes
    number   within the part
    hears    the notes that a part begins between two ticks of the section, by onset
    """

    take: Take
    section: str
    number: int
    part: str
    hears: Callable[[str, int, int], list[Note]]

    def add(self, item: score.Item, place: Place, phrase: Phrase, before: tuple[Token, ...]) -> None:
        """Plays one more item of a phrase; before: what was played before the phrase."""
        match item:
            case score.Note():
                phrase.notes += self._sounded(item, Origin(self.section, "written"))
            case score.Dynamic() | score.Hairpin() | score.Slur():
                phrase.marks.append(item)
            case score.Tuplet():
                phrase.tuplets.append(item)
            case score.Passage():
                self._play(item, place, phrase, before)
            case score.Group():
                inner, told = Phrase(), remembered(phrase.notes, item.onset, before)
                for each in item.items:
                    self.add(each, place.within(item), inner, told)
                phrase.append(self._piped(inner, item), item.onset)
            case _:
                assert_never(item)

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
        if group.compass is not None:
            phrase.notes = kept(phrase.notes, *group.compass)
        return phrase

    def _play(self, passage: score.Passage, place: Place, phrase: Phrase, before: tuple[Token, ...]) -> None:
        """Adds what a passage plays; in a group it is not yet known where free notes come to stand on the page."""
        if passage.duration <= 0:
            return
        heard = remembered(phrase.notes, passage.onset, before)
        frame, events, places, compass, notes = self._kept(passage, place, heard)
        start, end = passage.onset, passage.onset + passage.duration
        glides = drawn_glides(passage, self.take, place, frame, places, compass, notes, events.speed)
        if place == Place():
            times, brackets = placed(notes, start, end, self.take.section)
            phrase.tuplets += brackets
        elif is_on_page(notes, place.tick(start) - start):
            times = one_line(notes)
        else:
            times = [(onset, 0) for onset, _, _ in notes]
            phrase.free.append((start, end))
        if events.intensity is not None and passage.velocity is None:
            lasting = [(at, length or note[1]) for (at, length), note in zip(times, notes, strict=True)]
            phrase.marks += shades(events.intensity, lasting)
        velocities = _velocities(passage, frame, events, places)
        number, origin = self.number, Origin(self.section, passage.name, passage.label)
        held = np.zeros(len(notes), dtype=np.bool_) if events.held is None else events.held
        marks = [("fermata",) if flag else () for flag in held.tolist()]
        phrase.notes += [
            Note(onset, duration, written_onset, written_duration, pitch, None, velocity, number, mark, origin, glide)
            for (onset, duration, pitch), (written_onset, written_duration), velocity, mark, glide in zip(
                notes, times, velocities, marks, glides, strict=True
            )
        ]

    def _kept(self, passage: score.Passage, place: Place, heard: tuple[Token, ...]) -> _Draw:
        """The first draw of a passage that is as asked. Raises Starved."""
        until = passage.until
        if until is None:
            return self._draw(passage, place, heard, 0)
        tally = Tally(until)
        for attempt in range(until.attempts):
            draw = self._draw(passage, place, heard, attempt)
            if tally.counts(draw.notes):
                self.take.trials.append(tally.trial(self.part, self.section, passage))
                return draw
        raise Starved(tally.trial(self.part, self.section, passage), until)

    def _draw(self, passage: score.Passage, place: Place, heard: tuple[Token, ...], attempt: int) -> _Draw:
        frame = frame_of(passage, self.take, place, heard, self.part, attempt)
        frame = replace(frame, heard=lambda part, later: self._heard(part, later, passage, place))
        events = passage.process.play(frame)
        places = np.clip(events.onset / frame.context.duration, 0.0, 1.0)
        compass = at_places(frame, "compass", places)
        keys = frame.by_scale(places, lambda allowed: settle(events.pitch, *compass, allowed))
        start, end = passage.onset, passage.onset + passage.duration
        notes = _on_ticks(events, start, end, keys)
        return _Draw(frame, events, places, compass, notes)

    def _heard(self, part: str, later: float, passage: score.Passage, place: Place) -> Events:
        """What a part played from so many quarter notes before a passage, for as long as that; in its own tempo."""
        start = place.tick(passage.onset) - round(later * QUARTER)
        notes = self.hears(part, start, start + passage.duration)
        columns = np.array([(n.onset - start, n.duration, n.pitch) for n in notes], dtype=np.float64).reshape(-1, 3).T
        held = np.array(["fermata" in note.articulations for note in notes], dtype=np.bool_)
        return Events(columns[0] / QUARTER, columns[1] / QUARTER, columns[2], None, held=held)


class _Draw(NamedTuple):
    """One draw of a passage.

    places   [N]: where the notes start, 0..1
    compass  [N] each: lowest and highest pitch there
    notes    N of them, on ticks
    """

    frame: Frame
    events: Events
    places: Floats
    compass: tuple[Floats, Floats]
    notes: list[Sounding]


def _on_ticks(events: Events, start: int, end: int, pitches: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Onset, duration and pitch of events, rounded to ticks once, between two ticks."""
    onset = np.clip(start + np.rint(events.onset * QUARTER), start, end - 1).astype(np.int64)
    stop = np.clip(start + np.rint((events.onset + events.duration) * QUARTER), onset + 1, end).astype(np.int64)
    return list(zip(onset.tolist(), (stop - onset).tolist(), pitches.tolist(), strict=True))


def _velocities(passage: score.Passage, frame: Frame, events: Events, places: Floats) -> list[int] | list[None]:
    """Drawn by the passage, else as the process says, else None each: by the dynamics in force."""
    drawn = events.velocity
    if passage.velocity is not None:
        drawn = passage.velocity.sampler(frame.context.at("velocity"))(places)
    if drawn is None:
        return [None] * len(places)
    loud: list[int] = np.clip(np.rint(drawn), 1, 127).astype(np.int64).tolist()
    return loud
