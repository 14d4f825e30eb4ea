"""Layers that look back, in Keras on TensorFlow, with loops of their own, more than twice as fast as Keras'."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf
from tensorflow.compiler.tf2xla.python import xla


@keras.saving.register_keras_serializable("stochos")
class Looking(keras.layers.Layer):  # type: ignore[misc]  # no types in Keras
    """Cells that look back at the last outputs, as `cells.Attention` says: [takes, steps, inputs] to [.., width].

    cells   layers of one kind, the lowest first; `states` of each
    length  outputs kept
    It begins as if it did not look back: what is looked at has no weight in `mix` and `out`.
    Its loops are compiled, for a few numbers of steps, and have gradients of their own. The last outputs lie in a ring,
    in which going back is easy: the place of the output of a step held that of `length` steps before. Weights get
    their gradients after the loop, of all steps at once.
    """

    def __init__(self, cells: Sequence[Any], states: int, inputs: int, length: int, **more: Any) -> None:
        super().__init__(**more)
        self.cells, self.states, self.length = list(cells), states, length
        self.width = width = cells[-1].units
        self.mix, self.out = (
            keras.layers.Dense(units, name=f"attention_{name}", kernel_initializer=_identity)
            for name, units in (("mix", inputs), ("out", width))
        )
        self.query = keras.layers.Dense(width, name="attention_query")
        self.widths = [width] + [cell.units for cell in cells for _ in range(states)]
        self._play = tf.function(self._all, autograph=False, reduce_retracing=True)
        self._forwards = tf.function(self._hear, jit_compile=True, autograph=False)
        self._backwards = tf.function(self._learn, jit_compile=True, autograph=False)

    def build(self, shape: tuple[int, ...]) -> None:
        """Make the weights."""
        inputs, width = shape[-1], self.width
        self.mix.build((None, inputs + width))
        for number, cell in enumerate(self.cells):
            if not cell.built:  # as those from a file are
                cell.build((None, inputs if number == 0 else self.cells[number - 1].units))
        self.query.build((None, sum(cell.units for cell in self.cells) * self.states))
        self.out.build((None, 2 * width))
        self.memory = self.add_weight(shape=(width, width), name="memory", initializer="glorot_uniform")
        self.score = self.add_weight(shape=(width,), name="score", initializer="random_normal")
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """What makes another like this, for files of Keras."""
        cells = [keras.saving.serialize_keras_object(cell) for cell in self.cells]
        of = {"cells": cells, "states": self.states, "inputs": self.mix.units, "length": self.length}
        return {**super().get_config(), **of}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Looking":
        """One like that of `get_config`."""
        return cls(**{**config, "cells": [keras.saving.deserialize_keras_object(cell) for cell in config["cells"]]})

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """That of the outputs."""
        return (*shape[:-1], self.width)

    def call(self, heard: Any) -> Any:
        """Outputs of all steps."""
        return self._play(heard)

    def _all(self, heard: Any) -> Any:
        steps = tf.shape(heard)[1]
        rows = tf.pad(tf.transpose(heard, (1, 0, 2)), ((0, _room(steps) - steps), (0, 0), (0, 0)))

        @tf.custom_gradient  # type: ignore[untyped-decorator]  # no types in TensorFlow
        def play(rows: Any) -> tuple[Any, Callable[..., Any]]:
            told = self._forwards(rows, steps)

            def learn(grown: Any, variables: Sequence[Any]) -> tuple[Any, list[Any]]:
                found, *weights = self._backwards(grown, rows, steps, *told)
                of = dict(zip((weight.ref() for weight in self._in_order()), weights, strict=True))
                return found, [of[variable.ref()] for variable in variables]

            return told[0], learn

        said = play(tf.ensure_shape(rows, (None, None, heard.shape[-1])))
        return tf.ensure_shape(tf.transpose(said[:steps], (1, 0, 2)), (*heard.shape[:-1], self.width))

    def _in_order(self) -> list[Any]:
        """The weights as `_learn` gives their gradients."""
        below = [*self.mix.trainable_variables, *(w for cell in self.cells for w in cell.trainable_variables)]
        above = [*self.query.trainable_variables, *self.out.trainable_variables]
        return [weight.value for weight in (*below, *above, self.memory, self.score)]

    def _inner(self, heard: Any, looked: Any, *states: Any) -> list[Any]:
        """What is asked, and the states of the cells, after a step."""
        output = self.mix(tf.concat((heard, looked), axis=-1))
        after: list[Any] = []
        for number, cell in enumerate(self.cells):
            output, new = cell(output, states[number * self.states : (number + 1) * self.states])
            after += new if isinstance(new, list | tuple) else [new]
        pairs = [reversed(after[k : k + self.states]) for k in range(0, len(after), self.states)]
        return [self.query(tf.concat([state for pair in pairs for state in pair], axis=-1)), *after]

    def _outer(self, output: Any, looked: Any) -> tuple[Any, Any]:
        """What is said, and the same after `memory`."""
        said = self.out(tf.concat((output, looked), axis=-1))
        return said, said @ self.memory.value

    def _hear(self, rows: Any, steps: Any) -> list[Any]:
        """Of all steps [room, takes, width]: what is said, the same after `memory`, what is looked at, states."""
        takes = tf.shape(rows)[1]
        ring = tf.zeros((takes, self.length, self.width), rows.dtype)

        def step(number: Any, rings: Any, before: Any, told: Any) -> tuple[Any, ...]:
            looked, *states = before
            asked, *states = self._inner(rows[number], looked, *states)
            looked = _attend(rings, asked, self.score.value)[0]
            outer = self._outer(states[-self.states], looked)
            told = _tell(told, number, (*outer, looked, *states))
            return number + 1, self._put(rings, number, outer), [looked, *states], told

        told = [_array(rows, width) for width in (self.width, self.width, *self.widths)]
        found = tf.while_loop(lambda number, *_: number < steps, step, (0, (ring, ring), self._rest(rows), told))
        return [array.stack() for array in found[-1]]

    def _learn(self, grown: Any, rows: Any, steps: Any, *told: Any) -> list[Any]:
        """Gradients of what was heard and of the weights, from those of what was said and from what `_hear` told."""
        outer, (looked, *states) = told[:2], told[2:]
        before = [tf.concat((tf.zeros_like(part[:1]), part[:-1]), axis=0) for part in (looked, *states)]
        output = states[-self.states]
        nothing = tf.zeros((tf.shape(rows)[1], self.length, self.width), rows.dtype)

        def step(number: Any, rings: Any, growing: Any, after: Any, told: Any) -> tuple[Any, ...]:
            was, old = tf.cast(number >= self.length, rows.dtype), tf.maximum(number - self.length, 0)
            rings = self._put(rings, number, [was * part[old] for part in outer])
            place = number % self.length
            above = xla.optimization_barrier(grown[number] + growing[0][:, place], growing[1][:, place])
            emptied = self._put(growing[:2], number, [tf.zeros_like(part) for part in above])
            with tf.GradientTape() as tape:
                said = output[number], looked[number]
                tape.watch(said)
                above_said = self._outer(*said)
            of_output, of_looked = tape.gradient(above_said, said, output_gradients=above)
            with tf.GradientTape() as tape:
                heard = [part[number] for part in before]
                tape.watch(heard)
                inner = self._inner(rows[number], *heard)
            _, back = _attend(rings, inner[0], self.score.value)
            of_kept, of_keys, of_asked, of_score = back(after[0] + of_looked)
            below = [of_asked, *after[1:]]
            below[-self.states] += of_output
            after = tape.gradient(inner, heard, output_gradients=below)
            growing = (emptied[0] + of_kept, emptied[1] + of_keys, growing[2] + of_score)
            return number - 1, rings, growing, after, _tell(told, number, (*above, *below))

        arrays = [_array(rows, width) for width in (self.width, self.width, *self.widths)]
        growing = (nothing, nothing, tf.zeros_like(self.score.value))
        start = (steps - 1, self._last(outer, steps), growing, self._rest(rows), arrays)
        *_, growing, _, arrays = tf.while_loop(lambda number, *_: number >= 0, step, start)
        with tf.GradientTape() as tape:
            tape.watch(rows)
            all_outer = self._outer(_flat(output), _flat(looked))
            all_inner = self._inner(*(_flat(part) for part in (rows, *before)))
        found = [_flat(array.stack()) for array in arrays]
        weights = (rows, *self._in_order()[:-1])
        return [*tape.gradient((*all_outer, *all_inner), weights, output_gradients=found), growing[2]]

    def _rest(self, rows: Any) -> list[Any]:
        """Nothing looked at, and the states of the cells before anything was heard."""
        return [tf.zeros((tf.shape(rows)[1], width), rows.dtype) for width in self.widths]

    def _put(self, rings: Any, step: Any, values: Any) -> tuple[Any, ...]:
        """Rings [takes, length, width] with the values of a step in them."""
        at = (0, step % self.length, 0)
        pairs = zip(rings, values, strict=True)
        return tuple(xla.dynamic_update_slice(ring, value[:, None], at) for ring, value in pairs)

    def _last(self, told: Any, steps: Any) -> tuple[Any, ...]:
        """The rings after so many steps."""
        first = tf.maximum(steps - self.length, 0)
        number = first + (tf.range(self.length) - first) % self.length  # whose value lies at each place
        was = tf.cast(number < steps, told[0].dtype)[None, :, None]
        number = tf.minimum(number, steps - 1)
        return tuple(was * tf.transpose(tf.gather(part, number), (1, 0, 2)) for part in told)


def _attend(rings: Any, asked: Any, score: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """What is looked at [takes, width], and from its gradient those of the kept outputs, keys, question and score."""
    kept, keys = rings
    bent = tf.tanh(keys + asked[:, None])
    weight = tf.nn.softmax(tf.linalg.matvec(bent, score))
    looked = tf.einsum("tl,tlw->tw", weight, kept)

    def back(grown: Any) -> tuple[Any, ...]:
        of_weight = tf.einsum("tw,tlw->tl", grown, kept)
        of_fit = weight * (of_weight - tf.reduce_sum(weight * of_weight, axis=-1, keepdims=True))
        steep = 1 - bent * bent
        of_score = tf.reduce_sum(tf.einsum("tl,tlw->tw", of_fit, bent), axis=0)
        of_asked = score * tf.einsum("tl,tlw->tw", of_fit, steep)
        return weight[..., None] * grown[:, None], of_fit[..., None] * score * steep, of_asked, of_score

    return looked, back


def _array(rows: Any, width: int) -> Any:
    """Room for values [takes, width] of as many steps as there are rows."""
    return tf.TensorArray(rows.dtype, tf.shape(rows)[0], element_shape=(rows.shape[1], width))


def _tell(arrays: Any, step: Any, values: Any) -> list[Any]:
    """The arrays with the values of a step in them."""
    return [array.write(step, value) for array, value in zip(arrays, values, strict=True)]


def _flat(steps: Any) -> Any:
    """[steps, takes, width] with all takes of all steps one below another."""
    return tf.reshape(steps, (-1, steps.shape[-1]))


def _room(steps: Any) -> Any:
    """The next power of two, or three quarters of it, not below 32: so that few numbers of steps are compiled."""
    power = 2 ** tf.cast(tf.math.ceil(tf.math.log(tf.cast(tf.maximum(steps, 32), tf.float64)) / math.log(2)), tf.int32)
    return tf.where(steps <= power * 3 // 4, power * 3 // 4, power)


def _identity(shape: Sequence[int], dtype: Any = None) -> Any:
    """Weights that let through the first of what comes."""
    return keras.ops.eye(shape[0], shape[1], dtype=dtype)
