"""The network in Keras: needs the `train` extra."""

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.random import PCG64, Generator
from safetensors.numpy import load_file

from stochos.neural import bundle, card
from stochos.neural.bundle import Config
from stochos.neural.melodies import Tune, is_held_out
from stochos.neural.recipes import RECIPES, Recipe
from stochos.neural.sampling import NetworkStepper, continue_melody
from stochos.neural.vocabulary import ENCODINGS

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


def largest_difference(network: ModuleType, config: Config, weights: dict[str, np.ndarray]) -> float:
    """Between the logits of Keras and of the stepper, three takes of 48 steps."""
    heard = np.random.default_rng(5).integers(0, ENCODINGS[config.encoding].classes, (3, 48)).astype(np.int32)
    heard[:, 0] = 0
    in_keras = network.build(config, dropout=0.3)
    network.set_weights(in_keras, weights)
    expected = np.asarray(in_keras(heard, training=False))
    stepper = NetworkStepper(bundle.assemble(config, weights), takes=3)
    logits = [stepper.logits]
    for column in heard.T[1:]:
        stepper.advance(column)
        logits.append(stepper.logits)
    return float(np.abs(np.stack(logits, axis=1) - expected).max())


@pytest.mark.parametrize("name", bundle.names())
def test_a_shipped_network_plays_as_keras_computes(network: ModuleType, name: str) -> None:
    folder = bundle.find(name)
    weights = load_file(folder / "weights.safetensors")
    assert largest_difference(network, bundle.read_config(folder), weights) < 1e-4


@pytest.mark.parametrize("layers", [(5,), (7, 3), (4, 6, 5)])
def test_any_number_of_layers_plays_as_keras_computes(
    network: ModuleType, layers: tuple[int, ...], random_weights: Callable
) -> None:
    config = Config("basic", "lstm", layers, 48, 83)
    assert largest_difference(network, config, random_weights(config)) < 1e-4


def test_weights_travel_to_keras_and_back(network: ModuleType, tmp_path: Path) -> None:
    config = Config("basic", "lstm", (6, 4), 48, 83)
    model = network.build(config)
    weights = network.weights_of(model)
    assert {name: array.shape for name, array in weights.items()} == config.shapes()
    bundle.save(tmp_path, config, weights)
    read = load_file(tmp_path / "weights.safetensors")
    assert all(np.array_equal(read[name], array) for name, array in weights.items())


def test_a_small_network_learns_a_phrase_by_heart_and_plays_it(network: ModuleType, training: ModuleType) -> None:
    config = Config("basic", "lstm", (24,), 48, 83)
    phrase = ENCODINGS["basic"].encode(PHRASE)
    recipe = Recipe(epochs=250, rate=2e-2, dropout=0.0, batch=1)
    epochs = training.fit(config, recipe, [phrase], [phrase])
    *_, score, model = next(epoch for epoch in epochs if epoch[2].nats < 0.02)
    assert score.accuracy == 1
    learned = bundle.assemble(config, network.weights_of(model))
    rest = len(PHRASE) - 3
    cold = np.full(rest, 1e-3)
    played = continue_melody(learned, PHRASE[:3], rest, temperature=cold, transposition=0, rng=Generator(PCG64(1)))
    assert played == PHRASE[3:]


def test_training_twice_with_one_seed_gives_the_same_losses(training: ModuleType) -> None:
    tunes = [ENCODINGS["basic"].encode(PHRASE[k:]) for k in range(6)]
    config, recipe = Config("basic", "lstm", (6, 5), 48, 83), Recipe(epochs=2, batch=2)
    first, second = (
        [(loss, score) for _, loss, score, _ in training.fit(config, recipe, tunes, tunes[:2])] for _ in range(2)
    )
    assert first == second


def test_batches_hold_every_tune_once_after_a_step_of_no_event(training: ModuleType) -> None:
    tunes = [[5] * length for length in range(1, 100)]
    for rng in (None, Generator(PCG64(1))):
        seen = []
        for heard, said in training.batches(tunes, 8, rng):
            assert heard.shape == said.shape
            assert not heard[:, 0].any()
            seen += [(row != training.IGNORED).sum() for row in said]
            assert np.array_equal(
                heard[:, 1:][said[:, 1:] != training.IGNORED], said[:, :-1][said[:, 1:] != training.IGNORED]
            )
        assert sorted(seen) == list(range(1, 100))


def test_the_shipped_networks_have_the_shape_of_their_recipes() -> None:
    for name, (config, _) in RECIPES.items():
        assert bundle.read_config(bundle.find(name)) == config


def test_a_run_writes_the_best_network_and_its_card(
    training: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tunes = [Tune(f"x/{k}", tuple(PHRASE[: 20 + k % 8]), f"x/{k}", is_held_out(f"x/{k}")) for k in range(40)]
    monkeypatch.setattr(
        training, "load_tunes", lambda *_: (tunes, {"essenFolksong: found": 41, "essenFolksong: kept": 40})
    )
    monkeypatch.setitem(RECIPES, "basic", (Config("basic", "lstm", (6,), 48, 83), Recipe(rate=0.02, batch=8)))
    monkeypatch.setattr("sys.argv", ["training", "basic", "--epochs", "3", "--out", str(tmp_path / "mine")])
    training.main()
    printed = capsys.readouterr().out
    best = min(float(line.split("learned, ")[1].split()[0]) for line in printed.splitlines() if "epoch" in line)
    figures = card.figures((tmp_path / "mine" / "card.md").read_text())
    assert figures["network"].nats == pytest.approx(best, abs=1e-4)
    assert bundle.load(tmp_path / "mine").config.layers == (6,)
