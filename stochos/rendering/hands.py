"""Two staves for keyboards and the harp: which note is for which hand.

A voice stays on one staff through a bar as long as it is bearable there; else chord by chord, else note by note.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from stochos.realization import Bar

if TYPE_CHECKING:
    from stochos.rendering.staff import Written

UPPER, LOWER = 0, 1
_MIDDLE = 60
_LOWEST_ABOVE = 55  # G3, two ledger lines below the upper staff
_HIGHEST_BELOW = 65  # F4, two above the lower one
_REACH = 16  # semitones that a hand spans, a tenth


def deal(notes: Sequence[Written], bars: Sequence[Bar]) -> tuple[list[Written], list[Written]]:
    """The notes of one voice on the upper and on the lower staff, each in their order."""
    onsets = [bar.onset for bar in bars]
    dealt: tuple[list[Written], list[Written]] = [], []
    before: int | None = None
    for _, own in groupby(notes, lambda note: bisect_right(onsets, note.start)):
        for staff, note in _deal_bar(list(own), before):
            dealt[staff].append(note)
            before = staff
    return dealt


def _deal_bar(notes: list[Written], before: int | None) -> Iterator[tuple[int, Written]]:
    chords = [list(own) for _, own in groupby(notes, lambda note: note.start)]
    together = _together(notes, before) if all(map(_is_within_reach, chords)) else None
    if together is not None:
        yield from ((together, note) for note in notes)
        return
    for chord in chords:
        before = _together(chord, before) if _is_within_reach(chord) else None
        for note in chord:
            yield (UPPER if note.midi >= _MIDDLE else LOWER) if before is None else before, note


def _is_within_reach(chord: Sequence[Written]) -> bool:
    return max(note.midi for note in chord) - min(note.midi for note in chord) <= _REACH


def _together(notes: Sequence[Written], before: int | None) -> int | None:
    """The staff that can hold all of these, the one before where both can; None where neither can."""
    low, high = min(note.midi for note in notes), max(note.midi for note in notes)
    above, below = low >= _LOWEST_ABOVE, high <= _HIGHEST_BELOW
    if above and below:
        return before if before is not None else UPPER if low + high >= 2 * _MIDDLE else LOWER
    return UPPER if above else LOWER if below else None
