"""The networks in Keras, for training: what `cells` plays, with gradients."""

import keras
import numpy as np
from numpy.typing import NDArray

from stochos.neural.bundle import Config
from stochos.neural.vocabulary import ENCODINGS


def build(config: Config, dropout: float = 0.0) -> keras.Model:
    """A Keras model from classes [takes, steps], int32, to logits [takes, steps, classes].

    dropout  share of each layer's outputs left out while training, 0..1
    """
    classes = ENCODINGS[config.encoding].classes
    heard = keras.Input((None,), dtype="int32")
    output = keras.ops.one_hot(heard, classes)
    for number, units in enumerate(config.layers):
        output = keras.layers.LSTM(units, return_sequences=True, name=f"layer_{number}")(output)
        output = keras.layers.Dropout(dropout)(output)
    return keras.Model(heard, keras.layers.Dense(classes, name="dense")(output))


def weights_of(model: keras.Model) -> dict[str, NDArray[np.float32]]:
    """Copies of the weights, named as `Config.shapes` names them."""
    layers = (layer for layer in model.layers if layer.weights)
    return {f"{layer.name}.{w.name}": np.array(w.numpy()) for layer in layers for w in layer.trainable_weights}


def set_weights(model: keras.Model, weights: dict[str, NDArray[np.float32]]) -> None:
    """Give a model of the same configuration these weights."""
    for layer in model.layers:
        for weight in layer.trainable_weights:
            weight.assign(weights[f"{layer.name}.{weight.name}"])
