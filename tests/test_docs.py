"""The documents are executed: every fenced example runs, and every word that the language knows is told of.

Fences of a page share a folder, as a reader's files would:

    ```stoch              checks without errors; a whole score also sounds and becomes MIDI
    ```stoch same         plays the same notes as the fence before it
    ```stoch STO201       has this problem, and no other
    ```console            lines that begin with `$ stochos` run and end well
    ```python             runs

A score whose first line is `// name.stoch` is saved under that name, and later examples may import it. What is not a
whole score is completed: music is played by a flute, lines of parts stand in a section, heading words above one.

Run this file to write the cards of docs/processes.md and their pictures anew from what the processes declare and draw.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from stochos.check import arguments
from stochos.cli.card import known
from stochos.cli.examples import complete
from stochos.cli.law import Seen, see
from stochos.cli.portrait import portrait
from stochos.diagnostics import SourceError
from stochos.music.dynamics import ARTICULATIONS, VELOCITIES
from stochos.parse import pieces
from stochos.pipeline import check_source, realize_checked, render
from stochos.process.constraint import CONSTRAINTS
from stochos.process.table import MELODIES, ONSETS, PROCESSES, VALUES
from stochos.process.value import Parameter, Quantity, parameters
from stochos.realization import Realization
from stochos.source import Source
from stochos.transform import TRANSFORMS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
REFERENCE = DOCS / "language.md"
CARDS = DOCS / "processes.md"
PICTURES = DOCS / "images" / "processes"
README = ROOT / "README.md"
PAGES = [*([README] if README.exists() else []), REFERENCE, DOCS / "cookbook.md", DOCS / "networks.md", CARDS]
BORROWED = {  # files that examples import: scores compiled for them
    "tune.mid": """
        part oboe = "Oboe"
        section song { oboe: | G4:4 A4 B4 G4 | C5:2 B4 | A4:4 B4 C5 D5 | B4:1 | D5:4. C5:8 B4:4 G4 | A4 C5:2 B4:4 |
                             | A4:8 B4 A4 G4 F#4:4 D4 | G4:1 | }
    """,
}

_FENCE = re.compile(r"^```(\w*)[ \t]*([^\n]*)\n(.*?)^```$", re.M | re.S)
_NAMED = re.compile(r"// ([\w-]+\.stoch)\b")
_PLAYED = {"flute": "Flute", "oboe": "Oboe", "piano": "Piano", "cello": "Violoncello", "drums": "Drum kit"}
_LABEL = re.compile(rf"(?:^|[{{\s])({'|'.join(_PLAYED)}):(?!\d)")


@dataclass(frozen=True)
class Fence:
    """One example. before: the example that it follows."""

    page: Path
    line: int
    kind: str
    more: str
    text: str
    before: Fence | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


@cache
def fences(page: Path) -> tuple[Fence, ...]:
    """The examples of a page, in order."""
    text, found = page.read_text(encoding="utf-8"), []
    for match in _FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        found.append(Fence(page, line, match[1], match[2].strip(), match[3], found[-1] if found else None))
    return tuple(found)


def all_fences(*kinds: str) -> list[Any]:
    """The examples of some kinds on all pages."""
    return [pytest.param(f, id=str(f)) for page in PAGES for f in fences(page) if f.kind in kinds]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Path]:
    """For each page a folder with the files that its examples save and import."""
    made = {}
    for page in PAGES:
        folder = made[page] = tmp_path_factory.mktemp(page.stem)
        for fence in fences(page):
            name = _NAMED.match(fence.text)
            if fence.kind == "stoch" and name:
                (folder / name[1]).write_text(fence.text, encoding="utf-8")
        for name, score in BORROWED.items():
            if name in page.read_text(encoding="utf-8"):
                piece = realize_checked(check_source(Source(name, score)))
                (folder / name).write_bytes(render(piece, ["midi"])["midi"])
    return made


def completed(text: str) -> str:
    """An example as a whole score."""
    spoken = re.sub(r"//[^\n]*", "", text).strip()
    has_section = re.search(r"^section\b", text, re.M)
    if has_section and re.search(r"^part\b", text, re.M):
        return text
    labels = _LABEL.findall(spoken)
    if not has_section and spoken.partition(" ")[0] in pieces.HEADING:
        return f'{text}\npart flute = "Flute"\nsection A 2 bars {{ }}\n'
    if not has_section:
        if not labels:
            text, labels = f"flute: {text}", ["flute"]
        length = " 4 bars" if re.search(r"\bfill\b", spoken) else ""
        text = f"section A{length} {{\n{text}\n}}\n"
    parts = [f'part {name} = "{instrument}"' for name, instrument in _PLAYED.items() if name in labels]
    return "\n".join([*parts, text])


def is_whole(text: str) -> bool:
    """Whether an example is a score by itself, that something is played in."""
    return completed(text) == text


def realized(fence: Fence, folder: Path) -> Realization:
    """What an example sounds like. Raises SourceError."""
    source = Source(fence.page.name, completed(fence.text), folder / "example.stoch")
    return realize_checked(check_source(source))


def played(piece: Realization) -> list[tuple[str, int, int, int, int | None]]:
    """Every note that sounds: part, onset, duration, pitch, velocity."""
    return sorted((p.name, n.onset, n.duration, n.pitch, n.velocity or 0) for p in piece.parts for n in p.notes)


@pytest.mark.parametrize("fence", all_fences("stoch"))
def test_an_example_does_what_its_page_says(fence: Fence, folders: dict[Path, Path]) -> None:
    folder = folders[fence.page]
    if re.fullmatch(r"STO\d{3}", fence.more):
        with pytest.raises(SourceError) as raised:
            realized(fence, folder)
        assert {d.code for d in raised.value.diagnostics if not d.is_warning} == {fence.more}
        return
    assert fence.more in {"", "same"}
    try:
        piece = realized(fence, folder)
    except SourceError as error:
        pytest.fail("\n".join(f"{d.code} {d.place}: {d.message}. {d.hint}" for d in error.diagnostics))
    if fence.more == "same":
        assert fence.before is not None
        assert played(piece) == played(realized(fence.before, folder))
    if is_whole(fence.text):
        assert any(part.notes for part in piece.parts)
        assert render(piece, ["midi"])["midi"].startswith(b"MThd")


@pytest.mark.parametrize("fence", all_fences("console"))
def test_a_command_ends_well(fence: Fence, folders: dict[Path, Path]) -> None:
    pytest.importorskip("stochos.cli.app", reason="the command line is not there yet")
    if "$ stochos train" in fence.text:
        pytest.importorskip("tensorflow", reason="training needs the `train` extra")
    for command in re.findall(r"^\$ (stochos .*)$", fence.text, re.M):
        _run(["-m", *shlex.split(command, comments=True)], folders[fence.page])


@pytest.mark.parametrize("fence", all_fences("python"))
def test_a_program_runs(fence: Fence, folders: dict[Path, Path]) -> None:
    _run(["-c", fence.text], folders[fence.page])


def _run(arguments: list[str], folder: Path) -> None:
    """Python, in a folder; it has to end well."""
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}\n{done.stdout}{done.stderr}"


def _words() -> Iterator[str]:
    yield from PROCESSES
    yield from TRANSFORMS
    yield from set(ARTICULATIONS.values())
    yield from VELOCITIES
    yield from (*pieces.SETTINGS, *pieces.STRUCTURE, *pieces.LINES, *pieces.RESERVED, *pieces.CLAUSES)
    yield from CONSTRAINTS
    yield from (parameter.name for parameter in arguments.OF_PASSAGES)


def test_the_reference_tells_of_every_word() -> None:
    prose = _FENCE.sub("", REFERENCE.read_text(encoding="utf-8"))
    told = {word for span in re.findall(r"`([^`\n]+)`", prose) for word in re.findall(r"\w+", span)}
    assert set(_words()) - told == set()


def test_the_reference_tells_of_every_limit() -> None:
    settings: set[str] = set()
    for file in (ROOT / "stochos").rglob("*.py"):
        settings |= set(re.findall(r"STOCHOS_MAX_[A-Z]+\b", file.read_text(encoding="utf-8")))
    text = REFERENCE.read_text(encoding="utf-8")
    assert settings
    assert {name for name in settings if name not in text} == set()


def test_commands_and_options_are_there() -> None:
    app = pytest.importorskip("stochos.cli.app", reason="the command line is not there yet")
    group = typer.main.get_command(app.app)
    known = {name: command for name, command in group.commands.items() if not command.hidden}  # type: ignore[attr-defined]
    options = {option for c in (group, *with_parts(known)) for p in c.params for option in p.opts}
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert set(re.findall(r"`stochos (\w+)", text)) <= set(known)
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)) <= options | {"--help"}
    assert set(known) <= set(re.findall(r"`stochos (\w+)", REFERENCE.read_text(encoding="utf-8")))


def with_parts(commands: dict[str, Any]) -> Iterator[Any]:
    """Commands, and those under them."""
    for command in commands.values():
        yield command
        yield from with_parts(getattr(command, "commands", {}))


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", page.read_text(encoding="utf-8"))):
            path, _, anchor = target.partition("#")
            if "://" in target:
                continue
            there = (page.parent / path).resolve() if path else page
            assert there.exists(), f"{page.name} links to {target}"
            if anchor:
                titles = re.findall(r"^#+ (.+)$", _FENCE.sub("", there.read_text(encoding="utf-8")), re.M)
                assert anchor in {_anchor(title) for title in titles}, f"{page.name} links to {target}"


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


# --- cards ------------------------------------------------------------------------------------

_CARD = re.compile(r"(<!-- card: (\w+) -->\n).*?(?=<!-- end -->)", re.S)
_UNITS = {
    Quantity.PITCH: "pitch", Quantity.INTERVAL: "interval, `2st`", Quantity.LENGTH: "length, `1/8`",
    Quantity.RATE: "rate, `3/bar`", Quantity.CHANCE: "chance, `0.3` or `30%`", Quantity.VELOCITY: "velocity",
    Quantity.NUMBER: "number", Quantity.SAME: "as what is drawn", Quantity.SPREAD: "a distance of what is drawn",
    Quantity.RATIO: "number", Quantity.BOUNDS: "span, or a ramp of spans", Quantity.SCALE: "scale",
    Quantity.CHAIN: "`@chain { … }`", Quantity.MOODS: "`@chain { … }` of words",
    Quantity.MATERIAL: "music", Quantity.PRIMER: "primer",
    Quantity.MODEL: "name of a network", Quantity.ONSETS: "onset process", Quantity.FLAG: "`yes` or `no`",
    Quantity.CHOICE: "a word", Quantity.ITEMS: "list",
    Quantity.RHYTHM: "music", Quantity.BALLS: "list, or how many of each, `{C4: 3, D4: 1}`",
    Quantity.CHOICES: "a word, a list or weights of words",
    Quantity.WEIGHTS: "weights, `{C4: 3, G4: 1}`",
    Quantity.SIEVE: "sieve", Quantity.PARTS: "parts, `[flute, cello]`",
    Quantity.FORETELLERS: "list of them, `[@markov(…), @lstm(…)]`", Quantity.NUMBERS: "list of numbers, which may move",
    Quantity.LABEL: "a word", Quantity.PART: "a part's name",
    Quantity.MATRIX: "rows of numbers, `[[1, 0], [0, 1]]`", Quantity.TACTICS: "list of music, `[$a, $b]`",
}  # fmt: skip
_KINDS = (("says when", ONSETS), ("says what", VALUES), ("plays notes", MELODIES))


def card(name: str) -> str:
    """What the code knows of a process, for its card."""
    process = PROCESSES[name]
    told = (process.__doc__ or "").strip()
    kinds = " and ".join(said for said, table in _KINDS if name in table)
    lines = [f"*{kinds[0].upper()}{kinds[1:]}.* {told.splitlines()[0]}", ""]
    lines += ["| argument | what it is | | bounds |", "|---|---|---|---|"]
    one_of = {n: names for names in getattr(process, "ONE_OF", ()) for n in names}
    for parameter in parameters(process):
        needed = "needed" if parameter.required else ""
        if parameter.name in one_of:
            needed = " or ".join(f"`{n}`" for n in one_of[parameter.name]) + " is needed"
        unit = _UNITS[parameter.quantity]
        if parameter.by_state:
            unit = f"`{{calm: …, wild: …}}`, {unit}" if parameter.required else f"{unit}, or by state"
        lines.append(
            f"| `{parameter.name}` | {parameter.doc}: {unit} | {needed} | {_bounds(parameter)} |"
        )
    source = re.search(r"^\s*Source: (.+?)\Z", told, re.M | re.S)
    if source:
        lines += ["", f"After {' '.join(source[1].split())}"]
    lines += ["", f"![what `@{name}` draws](images/processes/{name}.svg)"]
    if law := seen(name).formula:
        draws, sums = seen(name).draws, ", ".join(known(law).split("   "))
        drawn = f"of {len(draws):,} draws mean {draws.mean():.4g}, spread {draws.std():.4g}"
        lines += ["", f"Its density is `{law.text}`. In the picture: {sums}; {drawn}."]
    return "\n".join(lines) + "\n"


@cache
def seen(name: str) -> Seen:
    """A process, drawn with the arguments of its example."""
    return see(complete(name), 1)


def picture(name: str) -> bytes:
    """What `stochos law NAME --plot` draws."""
    return portrait(seen(name)).written("svg")


def _bounds(parameter: Parameter) -> str:
    if parameter.words:
        return " ".join(f"`{word}`" for word in parameter.words)
    said = {
        "above": parameter.above,
        "at least": parameter.at_least,
        "below": parameter.below,
        "at most": parameter.at_most,
    }
    return ", ".join(f"{words} {number:g}" for words, number in said.items() if number is not None)


def carded(text: str) -> str:
    """A page with its cards as they should be."""
    return _CARD.sub(lambda found: f"{found[1]}{card(found[2])}", text)


def test_every_process_has_a_card_and_an_example() -> None:
    text = CARDS.read_text(encoding="utf-8")
    assert sorted(found[2] for found in _CARD.finditer(text)) == sorted(PROCESSES)
    for name in PROCESSES:
        assert any(f"@{name}" in fence.text for fence in fences(CARDS) if fence.kind == "stoch")


def test_the_cards_say_what_the_processes_declare() -> None:
    text = CARDS.read_text(encoding="utf-8")
    assert carded(text) == text, "run `python tests/test_docs.py` to write the cards anew"


@pytest.mark.parametrize("name", PROCESSES)
def test_the_picture_of_a_process_is_what_it_draws(name: str) -> None:
    assert (PICTURES / f"{name}.svg").read_bytes() == picture(name), "run `python tests/test_docs.py` to draw it anew"


def test_no_picture_is_of_no_process() -> None:
    assert {path.stem for path in PICTURES.iterdir()} == set(PROCESSES)


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for each in PROCESSES:
        (PICTURES / f"{each}.svg").write_bytes(picture(each))
    CARDS.write_text(carded(CARDS.read_text(encoding="utf-8")), encoding="utf-8")
