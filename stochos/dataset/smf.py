"""Standard MIDI files, read for their notes alone: many times quicker than a reader that keeps every message.

Source: MIDI Manufacturers Association, Standard MIDI Files 1.0 (RP-001).
"""

from __future__ import annotations

import struct

from stochos.dataset.music import Music, Notes

PERCUSSION = 9
_TIME_SIGNATURE, _END_OF_TRACK = 0x58, 0x2F
_SHORT = (0xC, 0xD)  # program change and channel pressure have one byte, all else two


class DamagedError(Exception):
    """A file that cannot be read, and why, in a line."""


def read_midi(data: bytes) -> Music:
    """The notes of a file, a part for each channel of each track; `DamagedError` where it is cut short or no MIDI.

    A note ends at the next release of its key; what is never let go is left out.
    """
    try:
        kind, length, file_type, tracks, division = struct.unpack_from(">4sIHHH", data)
    except struct.error as error:
        raise DamagedError("it is cut short") from error
    if kind != b"MThd" or length < 6:
        raise DamagedError("it does not begin as a MIDI file does")
    if file_type == 2:
        raise DamagedError("it holds independent patterns (MIDI type 2), not a piece")
    if not 0 < division < 0x8000:
        raise DamagedError("it counts time in film frames, not in beats")
    parts: list[Notes] = []
    meters: dict[int, tuple[int, int]] = {}
    at = 8 + length
    while at + 8 <= len(data):
        kind, length = struct.unpack_from(">4sI", data, at)
        at += 8
        if at + length > len(data):
            raise DamagedError("it is cut short")
        if kind == b"MTrk":
            try:
                channels = _read_track(data, at, at + length, meters)
            except IndexError as error:
                raise DamagedError("a track is cut short") from error
            parts += [notes for channel, notes in sorted(channels.items()) if notes and channel != PERCUSSION]
            tracks -= 1
        at += length
    if tracks > 0:
        raise DamagedError("it is cut short")
    return Music(division, tuple(parts), meters)


def _read_track(  # noqa: PLR0912, PLR0915 - one loop over bytes, and no calls in it: it is what all the time goes into
    data: bytes, at: int, end: int, meters: dict[int, tuple[int, int]]
) -> dict[int, Notes]:
    """Notes by channel of the track from byte `at` to `end`; its meters are put in `meters`."""
    channels: dict[int, Notes] = {}
    notes: Notes = []
    sounding: dict[int, int] = {}  # onset of each key of the keyboard that is down, by channel and pitch in one number
    doubled: dict[int, list[int]] = {}  # more onsets of a key that was pressed again while it was down
    tick = status = kind = channel = 0
    while at < end:
        wait = data[at]
        at += 1
        if wait >= 0x80:
            byte = data[at]
            if byte < 0x80:
                wait = (wait & 0x7F) << 7 | byte
                at += 1
            else:
                wait, at = _number(data, at - 1)
        tick += wait
        byte = data[at]
        if byte >= 0x80:
            at += 1
            if byte >= 0xF0:
                meta = -1
                if byte == 0xFF:
                    meta = data[at]
                    at += 1
                length, at = _number(data, at)
                if meta == _TIME_SIGNATURE and length >= 2 and data[at] and data[at + 1] <= 6:
                    meters[tick] = (data[at], 1 << data[at + 1])
                at += length
                if meta == _END_OF_TRACK:
                    break
                continue
            if byte != status:
                status, kind, channel = byte, byte >> 4, (byte & 0x0F) << 7
                notes = channels.setdefault(byte & 0x0F, [])
            byte = data[at]
        elif not kind:
            raise DamagedError("a track has bytes that are no message")
        if kind > 9:
            at += 2 - (kind in _SHORT)
            continue
        key = channel | byte & 0x7F
        is_press = data[at + 1] and kind == 9
        at += 2
        if is_press:
            if key in sounding:
                doubled.setdefault(key, []).append(tick)
            else:
                sounding[key] = tick
        elif key in sounding:
            onset = sounding.pop(key)
            if onset < tick and key not in doubled:
                notes.append((onset, tick, byte & 0x7F))
                continue
            onsets = [onset, *doubled.pop(key, ())]
            notes += [(onset, tick, byte & 0x7F) for onset in onsets if onset < tick]
            kept = [onset for onset in onsets if onset == tick]
            if kept:
                sounding[key] = tick
                doubled |= {key: kept[1:]} if kept[1:] else {}
    if at > end:
        raise DamagedError("a track is cut short")
    return channels


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number in bytes of seven bits, and the byte after it."""
    number = 0
    while True:
        byte = data[at]
        at += 1
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, at
