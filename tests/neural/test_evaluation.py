"""Evaluation gives what a plain walk through each piece gives, whatever the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import log

import numpy as np
import pytest

from stochos.neural import bundle
from stochos.neural.bundle import Config, Model
from stochos.neural.evaluation import evaluate, hear
from stochos.neural.melodies import Tune
from stochos.neural.sampling import Stepper, softmax

RNG = np.random.Generator(np.random.PCG64(5))
CONFIGS = {
    "basic": Config("basic", "lstm", (12, 8), 48, 83),
    "gru": Config("basic", "gru", (12, 8), 48, 83),
    "lookback": Config("lookback", "lstm", (9,), 48, 83),
    "attention": Config("attention", "lstm", (8, 8), 48, 83, attention=5),
    "needs a beginning": Config("basic", "lstm", (12,), 48, 83, start=False),
}
Weights = Callable[[Config], dict[str, np.ndarray]]


def quietly(_done: int, _of: int) -> None:
    """No progress."""


def melodies(count: int, longest: int = 60) -> list[tuple[int, ...]]:
    made = []
    for _ in range(count):
        bar = RNG.choice([-2, -2, -1, *range(55, 72)], size=16)
        steps = np.concatenate((bar, bar, RNG.choice([-2, -2, 60, 64, 67], size=longest)))
        made.append(tuple(steps[: RNG.integers(2, len(steps))].tolist()))
    return made


def plainly(model: Model, events: tuple[int, ...]) -> tuple[list[float], list[bool]]:
    """One piece alone, event by event: the chances of all classes that would say what came."""
    stepper, nats, right = Stepper(model), [], []
    for step, event in enumerate(events):
        if step or model.config.start:
            chances, means = softmax(stepper.logits)[0], stepper.meant()[0]
            nats.append(-log(sum(chance for chance, meant in zip(chances, means, strict=True) if meant == event)))
            right.append(bool(means[stepper.logits[0].argmax()] == event))
        stepper.hear([event])
    return nats, right


@pytest.mark.parametrize("name", CONFIGS)
def test_pieces_together_are_as_each_alone(name: str, random_weights: Weights) -> None:
    model = bundle.assemble(CONFIGS[name], random_weights(CONFIGS[name]))
    pieces = melodies(70)
    found = hear(model, pieces, quietly)
    alone = [plainly(model, piece) for piece in pieces]
    np.testing.assert_allclose(found.nats, [nats for piece, _ in alone for nats in piece], atol=1e-9)
    assert found.right.tolist() == [right for _, piece in alone for right in piece]


def tunes(pieces: list[tuple[int, ...]]) -> list[Tune]:
    return [Tune(str(number), piece, str(number), False) for number, piece in enumerate(pieces)]


@pytest.mark.parametrize("start", [True, False])
def test_all_rows_are_of_the_same_steps(start: bool, random_weights: Weights) -> None:
    config = replace(CONFIGS["basic"], start=start)
    model = bundle.assemble(config, random_weights(config))
    test = melodies(9)
    found = evaluate(model, tunes(melodies(30)), tunes(test), quietly)
    assert found.steps == tuple(len(piece) - (not start) for piece in test)
    assert found.notes == tuple(sum(event >= 0 for event in piece[not start :]) for piece in test)
    assert {len(steps.nats) for steps in found.rows.values()} == {sum(found.steps)}
    for row, steps in found.rows.items():
        by_piece = list(found.by_piece(row))
        assert [len(piece.nats) for piece in by_piece] == list(found.steps)
        np.testing.assert_array_equal(np.concatenate([piece.nats for piece in by_piece]), steps.nats)


def test_the_unigram_is_how_often_each_event_comes(random_weights: Weights) -> None:
    """Counts of two events, weighed against even chances by their being two kinds: Witten and Bell's method C."""
    model = bundle.assemble(CONFIGS["basic"], random_weights(CONFIGS["basic"]))
    found = evaluate(model, tunes([(60, -2, -2, -2, -2, -2)]), tunes([(60, -2)]), quietly)
    chances = [(count + 2 / 38) / 8 for count in (1, 5)]
    np.testing.assert_allclose(found.rows["unigram"].nats, [-log(chance) for chance in chances])
    best = list(found.rows)[-1]
    assert found.markov[int(best.split()[-1])] == min(nats for order, nats in found.markov.items() if order)
