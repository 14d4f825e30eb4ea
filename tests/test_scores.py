"""Every score of the tutorial is clean, plays, and reads back as it was meant, by independent readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from io import BytesIO
from itertools import islice
from pathlib import Path

import mido
import pytest
from page import staves_of

from stochos.music.instrument import percussion_staff
from stochos.music.time import QUARTER
from stochos.pipeline import check_source, compose, observe, read_source, render
from stochos.realization import Note, Part, Realization

SCORES = Path(__file__).parent.parent / "scores"
FILES = sorted(SCORES.rglob("*.stoch"))
each_score = pytest.mark.parametrize("path", [pytest.param(p, id=p.relative_to(SCORES).stem) for p in FILES])


@dataclass(frozen=True)
class Compiled:
    """A score and its files."""

    piece: Realization
    midi: bytes
    musicxml: bytes


@cache
def compiled(path: Path) -> Compiled:
    return compile_anew(path)


def compile_anew(path: Path) -> Compiled:
    piece = compose(path)
    files = render(piece)
    return Compiled(piece, files["midi"], files["musicxml"])


def test_there_are_scores() -> None:
    assert len(FILES) >= 10
    tutorial = sorted(SCORES.glob("*.stoch"))
    assert [path.stem[:2] for path in tutorial] == [f"{i + 1:02}" for i in range(len(tutorial))]


@each_score
def test_it_checks_without_a_warning(path: Path) -> None:
    assert check_source(read_source(path)).warnings == ()


@each_score
def test_it_is_written_in_the_usual_layout(path: Path) -> None:
    layout = pytest.importorskip("stochos.format", reason="the formatter is not there yet")
    source = read_source(path)
    assert layout.format_score(source) == source.text


@each_score
def test_something_sounds_in_every_part(path: Path) -> None:
    assert all(part.notes for part in compiled(path).piece.parts)


@each_score
def test_it_is_what_it_expects(path: Path) -> None:
    checked = check_source(read_source(path))
    assert [result.message for result in observe(checked, compiled(path).piece) if not result.holds] == []


@each_score
def test_the_same_score_is_the_same_bytes(path: Path) -> None:
    assert compile_anew(path) == compiled(path)


# --- MIDI -------------------------------------------------------------------------------------


@each_score
def test_a_player_hears_every_note(path: Path) -> None:
    """Each note begins when it should and is let go; a key of a channel is down at most once at a time."""
    score = compiled(path)
    midi = mido.MidiFile(file=BytesIO(score.midi))
    assert midi.ticks_per_beat == QUARTER
    tracks = [track for track in midi.tracks if any(message.type == "note_on" for message in track)]
    assert len(tracks) == len(score.piece.parts)
    heard = [set(strokes(track, score.piece.duration)) for track in tracks]
    for part, struck in zip(score.piece.parts, heard, strict=True):
        meant = {(n.onset, n.pitch) for n in part.notes}
        if part.instrument.is_percussion:  # all kits share a channel, where a key sounds once
            assert struck <= meant <= set().union(*heard)
        elif any("trill" in n.articulations for n in part.notes):
            assert meant <= struck
        else:
            assert struck == meant
            assert len(struck) == len(list(meant))


def strokes(track: mido.MidiTrack, end: int) -> Iterator[tuple[int, int]]:
    """(tick, key) of everything struck; all of it is let go by `end`."""
    now, down = 0, set()
    for message in track:
        now += message.time
        if message.type not in ("note_on", "note_off"):
            continue
        key = message.channel, message.note
        if message.type == "note_on" and message.velocity > 0:
            assert key not in down, f"{key} is struck while it is down"
            down.add(key)
            yield now, message.note
        else:
            assert key in down, f"{key} is let go and was not down"
            down.remove(key)
            assert now <= end
    assert not down, "notes hang"


# --- MusicXML ---------------------------------------------------------------------------------


@each_score
def test_a_notation_program_reads_every_note(path: Path) -> None:
    """Parts, pitches and written onsets, as music21 reads them."""
    from music21 import converter
    from music21.harmony import Harmony

    score = compiled(path)
    read = converter.parse(score.musicxml.decode(), format="musicxml")
    staves = iter([*read.parts])
    for part in score.piece.parts:
        own = list(islice(staves, staves_of(part)))
        assert str(own[0].partName) == printed(part)
        found = {note for staff in own for note in on_staff(staff)}
        assert found == {(n.written_onset, place(part, n)) for n in part.notes}
        assert {round(Fraction(staff.highestTime) * QUARTER) for staff in own} == {score.piece.duration}
    assert not list(staves)
    symbols = [(round(symbol.getOffsetInHierarchy(read) * QUARTER), symbol) for symbol in read[Harmony]]
    assert [tick for tick, _ in symbols] == [one.onset for one in score.piece.harmony]
    for (_, symbol), one in zip(symbols, score.piece.harmony, strict=True):
        assert one.chord is None or {*symbol.pitchClasses} == one.chord.pitch_classes
    assert (read.metadata.bestTitle or "") == score.piece.title


def printed(part: Part) -> str:
    return part.instrument.name


def place(part: Part, note: Note) -> str:
    """Where a note stands on the page: its pitch, or its line on a percussion staff."""
    if not part.instrument.is_percussion:
        return str(note.pitch)
    step, octave, _ = percussion_staff(note.pitch)
    return f"{step}{octave}"


def on_staff(staff: object) -> Iterator[tuple[int, str]]:
    """(tick, place) of every note that is not tied to one before, without chord symbols and the ends of glissandi."""
    for element in staff.recurse().notes.getElementsNotOfClass("Harmony"):  # type: ignore[attr-defined]
        if element.duration.isGrace:
            continue
        tick = round(Fraction(element.getOffsetInHierarchy(staff)) * QUARTER)
        for note in element.notes if hasattr(element, "notes") else [element]:
            if note.tie is None or note.tie.type == "start":
                yield tick, str(note.pitch.midi) if hasattr(note, "pitch") else note.displayName
