"""The networks in Keras, for training: what `cells` plays, with gradients."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from stochos.neural.bundle import CELLS, Config
from stochos.neural.encodings import ENCODINGS

_LAYERS = {"lstm": (keras.layers.LSTM, keras.layers.LSTMCell), "gru": (keras.layers.GRU, keras.layers.GRUCell)}


class AttentionCell(keras.layers.Layer):  # type: ignore[misc]  # no types in Keras
    """Cells that look back at the last outputs, as `cells.Attention` says.

    Its state: those of the cells, what was looked at, the kept outputs, and the same after `memory`.
    """

    def __init__(self, cells: Sequence[Any], states: int, inputs: int, length: int, **more: Any) -> None:
        super().__init__(**more)
        self.cells, self.states, self.length = list(cells), states, length
        self.width = width = cells[-1].units
        self.mix, self.query, self.out = (
            keras.layers.Dense(units, name=f"attention_{name}")
            for name, units in (("mix", inputs), ("query", width), ("out", width))
        )
        kept = (length * width,) * 2
        self.state_size = [cell.units for cell in cells for _ in range(states)] + [width, *kept]
        self.output_size = width

    def build(self, shape: tuple[int, ...]) -> None:
        """Make the weights."""
        inputs, width = shape[-1], self.width
        self.mix.build((None, inputs + width))
        for number, cell in enumerate(self.cells):
            cell.build((None, inputs if number == 0 else self.cells[number - 1].units))
        self.query.build((None, sum(cell.units for cell in self.cells) * self.states))
        self.out.build((None, 2 * width))
        self.memory = self.add_weight(shape=(width, width), name="memory", initializer="glorot_uniform")
        self.score = self.add_weight(shape=(width,), name="score", initializer="random_normal")
        self.built = True

    def call(self, heard: Any, states: Sequence[Any], training: bool = False) -> tuple[Any, list[Any]]:
        """A step: the output [takes, width] and the states after it."""
        ops, shape = keras.ops, (-1, self.length, self.width)
        *inner, looked, kept, keys = states
        output = self.mix(ops.concatenate([heard, looked], axis=-1))
        after: list[Any] = []
        for number, cell in enumerate(self.cells):
            output, states = cell(output, inner[number * self.states : (number + 1) * self.states], training=training)
            after += states if isinstance(states, list | tuple) else [states]
        pairs = [reversed(after[k : k + self.states]) for k in range(0, len(after), self.states)]
        asked = self.query(ops.concatenate([state for pair in pairs for state in pair], axis=-1))
        fit = ops.sum(ops.tanh(ops.reshape(keys, shape) + asked[:, None]) * self.score, axis=-1)
        weight = ops.softmax(fit, axis=-1)
        looked = ops.sum(ops.expand_dims(weight, -1) * ops.reshape(kept, shape), axis=1)
        said = self.out(ops.concatenate([output, looked], axis=-1))
        kept = ops.concatenate([kept[:, self.width :], said], axis=-1)
        keys = ops.concatenate([keys[:, self.width :], said @ self.memory], axis=-1)
        return said, [*after, looked, kept, keys]


def build(config: Config, dropout: float = 0.0) -> keras.Model:
    """A Keras model from what is heard [takes, steps, inputs], int8, to logits [takes, steps, classes].

    dropout  share of each layer's outputs left out while training, 0..1
    """
    encoding = ENCODINGS[config.encoding]
    layer, cell = _LAYERS[config.cell]
    heard = keras.Input((None, encoding.inputs), dtype="int8")
    output = keras.ops.cast(heard, "float32")
    if config.attention is not None:
        cells = [cell(units, name=f"layer_{number}") for number, units in enumerate(config.layers[: config.wrapped])]
        states = CELLS[config.cell][1]
        looking = AttentionCell(cells, states, encoding.inputs, config.attention, name="attention")
        output = keras.layers.RNN(looking, return_sequences=True, name="looking")(output)
        output = keras.layers.Dropout(dropout)(output)
    for number, units in enumerate(config.layers[config.wrapped :], config.wrapped):
        output = layer(units, return_sequences=True, name=f"layer_{number}")(output)
        output = keras.layers.Dropout(dropout)(output)
    return keras.Model(heard, keras.layers.Dense(encoding.classes, name="dense")(output))


def weights_of(model: keras.Model) -> dict[str, NDArray[np.float32]]:
    """Copies of the weights, named as `Config.shapes` names them."""
    return {_name(weight): np.array(weight.numpy()) for weight in model.trainable_weights}


def set_weights(model: keras.Model, weights: dict[str, NDArray[np.float32]]) -> None:
    """Give a model of the same configuration these weights."""
    for weight in model.trainable_weights:
        weight.assign(weights[_name(weight)])


def _name(weight: Any) -> str:
    """Of a layer and of its weight: the name of a layer's cell says nothing."""
    *_, layer, name = (part for part in weight.path.split("/") if not part.endswith("_cell"))
    return f"{layer}.{name}"
