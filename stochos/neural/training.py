"""Train a network on the corpus: `python -m stochos.neural.training basic` writes `models/basic`.

The same seed gives the same split, first weights and order of tunes. The best weights on held-out tunes are written,
with their card, after every epoch that betters them; so a run can be stopped at any time.
"""

import argparse
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from stochos.neural import bundle, card, network
from stochos.neural.baselines import Score, score_markov
from stochos.neural.bundle import Config
from stochos.neural.corpus import load_tunes
from stochos.neural.encodings import ENCODINGS
from stochos.neural.melodies import FOLK
from stochos.neural.recipes import RECIPES, Recipe

_BUCKET = 24  # batches sorted by length together: little filling, much chance

Row = NDArray[np.int8]
Batch = tuple[Row, NDArray[np.int32], Row]


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """One tune as a network learns it.

    heard  before each step, [steps, inputs]
    said   the class to foretell, [steps]
    right  every class that means the event, [steps, classes]
    """

    heard: Row
    said: NDArray[np.int32]
    right: Row

    @classmethod
    def of(cls, events: Sequence[int], config: Config) -> "Lesson":
        """A tune in the key and range of the network's encoding."""
        encoding, first = ENCODINGS[config.encoding], 0 if config.start else 1
        said = np.array(encoding.encode(events), dtype=np.int32)
        return cls(encoding.heard(events)[first:-1], said[first:], encoding.right(events)[first:])

    def stretches(self, steps: int) -> "list[Lesson]":
        """It, cut after every so many steps; 0: whole."""
        cuts = range(0, len(self.said), steps or len(self.said))
        ends = [k + cuts.step for k in cuts]
        return [Lesson(self.heard[k:m], self.said[k:m], self.right[k:m]) for k, m in zip(cuts, ends, strict=True)]


def batches(tunes: Sequence[Lesson], size: int, rng: np.random.Generator | None) -> Iterator[Batch]:
    """What is heard, to be foretold, and right, of tunes of about one length: [<= size, steps, ...].

    The end of shorter tunes is silence in which nothing is right. Without rng the batches come by length.
    """
    lengths = [len(tune.said) for tune in tunes]
    order = np.argsort(lengths, kind="stable") if rng is None else rng.permutation(len(tunes))
    chunks = []
    for start in range(0, len(order), size * _BUCKET):
        bucket = sorted(order[start : start + size * _BUCKET], key=lengths.__getitem__)
        chunks += [bucket[k : k + size] for k in range(0, len(bucket), size)]
    for chunk in range(len(chunks)) if rng is None else rng.permutation(len(chunks)):
        chosen = [tunes[number] for number in chunks[chunk]]
        steps = max(len(tune.said) for tune in chosen)
        yield tuple(
            np.stack([np.pad(part, [(0, steps - len(part)), *[(0, 0)] * (part.ndim - 1)]) for part in parts])
            for parts in zip(*((tune.heard, tune.said, tune.right) for tune in chosen), strict=True)
        )  # type: ignore[misc]  # three parts


def _losses(model: keras.Model, heard: tf.Tensor, said: tf.Tensor, right: tf.Tensor, learns: bool) -> list[tf.Tensor]:
    """Sums of nats of the class to say, of nats of the event however said, of right guesses, of steps that count."""
    logits = model(heard, training=learns)
    means = right > 0
    counts = tf.cast(tf.reduce_any(means, axis=-1), tf.float32)
    nats = tf.nn.sparse_softmax_cross_entropy_with_logits(said, logits) * counts
    told = tf.reduce_logsumexp(tf.where(means, logits, -1e9), axis=-1)
    event = (tf.reduce_logsumexp(logits, axis=-1) - told) * counts
    guess = tf.one_hot(tf.argmax(logits, axis=-1), tf.shape(logits)[-1], on_value=True, off_value=False)
    hits = tf.cast(tf.reduce_any(guess & means, axis=-1), tf.float32)
    return [tf.reduce_sum(part) for part in (nats, event, hits, counts)]


_SPECIFICATION = [
    tf.TensorSpec((None, None, None), tf.int8),
    tf.TensorSpec((None, None), tf.int32),
    tf.TensorSpec((None, None, None), tf.int8),
]


def scorer(model: keras.Model, size: int = 64) -> Callable[[Sequence[Lesson]], Score]:
    """What gives nats a step and accuracy of the model, as it is then, on tunes."""

    @tf.function(input_signature=_SPECIFICATION)  # type: ignore[untyped-decorator]  # no types in TensorFlow
    def measure(heard: tf.Tensor, said: tf.Tensor, right: tf.Tensor) -> list[tf.Tensor]:
        return _losses(model, _shaped(model, heard), said, right, learns=False)

    def score(tunes: Sequence[Lesson]) -> Score:
        totals = np.sum([[float(value) for value in measure(*batch)] for batch in batches(tunes, size, None)], axis=0)
        return Score(float(totals[1] / totals[3]), float(totals[2] / totals[3]))

    return score


def _shaped(model: keras.Model, heard: tf.Tensor) -> tf.Tensor:
    return tf.ensure_shape(heard, (None, None, model.input_shape[-1]))


def fit(
    config: Config, recipe: Recipe, train: Sequence[Sequence[int]], test: Sequence[Sequence[int]], window: int = 0
) -> Iterator[tuple[int, float, Score, keras.Model]]:
    """Epoch by epoch: its number from 1, the loss in training, the score on `test`, and the model as it is then.

    train, test  events of tunes in the key and range of the encoding
    window       long tunes are learned in stretches of so many steps, of which the first hears what was before it but
                 remembers nothing; 0: whole
    """
    held_out = [Lesson.of(tune, config) for tune in test]
    lessons = [] if recipe.transpose else [part for tune in train for part in Lesson.of(tune, config).stretches(window)]
    keras.utils.set_random_seed(recipe.seed)
    model = network.build(config, recipe.dropout)
    score = scorer(model)
    rng = np.random.Generator(np.random.PCG64(recipe.seed))
    steps = math.ceil((len(lessons) or len(train)) / recipe.batch) * recipe.epochs
    rate = keras.optimizers.schedules.CosineDecay(recipe.rate / 10, steps, warmup_target=recipe.rate, warmup_steps=100)
    optimizer = keras.optimizers.Adam(rate, global_clipnorm=recipe.clip)
    optimizer.build(model.trainable_variables)

    @tf.function(input_signature=_SPECIFICATION)  # type: ignore[untyped-decorator]  # no types in TensorFlow
    def learn(heard: tf.Tensor, said: tf.Tensor, right: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            nats, _, _, count = _losses(model, _shaped(model, heard), said, right, learns=True)
            loss = nats / count
        optimizer.apply_gradients(
            zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
        )
        return nats, count

    for epoch in range(1, recipe.epochs + 1):
        if recipe.transpose:
            lessons = [Lesson.of(transposed(tune, recipe.transpose, config, rng), config) for tune in train]
        totals = np.sum([[float(v) for v in learn(*batch)] for batch in batches(lessons, recipe.batch, rng)], axis=0)
        yield epoch, float(totals[0] / totals[1]), score(held_out), model


def transposed(tune: Sequence[int], most: int, config: Config, rng: np.random.Generator) -> list[int]:
    """A tune up to `most` semitones higher or lower, within the range of the network."""
    pitches = [event for event in tune if event >= 0]
    low, high = max(-most, config.lowest - min(pitches)), min(most, config.highest - max(pitches))
    shift = int(rng.integers(low, high + 1))
    return [event + shift if event >= 0 else event for event in tune]


def train(name: str, recipe: Recipe, config: Config, out: Path, runs: Path) -> None:
    """Train the network `name` on the corpus and keep its best weights and card in `out`."""
    tunes, report = load_tunes(ENCODINGS[config.encoding], FOLK, runs / name / "tunes.json")
    learned = [tune.events for tune in tunes if not tune.held_out]
    held_out = [tune.events for tune in tunes if tune.held_out]
    index = ENCODINGS[config.encoding].index
    said, to_say = ([[index[event] for event in tune] for tune in part] for part in (learned, held_out))
    markov = score_markov(said, to_say, len(index))
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
