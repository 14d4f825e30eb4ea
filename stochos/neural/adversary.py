"""How a network of bars learns: of a critic that learns to tell its bars from music, and of nothing else.

No likelihood is asked for, as the generator has none: each makes the other's loss greater.
Source: Goodfellow et al. (2014); the losses of Jolicoeur-Martineau (2018) and Huang et al. (2024), who hold the
critic's slope down on both sides (Mescheder et al., 2018); drawn events that gradients pass, Jang et al. (2017).
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from stochos.neural import network
from stochos.neural.bars import BAR, HEARD
from stochos.neural.bundle import Config
from stochos.neural.encodings import ENCODINGS
from stochos.neural.vocabulary import NO_EVENT

BARS = 3
"""That are written one after the other, each hearing those before it, before the critic judges them."""

STRETCH = HEARD + BARS * BAR
"""Sixteenths that are learned from at once: these bars, and what is heard before them."""

_SEEN = (2 + BARS) * BAR  # of these, as the critic sees them
_ANEW = 0.25  # how often a melody begins anew; else it goes on with what was written before
_SLOPE = 0.1  # how much the critic's slope counts
_SELDOM = 4  # it is only asked for in one of so many steps, and counts as many times
_KEPT = 0.999  # of the mean of the generator's weights a step, which forgets more while it is young
_WIDTHS = (32, 48, 64, 96, 64)  # of the critic's layers


def critic(classes: int) -> keras.Model:
    """What says of sixteenths [takes, _SEEN, classes] how much like music they are, [takes, 1]."""
    seen = keras.Input((_SEEN, classes))
    first, *widths, last = _WIDTHS
    output = keras.layers.LeakyReLU(0.2)(keras.layers.Conv1D(first, 3, padding="same")(seen))
    for width in widths:
        output = keras.layers.Conv1D(width, 5, strides=2, padding="same")(output)
        output = keras.layers.LeakyReLU(0.2)(output)
    output = keras.layers.LeakyReLU(0.2)(keras.layers.Dense(last)(keras.layers.Flatten()(output)))
    return keras.Model(seen, keras.layers.Dense(1)(output))


def stretches(events: Sequence[int], config: Config) -> list[NDArray[np.int32]]:
    """Classes of every `BARS` bars of a piece and of what is before them, nothing before its beginning; [STRETCH]."""
    index = ENCODINGS[config.encoding].index
    classes = np.array([index[event] for event in (*[NO_EVENT] * HEARD, *events)], dtype=np.int32)
    return [classes[start : start + STRETCH] for start in range(0, len(classes) - STRETCH + 1, BAR)]


class Duel:
    """A generator and a critic in the middle of learning.

    model  the generator with the mean of its last weights, which is what is judged and kept
    """

    def __init__(self, config: Config, rate: Any, batch: int, dropout: float, seed: int) -> None:
        keras.utils.set_random_seed(seed)
        self.config, self._classes = config, ENCODINGS[config.encoding].classes
        self.model, self._writer = network.build(config), network.build(config, dropout)
        network.set_weights(self.model, network.weights_of(self._writer))
        self._critic = critic(self._classes)
        self._chance = keras.random.SeedGenerator(seed)
        self._written = tf.Variable(tf.zeros((batch, HEARD), tf.int32))
        self._optimizers = []
        for learner in (self._writer, self._critic):
            self._optimizers.append(keras.optimizers.Adam(rate, beta_1=0.0, beta_2=0.99))
            self._optimizers[-1].build(learner.trainable_variables)
        self._learn = tf.function(self._learned, input_signature=[tf.TensorSpec((None, STRETCH), tf.int32)])

    def learn(self, classes: NDArray[np.signedinteger[Any]]) -> float:
        """The generator's loss on as many stretches, as `stretches` cuts them, [takes, STRETCH]."""
        return float(self._learn(classes))

    def _learned(self, classes: tf.Tensor) -> tf.Tensor:
        takes, (ours, theirs) = tf.shape(classes)[0], self._optimizers
        music = self._hot(classes)[:, -_SEEN:]
        anew = (self._uniform((takes, 1)) < _ANEW) | (ours.iterations == 0)
        start = tf.where(anew, tf.roll(classes[:, :HEARD], 1, axis=0), self._written[:takes])
        with tf.GradientTape() as tape:
            whole = self._go_on(self._hot(start))
        self._written[:takes].assign(tf.argmax(whole[:, -HEARD:], -1, tf.int32))
        both = tf.concat((music, whole[:, -_SEEN:]), axis=0)
        slopes = theirs.iterations % _SELDOM == 0
        tf.cond(slopes, lambda: self._criticised(both, True), lambda: self._criticised(both, False))
        real = self._critic(music)
        with tape:
            loss = tf.reduce_mean(tf.nn.softplus(real - self._critic(whole[:, -_SEEN:])))
        own = self._writer.trainable_variables
        ours.apply_gradients(zip(tape.gradient(loss, own), own, strict=True))
        done = tf.cast(ours.iterations, tf.float32)
        kept = tf.minimum(_KEPT, done / (done + 9.0))
        for mean, weight in zip(self.model.trainable_variables, own, strict=True):
            mean.assign(kept * mean + (1.0 - kept) * weight)
        return loss

    def _criticised(self, both: tf.Tensor, slopes: bool) -> tf.Tensor:
        """Let the critic learn from music and, below it, from what was written; its loss."""
        weights = self._critic.trainable_variables
        with tf.GradientTape() as tape:
            with tf.GradientTape() as inner:
                inner.watch(both)
                said = self._critic(both)
            real, made = tf.split(said, 2)
            loss = tf.reduce_mean(tf.nn.softplus(made - real))
            if slopes:
                slope = tf.reduce_mean(tf.reduce_sum(inner.gradient(said, both) ** 2, axis=(1, 2)))
                loss += _SELDOM * _SLOPE * slope
        self._optimizers[1].apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss

    def _go_on(self, heard: tf.Tensor) -> tf.Tensor:
        """What was heard, and `BARS` bars after it; gradients pass the drawn events as if they were their chances."""
        for _ in range(BARS):
            noise = 2.0 * self._uniform((tf.shape(heard)[0], self.config.noise)) - 1.0
            logits = self._writer([heard[:, -HEARD:], noise], training=True)
            chances = tf.nn.softmax(logits - tf.math.log(-tf.math.log(self._uniform(tf.shape(logits)))))
            drawn = tf.one_hot(tf.argmax(chances, axis=-1), self._classes)
            heard = tf.concat((heard, chances + tf.stop_gradient(drawn - chances)), axis=1)
        return heard

    def _uniform(self, shape: Any) -> tf.Tensor:
        return keras.random.uniform(shape, 1e-7, 1.0 - 1e-7, seed=self._chance)

    def _hot(self, classes: tf.Tensor) -> tf.Tensor:
        return tf.one_hot(classes, self._classes)

    def variables(self) -> list[Any]:
        """All that changes: weights, the state of chance, the optimizers, what was written last."""
        models, optimizers = (self.model, self._writer, self._critic), self._optimizers
        return [*(v for part in (*models, *optimizers) for v in part.variables), self._chance.state, self._written]
