"""Achorripsis: a matrix of densities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from stochos.process.joint import at_start, layered, sounded
from stochos.process.passage import Events, Frame
from stochos.process.value import Constant, Context, Floats, Quantity, Ramp, Value, parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 1024
"""Most columns."""

FULLEST = 50.0
"""Highest mean of clouds in a cell."""

_HIGHEST = 200  # of so many on average, a cell holds more once in 10^60


@dataclass(frozen=True, slots=True)
class Cells:
    """A matrix of cells, a row for each part: most are silent, some hold one cloud, few two or three at once.

    columns  cells one after another, all equally long, 1 to `MOST`
    mean     of the law of Poisson that says how many clouds a cell holds; ramps move over the columns
    density  of one cloud, events a quarter note; a cell of k clouds is k times as dense
    dealt    as many cells of each kind as the law expects, dealt at random, rather than a draw for each cell
    pitch, length  as in a cloud
    Source: Xenakis, Formalized Music (1992), ch. I.
    """

    JOINT: ClassVar = True

    parts: tuple[str, ...] = parameter(Quantity.PARTS, "who plays, a row each")
    density: Value = parameter(Quantity.RATE, "onsets in a cell with one cloud", at_least=0.0)
    columns: Value = parameter(Quantity.NUMBER, "cells in a row", default=Constant(28.0), at_least=1.0, at_most=MOST)
    mean: Value = parameter(Quantity.NUMBER, "clouds in a cell", default=Constant(0.6), at_least=0.0, at_most=FULLEST)
    dealt: bool = parameter(Quantity.FLAG, "exactly the numbers that the law expects", default=False)
    pitch: Value | None = parameter(Quantity.PITCH, "pitches; by default anything in range", default=None)
    length: Value | None = parameter(Quantity.LENGTH, "lengths; by default to the next", default=None, above=0.0)

    def thickest(self) -> float:
        """How many clouds at most are expected in a cell."""
        means = self.mean.values if isinstance(self.mean, Ramp) else (self.mean,)
        return max(mean.number if isinstance(mean, Constant) else FULLEST for mean in means)

    def play(self, frame: Frame) -> Events:
        """The clouds of the part's own row."""
        matrix = self.matrix(frame.shared)
        edges = np.linspace(0.0, frame.context.duration, matrix.shape[1] + 1)
        row = matrix[self.parts.index(frame.part)]
        onsets = layered(self.density, frame.context.at("onsets"), row, edges)
        return sounded(frame, onsets[: frame.count], self.pitch, self.length)

    def matrix(self, context: Context) -> NDArray[np.intp]:
        """How many clouds each cell holds: [parts, columns]."""
        columns = min(max(round(at_start(self.columns, context.at("columns"))), 1), MOST)
        places = (np.arange(columns) + 0.5) / columns
        chances = poisson(self.mean.sampler(context.at("mean"))(places))
        if self.dealt:
            flat = shares(chances, len(self.parts) * columns)
            order = np.argsort(context.at("cells").rng().random(len(flat)), kind="stable")
            return flat[order].reshape(len(self.parts), columns)
        edges = np.cumsum(chances, axis=1)
        rows = [context.at(f"cells.{part}").rng().random(columns) for part in self.parts]
        return np.stack([np.sum(edges <= row[:, None], axis=1) for row in rows])


def poisson(means: Floats) -> Floats:
    """The chances of 0, 1, 2 … events where so many are expected, at most 50: [N, k]."""
    expected = np.clip(means, 0.0, FULLEST)[:, None]
    ratios = np.concatenate((np.exp(-expected), expected / np.arange(1.0, _HIGHEST)), axis=1)
    return np.cumprod(ratios, axis=1)


def shares(chances: Floats, cells: int) -> NDArray[np.intp]:
    """The kinds of so many cells, as many of each as are expected; what rounding leaves over is empty."""
    expected = np.rint(chances.mean(axis=0) * cells).astype(np.intp)
    some = np.repeat(np.arange(1, len(expected)), expected[1:])[:cells]
    return np.concatenate((np.zeros(cells - len(some), dtype=np.intp), some))
