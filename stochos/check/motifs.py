"""Bound music: its bars, and some of them."""

from __future__ import annotations

from dataclasses import replace

from stochos import tree
from stochos.check.cursor import QUARTERS
from stochos.check.names import walk


def unbarred(voices: tuple[tree.Voice, ...]) -> tuple[tree.Voice, ...]:
    """A bound phrase of one bar or less without the barlines round it: there they only enclose."""
    if any(len(bars_of(voice)) > 1 for voice in voices):
        return voices
    return tuple(replace(v, items=tuple(i for i in v.items if not isinstance(i, tree.Barline))) for v in voices)


def bars_of(voice: tree.Voice) -> list[tuple[tree.Item, ...]]:
    """What stands between the barlines of a voice, each with the barline that ends it."""
    bars: list[tuple[tree.Item, ...]] = []
    current: list[tree.Item] = []
    for item in voice.items:
        if isinstance(item, tree.Barline):
            if any(not isinstance(i, tree.Barline) for i in current):
                bars.append((*current, item))
            current = []
        else:
            current.append(item)
    return [*bars, tuple(current)] if current else bars


def count_bars(music: tree.Notation) -> int:
    """How many bars every voice of it has."""
    return min(len(bars_of(voice)) for voice in music.voices)


def cut(music: tree.Notation, first: int, last: int) -> tuple[tree.Notation, tree.Duration] | None:
    """Some bars of bound music, and the duration in force where they begin; None where they are not there."""
    if not 1 <= first <= last <= count_bars(music):
        return None
    voices = [bars_of(voice) for voice in music.voices]
    gone = [item for bar in voices[0][: first - 1] for item in walk(bar)]
    durations = [item.duration for item in gone if isinstance(item, tree.Note) and item.duration]
    kept = tuple(tree.Voice(tuple(item for bar in bars[first - 1 : last] for item in bar)) for bars in voices)
    return replace(music, voices=kept), durations[-1] if durations else QUARTERS
