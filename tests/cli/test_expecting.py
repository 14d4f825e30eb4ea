"""`stochos compile` of a score that says what it expects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def test_a_compile_tells_and_writes_and_ends_with_1(stochos: Run, tmp_path: Path) -> None:
    two = (tmp_path / "two.stoch").read_text()
    (tmp_path / "asked.stoch").write_text(f"{two}expect count(flute) > 3\nexpect range(cello) > 5 octaves\n")
    found = stochos("compile", "asked.stoch", "--formats", "midi")
    assert found.code == 1
    assert [line[:9] for line in found.out.splitlines()[-2:]] == ["as asked ", "not asked"]
    assert "STO701" in found.err
    assert (tmp_path / "asked.mid").exists()
    assert stochos("compile", "asked.stoch", "--formats", "midi", "--section", "A").code == 0
    assert stochos("compile", "asked.stoch", "--formats", "midi", "--takes", "2").err.count("STO701") == 2


def test_what_is_expected_is_shown_without_writing(stochos: Run, tmp_path: Path) -> None:
    two = (tmp_path / "two.stoch").read_text()
    (tmp_path / "asked.stoch").write_text(f"{two}expect count(flute) > 3\nexpect range(cello) > 5 octaves\n")
    found = stochos("show", "--stage", "expect", "asked.stoch")
    assert found.code == 1
    assert [line[:9] for line in found.out.splitlines()] == ["as asked ", "not asked"]
    assert {path.suffix for path in tmp_path.iterdir() if path.is_file()} == {".stoch"}
    (tmp_path / "asked.stoch").write_text(f"{two}expect count(flute) > 3\n")
    assert stochos("show", "--stage", "expect", "asked.stoch").code == 0
    plain = stochos("show", "--stage", "expect", "two.stoch")
    assert (plain.code, plain.out, plain.err) == (0, "", "two.stoch: nothing is expected of it\n")


def test_a_report_holds_clouds_against_their_laws(stochos: Run) -> None:
    lines = stochos("compile", "two.stoch", "--formats", "midi", "--report").out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("part  "))
    assert lines[at].split() == ["part", "section", "passage", "quantity", "law", "meant", "is", "notes", "p"]
    assert {line.split()[0] for line in lines[at + 1 :]} == {"cello"}
