"""Phrases: what has been realised of a voice so far, in ticks from the start of the section or group."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from stochos import score
from stochos.music.time import QUARTER
from stochos.process.passage import Token
from stochos.realization import Note
from stochos.transform import HELD, Transform

if TYPE_CHECKING:
    import numpy as np

REMEMBERED = 64
"""Notes, chords and rests of what was just played that a passage may go on from."""


Mark: TypeAlias = score.Dynamic | score.Hairpin | score.Slur


@dataclass
class Phrase:
    """Music under way.

    notes    those that are free of the page have a written duration of 0
    marks    dynamics, hairpins, slurs
    tuplets  brackets
    free     stretches of time (start, end) whose free notes are to be written together
    """

    notes: list[Note] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    tuplets: list[score.Tuplet] = field(default_factory=list)
    free: list[tuple[int, int]] = field(default_factory=list)

    def append(self, other: Phrase, onset: int) -> None:
        """Adds another phrase from `onset` on."""
        self.notes += shifted(other.notes, onset)
        self.marks += [_moved(mark, mark.onset + onset, length) for mark, length in _lasting(other.marks, 0)]
        self.tuplets += [replace(tuplet, onset=tuplet.onset + onset) for tuplet in other.tuplets]
        self.free += [(start + onset, end + onset) for start, end in other.free]


def shifted(notes: list[Note], ticks: int) -> list[Note]:
    """The notes, so much later."""
    if not ticks:
        return notes
    return [
        Note(
            n.onset + ticks, n.duration, n.written_onset + ticks, n.written_duration,
            n.pitch, n.spelling, n.velocity, n.voice, n.articulations, n.origin, n.glide,
        )
        for n in notes
    ]  # fmt: skip


def transformed(phrase: Phrase, transform: Transform, duration: int, rng: np.random.Generator) -> Phrase:
    """A phrase of `duration` ticks with its marks and brackets, after one transformation."""
    after = round(duration * transform.stretch)

    def placed(onset: int, length: int) -> int | None:
        return transform.place(onset, length, phrase.notes, duration)

    marks = []
    for mark, length in _lasting(phrase.marks, duration):
        at = placed(mark.onset, length)
        if at is not None and not (transform.reverses and isinstance(mark, score.Hairpin)):
            marks.append(_moved(mark, at, round(length * transform.stretch)))
    tuplets, free = [], []
    for tuplet in phrase.tuplets:
        at = placed(tuplet.onset, tuplet.duration)
        if at is not None:
            tuplets.append(replace(tuplet, onset=at, duration=round(tuplet.duration * transform.stretch)))
    for start, end in phrase.free:
        at = placed(start, end - start)
        free.append((0, after) if at is None else (at, at + round((end - start) * transform.stretch)))
    notes = transform(phrase.notes, duration, rng)
    if transform.regrids or len(tuplets) < len(phrase.tuplets):
        notes = [replace(note, written_onset=note.onset, written_duration=0) for note in notes]
        tuplets, free = [], [(0, after)]
    if (0, after) in free:
        free = [(0, after)]
    return Phrase(notes, sorted(marks, key=lambda mark: mark.onset), tuplets, free)


def _lasting(marks: list[Mark], duration: int) -> list[tuple[Mark, int]]:
    """Each mark and how long it counts: slurs to their end, others to the next of their kind, or the phrase's end."""
    lasting: list[tuple[Mark, int]] = []
    ends = {score.Dynamic: duration, score.Hairpin: duration}
    for mark in reversed(marks):
        if isinstance(mark, score.Slur):
            lasting.append((mark, mark.end - mark.onset))
        else:
            lasting.append((mark, max(0, ends[type(mark)] - mark.onset)))
            ends[type(mark)] = mark.onset
    return lasting[::-1]


def _moved(mark: Mark, onset: int, length: int) -> Mark:
    return score.Slur(onset, onset + length) if isinstance(mark, score.Slur) else replace(mark, onset=onset)


def joined(notes: list[Note]) -> list[Note]:
    """Tied notes made one with the next of their pitch, if it begins just where they end, on the page too.

    A tie that finds nothing yet stays open; a note on the page and one that is free of it do not join.
    """
    if not any(HELD in note.articulations for note in notes):
        return notes
    whole: list[Note] = []
    waiting: dict[tuple[int, int, int, bool], int] = {}
    for note in sorted(notes, key=lambda note: (note.onset, note.pitch)):
        first = waiting.pop((note.onset, note.written_onset, note.pitch, note.written_duration == 0), None)
        if first is None:
            first = len(whole)
            whole.append(note)
        else:
            whole[first] = _tied(whole[first], note)
        if HELD in note.articulations:
            held = whole[first]
            ends = held.onset + held.duration, held.written_onset + held.written_duration
            waiting[*ends, held.pitch, held.written_duration == 0] = first
    return whole


def _tied(first: Note, second: Note) -> Note:
    attack = tuple(name for name in first.articulations if name != HELD)
    later = tuple(name for name in second.articulations if name not in attack)
    return replace(
        first,
        duration=first.duration + second.duration,
        written_duration=first.written_duration + second.written_duration,
        articulations=attack + later,
        glide=first.glide + second.glide,
    )


def released(notes: list[Note]) -> list[Note]:
    """The notes without ties that found nothing."""
    return [
        replace(note, articulations=tuple(name for name in note.articulations if name != HELD))
        if HELD in note.articulations
        else note
        for note in notes
    ]


def remembered(notes: list[Note], now: int, before: tuple[Token, ...]) -> tuple[Token, ...]:
    """The last of what was played until `now`, as tokens; `before` is what came before the notes."""
    tail = sorted(notes[-4 * REMEMBERED :], key=lambda note: (note.onset, note.pitch))
    chords: list[tuple[int, int, list[Note]]] = []
    for note in tail:
        if chords and chords[-1][0] == note.onset:
            chords[-1][2].append(note)
        else:
            chords.append((note.onset, note.onset + note.duration, [note]))
    if not chords:
        return before
    tokens = list(before)
    held = False
    for (onset, end, chord), following in zip(chords, [*(c[0] for c in chords[1:]), now], strict=True):
        pitches = tuple(sorted({note.pitch for note in chord}))
        length = (min(end, following) - onset) / QUARTER
        if held and tokens and tokens[-1].pitches == pitches:
            tokens[-1] = Token(pitches, tokens[-1].length + length)
        else:
            tokens.append(Token(pitches, length))
        held = any(HELD in note.articulations for note in chord)
        if end < following:
            tokens.append(Token((), (following - end) / QUARTER))
    return tuple(tokens[-REMEMBERED:])
