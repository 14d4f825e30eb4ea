from fractions import Fraction

import numpy as np
import pytest
from building import Q
from hypothesis import given
from hypothesis import strategies as st

from stochos.music.pitch import Pitch, parse_pitch
from stochos.process.value import parameters
from stochos.realization import Note, Origin
from stochos.transform import TRANSFORMS
from stochos.transform.pitch import Invert, Octave, Transpose
from stochos.transform.time import Augment, Diminish, Quantize, Retrograde, Rotate
from stochos.transform.touch import Humanize, Legato, Staccato, Swing

ORIGIN = Origin("A", "written")


def note(onset: int, duration: int, pitch: int | str, velocity: int | None = None) -> Note:
    spelling = parse_pitch(pitch) if isinstance(pitch, str) else None
    midi = spelling.midi if spelling else int(pitch)
    return Note(onset, duration, onset, duration, midi, spelling, velocity, 0, (), ORIGIN)


def after(transform, notes: list[Note], duration: int = 4 * Q, seed: int = 1) -> list[Note]:
    return transform(notes, duration, np.random.Generator(np.random.PCG64(seed)))


def brief(notes: list[Note]) -> list[tuple[float, float, int]]:
    return [(n.onset / Q, n.duration / Q, n.pitch) for n in notes]


PHRASE = [note(0, Q, "C4"), note(Q, Q // 2, "Eb4"), note(2 * Q, 2 * Q, "G4")]

phrases = st.lists(
    st.tuples(st.integers(0, 4 * Q - 1), st.integers(1, 4 * Q), st.integers(0, 127)).map(
        lambda drawn: note(drawn[0], min(drawn[1], 4 * Q - drawn[0]), drawn[2], 64)
    ),
    max_size=8,
)


def test_transposing_moves_every_pitch() -> None:
    assert [n.pitch for n in after(Transpose(-2.0), PHRASE)] == [58, 61, 65]
    assert [n.spelling for n in after(Transpose(-2.0), PHRASE)] == [None] * 3


@pytest.mark.parametrize("transform", [Transpose(12.0), Octave(1.0)])
def test_whole_octaves_keep_the_spelling(transform) -> None:
    assert after(transform, PHRASE)[1].spelling == Pitch("E", -1, 5)


def test_no_transposition_leaves_midi() -> None:
    assert [n.pitch for n in after(Transpose(100.0), PHRASE)] == [124, 127, 119]
    assert [n.pitch for n in after(Octave(-9.0), PHRASE)] == [0, 3, 7]


def test_inversion_mirrors_at_its_axis() -> None:
    assert [n.pitch for n in after(Invert(), PHRASE)] == [60, 57, 53]
    assert [n.pitch for n in after(Invert(60.5), PHRASE)] == [61, 58, 54]


def test_retrograde_ends_where_it_began() -> None:
    assert brief(sorted(after(Retrograde(), PHRASE), key=lambda n: n.onset)) == [(0, 2, 67), (2.5, 0.5, 63), (3, 1, 60)]


def test_augmenting_and_diminishing_scale_time() -> None:
    assert brief(after(Augment(1.5), PHRASE)) == [(0, 1.5, 60), (1.5, 0.75, 63), (3, 3, 67)]
    assert brief(after(Diminish(2.0), PHRASE)) == [(0, 0.5, 60), (0.5, 0.25, 63), (1, 1, 67)]
    assert Augment(1 / 3).stretch == Fraction(1, 3)
    assert [t.regrids for t in (Augment(2.0), Diminish(4.0), Augment(3.0), Diminish(1.5))] == [False, False, True, True]


def test_rotation_begins_with_a_later_note() -> None:
    assert brief(after(Rotate(1.0), PHRASE)) == [(3, 1, 60), (0, 0.5, 63), (1, 2, 67)]
    assert brief(after(Rotate(-1.0), PHRASE)) == [(2, 1, 60), (3, 0.5, 63), (0, 2, 67)]
    assert after(Rotate(3.0), PHRASE) == PHRASE


def test_quantizing_goes_as_far_as_its_strength() -> None:
    rough = [note(Q + 1000, Q - 500, 60)]
    assert brief(after(Quantize(1.0), rough)) == [(1, 1, 60)]
    assert [(n.onset, n.duration) for n in after(Quantize(1.0, 0.5), rough)] == [(Q + 500, Q - 250)]
    assert after(Quantize(1.0, 0.0), rough)[0].onset == Q + 1000


def test_swing_lengthens_the_first_of_each_pair_and_leaves_the_page() -> None:
    eighths = [note(i * Q // 2, Q // 2, 60) for i in range(4)]
    swung = after(Swing(), eighths)
    assert [n.onset for n in swung] == [0, 2 * Q // 3, Q, Q + 2 * Q // 3]
    assert [n.duration for n in swung] == [2 * Q // 3, Q // 3] * 2
    assert [n.written_onset for n in swung] == [n.written_onset for n in eighths]
    assert after(Swing(0.5), eighths) == eighths


def test_humanizing_strays_as_much_as_asked() -> None:
    crowd = [note(2 * Q, Q, 60, 64) for _ in range(4000)]
    human = after(Humanize(0.05, 8.0), crowd)
    assert np.std([n.onset - 2 * Q for n in human]) == pytest.approx(0.05 * Q, rel=0.06)
    assert np.std([n.velocity for n in human]) == pytest.approx(8.0, rel=0.06)
    assert {n.written_onset for n in human} == {2 * Q}
    assert after(Humanize(0.0, 0.0), crowd) == crowd
    assert after(Humanize(), PHRASE)[0].velocity is None


def test_legato_fills_the_gaps() -> None:
    assert brief(after(Legato(), PHRASE)) == [(0, 1, 60), (1, 1, 63), (2, 2, 67)]
    assert [n.written_duration for n in after(Legato(), PHRASE)] == [Q, Q, 2 * Q]


def test_staccato_is_a_dot_or_a_share() -> None:
    assert [n.articulations for n in after(Staccato(), PHRASE)] == [("staccato",)] * 3
    assert brief(after(Staccato(0.5), PHRASE)) == [(0, 0.5, 60), (1, 0.25, 63), (2, 1, 67)]
    assert [n.written_duration for n in after(Staccato(0.5), PHRASE)] == [Q, Q // 2, 2 * Q]


EVERY = [
    Transpose(7.0), Invert(), Retrograde(), Augment(3.0), Diminish(1.7), Octave(2.0), Rotate(2.0), Quantize(0.3, 0.8),
    Swing(), Humanize(0.2, 20.0), Legato(), Staccato(0.2),
]  # fmt: skip


@pytest.mark.parametrize("transform", EVERY, ids=lambda transform: type(transform).__name__)
@given(phrase=phrases)
def test_no_transformation_loses_a_note_or_leaves_the_phrase(transform, phrase: list[Note]) -> None:
    end = round(4 * Q * transform.stretch)
    changed = after(transform, phrase)
    assert len(changed) == len(phrase)
    for each in changed:
        assert 0 <= each.onset < each.onset + each.duration <= end + 1
        assert 0 <= each.written_onset < each.written_onset + (each.written_duration or 1) <= end + 1
        assert 0 <= each.pitch <= 127
        assert each.velocity is None or 1 <= each.velocity <= 127


@given(phrase=phrases)
def test_what_turns_back_comes_back(phrase: list[Note]) -> None:
    for transform in (Retrograde(), Invert(60.0)):
        twice = after(transform, after(transform, phrase))
        assert [(n.onset, n.duration) for n in twice] == [(n.onset, n.duration) for n in phrase]
    assert after(Diminish(2.0), after(Augment(2.0), phrase)) == phrase


def test_every_transformation_says_what_it_takes() -> None:
    assert {type(transform) for transform in EVERY} == set(TRANSFORMS.values())
    for transform in TRANSFORMS.values():
        assert transform.__doc__
        assert all(known.doc for known in parameters(transform))
