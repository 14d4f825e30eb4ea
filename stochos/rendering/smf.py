"""The bytes of a standard MIDI file.

Written here because mido checks every field of every message, which takes longer than performing the music; the tests
read what is written with mido.
Source: MIDI Manufacturers Association, Standard MIDI Files 1.0 (RP-001).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

Event = tuple[int, bytes]
"""What happens at a tick."""

_FARTHEST = 0x0FFF_FFFF  # ticks between two events of a track, at most

TEXT, COPYRIGHT, TRACK_NAME, INSTRUMENT_NAME, MARKER = 1, 2, 3, 4, 6
_END_OF_TRACK, _TEMPO, _TIME_SIGNATURE, _KEY_SIGNATURE = 0x2F, 0x51, 0x58, 0x59


def note_off(channel: int, pitch: int) -> bytes:
    """Let a key go, at a middling speed."""
    return bytes((0x80 | channel, pitch, 64))


def note_on(channel: int, pitch: int, velocity: int) -> bytes:
    """Press a key; a velocity of 1..127."""
    return bytes((0x90 | channel, pitch, velocity))


def control(channel: int, number: int, value: int) -> bytes:
    """Move a controller to 0..127."""
    return bytes((0xB0 | channel, number, value))


def bend_range(channel: int, semitones: int) -> bytes:
    """Set how far a channel's pitch wheel reaches: registered parameter 0, which is then let go."""
    steps = ((101, 0), (100, 0), (6, semitones), (38, 0), (101, 127), (100, 127))
    first, *others = (control(channel, number, value) for number, value in steps)
    return first + b"".join(b"\0" + other for other in others)


def pitch_bend(channel: int, value: int) -> bytes:
    """Turn a channel's pitch wheel to 0..16383; 8192 is its rest."""
    return bytes((0xE0 | channel, value & 0x7F, value >> 7))


def program(channel: int, number: int) -> bytes:
    """Choose a General MIDI program, 0..127."""
    return bytes((0xC0 | channel, number))


def text(kind: int, words: str) -> bytes:
    """Words of a kind: TEXT, COPYRIGHT, TRACK_NAME, INSTRUMENT_NAME, MARKER; in UTF-8."""
    return _meta(kind, words.encode())


def tempo(micros: int) -> bytes:
    """Set the microseconds of a quarter note, 1..0xFFFFFF."""
    return _meta(_TEMPO, micros.to_bytes(3, "big"))


def time_signature(numerator: int, denominator: int, clocks: int) -> bytes:
    """Set the meter; the denominator is a power of two, and a metronome clicks every `clocks` 24ths of a quarter."""
    return _meta(_TIME_SIGNATURE, bytes((numerator, denominator.bit_length() - 1, clocks, 8)))


def key_signature(fifths: int, *, is_minor: bool) -> bytes:
    """Set the key: sharps (+) or flats (-), -7..7."""
    return _meta(_KEY_SIGNATURE, struct.pack(">bB", fifths, is_minor))


def file_bytes(tracks: Iterable[Iterable[Event]], division: int, end: int) -> bytes:
    """Lay out a file of type 1.

    tracks    events of each, in order of ticks
    division  ticks a quarter note
    end       tick at which every track ends
    """
    chunks = [_chunk(b"MTrk", _track(events, end)) for events in tracks]
    return _chunk(b"MThd", struct.pack(">HHH", 1, len(chunks), division)) + b"".join(chunks)


def _track(events: Iterable[Event], end: int) -> bytes:
    out, now = bytearray(), 0
    for tick, message in events:
        out += _wait(tick - now)
        out += message
        now = tick
    return bytes(out + _wait(end - now) + _meta(_END_OF_TRACK, b""))


def _wait(ticks: int) -> bytes:
    """Ticks until the next event; a silence of hours is cut by empty words, as MIDI counts no farther in one step."""
    if ticks <= _FARTHEST:
        return _length(ticks)
    return _length(_FARTHEST) + text(TEXT, "") + _wait(ticks - _FARTHEST)


def _length(number: int) -> bytes:
    """A number in as few bytes of seven bits as hold it."""
    if number < 0x80:
        return bytes((number,))
    if number < 0x4000:
        return bytes((number >> 7 | 0x80, number & 0x7F))
    out = [number & 0x7F]
    while number := number >> 7:
        out.append(number & 0x7F | 0x80)
    return bytes(reversed(out))


def _meta(kind: int, content: bytes) -> bytes:
    return bytes((0xFF, kind)) + _length(len(content)) + content


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack(">I", len(content)) + content
