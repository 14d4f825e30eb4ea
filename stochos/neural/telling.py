"""Telling two kinds of music apart: what there is in them to go by, and a classifier that learns to.

Logistic regression on n-grams of pitches, intervals, gaps and places in the bar, of up to five notes, and on how
the music repeats itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from stochos.neural.cells import Array
from stochos.neural.runs import Numbers, moves_of, runs_of, scattered

BAR = 16
_WIDTH = 4096  # n-grams are counted in so many places, by a hash
_LONGEST = 5
_FOLDS = 5
_PENALTIES = (0.003, 0.03, 0.3, 3.0)
_ROUNDS = 12
_SURE = 1.96  # standard errors on each side of 95 %


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often something was told right, and between which shares that lies with a chance of at least 95 %."""

    share: float
    low: float
    high: float

    @property
    def passes(self) -> bool:
        """Whether chance alone would do as well."""
        return self.low <= 0.5


Lines = Sequence[Sequence[int]]
"""A piece: the events of one melody or of several that sound together."""


def accuracy(one: Sequence[Lines], other: Sequence[Lines], groups: Sequence[str]) -> Accuracy:
    """How well a classifier tells two kinds of pieces apart that it has not learned from; 0.5 is guessing.

    groups  of the pieces of both, one after another: those of a group are always tested together, and count as one
            in the interval
    """
    lines = np.array([[features_of(events) for events in piece] for piece in (*one, *other)])
    lines[..., _WIDTH:] -= lines[..., _WIDTH:].mean(axis=0)
    lines[..., _WIDTH:] /= np.maximum(lines[..., _WIDTH:].std(axis=0), 1e-9) * 10
    features = lines.reshape(len(lines), -1)
    alike = features @ features.T + 1.0
    kind = np.repeat([1.0, 0.0], [len(one), len(other)])
    numbers = np.unique(list(groups), return_inverse=True)[1]
    right = np.zeros(len(kind))
    for fold in range(_FOLDS):
        test = numbers % _FOLDS == fold
        if test.any() and not test.all():
            said = _learned(alike, kind, numbers, np.flatnonzero(~test))[test]
            right[test] = (said > 0) == (kind[test] > 0)
    return _interval(right, numbers, sqrt(1.0 + _FOLDS / (_FOLDS - 1)))


def _interval(right: Array, groups: NDArray[np.intp], wider: float) -> Accuracy:
    """A share and its interval, by how much whole groups differ from it.

    wider  how many times as wide, as the folds learn from much the same. Source: Nadeau and Bengio (2003).
    """
    share = float(right.mean())
    counts, hits = np.bincount(groups), np.bincount(groups, weights=right)
    number = int(np.count_nonzero(counts))
    error = wider * sqrt(number / (number - 1 or 1) * float(((hits - share * counts) ** 2).sum())) / len(right)
    return Accuracy(share, max(share - _SURE * error, 0.0), min(share + _SURE * error, 1.0))


def _learned(alike: Array, kind: Array, groups: NDArray[np.intp], train: NDArray[np.intp]) -> Array:
    """How much each melody is of the first kind; the penalty is chosen among those that are learned from."""
    inner = groups[train] // _FOLDS % _FOLDS == 0
    if inner.any() and not inner.all():
        held = train[inner]
        losses = [_loss(_fitted(alike, kind, train[~inner], penalty)[held], kind[held]) for penalty in _PENALTIES]
        penalty = _PENALTIES[int(np.argmin(losses))]
    else:
        penalty = _PENALTIES[1]
    return _fitted(alike, kind, train, penalty)


def _loss(said: Array, kind: Array) -> float:
    return float(np.logaddexp(0.0, np.where(kind > 0, -said, said)).mean())


def _fitted(alike: Array, kind: Array, train: NDArray[np.intp], penalty: float) -> Array:
    """Logistic regression in its dual form, by Newton's method; log odds of every melody."""
    inside = alike[np.ix_(train, train)]
    weights: Array = np.zeros(len(train))
    for _ in range(_ROUNDS):
        said = inside @ weights
        chance = 1.0 / (1.0 + np.exp(-np.clip(said, -30.0, 30.0)))
        spread = np.maximum(chance * (1.0 - chance), 1e-4)
        target = said + (kind[train] - chance) / spread
        after: Array = np.asarray(np.linalg.solve(inside + np.diag(penalty / spread), target), dtype=np.float64)
        if np.abs(after - weights).max() < 1e-6:
            break
        weights = after
    told: Array = alike[:, train] @ weights
    return told


# --- what there is to go by -------------------------------------------------------------------


def features_of(events: Sequence[int]) -> Array:
    """What a melody is told by: how often its n-grams come, by hash, and how it repeats itself."""
    heard = np.asarray(events)
    onsets = np.flatnonzero(heard >= 0)
    pitch = heard[onsets].astype(np.uint64)
    place = (onsets % BAR).astype(np.uint64)
    gap = np.diff(onsets, append=len(heard)).astype(np.uint64)
    moves = moves_of(events)
    interval = moves >> np.uint64(16)
    lines = (
        pitch, interval, gap, place, moves, pitch * np.uint64(1000) + gap, pitch * np.uint64(1000) + place,
        place * np.uint64(1000) + gap,
    )  # fmt: skip
    counted = np.zeros(_WIDTH)
    for family, line in enumerate(lines):
        for length in range(1, _LONGEST + 1):
            grams = scattered(runs_of(line, length) + np.uint64(1_000 * family + length))
            if len(grams):
                found, often = np.unique(grams % np.uint64(_WIDTH), return_counts=True)
                counted[found.astype(np.intp)] += np.sqrt(often / len(grams))
    return np.concatenate((counted / sqrt(len(lines) * _LONGEST), _shape(heard, onsets, moves)))


def _shape(heard: NDArray[np.int64], onsets: NDArray[np.intp], moves: Numbers) -> Array:
    """How a melody goes as a whole: how full and wide it is, and how much of it comes again."""
    pitches = heard[onsets]
    again = [float((heard[back:] == heard[:-back]).mean()) if len(heard) > back else 0.0 for back in (BAR, 2 * BAR, 64)]
    wide = [float(np.ptp(pitches)), float(pitches.std()), float(pitches.mean())] if len(pitches) else [0.0] * 3
    rests = float((heard == -1).mean())
    return np.array([len(onsets) / len(heard), rests, *wide, *again, *(repeated(moves, n) for n in (2, 3, 5, 8))])


def repeated(moves: Numbers, length: int) -> float:
    """Share of the runs of `length` moves that come more than once in a melody."""
    runs = runs_of(moves, length)
    if not len(runs):
        return 0.0
    return 1.0 - len(np.unique(runs)) / len(runs)
