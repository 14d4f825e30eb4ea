"""The classifier guesses where there is nothing to tell, and tells where something small is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import PCG64, Generator

from stochos.neural.runs import moves_of
from stochos.neural.telling import _interval, accuracy, features_of, repeated

SCALE = np.array([60, 62, 64, 65, 67, 69, 71, 72])
PAIRS = 100
PLAIN = [str(k) for k in range(PAIRS)] * 2


def melodies(rng: Generator, count: int, leap: float = 0.05, length: int = 96) -> list[list[list[int]]]:
    """Walks along a scale, in eighths and quarters: a step up or down, or with a chance of `leap` anywhere."""
    made = []
    for _ in range(count):
        place, events = int(rng.integers(8)), [-2] * length
        step = 0
        while step < length:
            events[step] = int(SCALE[place])
            place = int(rng.integers(8)) if rng.random() < leap else int(np.clip(place + rng.choice([-1, 1]), 0, 7))
            step += int(rng.choice([2, 2, 4]))
        made.append([events])
    return made


@pytest.mark.parametrize("seed", range(2))
def test_what_is_alike_is_guessed(seed: int) -> None:
    rng = Generator(PCG64(seed))
    found = accuracy(melodies(rng, PAIRS), melodies(rng, PAIRS), PLAIN)
    assert found.passes
    assert 0.4 < found.share < 0.6


@pytest.mark.parametrize("seed", range(2))
def test_what_leaps_a_little_more_is_told(seed: int) -> None:
    rng = Generator(PCG64(seed))
    found = accuracy(melodies(rng, PAIRS), melodies(rng, PAIRS, leap=0.2), PLAIN)
    assert not found.passes
    assert found.low <= found.share <= found.high


def test_of_several_lines_one_that_leaps_is_enough() -> None:
    rng = Generator(PCG64(3))
    others, *sides = (melodies(rng, PAIRS, leap) for leap in (0.05, 0.05, 0.2))
    plain, leaping = ([[*other, *line] for other, line in zip(others, side, strict=True)] for side in sides)
    assert not accuracy(plain, leaping, PLAIN).passes
    assert accuracy(plain, [[*piece[::-1]] for piece in plain], PLAIN[:PAIRS] * 2).share < 0.65


def test_versions_of_a_piece_do_not_help() -> None:
    """Each piece comes ten times on one side: whoever learned from some of them could know the others by heart."""
    rng = Generator(PCG64(1))
    ones, others = ([piece for piece in melodies(rng, 12) for _ in range(10)] for _ in range(2))
    together = accuracy(ones, others, [str(k // 10) for k in range(120)] * 2)
    apart = accuracy(ones, others, [str(k) for k in range(120)] * 2)
    assert apart.share > 0.95
    assert together.share < 0.85
    assert together.high - together.low > 3 * (apart.high - apart.low)


def test_the_interval_holds_the_share_as_often_as_it_says() -> None:
    """Of guesses in groups of very different sizes, 95 % of the intervals hold one half."""
    rng, inside = Generator(PCG64(4)), 0
    for _ in range(2000):
        groups = np.repeat(np.arange(80), rng.integers(1, 5, size=80))
        right = np.repeat(rng.random(80) < 0.5, np.bincount(groups)).astype(float)
        found = _interval(right, groups, 1.0)
        inside += found.low <= 0.5 <= found.high
    assert 0.92 < inside / 2000 < 0.965


def test_what_comes_again_is_counted() -> None:
    bar = [60, -2, 62, -2, 64, -2, 65, -2]
    assert repeated(moves_of(bar * 4), 3) == pytest.approx(1 - 4 / 13)
    assert repeated(moves_of([60, 62, 65, 69, 74, 80]), 3) == 0.0
    assert repeated(moves_of([60]), 3) == 0.0


@pytest.mark.parametrize("events", [[-2], [60], [-2] * 40, [60, 62], [-1, -2, 127, 0]])
def test_every_melody_has_features(events: list[int]) -> None:
    found = features_of(events)
    assert found.shape == features_of([60, 62, 64] * 20).shape
    assert np.isfinite(found).all()
