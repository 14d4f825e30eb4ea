"""What is generated and then transposed sounds within the range of who plays it."""

from __future__ import annotations

import pytest

from stochos.diagnostics import SourceError
from stochos.pipeline import check_source
from stochos.realization import Note
from stochos.realize import realize
from stochos.source import Source

LOW, HIGH = 59, 98  # of a flute


def source(music: str, heading: str) -> Source:
    text = f'part flute = "Flute"\n{heading}\nsection A 40 bars {{ flute: {music} }}'
    return Source("score.stoch", text)


def played(music: str, heading: str = "") -> tuple[Note, ...]:
    return realize(check_source(source(music, heading)).score, pytest.fail).parts[0].notes


def told(music: str, heading: str = "") -> list[str]:
    with pytest.raises(SourceError) as error:
        check_source(source(music, heading))
    return [d.code for d in error.value.diagnostics]


@pytest.mark.parametrize("pipe", [
    "octave(1)", "octave(-1)", "transpose(7)", "invert(C5)", "invert", "octave(2) >> transpose(-5)",
    "invert(C6) >> transpose(3)", "retrograde >> octave",
])  # fmt: skip
@pytest.mark.parametrize("law", ["", ", pitch: @normal(mean: C6, sd: 20st)", ", scale: dorian on D"])
def test_generated_notes_keep_in_range_after_a_transposition(pipe: str, law: str) -> None:
    pitches = {note.pitch for note in played(f"@pulse(every: 1/8{law}) fill >> {pipe}")}
    assert len(pitches) >= (7 if pipe == "invert" else 15)
    assert min(pitches) >= LOW
    assert max(pitches) <= HIGH


@pytest.mark.parametrize("pipe", ["octave(1)", "transpose(-5)", "invert(C5)", "octave(1) >> octave(1)"])
def test_by_default_all_of_the_range_sounds(pipe: str) -> None:
    pitches = {note.pitch for note in played(f"@pulse(every: 1/16) fill >> {pipe}")}
    assert pitches == set(range(LOW, HIGH + 1))


def test_pitches_that_only_the_transposition_brings_into_range_are_played_as_written() -> None:
    assert {note.pitch for note in played("@pulse(every: 1/8, pitch: C3..E3) fill >> octave(2)")} == set(range(72, 77))


@pytest.mark.parametrize(("music", "code"), [
    ("@pulse(every: 1/8, pitch: C6..C7) fill >> octave(1)", "STO408"),
    ("@pulse(every: 1/8, within: C5..C7) fill >> transpose(7)", "STO405"),
    ("@pulse(every: 1/8, pitch: C6..C7) fill >> invert(C5)", "STO408"),
    ("{ @pulse(every: 1/8, pitch: C6..C7) for 40 bars >> octave(-1) } >> octave(2)", "STO408"),
    ("@markov(chain: @chain { C7: D7  D7: C7 }) fill >> octave", "STO408"),
    ("@drops fill >> octave(1)", "STO408"),
])  # fmt: skip
def test_a_span_that_a_transposition_takes_out_of_range_is_told(music: str, code: str) -> None:
    heading = "let drops = @pulse(every: 1/8, pitch: C6..C7)" if "drops" in music else ""
    assert told(music, heading) == [code]


def test_shared_notes_are_the_same_notes_transposed_by_octaves_where_they_must() -> None:
    notes = played("$drops $drops >> transpose(12)", "let drops = @pulse(every: 1/8) for 20 bars")
    plain, moved = notes[:160], notes[160:]
    assert {(b.pitch - a.pitch) for a, b in zip(plain, moved, strict=True)} == {12, 0}
    assert max(note.pitch for note in moved) <= HIGH
