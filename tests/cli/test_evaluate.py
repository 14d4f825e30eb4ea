"""`stochos evaluate`: the figures of a network, by piece and in all."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., object]

SCALE = [60, 62, 64, 65, 67, 69, 71, 72]


@pytest.fixture
def data(stochos: Run) -> Path:
    """A dataset of six melodies, of which three are held out."""
    folder = Path("data")
    folder.mkdir()
    heading = {"version": 1, "kind": "melody", "steps_per_quarter": 4, "eval_ratio": 0.1}
    (folder / "dataset.json").write_text(json.dumps(heading))
    lines = []
    for number in range(6):
        events = [event for step in range(40) for event in (SCALE[(step * (number + 1)) % 8], -2)]
        lines.append({"id": f"tune {number}", "group": f"{number}", "held_out": number < 3, "events": events})
    (folder / "pieces.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def test_a_network_stands_beside_what_it_must_beat(stochos: Run, data: Path) -> None:
    ran = stochos("evaluate", "basic", "--data", data, "--csv", "pieces.csv", "--plot", "pieces.svg")
    assert ran.code == 0
    rows = [line.split() for line in ran.out.splitlines()]
    heads = [row[:1] for row in rows]
    assert heads.index(["network"]) < heads.index(["unigram"]) < heads.index(["markov"])
    with Path("pieces.csv").open() as file:
        told = list(csv.DictReader(file))
    assert [row["piece"] for row in told] == ["tune 0", "tune 1", "tune 2"]
    steps = [int(row["steps"]) for row in told]
    mean = sum(float(row["network"]) * count for row, count in zip(told, steps, strict=True)) / sum(steps)
    assert abs(mean - float(rows[heads.index(["network"])][1])) < 1e-4
    assert Path("pieces.svg").read_text().count("M") > 3


def test_bars_made_of_noise_are_judged_elsewhere(stochos: Run, data: Path) -> None:
    ran = stochos("evaluate", "gan", "--data", data)
    assert (ran.code, ran.out) == (2, "")
    assert "`gan` makes bars of noise" in ran.err
    assert "`stochos turing` judges it" in ran.err


def test_many_pieces_are_told_of_from_both_ends(stochos: Run, data: Path) -> None:
    shown = stochos("evaluate", "basic", "--data", data, "--pieces", 2).out.splitlines()
    assert shown[2] == "… 1 more …"
    assert "tune" not in stochos("evaluate", "basic", "--data", data, "--pieces", 0).out


def test_what_cannot_be_evaluated_is_named_in_a_line(stochos: Run, data: Path) -> None:
    for arguments, reason in (
        (["basik", "--data", data], "no network is called `basik`"),
        (["basic", "--data", "none"], "`none` has no dataset.json"),
    ):
        ran = stochos("evaluate", *arguments)
        assert ran.code == 2
        assert ran.err.startswith("stochos: ")
        assert reason in ran.err
    assert stochos("evaluate", "basic", "--data", data, "--plot", "a.pdf").code == 2
    (data / "pieces.jsonl").write_text('{"id": "a", "group": "a", "held_out": false, "events": [60, 62]}\n')
    assert "is held out" in stochos("evaluate", "basic", "--data", data).err
