"""One part laid out on its staff, or on two: voices of symbols, spelling, accidentals, clefs, slurs.

Knows no file format.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from stochos.music.instrument import GRAND, percussion_staff
from stochos.music.pitch import Pitch
from stochos.realization import Bar, Note, Part, Slur, Tuplet
from stochos.rendering.accidentals import Accidentals, followers, spell_in_melody
from stochos.rendering.beams import set_beams
from stochos.rendering.clefs import choose_clefs, readable
from stochos.rendering.hands import deal
from stochos.rendering.slides import Slides, slides
from stochos.rendering.symbols import Symbol, write_voice


@dataclass(slots=True)
class Written:
    """A note as it stands on the page; notes that coincide are one.

    start, end     ticks
    midi           MIDI number, or drum key
    pitch          as spelt; on a percussion staff the place in treble clef
    articulations  of all that coincide, in order
    glide          semitones that it has risen by its end
    """

    start: int
    end: int
    midi: int
    pitch: Pitch
    articulations: tuple[str, ...]
    spelling: Pitch | None = None
    glide: float = 0.0


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice: its notes, and its symbols bar by bar. A bar in which only others play holds nothing."""

    number: int
    notes: list[Written]
    bars: list[list[Symbol]]


@dataclass(frozen=True, slots=True)
class Staff:
    """Five lines. clefs: of each bar."""

    voices: list[Voice]
    clefs: list[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """A part on its staves.

    staves  one, or two for keyboards and the harp, the upper first
    slurs   by `id` of a symbol: "start" or "stop" and the number of each slur there
    slides  the lines of glissandi
    """

    part: Part
    staves: list[Staff]
    slurs: dict[int, list[tuple[str, int]]]
    slides: Slides

    @property
    def voices(self) -> list[Voice]:
        """Those of all staves."""
        return [voice for staff in self.staves for voice in staff.voices]


def lay_out(part: Part, bars: Sequence[Bar]) -> Layout:
    """Write a part on its staves."""
    end = bars[-1].onset + bars[-1].length if bars else 0
    clef = part.clef or part.instrument.clef
    staves: list[list[Voice]] = [[], []] if clef == GRAND else [[]]
    for number in sorted({note.voice for note in part.notes}) or [0]:
        notes = _merged([note for note in part.notes if note.voice == number], end)
        if part.instrument.is_percussion:
            _cut_at_next(notes)
            _place(notes)
        else:
            _spell(notes, bars)
        tuplets = [tuplet for tuplet in part.tuplets if tuplet.voice == number]
        for voices, own in zip(staves, deal(notes, bars) if clef == GRAND else (notes,), strict=True):
            if own or not voices:
                voices.append(_voice(number, own, tuplets, bars))
    every = [voice for voices in staves for voice in voices]
    lines = Slides({}, {}) if part.instrument.is_percussion else slides(every, bars)
    laid = []
    for place, voices in enumerate(staves):
        if part.instrument.is_percussion:
            clefs = ["percussion"] * len(bars)
        else:
            _set_signs(voices, bars, lines)
            clefs = choose_clefs(readable(part.instrument, part.clef, place), _pitches(voices, len(bars), lines))
        _hide_silence(voices, len(bars))
        laid.append(Staff(voices, clefs))
    return Layout(part, laid, _slur_ends(every, part.slurs), lines)


def _voice(number: int, notes: list[Written], tuplets: Sequence[Tuplet], bars: Sequence[Bar]) -> Voice:
    """Notes as symbols, in those tuplets in which one of them starts."""
    starts = [note.start for note in notes]
    own = [t for t in tuplets if bisect_left(starts, t.onset) < bisect_left(starts, t.onset + t.duration)]
    written = write_voice([(note.start, note.end) for note in notes], own, bars)
    for bar, symbols in zip(bars, written, strict=True):
        set_beams(symbols, bar.onset)
    return Voice(number, notes, written)


def _merged(notes: Sequence[Note], end: int) -> list[Written]:
    """Notes in order, those that coincide made one, and each cut where its pitch is struck again."""
    merged: list[Written] = []
    sounding: dict[int, Written] = {}
    for note in sorted(notes, key=lambda note: (note.written_onset, note.pitch)):
        start, stop = note.written_onset, min(note.written_onset + note.written_duration, end)
        if stop <= start:
            continue
        before = sounding.get(note.pitch)
        if before is not None and before.start == start:
            before.end = max(before.end, stop)
            before.articulations += tuple(a for a in note.articulations if a not in before.articulations)
            before.glide = before.glide or note.glide
            continue
        if before is not None and before.end > start:
            before.end = start
        written = Written(start, stop, note.pitch, Pitch("C", 0, 4), note.articulations, note.spelling, note.glide)
        sounding[note.pitch] = written
        merged.append(written)
    return merged


def _cut_at_next(notes: list[Written]) -> None:
    """End each stroke where the next is: nobody ties a drum."""
    following: int | None = None
    place: int | None = None
    for note in reversed(notes):
        if note.start != place:
            following, place = place, note.start
        if following is not None:
            note.end = min(note.end, following)


def _place(notes: Sequence[Written]) -> None:
    """Give each drum its line or space."""
    for note in notes:
        step, octave, _ = percussion_staff(note.midi)
        note.pitch = Pitch(step, 0, octave)


def _spell(notes: Sequence[Written], bars: Sequence[Bar]) -> None:
    """Spell what the composer did not: by the key, and by where the voice goes next."""
    chords = [list(chord) for _, chord in groupby(notes, attrgetter("start"))]
    bar = 0
    for chord, following in zip(chords, followers([[n.midi for n in chord] for chord in chords]), strict=True):
        while bar + 1 < len(bars) and bars[bar + 1].onset <= chord[0].start:
            bar += 1
        for note in chord:
            leads = following if note is chord[-1] else None
            note.pitch = note.spelling or spell_in_melody(note.midi, leads, bars[bar].key)


def _set_signs(voices: Sequence[Voice], bars: Sequence[Bar], lines: Slides) -> None:
    accidentals = Accidentals()
    for index, bar in enumerate(bars):
        accidentals.begin_bar(bar.key.fifths)
        own = [(symbol, voice.notes) for voice in voices for symbol in voice.bars[index] if symbol.notes]
        heads = [(symbol.onset, True, symbol, notes) for symbol, notes in own]
        goals = [(symbol.end, False, symbol, notes) for symbol, notes in own if id(symbol) in lines.goals]
        for _, is_head, symbol, notes in sorted(heads + goals, key=lambda item: item[:2]):
            if is_head:
                symbol.signs = tuple(_sign(notes[number], symbol, accidentals) for number in symbol.notes)
                continue
            for goal in lines.goals[id(symbol)]:
                goal.shows = accidentals.shows(goal.pitch)


def _sign(note: Written, symbol: Symbol, accidentals: Accidentals) -> bool:
    if note.start < symbol.onset:
        accidentals.tie(note.pitch)
        return False
    return accidentals.shows(note.pitch)


def _pitches(voices: Sequence[Voice], count: int, lines: Slides) -> list[list[Pitch]]:
    """What each bar has to show, the goals of glissandi too."""
    pages = []
    for index in range(count):
        symbols = [(symbol, voice.notes) for voice in voices for symbol in voice.bars[index]]
        heads = [notes[number].pitch for symbol, notes in symbols for number in symbol.notes]
        pages.append(heads + [goal.pitch for symbol, _ in symbols for goal in lines.goals.get(id(symbol), ())])
    return pages


def _hide_silence(voices: Sequence[Voice], count: int) -> None:
    """Leave out the bars of a voice that only rests where another plays, or where another rests already."""
    for index in range(count):
        silent = [voice for voice in voices if not any(symbol.notes for symbol in voice.bars[index])]
        for voice in silent if len(silent) < len(voices) else silent[1:]:
            voice.bars[index] = []


def _slur_ends(voices: Sequence[Voice], slurs: Sequence[Slur]) -> dict[int, list[tuple[str, int]]]:
    """Where slurs begin and end: on the first symbol of their first note and the last of their last."""
    ends: dict[int, list[tuple[str, int]]] = {}
    if not slurs:
        return ends
    places = {
        number: _places([voice for voice in voices if voice.number == number])
        for number in {voice.number for voice in voices}
    }
    free_at = [0] * 16
    for slur in sorted(slurs, key=lambda slur: (slur.onset, -slur.last)):
        starts, first, last = places.get(slur.voice, ([], {}, {}))
        begin, stop = bisect_left(starts, slur.onset), bisect_right(starts, slur.last) - 1
        if begin >= stop:
            continue
        opening, closing = first[starts[begin]], last[starts[stop]]
        number = next((n for n, free in enumerate(free_at) if free <= opening.onset), 0)
        free_at[number] = closing.onset + 1
        ends.setdefault(id(opening), []).append(("start", number + 1))
        ends.setdefault(id(closing), []).insert(0, ("stop", number + 1))
    return ends


def _places(voices: Sequence[Voice]) -> tuple[list[int], dict[int, Symbol], dict[int, Symbol]]:
    """Where notes start, and the first and last symbol of those that start there."""
    first: dict[int, Symbol] = {}
    last: dict[int, Symbol] = {}
    for voice in voices:
        for symbol in (symbol for symbols in voice.bars for symbol in symbols):
            for number in symbol.notes:
                start = voice.notes[number].start
                first.setdefault(start, symbol)
                last[start] = symbol
    return sorted(first), first, last
