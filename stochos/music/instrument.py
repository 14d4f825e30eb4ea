"""Instruments: names, General MIDI programs, ranges, clefs; percussion names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instrument:
    """What plays a part.

    name           for the page: "Violoncello"
    abbreviation   "Vc."
    program        General MIDI program, 0..127
    low, high      playable range, MIDI numbers at sounding pitch
    clef           usual clef: "treble" "bass" "alto" "tenor" "treble8vb" "percussion"
    is_percussion  a kit on MIDI channel 10: pitches are drum keys, written by name
    """

    name: str
    abbreviation: str
    program: int
    low: int
    high: int
    clef: str
    is_percussion: bool = False
