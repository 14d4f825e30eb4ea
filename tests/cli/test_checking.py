"""`stochos check` and `stochos fmt`: what they write to which stream, and how they end."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., object]
WRONG = """\
part flute = "Flute"
section A 2 bars {
  flute: | C5:4 D5 E5 | fast C5:1 |
}
form A Q
"""
MESSY = 'part   flute="Flute"   // who\nsection A {\nflute: |C5:4 D5   E5 F5|  // what\n}\n'


# --- check ------------------------------------------------------------------------------------


def test_a_clean_score_is_called_clean(stochos: Run) -> None:
    ran = stochos("check", "two.stoch")
    assert (ran.code, ran.out, ran.err) == (0, "", "two.stoch: no problems\n")


def test_problems_are_shown_in_full(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "wrong.stoch").write_text(WRONG)
    ran = stochos("check", "wrong.stoch")
    assert (ran.code, ran.out) == (1, "")
    codes = re.findall(r"^(STO\d+)", ran.err, re.M)
    assert codes[0] == "STO201"
    assert len(codes) >= 3
    lines = ran.err.splitlines()
    assert lines[1].strip().startswith("--> wrong.stoch:3:")
    assert lines[2] == " 3 |   flute: | C5:4 D5 E5 | fast C5:1 |"
    assert set(lines[3].partition("|")[2].split()[0]) == {"^"}
    assert re.fullmatch(r"\d errors; `stochos explain STO201` says more", lines[-1])


def test_concise_problems_take_a_line_each(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "wrong.stoch").write_text(WRONG)
    ran = stochos("check", "wrong.stoch", "--output-format", "concise")
    assert (ran.code, ran.out) == (1, "")
    *problems, last = ran.err.splitlines()
    assert all(re.match(r"wrong\.stoch:\d+:\d+: STO\d{3} \S", problem) for problem in problems)
    assert last.startswith(f"{len(problems)} errors; ")


def test_problems_as_json_are_complete(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "wrong.stoch").write_text(WRONG)
    ran = stochos("check", "wrong.stoch", "--output-format", "json")
    assert (ran.code, ran.err) == (1, "")
    concise = stochos("check", "wrong.stoch", "--output-format", "concise").err.splitlines()[:-1]
    assert len(ran.json) == len(concise)
    for problem, line in zip(ran.json, concise, strict=True):
        assert set(problem) == {
            "code", "severity", "message", "file", "line", "column", "end_line", "end_column", "place", "label",
            "hint", "fix", "related",
        }  # fmt: skip
        assert problem["severity"] == "error"
        assert problem["file"] == "wrong.stoch"
        assert (problem["line"], problem["column"]) <= (problem["end_line"], problem["end_column"])
        where = f"wrong.stoch:{problem['line']}:{problem['column']}: "
        assert line.startswith(f"{where}{problem['code']} {problem['message']}")
        for related in problem["related"]:
            assert {"message", "file", "line", "column", "end_line", "end_column"} == set(related)


def test_a_fix_can_be_applied(stochos: Run, tmp_path: Path) -> None:
    score = tmp_path / "two.stoch"
    lines = score.read_text().replace("form A B", "form A b").splitlines(keepends=True)
    score.write_text("".join(lines))
    (fix,) = [p["fix"] for p in stochos("check", "two.stoch", "--output-format", "json").json if p["fix"]]
    assert fix["line"] == fix["end_line"]
    line = lines[fix["line"] - 1]
    lines[fix["line"] - 1] = line[: fix["column"] - 1] + fix["text"] + line[fix["end_column"] - 1 :]
    score.write_text("".join(lines))
    assert stochos("check", "two.stoch").code == 0


def test_a_clean_score_is_an_empty_list_as_json(stochos: Run) -> None:
    ran = stochos("check", "two.stoch", "--output-format", "json")
    assert (ran.code, ran.json, ran.err) == (0, [], "")


def test_a_warning_alone_is_no_failure(stochos: Run, tmp_path: Path) -> None:
    with (tmp_path / "two.stoch").open("a") as score:
        score.write("section C 1 bar {\n  flute: | C5:1 |\n}\n")
    ran = stochos("check", "two.stoch", "--output-format", "json")
    assert ran.code == 0
    assert [(p["code"], p["severity"]) for p in ran.json] == [("STO311", "warning")]


def test_standard_input_is_checked(stochos: Run) -> None:
    ran = stochos("check", "-", "--output-format", "concise", stdin=WRONG)
    assert ran.code == 1
    assert ran.err.startswith("<stdin>:3:")


def test_an_unknown_format_is_wrong_usage(stochos: Run) -> None:
    ran = stochos("check", "two.stoch", "--output-format", "xml")
    assert ran.code == 2
    assert "'full', 'concise', 'json'" in ran.err


# --- fmt --------------------------------------------------------------------------------------


def test_fmt_lays_out_in_place_and_keeps_comments(stochos: Run, tmp_path: Path) -> None:
    score = tmp_path / "messy.stoch"
    score.write_text(MESSY)
    ran = stochos("fmt", "messy.stoch")
    assert (ran.code, ran.out, ran.err) == (0, "", "messy.stoch laid out anew\n")
    text = score.read_text()
    assert re.search(r'^part flute = "Flute" +// who$', text, re.M)
    assert re.search(r"\| C5:4 D5 E5 F5 \| +// what$", text, re.M)
    assert stochos("fmt", "messy.stoch").err == ""
    assert score.read_text() == text


@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_fmt_can_change_nothing(stochos: Run, tmp_path: Path, option: str) -> None:
    score = tmp_path / "messy.stoch"
    score.write_text(MESSY)
    ran = stochos("fmt", option, "messy.stoch")
    assert ran.code == 1
    assert score.read_text() == MESSY
    stochos("fmt", "messy.stoch")
    ran = stochos("fmt", option, "messy.stoch")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_fmt_check_names_the_scores(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "messy.stoch").write_text(MESSY)
    stochos("fmt", "two.stoch")
    ran = stochos("fmt", "--check", "two.stoch", "messy.stoch")
    assert (ran.code, ran.out, ran.err) == (1, "", "messy.stoch would be laid out anew\n")


@pytest.mark.parametrize("text", [MESSY, MESSY.rstrip("\n")], ids=["line end", "no line end"])
def test_fmt_diff_is_a_patch(stochos: Run, tmp_path: Path, text: str) -> None:
    score = tmp_path / "messy.stoch"
    score.write_text(text)
    ran = stochos("fmt", "--diff", "messy.stoch")
    assert (ran.code, ran.err) == (1, "")
    (tmp_path / "layout.patch").write_text(ran.out)
    command = ["git", "apply", "-p0", "--unidiff-zero", "layout.patch"]
    (tmp_path / "layout.patch").write_text(ran.out.replace("messy.stoch (formatted)", "messy.stoch"))
    subprocess.run(command, cwd=tmp_path, check=True)
    assert stochos("fmt", "--check", "messy.stoch").code == 0


def test_fmt_reads_standard_input(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "messy.stoch").write_text(MESSY)
    ran = stochos("fmt", "-", stdin=MESSY)
    stochos("fmt", "messy.stoch")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (tmp_path / "messy.stoch").read_text()
    assert stochos("fmt", "-", stdin=ran.out).out == ran.out


def test_fmt_lays_out_all_or_none(stochos: Run, tmp_path: Path) -> None:
    for name in ("one", "three"):
        (tmp_path / f"{name}.stoch").write_text(MESSY)
    (tmp_path / "torn.stoch").write_text("section A {")
    ran = stochos("fmt", "one.stoch", "torn.stoch", "three.stoch", "absent.stoch")
    assert ran.code == 1
    assert "--> torn.stoch:" in ran.err
    assert "there is no file `absent.stoch`" in ran.err
    assert {(tmp_path / f"{name}.stoch").read_text() for name in ("one", "three")} == {MESSY}
    said = stochos("fmt", "one.stoch", "three.stoch").err.splitlines()
    assert said == ["one.stoch laid out anew", "three.stoch laid out anew"]


def test_fmt_keeps_the_mode_of_a_file(stochos: Run, tmp_path: Path) -> None:
    score = tmp_path / "messy.stoch"
    score.write_text(MESSY)
    score.chmod(0o640)
    stochos("fmt", "messy.stoch")
    assert score.stat().st_mode & 0o777 == 0o640
