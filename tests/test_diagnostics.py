"""Every problem that a score can have: `docs/diagnostics.md` has an entry for each code, and each entry is true.

An entry has a score that fails, what `stochos check score.stoch` says of it, and the score repaired. The scores may
import what lies in `tests/fixtures`. With `--update-golden` the outputs in the document are written anew.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from stochos.cli.diagnose import full
from stochos.cli.explain import explanation
from stochos.cli.screen import Screen
from stochos.diagnostics import CODES, Diagnostic, SourceError
from stochos.pipeline import check_source, observe, realize_checked, unmet
from stochos.source import Source

PAGE = Path(__file__).parent.parent / "docs" / "diagnostics.md"
FIXTURES = Path(__file__).parent / "fixtures"

_HEADING = re.compile(r"^## (STO\d{3}) (.+)$", re.M)
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)

Check = Callable[[str], tuple[Diagnostic, ...]]


@dataclass(frozen=True)
class Entry:
    """What the document says of a code.

    fences  kind and text of each example, in order
    """

    code: str
    title: str
    fences: tuple[tuple[str, str], ...]


def entries() -> list[Entry]:
    """Every entry of the document, in order."""
    text = PAGE.read_text(encoding="utf-8")
    found = list(_HEADING.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)]
    return [
        Entry(match[1], match[2], tuple((f[1], f[2]) for f in _FENCE.finditer(text, match.end(), end)))
        for match, end in zip(found, ends, strict=True)
    ]


def output(diagnostics: tuple[Diagnostic, ...]) -> str:
    """Problems as `stochos check` writes them, without colours."""
    screen = Screen(StringIO(), colour=False, unicode=True)
    return "\n\n".join(full(diagnostic, screen) for diagnostic in diagnostics) + "\n"


def update(check: Check) -> None:
    """Write the outputs in the document anew."""
    text = PAGE.read_text(encoding="utf-8")
    parts = re.split(r"(?=^## STO)", text, flags=re.M)
    for number, part in enumerate(parts):
        failing = _FENCE.search(part)
        if _HEADING.match(part) and failing:
            fence = f"```text\n{output(check(failing[2]))}```"
            parts[number] = re.sub(
                r"^```text\n.*?^```$", lambda _, fence=fence: fence, part, count=1, flags=re.M | re.S
            )
    PAGE.write_text("".join(parts), encoding="utf-8")


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Check:
    """Checks a text as `score.stoch`, in a folder with the fixtures."""
    folder = tmp_path_factory.mktemp("scores")
    shutil.copytree(FIXTURES, folder, dirs_exist_ok=True)

    def found(text: str) -> tuple[Diagnostic, ...]:
        path = folder / "score.stoch"
        path.write_text(text, encoding="utf-8")
        try:
            checked = check_source(Source("score.stoch", text, path))
            if not checked.score.expected and " until " not in text:
                return checked.warnings
            piece = realize_checked(checked)
            return (*checked.warnings, *unmet(checked, observe(checked, piece), piece.seed))
        except SourceError as error:
            return error.diagnostics

    if request.config.getoption("--update-golden", default=False):
        update(found)
    return found


def test_every_code_has_one_entry() -> None:
    assert [entry.code for entry in entries()] == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_an_entry_is_true(code: str, check: Check) -> None:
    entry = next(entry for entry in entries() if entry.code == code)
    assert entry.title.lower() == CODES[code].title.lower()
    assert [kind for kind, _ in entry.fences] == ["stoch", "text", "stoch"]
    failing, told, repaired = (text for _, text in entry.fences)
    found = check(failing)
    assert output(found) == told, "run pytest --update-golden and read what it writes"
    assert code in {diagnostic.code for diagnostic in found}
    assert [f"{d.code} {d.message}" for d in check(repaired) if not d.is_warning or d.code == code] == []
    for diagnostic in found:
        if diagnostic.fix is not None and diagnostic.source.text == failing:
            start, end = diagnostic.fix.span
            fixed = check(failing[:start] + diagnostic.fix.text + failing[end:])
            assert (diagnostic.code, diagnostic.message) not in {(d.code, d.message) for d in fixed}


@pytest.mark.parametrize("code", CODES)
def test_explain_shows_the_entry_alone(code: str) -> None:
    text = explanation(code)
    assert text is not None
    assert text.startswith(f"## {code} ")
    assert len(_HEADING.findall(text)) == 1
    assert not re.search(r"^# ", _FENCE.sub("", text), re.M)


@pytest.mark.parametrize("name", ["damaged.mid", "cut.musicxml", "binary.stoch", "latin.stoch"])
def test_a_damaged_file_is_one_problem(name: str, check: Check) -> None:
    found = check(f'import "{name}" as tune\npart flute = "Flute"\nsection A {{ flute: $tune }}\n')
    assert [(diagnostic.code, diagnostic.span.start) for diagnostic in found] == [("STO602", 7)]
