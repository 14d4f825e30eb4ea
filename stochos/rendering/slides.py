"""Glissandi on the page: a straight line from a note to where it glides.

A written glissando leads to the next note. Where generated notes glide there is no such note, so a small one without a
stem stands at the end of the line: the key nearest to what is reached.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from stochos.music.pitch import Pitch
from stochos.realization import Bar
from stochos.rendering.accidentals import spell_in_melody

if TYPE_CHECKING:
    from stochos.rendering.staff import Voice

_LINES = 16  # that MusicXML tells apart at one time


@dataclass(slots=True)
class Goal:
    """A small note at the end of a glissando. number: of the line; shows: whether its accidental is printed."""

    pitch: Pitch
    number: int
    shows: bool = False


@dataclass(frozen=True, slots=True)
class Slides:
    """The lines of a part.

    ends   by `id` of a symbol and number of a note in it: "start" or "stop" and the number of each line there
    goals  by `id` of the symbol that they follow
    """

    ends: dict[tuple[int, int], list[tuple[str, int]]]
    goals: dict[int, list[Goal]]


@dataclass(frozen=True, slots=True)
class _Line:
    """From a note to a goal: to another note of the voice, or to one that is only reached."""

    voice: Voice
    note: int
    goal: int | None
    end: int


def slides(voices: Sequence[Voice], bars: Sequence[Bar]) -> Slides:
    """The lines of a part, each under a number that none has at the same time."""
    found = Slides({}, {})
    lines = [line for voice in voices for line in _lines(voice)]
    if not lines:
        return found
    places = {id(voice): _symbols(voice) for voice in voices}
    onsets, free_at = [bar.onset for bar in bars], [0] * _LINES
    for line in sorted(lines, key=lambda line: (line.voice.notes[line.note].start, line.end)):
        note, symbols = line.voice.notes[line.note], places[id(line.voice)]
        if line.note not in symbols or line.goal not in {None, *symbols}:
            continue
        number = next((n for n, free in enumerate(free_at) if free <= note.start), 0)
        free_at[number] = line.end + 1
        first, last = symbols[line.note]
        found.ends.setdefault((first, line.note), []).append(("start", number + 1))
        if line.goal is not None:
            found.ends.setdefault((symbols[line.goal][0], line.goal), []).insert(0, ("stop", number + 1))
            continue
        midi = min(max(note.midi + round(note.glide), 0), 127)
        key = bars[max(0, bisect_right(onsets, note.end - 1) - 1)].key
        found.goals.setdefault(last, []).append(Goal(spell_in_melody(midi, None, key), number + 1))
    return found


def _lines(voice: Voice) -> list[_Line]:
    """The glissandi of a voice that reach another key."""
    chords = [list(own) for _, own in groupby(range(len(voice.notes)), key=lambda i: voice.notes[i].start)]
    lines = []
    for place, chord in enumerate(chords):
        following = chords[place + 1] if place + 1 < len(chords) else []
        for index in chord:
            note = voice.notes[index]
            if not round(note.glide):
                continue
            if "glissando" not in note.articulations:
                lines.append(_Line(voice, index, None, note.end))
                continue
            goals = [i for i in following if voice.notes[i].midi == note.midi + round(note.glide)]
            there = goals[0] if goals else None  # the next note may be for the other hand
            lines.append(_Line(voice, index, there, note.end if there is None else voice.notes[there].start))
    return lines


def _symbols(voice: Voice) -> dict[int, tuple[int, int]]:
    """`id` of the first and last symbol of each note."""
    found: dict[int, tuple[int, int]] = {}
    for symbols in voice.bars:
        for symbol in sorted(symbols, key=attrgetter("onset")):
            for number in symbol.notes:
                found[number] = found.get(number, (id(symbol), 0))[0], id(symbol)
    return found
