"""`stochos turing`: the figures as a table and as JSON, and what cannot be judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

Run = Callable[..., object]


@pytest.fixture
def data(stochos: Run) -> Path:
    """A dataset of forty walks, of which twelve are held out and long enough."""
    rng, folder = np.random.Generator(np.random.PCG64(1)), Path("data")
    folder.mkdir()
    heading = {"version": 1, "kind": "melody", "steps_per_quarter": 4, "eval_ratio": 0.3}
    (folder / "dataset.json").write_text(json.dumps(heading))
    lines = []
    for number in range(40):
        events = [event for pitch in rng.integers(60, 72, size=60).tolist() for event in (pitch, -2)]
        lines.append({"id": f"{number}", "group": f"{number}", "held_out": number < 12, "events": events})
    (folder / "pieces.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


@pytest.mark.parametrize("name", ["basic", "gan"])
def test_a_network_is_judged(stochos: Run, data: Path, name: str) -> None:
    ran = stochos("turing", "--model", name, "--data", data)
    assert ran.code == 0
    assert ran.out.splitlines()[0].endswith("12 pieces")
    assert ran.out.splitlines()[-1].startswith(f"what {name} plays ")
    found = json.loads(stochos("turing", "--model", name, "--data", data, "--json").out)
    assert f"{found['told']['share']:.3f} (" in ran.out
    assert ("cannot be told" in ran.out) == (found["told"]["low"] <= 0.5)
    assert set(found["copied"]) == {"network", "held out"}


def test_what_cannot_be_judged_is_named_in_a_line(stochos: Run, data: Path) -> None:
    lines = (data / "pieces.jsonl").read_text().splitlines()
    (data / "pieces.jsonl").write_text("\n".join(lines[5:]) + "\n")
    ran = stochos("turing", "--model", "basic", "--data", data)
    assert (ran.code, ran.err) == (2, "stochos: only 7 pieces are long enough, and ten are needed\n")
    assert stochos("turing", "--model", "none", "--data", data).code == 2
