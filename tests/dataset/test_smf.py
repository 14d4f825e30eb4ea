"""The quick reader hears what mido hears."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stochos.dataset.smf import DamagedError, read_midi

MESSAGES = st.one_of(
    st.builds(
        mido.Message, st.sampled_from(["note_on", "note_off"]), channel=st.integers(0, 15), note=st.integers(58, 63),
        velocity=st.integers(0, 127), time=st.integers(0, 300),
    ),
    st.builds(mido.Message, st.just("control_change"), control=st.integers(0, 127), time=st.integers(0, 90_000)),
    st.builds(mido.Message, st.just("program_change"), program=st.integers(0, 127)),
    st.builds(mido.Message, st.just("pitchwheel"), pitch=st.integers(-8192, 8191)),
    st.builds(mido.Message, st.just("sysex"), data=st.lists(st.integers(0, 127), max_size=200)),
    st.builds(mido.MetaMessage, st.just("text"), text=st.text("abc", max_size=200)),
    st.builds(
        mido.MetaMessage, st.just("time_signature"), numerator=st.integers(1, 12),
        denominator=st.sampled_from([1, 2, 4, 8, 16, 32]), time=st.integers(0, 20_000),
    ),
)  # fmt: skip
TRACKS = st.lists(st.lists(MESSAGES, max_size=40), min_size=1, max_size=4)


def heard(file: mido.MidiFile) -> tuple[list[list[tuple[int, int, int]]], dict[int, tuple[int, int]]]:
    """What a plain reading of mido's messages gives: a part a channel of each track, without percussion."""
    parts, meters = [], {}
    for track in file.tracks:
        clock, sounding, channels = 0, [], {}
        for message in track:
            clock += message.time
            if message.type == "time_signature":
                meters[clock] = (message.numerator, message.denominator)
            elif message.type == "note_on" and message.velocity:
                sounding.append((clock, message.channel, message.note))
            elif message.type in ("note_on", "note_off"):
                ended = [s for s in sounding if s[1:] == (message.channel, message.note) and s[0] < clock]
                sounding = [s for s in sounding if s not in ended]
                for onset, channel, pitch in ended:
                    channels.setdefault(channel, []).append((onset, clock, pitch))
        parts += [sorted(notes) for channel, notes in sorted(channels.items()) if channel != 9]
    return parts, meters


def written(tracks: list[list[mido.Message]]) -> tuple[bytes, mido.MidiFile]:
    file = mido.MidiFile(type=1, ticks_per_beat=96, tracks=[mido.MidiTrack(track) for track in tracks])
    page = io.BytesIO()
    file.save(file=page)
    return page.getvalue(), file


@given(TRACKS)
def test_the_quick_reader_hears_what_mido_hears(tracks: list[list[mido.Message]]) -> None:
    data, file = written(tracks)
    music = read_midi(data)
    assert ([sorted(part) for part in music.parts if part], dict(music.meters)) == heard(file)


@given(TRACKS, st.data())
def test_a_file_that_is_cut_short_says_so(tracks: list[list[mido.Message]], data: st.DataObject) -> None:
    whole, _ = written(tracks)
    with pytest.raises(DamagedError):
        read_midi(whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(st.binary(max_size=300))
def test_no_bytes_make_it_stumble(data: bytes) -> None:
    for start in (b"", b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk" + len(data).to_bytes(4, "big")):
        with suppress(DamagedError):
            read_midi(start + data)


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        (b"RIFF\0\0\0\6\0\1\0\1\0\x60", "does not begin as"),
        (b"MThd\0\0\0\6\0\2\0\1\0\x60", "type 2"),
        (b"MThd\0\0\0\6\0\1\0\1\xe7\x28", "film frames"),
        (b"MThd", "cut short"),
    ],
)
def test_what_is_no_piece_is_refused(heading: bytes, reason: str) -> None:
    with pytest.raises(DamagedError, match=reason):
        read_midi(heading)


def test_the_damaged_file_is_damaged() -> None:
    with pytest.raises(DamagedError):
        read_midi((Path(__file__).parent.parent / "fixtures" / "damaged.mid").read_bytes())
