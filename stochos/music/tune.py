"""Tunes: imported music, as plain notes in bars."""

from __future__ import annotations

from dataclasses import dataclass

from stochos.music.time import Meter


@dataclass(frozen=True, slots=True)
class TuneNote:
    """onset, duration: ticks from the tune's first bar; pitch: MIDI number."""

    onset: int
    duration: int
    pitch: int


@dataclass(frozen=True, slots=True)
class TunePart:
    """One voice or track. notes: sorted by onset, then pitch; chords are notes of one onset."""

    name: str
    notes: tuple[TuneNote, ...]


@dataclass(frozen=True, slots=True)
class TuneBar:
    """onset, length: ticks; number as printed (0 for a pickup)."""

    onset: int
    length: int
    meter: Meter
    number: int


@dataclass(frozen=True, slots=True)
class Tune:
    """A piece read from a file or the corpus. parts: those that have notes, in score order."""

    name: str
    parts: tuple[TunePart, ...]
    bars: tuple[TuneBar, ...]
