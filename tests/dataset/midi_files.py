"""MIDI files as a sequencer would write them."""

from __future__ import annotations

from collections.abc import Sequence

from stochos.rendering import smf

Line = Sequence[tuple[int, int, int]]


def midi_of(*tracks: Line, division: int = 480, meters: Sequence[tuple[int, int, int]] = (), channel: int = 0) -> bytes:
    """A file with a track for each line of (onset, end, pitch) in sixteenths; meters at sixteenths."""
    step = division // 4
    first = [(at * step, smf.time_signature(above, below, 24)) for at, above, below in meters]
    written = []
    for line in tracks:
        events = [(onset * step, 1, smf.note_on(channel, pitch, 80)) for onset, _, pitch in line]
        events += [(end * step, 0, smf.note_off(channel, pitch)) for _, end, pitch in line]
        written.append([(tick, message) for tick, _, message in sorted(events)])
    end = max((end for line in tracks for _, end, _ in line), default=0)
    return smf.file_bytes([first, *written], division, end * step)


def line_of(pitches: Sequence[int], length: int = 2, start: int = 0) -> list[tuple[int, int, int]]:
    """Notes one after another, `length` sixteenths each."""
    return [(start + k * length, start + (k + 1) * length, pitch) for k, pitch in enumerate(pitches)]

