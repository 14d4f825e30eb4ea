"""`stochos show`, `explain`, `list`, `new`, and the command line itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import stochos as package
from stochos.cli.app import main
from stochos.cli.examples import complete
from stochos.cli.law import see
from stochos.cli.picture import Blocks, Picture, Stroke, Words
from stochos.cli.portrait import portrait
from stochos.cli.reference import Kind
from stochos.diagnostics import CODES
from stochos.pipeline import compose
from stochos.process.formula import formula
from stochos.process.normal import Normal
from stochos.process.table import MELODIES, PROCESSES, VALUES
from stochos.process.value import Constant

Run = Callable[..., object]
WRONG = 'part flute = "Flute"\nsection A {\n  flute: | C5:4 |\n}\n'
IN_LISTS = {
    "instruments": "Flute",
    "percussion": "kick",
    "generators": "poisson(density",
    "laws": "normal(mean",
    "transforms": "transpose(",
    "constraints": "no_repeat 3",
    "scales": "dorian",
    "chords": "Cm7b5",
    "dynamics": "mf",
    "articulations": "'stacc",
    "models": "basic",
}


# --- show -------------------------------------------------------------------------------------


def test_notes_as_json_are_those_of_the_piece(stochos: Run, tmp_path: Path) -> None:
    found = stochos("show", "--json", "two.stoch").json
    piece = compose(tmp_path / "two.stoch")
    assert (found["title"], found["seed"], found["ticks_per_quarter"]) == ("Two", 3, 10_080)
    assert found["duration"] == piece.duration
    meant = Counter((part.name, n.onset, n.duration, n.pitch) for part in piece.parts for n in part.notes)
    assert Counter((n["part"], n["onset"], n["duration"], n["pitch"]) for n in found["notes"]) == meant
    for note in found["notes"]:
        assert note["onset_quarters"] == note["onset"] / 10_080
        assert note["duration_quarters"] == note["duration"] / 10_080
        assert 1 <= note["velocity"] <= 127
        assert note["section"] in ("A", "B", "A'")
        assert note["bar"] == 1 + note["onset"] // (4 * 10_080)
        assert (note["made_by"], note["label"]) in (("written", ""), ("poisson", "drops"))
        assert (note["made_by"] == "poisson") == (note["part"] == "cello" and note["section"] != "B")
    assert found["notes"][0]["name"] == "C5"


def test_notes_are_shown_a_line_each(stochos: Run) -> None:
    table = stochos("show", "two.stoch").out.splitlines()
    assert table[0].split() == ["bar", "quarters", "length", "pitch", "vel", "part", "section", "made", "by"]
    assert len(table) == 1 + len(stochos("show", "--json", "two.stoch").json["notes"])
    assert {line.split()[-1] for line in table[1:]} == {"written", "drops"}


def test_notes_are_shown_beside_their_chords(stochos: Run, tmp_path: Path) -> None:
    text = 'part flute = "Flute"\nsection A { harmony Dm:2 N.C.\n flute: A4:4 B4:2. }\nsection B { flute: C5:1 }\n'
    (tmp_path / "changes.stoch").write_text(text, encoding="utf-8")
    head, *rows = (line.split() for line in stochos("show", "changes.stoch").out.splitlines())
    assert head[5:7] == ["part", "chord"]
    assert [row[6] for row in rows] == ["Dm", "Dm", "B"]
    found = stochos("show", "--json", "changes.stoch").json
    assert [(one["onset"], one["chord"]) for one in found["harmony"]] == [(0, "Dm"), (20_160, "N.C.")]


def test_another_seed_is_shown(stochos: Run) -> None:
    assert stochos("show", "--json", "--seed", 4, "two.stoch").json["seed"] == 4
    assert stochos("show", "--seed", 4, "two.stoch").out != stochos("show", "two.stoch").out


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("tree", ["Part(name=flute)", "Text(text=Flute)", "Section(name=B)"]),
        ("score", ["Score(title=Two", "Instrument(name=Flute", "Meter(numerator=4, denominator=4)", "Poisson("]),
    ],
)
def test_earlier_stages_are_outlines(stochos: Run, stage: str, said: list[str]) -> None:
    ran = stochos("show", "--stage", stage, "two.stoch")
    assert (ran.code, ran.err) == (0, "")
    assert all(word in ran.out for word in said)
    assert " object at 0x" not in ran.out


def test_only_notes_are_json(stochos: Run) -> None:
    ran = stochos("show", "--json", "--stage", "tree", "two.stoch")
    assert (ran.code, ran.out) == (2, "")
    assert "only notes are shown as JSON" in ran.err


def test_a_tree_is_shown_of_a_score_that_does_not_check(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "wrong.stoch").write_text(WRONG)
    assert stochos("show", "--stage", "tree", "wrong.stoch").code == 0
    for stage in ("score", "notes"):
        ran = stochos("show", "--stage", stage, "wrong.stoch")
        assert (ran.code, ran.out) == (1, "")


# --- explain ----------------------------------------------------------------------------------


def test_every_code_is_explained(stochos: Run) -> None:
    for code in CODES:
        ran = stochos("explain", code)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.lower().startswith(f"## {code} {CODES[code].title}\n".lower())
        assert len(ran.out.splitlines()) > 1
        assert len(re.findall(r"^## ", ran.out, re.M)) == 1


@pytest.mark.parametrize("code", ["sto201", "201", " STO201 "])
def test_a_code_may_be_written_otherwise(stochos: Run, code: str) -> None:
    assert stochos("explain", code).out == stochos("explain", "STO201").out


def test_a_code_that_is_none_is_guessed(stochos: Run) -> None:
    ran = stochos("explain", "sto20l")
    assert (ran.code, ran.out) == (2, "")
    assert re.search(r"there is no code `sto20l`; did you mean STO2\d\d\?", ran.err)


# --- list -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
def test_what_a_score_may_name_is_listed(stochos: Run, kind: str) -> None:
    ran = stochos("list", kind)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert any(line.startswith(IN_LISTS[kind]) for line in lines)
    assert len(set(lines)) == len(lines)
    assert all(line == line.rstrip() for line in lines)


def test_an_unknown_list_is_wrong_usage(stochos: Run) -> None:
    ran = stochos("list", "instrument")
    assert (ran.code, ran.out) == (2, "")
    assert "'instruments'" in ran.err


# --- new --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rain", "rain.stoch", 'a "quoted" piece', "pieces/first-rain"])
def test_a_new_score_compiles_and_is_laid_out(stochos: Run, tmp_path: Path, name: str) -> None:
    ran = stochos("new", name)
    path = name if name.endswith(".stoch") else f"{name}.stoch"
    assert ran.code == 0
    assert ran.out.startswith(f"wrote {path}; ")
    checked = stochos("check", path)
    assert (checked.code, checked.err) == (0, f"{path}: no problems\n")
    assert stochos("fmt", "--check", path).code == 0
    assert stochos("compile", path, "-o", "out").code == 0
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_a_new_score_does_not_write_over_an_old_one(stochos: Run, tmp_path: Path) -> None:
    old = (tmp_path / "two.stoch").read_text()
    ran = stochos("new", "two")
    assert (ran.code, ran.out) == (2, "")
    assert "two.stoch is there already; --force writes over it" in ran.err
    assert (tmp_path / "two.stoch").read_text() == old
    assert stochos("new", "two", "--force").code == 0
    assert (tmp_path / "two.stoch").read_text() != old


@pytest.mark.parametrize("name", ["", "..", ".stoch", "a/."])
def test_a_new_score_has_a_name(stochos: Run, tmp_path: Path, name: str) -> None:
    before = set(tmp_path.rglob("*"))
    ran = stochos("new", name)
    assert (ran.code, ran.out) == (2, "")
    assert "letters and digits make a name" in " ".join(ran.err.split())
    assert set(tmp_path.rglob("*")) == before


# --- the command line itself ------------------------------------------------------------------


def test_the_version_is_that_of_the_package(stochos: Run) -> None:
    ran = stochos("--version")
    assert (ran.code, ran.out, ran.err) == (0, f"stochos {package.__version__}\n", "")


def test_without_a_command_there_is_help(stochos: Run) -> None:
    ran = stochos()
    assert ran.code == 2
    for command in ("compile", "check", "fmt", "show", "explain", "list", "new"):
        assert f"\n  {command} " in ran.err
    assert stochos("--help").out.splitlines() == ran.err.splitlines()
    assert stochos("-h").code == 0


def test_a_command_that_is_none_is_guessed_once(stochos: Run) -> None:
    ran = stochos("chek", "two.stoch")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-1] == "Error: No such command 'chek'. Did you mean 'check'?"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_shown(shell: str) -> None:
    environment = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    command = [sys.executable, "-m", "stochos", "--show-completion", shell]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert "COMPLETE=complete_" in done.stdout


def test_completion_completes() -> None:
    environment = {**os.environ, "_STOCHOS_COMPLETE": "complete_bash", "COMP_WORDS": "stochos c", "COMP_CWORD": "1"}
    command = [sys.executable, "-c", "import sys; sys.argv[0] = 'stochos'; from stochos.cli.app import main; main()"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.stdout.split() == ["compile", "check"]


def test_nothing_is_coloured_but_a_terminal(stochos: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wrong.stoch").write_text(WRONG)
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.setenv(name, "1")
    for arguments in (["check", "wrong.stoch"], ["compile", "two.stoch"], ["explain", "STO201"], ["--help"], ["chek"]):
        ran = stochos(*arguments)
        assert "\x1b" not in ran.out + ran.err


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminals here")
@pytest.mark.parametrize(
    ("environment", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_is_coloured_unless_it_says_no(
    tmp_path: Path, environment: dict[str, str], is_coloured: bool
) -> None:
    (tmp_path / "wrong.stoch").write_text(WRONG)
    usual = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    reader, writer = os.openpty()
    subprocess.run(
        [sys.executable, "-m", "stochos", "check", "wrong.stoch"], cwd=tmp_path, check=False, stdout=writer,
        stderr=writer, env={**usual, "TERM": "xterm-256color", **environment},
    )  # fmt: skip
    os.close(writer)
    with os.fdopen(reader, "rb", buffering=0) as terminal:
        shown = terminal.read(65_536) or b""
    assert b"STO201" in shown
    assert (b"\x1b[" in shown) == is_coloured


def test_a_reader_who_leaves_is_no_trouble() -> None:
    many = "import sys; from stochos.cli.app import main; sys.argv[1:] = ['list', 'instruments']; main()"
    command = f"'{sys.executable}' -c \"{many}\" | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert len(done.stdout.splitlines()) == 1
    assert (done.stderr, done.returncode) == ("", 0)


def test_a_bug_is_called_one(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def broken(kind: str) -> None:
        raise RuntimeError("the roof\nleaks")

    monkeypatch.setattr("stochos.cli.catalogue.rows", broken)
    monkeypatch.setattr(sys, "argv", ["stochos", "list", "models"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    said = capfd.readouterr().err.splitlines()
    assert said[0] == "this is a bug in stochos: RuntimeError: the roof leaks"
    assert len(said) == 2


# --- sieve ------------------------------------------------------------------------------------


def test_a_sieve_is_told_in_its_simplest_form(stochos: Run) -> None:
    found = dict(line.split(maxsplit=1) for line in stochos("sieve", "(3@2&4@7)|(6@9&15@18)").out.splitlines())
    assert found["primitive"] == "12@11|30@3"
    assert found["period"] == "60"
    assert found["points"] == "3 11 23 33 35 47 59"
    assert found["intervals"] == "8 12 10 2 12 12 4"
    assert found["holds"] == "7 of 60 numbers"
    assert [i for i, sign in enumerate(found["drawn"]) if sign == "x"] == [3, 11, 23, 33, 35, 47, 59]


def test_a_metabola_is_told_beside_it(stochos: Run) -> None:
    assert "sieve      5@1|3@0|7@3" in stochos("sieve", "5@4|3@2|7@3", "--add", 7).out.splitlines()


def test_what_is_no_sieve_is_misuse(stochos: Run) -> None:
    found = stochos("sieve", "8@3 | (")
    assert found.code == 2
    assert "missing" in found.err
    assert "none" in stochos("sieve", "2@0 & 2@1").out


# --- law --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROCESSES)
def test_every_process_is_seen(name: str) -> None:
    seen = see(complete(name), 1)
    assert seen.process is PROCESSES[name]
    assert sum(len(part.notes) for part in seen.piece.parts) >= 8
    assert (len(seen.draws) > 5_000) == (name not in MELODIES or name in VALUES)
    if seen.formula and np.isfinite(seen.formula.spread):  # five standard errors; the spread of long tails is wide
        close = 5 * seen.formula.spread / len(seen.draws) ** 0.5
        assert seen.draws.mean() == pytest.approx(seen.formula.mean, abs=close)
    picture = portrait(seen)
    assert picture.written("svg") == portrait(see(complete(name), 1)).written("svg")
    assert ElementTree.fromstring(picture.written("svg")).attrib["width"] == "720"
    assert all(0 <= x <= 720 and 0 <= y <= 260 for x, y in _corners(picture))


def _corners(picture: Picture) -> Iterator[tuple[float, float]]:
    for shape in picture.shapes:
        match shape:
            case Blocks(boxes):
                for left, top, width, height in boxes:
                    yield from ((left, top), (left + width, top + height))
            case Stroke(points):
                yield from points
            case Words(at):
                yield at


def test_a_law_is_drawn_as_its_formula_says_and_another_is_not() -> None:
    draws = see("@normal(mean: C4, sd: 6st)", 1).draws
    for sd, fits in ((6.0, True), (6.6, False)):
        law = formula(Normal(Constant(60.0), Constant(sd)))
        edges = np.linspace(48, 72, 25)
        meant = law.density((edges[:-1] + edges[1:]) / 2) * len(draws)
        found = np.histogram(draws, bins=edges)[0]
        assert (((found - meant) ** 2 / meant).sum() < 51.2) == fits  # chi-square, 24 of freedom, one in a thousand


def test_a_law_is_shown_with_what_it_draws(stochos: Run) -> None:
    found = stochos("law", "normal(mean: 60, sd: 12)")
    assert "Source: Xenakis" in found.out
    assert "law    mean 60   spread 12\n" in found.out
    mean, spread = re.search(r"draws  mean ([\d.]+)   spread ([\d.]+)", found.out).groups()
    assert abs(float(mean) - 60) < 0.5
    assert abs(float(spread) - 12) < 0.4
    shares = [float(share) for share in re.findall(r" ([\d.]+)%$", found.out, re.M)]
    assert 99 < sum(shares[:-1]) < 101
    assert stochos("law", "normal(mean: 60, sd: 12)").out == found.out
    assert stochos("law", "normal(mean: 60, sd: 12)", "--seed", 2).out != found.out


def test_a_law_takes_the_units_of_a_score(stochos: Run) -> None:
    assert "mean 60.0" in stochos("law", "@normal(mean: C4, sd: 3st)").out
    assert "mean 0.5" in stochos("law", "exponential(mean: 1/8)").out


def test_a_law_is_drawn_and_heard(stochos: Run, tmp_path: Path) -> None:
    found = stochos("law", "cauchy", "--plot", "cauchy.svg", "--midi", "cauchy.mid")
    assert "law    mean none   spread none" in found.out
    assert "wrote cauchy.svg" in found.out
    assert stochos("law", "cauchy", "--plot", "cauchy.png").code == 0
    assert (tmp_path / "cauchy.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "cauchy.svg").read_text()
    assert (tmp_path / "cauchy.mid").read_bytes().startswith(b"MThd")
    assert stochos("law", "cauchy", "--plot", "cauchy.gif").code == 2


def test_onsets_are_shown_with_their_gaps_and_whole_notes_by_part(stochos: Run, tmp_path: Path) -> None:
    found = stochos("law", "poisson(density: 2/beat)", "--plot", "rain.svg", "--midi", "rain.mid")
    [mean] = re.findall(r"draws  mean ([\d.]+)   spread [\d.]+   of 10,000 gaps$", found.out, re.M)
    assert abs(float(mean) - 0.5) < 0.03
    assert "four takes" in (tmp_path / "rain.svg").read_text()
    assert (tmp_path / "rain.mid").read_bytes().startswith(b"MThd")
    assert "alike in every take" in portrait(see(complete("euclid"), 1)).written("svg").decode()
    stochos("law", "cells", "--plot", "cells.svg")
    assert all(part in (tmp_path / "cells.svg").read_text() for part in ("flute", "viola", "tuba"))


@pytest.mark.parametrize("still", [
    "poisson(density: 0/beat)", "pulse(every: 5/1)", "normal(mean: C4, sd: 0st)", "exponential(mean: 1/8 -> 1/2)",
    "weighted(of: {C4: 1})", "cloud(onsets: @poisson(density: 0/bar))", "cauchy(median: 0, spread: 1000000)",
    "uniform(low: 1, high: 1.0000001)", "poisson_count(mean: 900000)", "@normal(mean: G9, sd: 1st)",
])  # fmt: skip
def test_what_hardly_moves_or_leaps_far_is_seen_too(stochos: Run, tmp_path: Path, still: str) -> None:
    found = stochos("law", still, "--plot", "still.svg", "--midi", "still.mid")
    assert (found.code, found.err) == (0, "")
    assert "nan" not in (tmp_path / "still.svg").read_text()


def test_a_law_that_is_none_is_a_problem(stochos: Run) -> None:
    found = stochos("law", "norml(mean: 3, sd: 1)")
    assert found.code == 1
    assert "did you mean `normal`?" in found.err
    assert "needs `sd`" in stochos("law", "normal(mean: 3)").err
    assert stochos("law", "normal(").code == 1
