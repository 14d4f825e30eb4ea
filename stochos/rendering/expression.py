"""Swells of held notes: MIDI's expression controller, where a velocity comes too early."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from stochos.music.time import QUARTER
from stochos.rendering.dynamics import Loudness
from stochos.rendering.performance import Stroke

REST = 100
"""Expression where nothing swells."""

Control = tuple[int, int]
"""From a tick on: a controller's value."""

_GRAIN = QUARTER // 8
_SHORTEST = QUARTER // 2  # shorter notes do not swell

# General MIDI programs whose notes last as long as they are held: organs, bows, voices, winds, synthesizers, pipes.
_SUSTAINING = frozenset((*range(16, 24), *range(40, 45), *range(48, 55), *range(56, 104), *range(109, 112)))


def swelled(played: Iterable[Stroke], loud: Loudness, program: int) -> tuple[list[Stroke], list[Control]]:
    """Let notes follow the dynamics that change while they are held.

    Only a note or chord on its own swells: the controller moves a whole channel, and elsewhere the velocities tell the
    hairpin. Where a swell needs more than the controller has above `REST`, it starts lower and the velocity makes up
    for it, so that loudness is right at both ends.
    """
    if program not in _SUSTAINING or not loud.slopes:
        return list(played), []
    strokes: list[Stroke] = []
    controls: list[Control] = []
    now = REST
    for chord, is_alone in _chords(sorted(played)):
        swell = _swell(loud, chord[0].onset, chord[0].end) if is_alone else [(chord[0].onset, REST)]
        lift = REST / swell[0][1]
        strokes += [s if s.is_fixed else s._replace(level=s.level * lift) for s in chord] if lift > 1 else chord
        for tick, value in swell:
            if value != now:
                controls.append((tick, value))
                now = value
    return strokes, controls


def _chords(strokes: list[Stroke]) -> Iterator[tuple[list[Stroke], bool]]:
    """Strokes that begin together, and whether nothing else sounds while they do."""
    chords = (list(chord) for _, chord in groupby(strokes, key=attrgetter("onset")))
    chord, silent = next(chords, None), 0
    while chord is not None:
        following = next(chords, None)
        start, end = chord[0].onset, max(stroke.end for stroke in chord)
        yield chord, silent <= start and (following is None or end <= following[0].onset)
        chord, silent = following, max(silent, end)


def _swell(loud: Loudness, start: int, end: int) -> list[Control]:
    """Expression under a note: at `start`, and wherever its loudness then moves."""
    ticks = {start}
    if end - start >= _SHORTEST:
        for slope in loud.slopes_within(start, end):
            low, high = max(slope.start, start), min(slope.end, end - 1)
            ticks.update((low, *range(low, high, _GRAIN), max(low, high)))
    if len(ticks) == 1:
        return [(start, REST)]
    levels = [(tick, loud.at(tick)) for tick in sorted(ticks)]
    first = levels[0][1]
    base = min(REST, 127 * first / max(level for _, level in levels))
    return [(tick, max(round(base * level / first), 1)) for tick, level in levels]
