"""What a network must beat: the frequencies of events, and the best Markov chain of any order, on the same tunes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ORDERS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Score:
    """How well held-out tunes are foretold.

    nats      mean negative log probability of the event at a step
    accuracy  share of steps at which the likeliest event came
    """

    nats: float
    accuracy: float


@dataclass(frozen=True, slots=True, eq=False)
class Foretold:
    """What became of the steps of some pieces, one after another.

    nats   negative log probability of the event that came, [steps]
    right  whether the likeliest event came, [steps]
    """

    nats: NDArray[np.float64]
    right: NDArray[np.bool_]

    def __getitem__(self, steps: slice | NDArray[np.bool_]) -> "Foretold":
        """Some of the steps."""
        return Foretold(self.nats[steps], self.right[steps])

    @property
    def score(self) -> Score:
        """Of all the steps."""
        return Score(float(self.nats.mean()), float(self.right.mean()))


def score_markov(
    train: Sequence[Sequence[int]], test: Sequence[Sequence[int]], classes: int, orders: Sequence[int] = ORDERS
) -> dict[int, Score]:
    """Scores on `test` of the Markov chains of `foretell`, by order."""
    return {order: foretold.score for order, foretold in foretell(train, test, classes, orders).items()}


def foretell(
    train: Sequence[Sequence[int]],
    test: Sequence[Sequence[int]],
    classes: int,
    orders: Sequence[int] = ORDERS,
    told: tuple[Sequence[Sequence[int]], Sequence[Sequence[int]]] | None = None,
) -> dict[int, Foretold]:
    """What Markov chains learned from `train` foretell of `test`, by order; order 0 is the frequencies of the classes.

    Each order is smoothed by the one below it, down to even chances: an order's own counts weigh against the number of
    different classes that were seen to follow, and a step before the first is a class of its own.
    told  numbers that are known of each step of `train` and of `test` before it comes: they belong to the context of
          each order but 0, which is smoothed by that without them
    Source: Witten and Bell (1991), method C, interpolated as in Chen and Goodman (1999).
    """
    deepest = max(orders, default=0)
    (heard, said), (heard_test, said_test) = (_contexts(tunes, classes, deepest) for tunes in (train, test))
    known = None if told is None else _number(*(np.concatenate([np.array(t, dtype=np.int64) for t in s]) for s in told))
    chances = np.full((len(said_test), classes), 1.0 / classes)
    foretold = {}
    for order in range(deepest + 1):
        if order:  # contexts of this order, numbered anew so that no order overflows
            heard[0], heard_test[0] = _number(
                heard[0] * (classes + 1) + heard[order], heard_test[0] * (classes + 1) + heard_test[order]
            )
        chances = _sharpen(chances, heard[0], said, heard_test[0], classes)
        if order == 0 or order in orders:
            whole = chances
            if known is not None and order:
                kinds = int(max(map(np.max, known))) + 1
                contexts = _number(heard[0] * kinds + known[0], heard_test[0] * kinds + known[1])
                whole = _sharpen(chances, contexts[0], said, contexts[1], classes)
            nats = -np.log(whole[np.arange(len(said_test)), said_test])
            foretold[order] = Foretold(nats, whole.argmax(axis=1) == said_test)
    return foretold


def _contexts(
    tunes: Sequence[Sequence[int]], classes: int, deepest: int
) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """The class k steps before each step, for k 1..deepest after a row of zeros, and the class at the step."""
    padded = [np.concatenate((np.full(deepest, classes), tune)).astype(np.int64) for tune in tunes]
    before = [np.concatenate([tune[deepest - k : len(tune) - k] for tune in padded]) for k in range(1, deepest + 1)]
    said = np.concatenate([tune[deepest:] for tune in padded])
    return [np.zeros_like(said), *before], said


def _number(train: NDArray[np.int64], test: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Small numbers for the contexts of both, the same where they are the same."""
    _, numbers = np.unique(np.concatenate((train, test)), return_inverse=True)
    return numbers[: len(train)].astype(np.int64), numbers[len(train) :].astype(np.int64)


def _sharpen(
    chances: NDArray[np.float64],
    heard: NDArray[np.int64],
    said: NDArray[np.int64],
    heard_test: NDArray[np.int64],
    classes: int,
) -> NDArray[np.float64]:
    """Chances [steps, classes] of one order more than those given."""
    pairs, counts = np.unique(heard * classes + said, return_counts=True)
    most = int(max(heard.max(), heard_test.max())) + 1
    seen = np.bincount(pairs // classes, weights=counts, minlength=most)[heard_test]
    kinds = np.bincount(pairs // classes, minlength=most)[heard_test].astype(np.float64)
    wanted = heard_test[:, None] * classes + np.arange(classes)
    places = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
    found = np.where(pairs[places] == wanted, counts[places], 0)
    known = seen > 0
    sharper = chances.copy()
    sharper[known] = (found + kinds[:, None] * chances)[known] / (seen + kinds)[known, None]
    return sharper
