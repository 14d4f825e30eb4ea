"""Melodies are cut out as Magenta cuts them; what is dropped is told of."""

from __future__ import annotations

from math import inf

import pytest
from midi_files import line_of, midi_of

from stochos.dataset.extraction import melodies, quantised
from stochos.dataset.rules import (
    EMPTY_BARS,
    FOUND,
    OUT_OF_RANGE,
    PLAIN,
    POLYPHONIC,
    SHORT,
    TRUNCATED,
    UNEVEN,
    Report,
    Rules,
)
from stochos.dataset.smf import read_midi
from stochos.neural.vocabulary import NO_EVENT, NOTE_OFF, Tone, tones_from_events

SCALE = [60, 62, 64, 65, 67, 69, 71, 72]
EIGHT_BARS = line_of(SCALE * 8)


def found(data: bytes, rules: Rules | None = None) -> tuple[list[tuple[int, ...]], Report]:
    report = Report()
    return list(melodies(read_midi(data), rules or Rules(), report)), +report


def test_a_line_is_a_melody_at_the_pitch_it_sounds() -> None:
    (melody,), report = found(midi_of(EIGHT_BARS))
    assert tones_from_events(melody) == [Tone(2 * k, 2, pitch) for k, pitch in enumerate(SCALE * 8)]
    assert report == {FOUND: 1}


def test_every_part_is_looked_at() -> None:
    lower = [(onset, end, pitch - 12) for onset, end, pitch in EIGHT_BARS]
    chords = EIGHT_BARS + [(onset, end, pitch + 4) for onset, end, pitch in EIGHT_BARS]
    kept, report = found(midi_of(EIGHT_BARS, chords, lower))
    assert [min(e for e in melody if e >= 0) for melody in kept] == [60, 48]
    assert report == {FOUND: 3, POLYPHONIC: 1}


def test_of_chords_the_top_may_be_taken() -> None:
    chords = EIGHT_BARS + [(onset, end, pitch - 5) for onset, end, pitch in EIGHT_BARS]
    assert found(midi_of(chords), Rules(top_voice=True))[0] == found(midi_of(EIGHT_BARS))[0]


def test_a_note_that_still_sounds_is_cut_by_the_next() -> None:
    legato = [(onset, end + 1, pitch) for onset, end, pitch in EIGHT_BARS]
    (melody,), _ = found(midi_of(legato))
    assert melody[: 2 * len(EIGHT_BARS)] == found(midi_of(EIGHT_BARS))[0][0]


def test_percussion_is_no_melody() -> None:
    assert found(midi_of(EIGHT_BARS, channel=9)) == ([], {})


def test_a_bar_of_rest_parts_two_melodies_and_the_second_starts_on_a_barline() -> None:
    later = line_of(SCALE * 8, start=128 + 16 + 6)
    (one, other), _ = found(midi_of(EIGHT_BARS + later))
    assert len(one) == 128
    assert other[:7] == (NO_EVENT,) * 6 + (60,)
    (whole,), _ = found(midi_of(EIGHT_BARS + line_of(SCALE * 8, start=128 + 15)), Rules(least_filled=0.0))
    assert whole[128] == NOTE_OFF


@pytest.mark.parametrize(("steps", "kept"), [(111, 0), (112, 1)])
def test_the_shortest_melody_has_seven_bars(steps: int, kept: int) -> None:
    melody, report = found(midi_of(line_of((SCALE * 14)[:steps], length=1)))
    assert len(melody) == kept
    assert report[SHORT] == 1 - kept


@pytest.mark.parametrize(("classes", "kept"), [(4, 0), (5, 1)])
def test_the_plainest_melody_has_five_pitch_classes(classes: int, kept: int) -> None:
    pitches = [*SCALE[:classes], 72] * 20
    melody, report = found(midi_of(line_of(pitches)))
    assert len(melody) == kept
    assert report[PLAIN] == 1 - kept


def test_a_long_melody_is_cut() -> None:
    (melody,), report = found(midi_of(line_of(SCALE * 40)))
    assert len(melody) == 512
    assert report == {FOUND: 1, TRUNCATED: 1}


def test_notes_below_c1_and_above_c8_are_left_out() -> None:
    stray = [(0, 2, 23), (2, 4, 109)]
    ends = [(0, 2, 24), (2, 4, 108)]
    (melody,), report = found(midi_of(stray + line_of(SCALE * 8, start=4)))
    assert set(melody) - {NO_EVENT, NOTE_OFF} == set(SCALE)
    assert report[OUT_OF_RANGE] == 2
    (melody,), report = found(midi_of(ends + line_of(SCALE * 8, start=4)))
    assert (melody[0], melody[2]) == (24, 108)
    assert report[OUT_OF_RANGE] == 0


def test_bars_that_hardly_sound_part_melodies() -> None:
    """Three sixteenths sound in the ninth bar, which is less than a quarter of it; four are enough."""
    for length, count in ((3, 2), (4, 1)):
        middle = [(128 + 4, 128 + 4 + length, 60)]
        kept, report = found(midi_of(EIGHT_BARS + middle + line_of(SCALE * 8, start=144)))
        assert len(kept) == count
        assert report[EMPTY_BARS] == count - 1


def test_a_pickup_is_no_empty_bar() -> None:
    (melody,), _ = found(midi_of([(14, 16, 67), *line_of(SCALE * 8, start=16)]))
    assert melody[:17] == (*(NO_EVENT,) * 14, 67, NO_EVENT, 60)


def test_a_change_of_meter_parts_melodies() -> None:
    kept, _ = found(midi_of(line_of(SCALE * 21), meters=[(0, 4, 4), (7 * 16, 3, 4)]))
    assert [len(melody) for melody in kept] == [112, 336 - 112]


def test_bars_that_are_no_whole_number_of_steps_are_dropped() -> None:
    kept, report = found(midi_of(EIGHT_BARS, meters=[(0, 5, 32)]))
    assert (kept, report[UNEVEN]) == ([], 1)


@pytest.mark.parametrize(("late", "step"), [(59, 0), (60, 1), (-60, 0), (-61, -1)])
def test_time_is_rounded_to_the_nearest_step(late: int, step: int) -> None:
    """At 480 ticks a quarter a step has 120; half a step is rounded up."""
    notes = [(onset * 120 + late, end * 120 + late, pitch) for onset, end, pitch in EIGHT_BARS]
    assert quantised(notes, 0, inf, 480, 4) == [(onset + step, end + step, pitch) for onset, end, pitch in EIGHT_BARS]


def test_no_note_is_shorter_than_a_step() -> None:
    assert quantised([(0, 1, 60), (119, 121, 62)], 0, inf, 480, 4) == [(0, 1, 60), (1, 2, 62)]
