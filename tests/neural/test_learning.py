"""The network in Keras: needs the `train` extra."""

import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.random import PCG64, Generator
from safetensors.numpy import load_file

from stochos.neural import bundle, card, evaluation, lessons
from stochos.neural.bars import BAR, HEARD
from stochos.neural.bundle import Config
from stochos.neural.chorale import PHRASE as PHRASE_EVENT
from stochos.neural.chorale import woven
from stochos.neural.encodings import ENCODINGS
from stochos.neural.harmony import CHORD, Sounding, told
from stochos.neural.melodies import Tune, is_held_out
from stochos.neural.note import stream_of
from stochos.neural.recipes import RECIPES, Recipe
from stochos.neural.sampling import Choice, Stepper, begin, continue_melodies
from stochos.neural.vocabulary import NO_EVENT, NOTE_OFF, tones_from_events

pytestmark = pytest.mark.keras


def imported(name: str) -> ModuleType:
    """Not while tests are collected: TensorFlow takes seconds."""
    pytest.importorskip("tensorflow", reason="training needs the `train` extra")
    return importlib.import_module(f"stochos.neural.{name}")


@pytest.fixture(scope="module")
def training() -> ModuleType:
    return imported("training")


@pytest.fixture(scope="module")
def network() -> ModuleType:
    return imported("network")


PHRASE = [60, -2, 62, 64, 65, -2, 67, -2, 72, -2, 71, 69, 67, -2]
PHRASE += [-2, -1, 64, -2, 65, 67, 69, -2, 62, -2, 60, -2, -2, -2]


IN_ENCODING = {
    "note": stream_of(tones_from_events(PHRASE)),
    "chorale": woven([PHRASE[:12], [57, *[-2] * 5] * 2, [53, -2, 55, -2] * 3, [45, *[-2] * 11]], [2] * 8 + [0] * 4),
}
SHAPES = [
    Config("basic", "lstm", (5,), 48, 83),
    Config("basic", "lstm", (4, 6, 5), 48, 83, start=False),
    Config("mono", "gru", (7, 3), 0, 127),
    Config("lookback", "lstm", (6, 5), 48, 83),
    Config("attention", "lstm", (6, 5), 48, 83, attention=5),
    Config("attention", "lstm", (6, 5), 48, 83, attention=4, wraps="all", start=False),
    Config("attention", "gru", (6, 5, 4), 48, 83, attention=50),
    Config("chorale", "lstm", (7, 5), 31, 84),
    Config("note", "lstm", (7, 5), 0, 127),
    Config("harmony", "gru", (7, 5), 60, 84),
    Config("basic", "bars", (4, 12, 9, 5), 48, 83, noise=6),
    Config("mono", "bars", (3, 8, 6), 0, 127, noise=1),
]


def largest_difference(network: ModuleType, config: Config, weights: dict[str, np.ndarray]) -> float:
    """Between the logits of Keras and of the stepper, three takes of 48 steps, both in float64."""
    keras = importlib.import_module("keras")
    encoding = ENCODINGS[config.encoding]
    rng = np.random.default_rng(5)
    chords = [CHORD, told(Sounding(2, frozenset({2, 5, 9}))), told(Sounding(7, frozenset({7, 11, 2, 5})))]
    may = [[encoding.said[k] for k in places] or chords for places in encoding.places]
    may = may or [[NO_EVENT, NOTE_OFF, *range(max(55, encoding.lowest), min(75, encoding.highest))]]
    chosen = np.stack([rng.choice(may[step % len(may)], 3) for step in range(48)], axis=1)
    heard = np.stack([encoding.heard(events.tolist()) for events in chosen])
    keras.config.set_dtype_policy("float64")
    try:
        in_keras = network.build(config, dropout=0.3)
        network.set_weights(in_keras, weights)
        expected = np.asarray(in_keras(heard if config.start else heard[:, 1:], training=False))
    finally:
        keras.config.set_dtype_policy("float32")
    stepper = Stepper(bundle.assemble(config, weights), takes=3)
    logits = [stepper.logits] if config.start else []
    for column in chosen.T:
        stepper.hear(column.tolist())
        logits.append(stepper.logits)
    return float(np.abs(np.stack(logits, axis=1) - expected).max())


def largest_difference_of_bars(network: ModuleType, config: Config, weights: dict[str, np.ndarray]) -> float:
    """Between the logits of bars of Keras and of the network as it plays, five takes of three bars, in float64."""
    keras, encoding = importlib.import_module("keras"), ENCODINGS[config.encoding]
    keras.config.set_dtype_policy("float64")
    try:
        in_keras = network.build(config, dropout=0.3)
        network.set_weights(in_keras, weights)
    finally:
        keras.config.set_dtype_policy("float32")
    rngs = [Generator(PCG64(seed)) for seed in range(5)]
    noises = [Generator(PCG64(Generator(PCG64(seed)).bit_generator.random_raw())) for seed in range(5)]
    stepper, draw, difference = begin(bundle.assemble(config, weights), rngs), np.random.default_rng(4), 0.0
    for _ in range(3):
        before = [[*[NO_EVENT] * HEARD, *take][-HEARD:] for take in stepper.before]
        heard = np.eye(encoding.classes)[[[encoding.index[event] for event in take] for take in before]]
        noise = np.array([2 * rng.random(config.noise) - 1 for rng in noises])
        expected = np.asarray(in_keras([heard, noise], training=False))
        for step in range(BAR):
            difference = max(difference, float(np.abs(stepper.logits - expected[:, step]).max()))
            stepper.hear(draw.choice(encoding.said, 5).tolist())
    return difference


def difference(network: ModuleType, config: Config, weights: dict[str, np.ndarray]) -> float:
    kind = largest_difference_of_bars if config.cell == bundle.BARS else largest_difference
    return kind(network, config, weights)


@pytest.mark.parametrize("name", bundle.names())
def test_a_shipped_network_plays_as_keras_computes(network: ModuleType, name: str) -> None:
    folder = bundle.find(name)
    weights = load_file(folder / "weights.safetensors")
    assert difference(network, bundle.read_config(folder), weights) < 1e-9


@pytest.mark.parametrize("config", SHAPES, ids=str)
def test_a_network_of_any_shape_plays_as_keras_computes(
    network: ModuleType, config: Config, random_weights: Callable
) -> None:
    assert difference(network, config, random_weights(config)) < 1e-8


@pytest.mark.parametrize("config", [config for config in SHAPES if config.attention], ids=str)
def test_gradients_of_looking_back_are_those_of_small_steps(
    network: ModuleType, config: Config, random_weights: Callable
) -> None:
    """The loss rises along a direction as the gradient says, whatever lies before and after the room of a loop."""
    keras, tf = importlib.import_module("keras"), importlib.import_module("tensorflow")
    rng = np.random.default_rng(3)
    heard = rng.integers(-1, 2, (3, 33, ENCODINGS[config.encoding].inputs)).astype("int8")
    weigh = rng.normal(size=(3, 33, ENCODINGS[config.encoding].classes))
    keras.config.set_dtype_policy("float64")
    try:
        model = network.build(config)
    finally:
        keras.config.set_dtype_policy("float32")
    weights = {name: array / 2 for name, array in random_weights(config).items()}
    network.set_weights(model, weights)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(heard, training=True) * weigh)
    gradients = tape.gradient(loss, model.trainable_variables)
    for name, gradient in zip(network.weights_of(model), gradients, strict=True):
        way = rng.normal(size=weights[name].shape)
        losses = []
        for step in (1e-5, -1e-5):
            network.set_weights(model, weights | {name: weights[name] + step * way})
            losses.append(float(tf.reduce_sum(model(heard) * weigh)))
        rise = float(np.sum(np.asarray(gradient) * way))
        assert (losses[0] - losses[1]) / 2e-5 == pytest.approx(rise, rel=1e-5, abs=1e-5), name


def test_weights_travel_to_keras_and_back(network: ModuleType, tmp_path: Path) -> None:
    config = Config("attention", "lstm", (6, 4), 48, 83, attention=3)
    model = network.build(config)
    weights = network.weights_of(model)
    assert {name: array.shape for name, array in weights.items()} == config.shapes()
    bundle.save(tmp_path, config, weights)
    read = load_file(tmp_path / "weights.safetensors")
    assert all(np.array_equal(read[name], array) for name, array in weights.items())


def test_a_small_network_learns_a_phrase_by_heart_and_plays_it(network: ModuleType, training: ModuleType) -> None:
    config = Config("basic", "lstm", (24,), 48, 83)
    recipe = Recipe(epochs=400, rate=3e-2, dropout=0.0, batch=1, patience=400)
    epochs = training.fit(config, recipe, [PHRASE], [PHRASE])
    *_, score, model = next(epoch for epoch in epochs if epoch[2].nats < 0.02)
    assert score.accuracy == 1
    learned = bundle.assemble(config, network.weights_of(model))
    rest = len(PHRASE) - 3
    cold = Choice(np.full(rest, 1e-3))
    played = continue_melodies(learned, PHRASE[:3], cold, transposition=0, rngs=[Generator(PCG64(1))])
    assert played == [PHRASE[3:]]


@pytest.mark.parametrize("name", [name for name, (_, recipe) in RECIPES.items() if recipe.loss == "nats"])
def test_eight_units_learn_a_phrase_by_heart(training: ModuleType, name: str) -> None:
    """Every network that foretells, with its cells, its encoding and what it looks back at."""
    config = replace(RECIPES[name][0], layers=(8,))
    recipe = Recipe(epochs=900, rate=3e-2, dropout=0.0, batch=1, patience=900, loss=RECIPES[name][1].loss)
    events = IN_ENCODING.get(config.encoding, PHRASE)
    epochs = training.fit(config, recipe, [events], [events])
    assert next((score for _, _, score, _ in epochs if score.nats < 0.1 and score.accuracy == 1), None)


def test_training_twice_with_one_seed_gives_the_same_losses(training: ModuleType) -> None:
    tunes = [PHRASE[k:] for k in range(6)]
    config, recipe = Config("mono", "gru", (6, 5), 0, 127), Recipe(epochs=2, batch=2, transpose=3)
    first, second = (
        [(loss, score) for _, loss, score, _ in training.fit(config, recipe, tunes, tunes[:2])] for _ in range(2)
    )
    assert first == second


def test_batches_hold_every_tune_once_and_silence_after_it(training: ModuleType) -> None:
    config = Config("lookback", "lstm", (6,), 48, 83)
    tunes = [training.Lesson.of([60, *[62] * length], config) for length in range(1, 80)]
    for rng in (None, Generator(PCG64(1))):
        seen = []
        for heard, right in training.batches(tunes, 8, rng):
            counts = right.any(axis=-1)
            assert heard.shape[:2] == counts.shape
            assert not heard[~counts].any()
            seen += counts.sum(axis=1).tolist()
        assert sorted(seen) == list(range(2, 81))


@pytest.mark.parametrize("config", [c for c in SHAPES if c.encoding in {"basic", "lookback"} and not c.noise], ids=str)
def test_what_is_learned_from_is_what_a_network_is_judged_by(
    network: ModuleType, training: ModuleType, config: Config, random_weights: Callable
) -> None:
    """The nats of each event, however it is said: music of two bars that come again."""
    events = [*PHRASE, 67, -2, -2, -1] * 3
    learner = training.Learner(config, Recipe(dropout=0.0), 10, looks=True)
    weights = {name: array / 10 for name, array in random_weights(config).items()}
    network.set_weights(learner.model, weights)
    (batch,) = training.batches([training.Lesson.of(events, config)], 1, None)
    judged = evaluation.hear(bundle.assemble(config, weights), [events], lambda _done, _of: None)
    nats, steps = learner.learn(*batch)
    assert (nats, steps) == (pytest.approx(judged.nats.sum(), rel=1e-5), len(judged.nats))


def test_a_transposed_chorale_keeps_its_fermatas_and_each_voice_in_its_range(training: ModuleType) -> None:
    """The bass is a whole tone above its lowest note, the alto a semitone below its highest."""
    config, frame = RECIPES["chorale"][0], [PHRASE_EVENT, 60, 78, 60, 33]
    moved = [training.transposed(frame * 3, 6, config, Generator(PCG64(k))) for k in range(60)]
    assert {tuple(b - a for a, b in zip(frame * 3, each, strict=True)) for each in moved} == {
        (0, k, k, k, k) * 3 for k in (-2, -1, 0, 1)
    }


def test_chords_are_transposed_with_their_melody(training: ModuleType) -> None:
    minor, plain = told(Sounding(2, frozenset({2, 5, 9}))), [60, -2, 71, -1]
    heard = [event for said in plain for event in (minor, said)]
    found = {tuple(training.transposed(heard, 2, RECIPES["harmony"][0], Generator(PCG64(k)))) for k in range(40)}
    expected = []
    for up in (0, 1, 2):
        chord = told(Sounding(2 + up, frozenset({2 + up, 5 + up, 9 + up})))
        expected.append(tuple(event for said in plain for event in (chord, said + up if said >= 0 else said)))
    assert found == set(expected)


def test_what_is_told_is_not_learned(training: ModuleType) -> None:
    lesson = training.Lesson.of([CHORD, 60, CHORD + 5, -2], RECIPES["harmony"][0])
    assert lesson.right.any(axis=1).tolist() == [False, True, False, True]


def test_a_transposed_tune_keeps_its_steps_and_stays_in_range(training: ModuleType) -> None:
    rng, config = Generator(PCG64(1)), Config("mono", "lstm", (6,), 58, 74)
    shifts = set()
    for _ in range(200):
        moved = training.transposed(PHRASE, 6, config, rng)
        differences = {b - a for a, b in zip(PHRASE, moved, strict=True) if a >= 0}
        assert [e for e in moved if e < 0] == [e for e in PHRASE if e < 0]
        shifts |= differences
        assert len(differences) == 1
    assert shifts == set(range(-2, 3))


def test_the_shipped_networks_have_the_shape_of_their_recipes() -> None:
    for name in bundle.names():
        assert bundle.read_config(bundle.find(name)) == RECIPES[name][0]


def test_a_run_writes_the_best_network_and_its_card(
    training: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tunes = [Tune(f"x/{k}", tuple(PHRASE[: 20 + k % 8]), f"x/{k}", is_held_out(f"x/{k}")) for k in range(40)]
    report = {"essenFolksong: found": 41, "essenFolksong: kept": 40}
    monkeypatch.setattr(lessons, "of_corpus", lambda *_: (tunes, report))
    monkeypatch.setitem(RECIPES, "basic", (Config("basic", "lstm", (6,), 48, 83), Recipe(rate=0.02, batch=8)))
    arguments = ["basic", "--epochs", "3", "--out", str(tmp_path / "mine"), "--runs", str(tmp_path / "runs")]
    monkeypatch.setattr("sys.argv", ["training", *arguments])
    training.main()
    printed = capsys.readouterr().out
    best = min(float(line.split("learned, ")[1].split()[0]) for line in printed.splitlines() if "epoch" in line)
    figures = card.figures((tmp_path / "mine" / "card.md").read_text())
    assert figures["network"].nats == pytest.approx(best, abs=1e-4)
    assert bundle.load(tmp_path / "mine").config.layers == (6,)
