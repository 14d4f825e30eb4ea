"""Train a network that comes with stochos anew: `python -m stochos.neural.training basic` writes `models/basic`.

The same seed gives the same split, first weights and order of tunes. The best weights on held-out tunes are written,
with their card, after every epoch that betters them; a run that was stopped goes on where it was.
"""

import argparse
import hashlib
import json
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from stochos.neural import bundle, card, dataset, harmony, lessons, network, progress, turing
from stochos.neural.adversary import STRETCH, Duel, stretches
from stochos.neural.baselines import Score
from stochos.neural.bundle import Config
from stochos.neural.encodings import ENCODINGS
from stochos.neural.evaluation import must_beat
from stochos.neural.melodies import TooFewError
from stochos.neural.progress import Epoch
from stochos.neural.recipes import RECIPES, Recipe
from stochos.neural.vocabulary import HIGHEST_PITCH

_BUCKET = 24  # batches sorted by length together: little filling, much chance

_CURVE = tf.compat.v1.SummaryMetadata(  # as TensorBoard's own tf.summary.scalar, without needing it
    plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars"), data_class=1
)

Row = NDArray[np.signedinteger[Any]]
Events = Sequence[Sequence[int]]
Batch = tuple[Row, Row]


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """One tune as a network learns it.

    heard  before each step, [steps, inputs]
    right  every class that means the event, [steps, classes]; in a duel, the class itself, [steps]
    """

    heard: Row
    right: Row

    @classmethod
    def of(cls, events: Sequence[int], config: Config) -> "Lesson":
        """A tune in the key and range of the network's encoding."""
        encoding, first = ENCODINGS[config.encoding], 0 if config.start else 1
        return cls(encoding.heard(events)[first:-1], encoding.right(events)[first:])

    def stretches(self, steps: int) -> "list[Lesson]":
        """It, cut after every so many steps; 0: whole."""
        cuts = range(0, len(self.right), steps or len(self.right))
        ends = [k + cuts.step for k in cuts]
        return [Lesson(self.heard[k:m], self.right[k:m]) for k, m in zip(cuts, ends, strict=True)]


def batches(tunes: Sequence[Lesson], size: int, rng: np.random.Generator | None) -> Iterator[Batch]:
    """What is heard, to be foretold, and right, of tunes of about one length: [<= size, steps, ...].

    The end of shorter tunes is silence in which nothing is right. Without rng the batches come by length.
    """
    lengths = [len(tune.right) for tune in tunes]
    order = np.argsort(lengths, kind="stable") if rng is None else rng.permutation(len(tunes))
    chunks = []
    for start in range(0, len(order), size * _BUCKET):
        bucket = sorted(order[start : start + size * _BUCKET], key=lengths.__getitem__)
        chunks += [bucket[k : k + size] for k in range(0, len(bucket), size)]
    for chunk in range(len(chunks)) if rng is None else rng.permutation(len(chunks)):
        chosen = [tunes[number] for number in chunks[chunk]]
        steps = max(len(tune.right) for tune in chosen)
        yield tuple(
            np.stack([np.pad(part, [(0, steps - len(part)), *[(0, 0)] * (part.ndim - 1)]) for part in parts])
            for parts in zip(*((tune.heard, tune.right) for tune in chosen), strict=True)
        )  # type: ignore[misc]  # two parts


def _losses(model: keras.Model, heard: tf.Tensor, right: tf.Tensor, learns: bool) -> list[tf.Tensor]:
    """Sums of nats of the events, however they are said, of right guesses, of steps that count.

    Magenta teaches one class an event, the farthest repeat. Here any class that means it is as good: a network that
    does not hear what was a bar ago need not guess whether its event repeats that.
    """
    logits = model(heard, training=learns)
    means = right > 0
    counts = tf.cast(tf.reduce_any(means, axis=-1), tf.float32)
    told = tf.reduce_logsumexp(tf.where(means, logits, -1e9), axis=-1)
    nats = (tf.reduce_logsumexp(logits, axis=-1) - told) * counts
    guess = tf.one_hot(tf.argmax(logits, axis=-1), tf.shape(logits)[-1], on_value=True, off_value=False)
    hits = tf.cast(tf.reduce_any(guess & means, axis=-1), tf.float32)
    return [tf.reduce_sum(part) for part in (nats, hits, counts)]


def _specification(tunes: int | None) -> list[tf.TensorSpec]:
    """What a batch is. Where it says how many tunes, no gradient asks at each step of a loop what was broadcast."""
    return [tf.TensorSpec((tunes, None, None), tf.int8)] * 2


def scorer(model: keras.Model, size: int = 64) -> Callable[[Sequence[Lesson]], Score]:
    """What gives nats a step and accuracy of the model, as it is then, on tunes."""

    @tf.function(input_signature=_specification(None))  # type: ignore[untyped-decorator]  # no types in TensorFlow
    def measure(heard: tf.Tensor, right: tf.Tensor) -> list[tf.Tensor]:
        return _losses(model, _shaped(model, heard), right, learns=False)

    def score(tunes: Sequence[Lesson]) -> Score:
        totals = np.sum([[float(value) for value in measure(*batch)] for batch in batches(tunes, size, None)], axis=0)
        return Score(float(totals[0] / totals[2]), float(totals[1] / totals[2]))

    return score


def _shaped(model: keras.Model, heard: tf.Tensor) -> tf.Tensor:
    return tf.ensure_shape(heard, (*heard.shape[:-1], model.input_shape[-1]))


class Learner:
    """A network that learns: its model and optimizer, on all the devices there are.

    looks  whether it looks back; where it will only later, it has learned so far as if it never did
    """

    TOLD: ClassVar[tuple[str, ...]] = ("learned", "held out", "right")  # the loss in training, and the score

    @staticmethod
    def sides(train: Events, test: Events) -> tuple[Events, Events]:
        """Tunes that are learned from, and those by which the best weights are chosen."""
        return train, test

    @staticmethod
    def lessons(tunes: Events, config: Config, window: int) -> list[Lesson]:
        """Tunes as they are learned from, in stretches of so many steps; 0: whole, as they are chosen by."""
        return [part for tune in tunes for part in Lesson.of(tune, config).stretches(window)]

    def __init__(self, config: Config, recipe: Recipe, total: int, looks: bool, done: int = 0) -> None:
        self.config, self.recipe, self.total, self.looks = config, recipe, total, looks or config.attention is None
        keras.utils.set_random_seed(recipe.seed)
        self.strategy = _strategy()
        with self.strategy.scope():
            shape = config if self.looks else replace(config, attention=None)
            self.model = network.build(shape, recipe.dropout)
            self.optimizer = keras.optimizers.Adam(_Falling(recipe.rate, total, done))
            self.optimizer.build(self.model.trainable_variables)
        self.score = scorer(self.model)
        self._whole: keras.Model | None = None
        self._learn = cache(lambda tunes: tf.function(self._learned, input_signature=_specification(tunes)))

    def whole(self) -> keras.Model:
        """The model in the shape of its configuration."""
        if self.looks:
            return self.model
        self._whole = self._whole or network.build(self.config)
        network.set_weights(self._whole, network.weights_of(self._whole) | network.weights_of(self.model))
        return self._whole

    def looking(self) -> "Learner":
        """The same, which says as yet the same, but looks back."""
        other = Learner(self.config, self.recipe, self.total, True, int(self.optimizer.iterations))
        network.set_weights(other.model, network.weights_of(other.model) | network.weights_of(self.model))
        return other

    def learn(self, heard: Row, right: Row) -> tuple[float, float]:
        """Nats and steps of a batch, which is learned from."""
        nats, count = (float(value) for value in self._learn(len(heard))(heard, right))
        return nats, count

    def _learned(self, heard: tf.Tensor, right: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        count = tf.reduce_sum(tf.cast(tf.reduce_any(right > 0, axis=-1), tf.float32))
        nats = self.strategy.run(self._share, args=(heard, right, count))
        return self.strategy.reduce(tf.distribute.ReduceOp.SUM, nats, axis=None), count

    def _share(self, heard: tf.Tensor, right: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        """What one device does: its tunes of the batch, and the step that all take together."""
        replica = tf.distribute.get_replica_context()
        devices = replica.num_replicas_in_sync
        if devices > 1:
            heard, right = (part[replica.replica_id_in_sync_group :: devices] for part in (heard, right))
        weights = self.model.trainable_variables
        with tf.GradientTape() as tape:
            nats, *_ = _losses(self.model, _shaped(self.model, heard), right, learns=True)
            loss = nats / count
        gradients = tape.gradient(loss, weights)
        if devices > 1:
            gradients = replica.all_reduce(tf.distribute.ReduceOp.SUM, gradients)
        gradients, _ = tf.clip_by_global_norm(gradients, self.recipe.clip)
        if devices > 1:
            gradients = [part / devices for part in gradients]  # the optimizer adds them up again
        self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        return nats

    def _variables(self) -> list[Any]:
        """All that changes: weights, the state of chance, the optimizer."""
        return [*self.model.variables, *self.optimizer.variables]

    def kept(self) -> list[NDArray[Any]]:
        """What `restore` takes."""
        return [np.array(variable.numpy()) for variable in self._variables()]

    def restore(self, arrays: Sequence[NDArray[Any]]) -> None:
        """Be as when the arrays were kept."""
        for variable, array in zip(self._variables(), arrays, strict=True):
            variable.assign(array)


class _Falling(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]  # no types in Keras
    """Up to the rate in a hundred steps, down to nothing by a cosine; `done` steps are over."""

    def __init__(self, rate: float, steps: int, done: int) -> None:
        warm = min(100, steps // 10)
        self.cosine = keras.optimizers.schedules.CosineDecay(
            rate / 10, max(steps - warm, 1), warmup_target=rate, warmup_steps=warm
        )
        self.done = done

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        return self.cosine(step + self.done)


@dataclass(frozen=True, slots=True)
class Run:
    """A training that is kept on disk.

    task   what is trained, in words; a run of other words is not gone on with
    tell   told after each batch how many are done, and of how many
    every  seconds after which it is kept
    """

    folder: Path
    task: str
    tell: Callable[[int, int], None]
    every: float = 60.0

    def keep(self, position: progress.Position, learner: Learner) -> None:
        """Write where the training is; of several machines the first does."""
        arrays = learner.kept()
        if is_first():
            progress.write(self.folder, position, arrays)


def is_first() -> bool:
    """Whether this is the only machine that trains, or the one of several that writes."""
    resolver = _strategy().cluster_resolver
    return resolver is None or not resolver.cluster_spec() or resolver.task_id in {None, 0}


@cache
def _strategy() -> tf.distribute.Strategy:
    """All GPUs of this machine, or of the machines that `TF_CONFIG` names; without any, the processor."""
    if json.loads(os.environ.get("TF_CONFIG", "{}")).get("cluster"):
        return tf.distribute.MultiWorkerMirroredStrategy()
    devices = tf.config.list_logical_devices("GPU")
    return tf.distribute.MirroredStrategy() if len(devices) > 1 else tf.distribute.get_strategy()


class Duellist(Learner):
    """A network of bars, which learns of a critic alone, on one device.

    Its best weights are those whose melodies are nearest to music: to one piece in sixteen, which is kept back, as no
    held-out one is asked. Of few pieces up to half are kept back.
    """

    TOLD = ("lost to the critic", "bits from music", "told from it")

    @staticmethod
    def sides(train: Events, test: Events) -> tuple[Events, Events]:
        """Those that are kept back are chosen by."""
        every = max(min(16, len(train) // (2 * turing.FEWEST)), 2)
        known, judges = [tune for k, tune in enumerate(train) if k % every], train[::every]
        if sum(turing.is_long(len(tune)) for tune in judges) < turing.FEWEST:
            raise TooFewError("this network wants twenty pieces to learn from, and more where some are under six bars")
        return known, judges

    @staticmethod
    def lessons(tunes: Events, config: Config, window: int) -> list[Lesson]:
        """Stretches of the duel, which begin with every bar; or whole tunes."""
        index, nothing = ENCODINGS[config.encoding].index, np.zeros((STRETCH, 0), np.int8)
        if window:
            return [Lesson(nothing, part) for tune in tunes for part in stretches(tune, config)]
        return [Lesson(nothing, np.array([index[event] for event in tune], dtype=np.int32)) for tune in tunes]

    def __init__(self, config: Config, recipe: Recipe, total: int, looks: bool, done: int = 0) -> None:
        self.config, self.recipe, self.total, self.looks = config, recipe, total, True
        self.duel = Duel(config, _Falling(recipe.rate, total, done), recipe.batch, recipe.dropout, recipe.seed)
        self.model = self.duel.model

    def learn(self, heard: Row, right: Row) -> tuple[float, float]:
        """The generator's loss on a batch of stretches, and how many they are."""
        return self.duel.learn(right) * len(right), float(len(right))

    def score(self, pieces: Sequence[Lesson]) -> Score:
        """How many bits its melodies are from these pieces, and how often they are told from them."""
        said = ENCODINGS[self.config.encoding].said
        music = [[said[number] for number in piece.right.tolist()] for piece in pieces]
        model = bundle.assemble(self.config, network.weights_of(self.model))
        return Score(*turing.nearness(model, music))

    def _variables(self) -> list[Any]:
        return self.duel.variables()


LEARNERS: Mapping[str, type[Learner]] = {"nats": Learner, "duel": Duellist}
"""What learns, by what it makes less; a network with losses of its own adds a row, and names it in its recipe."""


def fit(
    config: Config, recipe: Recipe, train: Events, test: Events, run: Run | None = None
) -> Iterator[tuple[int, float, Score, keras.Model]]:
    """Epoch by epoch: its number from 1, the loss in training, the score on `test`, and the model as it is then.

    train, test  events of tunes in the key and range of the encoding
    run          where the training is kept, and gone on with if it was begun; by default nowhere
    """
    learns = LEARNERS[recipe.loss]
    train, test = learns.sides(train, test)
    held_out, lessons = (learns.lessons(side, config, part) for side, part in ((test, 0), (train, recipe.window)))
    steps = math.ceil(len(lessons) / recipe.batch)
    total = recipe.steps or steps * recipe.epochs
    kept = None if run is None else progress.read(run.folder, run.task)
    position, arrays = kept or (progress.Position("" if run is None else run.task), None)
    first = len(position.past) + 1
    looks = not recipe.plain or first > recipe.plain + (position.batch == 0)
    learner = learns(config, recipe, total, looks, steps * recipe.plain if looks else 0)
    if arrays is not None:
        learner.restore(arrays)
    saved = time.monotonic()
    for epoch in range(first, math.ceil(total / steps) + 1):
        if position.has_ended(recipe.patience):
            return
        if epoch == recipe.plain + 1 and not learner.looks:
            learner = learner.looking()
        rng = np.random.Generator(np.random.PCG64([recipe.seed, epoch]))
        if recipe.transpose or recipe.plainer:
            varied = [transposed(tune, recipe.transpose, config, rng) for tune in train]
            if recipe.plainer:
                varied = [harmony.plainer(tune, recipe.plainer, rng) for tune in varied]
            lessons = learns.lessons(varied, config, recipe.window)
        most = min(steps, total - steps * (epoch - 1))
        for batch in islice(batches(lessons, recipe.batch, rng), position.batch, most):
            nats, count = learner.learn(*batch)
            position = replace(
                position, batch=position.batch + 1, nats=position.nats + nats, steps=position.steps + count
            )
            if run is not None:
                run.tell(steps * (epoch - 1) + position.batch, total)
                if time.monotonic() - saved > run.every:
                    run.keep(position, learner)
                    saved = time.monotonic()
        done = Epoch(epoch, position.nats / position.steps, learner.score(held_out))
        yield epoch, done.learned, done.score, learner.whole()
        position = replace(position, batch=0, nats=0.0, steps=0.0, past=(*position.past, done))
        if run is not None:
            run.keep(position, learner)
            saved = time.monotonic()


def transposed(tune: Sequence[int], most: int, config: Config, rng: np.random.Generator) -> list[int]:
    """A tune up to `most` semitones higher or lower, each voice within the range of the network."""
    encoding = ENCODINGS[config.encoding]
    places = [[encoding.said[number] for number in place] for place in encoding.places]
    spans = [[event for event in place if _is_pitch(event)] for place in places]
    low, high = -most, most
    for voice, pitches in enumerate(spans or [[config.lowest, config.highest]]):
        own = [event for event in tune[voice :: len(spans) or 1] if _is_pitch(event)]
        if own:
            low, high = max(low, min(pitches) - min(own)), min(high, max(pitches) - max(own))
    shift = int(rng.integers(low, high + 1))
    return [_moved(event, shift) for event in tune]


def _moved(event: int, semitones: int) -> int:
    if _is_pitch(event):
        return event + semitones
    return harmony.moved(event, semitones) if event >= harmony.CHORD else event


def _is_pitch(event: int) -> bool:
    return 0 <= event <= HIGHEST_PITCH


def train(told: card.Run, out: Path, run: Run, say: Callable[[str], None]) -> None:
    """Train a network on tunes in its key and range, and keep its best weights and card in `out`.

    A training that was stopped goes on, and gives what it would have given.
    """
    learned, held_out = ([tune.events for tune in side] for side in told.sides)
    kept = progress.read(run.folder, run.task)
    past = kept[0].past if kept else ()
    best = min((epoch.score.nats for epoch in past), default=math.inf)
    if past:
        say(f"goes on after epoch {past[-1].number}")
    curves = tf.summary.create_file_writer(str(run.folder / "logs")) if is_first() else tf.summary.create_noop_writer()
    for epoch, loss, score, model in fit(told.config, told.recipe, learned, held_out, run):
        figures = zip((loss, score.nats, score.accuracy), LEARNERS[told.recipe.loss].TOLD, strict=True)
        say(f"epoch {epoch:3}: " + ", ".join(f"{figure:.4f} {name}" for figure, name in figures))
        with curves.as_default(step=epoch):
            for name, value in (("learned", loss), ("held_out", score.nats), ("right", score.accuracy)):
                tf.summary.write(name, tf.constant(value, tf.float32), metadata=_CURVE)
        curves.flush()
        if score.nats < best and is_first():
            bundle.save(out, told.config, network.weights_of(model))
            (out / bundle.CARD).write_text(card.write(told, epoch, score), "utf-8")
        best = min(best, score.nats)


def run_in(folder: Path, told: card.Run, tell: Callable[[int, int], None], every: float) -> Run:
    """Where such a training is kept; another training is not gone on with."""
    tunes = hashlib.sha256(repr([(tune.events, tune.held_out) for tune in told.tunes]).encode()).hexdigest()
    return Run(folder, f"{told.config} {told.recipe} {tunes}", tell, every)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("--data", type=Path, help="a dataset; by default what the shipped network learned from")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    arguments = parser.parse_args()
    name, (config, recipe) = arguments.name, RECIPES[arguments.name]
    if arguments.epochs:
        recipe = replace(recipe, epochs=arguments.epochs)
    folder, encoding = arguments.runs / name, ENCODINGS[config.encoding]
    if arguments.data is None:
        tunes, report = lessons.of_corpus(encoding, folder)
    else:
        tunes, report = lessons.pieces_of(arguments.data, encoding), dataset.report(arguments.data)
    told = card.Run(name, config, recipe, tunes, report, must_beat(config, *card.sides(tunes)))
    run = run_in(folder, told, lambda _done, _of: None, every=60.0)
    train(told, arguments.out or Path("models") / name, run, partial(print, flush=True))


if __name__ == "__main__":
    main()
