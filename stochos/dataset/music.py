"""What a file holds, as far as a dataset cares: notes by part, and meters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stochos.music.time import QUARTER
from stochos.music.tune import Tune

Notes = list[tuple[int, int, int]]
"""Onset and end in ticks, and MIDI pitch."""


@dataclass(frozen=True, slots=True)
class Music:
    """Notes of a piece.

    division  ticks a quarter note
    parts     notes of each, in any order; percussion is left out
    meters    numerator and denominator, by the tick from which they hold
    """

    division: int
    parts: tuple[Notes, ...]
    meters: Mapping[int, tuple[int, int]]


def of_tune(tune: Tune) -> Music:
    """A tune from MusicXML, ABC or the corpus."""
    parts = tuple([(n.onset, n.onset + n.duration, n.pitch) for n in part.notes] for part in tune.parts)
    meters: dict[int, tuple[int, int]] = {}
    last = None
    for bar in tune.bars:
        meter = (bar.meter.numerator, bar.meter.denominator)
        if meter != last:
            # A pickup counts back from the first full bar; a bar cut short by a change does not come here.
            meters[bar.onset if meters else bar.onset - max(0, _bar_ticks(meter) - bar.length)] = meter
        last = meter
    return Music(QUARTER, parts, meters)


def _bar_ticks(meter: tuple[int, int]) -> int:
    return 4 * QUARTER * meter[0] // meter[1]
