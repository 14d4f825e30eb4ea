"""The page: where notes of free stochastic time are written."""

from __future__ import annotations

from bisect import bisect_right
from typing import TypeAlias

from stochos import score
from stochos.music.time import QUARTER
from stochos.realization import Note
from stochos.realize.phrase import Phrase
from stochos.realize.quantise import quantise

FINEST = QUARTER // 16
"""Ticks of a 64th note: what lies on these points is written as it is."""

Cell: TypeAlias = tuple[int, int, int]
"""Onset, length and beat of a bar, or of a piece of one: ticks."""


Sounding: TypeAlias = tuple[int, int, int]
"""Onset, duration and pitch of a note."""


def is_on_page(notes: list[Sounding], base: int = 0) -> bool:
    """Whether notes begin and end where notation has a place for them; `base` is the tick that they count from."""
    return all((onset + base) % FINEST == 0 == duration % FINEST for onset, duration, _ in notes)


def written(phrase: Phrase, section: score.Section) -> Phrase:
    """The phrase of a whole voice with its free notes on the page, and the brackets that they need."""
    phrase = _rebracketed(phrase, section)
    free = sorted(set(phrase.free))
    if not free:
        return phrase
    by_place: list[list[int]] = [[] for _ in free]
    for i, note in enumerate(phrase.notes):
        if note.written_duration == 0:
            by_place[max(0, bisect_right(free, note.onset, key=lambda place: place[0]) - 1)].append(i)
    notes, tuplets = list(phrase.notes), list(phrase.tuplets)
    for (start, end), indexes in zip(free, by_place, strict=True):
        indexes.sort(key=lambda i: notes[i].onset)
        sounding = [_cut(notes[i], start, end) for i in indexes]
        times, brackets = placed(sounding, start, end, section)
        for i, (onset, duration) in zip(indexes, times, strict=True):
            notes[i] = on_page(notes[i], onset, duration)
        tuplets += brackets
    return Phrase(notes, phrase.marks, tuplets, [])


def _rebracketed(phrase: Phrase, section: score.Section) -> Phrase:
    """The phrase with what stood in brackets over barlines written anew; a stretch or a new place brings that about."""

    def bar_of(tick: int) -> int:
        return bisect_right(section.bars, tick, key=lambda bar: bar.onset)

    across = [t for t in phrase.tuplets if bar_of(t.onset) != bar_of(t.onset + t.duration - 1)]
    if not across:
        return phrase
    notes, tuplets = list(phrase.notes), phrase.tuplets
    for wide in across:
        start, end = wide.onset, wide.onset + wide.duration
        tuplets = [t for t in tuplets if not start <= t.onset < end]
        inside = [i for i, n in enumerate(notes) if start <= n.written_onset < end and n.written_duration]
        inside.sort(key=lambda i: notes[i].written_onset)
        old = [(notes[i].written_onset, min(notes[i].written_duration, end - notes[i].written_onset)) for i in inside]
        times, brackets = placed([(*o, notes[i].pitch) for o, i in zip(old, inside, strict=True)], start, end, section)
        for i, (onset, duration) in zip(inside, times, strict=True):
            notes[i] = on_page(notes[i], onset, duration)
        tuplets = tuplets + brackets
    return Phrase(notes, phrase.marks, tuplets, phrase.free)


def _cut(note: Note, start: int, end: int) -> Sounding:
    """What of a note lies between two ticks: swing and other accidents may have moved it out."""
    onset = min(max(note.onset, start), end - 1)
    return onset, max(1, min(note.onset + note.duration, end) - onset), note.pitch


def placed(
    notes: list[Sounding], start: int, end: int, section: score.Section
) -> tuple[list[tuple[int, int]], list[score.Tuplet]]:
    """Written onsets and durations for notes sorted by onset, between two ticks of a section; brackets for them."""
    if is_on_page(notes):
        return one_line(notes), []
    times, brackets = quantise(notes, cells(section.bars, start, end), section.grid, section.tuplets)
    return times, [score.Tuplet(*bracket) for bracket in brackets]


def one_line(notes: list[Sounding]) -> list[tuple[int, int]]:
    """Written onsets and durations of notes that lie on the page: none beyond the next onset, whatever sounds on."""
    times: list[tuple[int, int]] = []
    following: int | None = None
    reached: int | None = None
    for onset, duration, _ in reversed(notes):
        if reached is not None and onset < reached:
            following = reached
        reached = onset
        times.append((onset, duration if following is None else min(duration, following - onset)))
    return times[::-1]


def on_page(note: Note, onset: int, duration: int) -> Note:
    """The note, written there."""
    return Note(
        note.onset, note.duration, onset, duration,
        note.pitch, note.spelling, note.velocity, note.voice, note.articulations, note.origin, note.glide,
    )  # fmt: skip


def cells(bars: tuple[score.Bar, ...], start: int, end: int) -> list[Cell]:
    """The bars between two ticks; where these cut a beat, its pieces are beats of their own.

    So no bracket reaches over the ends of a passage.
    """
    found: list[Cell] = []
    for bar in bars:
        low, high = max(bar.onset, start), min(bar.onset + bar.length, end)
        if low >= high:
            continue
        beat = bar.meter.beat
        first = min(bar.onset + -(-(low - bar.onset) // beat) * beat, high)
        last = max(bar.onset + (high - bar.onset) // beat * beat, first)
        pieces = [(low, first, first - low), (first, last, beat), (last, high, high - last)]
        found += [(onset, stop - onset, unit) for onset, stop, unit in pieces if stop > onset]
    return found
