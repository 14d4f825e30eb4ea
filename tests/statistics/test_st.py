from itertools import islice

import numpy as np
import pytest
from evidence import ALARM, WRONG, context, of_counts, of_law
from scipy import stats

from stochos.process.certainty import uniforms
from stochos.process.passage import Frame
from stochos.process.st import St, near
from stochos.process.value import Constant

ATREES = (  # ST/10-3: percussion, horn, flute, clarinet, glissando, tremolo, plucked, struck, vibraphone, brass, bowed
    (0.25, 0.08, 0.04, 0.08, 0.01, 0.13, 0.09), (0.08, 0.07, 0.16, 0.02, 0.01, 0.01, 0.10),
    (0.03, 0.03, 0.04, 0.20, 0.01, 0.01, 0.10), (0.02, 0.05, 0.03, 0.25, 0.01, 0.01, 0.12),
    (0.03, 0.35, 0.03, 0.15, 0.01, 0.15, 0.05), (0.02, 0.10, 0.03, 0.02, 0.10, 0.39, 0.07),
    (0.02, 0.02, 0.02, 0.03, 0.15, 0.02, 0.07), (0.02, 0.02, 0.02, 0.02, 0.41, 0.02, 0.07),
    (0.03, 0.09, 0.03, 0.17, 0.04, 0.16, 0.09), (0.03, 0.13, 0.20, 0.03, 0.20, 0.05, 0.09),
    (0.02, 0.05, 0.28, 0.01, 0.03, 0.04, 0.09), (0.45, 0.01, 0.12, 0.02, 0.02, 0.01, 0.06),
)  # fmt: skip
NAMES = tuple("abcdefghijkl")


def st(sequence: float = 40.0, limit: float = 120.0, density: float = 0.05, table: tuple = ATREES) -> St:
    return St(NAMES[: len(table)], Constant(sequence), Constant(density), table, Constant(4.0), Constant(limit))


def frame(duration: float, part: str = "a") -> Frame:
    place = context(duration, seconds=1.0)
    return Frame(place, None, Constant(40.0), Constant(90.0), np.ones(128, dtype=bool), 0, (), None, part)


def test_at_each_level_everything_is_played_by_somebody() -> None:
    assert np.sum(ATREES, axis=0) == pytest.approx(np.ones(7))


def test_sequences_are_exponential_below_their_limit() -> None:
    starts, ends = st().sequences(context(4_000_000.0))
    lengths = (ends - starts)[:-1]
    assert len(lengths) > 100_000
    assert lengths.max() <= 120.0
    assert of_law(lengths, stats.truncexpon(b=120 / 40, scale=40)) > ALARM
    assert of_law(lengths, stats.truncexpon(b=120 / (40 * WRONG), scale=40 * WRONG)) < ALARM
    assert of_law(lengths, stats.expon(scale=40)) < ALARM


def test_a_limit_that_is_hardly_met_gives_half_of_it_at_last() -> None:
    plan = st(sequence=1e6, limit=1.0).plan(context(200.0))
    assert set((plan.ends - plan.starts).round(9)) == {0.5}


@pytest.mark.parametrize("last", [0.0, 2.0, 6.0])
def test_the_next_level_lies_near_the_last(last: float) -> None:
    """Xenakis' linear law, up or down, cut off at the ends."""
    draws = uniforms(context().rng())
    found = np.array([near(last, 0.0, 6.0, draws) for _ in range(20_000)])
    edges = np.linspace(0.0, 6.0, 41)
    counts = np.histogram(found, edges)[0]

    def chance(s: float) -> float:
        law = lambda x: np.sign(x - last) * (abs(x - last) - abs(x - last) ** 2 / (2 * s))  # noqa: E731
        return of_counts(counts, np.diff([law(x) for x in edges]))

    assert chance(6.0) > ALARM
    assert chance(6.0 * 1.3) < ALARM
    assert stats.chisquare(counts).pvalue < ALARM


def test_gaps_are_exponential_and_e_times_as_dense_at_each_level() -> None:
    process = st(sequence=1e9, limit=1e9, density=2.0)
    plan = process.plan(context(3_000.0, seed=4))
    assert plan.onsets[0] == 0.0
    gaps = np.diff(plan.onsets) * 2.0 * np.exp(plan.levels[0])
    assert len(gaps) > 10_000
    assert of_law(gaps, stats.expon) > ALARM
    assert of_law(gaps * WRONG, stats.expon) < ALARM


def test_the_table_says_who_plays_and_between_levels_in_between() -> None:
    process = st()
    assert process.shares(3.0) == pytest.approx([row[3] for row in ATREES])
    assert process.shares(2.25) == pytest.approx([0.75 * row[2] + 0.25 * row[3] for row in ATREES])
    assert process.shares(6.0) == pytest.approx([row[6] for row in ATREES])
    plan = st(sequence=1e9, limit=1e9, density=2.0).plan(context(3_000.0, seed=4))
    shares = process.shares(plan.levels[0])
    assert of_counts(np.bincount(plan.who, minlength=12), shares) > ALARM
    assert of_counts(np.bincount(plan.who, minlength=12), shares * (1 + 0.2 * (np.arange(12) % 2))) < ALARM


def test_every_note_is_played_once_and_levels_are_remembered() -> None:
    process = st(density=0.5)
    plan = process.plan(frame(2_000.0).shared)
    played = np.sort(np.concatenate([process.play(frame(2_000.0, part)).onset for part in NAMES]))
    assert played.tolist() == plan.onsets.tolist()
    assert plan.levels.min() >= 0.0
    assert plan.levels.max() <= 6.0


def test_notes_last_by_the_breath_of_their_part() -> None:
    process = st(sequence=1e9, limit=1e9, density=0.05, table=((1.0, 1.0, 1.0), (1.0, 1.0, 1.0)))
    here = frame(60_000.0)
    level = process.plan(here.shared).levels[0]
    breath = 4.0 * abs(np.log(1.0 / (0.05 * np.exp(level) / 2))) / np.log(1.0 / (0.05 / 2))
    found = process.play(here).duration[:-1]
    inside = found[(found > 0.01) & (found < breath - 1e-9)]
    assert len(inside) > 0.99 * len(found)
    assert stats.kstest(inside, stats.norm(breath / 2, breath / 8.5).cdf).pvalue > ALARM
    assert found.max() <= breath


def test_pitches_wander_within_the_compass() -> None:
    pitch = st(density=1.0).play(frame(3_000.0)).pitch
    assert pitch.min() >= 40.0
    assert pitch.max() <= 90.0
    leaps = abs(np.diff(pitch))
    assert leaps.mean() < 50.0 / 3  # of unrelated pitches


def test_a_part_that_never_plays_is_silent() -> None:
    silent = st(table=((0.0, 0.0), (1.0, 2.0)), density=1.0)
    assert len(silent.play(frame(500.0)).onset) == 0
    assert list(islice(silent.play(frame(500.0, "b")).onset, 1)) == [0.0]
