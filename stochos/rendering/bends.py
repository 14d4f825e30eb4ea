"""Glissandi as MIDI has them: pitch bend, which moves a whole channel. Notes that part ways get channels apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from stochos.music.time import QUARTER
from stochos.rendering.performance import Stroke

CENTRE = 8192
"""A bend of nothing; 0 is the whole range down, 16,384 (which MIDI just does not reach) the whole range up."""

Bend = tuple[int, int]
"""From a tick on: the pitch wheel's place."""

_STEP = 0.04  # semitones, at most
_RELEASE = QUARTER // 4  # the wheel rests so long after a note, as its end still rings


@dataclass(slots=True)
class Lane:
    """What one channel plays: notes that bend alike wherever they sound together.

    begun, end  of the latest notes, ticks
    first       place of the first stroke that may still sound
    bending     onset and speed of the glissando that is under way; None: notes stay where they are
    """

    strokes: list[Stroke]
    begun: int = -1
    end: int = -1
    first: int = 0
    bending: tuple[int, float, float] | None = None

    def takes(self, stroke: Stroke) -> bool:
        """Whether a stroke may sound here as it should."""
        return self.end <= stroke.onset or self.bending == _bending(stroke)

    def add(self, stroke: Stroke) -> None:
        """Play a stroke; what still sounds and bends otherwise is cut, or, begun at the same moment, leads it."""
        if not self.takes(stroke):
            if self.begun == stroke.onset:
                bend, slope = self.bending[1:] if self.bending else (0.0, 0.0)
                stroke = stroke._replace(bend=bend, slope=slope)
            else:
                cut = [s._replace(end=min(s.end, stroke.onset)) for s in self.strokes[self.first :]]
                self.strokes[self.first :], self.end = cut, stroke.onset
        if self.end <= stroke.onset:
            self.first = len(self.strokes)
        self.begun, self.end, self.bending = stroke.onset, max(self.end, stroke.end), _bending(stroke)
        self.strokes.append(stroke)


def apart(strokes: Sequence[Stroke], most: int) -> list[Lane]:
    """Share strokes out among as few channels as they need, at most so many; one where nothing glides.

    Notes that stay keep to the first channel that lets them; each glissando takes the one that has been silent longest.
    Where none is free, the note that began first is cut short.
    """
    if not any(_bends(stroke) for stroke in strokes):
        return [Lane(list(strokes))]
    lanes = [Lane([])]
    for stroke in sorted(strokes):
        free = [lane for lane in lanes if lane.takes(stroke)]
        if free:
            alike = [lane for lane in free if lane.end > stroke.onset and lane.bending == _bending(stroke)]
            lane = (alike or free)[0] if alike or not _bends(stroke) else min(free, key=lambda lane: lane.end)
        elif len(lanes) < most:
            lane = Lane([])
            lanes.append(lane)
        else:
            lane = min(lanes, key=lambda lane: lane.begun)
        lane.add(stroke)
    return lanes


def reach(strokes: Iterable[Stroke]) -> int:
    """The range that the pitch wheel needs, semitones; 0 where nothing glides."""
    ends = (max(abs(s.bend), abs(s.bend + s.slope * (s.end - s.onset))) for s in strokes if _bends(s))
    return math.ceil(max(ends, default=0.0))


def bends(strokes: Sequence[Stroke], span: int, end: int) -> Iterator[Bend]:
    """How the wheel of one channel turns, if its range is `span` semitones and the piece lasts until `end`."""
    if not span:
        return
    now = CENTRE
    groups = [(bending, max(s.end for s in own)) for bending, own in _groups(strokes)]
    limits: list[int | None] = [*(bending[0] for bending, _ in groups[1:]), None]
    for (bending, stop), limit in zip(groups, limits, strict=True):
        for tick, bend in (*_turns(bending, stop), (stop + _RELEASE, 0.0)):
            value = min(max(CENTRE + round(bend / span * CENTRE), 0), 2 * CENTRE - 1)
            if value != now and (limit is None or tick < limit):
                yield min(tick, end), value
                now = value


def _groups(strokes: Sequence[Stroke]) -> Iterator[tuple[tuple[int, float, float], list[Stroke]]]:
    """Neighbours that share a bend; those that stay each by itself."""
    for bending, own in groupby(strokes, key=lambda s: _bending(s) or (s.onset, 0.0, 0.0)):
        yield bending, list(own)


def _turns(bending: tuple[int, float, float], stop: int) -> Iterator[tuple[int, float]]:
    """The line of a glissando in small steps: ticks, and semitones there."""
    onset, bend, slope = bending
    length = stop - onset
    count = min(length, max(1, math.ceil(abs(slope) * length / _STEP)))
    for k in range(count):
        tick = onset + length * k // count
        yield tick, bend + slope * (tick - onset)


def _bends(stroke: Stroke) -> bool:
    return bool(stroke.bend or stroke.slope)


def _bending(stroke: Stroke) -> tuple[int, float, float] | None:
    return (stroke.onset, stroke.bend, stroke.slope) if _bends(stroke) else None
