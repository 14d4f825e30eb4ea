"""Chains of intervals, as scores write them."""

from itertools import pairwise

import numpy as np
import pytest
from stage import context, frame

from stochos.pipeline import check_source, realize_checked
from stochos.process.chain import Chain
from stochos.process.climb import in_steps
from stochos.process.markov import Markov
from stochos.process.passage import Token
from stochos.process.value import Constant
from stochos.source import Source

CHAIN = "@chain { -1st: 2st  2st: -1st 0.5, 3st 0.5  3st: -4st  -4st: -1st }"
STEPS = {-1: {2: 1.0}, 2: {-1: 0.5, 3: 0.5}, 3: {-4: 1.0}, -4: {-1: 1.0}}


def chain(rows: dict[int, dict[int, float]]) -> Chain:
    state = {step: Token((), 0.0, step=float(step)) for step in rows}
    return Chain.written([([state[a]], [(state[b], chance) for b, chance in row.items()]) for a, row in rows.items()])


def pitches(line: str, lets: str = f"let iv = {CHAIN}\n") -> list[int]:
    text = f'part flute = "Flute"\n{lets}section A 8 bars {{ flute: {line} }}'
    return [note.pitch for note in realize_checked(check_source(Source("s", text))).parts[0].notes]


@pytest.mark.parametrize(
    ("line", "first"),
    [("@markov(chain: $iv, start: D5, length: 1/8) fill", 74), ("F5:1 @markov(chain: $iv, length: 1/8) fill", 77),
     ("@pulse(every: 1/8, pitch: @markov(chain: $iv, start: D5)) fill", 74)],
)  # fmt: skip
def test_every_step_is_one_of_the_chain_and_follows_the_one_before(line: str, first: int) -> None:
    found = pitches(line)
    assert found[0] == first
    steps = np.diff(found).astype(int).tolist()
    assert all(later in STEPS[step] for step, later in pairwise(steps))


def test_steps_come_as_often_as_the_chain_says() -> None:
    law = chain({1: {1: 0.3, -1: 0.7}, -1: {1: 0.6, -1: 0.4}})
    drawn = Markov(law, start=Constant(0.0)).sampler(context())(np.linspace(0.0, 1.0, 20_001))
    steps = np.diff(drawn)
    up = steps[:-1] == 1.0
    shares = np.mean(steps[1:][up] == 1.0), np.mean(steps[1:][~up] == 1.0)
    assert shares == pytest.approx((0.3, 0.6), abs=5.0 * np.sqrt(0.25 / 9_000))
    assert shares != pytest.approx((0.35, 0.6), abs=5.0 * np.sqrt(0.25 / 9_000))


def test_steps_stay_in_bounds_and_scale_where_one_does() -> None:
    law = chain({step: dict.fromkeys((-2, -1, 1, 2), 0.25) for step in (-2, -1, 1, 2)})
    white = np.array([pitch % 12 in {0, 2, 4, 5, 7, 9, 11} for pitch in range(128)])
    place = frame(200.0, low=Constant(60.0), high=Constant(67.0), allowed=white)
    found = Markov(law, start=Constant(60.0), length=Constant(0.25)).play(place).pitch.astype(int)
    assert white[found].all()
    assert set(found.tolist()) == {60, 62, 64, 65, 67}
    assert set(np.diff(found).tolist()) == {-2, -1, 1, 2}


def test_a_pitch_among_the_steps_begins_anew_there_and_a_rest_sounds_nothing() -> None:
    found = pitches("@markov(chain: @chain { C5: 2st  2st: 2st 0.7, C5 0.3 }, start: E5, length: 1/8) fill", "")
    assert found[0] == 76
    assert all(later == 72 or later - before == 2 for before, later in pairwise(found))
    assert found.count(72) > 3
    silent = pitches("@markov(chain: @chain { r: 2st  2st: r }, start: E4, length: 1/4) fill", "")
    assert silent == list(range(64, 64 + 2 * len(silent), 2))
    assert len(silent) < 32


def test_steps_are_learned_from_music() -> None:
    tune = tuple(Token((p,), 0.5) if p else Token((), 1.0) for p in (60, 62, 0, 64, 61))
    assert in_steps(tune) == (
        Token((), 0.5, step=2.0), Token((), 1.0), Token((), 0.5, step=2.0), Token((), 0.5, step=-3.0)
    )  # fmt: skip
    found = pitches(
        "@markov(from: `C5:8 E5 C5 E5 C5`, states: interval, start: D5, length: 1/8, wrap: yes) fill", ""
    )
    assert set(np.diff(found).tolist()) == {4, -4}


def test_a_primer_of_notes_is_heard_in_steps() -> None:
    found = pitches("@markov(chain: $iv, primer: `C5:8 E5 D5 F5`, length: 1/8) fill")
    assert found[0] == 73, "after a step of 3st comes one of -4st"
    assert pitches("@markov(chain: $iv, primer: `C5:4 Eb5`, length: 1/8) fill")[0] == 71
