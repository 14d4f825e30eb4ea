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
from stochos.neural.chorale import FARTHEST, woven
from stochos.neural.encodings import ENCODINGS
from stochos.neural.harmony import CHORD
from stochos.neural.judged import OPENING, chords, continued
from stochos.neural.melodies import TooFewError, Tune
from stochos.neural.note import stream_of
from stochos.neural.sampling import Choice, continue_melodies
from stochos.neural.turing import LONGEST, divergence, figures, told
from stochos.neural.vocabulary import NO_EVENT, tones_from_events

Weights = Callable[[Config], dict[str, np.ndarray]]
CONFIGS = {"basic": Config("basic", "lstm", (16,), 48, 83), "lookback": Config("lookback", "lstm", (12,), 48, 83)}


def a_piece(name: str, rng: Generator) -> list[int]:
    """Walks by step in eighths for eight bars, in an encoding."""
    voices = []
    for middle in (70, 62, 58, 50):
        walk = np.clip(np.cumsum(rng.choice([-2, 0, 2], 64)), -6, 6) + middle
        voices.append([event for pitch in walk.tolist() for event in (pitch, NO_EVENT)])
    if name == "chorale":
        return woven(voices, [FARTHEST] * 128)
    if name == "harmony":
        return [event for said in voices[0] for event in (CHORD, said)]
    return stream_of(tones_from_events(voices[0])) if name == "note" else voices[0]


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
        for k, (opening, (events,)) in enumerate(zip(openings, made, strict=True))
    ]
    cold, warm = (figures(model, learned, hot, seed=9, temperature=heat).copied for heat in (0.001, 1.0))
    assert cold["network"][1] > 2 * cold["held out"][1]
    assert warm["network"][1] < 2 * warm["held out"][1]
    assert cold["held out"] == warm["held out"]


@pytest.mark.parametrize("name", ENCODINGS)
def test_networks_of_every_encoding_are_judged(name: str, random_weights: Weights) -> None:
    """What is held out are walks, what a network of random weights plays is noise: far from them, and told."""
    encoding = ENCODINGS[name]
    config = Config(name, "lstm", (8,), encoding.lowest, encoding.highest)
    rng = Generator(PCG64(1))
    tunes = [Tune(f"{k}", tuple(a_piece(name, rng)), f"{k}", k < 15) for k in range(40)]
    learned, held_out = ([tune for tune in tunes if tune.held_out == side] for side in (False, True))
    found = figures(bundle.assemble(config, random_weights(config)), learned, held_out, seed=3)
    assert found.pieces == 15
    assert not found.told.passes
    assert found.control.passes
    assert all(network > floor for network, floor in found.distances.values())
    assert ("chords" in found.distances) == (name == "chorale")


def test_chords_are_the_intervals_above_the_lowest_note() -> None:
    """C major, its first inversion (the bass alone moves), held; only the bass; nothing."""
    lines = [[64, -2, -2, -1, -2], [60, -2, -2, -1, -2], [55, -2, -2, -1, -2], [48, 40, -2, -2, -1]]
    major, first = 1 | 1 << 4 | 1 << 7, 1 | 1 << 3 | 1 << 8
    assert chords(lines) == [major, first, -2, 1, -1]


def test_continuations_have_the_lengths_that_are_asked_for(model: bundle.Model) -> None:
    lengths = [OPENING + 1, 50, OPENING + LONGEST]
    made = continued(model, [[60, -2] * 8] * 3, lengths, Generator(PCG64(1)), 1.0, quietly)
    assert [len(events) + OPENING for (events,) in made] == lengths


def test_too_few_pieces_are_refused(model: bundle.Model) -> None:
    with pytest.raises(TooFewError, match="only 0 pieces are long enough"):
        figures(model, pieces(model, 30, 1), pieces(model, 30, 2, length=90))


def test_the_divergence_is_jensen_and_shannons() -> None:
    """Worked by hand: of (1, 0) and (1/2, 1/2) the middle is (3/4, 1/4)."""
    by_hand = (log2(4 / 3) + 0.5 * log2(2 / 3) + 0.5 * log2(2)) / 2
    assert divergence(np.array([1.0, 0.0]), np.array([0.5, 0.5])) == pytest.approx(by_hand)
    assert divergence(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1.0
    assert divergence(np.array([0.3, 0.7]), np.array([0.3, 0.7])) == 0.0
