"""Letting a network go on with a primer in several ways, and keeping the likeliest: beam search over drawn events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

from stochos.neural.bundle import Model
from stochos.neural.cells import Array
from stochos.neural.encodings import squash, squash_amount
from stochos.neural.sampling import Choice, Stepper, continue_melodies, draw, speakable
from stochos.neural.vocabulary import NO_EVENT, clean


@dataclass(frozen=True, slots=True)
class Beam:
    """How widely is searched.

    size      continuations of each output that are kept
    branches  drawn continuations of each of these, among which is chosen
    steps     that these are drawn for before the choice
    Source: Magenta, models/shared/events_rnn_model.py (beam_size, branch_factor, steps_per_iteration).
    """

    size: int = 1
    branches: int = 1
    steps: int = 1


@dataclass(frozen=True, slots=True)
class Take:
    """What a network added to a primer: events at the pitch they sound, and their log-likelihood.

    likelihood  sum of the logs of the chances that each class had when it was drawn, temperature and limits included;
                None of bars that are made of noise, whose chances nobody knows
    """

    events: tuple[int, ...]
    likelihood: float | None


def takes(  # noqa: PLR0913, PLR0917 - all that they hang on
    model: Model, primer: Sequence[int], choice: Choice, outputs: int, seed: int, beam: Beam,
    told: Sequence[int] = (), transposition: int | None = None,
) -> list[Take]:  # fmt: skip
    """Several continuations of a primer, drawn together; each is the same however many there are.

    choice               how freely, and how many steps
    told, transposition  as `sampling.continue_melodies` has them
    With a beam of one and one branch these are the takes of `sampling.continue_melodies`; bars come in no others.
    """
    encoding, width = model.encoding, beam.size * beam.branches
    if model.bars is not None:
        if width > 1:
            raise ValueError("bars have no likelihoods to be chosen by")
        rngs = [Generator(PCG64([seed, output])) for output in range(outputs)]
        made = continue_melodies(model, primer, choice, transposition=transposition, rngs=rngs)
        return [Take(tuple(take), None) for take in made]
    events = clean(primer)
    moved = squash_amount(events, encoding) if transposition is None else transposition
    (may,) = speakable(moved, None, encoding)
    rngs = [Generator(PCG64([seed, output])) for output in range(outputs)]
    stepper = Stepper(model)
    for step, event in enumerate(squash(events, encoding, moved) or [NO_EVENT] * (not model.config.start)):
        if told:
            stepper.hear([told[step]])
        stepper.hear([event])
    heard = len(stepper.before[0])
    stepper.keep(np.zeros(outputs * beam.size, dtype=np.intp))
    likelihoods = np.zeros(outputs * beam.size)
    for step in range(len(choice.temperature)):
        if step % beam.steps == 0 and beam.branches > 1:
            branched = np.repeat(np.arange(outputs * beam.size), beam.branches)
            stepper.keep(branched)
            likelihoods = likelihoods[branched]
        if told:
            stepper.hear([told[len(events) + step]] * len(stepper.before))
        meant = stepper.meant()
        chances = choice.chances(stepper.logits, may[meant + 2], step)
        chances /= chances.sum(axis=1, keepdims=True)
        uniform = np.concatenate([rng.random(len(meant) // outputs) for rng in rngs])
        drawn = draw(chances, uniform)
        rows = np.arange(len(meant))
        likelihoods = likelihoods + np.log(chances[rows, drawn])
        stepper.hear(meant[rows, drawn].tolist())
        if beam.branches > 1 and (step % beam.steps == beam.steps - 1 or step == len(choice.temperature) - 1):
            best = _likeliest(likelihoods.reshape(outputs, width), beam.size)
            stepper.keep(best)
            likelihoods = likelihoods[best]
    best = _likeliest(likelihoods.reshape(outputs, beam.size), 1)
    said = slice(heard + 1, None, 2) if told else slice(heard, None)
    return [
        Take(
            tuple(event if event < 0 else event - moved for event in stepper.before[number][said]),
            float(likelihoods[number]),
        )
        for number in best.tolist()
    ]


def _likeliest(likelihoods: Array, count: int) -> NDArray[np.intp]:
    """Numbers of the likeliest continuations of each output [outputs, width], among all; the first of equal ones."""
    order = np.argsort(-likelihoods, axis=1, kind="stable")[:, :count]
    numbers: NDArray[np.intp] = order + np.arange(len(likelihoods))[:, None] * likelihoods.shape[1]
    return numbers.ravel()
