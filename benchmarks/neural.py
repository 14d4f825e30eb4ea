"""How long a network takes over a step, beside what it cannot go below and beside Keras: `python benchmarks/neural.py`.

The floor is reading every weight once, measured on an array of as many bytes. TensorFlow, where it is installed, runs
the same network in a loop inside one `tf.function`, in float32, without a call from Python a step.
"""

import importlib.util
import math
import time
from collections.abc import Callable

import numpy as np
from numpy.random import PCG64, Generator

from stochos.neural import bundle
from stochos.neural.bundle import Model
from stochos.neural.sampling import Choice, continue_melodies

STEPS = 512
ROUNDS = 15
MELODIES = ("basic", "mono", "lookback", "attention")  # encodings of one event a sixteenth


def microseconds(play: Callable[[], object], steps: int) -> float:
    """Of one step, the best of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        play()
        best = min(best, time.perf_counter() - start)
    return best / steps * 1e6


def weights_read(model: Model) -> int:
    """Numbers that a step reads: the first layer's inputs are one row."""
    shapes = model.config.shapes()
    first = shapes["layer_0.kernel"][0] * shapes["layer_0.kernel"][1] if model.encoding.one_hot else 0
    return sum(math.prod(shape) for shape in shapes.values()) - first


def floor(model: Model) -> float:
    weights = np.ones(weights_read(model))
    return microseconds(lambda: [weights.dot(weights) for _ in range(STEPS)], STEPS)


def takes(model: Model, number: int) -> float:
    choice, rngs = Choice(np.ones(STEPS)), [Generator(PCG64(seed)) for seed in range(number)]
    return microseconds(lambda: continue_melodies(model, [60], choice, rngs=rngs), STEPS)


def in_tensorflow(name: str) -> float:
    import tensorflow as tf
    from safetensors.numpy import load_file

    from stochos.neural import network

    folder = bundle.find(name)
    config = bundle.read_config(folder)
    keras_model = network.build(config)
    network.set_weights(keras_model, load_file(folder / "weights.safetensors"))
    cells = [keras_model.get_layer(f"layer_{number}").cell for number in range(len(config.layers))]
    dense = keras_model.get_layer("dense")
    classes = dense.bias.shape[0]

    @tf.function
    def play() -> tf.Tensor:
        index = tf.zeros([1], tf.int32)
        states = [[tf.zeros([1, cell.units])] * 2 for cell in cells]
        for _ in tf.range(STEPS):
            output = tf.one_hot(index, classes)
            for number, cell in enumerate(cells):
                output, states[number] = cell(output, states[number])
            index = tf.random.categorical(dense(output), 1, dtype=tf.int32)[:, 0]
        return index

    play()
    return microseconds(lambda: play().numpy(), STEPS)


def main() -> None:
    for name in bundle.names():
        model = bundle.load(bundle.find(name))
        if model.config.encoding not in MELODIES:
            continue
        least, one, ten = floor(model), takes(model, 1), takes(model, 10)
        print(f"{name}: layers of {' + '.join(map(str, model.config.layers))} units, float64")
        print(f"  reading {weights_read(model) * 8 / 1e6:.2f} MB of weights once  {least:7.1f} us")
        print(f"  a step of one take              {one:7.1f} us  {one / least:5.2f} x the reading")
        print(f"  a step of ten takes             {ten:7.1f} us  {ten / one:5.2f} x one take")
        if model.encoding.one_hot and model.config.cell == "lstm" and importlib.util.find_spec("tensorflow"):
            keras = in_tensorflow(name)
            print(f"  a step in tf.function           {keras:7.1f} us  {keras / one:5.2f} x one take")


if __name__ == "__main__":
    main()
