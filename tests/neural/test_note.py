"""Melodies note by note, and how a network goes on with them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import PCG64, Generator

from stochos.neural import bundle
from stochos.neural.bundle import Config
from stochos.neural.encodings import ENCODINGS
from stochos.neural.note import DURATION, FRAME, STEP, TIMES, category, stream_of, tones_of
from stochos.neural.notewise import MOST_TOGETHER, continue_notes, continued_by_notes
from stochos.neural.player import Player
from stochos.neural.sampling import Choice, Stepper, softmax
from stochos.neural.vocabulary import Tone, events_from_tones, tones_from_events
from stochos.process.passage import Freedom, Token

NOTE = ENCODINGS["note"]
SMALL = Config("note", "lstm", (9, 7), NOTE.lowest, NOTE.highest)
ANY = np.ones(128, dtype=bool)
PRIMER = [Tone(0, 4, 67), Tone(4, 2, 69), Tone(6, 2, 71)]
Weights = Callable[[Config], dict[str, np.ndarray]]

notes = st.tuples(st.integers(0, 127), st.sampled_from(TIMES), st.sampled_from(TIMES[1:]))
melodies = st.lists(notes, min_size=1, max_size=30).map(
    lambda found: [
        Tone(sum(step for _, step, _ in found[1 : place + 1]), duration, pitch)
        for place, (pitch, _, duration) in enumerate(found)
    ]
)


@given(melodies)
def test_a_stream_is_its_melody_again(melody: list[Tone]) -> None:
    stream = stream_of(melody)
    assert tones_of(stream) == melody
    classes = NOTE.encode(stream)
    assert NOTE.decode(classes) == stream
    assert all(NOTE.may(step % FRAME)[index] for step, index in enumerate(classes))
    assert NOTE.right(stream).sum() == len(stream)


def test_the_heads_share_no_class_and_leave_none_out() -> None:
    assert np.sum([NOTE.may(place) for place in range(FRAME)], axis=0).tolist() == [1] * NOTE.classes


@given(st.integers(0, 200))
def test_times_go_to_the_nearest_category(sixteenths: int) -> None:
    nearest = min(TIMES, key=lambda time: (abs(time - sixteenths), time))
    assert TIMES[category(sixteenths)] == nearest


def test_what_is_heard_is_the_latest_note_and_the_place_in_the_bar() -> None:
    row = NOTE.heard(stream_of(PRIMER))[-1]
    expected = {71, 128 + 71 % 12, 140 + category(2), 160 + category(2), 180, 183 + 6}
    assert set(np.flatnonzero(row).tolist()) == expected
    assert np.flatnonzero(NOTE.heard([])[0]).tolist() == [180, 183, 199]


def go_on(model: bundle.Model, **more: object) -> list[Tone]:
    settings = {"choice": Choice(np.ones(192)), "allowed": ANY, "moved": 0, "rng": Generator(PCG64(3))} | more
    return continue_notes(model, PRIMER, 8, **settings)


def test_notes_begin_after_the_primer_in_order_and_where_they_may(random_weights: Weights) -> None:
    model = bundle.assemble(SMALL, random_weights(SMALL))
    scale = np.isin(np.arange(128) % 12, (0, 4, 7))
    made = go_on(model, allowed=scale, moved=3)
    onsets = [tone.onset for tone in made]
    assert onsets == sorted(onsets)
    assert 8 <= onsets[0] <= onsets[-1] < 200
    assert {tone.pitch % 12 for tone in made} <= {0, 4, 7}
    assert all(tone.duration in TIMES[1:] for tone in made)
    assert max(onsets.count(onset) for onset in onsets) <= MOST_TOGETHER + 1
    assert made == go_on(model, allowed=scale, moved=3)
    assert made != go_on(model, allowed=scale, moved=3, rng=Generator(PCG64(4)))


def test_each_event_is_drawn_with_those_before_it_known(random_weights: Weights) -> None:
    """The first note, for evenly spaced draws of its duration, beside the network asked by hand."""
    model = bundle.assemble(SMALL, random_weights(SMALL))

    class Draws:
        def __init__(self, last: float) -> None:
            self.left = [0.5, 0.5, last]

        def random(self) -> float:
            return self.left.pop(0) if self.left else 0.999999

    found = {}
    for heat in (1.0, 1.5):
        made = [go_on(model, rng=Draws(u), choice=Choice(np.full(192, heat)))[0] for u in (np.arange(500) + 0.5) / 500]
        assert len({(tone.pitch, tone.onset) for tone in made}) == 1
        found[heat] = np.array([sum(tone.duration == time for tone in made) for time in TIMES[1:]]) / 500, made[0]
    shares, first = found[1.0]
    stepper = Stepper(model)
    for event in (*stream_of(PRIMER), first.pitch, STEP + category(first.onset - 6)):
        stepper.hear([event])
    expected = softmax(stepper.logits[0][NOTE.may(2)])
    assert np.abs(shares - expected).max() < 4e-3
    stepper.hear([DURATION + 1])
    assert np.abs(found[1.5][0] - expected).max() > 4e-3


@pytest.mark.parametrize("primer", [(), (Token((62,), 1.0), Token((64,), 0.5), Token((), 0.5))])
def test_a_player_plays_it_in_quarters(random_weights: Weights, primer: tuple[Token, ...]) -> None:
    player = Player(bundle.assemble(SMALL, random_weights(SMALL)))
    made = player.continue_tokens(primer, Freedom((1.0,) * 160), ANY, 2, (), iter([Generator(PCG64(5))]))
    assert ((made.onset >= 0) & (made.onset < 40)).all()
    assert (made.onset * 4 == np.rint(made.onset * 4)).all()
    assert len(made.onset) == len(made.duration) == len(made.pitch) > 0


def test_it_continues_pieces_of_sixteenths(random_weights: Weights) -> None:
    model = bundle.assemble(SMALL, random_weights(SMALL))
    opening = events_from_tones(PRIMER, 16)
    (made,) = continued_by_notes(model, [opening], [64], Generator(PCG64(1)), 1.0, lambda _done, _of: None)
    assert len(made) == 48
    assert tones_from_events(made)
