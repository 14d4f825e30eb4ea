"""Glissandi from the score to the note: where each note glides to, and what transformations make of it."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import mido
import pytest

from stochos.cli.show import notes_as_json
from stochos.diagnostics import SourceError
from stochos.pipeline import check_source, realize_checked
from stochos.realization import Note, Realization
from stochos.realize.excerpt import only_section
from stochos.rendering.midi import write_midi
from stochos.source import Source


def piece(line: str) -> Realization:
    meter = "1/4" if "@" in line else "4/4"
    parts = f'tempo 60\nmeter {meter}\npart cello = "Violoncello" in C0..C8\n'
    text = f"{parts}section A {{ cello: {line} }}\nsection B {{ cello: R }}\n"
    return realize_checked(check_source(Source("gliding", text, Path("gliding.stoch"))))


def glides(line: str) -> list[tuple[int, float]]:
    """Pitch and glide of each note of the first section, by onset and pitch."""
    return [(n.pitch, n.glide) for n in notes(line)]


def notes(line: str) -> tuple[Note, ...]:
    return only_section(piece(line), "A").parts[0].notes


def test_a_note_glides_to_the_next_of_its_voice() -> None:
    assert glides("| C3:2'gliss D3 | r:4 F3'glissando r C2 |") == [(48, 2.0), (50, 0.0), (53, -17.0), (36, 0.0)]


def test_tied_notes_glide_as_one() -> None:
    (first, second) = notes("| C3:1'gliss~ | C3:2 E3 |")
    assert (first.duration, first.glide, second.pitch) == (6 * 10080, 4.0, 52)


def test_voices_do_not_lead_each_other() -> None:
    assert sorted(glides("| C3:2'gliss D3 | & | C4:1 |")) == [(48, 2.0), (50, 0.0), (60, 0.0)]


def test_chords_glide_from_the_highest_down() -> None:
    assert glides("| <C3 E3 G3>:2'gliss <D3 A3> |")[:3] == [(48, 2.0), (52, -2.0), (55, 2.0)]
    assert glides("| C3:2'gliss <D3 A3> |")[0] == (48, 9.0)


def test_the_last_note_has_nowhere_to_glide() -> None:
    assert glides("| C3:2 D3'gliss |") == [(48, 0.0), (50, 0.0)]


def test_a_speed_is_by_the_clock() -> None:
    """At a tempo of 60 a quarter note lasts a second."""
    assert glides("@pulse(every: 1/4, pitch: C3, glissando: 3st/s) for 2 beats") == [(48, 3.0)] * 2
    assert glides("@pulse(every: 1/4, pitch: C3, length: 1/8, glissando: -3st/s) for 2 beats") == [(48, -1.5)] * 2
    assert glides("@pulse(every: 1/4, pitch: C3, glissando: [1st/s, 0st/s]) for 2 beats") == [(48, 1.0), (48, 0.0)]


def test_a_speed_is_by_the_clock_however_the_phrase_is_stretched() -> None:
    assert glides("{ @pulse(every: 1/4, pitch: C3, glissando: 3st/s) for 2 beats } >> augment(2)") == [(48, 6.0)] * 2


def test_no_glissando_leaves_the_bounds() -> None:
    assert glides("@pulse(every: 1/4, pitch: C3, within: C3..D3, glissando: [9st/s, -9st/s]) for 2 beats") == [
        (48, 2.0),
        (48, 0.0),
    ]


def test_inversion_turns_glissandi_upside_down() -> None:
    assert glides("@pulse(every: 1/4, pitch: C3, glissando: 3st/s) for 2 beats >> invert") == [(48, -3.0)] * 2
    assert glides("{ C3:2'gliss E3 } >> invert") == [(48, -4.0), (44, 0.0)]


def test_what_glides_glides_back_in_retrograde() -> None:
    assert glides("@pulse(every: 1/4, pitch: C3, glissando: 2.75st/s) for 1 beats >> retrograde") == [(51, -3.0)]
    assert glides("{ C3:4'gliss E3 G3 A3 } >> retrograde") == [(57, 0.0), (55, 0.0), (52, -4.0), (48, 0.0)]


def test_other_transformations_keep_the_interval() -> None:
    for transform in ("transpose(2)", "octave", "augment(2)", "diminish(2)", "staccato(0.5)", "legato", "swing"):
        line = "@pulse(every: 1/4, pitch: C3, glissando: 3st/s) for 2 beats"
        together = "{ " + line + " } >> "
        found = [glide for _, glide in glides(together + transform)]
        clock = {"augment(2)": 6.0, "diminish(2)": 1.5}.get(transform, 3.0)  # the law knows how long it lasts
        assert found == [clock] * 2, transform


def test_the_notes_say_how_far_they_glide() -> None:
    told = json.loads(notes_as_json(piece("| C3:2'gliss D3 |")))["notes"]
    assert [note["glide"] for note in told] == [2.0, 0.0]


@pytest.mark.parametrize("speed", ["6", "6st", "1/8", "C4"])
def test_a_speed_has_its_unit(speed: str) -> None:
    with pytest.raises(SourceError) as raised:
        piece(f"@pulse(every: 1/4, glissando: {speed}) for 2 beats")
    assert {d.code for d in raised.value.diagnostics} <= {"STO401", "STO402"}


@pytest.mark.parametrize(
    "line", ["@pulse(every: 1/8, pitch: kick, glissando: 6st/s) fill", "| kick:4'gliss snare:2. |"]
)
def test_percussion_that_is_told_to_glide_is_warned_and_does_not(line: str) -> None:
    text = f'part drums = "Drum kit"\nsection A 1 bars {{ drums: {line} }}\n'
    checked = check_source(Source("drums", text, Path("drums.stoch")))
    assert [found.code for found in checked.warnings] == ["STO412"]
    played = mido.MidiFile(file=BytesIO(write_midi(realize_checked(checked))))
    kinds = [message.type for message in played]
    assert "note_on" in kinds
    assert "pitchwheel" not in kinds
