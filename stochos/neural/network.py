"""The networks in Keras, for training: what `cells` plays, with gradients."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from stochos.neural.bars import BAR, HEARD
from stochos.neural.bundle import BARS, CELLS, Config
from stochos.neural.cells import Weights
from stochos.neural.encodings import ENCODINGS
from stochos.neural.looking import Looking

_LAYERS = {"lstm": (keras.layers.LSTM, keras.layers.LSTMCell), "gru": (keras.layers.GRU, keras.layers.GRUCell)}


def build(config: Config, dropout: float = 0.0) -> keras.Model:
    """A Keras model from what is heard [takes, steps, inputs], int8, to logits [takes, steps, classes].

    Of bars it is from what was heard before [takes, HEARD, inputs] and noise [takes, noise] to logits [takes, BAR,
    classes].
    dropout  share of each layer's outputs left out while training, 0..1
    """
    if config.cell == BARS:
        return _bars(config, dropout)
    encoding = ENCODINGS[config.encoding]
    layer, cell = _LAYERS[config.cell]
    heard = keras.Input((None, encoding.inputs), dtype="int8")
    output = keras.ops.cast(heard, "float32")
    if config.attention is not None:
        cells = [cell(units, name=f"layer_{number}") for number, units in enumerate(config.layers[: config.wrapped])]
        states = CELLS[config.cell][1]
        output = Looking(cells, states, encoding.inputs, config.attention, name="attention")(output)
        output = keras.layers.Dropout(dropout)(output)
    for number, units in enumerate(config.layers[config.wrapped :], config.wrapped):
        output = layer(units, return_sequences=True, name=f"layer_{number}")(output)
        output = keras.layers.Dropout(dropout)(output)
    return keras.Model(heard, keras.layers.Dense(encoding.classes, name="dense")(output))


def _bars(config: Config, dropout: float) -> keras.Model:
    encoding, (ear, *hidden, page) = ENCODINGS[config.encoding], config.layers
    kind = keras.config.dtype_policy().compute_dtype
    heard, noise = (keras.Input(shape, dtype=kind) for shape in ((HEARD, encoding.inputs), (config.noise,)))
    output = keras.layers.Flatten()(keras.layers.Dense(ear, activation="relu", name="layer_0")(heard))
    output = keras.layers.Concatenate()([output, noise])
    for number, units in enumerate((*hidden, BAR * page), 1):
        output = keras.layers.Dropout(dropout)(output)
        output = keras.layers.Dense(units, activation="relu", name=f"layer_{number}")(output)
    output = keras.layers.Reshape((BAR, page))(output)
    return keras.Model([heard, noise], keras.layers.Dense(encoding.classes, name="dense")(output))


def weights_of(model: keras.Model) -> dict[str, NDArray[np.float32]]:
    """Copies of the weights, named as `Config.shapes` names them."""
    return {_name(weight): np.array(weight.numpy()) for weight in model.trainable_weights}


def set_weights(model: keras.Model, weights: Weights) -> None:
    """Give a model of the same configuration these weights."""
    for weight in model.trainable_weights:
        weight.assign(weights[_name(weight)])


def _name(weight: Any) -> str:
    """Of a layer and of its weight: the name of a layer's cell says nothing."""
    *_, layer, name = (part for part in weight.path.split("/") if not part.endswith("_cell"))
    return f"{layer}.{name}"
