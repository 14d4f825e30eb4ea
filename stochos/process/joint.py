"""Joint processes: one draw that several parts share, each playing its own share of it.

No state passes between parts: every part draws the whole anew, from the same streams (`Frame.shared`), and what only
it needs from its own (`Frame.context`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stochos.process.cloud import Cloud
from stochos.process.passage import Events, Frame
from stochos.process.poisson import Poisson
from stochos.process.value import ByName, Context, Floats, Sampler, Sequence, Value, pick

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Drawn:
    """Onsets that are there already."""

    at: Floats

    def onsets(self, context: Context, count: int | None) -> Floats:
        """At most `count` of them."""
        return self.at[:count]


def layered(density: Value, context: Context, layers: NDArray[np.intp], edges: Floats) -> Floats:
    """Onsets of Poisson clouds laid over each other: as many as `layers` says between any two edges.

    So where there are k layers the density is k times as high, exactly, and each layer has a stream of its own.
    layers  [N]
    edges   [N + 1] quarter notes, rising
    """
    found = [np.empty(0)]
    for number in range(1, int(layers.max(initial=0)) + 1):
        onsets = Poisson(density).onsets(context.at(f"layer {number}"), None)
        found.append(onsets[layers[stretch(edges, onsets)] >= number])
    return np.sort(np.concatenate(found))


def stretch(edges: Floats, onsets: Floats) -> NDArray[np.intp]:
    """Between which two edges each onset lies."""
    return np.clip(np.searchsorted(edges, onsets, side="right") - 1, 0, len(edges) - 2)


def sounded(frame: Frame, onsets: Floats, pitch: Value | None, length: Value | None) -> Events:
    """Notes as a cloud has them, at onsets that are there already."""
    return Cloud(Drawn(onsets), pitch, length).play(frame)


@dataclass(frozen=True, slots=True)
class ByState:
    """One of several values, as a state says that holds from one edge to the next.

    edges   [N + 1] places 0..1, rising
    states  [N] indexes of items
    """

    items: tuple[Value, ...]
    edges: Floats
    states: NDArray[np.intp]

    def sampler(self, context: Context) -> Sampler:
        """Each place takes the item of the state there."""
        samplers = [item.sampler(context.item(i)) for i, item in enumerate(self.items)]
        return lambda places: pick(samplers, self.states[stretch(self.edges, places)], places)


def is_stochastic(matrix: tuple[tuple[float, ...], ...], size: int) -> bool:
    """Whether it has so many rows and columns, of chances that sum to 1 in each row."""
    rows = [row for row in matrix if len(row) == size and min(row) >= 0.0 and abs(sum(row) - 1.0) < 1e-9]
    return len(rows) == len(matrix) == size


def at_start(value: Value, context: Context) -> float:
    """A number that is drawn once for the passage, at its beginning."""
    return float(value.sampler(context)(np.zeros(1))[0])


def alternatives(value: Value | ByName, states: tuple[str, ...]) -> tuple[Value, ...]:
    """What is said for each state, in a list or by its name; anything else is said for all."""
    if isinstance(value, ByName):
        return tuple(item for item in map(value.__getitem__, states) if item)
    return value.items if isinstance(value, Sequence) else (value,)
