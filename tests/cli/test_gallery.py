"""`stochos gallery`: studies are listed, written, and compile where they are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from stochos.cli.app import app
from stochos.pipeline import compose

STUDIES = sorted(path.stem for path in (Path(__file__).parents[2] / "scores" / "gallery").glob("*.stoch"))


def test_it_lists_every_study() -> None:
    listed = CliRunner().invoke(app, ["gallery"]).stdout.splitlines()
    assert [line.split()[0] for line in listed] == STUDIES
    assert all(len(line.split(maxsplit=1)) == 2 for line in listed), "a study without a title"


def test_a_study_is_written_once_and_compiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["gallery", "psappha"]).exit_code == 0
    assert compose(tmp_path / "psappha.stoch").parts[0].notes
    assert CliRunner().invoke(app, ["gallery", "psappha"]).exit_code == 2
    assert CliRunner().invoke(app, ["gallery", "psappha", "--force"]).exit_code == 0


def test_an_unknown_study_is_guessed() -> None:
    refused = CliRunner().invoke(app, ["gallery", "psapha"])
    assert refused.exit_code == 2
    assert "psappha" in refused.stderr
