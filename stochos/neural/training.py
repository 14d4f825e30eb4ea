"""Train a network on the corpus: `python -m stochos.neural.training basic` writes `models/basic`.

The same seed gives the same split, first weights and order of tunes. The best weights on held-out tunes are written,
with their card, after every epoch that betters them; so a run can be stopped at any time.
"""

import argparse
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from stochos.neural import bundle, card, network
from stochos.neural.baselines import Score, score_markov
from stochos.neural.bundle import Config
from stochos.neural.corpus import COLLECTIONS, load_tunes
from stochos.neural.melodies import Tune
from stochos.neural.recipes import RECIPES, Recipe
from stochos.neural.vocabulary import ENCODINGS, NO_EVENT

IGNORED = -1  # label of the steps that fill up a batch
_BUCKET = 24  # batches sorted by length together: little filling, much chance

Batch = tuple[NDArray[np.int32], NDArray[np.int32]]


def batches(tunes: Sequence[Sequence[int]], size: int, rng: np.random.Generator | None) -> Iterator[Batch]:
    """Classes heard and classes to foretell, both [<= size, steps], of tunes of about one length.

    A tune is heard after one step of no event, so that its first event is foretold too; the end of shorter tunes is
    `IGNORED`. Without rng the batches come by length.
    """
    order = np.argsort([len(tune) for tune in tunes], kind="stable") if rng is None else rng.permutation(len(tunes))
    chunks = []
    for start in range(0, len(order), size * _BUCKET):
        bucket = sorted(order[start : start + size * _BUCKET], key=lambda number: len(tunes[number]))
        chunks += [bucket[k : k + size] for k in range(0, len(bucket), size)]
    for chunk in range(len(chunks)) if rng is None else rng.permutation(len(chunks)):
        chosen = [tunes[number] for number in chunks[chunk]]
        said = np.full((len(chosen), max(map(len, chosen))), IGNORED, dtype=np.int32)
        for row, tune in zip(said, chosen, strict=True):
            row[: len(tune)] = tune
        heard = np.full_like(said, NO_EVENT + 2)
        heard[:, 1:] = np.maximum(said[:, :-1], NO_EVENT + 2)
        yield heard, said


def _losses(model: keras.Model, heard: tf.Tensor, said: tf.Tensor, training: bool) -> tuple[tf.Tensor, ...]:
    """Sum of nats, right guesses and steps that count."""
    logits = model(heard, training=training)
    counts = tf.cast(said != IGNORED, tf.float32)
    nats = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(said, 0), logits) * counts
    right = tf.cast(tf.argmax(logits, axis=-1, output_type=tf.int32) == said, tf.float32)
    return tf.reduce_sum(nats), tf.reduce_sum(right), tf.reduce_sum(counts)


_SPECIFICATION = [tf.TensorSpec((None, None), tf.int32)] * 2


def scorer(model: keras.Model, size: int = 64) -> Callable[[Sequence[Sequence[int]]], Score]:
    """What gives nats a step and accuracy of the model, as it is then, on tunes in classes."""

    @tf.function(input_signature=_SPECIFICATION)  # type: ignore[untyped-decorator]  # no types in TensorFlow
    def measure(heard: tf.Tensor, said: tf.Tensor) -> tuple[tf.Tensor, ...]:
        return _losses(model, heard, said, training=False)

    def score(tunes: Sequence[Sequence[int]]) -> Score:
        totals = np.sum([[float(value) for value in measure(*batch)] for batch in batches(tunes, size, None)], axis=0)
        return Score(float(totals[0] / totals[2]), float(totals[1] / totals[2]))

    return score


def fit(
    config: Config, recipe: Recipe, train: Sequence[Sequence[int]], test: Sequence[Sequence[int]]
) -> Iterator[tuple[int, float, Score, keras.Model]]:
    """Epoch by epoch: its number from 1, the loss in training, the score on `test`, and the model as it is then."""
    keras.utils.set_random_seed(recipe.seed)
    model = network.build(config, recipe.dropout)
    score = scorer(model)
    rng = np.random.Generator(np.random.PCG64(recipe.seed))
    steps = math.ceil(len(train) / recipe.batch) * recipe.epochs
    rate = keras.optimizers.schedules.CosineDecay(recipe.rate / 10, steps, warmup_target=recipe.rate, warmup_steps=100)
    optimizer = keras.optimizers.Adam(rate, global_clipnorm=recipe.clip)
    optimizer.build(model.trainable_variables)

    @tf.function(input_signature=_SPECIFICATION)  # type: ignore[untyped-decorator]  # no types in TensorFlow
    def learn(heard: tf.Tensor, said: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            nats, _, count = _losses(model, heard, said, training=True)
            loss = nats / count
        optimizer.apply_gradients(
            zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
        )
        return nats, count

    for epoch in range(1, recipe.epochs + 1):
        totals = np.sum([[float(v) for v in learn(*batch)] for batch in batches(train, recipe.batch, rng)], axis=0)
        yield epoch, float(totals[0] / totals[1]), score(test), model


def split(tunes: Sequence[Tune], config: Config) -> tuple[list[list[int]], list[list[int]]]:
    """Tunes in classes: those to learn from and those held out."""
    encoding = ENCODINGS[config.encoding]
    train = [encoding.encode(tune.events) for tune in tunes if not tune.held_out]
    return train, [encoding.encode(tune.events) for tune in tunes if tune.held_out]


def train(name: str, recipe: Recipe, config: Config, out: Path, runs: Path) -> None:
    """Train the network `name` on the corpus and keep its best weights and card in `out`."""
    tunes, report = load_tunes(ENCODINGS[config.encoding], COLLECTIONS, runs / name / "tunes.json")
    learned, held_out = split(tunes, config)
    markov = score_markov(learned, held_out, ENCODINGS[config.encoding].classes)
    run = card.Run(name, config, recipe, tunes, report, markov)
    for order, score in markov.items():
        print(f"order {order:2}: {score.nats:.4f} nats a step, {score.accuracy:.4f} right", flush=True)
    best, best_epoch, started = math.inf, 0, time.monotonic()
    for epoch, loss, score, model in fit(config, recipe, learned, held_out):
        print(
            f"epoch {epoch:3}: {loss:.4f} learned, {score.nats:.4f} held out, {score.accuracy:.4f} right, "
            f"{time.monotonic() - started:.0f} s",
            flush=True,
        )
        if score.nats < best:
            best, best_epoch = score.nats, epoch
            bundle.save(out, config, network.weights_of(model))
            (out / bundle.CARD).write_text(card.write(run, epoch, score))
        elif epoch - best_epoch >= recipe.patience:
            break


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    arguments = parser.parse_args()
    config, recipe = RECIPES[arguments.name]
    if arguments.epochs:
        recipe = replace(recipe, epochs=arguments.epochs)
    train(arguments.name, recipe, config, arguments.out or Path("models") / arguments.name, arguments.runs)


if __name__ == "__main__":
    main()
