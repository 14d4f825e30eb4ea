"""Running commands as a shell would, without starting a process for each."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from stochos.cli.app import main

TWO = """\
// A comment at the top.
title "Two"
tempo 120
meter 4/4
seed 3

part flute = "Flute"
part cello = "Violoncello"

section A 2 bars {
  flute: | mf C5:4 D5 E5 F5 | G5:1 |  // and one at the end of a line
  cello: @poisson(density: 6/bar, pitch: C3..C4, length: 1/8, label: drops) fill
}

section B 1 bar {
  flute: | A5:2 G5 |
  cello: | C3:1 |
}

form A B A'
"""
"""A score for two parts, written and drawn."""


@dataclass(frozen=True)
class Ran:
    """How a command ended.

    code      its exit code
    out, err  what it wrote to standard output and standard error
    """

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def stochos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in a folder of its own, where `two.stoch` lies."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.stoch").write_text(TWO)

    def run(*arguments: object, stdin: str | bytes = b"") -> Ran:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(data), "utf-8"))
        monkeypatch.setattr(sys, "argv", ["stochos", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        written = capfd.readouterr()
        assert "Traceback" not in written.err
        assert "bug in stochos" not in written.err
        return Ran(end.value.code or 0, written.out, written.err)

    return run
