"""One step of a recurrent network, in NumPy and float64: what Keras computes, without Keras.

Every array of state is [takes, ...]: one row for each melody that is being played at the same time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Weights = Mapping[str, NDArray[np.floating]]
State = tuple[Array, ...]  # the output first


class Layer(Protocol):
    """A recurrent layer."""

    @property
    def units(self) -> int:
        """Width of the output."""

    def rest(self, takes: int) -> State:
        """The state before anything was heard."""

    def pick(self, classes: NDArray[np.intp], state: State) -> State:
        """The state after classes [takes]: a one-hot input is a row, not a product."""

    def step(self, heard: Array, state: State) -> State:
        """The state after an input [takes, inputs]."""


@dataclass(frozen=True, slots=True, eq=False)
class Lstm:
    """A layer of long short-term memory; its state is the output and the cell.

    rows       [inputs, 4 units], the bias added in: a row is what one class brings
    kernel     [inputs, 4 units], for inputs that are no single class
    recurrent  [units, 4 units]
    bias       [4 units]
    Gates lie in the order input, forget, output, candidate, the first three halved: sigmoid(z) = (1 + tanh(z / 2)) / 2,
    so that one tanh serves all four.
    Source: Hochreiter and Schmidhuber (1997); Gers et al. (2000), as in keras.layers.LSTM.
    """

    rows: Array
    kernel: Array
    recurrent: Array
    bias: Array

    @property
    def units(self) -> int:
        """Width of the output."""
        return len(self.recurrent)

    @classmethod
    def from_keras(cls, weights: Weights, name: str) -> Lstm:
        """From Keras' weights, whose gates lie in the order input, forget, candidate, output."""
        kernel, recurrent, bias = (_reorder(_double(weights[f"{name}.{part}"])) for part in _PARTS)
        return cls(kernel + bias, kernel, recurrent, bias)

    def rest(self, takes: int) -> State:
        """Nothing said, nothing kept."""
        return (np.zeros((takes, self.units)),) * 2

    def pick(self, classes: NDArray[np.intp], state: State) -> State:
        """A step on classes [takes]."""
        total = state[0] @ self.recurrent
        total += self.rows.take(classes, axis=0)
        return self._gates(total, state[1])

    def step(self, heard: Array, state: State) -> State:
        """A step on an input [takes, inputs]."""
        total = heard @ self.kernel
        total += state[0] @ self.recurrent
        total += self.bias
        return self._gates(total, state[1])

    def _gates(self, total: Array, cell: Array) -> State:
        """New output and cell [takes, units] from the summed inputs of the gates [takes, 4 units] (overwritten)."""
        n = self.units
        np.tanh(total, out=total)
        gates = total[:, : 3 * n]
        gates += 1.0
        gates *= 0.5
        cell = gates[:, n : 2 * n] * cell
        cell += gates[:, :n] * total[:, 3 * n :]
        return gates[:, 2 * n :] * np.tanh(cell), cell


@dataclass(frozen=True, slots=True, eq=False)
class Gru:
    """A layer of gated recurrent units; its state is the output.

    rows       [inputs, 3 units], the bias added in
    kernel     [inputs, 3 units]
    recurrent  [units, 3 units]
    bias       [2, 3 units], of the input and of the output heard again
    Gates lie in the order update, reset, candidate, the first two halved, as in `Lstm`.
    Source: Cho et al. (2014), the reset after the product, as in keras.layers.GRU.
    """

    rows: Array
    kernel: Array
    recurrent: Array
    bias: Array

    @property
    def units(self) -> int:
        """Width of the output."""
        return len(self.recurrent)

    @classmethod
    def from_keras(cls, weights: Weights, name: str) -> Gru:
        """From Keras' weights, the same but for the halves."""
        kernel, recurrent, bias = (_double(weights[f"{name}.{part}"]).copy() for part in _PARTS)
        for array in (kernel, recurrent, bias):
            array[..., : 2 * len(recurrent)] /= 2
        return cls(kernel + bias[0], kernel, recurrent, bias)

    def rest(self, takes: int) -> State:
        """Nothing said."""
        return (np.zeros((takes, self.units)),)

    def pick(self, classes: NDArray[np.intp], state: State) -> State:
        """A step on classes [takes]."""
        return self._gates(self.rows.take(classes, axis=0), state[0])

    def step(self, heard: Array, state: State) -> State:
        """A step on an input [takes, inputs]."""
        total = heard @ self.kernel
        total += self.bias[0]
        return self._gates(total, state[0])

    def _gates(self, total: Array, output: Array) -> State:
        n = self.units
        again = output @ self.recurrent
        again += self.bias[1]
        gates = np.tanh(total[:, : 2 * n] + again[:, : 2 * n])
        gates += 1.0
        gates *= 0.5
        candidate = np.tanh(total[:, 2 * n :] + gates[:, n:] * again[:, 2 * n :])
        return (candidate + gates[:, :n] * (output - candidate),)


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """A layer of weighted sums: kernel [inputs, outputs], bias [outputs]."""

    kernel: Array
    bias: Array

    @classmethod
    def from_keras(cls, weights: Weights, name: str) -> Dense:
        """From Keras' weights, the same in float64."""
        return cls(_double(weights[f"{name}.kernel"]), _double(weights[f"{name}.bias"]))

    def __call__(self, below: Array) -> Array:
        """Sums [takes, outputs]."""
        sums: Array = below @ self.kernel
        sums += self.bias
        return sums


@dataclass(frozen=True, slots=True, eq=False)
class Attention:
    """What lets layers look back at what they said in the last steps.

    mix      joins what is heard and what was looked at, [inputs + width, inputs]
    query    asks with the states of the layers, [sum of states, width]
    out      joins what the layers say and what is looked at, [2 width, width]
    memory   [width, width] and score [width]: how well a kept output answers the query
    length   outputs kept; those before the first are zeros, looked at like the others
    Its state is the output, what was looked at [takes, width], the kept outputs [takes, length, width], the same after
    `memory`, and the number of the step [takes, 1]. The oldest is overwritten in place, as their order does not matter.
    Source: Bahdanau et al. (2014); TensorFlow's contrib.rnn.AttentionCellWrapper, as Magenta uses it.
    """

    mix: Dense
    query: Dense
    out: Dense
    memory: Array
    score: Array
    length: int

    @classmethod
    def from_keras(cls, weights: Weights, length: int) -> Attention:
        """From Keras' weights."""
        mix, query, out = (Dense.from_keras(weights, f"attention_{part}") for part in ("mix", "query", "out"))
        return cls(mix, query, out, _double(weights["attention.memory"]), _double(weights["attention.score"]), length)

    def rest(self, takes: int) -> State:
        """Nothing kept."""
        width = len(self.score)
        kept, keys = (np.zeros((takes, self.length, width)) for _ in range(2))
        return np.zeros((takes, width)), np.zeros((takes, width)), kept, keys, np.zeros((takes, 1))

    def step(
        self, heard: Array, layers: Sequence[Layer], states: Sequence[State], state: State
    ) -> tuple[list[State], State]:
        """New states of the layers, and the state of this, whose first array is what goes on."""
        _, looked, kept, keys, number = state
        output = self.mix(np.concatenate((heard, looked), axis=1))
        after = []
        for layer, before in zip(layers, states, strict=True):
            after.append(layer.step(output, before))
            output = after[-1][0]
        asked = self.query(np.concatenate([part for one in after for part in reversed(one)], axis=1))
        fit = np.tanh(keys + asked[:, None]) @ self.score
        weight = np.exp(fit - fit.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        looked = np.einsum("tl,tlw->tw", weight, kept)
        said = self.out(np.concatenate((output, looked), axis=1))
        place = int(number[0, 0]) % self.length
        kept[:, place], keys[:, place] = said, said @ self.memory
        return after, (said, looked, kept, keys, number + 1)


_PARTS = ("kernel", "recurrent_kernel", "bias")


def _double(weights: NDArray[np.floating]) -> Array:
    return np.asarray(weights, dtype=np.float64)


def _reorder(weights: Array) -> Array:
    """Columns from Keras' i, f, c, o to i, f, o, c, the sigmoid gates halved."""
    i, f, c, o = np.split(weights, 4, axis=-1)
    return np.ascontiguousarray(np.concatenate((i / 2, f / 2, o / 2, c), axis=-1))
