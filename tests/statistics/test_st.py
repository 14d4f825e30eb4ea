from dataclasses import replace
from itertools import islice, pairwise, product

import numpy as np
import pytest
from evidence import ALARM, WRONG, context, of_counts, of_law
from scipy import stats

from stochos.process.certainty import uniforms
from stochos.process.intensity import FORMS, ZONES
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


def turns(steps: tuple[int, ...]) -> tuple[int, ...]:
    """What is heard of a loudness that moves evenly through some steps: where it begins, turns and ends."""
    line = [float(n) for n in np.interp(np.linspace(0, len(steps) - 1, 97), range(len(steps)), steps)]
    ways = [np.sign(b - a) for a, b in pairwise(line)]
    moving = [i for i, way in enumerate(ways) if way]
    bends = [j for i, j in pairwise(moving) if ways[i] != ways[j]]
    ends = [line[0], line[-1]] if moving else [line[0]]
    return tuple(int(n) for n in (ends[0], *(line[i] for i in bends), *ends[1:]))


def test_of_the_64_ways_through_three_zones_44_sound_different() -> None:
    heard = {turns(steps) for steps in product(range(4), repeat=3)}
    assert {tuple(ZONES[zone] for zone in form) for form in heard} == set(FORMS)
    assert len(FORMS) == len(set(FORMS)) == 44


def gliding(speed: str) -> tuple[np.ndarray, float]:
    """Speeds of a part that plays all there is, and how dense it is there, 0 to 1."""
    table = ((1.0,) * 7,)
    process = replace(st(sequence=1e9, limit=1e9, density=6.0, table=table), speed=speed, intensity=True)
    events = process.play(frame(2_000.0))
    assert events.speed is not None
    return events.speed, float(process.plan(frame(2_000.0).shared).levels[0]) / 6.0


@pytest.mark.parametrize("speed", ["direct", "inverse"])
def test_speeds_of_glissandi_are_normal_and_go_with_the_density(speed: str) -> None:
    """f(v) = 2/(a√π)·e^(-v²/a²)."""
    found, share = gliding(speed)
    a = np.sqrt(np.pi) * (
        10.0 + 20.0 * share if speed == "direct" else 30.0 - 20.0 * share
    )  # f(v) = 2/(a√π)·e^(-v²/a²)
    assert len(found) > 10_000
    assert np.abs(found).max() <= 71.0

    def chance(a: float) -> float:
        spread = a / np.sqrt(2.0)
        return of_law(found[np.abs(found) < 60.0], stats.truncnorm(-60.0 / spread, 60.0 / spread, scale=spread))

    assert chance(a) > ALARM
    assert chance(a * WRONG) < ALARM


def test_independent_speeds_mix_all_means_and_the_density_does_not_matter() -> None:
    found, _ = gliding("independent")
    means = 10.0 + 20.0 * (np.arange(2_000) + 0.5) / 2_000
    edges = np.linspace(0.0, 60.0, 25)
    cdf = stats.halfnorm.cdf(edges[:, None], scale=means * np.sqrt(np.pi / 2)).mean(axis=1)
    wrong = stats.halfnorm.cdf(edges[:, None], scale=20.0 * np.sqrt(np.pi / 2)).mean(axis=1)
    counts = np.histogram(np.abs(found), edges)[0]
    assert of_counts(counts, np.diff(cdf)) > ALARM
    assert of_counts(counts, np.diff(wrong)) < ALARM


def test_each_form_of_intensity_is_as_likely() -> None:
    process = replace(st(sequence=1e9, limit=1e9, density=20.0, table=((1.0,) * 7,)), intensity=True)
    forms = process.play(frame(20_000.0)).intensity
    assert forms is not None
    counts = [forms.count(form) for form in FORMS]
    assert sum(counts) == len(forms)
    assert of_counts(counts, [1.0] * 44) > ALARM
    assert of_counts(counts, [1.0 + 0.1 * (i % 2) for i in range(44)]) < ALARM


def test_without_them_notes_neither_glide_nor_swell() -> None:
    events = st().play(frame(200.0))
    assert events.speed is None
    assert events.intensity is None
