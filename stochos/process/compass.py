"""The compass of a passage: which pitches may sound in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"
Flags: TypeAlias = "NDArray[np.bool_]"


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


def anywhere(low: Floats, high: Floats, allowed: Flags, chance: Floats) -> Floats:
    """A pitch for each pair of bounds and chance in [0, 1): any allowed one between them, each as likely."""
    steps = np.flatnonzero(allowed)
    first, last = np.searchsorted(steps, low), np.searchsorted(steps, high, side="right")
    chosen = np.minimum(first + np.floor(chance * (last - first)).astype(np.int64), last - 1)
    between = low + (high - low) * chance
    return np.where(last > first, steps[np.clip(chosen, 0, len(steps) - 1)], between) if len(steps) else between


def reflect(numbers: Floats, low: Floats, high: Floats) -> Floats:
    """Numbers between walls, each folded back as often as it takes; on [0, 1], 1.2 -> 0.8 and 2.5 -> 0.5."""
    width = np.maximum(high - low, 0.0)
    turn = np.where(width > 0.0, 2.0 * width, 1.0)
    there = np.mod(numbers - low, turn)
    folded = np.clip(low + np.minimum(there, 2.0 * width - there), low, np.maximum(low, high))
    return np.where((numbers >= low) & (numbers <= high), numbers, folded)


def clip(numbers: Floats, low: Floats, high: Floats) -> Floats:
    """Numbers between walls, those beyond left at the wall; at the low one where the high one is below it."""
    return np.maximum(np.minimum(numbers, high), low)


def wrap(numbers: Floats, low: Floats, high: Floats) -> Floats:
    """Numbers between walls, those beyond come in at the other one; on [0, 1], 1.2 -> 0.2 and -0.25 -> 0.75."""
    width = np.maximum(high - low, 0.0)
    inside = np.minimum(low + np.mod(numbers - low, np.where(width > 0.0, width, 1.0)), low + width)
    return np.where((numbers >= low) & (numbers <= high), numbers, inside)


def nearest(numbers: Floats, steps: Floats) -> Floats:
    """The nearest of some rising `steps` (at least one) to each number, the lower of two as near."""
    above = np.clip(np.searchsorted(steps, numbers), 1, max(len(steps) - 1, 1))
    below = above - 1
    above = np.minimum(above, len(steps) - 1)
    return np.where(numbers - steps[below] <= steps[above] - numbers, steps[below], steps[above])
