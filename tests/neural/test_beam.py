"""Beam search keeps what is likeliest, and without a beam it draws what sampling draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import log

import numpy as np
import pytest
from numpy.random import PCG64, Generator

from stochos.neural import bundle
from stochos.neural.beam import Beam, takes
from stochos.neural.bundle import Config, Model
from stochos.neural.sampling import Choice, Stepper, continue_melodies, softmax

CONFIGS = {
    "basic": Config("basic", "lstm", (12, 8), 48, 83),
    "gru": Config("basic", "gru", (6,), 48, 83),
    "lookback": Config("lookback", "lstm", (9,), 48, 83),
    "attention": Config("attention", "lstm", (8, 8), 48, 83, attention=5),
}
PRIMER = [62, -2, 66, -2, 69, -2, -2, -2]
Weights = Callable[[Config], dict[str, np.ndarray]]


@pytest.fixture(params=CONFIGS)
def network(request: pytest.FixtureRequest, random_weights: Weights) -> Model:
    return bundle.assemble(CONFIGS[request.param], random_weights(CONFIGS[request.param]))


def free(steps: int, temperature: float = 1.0) -> Choice:
    return Choice(np.full(steps, temperature))


def test_without_a_beam_it_is_sampling(network: Model) -> None:
    made = takes(network, PRIMER, free(40), 3, 7, Beam())
    rngs = [Generator(PCG64([7, number])) for number in range(3)]
    assert [list(take.events) for take in made] == continue_melodies(network, PRIMER, free(40), rngs=rngs)


@pytest.mark.parametrize("beam", [Beam(), Beam(3, 2, 4)])
def test_a_take_is_the_same_however_many_there_are(network: Model, beam: Beam) -> None:
    for few, many in zip(takes(network, PRIMER, free(30), 2, 7, beam), takes(network, PRIMER, free(30), 5, 7, beam)):  # noqa: B905 - the first of them
        assert few.events == many.events


@pytest.mark.parametrize("beam", [Beam(), Beam(2, 3), Beam(3, 2, 4), Beam(4)])
def test_the_likelihood_is_that_of_the_events(beam: Beam, random_weights: Weights) -> None:
    """As a walk through the take finds it; without repeats each event is said in one way."""
    model = bundle.assemble(CONFIGS["basic"], random_weights(CONFIGS["basic"]))
    for take in takes(model, [60], free(25, 0.8), 3, 1, beam):
        stepper, total = Stepper(model), 0.0
        stepper.hear([60])
        for event in take.events:
            total += log(softmax(stepper.logits / 0.8)[0, model.encoding.index[event]])
            stepper.hear([event])
        assert take.likelihood == pytest.approx(total, abs=1e-9)


def test_a_wider_search_finds_what_is_likelier(network: Model) -> None:
    means = [
        np.mean([take.likelihood for take in takes(network, PRIMER, free(30), 20, 3, beam)])
        for beam in (Beam(), Beam(4), Beam(4, 4))
    ]
    assert means[0] + 3 < means[1] < means[2] - 3


def test_going_on_in_two_ways_leaves_the_first_as_it_was(network: Model) -> None:
    alone, two = Stepper(network), Stepper(network)
    for event in PRIMER[:1]:
        alone.hear([event])
        two.hear([event])
    two.keep([0, 0])
    for event in [60, -2, 64, 60, 64, 60]:
        alone.hear([event])
        two.hear([event, 72])
    np.testing.assert_allclose(two.logits[:1], alone.logits, atol=1e-9)
    assert np.abs(two.logits[1] - two.logits[0]).max() > 1e-3
    two.keep([0])
    assert two.before == alone.before


def test_a_network_that_needs_a_beginning_begins_with_silence(random_weights: Weights) -> None:
    config = replace(CONFIGS["basic"], start=False)
    (take,) = takes(bundle.assemble(config, random_weights(config)), [], free(9), 1, 1, Beam())
    assert len(take.events) == 9
