"""What is wrong in a score is told once, where it is, and the repair that is offered repairs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from stochos.cli.diagnose import full
from stochos.cli.screen import Screen
from stochos.diagnostics import Diagnostic, Fix, SourceError
from stochos.pipeline import check_source
from stochos.source import Source

GOLDEN = Path(__file__).parent / "golden" / "errors"
FAULTY = sorted(GOLDEN.glob("*.stoch"))
each_faulty = pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in FAULTY])


def problems(text: str) -> tuple[Diagnostic, ...]:
    """What is wrong in a text that lies among the golden files."""
    try:
        return check_source(Source("score.stoch", text, GOLDEN / "score.stoch")).warnings
    except SourceError as error:
        return error.diagnostics


def shown(diagnostics: tuple[Diagnostic, ...]) -> str:
    screen = Screen(StringIO(), colour=False, unicode=True)
    return "\n\n".join(full(diagnostic, screen) for diagnostic in diagnostics) + "\n"


def codes(music: str, *, heading: str = "", bars: str = "") -> list[str]:
    """The codes of what a flute's line has wrong with it."""
    text = f'{heading}\npart flute = "Flute"\nsection A {bars} {{\n  flute: {music}\n}}\n'
    return [diagnostic.code for diagnostic in problems(text)]


def applied(text: str, fix: Fix) -> str:
    return text[: fix.span.start] + fix.text + text[fix.span.end :]


# --- whole scores, with many problems each ----------------------------------------------------


def test_every_golden_file_has_its_score() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {path.stem for path in FAULTY}
    assert len(FAULTY) >= 6


@each_faulty
def test_problems_read_as_they_should(path: Path, golden: Callable[[Path, str], None]) -> None:
    golden(path.with_suffix(".txt"), shown(problems(path.read_text(encoding="utf-8"))))


@each_faulty
def test_problems_are_in_source_order(path: Path) -> None:
    found = problems(path.read_text(encoding="utf-8"))
    assert len(found) >= 7
    places = [(d.source.name, d.span, d.code) for d in found]
    assert places == sorted(set(places))


@each_faulty
def test_every_repair_that_is_offered_repairs(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = problems(text)
    before = Counter((d.code, d.message) for d in found)
    for diagnostic in found:
        if diagnostic.fix is not None and diagnostic.source.text == text:
            problem = diagnostic.code, diagnostic.message
            after = Counter((d.code, d.message) for d in problems(applied(text, diagnostic.fix)))
            assert after[problem] < before[problem], problem


@each_faulty
def test_repairs_come_to_an_end(path: Path) -> None:
    """Applied one after the other, whatever new problem each brings to light."""
    text = path.read_text(encoding="utf-8")
    for _ in range(60):
        fix = next((d.fix for d in problems(text) if d.fix and d.source.text == text), None)
        if fix is None:
            return
        text = applied(text, fix)
    pytest.fail("the repairs run in a circle")


# --- one slip, one message --------------------------------------------------------------------

FULL = [
    ("4/4", "C5:1 | D5:2. E5:4"),
    ("3/4", "C5:2. | D5:4 E5 F5"),
    ("6/8", "C5:4. D5:8 E5 F5 | C5:2."),
    ("5/8", "C5:4 D5:4. | C5:2+8"),
    ("7/16", "C5:8 D5 E5:8. | C5:4..  "),
    ("3/4", "{3:2 C5:4 D5 E5} F5 | {3:2 C5:8 {3:2 D5:16 E5 F5} G5:8} A5:2"),
    ("5/8", "{5:4 C5:8 D5 E5 F5 G5} A5 | R"),
    ("1/4", "{7:4 C5:16 D5 E5 F5 G5 A5 B5}"),
]


@pytest.mark.parametrize(("meter", "music"), FULL)
def test_full_bars_are_full(meter: str, music: str) -> None:
    assert codes(f"| {music} |", heading=f"meter {meter}") == []


@pytest.mark.parametrize(("meter", "music"), FULL)
def test_a_thirty_second_too_few_or_too_many_is_one_problem(meter: str, music: str) -> None:
    heading = f"meter {meter}"
    assert codes(f"| {music} | r:32 | R |", heading=heading) == ["STO201"]
    assert codes(f"| {music} r:32 | R |", heading=heading) == ["STO201" if music.endswith("R") else "STO202"]


@pytest.mark.parametrize(
    ("music", "code"),
    [
        ("$nothing C5:4 | D5:1 |", "STO302"),
        ("@nothing for 1 bar C5:4 D5:2. |", "STO305"),
        ("@poisson(densty: 1/beat) for 1 bar | C5:1 |", "STO306"),
        ("| C5:2'stac D5 |", "STO308"),
        ("| C5:4 D5 E5 | C5:1 | D5:1 |", "STO201"),
        ("| C5:2 D5 E5:4 | C5:1 | D5:1 |", "STO202"),
        ("| {3:2 C5:8 D5} E5:2. | C5:1 |", "STO204"),
        ("| C5:1~ | D5:1 |", "STO210"),
        ("| C2:1 | D5:1 |", "STO408"),
        ("| { C5:4 D5 & C5:4 } E5:2 | D5:1 |", "STO217"),
        ("| { C5:4 D5 E5 F5 } >> transposse(2) | D5:1 |", "STO313"),
        ("| C5:5 D5:4 E5 F5 | D5:1 |", "STO209"),
    ],
)
def test_one_slip_is_one_message(music: str, code: str) -> None:
    assert codes(music) == [code]


def test_an_unread_name_is_a_silent_placeholder() -> None:
    """A file that is not there is one problem, however often its music is asked for."""
    heading = 'import "nowhere.stoch" as m'
    assert codes("| $m.call | $m.answer | @m.rain for 1 bar |", heading=heading, bars="4 bars") == ["STO601"]


def test_names_in_a_circle_are_one_problem() -> None:
    assert codes("| $a | $b |", heading="let a = $b\nlet b = { $a }") == ["STO312"]
