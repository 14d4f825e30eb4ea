"""Stretches of time are written as a musician expects them: a table for each meter."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stochos.music.time import QUARTER, Meter
from stochos.rendering.rhythm import GRAIN, VALUES, bar_frame, note_values, rest_values, tuplet_frame

SHORT = {
    "breve": "0",
    "whole": "1",
    "half": "2",
    "quarter": "4",
    "eighth": "8",
    "16th": "16",
    "32nd": "32",
    "64th": "64",
}


def spelt(spell, frame, start, end):
    values = spell(frame, int(Fraction(start) * QUARTER), int(Fraction(end) * QUARTER))
    return " ".join(SHORT[value.kind] + "." * value.dots for value in values)


def meter(text):
    return Meter(*map(int, text.split("/")))


# meter, start and end in quarters, written values
NOTES = """
4/4 0 4 1       | 4/4 0 3 2.      | 4/4 1 4 2.      | 4/4 1 3 2       | 4/4 0 2.5 2 8   | 4/4 0 3.5 2..
4/4 .5 1.5 4    | 4/4 1.5 2.5 8 8 | 4/4 .5 3 4. 4   | 4/4 1.5 4 8 2   | 4/4 .5 2 4.     | 4/4 1 2.5 4 8
4/4 0 .75 8.    | 4/4 .25 1 8.    | 4/4 .25 .75 8   | 4/4 .5 1.25 8 16 | 4/4 .75 1.5 16 8 | 4/4 2.5 4 4.
4/4 .5 3.5 4. 4. | 4/4 0 1.25 4 16 | 4/4 .75 1.25 16 16 | 4/4 0 1.75 4.. | 4/4 0 .125 32 | 4/4 2 3.75 4..
3/4 0 3 2.      | 3/4 0 2 2       | 3/4 1 3 2       | 3/4 .5 3 8 2    | 3/4 0 2.5 2 8   | 3/4 1 2.5 4.
3/4 .5 1.5 4    | 3/4 1.5 3 4.    | 2/4 .5 1.5 4    | 2/4 0 2 2       | 2/4 0 1.5 4.    | 2/4 .5 2 4.
6/8 0 3 2.      | 6/8 0 1.5 4.    | 6/8 0 1 4       | 6/8 .5 1.5 4    | 6/8 1 2 8 8     | 6/8 0 2 4. 8
6/8 .5 2 4 8    | 6/8 0 2.5 4. 4  | 6/8 0 .75 8.    | 6/8 .75 1.5 8.  | 9/8 0 4.5 2. 4. | 9/8 1.5 4.5 2.
12/8 0 6 1.     | 12/8 0 3 2.     | 12/8 1.5 4.5 4. 4. | 12/8 3 6 2.  | 5/8 0 2.5 4. 4  | 5/8 1 2 8 8
5/8 0 1.5 4.    | 7/8 0 3.5 2 4.  | 7/8 0 2 2       | 7/8 2 3.5 4.    | 7/8 1.5 2.5 8 8 | 8/8 0 4 1
5/4 0 5 2. 2    | 5/4 0 3 2.      | 5/4 2 4 4 4     | 5/4 3 5 2       | 6/4 0 6 1.      | 6/4 2 4 4 4
2/2 1 3 2       | 2/2 0 4 1       | 2/2 1.5 2.5 8 8 | 3/2 0 6 1.      | 3/2 0 4 1       | 3/8 0 1.5 4.
4/2 0 8 0       | 3/8 .5 1.5 4    | 7/4 0 7 1 2.    | 1/4 .5 .75 16   | 3/16 0 .75 8.   | 4/8 .25 .75 8
"""

RESTS = """
4/4 0 2 2       | 4/4 1 3 4 4     | 4/4 1 4 4 2     | 4/4 0 3 2 4     | 4/4 .5 1.5 8 8  | 4/4 .25 1 16 8
4/4 0 .75 8 16  | 4/4 0 3.5 2 4 8 | 3/4 0 2 4 4     | 3/4 1 3 4 4     | 3/4 .5 3 8 4 4  | 2/4 .5 1.5 8 8
6/8 0 1.5 4.    | 6/8 0 1 4       | 6/8 .5 1.5 8 8  | 6/8 .5 3 8 8 4. | 6/8 1 2 8 8     | 9/8 0 3 4. 4.
12/8 0 3 2.     | 12/8 1.5 4.5 4. 4. | 5/8 0 2 4. 8 | 7/8 0 2 4 4     | 2/2 0 2 2       | 2/2 1 4 4 2
5/4 0 3 2.      | 5/4 1 5 4 4 2   | 3/8 0 1 4       | 3/8 .5 1.5 8 8  | 6/4 3 6 2.      | 4/4 3.5 4 8
"""


def rows(table):
    for cell in table.replace("\n", "|").split("|"):
        if words := cell.split():
            yield words[0], words[1], words[2], " ".join(words[3:])


@pytest.mark.parametrize(("name", "start", "end", "expected"), rows(NOTES))
def test_notes(name, start, end, expected):
    assert spelt(note_values, bar_frame(meter(name)), start, end) == expected


@pytest.mark.parametrize(("name", "start", "end", "expected"), rows(RESTS))
def test_rests_show_the_beat(name, start, end, expected):
    assert spelt(rest_values, bar_frame(meter(name)), start, end) == expected


# Inside tuplets time is local: units of an eighth.
@pytest.mark.parametrize(
    ("actual", "start", "end", "notes", "rests"),
    [
        (3, 0, 1, "4", "4"),
        (3, 0.5, 1.5, "4", "8 8"),
        (5, 0, 2, "2", "4 4"),
        (5, 0, 2.5, "2 8", "4 4 8"),
        (5, 0.5, 2.5, "2", "8 4 8"),
        (7, 0, 3, "2.", "4 4 4"),
        (3, 0.25, 0.75, "8", "16 16"),
    ],
)
def test_inside_a_tuplet(actual, start, end, notes, rests):
    frame = tuplet_frame(actual, QUARTER // 2)
    assert spelt(note_values, frame, start, end) == notes
    assert spelt(rest_values, frame, start, end) == rests


METERS = st.builds(Meter, st.integers(1, 17), st.sampled_from((2, 4, 8, 16)))


@given(METERS, st.data())
def test_values_fill_their_time_whatever_the_meter(of, data):
    frame = bar_frame(of)
    start = data.draw(st.integers(0, of.bar // GRAIN - 1)) * GRAIN
    end = data.draw(st.integers(start // GRAIN + 1, of.bar // GRAIN)) * GRAIN
    for spell in (note_values, rest_values):
        values = spell(frame, start, end)
        assert [value.start for value in values] == [start, *(value.end for value in values[:-1])]
        assert values[-1].end == end
        assert all(VALUES[value.end - value.start] == (value.kind, value.dots) for value in values)


@given(METERS, st.data())
def test_rests_never_take_more_values_to_read_than_pieces_of_the_beat(of, data):
    frame = bar_frame(of)
    start = data.draw(st.sampled_from([beat[0] for beat in frame.beats]))
    end = data.draw(st.sampled_from([beat[1] for beat in frame.beats if beat[1] > start]))
    values = rest_values(frame, start, end)
    beats = {edge for beat in frame.beats for edge in beat}
    assert {edge for value in values for edge in (value.start, value.end)} <= beats


@given(METERS)
def test_beams_break_within_the_bar(of):
    frame = bar_frame(of)
    assert frame.windows[0] == 0
    assert frame.windows[-1] == of.bar
    assert set(frame.wide) <= set(frame.windows)


@pytest.mark.parametrize(
    ("name", "windows", "wide"),
    [
        ("4/4", "0 1 2 3 4", "0 2 4"),
        ("3/4", "0 1 2 3", "0 1 2 3"),
        ("2/4", "0 1 2", "0 2"),
        ("2/2", "0 1 2 3 4", "0 2 4"),
        ("6/8", "0 1.5 3", "0 1.5 3"),
        ("5/8", "0 1.5 2.5", "0 1.5 2.5"),
        ("7/8", "0 1 2 3.5", "0 1 2 3.5"),
        ("3/8", "0 1.5", "0 1.5"),
        ("12/8", "0 1.5 3 4.5 6", "0 1.5 3 4.5 6"),
    ],
)
def test_where_beams_break(name, windows, wide):
    frame = bar_frame(meter(name))
    assert [bound / QUARTER for bound in frame.windows] == [float(bound) for bound in windows.split()]
    assert [bound / QUARTER for bound in frame.wide] == [float(bound) for bound in wide.split()]
