"""The compass of a passage: which pitches may sound in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stochos.process.value import Floats, reflect

Flags = NDArray[np.bool_]


def settle(pitches: Floats, low: Floats, high: Floats, allowed: Flags) -> NDArray[np.int64]:
    """Whole MIDI numbers for pitches: thrown back elastically between the bounds, then to the nearest allowed one.

    pitches, low, high  [notes]
    allowed             [128]; of two as near the lower one. Where no allowed pitch lies between the bounds, the
                        nearest between them, and where none at all does, the nearest of all
    """
    folded = reflect(pitches, low, high)
    best, reachable = _nearest_between(folded, low, high, allowed)
    if not reachable.all():
        anyway, possible = _nearest_between(folded, low, high, np.ones(128, dtype=np.bool_))
        best = np.where(reachable, best, np.where(possible, anyway, np.ceil(folded - 0.5)))
    return np.clip(best, 0, 127).astype(np.int64)


def _nearest_between(numbers: Floats, low: Floats, high: Floats, allowed: Flags) -> tuple[Floats, Flags]:
    """The nearest allowed number between the bounds, and where there is one."""
    steps = np.concatenate(([-np.inf], np.flatnonzero(allowed), [np.inf]))
    above = np.searchsorted(steps[:-1], numbers, side="right")
    below, above = steps[above - 1], steps[above]
    down = np.where(below >= low, numbers - below, np.inf)
    up = np.where(above <= high, above - numbers, np.inf)
    return np.where(down <= up, below, above), np.isfinite(np.minimum(down, up))


def anywhere(low: Floats, high: Floats, allowed: Flags, rng: np.random.Generator) -> Floats:
    """A pitch for each pair of bounds: any allowed one between them, each as likely."""
    steps = np.flatnonzero(allowed)
    first, last = np.searchsorted(steps, low), np.searchsorted(steps, high, side="right")
    chance = rng.random(len(low))
    chosen = np.minimum(first + np.floor(chance * (last - first)).astype(np.int64), last - 1)
    if not len(steps):
        return low + (high - low) * chance
    return np.where(last > first, steps[np.clip(chosen, 0, len(steps) - 1)], low + (high - low) * chance)
