"""Four voices in one stream, and how a network sings them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stochos.neural import bundle
from stochos.neural.bundle import Config
from stochos.neural.choir import continue_voices, nearest_key, sing
from stochos.neural.chorale import FARTHEST, FRAME, PHRASE, RANGES, distances, parted, to_c, transposed, under, woven
from stochos.neural.encodings import ENCODINGS
from stochos.neural.evaluation import hear
from stochos.neural.sampling import Choice, Stepper, softmax
from stochos.neural.vocabulary import NO_EVENT, NOTE_OFF
from stochos.process.passage import Freedom, Song

CHORALE = ENCODINGS["chorale"]
SMALL = Config("chorale", "lstm", (9, 7), CHORALE.lowest, CHORALE.highest)
ANY = [np.ones(128, dtype=bool)] * 4
GIVEN = {"ranges": ANY, "moved": 0, "told": [[67]]}
Weights = Callable[[Config], dict[str, np.ndarray]]

frames = st.tuples(
    *(st.sampled_from([NO_EVENT, NOTE_OFF]) | st.integers(low, high) for low, high in RANGES), st.integers(0, FARTHEST)
)
pieces = st.lists(frames, min_size=1, max_size=40).map(lambda steps: tuple(zip(*steps, strict=True)))


@given(pieces)
def test_a_stream_is_its_voices_again(piece: tuple[tuple[int, ...], ...]) -> None:
    *voices, far = piece
    stream = woven(voices, far)
    assert parted(stream) == (tuple(map(list, voices)), list(far))
    assert CHORALE.decode(CHORALE.encode(stream)) == stream
    classes = CHORALE.encode(stream)
    assert all(CHORALE.may(step % FRAME)[index] for step, index in enumerate(classes))
    assert not CHORALE.right(stream)[::FRAME].any(), "the phrase is told"
    assert (CHORALE.right(stream).sum(axis=1) == [step % FRAME > 0 for step in range(len(stream))]).all()


@given(pieces)
def test_what_is_heard_tells_all_that_sounds(piece: tuple[tuple[int, ...], ...]) -> None:
    *voices, far = piece
    heard = CHORALE.heard(woven(voices, far))
    width = sum(high - low + 1 for low, high in RANGES)
    sounding = [NOTE_OFF] * 4
    for step, row in enumerate(heard[FRAME::FRAME]):  # whole frames
        start = 0
        for voice, (low, high) in enumerate(RANGES):
            event = voices[voice][step]
            sounding[voice] = sounding[voice] if event == NO_EVENT else event
            expected = [low + k == sounding[voice] for k in range(high - low + 1)]
            assert row[start : start + high - low + 1].tolist() == expected
            start += high - low + 1
    assert start == width


def test_phrases_are_told_by_quarters_to_their_fermata() -> None:
    assert distances([(8, 12)], 18) == [2] * 4 + [1] * 4 + [0] * 4 + [FARTHEST] * 6
    assert distances([(2, 4), (6, 8)], 8) == [1, 1, 0, 0, 1, 1, 0, 0]
    assert distances([(60, 64)], 64)[:28] == [FARTHEST] * 28
    assert under([0, 4], [60, -2, -2, -2, 62, -2, -1]) == [(0, 4), (4, 6)]


@pytest.mark.parametrize(("tonic", "is_minor", "moved"), [(0, False, 0), (9, True, 0), (7, False, 5), (2, True, -5)])
def test_keys_go_to_c_major_and_a_minor(tonic: int, is_minor: bool, moved: int) -> None:
    assert to_c(tonic, is_minor, [[67], [60], [55], [48]]) == moved
    assert transposed([[67, -2, -1]], moved) == [[67 + moved, -2, -1]]


def test_what_is_wider_than_the_voices_has_no_place() -> None:
    assert to_c(0, False, [[90], [60], [55], [48]]) is None


def played(model: bundle.Model, steps: int = 32, **more: object) -> tuple[list[int], ...]:
    chances = np.random.default_rng(2).random((steps, 4))
    settings = {"ranges": ANY, "moved": 0} | more
    far = distances([(steps - 4, steps)], steps)
    return continue_voices(model, far, Choice(np.ones(steps)), chances.tolist(), **settings)


def test_each_voice_keeps_to_its_range_and_to_sense(random_weights: Weights) -> None:
    model = bundle.assemble(SMALL, random_weights(SMALL))
    ranges = [np.isin(np.arange(128), span) for span in (range(60, 70), range(55, 62), range(50, 55), range(36, 50))]
    voices = played(model, ranges=ranges, moved=5)
    for voice, mask in zip(voices, ranges, strict=True):
        assert voice[0] >= 0
        assert all(mask[event] for event in voice if event >= 0)
        sounding = [event for event in voice if event != NO_EVENT]
        assert all(now != NOTE_OFF or before >= 0 for before, now in pairwise(sounding))
    nowhere = played(model, ranges=[np.zeros(128, dtype=bool), *ranges[1:]], moved=5)
    assert any(event >= 0 for event in nowhere[0]), "a voice that may sing nothing sings what it can"


def test_the_soprano_has_one_note_under_a_fermata(random_weights: Weights) -> None:
    model = bundle.assemble(SMALL, random_weights(SMALL))
    soprano, *lower = played(model)
    assert soprano[28] >= 0
    assert soprano[29:] == [NO_EVENT] * 3
    assert any(event != NO_EVENT for voice in lower for event in voice[29:])


def test_a_melody_is_kept_and_what_comes_later_does_not_matter(random_weights: Weights) -> None:
    model = bundle.assemble(SMALL, random_weights(SMALL))
    line = [67, -2, -2, -2, 69, -2, 71, -2] * 4
    once = played(model, told=[line])
    again = played(model, told=[[*line[:20], 60, *line[21:]]])
    assert once[0] == line
    assert [voice[:20] for voice in once[1:]] == [voice[:20] for voice in again[1:]]
    assert once[1:] != again[1:]


def test_voices_whose_beginnings_are_told_go_on_from_them(random_weights: Weights) -> None:
    model = bundle.assemble(SMALL, random_weights(SMALL))
    whole = played(model)
    assert played(model, told=[voice[:9] for voice in whole]) == whole
    other = [[*voice[:8], pitch] for voice, pitch in zip(whole, (70, 60, 58, 40), strict=True)]
    gone_on = played(model, told=other)
    assert [voice[:9] for voice in gone_on] == other
    assert [voice[9:] for voice in gone_on] != [voice[9:] for voice in whole]


def test_a_given_melody_is_drawn_with_the_very_chances_of_the_network(random_weights: Weights) -> None:
    """The alto's first note, for evenly spaced draws, beside the network asked by hand; a hotter twin is found out."""
    model = bundle.assemble(SMALL, random_weights(SMALL))
    stepper = Stepper(model)
    for event in (PHRASE + 1, 67):
        stepper.hear([event])
    may = CHORALE.may(2) & (np.array(CHORALE.said) >= 0)
    expected = softmax(np.where(may, stepper.logits[0], -np.inf))
    draws = ((np.arange(1_000) + 0.5) / 1_000).tolist()
    found = {}
    for heat in (1.0, 1.3):
        alto = [
            continue_voices(model, [1], Choice(np.array([heat])), [[0.5, u, 0.5, 0.5]], **GIVEN)[1][0] for u in draws
        ]
        found[heat] = np.array([alto.count(event) for event in CHORALE.said]) / 1_000
    assert np.abs(found[1.0] - expected).max() < 2e-3 < np.abs(found[1.3] - expected).max()


def test_the_octave_is_that_of_the_melody_and_the_ranges() -> None:
    wide = [np.ones(128, dtype=bool)] * 4
    assert nearest_key(0, wide, [67, 72]) == 0
    assert nearest_key(5, wide, [67, 72]) == -5
    assert nearest_key(7, wide, None) in {5, -7}
    assert nearest_key(0, wide, [91, 96]) == -12
    low = [np.isin(np.arange(128), range(start, start + 15)) for start in (40, 36, 32, 22)]
    assert nearest_key(0, low, None) > 0


def test_a_song_hangs_on_what_is_asked_alone(random_weights: Weights) -> None:
    model = bundle.assemble(SMALL, random_weights(SMALL))
    chances = tuple(map(tuple, np.random.default_rng(4).random((16, 4)).tolist()))
    song = Song(None, ((12, 16),), ((0, 127),) * 4, 2, Freedom((1.0,) * 16), chances)
    voices = sing(model, song)
    assert voices == sing(model, song)
    assert voices != sing(model, song._replace(freedom=Freedom((0.2,) * 16)))
    coldest = sing(model, song._replace(freedom=Freedom((1.0,) * 16, top=(1,) * 16)))
    assert coldest == sing(model, song._replace(freedom=Freedom((1.0,) * 16, nucleus=(0.0,) * 16)))
    given = ((0, 6, 74), (8, 8, 76))
    under_it = sing(model, song._replace(melody=given))
    assert [tuple(vars_of(tone)) for tone in under_it[0]] == list(given)


def vars_of(tone: object) -> list[int]:
    return [getattr(tone, name) for name in ("onset", "duration", "pitch")]


def test_what_is_told_does_not_count(random_weights: Weights) -> None:
    model = bundle.assemble(SMALL, random_weights(SMALL))
    stream = woven([[72, -2], [67, 65], [60, -2], [48, -1]], [1, 0])
    (nats,) = (hear(model, [stream], lambda _done, _of: None).nats,)
    stepper, expected = Stepper(model), []
    for step, event in enumerate(stream):
        if step % FRAME:
            expected.append(-np.log(softmax(stepper.logits)[0][CHORALE.index[event]]))
        stepper.hear([event])
    assert np.allclose(nats, expected)
    both = hear(model, [stream, [*stream, *stream]], lambda _done, _of: None).nats
    assert np.allclose(both[:8], expected)


def test_a_config_says_the_range_of_its_encoding() -> None:
    assert bundle.plays(SMALL) == "chorale"
    assert bundle.plays(replace(SMALL, encoding="basic")) == "melody"
