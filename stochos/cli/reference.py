"""The commands that a composer looks things up with: codes, names, laws, sieves."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from stochos.cli.guard import guarded
from stochos.cli.screen import results


class Kind(StrEnum):
    """What `list` lists."""

    INSTRUMENTS = "instruments"
    PERCUSSION = "percussion"
    GENERATORS = "generators"
    LAWS = "laws"
    TRANSFORMS = "transforms"
    CONSTRAINTS = "constraints"
    SCALES = "scales"
    CHORDS = "chords"
    DYNAMICS = "dynamics"
    ARTICULATIONS = "articulations"
    MODELS = "models"


def explain(code: Annotated[str, typer.Argument(help="A code such as STO201.")]) -> None:
    """Explain a problem: why it comes, and what to write."""
    from stochos.cli.explain import explanation, guess

    text = explanation(code)
    if text is None:
        close = guess(code.upper())
        raise typer.BadParameter(f"there is no code `{code}`" + (f"; did you mean {close}?" if close else ""))
    if results().colour:
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        results().say(text)


def list_(kind: Annotated[Kind, typer.Argument(help="What to list.")]) -> None:
    """List what a score may name."""
    from stochos.cli.catalogue import rows

    found = rows(kind.value)
    width = max((len(name) for name, _ in found), default=0)
    for name, about in found:
        results().say(f"{name:{width}}  {about}".rstrip())


def law(
    text: Annotated[
        str, typer.Argument(metavar="PROCESS", help='As in a score: "normal(mean: C4, sd: 6st)"; or a name.')
    ],
    plot: Annotated[Optional[Path], typer.Option(help="Write its picture, .svg or .png.")] = None,  # noqa: UP045
    midi: Annotated[Optional[Path], typer.Option(help="Write some notes of it.")] = None,  # noqa: UP045
    seed: Annotated[int, typer.Option(min=0, help="Draw from this seed.")] = 1,
) -> None:
    """Show what a law, or any other process, draws."""
    from stochos.cli.card import card
    from stochos.cli.examples import complete
    from stochos.cli.law import see
    from stochos.cli.portrait import portrait
    from stochos.rendering.files import write_whole
    from stochos.rendering.midi import write_midi

    if plot is not None and plot.suffix not in {".svg", ".png"}:
        raise typer.BadParameter("a picture ends in .svg or .png", param_hint="--plot")
    with guarded():
        seen = see(complete(text), seed)
        files = {} if plot is None else {plot: portrait(seen).written(plot.suffix[1:])}
        files |= {} if midi is None else {midi: write_midi(seen.piece)}
        for line in card(seen, results()):
            results().say(line)
        write_whole(files)
    for path in files:
        results().say(f"wrote {path}")


def sieve(
    text: Annotated[str, typer.Argument(metavar="SIEVE", help='Residue classes, such as "8@0 | 3@2 & 4@1".')],
    add: Annotated[Optional[int], typer.Option(help="Also its metabola: this added to every index.")] = None,  # noqa: UP045
) -> None:
    """Say what a sieve holds, and its simplest form."""
    from stochos.cli.sieve import described
    from stochos.music.sieve import SieveError, parse_sieve

    try:
        found = parse_sieve(text)
    except SieveError as wrong:
        raise typer.BadParameter(f"{wrong.message} (at character {wrong.offset + 1})", param_hint="SIEVE") from None
    for line in described(found, add):
        results().say(line)
