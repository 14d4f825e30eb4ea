"""How a part is played: when each note really sounds, and how loud, as players read what the page says."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import pairwise, repeat
from typing import NamedTuple

from stochos.music.pitch import STEPS, Pitch, spell
from stochos.music.time import QUARTER
from stochos.realization import Bar, Note, Part, Slur
from stochos.rendering.dynamics import Loudness
from stochos.rendering.tempo import Pace, pace_at

_DETACH = 7  # per cent of a plain note that is silence
_BREATH = QUARTER // 8  # the longest such silence
_GATES = {"staccatissimo": 25, "staccato": 50}  # per cent that sounds
_HELD = frozenset({"tenuto", "fermata", "trill"})
_PORTATO = 75  # staccato under a slur
_STRESS = {"accent": 14, "marcato": 20}  # velocity
_BEATS = {"bar": 1.06, "middle": 1.03, "beat": 1.0, "off": 0.97}  # times velocity
_SHARPS = "FCGDAEB"
_TRILL = 75_000  # microseconds of a stroke, at least
_STROKES = (QUARTER // 8, QUARTER // 6, QUARTER // 4, QUARTER // 3)


class Stroke(NamedTuple):
    """One key pressed and let go.

    onset, end  ticks
    pitch       MIDI number
    level       velocity, not yet rounded
    is_fixed    whether the score fixed the velocity, so that nothing may bend it
    bend        semitones above its key as it begins
    slope       semitones that it glides in a tick
    """

    onset: int
    end: int
    pitch: int
    level: float
    is_fixed: bool
    bend: float = 0.0
    slope: float = 0.0


def strokes(part: Part, bars: Sequence[Bar], line: Sequence[Pace], loud: Loudness) -> Iterator[Stroke]:
    """Perform the notes of a part, in the order of the page.

    line  the tempo, by which trills choose their speed
    """
    slurred, place = _Slurred(part.slurs), 0
    for note in sorted(part.notes, key=lambda note: note.written_onset):
        while place + 1 < len(bars) and bars[place + 1].onset <= note.written_onset:
            place += 1
        bar = bars[place]
        end = note.onset + max(1, _gate(note, note in slurred))
        slope = note.glide / note.duration
        stroke = Stroke(note.onset, end, note.pitch, _level(note, bar, loud), note.velocity is not None, 0.0, slope)
        if "trill" in note.articulations:
            upper = note.pitch if part.instrument.is_percussion else _upper(note, bar.key.fifths)
            yield from _trill(stroke, upper, pace_at(line, note.onset))
        else:
            yield stroke


def untangled(by_part: Sequence[Iterable[Stroke]], end: int) -> list[list[Stroke]]:
    """Make the strokes of one MIDI channel playable: of one key, at most one at a time.

    Strokes of a key at one moment become one, the longest and loudest, in the first part that has it; a stroke that is
    still down when its key comes again is cut there, and all are let go by `end`.
    """
    played: list[list[Stroke]] = [[] for _ in by_part]
    latest: dict[int, tuple[list[Stroke], int]] = {}  # of each key, the stroke so far: its part and place there
    numbered = (zip(repeat(number), sorted(part)) for number, part in enumerate(by_part))
    for number, stroke in merge(*numbered, key=lambda entry: (entry[1].onset, entry[0])):
        assert stroke.onset < end, "a note begins after the piece"
        if stroke.pitch in latest:
            part, place = latest[stroke.pitch]
            before = part[place]
            if before.onset == stroke.onset:
                part[place] = before._replace(
                    end=min(max(before.end, stroke.end), end), level=max(before.level, stroke.level)
                )
                continue
            if before.end > stroke.onset:
                part[place] = before._replace(end=stroke.onset)
        latest[stroke.pitch] = played[number], len(played[number])
        played[number].append(stroke if stroke.end <= end else stroke._replace(end=end))
    return played


class _Slurred:
    """The notes that a slur ties to the next one: all of a slur but its last."""

    def __init__(self, slurs: Iterable[Slur]) -> None:
        self._ends: dict[int, tuple[list[int], list[int]]] = {}
        for slur in sorted(slurs, key=lambda slur: slur.onset):
            onsets, lasts = self._ends.setdefault(slur.voice, ([], []))
            onsets.append(slur.onset)
            lasts.append(max(slur.last, lasts[-1] if lasts else 0))

    def __contains__(self, note: Note) -> bool:
        if note.voice not in self._ends:
            return False
        onsets, lasts = self._ends[note.voice]
        begun = bisect_right(onsets, note.written_onset)
        return begun > 0 and lasts[begun - 1] > note.written_onset


def _gate(note: Note, is_slurred: bool) -> int:
    """Ticks that a note sounds. Free time is taken at its word."""
    share = min((_GATES.get(name, 100) for name in note.articulations), default=100)
    if share < 100:
        return note.duration * (max(share, _PORTATO) if is_slurred else share) // 100
    is_free = note.onset != note.written_onset or note.duration != note.written_duration
    if is_slurred or is_free or note.glide or not _HELD.isdisjoint(note.articulations):
        return note.duration
    return note.duration - min(note.duration * _DETACH // 100, _BREATH)


def _level(note: Note, bar: Bar, loud: Loudness) -> float:
    """Velocity of a note: as fixed, or from the dynamics, the beat and its accents."""
    if note.velocity is not None:
        return note.velocity
    meter = bar.meter
    place = note.written_onset - bar.onset + (meter.bar - bar.length if bar.number == 0 else 0)
    if place == 0:
        beat = "bar"
    elif place % meter.beat:
        beat = "off"
    else:
        beat = "middle" if 2 * place == meter.bar else "beat"
    level = loud.at(note.written_onset) * _BEATS[beat]
    for name in note.articulations:
        level += _STRESS.get(name, 0)
    return level


def _upper(note: Note, fifths: int) -> int:
    """The upper neighbour of a note in the key, a MIDI number."""
    here = note.spelling or spell(note.pitch, fifths)
    step = STEPS[(STEPS.index(here.step) + 1) % 7]
    place = _SHARPS.index(step)
    alter = 1 if place < fifths else -1 if place >= 7 + fifths else 0
    upper = Pitch(step, alter, here.octave + (step == "C")).midi
    return upper if note.pitch < upper <= min(note.pitch + 2, 127) else min(note.pitch + 2, 127)


def _trill(stroke: Stroke, upper: int, pace: float) -> Iterator[Stroke]:
    """Alternate with the upper neighbour, beginning and ending on the note itself."""
    unit = next((unit for unit in _STROKES if unit * pace >= _TRILL * QUARTER), _STROKES[-1])
    length = stroke.end - stroke.onset
    count = max((length // unit - 1) // 2 * 2 + 1, 1)
    bounds = [stroke.onset + length * k // count for k in range(count + 1)]
    for k, (start, stop) in enumerate(pairwise(bounds)):
        bend = stroke.slope * (start - stroke.onset)
        yield stroke._replace(onset=start, end=stop, pitch=upper if k % 2 else stroke.pitch, bend=bend)
