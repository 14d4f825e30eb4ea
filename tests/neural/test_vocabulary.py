import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stochos.music.melody import from_martin, to_martin
from stochos.neural.encodings import ENCODINGS, Encoding, squash, squash_amount
from stochos.neural.vocabulary import (
    NO_EVENT,
    NOTE_OFF,
    Tone,
    clean,
    events_from_tones,
    major_key,
    tones_from_events,
    unsquash,
)

BASIC = ENCODINGS["basic"]
MAGENTA = Path(__file__).parents[3] / "shared" / "magenta"
melodies = st.lists(st.integers(NO_EVENT, 127), max_size=60)
playable = st.lists(st.sampled_from([NO_EVENT, NOTE_OFF, *range(48, 84)]), max_size=60)
MELODIC = {name: encoding for name, encoding in ENCODINGS.items() if not encoding.places}
every_encoding = pytest.mark.parametrize("encoding", MELODIC.values(), ids=MELODIC)


@st.composite
def tone_lists(draw: st.DrawFn) -> list[Tone]:
    tones, step = [], 0
    for gap, duration, pitch in draw(
        st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9), st.integers(0, 127)), max_size=20)
    ):
        tones.append(Tone(step + gap, duration, pitch))
        step += gap + duration
    return tones


def test_classes_and_inputs_are_as_many_as_magentas() -> None:
    assert {name: (e.inputs, e.classes) for name, e in MELODIC.items()} == {
        "basic": (38, 38), "mono": (130, 130), "lookback": (121, 40), "attention": (74, 40),
    }  # fmt: skip
    assert BASIC.decode(range(38)) == [NO_EVENT, NOTE_OFF, *range(48, 84)]


@given(melodies, st.lists(st.integers(0, 129)))
def test_martins_integers_convert_both_ways(events: list[int], integers: list[int]) -> None:
    assert from_martin(to_martin(events)) == events == from_martin(events)
    assert to_martin(from_martin(integers)) == integers
    assert from_martin([60, 129, 128]) == [60, NO_EVENT, NOTE_OFF]


@every_encoding
@given(playable)
def test_decoding_undoes_encoding(encoding: Encoding, events: list[int]) -> None:
    assert encoding.decode(encoding.encode(events)) == events


@every_encoding
@given(playable)
def test_a_class_is_right_where_it_means_the_event(encoding: Encoding, events: list[int]) -> None:
    meant = [encoding.meant(events[:step]) for step in range(len(events))]
    expected = [[said == event for said in row] for row, event in zip(meant, events, strict=True)]
    assert encoding.right(events).tolist() == expected
    assert all(row[index] for row, index in zip(expected, encoding.encode(events), strict=True))


@every_encoding
@given(playable)
def test_what_is_heard_depends_on_nothing_later(encoding: Encoding, events: list[int]) -> None:
    half = len(events) // 2
    assert encoding.heard(events).shape == (len(events) + 1, encoding.inputs)
    assert np.array_equal(encoding.heard(events)[: half + 1], encoding.heard(events[:half]))


@every_encoding
def test_ears_hear_what_is_heard_at_once(encoding: Encoding) -> None:
    events = [60, NO_EVENT, NOTE_OFF, 62, 64, NO_EVENT] * 7
    ear = encoding.ear()
    for row, event in zip(encoding.heard(events), events, strict=False):
        assert np.array_equal(ear.row(), row)
        ear.hear(event)


@given(tone_lists())
def test_events_give_back_their_tones(tones: list[Tone]) -> None:
    assert tones_from_events(events_from_tones(tones)) == tones


@given(playable)
def test_tones_of_events_sound_the_same(events: list[int]) -> None:
    tones = tones_from_events(clean(events))
    assert tones_from_events(events_from_tones(tones, len(events))) == tones


@given(melodies)
def test_squashed_melodies_can_be_encoded_and_keep_their_pitch_classes(events: list[int]) -> None:
    amount = squash_amount(events, BASIC)
    squashed = squash(events, BASIC, amount)
    BASIC.encode(squashed)
    back = unsquash(squashed, amount)
    assert [e if e < 0 else e % 12 for e in back] == [e if e < 0 else e % 12 for e in events]


@given(
    st.permutations([60, 62, 64, 65, 67, 69, 71]), st.lists(st.sampled_from([-2, -1, 55, 72, 76])), st.integers(-40, 40)
)
def test_every_major_scale_is_moved_to_c(scale: list[int], more: list[int], up: int) -> None:
    moved = [event if event < 0 else event + up for event in scale + more]
    squashed = squash(moved, BASIC, squash_amount(moved, BASIC))
    assert {event % 12 for event in squashed if event >= 0} == {0, 2, 4, 5, 7, 9, 11}


def test_a_scale_in_d_is_moved_to_c() -> None:
    scale = [62, 64, 66, 67, 69, 71, 73, 74]
    assert major_key(scale) == 2
    assert squash(scale, BASIC, squash_amount(scale, BASIC)) == [60, 62, 64, 65, 67, 69, 71, 72]


def test_a_half_octave_rounds_to_the_even_octave() -> None:
    assert squash_amount([20, NO_EVENT, 127, NO_EVENT, 47, 84, 83, 48], BASIC) == -12


def test_silence_stays_where_it_is() -> None:
    assert squash_amount([NO_EVENT, NO_EVENT], BASIC) == 0


def test_a_note_cannot_end_before_the_first_began() -> None:
    assert clean([NOTE_OFF, NO_EVENT, NOTE_OFF, 60, NOTE_OFF]) == [NO_EVENT, NO_EVENT, NO_EVENT, 60, NOTE_OFF]


@pytest.mark.parametrize("event", [-3, 128])
def test_what_is_no_event_is_refused(event: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        clean([event])


@pytest.mark.parametrize("pitch", [47, 84])
def test_what_cannot_be_heard_is_refused(pitch: int) -> None:
    with pytest.raises(ValueError, match="outside 48 to 83"):
        BASIC.encode([pitch])


def test_two_notes_at_once_are_refused() -> None:
    with pytest.raises(ValueError, match="step 3"):
        events_from_tones([Tone(3, 1, 60), Tone(3, 2, 64)])


def test_a_note_is_cut_by_the_next() -> None:
    assert events_from_tones([Tone(0, 9, 60), Tone(2, 2, 62)], 6) == [60, NO_EVENT, 62, NO_EVENT, NOTE_OFF, NO_EVENT]


@pytest.mark.skipif(not MAGENTA.is_dir(), reason="Magenta's own encodings are not beside the repository")
@every_encoding
def test_encodings_equal_magentas(encoding: Encoding) -> None:
    cases = json.loads((MAGENTA / "encodings.json").read_text())[f"{encoding.name}_rnn"]["cases"]
    arrays = np.load(MAGENTA / "encodings.npz")
    assert cases
    for name, case in cases.items():
        events = clean(case["events"])
        amount = squash_amount(events, encoding)
        squashed = squash(events, encoding, amount)
        assert events == case["melody_after_ctor"]
        assert amount == case["transposed_by"]
        assert squashed == arrays[f"{encoding.name}_rnn__{name}__squashed"].tolist()
        assert np.array_equal(encoding.heard(squashed)[1:], arrays[f"{encoding.name}_rnn__{name}__inputs"])
        assert encoding.encode(squashed) == arrays[f"{encoding.name}_rnn__{name}__labels"].tolist()
