import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stage import context, frame

from stochos.process.bernoulli import Bernoulli
from stochos.process.cloud import Cloud
from stochos.process.lstm import Lstm
from stochos.process.passage import Events, Freedom, Token, events_of
from stochos.process.poisson import Poisson
from stochos.process.pulse import Pulse
from stochos.process.table import MELODIES, ONSETS, PROCESSES, VALUES
from stochos.process.value import Constant, Quantity, Ramp, Sequence, Span, parameters


def test_a_pulse_is_regular_and_ends_before_the_end() -> None:
    assert Pulse(Constant(1 / 3)).onsets(context(2.0), None) == pytest.approx(np.arange(6) / 3)
    assert Pulse(Constant(0.75)).onsets(context(2.0), None).tolist() == [0.0, 0.75, 1.5]
    assert Pulse(Constant(0.5)).onsets(context(2.0), 3).tolist() == [0.0, 0.5, 1.0]


def test_a_list_of_lengths_is_a_rhythm() -> None:
    rhythm = Sequence((Constant(1.0), Constant(0.5), Constant(0.5)))
    assert Pulse(rhythm).onsets(context(4.0), None).tolist() == [0.0, 1.0, 1.5, 2.0, 3.0, 3.5]


def test_a_ramped_pulse_quickens() -> None:
    gaps = np.diff(Pulse(Ramp((0.0, 1.0), (Constant(1.0), Constant(0.1)), ("", ""))).onsets(context(8.0), None))
    assert (np.diff(gaps) < 0).all()
    assert gaps[0] == 1.0


@pytest.mark.parametrize("every", [Constant(1e-9), Ramp((0.0, 1.0), (Constant(1.0), Constant(-1.0)), ("", ""))])
def test_no_pulse_is_endless(every) -> None:
    assert len(Pulse(every).onsets(context(8.0), None)) <= 8 * 256


def test_coins_fall_on_the_grid() -> None:
    onsets = Bernoulli(Constant(0.5), Constant(0.25)).onsets(context(), None)
    assert set((onsets * 4) % 1) == {0.0}
    assert len(Bernoulli(Constant(1.0), Constant(0.25)).onsets(context(), None)) == 32
    assert len(Bernoulli(Constant(0.0), Constant(0.25)).onsets(context(), None)) == 0


def test_a_cloud_lasts_to_the_next_note_at_most_a_quarter() -> None:
    rhythm = Sequence((Constant(0.5), Constant(3.0)))
    played = Cloud(Pulse(rhythm)).play(frame(4.25))
    assert played.onset.tolist() == [0.0, 0.5, 3.5, 4.0]
    assert played.duration.tolist() == [0.5, 1.0, 0.5, 0.25]


def test_a_cloud_draws_from_all_pitches_in_bounds_and_scale_by_default() -> None:
    allowed = np.array([pitch % 12 == 0 for pitch in range(128)])
    played = Cloud(Pulse(Constant(0.25))).play(frame(100.0, low=Constant(47.5), high=Constant(84.0), allowed=allowed))
    assert set(played.pitch) == {48.0, 60.0, 72.0, 84.0}


@given(st.floats(0.01, 40.0), st.floats(-2.0, 4.0), st.floats(0.1, 30.0), st.none() | st.integers(0, 20))
def test_a_cloud_stays_in_its_frame(density: float, length: float, duration: float, count: int | None) -> None:
    cloud = Cloud(Poisson(Constant(density)), Constant(60.0), Span(Constant(-1.0), Constant(length)))
    played = cloud.play(frame(duration, count=count))
    assert (np.diff(played.onset) >= 0).all()
    assert (played.duration > 0).all()
    assert (played.onset >= 0).all()
    assert (played.onset + played.duration <= duration + 1e-9).all()
    assert count is None or len(played.onset) <= count


def test_tokens_are_played_in_turn_and_cut() -> None:
    played = events_of((Token((60, 64), 1.0), Token((), 0.5), Token((62,), 2.0)), 2.0)
    assert played.onset.tolist() == [0.0, 0.0, 1.5]
    assert played.duration.tolist() == [1.0, 1.0, 0.5]


class Echo:
    """Plays the primer's last pitch on every eighth, and remembers what it was asked."""

    def continue_tokens(self, primer, freedom, allowed, key, harmony, rngs) -> Events:  # noqa: PLR0917
        pitches = [np.flatnonzero(row).tolist() for row in np.atleast_2d(allowed)]
        self.asked = primer, freedom, pitches, key
        onset = np.arange(0.0, len(freedom.temperature) / 4, 0.5)
        return Events(onset, np.full(len(onset), 0.5), np.full(len(onset), 60.0), None)


def test_a_network_goes_on_from_what_was_just_played() -> None:
    echo = Echo()
    heat = Ramp((0.0, 1.0), (Constant(0.5), Constant(1.5)), ("", ""))
    before = (Token((67,), 1.0),)
    low = Ramp((0.0, 1.0), (Constant(61.5), Constant(59.5)), ("", ""))
    there = frame(1.75, network=lambda model: echo, before=before, key=9, low=low, high=Constant(62.0))
    fewer = Ramp((0.0, 1.0), (Constant(9.0), Constant(2.0)), ("", ""))
    played = Lstm("folder", temperature=heat, top=fewer, nucleus=Constant(0.9)).play(there)
    freedom = Freedom(tuple(0.5 + step / 7 for step in range(7)), (9, 8, 7, 6, 5, 4, 3), (0.9,) * 7)
    assert echo.asked[0] == before
    assert echo.asked[1].temperature == pytest.approx(freedom.temperature)
    assert echo.asked[1][1:] == freedom[1:]
    assert echo.asked[2:] == ([*[[62]] * 2, *[[61, 62]] * 4, [60, 61, 62]], 9)
    assert played.onset.tolist() == [0.0, 0.5, 1.0, 1.5]
    assert played.duration.tolist() == [0.5, 0.5, 0.5, 0.25]


def test_a_network_may_play_its_primer_first() -> None:
    echo = Echo()
    there = frame(4.0, network=lambda model: echo, count=4)
    played = Lstm("folder", primer=(Token((67,), 1.0), Token((69,), 0.6)), play_primer=True).play(there)
    assert played.onset.tolist() == [0.0, 1.0, 1.75, 2.25]  # on the next sixteenth
    assert len(echo.asked[1].temperature) == 2.25 * 4


def test_every_process_says_what_it_takes() -> None:
    assert set(PROCESSES) == set(VALUES) | set(ONSETS) | set(MELODIES)
    for name, process in PROCESSES.items():
        assert parameters(process), name
        assert process.__doc__, name
        assert all(known.doc for known in parameters(process)), name
        assert hasattr(
            process, {**dict.fromkeys(VALUES, "sampler"), **dict.fromkeys(ONSETS, "onsets")}.get(name, "play")
        )
    markov = {known.name: known for known in parameters(PROCESSES["markov"])}
    assert markov["from"].quantity is Quantity.MATERIAL
    assert not markov["order"].required
    assert markov["order"].at_most == 12.0
