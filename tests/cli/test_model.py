"""`stochos model`: networks are listed, shown, brought in and taken out, and a score plays them by name."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bundling import NEW, OLD, bundle, checkpoint, graph, state_widths, variables

from stochos.neural import shelf
from stochos.neural.bundle import Config

Run = Callable[..., Any]
ATTENTION = Config("attention", "lstm", (5, 4), 48, 83, attention=6, wraps="all", start=False)
BASIC = Config("basic", "lstm", (6, 5), 48, 83, start=False)
SCORE = """\
part flute = "Flute"
section A 2 bars { flute: @lstm(model: MODEL, primer: `C4:8 D4 E4 C4`, temperature: 0.8) fill }
"""


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own networks, none yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "stochos" / "models"


@pytest.fixture
def funky(tmp_path: Path) -> Path:
    """A bundle of the old kind, made up."""
    made = variables(ATTENTION, OLD, np.random.default_rng(3))
    path = tmp_path / "Funky bass-2.mag"
    path.write_bytes(bundle("attention_rnn", [checkpoint(made)], graph(state_widths(ATTENTION)), "made\x1b[2J up"))
    return path


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A bundle of the new kind, made up."""
    path = tmp_path / "plain.mag"
    made = variables(BASIC, NEW, np.random.default_rng(3))
    path.write_bytes(bundle("basic_rnn", [checkpoint(made)], graph(state_widths(BASIC))))
    return path


def test_what_ships_is_listed(stochos: Run) -> None:
    ran = stochos("model", "list")
    assert (ran.code, ran.err) == (0, "")
    (line,) = (line for line in ran.out.splitlines() if line.startswith("basic "))
    assert "lstm 128+128, basic encoding, C3..B5 (comes with stochos)" in line
    facts = {told["name"]: told for told in stochos("model", "list", "--json").json}
    assert facts["basic"]["layers"] == [128, 128]
    assert facts["basic"]["figures"]["network"]["nats"] < facts["basic"]["figures"]["unigram"]["nats"]


def test_a_bundle_is_brought_in_and_played_by_its_name(stochos: Run, tmp_path: Path, own: Path, funky: Path) -> None:
    ran = stochos("model", "import", funky)
    assert (ran.code, ran.err) == (0, "")
    assert "lstm 5+4 and attention over 6 steps, attention encoding, C3..B5" in ran.out
    assert "@lstm(model: funky_bass_2)" in ran.out
    assert sorted(path.name for path in (own / "funky_bass_2").iterdir()) == [
        "card.md", "config.json", "weights.safetensors"
    ]  # fmt: skip
    assert "funky_bass_2  lstm 5+4" in stochos("model", "list").out
    assert "(your own)" in stochos("model", "list").out
    assert "funky_bass_2" in stochos("list", "models").out
    (tmp_path / "piece.stoch").write_text(SCORE.replace("MODEL", "funky_bass_2"))
    assert stochos("compile", "piece.stoch", "--formats", "midi").code == 0
    by_name = (tmp_path / "piece.mid").read_bytes()
    (tmp_path / "piece.stoch").write_text(SCORE.replace("MODEL", f'"{funky.name}"'))
    assert stochos("compile", "piece.stoch", "--formats", "midi").code == 0
    assert (tmp_path / "piece.mid").read_bytes() == by_name


def test_a_card_says_where_a_network_comes_from(stochos: Run, funky: Path) -> None:
    stochos("model", "import", funky, "--name", "funky")
    card = stochos("model", "card", "funky").out
    assert card.startswith("# funky\n")
    assert "`Funky bass-2.mag`, a bundle of Magenta's `attention_rnn`" in card
    assert 'wrote into it: "made?[2J up"' in card
    assert "trained by others" in card
    assert "Unknown: a bundle names none" in card
    assert stochos("model", "card", funky).code == 2


def test_a_network_is_shown(stochos: Run, funky: Path) -> None:
    shown = stochos("model", "show", "basic").out
    assert "lstm 128+128" in shown
    assert "nats a step" in shown
    facts = stochos("model", "show", funky, "--json").json
    assert facts["layers"] == [5, 4]
    assert facts["attention"] == 6
    assert facts["start"] is False
    assert "rest" in stochos("model", "show", funky).out


def test_figures_of_a_network_are_measured_and_written_into_its_card(
    stochos: Run, tmp_path: Path, own: Path, funky: Path
) -> None:
    data = tmp_path / "walks"
    data.mkdir()
    heading = {"version": 1, "kind": "melody", "steps_per_quarter": 4, "eval_ratio": 0.3}
    (data / "dataset.json").write_text(json.dumps(heading))
    rng, pieces = np.random.default_rng(1), []
    for number in range(30):
        events = [event for pitch in rng.integers(60, 72, size=60).tolist() for event in (pitch, -2)]
        pieces.append({"id": f"{number}", "group": f"{number}", "held_out": number < 12, "events": events})
    (data / "pieces.jsonl").write_text("".join(json.dumps(piece) + "\n" for piece in pieces))
    assert stochos("model", "import", funky).code == 0
    ran = stochos("model", "card", "funky_bass_2", "--data", data)
    assert ran.code == 0, ran.err
    text = (own / "funky_bass_2" / "card.md").read_text()
    assert text.strip() == ran.out.strip()
    assert "12 pieces of the dataset `walks` with 1,428 steps and 708 notes" in text
    assert "| told from held-out pieces |" in text
    assert "Unknown: a bundle names none" in text
    found = stochos("model", "show", "funky_bass_2", "--json").json["figures"]["network"]
    assert found["a_note"] == pytest.approx(found["nats"] * 1428 / 708, abs=1e-3)
    assert stochos("evaluate", "funky_bass_2", "--data", data).out.count(f"{found['nats']:.4f}")
    refused = stochos("model", "card", funky, "--data", data)
    assert (refused.code, "stochos model import" in refused.err) == (2, True)


def test_beside_a_score_comes_before_what_is_ones_own(
    stochos: Run, tmp_path: Path, own: Path, funky: Path, plain: Path
) -> None:
    assert stochos("model", "import", funky, "--name", "mine").code == 0
    assert stochos("model", "import", plain, "--name", "mine", "-o", "models").code == 0
    assert stochos("model", "show", "mine", "--json").json["path"] == "models/mine"
    assert stochos("model", "show", "mine", "--json").json["encoding"] == "basic"
    (tmp_path / "piece.stoch").write_text(SCORE.replace("MODEL", "mine"))

    def notes() -> str:
        return stochos("show", "piece.stoch", "--json").out

    beside = notes()
    shutil.rmtree(tmp_path / "models")
    assert notes() != beside
    shutil.rmtree(own)
    ran = stochos("check", "piece.stoch")
    assert (ran.code, "STO603" in ran.err) == (1, True)


def test_an_imported_part_finds_networks_beside_the_main_score(stochos: Run, tmp_path: Path, plain: Path) -> None:
    stochos("model", "import", plain, "--name", "mine", "-o", "models")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "tune.stoch").write_text(
        "let tune = @lstm(model: mine, primer: `C4:8 D4 E4 C4`)\n"
        'part flute = "Flute"\nsection A 1 bar { flute: $tune fill }\n'
    )
    (tmp_path / "piece.stoch").write_text(
        'import "parts/tune.stoch" as other\npart flute = "Flute"\nsection A 1 bar { flute: $other.tune fill }\n'
    )
    assert stochos("check", "piece.stoch").err == "piece.stoch: no problems\n"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_does_not_lead_out_of_the_scores_folder(stochos: Run, tmp_path: Path, plain: Path) -> None:
    stochos("model", "import", plain, "--name", "mine", "-o", "elsewhere")
    (tmp_path / "here" / "models").mkdir(parents=True)
    (tmp_path / "here" / "models" / "mine").symlink_to(tmp_path / "elsewhere" / "mine")
    (tmp_path / "here" / "piece.stoch").write_text(SCORE.replace("MODEL", "mine"))
    assert "STO606" in stochos("check", "here/piece.stoch").err
    assert stochos("check", "here/piece.stoch", "--allow-outside").code == 0


def test_nothing_is_overwritten_unasked(stochos: Run, own: Path, funky: Path, plain: Path) -> None:
    stochos("model", "import", funky, "--name", "mine")
    before = (own / "mine" / "config.json").read_bytes()
    refused = stochos("model", "import", plain, "--name", "mine")
    assert refused.code == 2
    assert "--force" in refused.err
    assert (own / "mine" / "config.json").read_bytes() == before
    assert stochos("model", "import", plain, "--name", "mine", "--force").code == 0
    assert json.loads((own / "mine" / "config.json").read_text())["encoding"] == "basic"


@pytest.mark.parametrize("name", ["basic", "../mine", "a/b", "", ".", "con:", "x" * 65, "-x", "a b"])
def test_a_name_that_cannot_be_is_refused(stochos: Run, own: Path, plain: Path, name: str) -> None:
    ran = stochos("model", "import", plain, f"--name={name}")
    assert (ran.code, ran.out) == (2, "")
    assert "cannot be called" in ran.err or "comes with stochos" in ran.err
    assert not own.exists()


@pytest.mark.parametrize("command", ["show", "card", "export --keras", "import"])
def test_what_is_not_there_or_damaged_is_one_line(stochos: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "torn.mag").write_bytes(b"\x0a\xff")
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "config.json").write_text("{")
    for name in ("missing.mag", "torn.mag", "./torn", *(["nothing", ""] if command != "import" else [])):
        ran = stochos("model", *command.split(), name)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.count("\n") == 1
        assert ran.err.startswith("stochos: ")


def test_a_name_that_is_nearly_right_is_guessed(stochos: Run) -> None:
    assert "did you mean `basic`?" in stochos("model", "show", "basik").err


def test_a_damaged_network_is_listed_as_such(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "models" / "torn").mkdir(parents=True)
    (tmp_path / "models" / "torn" / "config.json").write_text("{")
    ran = stochos("model", "list")
    assert ran.code == 0
    assert any(line.startswith("torn ") and "damaged" in line for line in ran.out.splitlines())
    assert "damaged" in next(t for t in stochos("model", "list", "--json").json if t["name"] == "torn")["problem"]


def test_a_card_cannot_speak_to_the_terminal(stochos: Run, tmp_path: Path) -> None:
    shutil.copytree(shelf.find("basic"), tmp_path / "models" / "loud")
    (tmp_path / "models" / "loud" / "card.md").write_bytes(b"\x1b]0;owned\x07 \xff\n")
    assert "\x1b" not in stochos("model", "card", "loud").out


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {"XDG_DATA_HOME": ""}, ".local/share/stochos/models"),
        ("darwin", {"XDG_DATA_HOME": ""}, "Library/Application Support/stochos/models"),
        ("win32", {"XDG_DATA_HOME": "", "LOCALAPPDATA": ""}, "AppData/Local/stochos/models"),
    ],
)
def test_ones_own_networks_lie_where_the_system_keeps_such_files(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str], folder: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("HOME", "/home/iannis")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert shelf.own() == Path("/home/iannis") / folder


# --- Keras --------------------------------------------------------------------------------------


@pytest.mark.keras
def test_what_is_taken_out_plays_in_keras(stochos: Run, tmp_path: Path, funky: Path, plain: Path) -> None:
    keras = pytest.importorskip("keras")
    from stochos.neural.encodings import ENCODINGS
    from stochos.neural.sampling import Stepper

    events = [60, -2, 64, -1, 67, 60, -2, -2] * 3
    for name in (funky, plain, "basic"):
        ran = stochos("model", "export", "--keras", name, "-o", "out.keras", "--force")
        assert ran.code == 0, ran.err
        model = keras.saving.load_model(tmp_path / "out.keras")  # after an import of `network`, as it says
        network = shelf.load(shelf.find(str(name)))
        rows = ENCODINGS[network.config.encoding].heard(events)[not network.config.start :]
        stepper = Stepper(network)
        told = [stepper.logits[0]] if network.config.start else []
        for event in events:
            stepper.hear([event])
            told.append(stepper.logits[0])
        np.testing.assert_allclose(model(rows[None])[0], told, atol=1e-4)


def test_without_tensorflow_export_says_what_is_missing(stochos: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.delitem(sys.modules, "stochos.neural.network", raising=False)
    monkeypatch.delattr("stochos.neural.network", raising=False)
    ran = stochos("model", "export", "basic", "--keras")
    assert ran.code == 2
    assert ran.err == "stochos: exporting needs TensorFlow: `pip install stochos[train]`\n"


def test_export_has_one_format_and_does_not_overwrite(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "basic.keras").write_text("mine")
    assert "--keras" in stochos("model", "export", "basic").err
    assert "ends in .keras" in stochos("model", "export", "basic", "--keras", "-o", "basic.h5").err
    assert "--force" in stochos("model", "export", "basic", "--keras").err
    assert (tmp_path / "basic.keras").read_text() == "mine"
