"""Steps of training a second, beside Keras' own `fit` of the same network: `python -m benchmarks.training`.

Both take turns, on the same batch and on one core; what counts is processor time, and of several rounds the median.
"""

import importlib.util
import os
import time
from collections.abc import Callable
from statistics import median

import numpy as np

STEPS = 10
ROUNDS = 5
TUNES, LENGTH = 32, 128


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    if importlib.util.find_spec("tensorflow") is None:
        print("training needs the `train` extra")
        return
    os.environ |= {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    import keras

    from stochos.neural import network
    from stochos.neural.bundle import Config
    from stochos.neural.recipes import Recipe
    from stochos.neural.training import Learner, Lesson, batches

    rng = np.random.Generator(np.random.PCG64(1))
    for config in (Config("basic", "lstm", (128, 128), 48, 83), Config("basic", "gru", (128, 128), 48, 83)):
        tunes = [rng.choice([-2, -2, -1, 60, 62, 64, 67], size=LENGTH).tolist() for _ in range(TUNES)]
        lessons = [Lesson.of(tune, config) for tune in tunes]
        ((heard, right),) = batches(lessons, TUNES, None)
        said = right.argmax(axis=-1)
        plain = network.build(config, 0.2)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        plain.compile(keras.optimizers.Adam(1e-3, global_clipnorm=1.0), loss)
        learner = Learner(config, Recipe(), 1000, looks=True)

        def ours(learner=learner, batch=(heard, right)) -> None:  # type: ignore[no-untyped-def]
            for _ in range(STEPS):
                learner.learn(*batch)

        def keras_fit(plain=plain, heard=np.tile(heard, (STEPS, 1, 1)), said=np.tile(said, (STEPS, 1))) -> None:  # type: ignore[no-untyped-def]  # noqa: B008
            plain.fit(heard, said, batch_size=TUNES, epochs=1, verbose=0, shuffle=False)

        ours(), keras_fit()
        rounds = [(seconds(ours), seconds(keras_fit)) for _ in range(ROUNDS)]
        mine, theirs = (STEPS / median(side) for side in zip(*rounds, strict=True))
        beside = f"keras.fit {theirs:.1f}, {mine / theirs:.2f} times as many"
        print(f"2 x 128 {config.cell}, {TUNES} tunes of {LENGTH} steps: {mine:.1f} batches a second; {beside}")


if __name__ == "__main__":
    main()
