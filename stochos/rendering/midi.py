"""A realization as a standard MIDI file, performed: dynamics, articulation and tempo are played, not only noted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from heapq import merge
from itertools import chain, islice
from operator import attrgetter
from typing import NamedTuple

from stochos import __version__
from stochos.music.harmony import NO_CHORD
from stochos.music.time import QUARTER
from stochos.realization import Bar, Note, Part, Realization
from stochos.rendering import smf
from stochos.rendering.bends import apart, bends, reach
from stochos.rendering.dynamics import loudness
from stochos.rendering.expression import REST, Control, swelled
from stochos.rendering.performance import Stroke, strokes, untangled
from stochos.rendering.tempo import Pace, performed

_DRUMS = 9  # channel 10, as musicians count
_MELODIC = tuple(channel for channel in range(16) if channel != _DRUMS)
_VOLUME, _EXPRESSION = 7, 11  # controllers
_FULL = 100  # volume of every part: what is loud is in the notes
_SLOWEST = 0xFF_FFFF  # microseconds a quarter note
_MINOR = frozenset({"minor", "aeolian"})


class _Played(NamedTuple):
    """A part as its track will have it.

    lanes     its channels, more than one only where notes glide apart, and what each plays
    controls  of all its channels
    reach     of their pitch wheels, semitones; 0: they rest
    """

    part: Part
    lanes: list[tuple[int, list[Stroke]]]
    controls: list[Control]
    reach: int


def write_midi(realization: Realization) -> bytes:
    """Perform a piece: a type 1 file of 10,080 ticks a quarter, one track and one channel a part, percussion on 10.

    Raises ValueError for more melodic parts than the fifteen channels that MIDI has for them.
    """
    line = performed(realization)
    parts = (_part_events(played, realization.duration) for played in _performed(realization, line))
    return smf.file_bytes(chain([_conducted(realization, line)], parts), QUARTER, realization.duration)


def _performed(realization: Realization, line: Sequence[Pace]) -> Iterator[_Played]:
    """Play every part, in order; drums share a channel, so they are untangled together."""
    parts, bars, end = realization.parts, realization.bars, realization.duration
    melodic = sum(not part.instrument.is_percussion for part in parts)
    if melodic > len(_MELODIC):
        raise ValueError(f"{melodic} melodic parts, but MIDI has {len(_MELODIC)} channels for them")
    kits = [strokes(part, bars, line, loudness(part)) for part in parts if part.instrument.is_percussion]
    drummed, channels = iter(untangled(kits, end)), iter(_MELODIC)
    extra = iter(_MELODIC[melodic:])
    for part, more in zip(parts, _shared_out(parts, len(_MELODIC) - melodic), strict=True):
        if part.instrument.is_percussion:
            yield _Played(part, [(_DRUMS, next(drummed))], [], 0)
        else:
            loud = loudness(part)
            own, controls = swelled(strokes(part, bars, line, loud), loud, part.instrument.program)
            lanes = [untangled([lane.strokes], end)[0] for lane in apart(own, 1 + more)]
            numbers = [next(channels), *islice(extra, len(lanes) - 1)]
            yield _Played(part, list(zip(numbers, lanes, strict=True)), controls, reach(own))


def _shared_out(parts: Sequence[Part], spare: int) -> list[int]:
    """How many channels beside its own each part may have: they go round among those whose notes glide apart."""
    wanted = [
        len(apart([_plain(note) for note in part.notes], 1 + spare)) - 1
        if spare and not part.instrument.is_percussion and any(note.glide for note in part.notes)
        else 0
        for part in parts
    ]
    given = [0] * len(parts)
    for turn in range(spare):
        for index, most in enumerate(wanted):
            if turn < most and sum(given) < spare:
                given[index] += 1
    return given


def _plain(note: Note) -> Stroke:
    """A note as it stands, to count channels by."""
    return Stroke(note.onset, note.onset + note.duration, note.pitch, 0.0, False, 0.0, note.glide / note.duration)


def _part_events(played: _Played, end: int) -> Iterator[smf.Event]:
    instrument = played.part.instrument
    yield 0, smf.text(smf.TRACK_NAME, played.part.name)
    yield 0, smf.text(smf.INSTRUMENT_NAME, instrument.name)
    for channel, _ in played.lanes:
        yield 0, smf.program(channel, instrument.program)
        yield 0, smf.control(channel, _VOLUME, _FULL)
        yield 0, smf.control(channel, _EXPRESSION, REST)
        if played.reach:
            yield 0, smf.bend_range(channel, played.reach)
    for tick, _, message in merge(*(_lane_events(*lane, played, end) for lane in played.lanes)):
        yield tick, message


def _lane_events(channel: int, own: list[Stroke], played: _Played, end: int) -> Iterator[tuple[int, int, bytes]]:
    """At one tick: keys up, then controllers and the pitch wheel, then keys down."""
    ups = ((s.end, 0, smf.note_off(channel, s.pitch)) for s in sorted(own, key=attrgetter("end", "pitch")))
    turns = ((tick, 1, smf.control(channel, _EXPRESSION, value)) for tick, value in played.controls)
    wheel = ((tick, 1, smf.pitch_bend(channel, value)) for tick, value in bends(own, played.reach, end))
    downs = ((s.onset, 2, smf.note_on(channel, s.pitch, min(max(round(s.level), 1), 127))) for s in own)
    return merge(ups, turns, wheel, downs)


def _conducted(realization: Realization, line: Sequence[Pace]) -> Iterator[smf.Event]:
    """Track 0: what the piece is, its meters, keys, sections, chords and tempos."""
    for kind, words in (
        (smf.TRACK_NAME, realization.title),
        (smf.COPYRIGHT, realization.copyright),
        (smf.TEXT, realization.composer),
        (smf.TEXT, f"stochos {__version__}, seed {realization.seed}"),
    ):
        if words:
            yield 0, smf.text(kind, words)
    tempos = (
        (tick, smf.tempo(min(max(round(pace), 1), _SLOWEST))) for tick, pace in line if tick <= realization.duration
    )
    chords = ((h.onset, smf.text(smf.TEXT, str(h.chord or NO_CHORD))) for h in realization.harmony)
    yield from sorted(chain(_barred(realization.bars), chords, tempos), key=lambda event: event[0])


def _barred(bars: Sequence[Bar]) -> Iterator[smf.Event]:
    """Meters and keys where they change, section names where they begin."""
    before: tuple[bytes, bytes] = b"", b""
    for bar in bars:
        numerator, denominator = _signature(bar)
        meter = smf.time_signature(numerator, denominator, max(24 * bar.meter.beat // QUARTER, 1))
        key = smf.key_signature(bar.key.fifths, is_minor=bar.key.mode in _MINOR)
        for event, old in zip((meter, key), before, strict=True):
            if event != old:
                yield bar.onset, event
        if bar.section:
            yield bar.onset, smf.text(smf.MARKER, bar.section)
        before = meter, key


def _signature(bar: Bar) -> tuple[int, int]:
    """The meter of a bar; for a pickup its own length, so that barlines fall right in every player."""
    whole = Fraction(bar.length, 4 * QUARTER)
    unit = max(whole.denominator, bar.meter.denominator)
    if bar.length == bar.meter.bar or unit & (unit - 1):
        return bar.meter.numerator, bar.meter.denominator
    return int(whole * unit), unit
