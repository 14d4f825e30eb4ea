"""The Turing test is fair: pairs have one opening and length, and a network passes among what it played itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import log2

import numpy as np
import pytest
from numpy.random import PCG64, Generator

from stochos.neural import bundle
from stochos.neural.bundle import Config
from stochos.neural.melodies import TooFewError, Tune
from stochos.neural.sampling import Choice, continue_melodies
from stochos.neural.turing import LONGEST, OPENING, continued, divergence, figures, told

Weights = Callable[[Config], dict[str, np.ndarray]]
CONFIGS = {"basic": Config("basic", "lstm", (16,), 48, 83), "lookback": Config("lookback", "lstm", (12,), 48, 83)}


def quietly(_done: int, _of: int) -> None:
    """No progress."""


def pieces(model: bundle.Model, count: int, seed: int, length: int = 120) -> list[Tune]:
    """What the network itself plays from nothing."""
    choice = Choice(np.ones(length))
    rngs = [Generator(PCG64([seed, number])) for number in range(count)]
    made = continue_melodies(model, [60], choice, transposition=0, rngs=rngs)
    return [Tune(f"{seed}/{n}", tuple(events), f"{seed}/{n}", seed == 2) for n, events in enumerate(made)]


@pytest.fixture(params=CONFIGS)
def model(request: pytest.FixtureRequest, random_weights: Weights) -> bundle.Model:
    return bundle.assemble(CONFIGS[request.param], random_weights(CONFIGS[request.param]))


def test_a_network_passes_among_what_it_played_itself(model: bundle.Model) -> None:
    found = figures(model, pieces(model, 80, 1), pieces(model, 80, 2), seed=3)
    assert found.pieces == 80
    assert found.told.passes
    assert found.control.passes
    for network, floor in found.distances.values():
        assert 0 <= network < 2 * floor + 0.01
    assert found.repeats["network"] == pytest.approx(found.repeats["held out"], abs=0.02)
    assert json.loads(json.dumps(found.as_dict()))["told"]["share"] == found.told.share
    assert len(list(told(found))) == 9


def test_a_hot_network_fails(model: bundle.Model) -> None:
    found = figures(model, pieces(model, 80, 1), pieces(model, 80, 2), seed=3, temperature=3.0)
    assert not found.told.passes
    assert found.told.share > 0.7
    assert all(network > floor for network, floor in found.distances.values())


def test_the_same_seed_gives_the_same_figures(model: bundle.Model) -> None:
    sides = pieces(model, 15, 1), pieces(model, 15, 2)
    assert figures(model, *sides, seed=5) == figures(model, *sides, seed=5)
    assert figures(model, *sides, seed=5) != figures(model, *sides, seed=6)


def test_copies_are_found(random_weights: Weights) -> None:
    """A cold network whose pieces were learned from plays them by heart."""
    model = bundle.assemble(CONFIGS["basic"], random_weights(CONFIGS["basic"]))
    hot = pieces(model, 20, 2)
    openings = [tune.events[:OPENING] for tune in hot]
    made = continued(model, openings, [120] * 20, Generator(PCG64([9, 1])), 0.001, quietly)
    learned = [
        Tune(f"1/{k}", (*opening, *events), f"1/{k}", False)
        for k, (opening, events) in enumerate(zip(openings, made, strict=True))
    ]
    cold, warm = (figures(model, learned, hot, seed=9, temperature=heat).copied for heat in (0.001, 1.0))
    assert cold["network"][1] > 2 * cold["held out"][1]
    assert warm["network"][1] < 2 * warm["held out"][1]
    assert cold["held out"] == warm["held out"]


def test_continuations_have_the_lengths_that_are_asked_for(model: bundle.Model) -> None:
    lengths = [OPENING + 1, 50, OPENING + LONGEST]
    made = continued(model, [[60, -2] * 8] * 3, lengths, Generator(PCG64(1)), 1.0, quietly)
    assert [len(events) + OPENING for events in made] == lengths


def test_too_few_pieces_are_refused(model: bundle.Model) -> None:
    with pytest.raises(TooFewError, match="only 0 pieces are long enough"):
        figures(model, pieces(model, 30, 1), pieces(model, 30, 2, length=90))


def test_the_divergence_is_jensen_and_shannons() -> None:
    """Worked by hand: of (1, 0) and (1/2, 1/2) the middle is (3/4, 1/4)."""
    by_hand = (log2(4 / 3) + 0.5 * log2(2 / 3) + 0.5 * log2(2)) / 2
    assert divergence(np.array([1.0, 0.0]), np.array([0.5, 0.5])) == pytest.approx(by_hand)
    assert divergence(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1.0
    assert divergence(np.array([0.3, 0.7]), np.array([0.3, 0.7])) == 0.0
