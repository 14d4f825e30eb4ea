"""How long a network takes over a step, beside what it cannot go below and beside Keras: `python -m benchmarks.neural`.

The floor is reading every weight that a step needs once: the greatest of an array of as many float64, read again and
again, so that it lies in the caches if it fits, as the weights do. All of it is the work of one core: NumPy would sum
products of long arrays on several, but those of one take it does not. A step is everything from one event to the next:
hearing it, the chances of all classes, and drawing one. Of a network of several events a step it is one of these.
TensorFlow, where it is installed, runs the same network in a loop inside one `tf.function`, in float32, without a call
from Python a step.
"""

import importlib.util
import math
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

for threads in ("OPENBLAS_NUM", "OMP_NUM", "MKL_NUM", "TF_NUM_INTRAOP", "TF_NUM_INTEROP"):
    os.environ[f"{threads}_THREADS"] = "1"

import numpy as np
from numpy.random import PCG64, Generator

from stochos.neural import bundle, choir, chorale, note, notewise
from stochos.neural.bundle import Model
from stochos.neural.player import Player
from stochos.neural.sampling import Choice, continue_melodies
from stochos.neural.vocabulary import Tone
from stochos.pipeline import check_source, read_source, realize_checked
from stochos.process.passage import Events

STEPS = 128
ROUNDS = 60
SCORE = Path(__file__).parent.parent / "scores" / "09-network.stoch"


def seconds(play: Callable[[], object]) -> float:
    """Of the processor, the best of several rounds: what else the machine does costs caches, but no waiting."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        play()
        best = min(best, time.process_time() - start)
    return best


def weights_read(model: Model) -> int:
    """Numbers that a step reads: the first layer's inputs are one row."""
    shapes = model.config.shapes()
    first = shapes["layer_0.kernel"][0] * shapes["layer_0.kernel"][1] if model.encoding.one_hot else 0
    return sum(math.prod(shape) for shape in shapes.values()) - first


def floor(model: Model) -> float:
    weights = np.ones(weights_read(model))
    return seconds(lambda: [weights.max() for _ in range(STEPS)]) / STEPS


def melodies(model: Model, takes: int) -> float:
    choice = Choice(np.ones(STEPS))
    play = lambda: continue_melodies(model, [60], choice, rngs=[Generator(PCG64(seed)) for seed in range(takes)])  # noqa: E731
    return seconds(play) / STEPS


def voices(model: Model) -> float:
    steps, every = STEPS // chorale.FRAME, np.ones(128, dtype=bool)
    far, uniforms = chorale.distances([(steps - 4, steps)], steps), np.full((steps, len(chorale.RANGES)), 0.5).tolist()
    choice, ranges = Choice(np.ones(steps)), [every] * len(chorale.RANGES)
    play = lambda: choir.continue_voices(model, far, choice, uniforms, ranges=ranges, moved=0)  # noqa: E731
    return seconds(play) / (steps * chorale.FRAME)


def notes(model: Model) -> float:
    def play() -> list[Tone]:
        return notewise.continue_notes(
            model, [], 0, Choice(np.ones(STEPS)), allowed=np.ones(128, dtype=bool), moved=0, rng=Generator(PCG64(1))
        )

    return seconds(play) / ((len(play()) + 1) * note.FRAME)  # one more note lies beyond the end


def ten_takes(together: bool) -> float:
    """What the network has to do in ten takes of a score, seconds of the processor: the best of a few rounds."""
    spent = 0.0

    def timed(*asked: Any) -> Events:
        nonlocal spent
        start = time.process_time()
        played = ask(*asked)
        spent += time.process_time() - start
        return played

    rounds, ask = [], Player.continue_tokens
    Player.continue_tokens = timed  # type: ignore[method-assign]
    for _ in range(ROUNDS // 10):
        spent, checked = 0.0, check_source(read_source(SCORE))
        for seed in range(10):
            realize_checked(checked, seed, later=range(seed + 1, 10) if together else ())
        rounds.append(spent)
    Player.continue_tokens = ask  # type: ignore[method-assign]
    return min(rounds)


def in_tensorflow(name: str) -> float:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
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
    return seconds(lambda: play().numpy()) / STEPS


MEASURES = {"melody": partial(melodies, takes=1), "chorale": voices, "note": notes}


def main() -> None:
    for name in bundle.names():
        kind = bundle.plays(bundle.read_config(bundle.find(name)))
        if kind not in MEASURES:
            continue
        model = bundle.load(bundle.find(name))
        least, one = floor(model), MEASURES[kind](model)
        print(f"{name}: layers of {' + '.join(map(str, model.config.layers))} units, float64")
        print(f"  reading {weights_read(model) * 8 / 1e6:.2f} MB of weights once  {least * 1e6:7.1f} us")
        print(f"  a step of one take              {one * 1e6:7.1f} us  {one / least:5.2f} x the reading (bar: 4 x)")
        if kind != "melody":
            continue
        ten = melodies(model, 10)
        print(f"  a step of ten takes             {ten * 1e6:7.1f} us  {ten / one:5.2f} x one take (bar: 4 x)")
        if model.encoding.one_hot and model.config.cell == "lstm" and importlib.util.find_spec("tensorflow"):
            graph = in_tensorflow(name)
            print(f"  a step in tf.function           {graph * 1e6:7.1f} us  {graph / one:5.2f} x one take")
    alone, together = ten_takes(together=False), ten_takes(together=True)
    print(f"the network in ten takes of {SCORE.stem}: {together * 1e3:.0f} ms, {together / alone:.2f} x one by one")


if __name__ == "__main__":
    main()
