"""Free time becomes readable: little is moved, nothing is lost, and everything can be written."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from stochos.music.time import QUARTER
from stochos.realize.quantise import quantise

SIXTEENTH = QUARTER // 4
FOUR = [(4 * QUARTER * i, 4 * QUARTER, QUARTER) for i in range(4)]
SIX_EIGHT = [(3 * QUARTER * i, 3 * QUARTER, 3 * QUARTER // 2) for i in range(4)]


def at(*beats, length=0.2):
    return [(round(beat * QUARTER), round(length * QUARTER), 60 + i) for i, beat in enumerate(beats)]


def onsets(notes, bars=FOUR, grid=SIXTEENTH, tuplets=(3, 5)):
    return [onset / QUARTER for onset, _ in quantise(notes, bars, grid, tuplets)[0]]


def test_notes_near_the_grid_go_to_it():
    assert onsets(at(0.02, 0.27, 0.48, 1.01)) == [0, 0.25, 0.5, 1]


def test_three_even_notes_are_a_triplet():
    written, tuplets = quantise(at(0.01, 0.34, 0.66, 1), FOUR, SIXTEENTH, (3, 5))
    assert tuplets == [(0, QUARTER, 3, 2)]
    assert [onset for onset, _ in written] == [0, 3360, 6720, QUARTER]
    assert [duration for _, duration in written[:3]] == [3360] * 3


def test_five_even_notes_are_a_quintuplet():
    assert quantise(at(1, 1.2, 1.4, 1.6, 1.8, 2), FOUR, SIXTEENTH, (3, 5))[1] == [(QUARTER, QUARTER, 5, 4)]


def test_tuplets_that_are_not_allowed_are_not_used():
    assert quantise(at(0.01, 0.34, 0.66, 1), FOUR, SIXTEENTH, ())[1] == []


def test_one_note_does_not_make_a_tuplet():
    assert quantise(at(1 / 3), FOUR, SIXTEENTH, (3,))[1] == []


def test_a_dotted_beat_divides_in_three_without_a_tuplet():
    written, tuplets = quantise(at(0.02, 0.49, 1.02), SIX_EIGHT, SIXTEENTH, (3, 5))
    assert tuplets == []
    assert [onset for onset, _ in written] == [0, QUARTER // 2, QUARTER]


def test_two_moments_stay_two_where_there_is_room():
    assert onsets(at(0.0, 0.1)) == [0, 0.25]


def test_moments_that_cannot_stay_apart_become_a_chord():
    written, _ = quantise(at(0.0, 0.01, 0.02, 0.03, 0.04, 0.05), FOUR, SIXTEENTH, ())
    assert len({onset for onset, _ in written}) < 6
    assert len(written) == 6


def test_a_note_ends_where_the_next_begins():
    written, _ = quantise(at(0, 1, 2, length=3), FOUR, SIXTEENTH, ())
    assert [duration / QUARTER for _, duration in written] == [1, 1, 3]


def test_short_gaps_are_closed_and_long_ones_stay():
    written, _ = quantise([(0, 9000, 60), (QUARTER, 2000, 62), (3 * QUARTER, 2000, 64)], FOUR, SIXTEENTH, ())
    assert [duration / QUARTER for _, duration in written] == [1, 0.25, 0.25]


def test_nothing_starts_at_the_end():
    assert onsets(at(15.99)) == [15.75]


free = st.lists(
    st.tuples(st.integers(0, 16 * QUARTER - 1), st.integers(1, 3 * QUARTER), st.integers(40, 80)),
    min_size=1,
    max_size=60,
)
grids = st.sampled_from((QUARTER, QUARTER // 2, SIXTEENTH, SIXTEENTH // 2))
bar_rows = st.sampled_from((
    FOUR,
    [(0, 16 * QUARTER, QUARTER)],
    [(2 * QUARTER * i, 2 * QUARTER, 2 * QUARTER) for i in range(8)],
    [(i * 5 * QUARTER // 2, 5 * QUARTER // 2, QUARTER // 2) for i in range(7)],
    [(i * 3 * QUARTER, 3 * QUARTER, 3 * QUARTER // 2) for i in range(6)],
))  # fmt: skip


@given(free, bar_rows, grids, st.sets(st.sampled_from((2, 3, 4, 5, 7))).map(lambda s: tuple(sorted(s))))
@settings(max_examples=150)
def test_what_is_written_can_be_read(notes, bars, grid, tuplets):
    written, brackets = quantise(notes, bars, grid, tuplets)
    assert len(written) == len(notes)
    end = bars[-1][0] + bars[-1][1]
    chords = sorted(set(written))
    for (onset, duration), following in zip(chords, [*chords[1:], (end, 0)], strict=True):
        assert onset >= 0
        assert duration > 0
        assert onset + duration <= following[0]  # one clean voice
        for place in (onset, onset + duration):
            inside = [b for b in brackets if b[0] < place < b[0] + b[1]]
            if inside:
                assert (place - inside[0][0]) % (inside[0][1] // inside[0][2]) == 0
            else:
                bar = max(b[0] for b in bars if b[0] <= min(place, end - 1))
                assert (
                    (place - bar) % grid == 0
                    or place in {b[0] + b[1] for b in bars} | {b[0] for b in bars}
                    or (any((place - b[0]) % b[2] == 0 for b in bars))
                )


@given(free, grids)
@settings(max_examples=100)
def test_time_never_runs_backwards(notes, grid):
    written, _ = quantise(notes, FOUR, grid, (3, 5))
    pairs = sorted(zip((onset for onset, _, _ in notes), (onset for onset, _ in written), strict=True))
    assert [b for _, b in pairs] == sorted(b for _, b in pairs)


@given(free)
@settings(max_examples=100)
def test_nothing_moves_further_than_a_beat(notes):
    written, _ = quantise(notes, FOUR, SIXTEENTH, (3, 5))
    assert all(abs(a - b) < QUARTER for (a, _, _), (b, _) in zip(notes, written, strict=True))
