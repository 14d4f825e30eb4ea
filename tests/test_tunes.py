"""Tunes from outside, against files written here event by event and note by note."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mido import Message, MetaMessage, MidiFile, MidiTrack

from stochos import tunes
from stochos.check.library import Unavailable
from stochos.music.time import QUARTER, Meter
from stochos.music.tune import Tune, TuneNote
from stochos.pipeline import compose, render
from stochos.tunes import read_corpus, read_midi, read_musicxml_or_abc

Q = QUARTER
SCORES = Path(__file__).parent.parent / "scores"


def midi(*tracks: list[Message | MetaMessage], division: int = 480, kind: int = 1) -> bytes:
    out = BytesIO()
    MidiFile(type=kind, ticks_per_beat=division, tracks=[MidiTrack(track) for track in tracks]).save(file=out)
    return out.getvalue()


def on(pitch: int, time: int = 0, velocity: int = 64, channel: int = 0) -> Message:
    return Message("note_on", note=pitch, velocity=velocity, time=time, channel=channel)


def off(pitch: int, time: int = 0, channel: int = 0) -> Message:
    return Message("note_off", note=pitch, time=time, channel=channel)


def notes(tune: Tune, part: int = 0) -> list[tuple[Fraction, Fraction, int]]:
    """Onset and duration in quarters, and pitch."""
    return [(Fraction(n.onset, Q), Fraction(n.duration, Q), n.pitch) for n in tune.parts[part].notes]


# --- MIDI -------------------------------------------------------------------------------------


def test_midi_notes_keep_their_times() -> None:
    tune = read_midi(
        midi([MetaMessage("track_name", name="Oboe"), on(60), off(60, 480), on(62, 160), on(62, 320, 0)]), "a.mid"
    )
    assert tune.parts[0].name == "Oboe"
    assert notes(tune) == [(0, 1, 60), (Fraction(4, 3), Fraction(2, 3), 62)]


@given(
    st.integers(1, 32_767), st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 5_000)), min_size=1, max_size=20)
)
def test_any_division_is_rounded_by_at_most_half_a_tick(division: int, gaps: list[tuple[int, int]]) -> None:
    track, clock, expected = [], 0, []
    for gap, length in gaps:
        track += [on(60, gap), off(60, length)]
        expected.append((Fraction(clock + gap, division), Fraction(length, division)))
        clock += gap + length
    read = notes(read_midi(midi(track, division=division), "a.mid"))
    is_exact = QUARTER % division == 0
    for (onset, length), (found, lasting, _) in zip(expected, read, strict=True):
        assert abs(found - onset) <= (0 if is_exact else Fraction(1, 2 * Q))
        assert abs(lasting - length) <= (0 if is_exact else Fraction(1, Q))


def test_a_note_struck_again_ends_the_one_struck_first() -> None:
    tune = read_midi(midi([on(60), on(60, 480), off(60, 480), off(60, 480)]), "a.mid")
    assert notes(tune) == [(0, 2, 60), (1, 2, 60)]


def test_a_note_never_let_go_lasts_to_the_end_of_its_track() -> None:
    tune = read_midi(midi([on(60), MetaMessage("end_of_track", time=960)]), "a.mid")
    assert notes(tune) == [(0, 2, 60)]


def test_a_file_of_one_track_has_a_part_for_each_channel() -> None:
    tune = read_midi(midi([on(60), on(40, channel=9), off(60, 480), off(40, 0, 9)], kind=0), "a.mid")
    assert [(part.name, part.notes[0].pitch) for part in tune.parts] == [("channel 1", 60), ("channel 10", 40)]


def test_bars_follow_the_meters() -> None:
    waltz = MetaMessage("time_signature", numerator=3, denominator=4)
    march = MetaMessage("time_signature", numerator=2, denominator=2, time=480 * 6)
    tune = read_midi(midi([waltz, march], [on(60), off(60, 480 * 13)]), "a.mid")
    assert [(bar.onset // Q, bar.length // Q, str(bar.meter), bar.number) for bar in tune.bars] == [
        (0, 3, "3/4", 1), (3, 3, "3/4", 2), (6, 4, "2/2", 3), (10, 4, "2/2", 4),
    ]  # fmt: skip


def test_without_a_meter_bars_are_of_four() -> None:
    tune = read_midi(midi([on(60), off(60, 480 * 5)]), "a.mid")
    assert [bar.meter for bar in tune.bars] == [Meter(4, 4)] * 2


WHOLE = midi([MetaMessage("track_name", name="x"), *[on(60 + n % 12) for n in range(40)], off(60, 480)])


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_midi_file_is_refused_or_read_but_never_breaks(data: st.DataObject) -> None:
    damaged = bytearray(WHOLE[: data.draw(st.integers(0, len(WHOLE)))])
    for _ in range(data.draw(st.integers(0, 4))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        tune = read_midi(bytes(damaged), "a.mid")
    except Unavailable as refusal:
        tune = None
        code = refusal.code
    assert code in ("STO602", "STO609") if tune is None else all(note.duration > 0 for note in tune.parts[0].notes)


@pytest.mark.parametrize("cut", range(0, len(WHOLE) - 4, 7))
def test_a_truncated_midi_file_says_so(cut: int) -> None:
    with pytest.raises(Unavailable, match=r"`a\.mid` cannot be read: ") as refused:
        read_midi(WHOLE[:cut], "a.mid")
    assert refused.value.code == "STO602"
    assert "\n" not in refused.value.message


def test_film_frames_and_independent_patterns_are_refused() -> None:
    frames = bytearray(WHOLE)
    frames[12:14] = b"\xe7\x28"  # 25 frames a second, 40 ticks a frame
    for data, reason in ((bytes(frames), "film frames"), (midi([on(60), off(60, 1)], kind=2), "patterns")):
        with pytest.raises(Unavailable, match=reason):
            read_midi(data, "a.mid")


def test_a_piece_without_notes_is_refused() -> None:
    with pytest.raises(Unavailable, match="no notes"):
        read_midi(midi([MetaMessage("track_name", name="silence")]), "a.mid")


def test_the_limit_of_notes_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tunes, "MOST_NOTES", 3)
    with pytest.raises(Unavailable, match="more than 3 notes") as refused:
        read_midi(midi([on(60 + n) for n in range(4)]), "a.mid")
    assert refused.value.code == "STO609"


def test_what_mido_writes_is_what_is_read() -> None:
    """A file that many programs could have written: overlapping voices and running status."""
    tune = read_midi(midi([on(60), on(64, 240), off(60, 240), on(67, 0), off(64, 240), off(67, 240)]), "a.mid")
    half = Fraction(1, 2)
    assert notes(tune) == [(0, 1, 60), (half, 1, 64), (1, 1, 67)]
    assert mido.MidiFile(file=BytesIO(WHOLE)).ticks_per_beat == 480


def test_tempos_do_not_move_notes_and_meters_make_bars() -> None:
    conductor = [
        MetaMessage("set_tempo", tempo=500_000),
        MetaMessage("time_signature", numerator=3, denominator=4),
        MetaMessage("set_tempo", tempo=250_000, time=100),
        MetaMessage("time_signature", numerator=6, denominator=8, time=188),
    ]
    tune = read_midi(midi(conductor, [on(60), off(60, 96), on(62, 192), off(62, 288)], division=96), "a.mid")
    assert notes(tune) == [(0, 1, 60), (3, 3, 62)]
    assert [(bar.onset // Q, bar.length // Q, bar.meter) for bar in tune.bars] == [
        (0, 3, Meter(3, 4)), (3, 3, Meter(6, 8))
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["02-a-melody", "03-two-hands", "05-motifs"])
@pytest.mark.parametrize("written", ["midi", "musicxml"])
def test_what_stochos_writes_is_what_is_read(name: str, written: str, tmp_path: Path) -> None:
    piece = compose(SCORES / f"{name}.stoch")
    path = tmp_path / f"piece.{written}"
    path.write_bytes(render(piece, [written])[written])
    tune = read_midi(path.read_bytes(), path.name) if written == "midi" else read_musicxml_or_abc(path)
    assert len(tune.parts) == len(piece.parts)
    for meant, found in zip(piece.parts, tune.parts, strict=True):
        if written == "midi":  # a staccato is played short
            assert {(n.onset, n.pitch) for n in found.notes} == {(n.onset, n.pitch) for n in meant.notes}
        else:
            assert {(n.onset, n.duration, n.pitch) for n in found.notes} == {
                (n.written_onset, n.written_duration, n.pitch) for n in meant.notes
            }
    assert [(bar.onset, bar.length) for bar in tune.bars] == [(bar.onset, bar.length) for bar in piece.bars]
    if written == "musicxml":  # MIDI calls a pickup of one quarter a bar of 1/4
        assert [(bar.number, bar.meter) for bar in tune.bars] == [(bar.number, bar.meter) for bar in piece.bars]


# --- MusicXML and ABC -------------------------------------------------------------------------

HEAD = (
    '<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Horn</part-name></score-part></part-list>'
)


def xml_note(pitch: str, duration: int, extra: str = "") -> str:
    step, octave = pitch
    where = f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    return f"<note>{extra}{where}<duration>{duration}</duration>%s</note>"


def musicxml(*measures: str, attributes: str = "") -> str:
    meter = "<time><beats>3</beats><beat-type>4</beat-type></time>"
    time = f"<attributes><divisions>6</divisions>{meter}{attributes}</attributes>"
    bars = [f'<measure number="{i}">{time if i == 0 else ""}{body}</measure>' for i, body in enumerate(measures)]
    return f'{HEAD}<part id="P1">{"".join(bars)}</part></score-partwise>'


def plain(pitch: str, duration: int, extra: str = "") -> str:
    return xml_note(pitch, duration, extra) % ""


def tied(pitch: str, duration: int, kind: str) -> str:
    return xml_note(pitch, duration) % f'<tie type="{kind}"/><notations><tied type="{kind}"/></notations>'


WALTZ = musicxml(
    plain("G4", 6),
    plain("C5", 6) + plain("D5", 2) * 3 + tied("E5", 6, "start"),
    tied("E5", 6, "stop") + plain("C4", 12) + plain("E4", 12, "<chord/>"),
)


def test_musicxml_has_a_pickup_chords_tuplets_and_ties(tmp_path: Path) -> None:
    path = tmp_path / "waltz.musicxml"
    path.write_text(WALTZ)
    tune = read_musicxml_or_abc(path)
    third = Fraction(1, 3)
    assert tune.parts[0].name == "Horn"
    assert notes(tune) == [
        (0, 1, 67), (1, 1, 72), (2, third, 74), (2 + third, third, 74), (2 + 2 * third, third, 74), (3, 2, 76),
        (5, 2, 60), (5, 2, 64),
    ]  # fmt: skip
    assert [(bar.number, bar.onset // Q, bar.length // Q) for bar in tune.bars] == [(0, 0, 1), (1, 1, 3), (2, 4, 3)]
    assert {bar.meter for bar in tune.bars} == {Meter(3, 4)}


def test_transposing_instruments_are_read_as_they_sound(tmp_path: Path) -> None:
    path = tmp_path / "horn.musicxml"
    down = "<transpose><diatonic>-4</diatonic><chromatic>-7</chromatic></transpose>"
    path.write_text(musicxml(plain("C5", 18), attributes=down))
    assert notes(read_musicxml_or_abc(path)) == [(0, 3, 65)]


def test_abc_accidentals_hold_to_the_barline(tmp_path: Path) -> None:
    path = tmp_path / "tune.abc"
    path.write_text("X:1\nT:t\nM:2/4\nL:1/4\nK:C\nG|^FF|F2|\n")
    tune = read_musicxml_or_abc(path)
    assert [pitch for _, _, pitch in notes(tune)] == [67, 66, 66, 65]
    assert [bar.number for bar in tune.bars] == [0, 1, 2]


def test_the_tune_of_the_tutorial_is_read_to_the_tick() -> None:
    tune = read_musicxml_or_abc(SCORES / "tune.abc")
    half = Fraction(1, 2)
    assert notes(tune)[:6] == [
        (0, 1, 67),
        (1, half, 69),
        (1 + half, half, 71),
        (2, 1, 74),
        (3, half, 71),
        (3 + half, half, 69),
    ]
    assert [(bar.number, bar.onset, bar.length) for bar in tune.bars] == [(i + 1, 4 * i * Q, 4 * Q) for i in range(8)]
    assert 66 in {n.pitch for n in tune.parts[0].notes}  # F, in G major


def test_tunes_of_one_file_follow_each_other(tmp_path: Path) -> None:
    path = tmp_path / "two.abc"
    path.write_text("X:1\nT:one\nM:4/4\nL:1/4\nK:C\nCDEF|\n\nX:2\nT:two\nM:3/4\nL:1/4\nK:C\nGAB|\n")
    tune = read_musicxml_or_abc(path)
    assert [(int(onset), pitch) for onset, _, pitch in notes(tune)] == [
        (0, 60), (1, 62), (2, 64), (3, 65), (4, 67), (5, 69), (6, 71),
    ]  # fmt: skip
    assert [(bar.onset // Q, str(bar.meter)) for bar in tune.bars] == [(0, "4/4"), (4, "3/4")]


@pytest.mark.parametrize("cut", [0, 1, 60, 200, len(WALTZ) - 3])
def test_a_truncated_musicxml_file_says_so(cut: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cut.musicxml"
    path.write_text(WALTZ[:cut])
    with pytest.raises(Unavailable, match="cannot be read") as refused:
        read_musicxml_or_abc(path)
    assert refused.value.code == "STO602"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("ending", ["abc", "mxl", "xml"])
@pytest.mark.parametrize("data", [b"", b"\x00\xff" * 50, b"PK\x03\x04 not a zip", "<a>" * 2_000, "|:" * 500])
def test_what_is_not_music_is_refused(ending: str, data: bytes | str, tmp_path: Path) -> None:
    path = tmp_path / f"odd.{ending}"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    with pytest.raises(Unavailable) as refused:
        read_musicxml_or_abc(path)
    assert refused.value.code == "STO602"


def test_a_compressed_file_may_not_swell(tmp_path: Path) -> None:
    path = tmp_path / "bomb.mxl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("score.xml", b" " * (tunes.MOST_BYTES + 1))
    with pytest.raises(Unavailable, match="16 MB") as refused:
        read_musicxml_or_abc(path)
    assert refused.value.code == "STO609"


# --- the corpus -------------------------------------------------------------------------------


def test_a_chorale_has_four_voices_and_a_pickup() -> None:
    tune = read_corpus("bach/bwv66.6")
    assert [part.name for part in tune.parts] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert tune.bars[0].number == 0
    assert tune.parts[0].notes[:2] == (TuneNote(0, Q // 2, 73), TuneNote(Q // 2, Q // 2, 71))
    assert read_corpus("bwv66.6") == Tune("bwv66.6", tune.parts, tune.bars)


def test_a_collection_gives_its_tunes_by_number() -> None:
    assert len(read_corpus("essenFolksong/altdeu10#3").parts[0].notes) == 23


@pytest.mark.parametrize(
    ("name", "help_"),
    [
        ("bach/bwv66.7", "did you mean `bach/bwv"),
        ("nothing like it", None),
        ("../../../etc/passwd", None),
        ("essenFolksong/altdeu10#999999", "for all of them"),
        ("essenFolksong/altdeu10#x", "#1"),
    ],
)
def test_an_unknown_piece_is_refused_with_the_nearest(name: str, help_: str | None) -> None:
    with pytest.raises(Unavailable) as refused:
        read_corpus(name)
    assert refused.value.code == "STO610"
    assert refused.value.hint is None if help_ is None else help_ in (refused.value.hint or "")


def test_reading_prints_nothing_and_leaves_nothing_at_home(tmp_path: Path) -> None:
    home, there = tmp_path / "home", Path(__file__).parent.parent
    home.mkdir()
    code = "from stochos.tunes import read_corpus; read_corpus('bwv66.6')"
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", code], capture_output=True, text=True, check=True, cwd=there,
        env=os.environ | {"HOME": str(home), "PYTHONPATH": str(there)},
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("", "")
    assert list(home.iterdir()) == []
