"""A training on disk: killed, gone on with, on several devices and machines. Needs the `train` extra."""

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from stochos.neural import bundle, card, dataset, progress
from stochos.neural.baselines import Score
from stochos.neural.progress import CheckpointError, Epoch, Position

pytestmark = pytest.mark.keras
ROOT = Path(__file__).parents[2]
SHAPE = ["--layers", "5,4", "--attention", "3", "--batch", "4", "--epochs", "4", "--dropout", "0.3", "--transpose", "2"]


@pytest.fixture(scope="module", autouse=True)
def _tensorflow() -> None:
    pytest.importorskip("tensorflow", reason="training needs the `train` extra")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(4)
    lines = []
    for number in range(30):
        events = [60, *rng.choice([-2, -2, -1, 60, 62, 64, 65, 67, 69, 71, 72], size=20 + number % 9).tolist()]
        name = f"x/{number}"
        lines.append(json.dumps({"id": name, "events": events, "group": name, "held_out": number < 6}))
    (folder / dataset.HEADING).write_text(dataset.heading_text(dataset.Heading("melody")))
    (folder / dataset.PIECES).write_text("\n".join(lines) + "\n")
    return folder


def command(data: Path, run: Path, *more: str, name: str = "attention") -> list[str]:
    start = [sys.executable, "-m", "stochos", "train", "--config", name, "--data", str(data), "--run", str(run)]
    return [*start, *more]


def trained(words: Sequence[str], env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, env=os.environ | (env or {})
    )


def position(run: Path) -> tuple[Position, list[np.ndarray]]:
    with np.load(run / progress.NAME) as stored:
        task = json.loads(stored["position"].tobytes())["task"]
    found = progress.read(run, task)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def unbroken(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("runs") / "unbroken"
    done = trained(command(data, run, *SHAPE))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\nepoch") == 4
    return run


def test_a_killed_training_goes_on_as_if_nothing_had_been(data: Path, unbroken: Path, tmp_path: Path) -> None:
    run = tmp_path / "killed"
    started = subprocess.Popen(
        command(data, run, *SHAPE, "--every", "0"), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline and started.poll() is None:
        if (run / progress.NAME).exists() and len(position(run)[0].past) == 2 and position(run)[0].batch:
            break
        time.sleep(0.01)
    started.send_signal(signal.SIGKILL)
    started.wait()
    before, _ = position(run)
    assert before.batch > 0
    assert len(before.past) < 4
    done = trained(command(data, run, *SHAPE))
    assert f"goes on after epoch {len(before.past)}" in done.stdout, done.stderr
    (whole, arrays), (resumed, again) = position(unbroken), position(run)
    assert resumed.past == whole.past
    assert len(whole.past) == 4
    assert all(np.array_equal(one, other) for one, other in zip(arrays, again, strict=True))
    weights = [(folder / "best" / "weights.safetensors").read_bytes() for folder in (unbroken, run)]
    assert weights[0] == weights[1]


def test_a_run_gives_a_network_its_card_and_curves(unbroken: Path) -> None:
    config = bundle.load(unbroken / "best").config
    assert (config.layers, config.attention) == ((5, 4), 3)
    past = position(unbroken)[0].past
    text = (unbroken / "best" / "card.md").read_text()
    best = min(past, key=lambda epoch: epoch.score.nats)
    assert card.figures(text)["network"].nats == pytest.approx(best.score.nats, abs=1e-4)
    assert "stochos train --config attention" in text
    tf = importlib.import_module("tensorflow")
    (events,) = (unbroken / "logs").glob("events*")
    curve = {}
    for record in tf.data.TFRecordDataset(str(events)):
        event = tf.compat.v1.Event.FromString(record.numpy())
        for value in event.summary.value:
            assert value.metadata.plugin_data.plugin_name == "scalars"
            curve[value.tag, event.step] = float(tf.make_ndarray(value.tensor))
    expected = {}
    for epoch in past:
        figures = {"learned": epoch.learned, "held_out": epoch.score.nats, "right": epoch.score.accuracy}
        expected |= {(name, epoch.number): pytest.approx(value, rel=1e-6) for name, value in figures.items()}
    assert curve == expected


CHORALE = {"voices": [[p, *[-2] * 7, p + 2, *[-2] * 7] for p in (67, 62, 55, 48)], "fermatas": [8], "tonic": 0}


HARMONY = {"events": [62, *[-2] * 7, 64, *[-2] * 7], "chords": [[2, "m"], [2, "m"], [9, "7"], None]}
SAID = {
    "chorale": "nats a sixteenth of four voices**", "note": "nats a note**",
    "harmony": "20% of which are heard over plainer chords",
}  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), [("chorale", "chorale"), ("note", "melody"), ("harmony", "harmony")])
def test_networks_of_several_events_a_step_train_alike(data: Path, tmp_path: Path, name: str, kind: str) -> None:
    if kind != "melody":
        (tmp_path / dataset.HEADING).write_text(dataset.heading_text(dataset.Heading(kind)))
        own = {"is_minor": False, **CHORALE} if kind == "chorale" else HARMONY
        pieces = [{"id": f"{k}", "group": f"{k}", "held_out": k < 2, **own} for k in range(9)]
        (tmp_path / dataset.PIECES).write_text("".join(f"{json.dumps(piece)}\n" for piece in pieces))
        data = tmp_path
    run = tmp_path / "run"
    done = trained(command(data, run, "--layers", "5", "--steps", "9", "--transpose", "1", name=name))
    assert done.returncode == 0, done.stderr
    assert bundle.load(run / "best").config.encoding == name
    text = (run / "best" / "card.md").read_text()
    assert f"stochos train --config {name}" in text
    assert SAID[name] in text


def test_a_run_of_something_else_is_not_gone_on_with(data: Path, unbroken: Path) -> None:
    done = trained(command(data, unbroken, *SHAPE, "--seed", "7"))
    assert done.returncode == 2
    assert "is a run of something else" in done.stderr


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--layers", "5,x"], "as in 128,128"),
        (["--layers", "99999"], "as in 128,128"),
    ],
)
def test_wishes_that_cannot_be_met_are_told_of(data: Path, tmp_path: Path, more: list[str], told: str) -> None:
    done = trained(command(data, tmp_path / "run", *more))
    assert done.returncode == 2
    assert told in done.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--layers", "12,24"], "bars want 3 sizes at least"),
        (["--attention", "40"], "bars hear the three before them"),
        ([], "this network wants twenty pieces"),
    ],
)
def test_bars_that_cannot_be_learned_are_told_of(data: Path, tmp_path: Path, more: list[str], told: str) -> None:
    done = trained(command(data, tmp_path / "run", *more, name="gan"))
    assert done.returncode == 2
    assert told in done.stderr
    assert not (tmp_path / "run" / "best").exists()


def test_an_unknown_recipe_and_a_missing_dataset_are_told_of(data: Path, tmp_path: Path) -> None:
    assert "there are basic" in trained(command(data, tmp_path / "run", name="lute")).stderr
    assert "stochos dataset build" in trained(command(tmp_path, tmp_path / "run")).stderr


def test_without_tensorflow_one_line_says_what_installs_it(data: Path, tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text("raise ImportError\n")
    (tmp_path / "keras.py").write_text("raise ImportError\n")
    done = trained(command(data, tmp_path / "run"), {"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr == "stochos: training needs TensorFlow, which `pip install 'stochos[train]'` installs\n"


TWO = """
import sys, tensorflow as tf
cpus = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpus[0], [tf.config.LogicalDeviceConfiguration()] * 2)
from stochos.neural import training
from stochos.cli.app import app
mirrored = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
training._strategy = lambda: mirrored
app(sys.argv[1:])
"""
PLAIN = ["--layers", "5,4", "--batch", "6", "--epochs", "3", "--dropout", "0"]


@pytest.fixture(scope="module")
def alone(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("runs") / "alone"
    assert trained(command(data, run, *PLAIN)).returncode == 0
    return run


def near(run: Path, alone: Path) -> None:
    for one, other in zip(position(run)[0].past, position(alone)[0].past, strict=True):
        assert one.learned == pytest.approx(other.learned, rel=1e-4)
        assert one.score.nats == pytest.approx(other.score.nats, rel=1e-4)


@pytest.mark.slow
def test_two_devices_learn_together_what_one_would(data: Path, alone: Path, tmp_path: Path) -> None:
    words = command(data, tmp_path / "run", *PLAIN)
    done = trained([sys.executable, "-c", TWO, *words[3:]])
    assert done.returncode == 0, done.stderr
    near(tmp_path / "run", alone)


@pytest.mark.slow
def test_two_machines_learn_together_what_one_would(data: Path, alone: Path, tmp_path: Path) -> None:
    ports = []
    for _ in range(2):
        with socket.socket() as held:
            held.bind(("localhost", 0))
            ports.append(held.getsockname()[1])
    workers = []
    for number in range(2):
        cluster = {"worker": [f"localhost:{port}" for port in ports]}
        settings = json.dumps({"cluster": cluster, "task": {"type": "worker", "index": number}})
        words, quiet = command(data, tmp_path / "run", *PLAIN), {"stdout": subprocess.DEVNULL}
        environment = os.environ | {"TF_CONFIG": settings}
        workers.append(
            subprocess.Popen(words, cwd=ROOT, text=True, env=environment, stderr=subprocess.PIPE, **quiet)
        )
    try:
        told = [worker.communicate(timeout=240)[1] for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    assert [worker.returncode for worker in workers] == [0, 0], told
    near(tmp_path / "run", alone)


def test_a_checkpoint_comes_back_whole_or_is_told_of(tmp_path: Path) -> None:
    arrays = [np.arange(6.0).reshape(2, 3), np.array(7)]
    kept = Position("a task", 3, 1.25, 40.0, (Epoch(1, 1.5, Score(1.25, 0.5)), Epoch(2, 1.0, Score(1.5, 0.25))))
    assert progress.read(tmp_path, "a task") is None
    progress.write(tmp_path, kept, arrays)
    found = progress.read(tmp_path, "a task")
    assert found is not None
    assert found[0] == kept
    assert found[0].best == kept.past[0]
    assert [array.tolist() for array in found[1]] == [array.tolist() for array in arrays]
    assert [path.name for path in tmp_path.iterdir()] == [progress.NAME]
    with pytest.raises(CheckpointError, match="something else"):
        progress.read(tmp_path, "another task")
    whole = (tmp_path / progress.NAME).read_bytes()
    for damaged in (b"", b"PK", whole[: len(whole) // 2], whole[:-1]):
        (tmp_path / progress.NAME).write_bytes(damaged)
        with pytest.raises(CheckpointError, match="damaged"):
            progress.read(tmp_path, "a task")
