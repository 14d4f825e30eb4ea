import contextlib
import json
import pickle
import re
import shutil
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from stochos.neural import bundle, card
from stochos.neural.bundle import BundleError, Config
from stochos.neural.recipes import RECIPES

Weigh = Callable[[Config], dict[str, np.ndarray]]
SHIPPED = bundle.names()


def broken_config(folder: Path, **changes: object) -> str:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))
    with pytest.raises(BundleError) as raised:
        bundle.load(folder)
    return str(raised.value)


def broken_weights(folder: Path, content: bytes) -> str:
    (folder / "weights.safetensors").write_bytes(content)
    with pytest.raises(BundleError) as raised:
        bundle.load(folder)
    return str(raised.value)


def test_basic_ships() -> None:
    assert "basic" in SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_network_loads_and_has_a_card_with_figures(name: str) -> None:
    folder = bundle.find(name)
    model = bundle.load(folder)
    assert all(layer.rows.dtype == np.float64 for layer in model.layers)
    text = (folder / "card.md").read_text()
    figures = card.figures(text)
    if model.bars is not None:
        assert figures == {}
        assert all(part.kernel.dtype == np.float64 for part in (model.bars.ear, *model.bars.hidden, model.bars.page))
        assert re.search(r"\| told from held-out pieces \| 0\.\d{3} \(0\.\d{3} to [01]\.\d{3}\) \| 0\.\d{3} ", text)
        return
    (markov,) = (score for row, score in figures.items() if row.startswith("markov order"))
    assert figures["network"].nats < markov.nats < figures["unigram"].nats
    assert all(0 < score.accuracy < 1 for score in figures.values())


def test_saving_twice_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    weights = load_file(folder / "weights.safetensors")
    bundle.save(tmp_path / "again", bundle.read_config(folder), weights)
    for file in folder.iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()


def test_networks_are_found_in_the_first_root_that_has_them(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "second" / "small")
    (tmp_path / "second" / "no_network").mkdir()
    assert bundle.names([tmp_path / "second", tmp_path / "missing"]) == ["small"]
    assert bundle.find("small", [folder.parent, tmp_path / "second"]) == folder


@pytest.mark.parametrize("name", ["nothing", "", "..", "../small", "/etc"])
def test_what_is_no_name_is_not_found(folder: Path, name: str) -> None:
    with pytest.raises(BundleError, match="no network is called"):
        bundle.find(name, [folder.parent])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": 2}, "version is 2"),
        ({"encoding": "piano"}, "'piano' is not one of basic"),
        ({"encoding": ["basic"]}, "is not one of basic"),
        ({"cell": "rnn"}, "'rnn' is not one of lstm, gru, bars"),
        ({"cell": ["lstm"]}, "is not one of lstm, gru, bars"),
        ({"cell": "bars"}, "its noise is not 1 to 1024"),
        ({"noise": 4}, "its noise is not 0"),
        ({"noise": True}, "its noise is not 0"),
        ({"cell": "gru"}, "is not float32 of"),
        ({"attention": 40}, "arrays are not those"),
        ({"attention": 0}, "1 to 1024 steps"),
        ({"attention": True}, "1 to 1024 steps"),
        ({"wraps": "last"}, "not one of first, all"),
        ({"start": 1}, "not true or false"),
        ({"layers": []}, "1 to 8"),
        ({"layers": [10**9]}, "2048 units"),
        ({"layers": [12, 8.0]}, "2048 units"),
        ({"layers": [True, 8]}, "2048 units"),
        ({"layers": [12, 9]}, "is not float32 of"),
        ({"layers": [12]}, "arrays are not those"),
        ({"lowest": 0}, "48 to 83"),
        ({"steps_per_quarter": 3}, "4 steps a quarter"),
    ],
)
def test_a_wrong_setting_is_named(folder: Path, changes: dict[str, object], message: str) -> None:
    assert message in broken_config(folder, **changes)


KINDS = (
    Config("basic", "gru", (12, 8), 48, 83),
    Config("lookback", "lstm", (6, 5), 48, 83, attention=4),
    Config("attention", "lstm", (6, 5), 48, 83, attention=40, wraps="all", start=False),
    Config("attention", "gru", (6, 5, 4), 48, 83, attention=3, wraps="all"),
    Config("mono", "bars", (3, 6, 4), 0, 127, noise=5),
    *(replace(config, layers=(5, 4, 3) if config.noise else (5, 4)) for config, _ in RECIPES.values()),
)


@pytest.mark.parametrize("config", KINDS)
def test_every_kind_is_read_as_it_was_saved(config: Config, random_weights: Weigh, tmp_path: Path) -> None:
    weights = random_weights(config)
    bundle.save(tmp_path / "kind", config, weights)
    found, read = bundle.read(tmp_path / "kind")
    assert found == config
    assert set(read) == set(weights)
    assert all((read[name] == array).all() for name, array in weights.items())


@pytest.mark.parametrize("config", KINDS)
def test_of_every_kind_each_array_must_be_there_in_its_shape(
    config: Config, random_weights: Weigh, tmp_path: Path
) -> None:
    weights, folder = random_weights(config), tmp_path / "kind"
    bundle.save(folder, config, weights)
    for name, array in weights.items():
        for wrong in (array[..., :-1], array[None], array.astype(np.float16), None):
            changed = weights | {name: wrong}
            kept = {key: np.ascontiguousarray(value) for key, value in changed.items() if value is not None}
            save_file(kept, folder / "weights.safetensors")
            with pytest.raises(BundleError, match=r"is not float32 of|arrays are not those"):
                bundle.load(folder)


@pytest.mark.parametrize(
    ("config", "changes"),
    [
        (KINDS[0], {"cell": "lstm"}),
        (KINDS[0], {"attention": 4}),
        (KINDS[1], {"attention": None}),
        (KINDS[1], {"wraps": "all"}),
        (KINDS[1], {"encoding": "basic"}),
        (KINDS[2], {"wraps": "first"}),
        (KINDS[2], {"cell": "gru"}),
        (KINDS[3], {"layers": [6, 4, 5]}),
        (KINDS[3], {"attention": 2**70}),
        (KINDS[3], {"layers": [2048] * 8, "attention": 1024}),
        (KINDS[4], {"noise": 6}),
        (KINDS[4], {"noise": 2**70}),
        (KINDS[4], {"noise": 0}),
        (KINDS[4], {"layers": [3, 4]}),
        (KINDS[4], {"layers": [2048] * 8}),
        (KINDS[4], {"attention": 4}),
        (KINDS[4], {"start": False}),
        (KINDS[4], {"encoding": "lookback", "lowest": 48, "highest": 83}),
        (KINDS[4], {"cell": "lstm", "noise": 0}),
    ],
)
def test_settings_of_one_kind_do_not_fit_weights_of_another(
    config: Config, changes: dict[str, object], random_weights: Weigh, tmp_path: Path
) -> None:
    bundle.save(tmp_path / "kind", config, random_weights(config))
    message = broken_config(tmp_path / "kind", **changes)
    assert "`kind` is damaged" in message


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{", "[" * 60_000, '{"version": 1}', '"' + "x" * 70_000 + '"', "\x00\xff", "NaN"]
)
def test_a_damaged_config_is_one_line(folder: Path, text: str) -> None:
    (folder / "config.json").write_text(text, encoding="latin-1")
    with pytest.raises(BundleError) as raised:
        bundle.read_config(folder)
    assert "config.json" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["config.json", "weights.safetensors"])
def test_a_missing_file_or_a_folder_in_its_place_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BundleError, match=f"has no {name}"):
        bundle.load(folder)
    (folder / name).mkdir()
    with pytest.raises(BundleError, match=f"has no {name}"):
        bundle.load(folder)


def test_hostile_weights_are_refused(folder: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return pytest.fail, ("code in a network was run",)

    good = (folder / "weights.safetensors").read_bytes()
    header = good[8 : 8 + int.from_bytes(good[:8], "little")]
    huge = header.replace(b"[0,", b"[0,9")
    assert "damaged" in broken_weights(folder, pickle.dumps(Bomb()))
    assert "damaged" in broken_weights(folder, b"")
    assert "cut short" in broken_weights(folder, good[:-1])
    assert "cut short" in broken_weights(folder, good + b"\0")
    assert "cut short" in broken_weights(folder, struct.pack("<Q", 2**63) + good[8:])
    assert "damaged" in broken_weights(folder, struct.pack("<Q", len(huge)) + huge + good[8 + len(header) :])
    assert "damaged" in broken_weights(folder, struct.pack("<Q", 50_000) + b"[" * 50_000)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_weight_that_is_no_number_is_refused(folder: Path, value: float) -> None:
    weights = load_file(folder / "weights.safetensors")
    weights["dense.bias"][3] = value
    save_file(weights, folder / "weights.safetensors")
    with pytest.raises(BundleError, match="not a finite number"):
        bundle.load(folder)


def test_weights_of_another_type_are_refused(folder: Path) -> None:
    weights = {name: array.astype(np.float64) for name, array in load_file(folder / "weights.safetensors").items()}
    save_file(weights, folder / "weights.safetensors")
    with pytest.raises(BundleError, match="is not float32"):
        bundle.load(folder)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_a_bundle_error_or_a_network(folder: Path, data: st.DataObject) -> None:
    good = (folder / "weights.safetensors").read_bytes()
    heading = 8 + int.from_bytes(good[:8], "little")
    damaged = bytearray(good[: data.draw(st.integers(0, len(good)) | st.just(len(good)))])
    for place in data.draw(st.lists(st.integers(0, heading), max_size=4)):
        if place < len(damaged):
            damaged[place] = data.draw(st.integers(0, 255))
    target = folder.parent / "damaged"
    shutil.copytree(folder, target, dirs_exist_ok=True)
    (target / "weights.safetensors").write_bytes(damaged)
    with contextlib.suppress(BundleError):
        bundle.load(target)
