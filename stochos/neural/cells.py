"""One step of a recurrent network, in NumPy and float64: what Keras computes, without Keras.

Every array of state is [takes, units]: one row for each melody that is being played at the same time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lstm:
    """A layer of long short-term memory.

    inputs     [inputs, 4 units], the bias added in: a row is what one class brings
    stacked    [inputs + units, 4 units], kernel above recurrent kernel, for inputs that are no single class
    bias       [4 units]
    Gates lie in the order input, forget, output, candidate, the first three halved: sigmoid(z) = (1 + tanh(z / 2)) / 2,
    so that one tanh serves all four.
    Source: Hochreiter and Schmidhuber (1997); Gers et al. (2000), as in keras.layers.LSTM.
    """

    inputs: Array
    stacked: Array
    bias: Array

    @property
    def units(self) -> int:
        """Width of the state."""
        return len(self.bias) // 4

    @classmethod
    def from_keras(
        cls, kernel: NDArray[np.floating], recurrent: NDArray[np.floating], bias: NDArray[np.floating]
    ) -> "Lstm":
        """From Keras' weights, whose gates lie in the order input, forget, candidate, output."""
        n = bias.shape[0] // 4
        stacked, bias = (_reorder(np.asarray(a, dtype=np.float64), n) for a in (np.vstack([kernel, recurrent]), bias))
        return cls(stacked[: kernel.shape[0]] + bias, stacked, bias)

    def step(self, total: Array, cell: Array) -> tuple[Array, Array]:
        """New output and cell [takes, units] from the summed inputs of the gates [takes, 4 units] (overwritten)."""
        n = self.units
        np.tanh(total, out=total)
        gates = total[:, : 3 * n]
        gates += 1.0
        gates *= 0.5
        cell = gates[:, n : 2 * n] * cell
        cell += gates[:, :n] * total[:, 3 * n :]
        return gates[:, 2 * n :] * np.tanh(cell), cell

    def hear(self, classes: NDArray[np.intp], output: Array, cell: Array) -> tuple[Array, Array]:
        """A step on classes [takes]: a one-hot input is a row, not a product."""
        total = output @ self.stacked[-self.units :]
        total += self.inputs[classes]
        return self.step(total, cell)

    def follow(self, below: Array, output: Array, cell: Array) -> tuple[Array, Array]:
        """A step on the output of the layer below [takes, inputs]."""
        total = np.concatenate((below, output), axis=1) @ self.stacked
        total += self.bias
        return self.step(total, cell)


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """A layer that weighs every class: kernel [units, classes], bias [classes]."""

    kernel: Array
    bias: Array

    @classmethod
    def from_keras(cls, kernel: NDArray[np.floating], bias: NDArray[np.floating]) -> "Dense":
        """From Keras' weights, the same in float64."""
        return cls(np.asarray(kernel, dtype=np.float64), np.asarray(bias, dtype=np.float64))

    def __call__(self, below: Array) -> Array:
        """Logits [takes, classes]."""
        logits: Array = below @ self.kernel + self.bias
        return logits


def _reorder(weights: Array, units: int) -> Array:
    """Columns from Keras' i, f, c, o to i, f, o, c, the sigmoid gates halved."""
    i, f, c, o = (weights[..., k * units : (k + 1) * units] for k in range(4))
    return np.ascontiguousarray(np.concatenate((i / 2, f / 2, o / 2, c), axis=-1))
