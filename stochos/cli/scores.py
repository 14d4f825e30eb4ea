"""The commands of a score: compile it, check it, lay it out, look into it, begin one."""

from __future__ import annotations

import sys
from difflib import unified_diff
from enum import StrEnum
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from stochos.cli.guard import PROBLEMS, OutputFormat, guarded, tell, tell_count
from stochos.cli.screen import busy, messages, results

if TYPE_CHECKING:
    from stochos.diagnostics import Diagnostic

Score = Annotated[str, typer.Argument(metavar="FILE", help="A .stoch score, or - for standard input.")]
Outside = Annotated[bool, typer.Option("--allow-outside", help="Let the score import from outside its folder.")]
Seed = Annotated[Optional[int], typer.Option(min=0, help="Draw from this seed, not the score's.")]  # noqa: UP045


class Stage(StrEnum):
    """What `show` shows."""

    TREE = "tree"
    SCORE = "score"
    NOTES = "notes"
    EXPECT = "expect"


def compile_(  # noqa: PLR0913, PLR0917 - an argument for each option
    file: Score,
    output: Annotated[
        Optional[Path], typer.Option("-o", "--output", help="A file with a known ending, or a folder.")  # noqa: UP045
    ] = None,
    formats: Annotated[Optional[str], typer.Option(help="midi, musicxml, or both with a comma.")] = None,  # noqa: UP045
    seed: Seed = None,
    takes: Annotated[int, typer.Option(min=1, max=1000, help="How many takes; each has the next seed.")] = 1,
    section: Annotated[Optional[str], typer.Option(help="Only this section.")] = None,  # noqa: UP045
    part: Annotated[Optional[str], typer.Option(help="Only this part.")] = None,  # noqa: UP045
    report: Annotated[bool, typer.Option("--report", help="Hold each cloud against its laws; count attempts.")] = False,
    allow_outside: Outside = False,
) -> None:
    """Turn a score into MIDI and MusicXML."""
    from stochos.cli.output import targets
    from stochos.cli.report import expectations, fit_table, summary, take_line, trial_table
    from stochos.pipeline import check_source, fits, observe, realize_checked, render, unmet
    from stochos.rendering.files import write_whole

    places = targets(file, output, formats, takes)
    problems: list[Diagnostic] = []
    with guarded():
        with busy("compiling"):
            checked = check_source(_source(file), allow_outside)
            tell(checked.warnings)
            first = checked.score.seed if seed is None else seed
            seeds = range(first, first + takes)
            pieces = [realize_checked(checked, each, section, part, seeds[take:]) for take, each in enumerate(seeds, 1)]
            contents = [render(piece, place) for piece, place in zip(pieces, places, strict=True)]
            write_whole({
                place[name]: data
                for place, content in zip(places, contents, strict=True) for name, data in content.items()
            })  # fmt: skip
        for number, (piece, place) in enumerate(zip(pieces, places, strict=True), 1):
            if takes == 1:
                results().say(summary(piece, place.values(), results()))
            else:
                results().say(take_line(number, piece, place.values()))
            if section is None and part is None:
                found = observe(checked, piece)
                for line in expectations(found, results()):
                    results().say(line)
                problems += unmet(checked, found, piece.seed)
                if report:
                    results().say("\n".join([*fit_table(fits(checked, piece)), *trial_table(piece)]))
        tell(problems)
    if problems:
        messages().say("the files are written; not every expectation is met")
        raise typer.Exit(PROBLEMS)


def check(
    file: Score,
    output_format: Annotated[OutputFormat, typer.Option(help="How problems are written.")] = OutputFormat.FULL,
    allow_outside: Outside = False,
) -> None:
    """Find everything that is wrong with a score."""
    from stochos.diagnostics import SourceError
    from stochos.pipeline import check_source

    try:
        found = check_source(_source(file), allow_outside).warnings
    except SourceError as error:
        found = error.diagnostics
    tell(found, output_format)
    is_wrong = any(not diagnostic.is_warning for diagnostic in found)
    if found and output_format is not OutputFormat.JSON:
        tell_count(found)
    elif not found and output_format is OutputFormat.FULL:
        messages().say(f"{file}: no problems")
    if is_wrong:
        raise typer.Exit(PROBLEMS)


def fmt(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scores, or - for standard input.")],
    check_only: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 where something would.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Change nothing; show what would change.")] = False,
) -> None:
    """Lay scores out as they are best read. Comments stay."""
    from stochos.rendering.files import write_whole

    with guarded():
        laid_out = _laid_out(files)
        changed = [(file, old, new) for file, old, new in laid_out if old != new]
        if diff:
            for file, old, new in changed:
                results().write(_difference(file, old, new))
        elif check_only:
            for file, _, _ in changed:
                messages().say(f"{file} would be laid out anew")
        else:
            write_whole({Path(file): new.encode() for file, _, new in changed if file != "-"})
            for file, _, new in laid_out:
                if file == "-":
                    results().write(new)
            for file in dict.fromkeys(file for file, _, _ in changed if file != "-"):
                messages().say(f"{file} laid out anew")
    if changed and (check_only or diff):
        raise typer.Exit(PROBLEMS)


def _laid_out(files: list[str]) -> list[tuple[str, str, str]]:
    """Name, text and layout of each score; SourceError with the problems of all."""
    from stochos.diagnostics import SourceError
    from stochos.format import format_score

    found = []
    problems: list[Diagnostic] = []
    for file in files:
        try:
            source = _source(file)
            found.append((file, source.text, format_score(source)))
        except SourceError as error:
            problems += error.diagnostics
    if problems:
        raise SourceError(problems)
    return found


def _difference(file: str, old: str, new: str) -> str:
    """What a new layout changes, as `diff -u` says it."""
    lines = unified_diff(old.splitlines(True), new.splitlines(True), file, f"{file} (formatted)")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def show(
    file: Score,
    stage: Annotated[Stage, typer.Option(help="Written, meant, what sounds, or what is expected of it.")] = Stage.NOTES,
    json: Annotated[bool, typer.Option("--json", help="Notes as JSON.")] = False,
    seed: Seed = None,
    allow_outside: Outside = False,
) -> None:
    """Show what stochos makes of a score, stage by stage."""
    from stochos.cli import show as shown
    from stochos.cli.report import expectations
    from stochos.parse import parse
    from stochos.pipeline import check_source, observe, realize_checked

    if json and stage is not Stage.NOTES:
        raise typer.BadParameter("only notes are shown as JSON", param_hint="--json")
    with guarded():
        source = _source(file)
        match stage:
            case Stage.TREE:
                results().say(shown.outline(parse(source)))
            case Stage.SCORE:
                results().say(shown.outline(check_source(source, allow_outside).score))
            case Stage.NOTES:
                piece = realize_checked(check_source(source, allow_outside), seed)
                results().say(shown.notes_as_json(piece) if json else shown.notes_as_table(piece))
            case Stage.EXPECT:
                checked = check_source(source, allow_outside)
                piece = realize_checked(checked, seed)
                found = observe(checked, piece)
                for line in expectations(found, results()):
                    results().say(line)
                if not found:
                    messages().say(f"{file}: nothing is expected of it")
                if any(not result.holds for result in found):
                    raise typer.Exit(PROBLEMS)


def game(file: Score, seed: Seed = None, allow_outside: Outside = False) -> None:
    """Solve the games in a score, and say how they go."""
    from stochos.cli.games import told
    from stochos.pipeline import check_source
    from stochos.realize.games import matches

    with guarded():
        checked = check_source(_source(file), allow_outside)
        found = matches(checked.score, checked.files.load_network, seed)
        for match in found:
            results().say(told(match))
        if not found:
            messages().say(f"{file}: nobody plays a game")


def new(
    name: Annotated[str, typer.Argument(help="Its name; NAME.stoch is written.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a small score to start from."""
    from stochos.cli.starter import starter

    path = Path(name if name.endswith(".stoch") else f"{name}.stoch")
    if not any(letter.isalnum() for letter in path.name.removesuffix(".stoch")):
        raise typer.BadParameter(f"a score cannot be called `{name}`: letters and digits make a name")
    _write_new(path, starter(path.stem), force)


def gallery(
    name: Annotated[Optional[str], typer.Argument(help="A study; without it, all are listed.")] = None,  # noqa: UP045
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a study after a work of the canon, to compile and change."""
    from stochos.cli.starter import studies, title_of
    from stochos.diagnostics import nearest

    found = studies()
    if name is None:
        for study, text in found.items():
            results().say(f"{study:{max(map(len, found))}}  {title_of(text)}")
        return
    if name not in found:
        close = nearest(name, found)
        raise typer.BadParameter(f"no study is called `{name}`" + (f"; did you mean `{close}`?" if close else ""))
    _write_new(Path(f"{name}.stoch"), found[name], force)


def _write_new(path: Path, score: str, force: bool) -> None:
    """A score to start from, where none is yet."""
    from stochos.rendering.files import write_whole

    if path.exists() and not force:
        raise typer.BadParameter(f"{path} is there already; --force writes over it")
    with guarded():
        write_whole({path: score.encode()})
    results().say(f"wrote {path}; `stochos compile {quote(str(path))}` plays it out")


def _source(file: str):  # type: ignore[no-untyped-def] # Source, which is only loaded here
    from stochos.pipeline import read_source, source_of

    return source_of("<stdin>", sys.stdin.buffer.read()) if file == "-" else read_source(file)
