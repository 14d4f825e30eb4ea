"""Clefs: the one that a player expects, and another where whole bars lie too far from it."""

from __future__ import annotations

from collections.abc import Sequence

from stochos.music.instrument import GRAND, Instrument
from stochos.music.pitch import STEPS, Pitch

# Lowest line of each clef, as steps above C0.
_LOWEST = {"treble": 30, "bass": 18, "alto": 24, "tenor": 22, "treble8vb": 23}
_TENOR_READERS = {42, 43, 57, 70}  # cello, double bass, trombone, bassoon
_DEEP = 48  # instruments of the treble clef that go below C3 read bass too: marimba, guitar synthesizers
_CHANGE = 0.7  # what a change of clef costs, in ledger lines beyond the bearable of a whole bar
_ABROAD = 0.45  # what a bar in another clef than the usual one costs
_BEARABLE = 1.5  # ledger lines that nobody minds


def choose_clefs(clefs: Sequence[str], bars: Sequence[Sequence[Pitch]]) -> list[str]:
    """The clef of each bar: fewest ledger lines, and changes only where they pay.

    clefs  those to choose from, the usual one first
    bars   the notes of each bar
    """
    if len(clefs) == 1:
        return [clefs[0]] * len(bars)
    costs = [0.0] + [_CHANGE] * (len(clefs) - 1)
    choices: list[list[int]] = []
    for pitches in bars:
        cheapest = min(range(len(clefs)), key=costs.__getitem__)
        origins = [i if costs[i] <= costs[cheapest] + _CHANGE else cheapest for i in range(len(clefs))]
        costs = [min(costs[i], costs[cheapest] + _CHANGE) + _cost(clef, pitches, i > 0) for i, clef in enumerate(clefs)]
        choices.append(origins)
    index = min(range(len(clefs)), key=costs.__getitem__)
    path = []
    for origins in reversed(choices):
        path.append(clefs[index])
        index = origins[index]
    return path[::-1]


def readable(instrument: Instrument, forced: str | None, staff: int) -> tuple[str, ...]:
    """The clefs that may stand on a staff, the upper being 0, of an instrument."""
    if (forced or instrument.clef) == GRAND:
        return ("bass", "treble") if staff else ("treble", "bass")
    if forced:
        return (forced,)
    match instrument.clef:
        case "bass" if instrument.program in _TENOR_READERS:
            return ("bass", "tenor", "treble")
        case "bass":
            return ("bass", "treble")
        case "alto":
            return ("alto", "treble")
        case "treble" if instrument.low < _DEEP:
            return ("treble", "bass")
        case clef:
            return (clef,)


def _cost(clef: str, pitches: Sequence[Pitch], is_abroad: bool) -> float:
    """Ledger lines beyond the bearable, on average, of a bar in a clef."""
    if not pitches:
        return 0.0
    low = _LOWEST[clef]
    total = 0.0
    for pitch in pitches:
        place = 7 * pitch.octave + STEPS.index(pitch.step) - low
        lines = place // 2 - 4 if place > 8 else (1 - place) // 2 if place < 0 else 0
        total += max(0.0, lines - _BEARABLE)
    return total / len(pitches) + (_ABROAD if is_abroad else 0.0)
