"""`stochos dataset`: from files of music to pieces that a network can learn from."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from stochos.cli.screen import counting, messages, results

if TYPE_CHECKING:
    from stochos.dataset import Built

dataset_app = typer.Typer(
    name="dataset",
    help="Make a dataset for a network to learn from.", no_args_is_help=True, rich_markup_mode=None,
    suggest_commands=False,
)  # fmt: skip
_MOST_NAMED = 20


class PieceKind(StrEnum):
    """What the pieces of a dataset are."""

    MELODY = "melody"
    CHORALE = "chorale"
    HARMONY = "harmony"


@dataset_app.command("build")
def build_(  # noqa: PLR0913, PLR0917 - an argument for each option
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="Its folder; gone on with if begun.")],
    files: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(metavar="FILE...", help="MIDI, MusicXML, ABC and **kern files, or folders of them."),
    ] = None,
    corpus: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Of music21's corpus: essen, ryan, oneill, aird, chorales, its folders and pieces."),
    ] = None,
    kind: Annotated[
        PieceKind, typer.Option(help="Melodies, four voices with fermatas and key, or a melody and its chords.")
    ] = PieceKind.MELODY,
    eval_ratio: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of pieces held out; 0.1 as for the networks that are here.")
    ] = 0.1,
    steps_per_quarter: Annotated[int, typer.Option(min=1, max=96, help="Steps of the grid in a quarter note.")] = 4,
    gap_bars: Annotated[float, typer.Option(min=0.0, help="Bars of rest that end a melody.")] = 1.0,
    least_bars: Annotated[int, typer.Option(min=0, help="Bars of the shortest melody.")] = 7,
    least_classes: Annotated[int, typer.Option(min=1, max=12, help="Fewest pitch classes in a melody.")] = 5,
    most_steps: Annotated[int, typer.Option(min=1, help="Steps after which a melody is cut.")] = 512,
    least_filled: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of a bar that sounds; emptier bars are left out.")
    ] = 0.25,
    top_voice: Annotated[
        bool, typer.Option("--top-voice", help="Take the top notes of parts with chords, which are else left out.")
    ] = False,
    jobs: Annotated[Optional[int], typer.Option(min=1, help="Processes; by default one a core.")] = None,  # noqa: UP045
) -> None:
    """Make a dataset of files: what cannot be used is left out, and told of.

    Melodies are taken as Magenta takes them: parts of one note at a time, parted where a bar is silent. Versions of a
    tune are all held out or all learned from. A build that was stopped goes on where it was.
    """
    from stochos.dataset import BuildError, build
    from stochos.dataset.rules import Rules
    from stochos.dataset.sources import SourceError, sources

    rules = Rules(
        steps_per_quarter, gap_bars, least_bars, least_classes, most_steps, least_filled=least_filled,
        top_voice=top_voice,
    )  # fmt: skip
    try:
        found = sources(files or [], [name for name in (corpus or "").split(",") if name])
        if not found:
            raise typer.BadParameter("name at least one file, or a collection with --corpus", param_hint="FILE...")
        with counting("reading") as progress:
            built = build(found, output, kind.value, rules, eval_ratio, jobs, progress)
    except (SourceError, BuildError) as refusal:
        raise typer.BadParameter(str(refusal)) from None
    _tell(built, kind.value)
    count = "1 piece" if built.pieces == 1 else f"{built.pieces:,} pieces"
    results().say(f"wrote {output}: {count}, {built.held_out:,} held out")


def _tell(built: Built, kind: str) -> None:
    """What was kept and dropped, and which files could not be read."""
    from stochos.cli.table import table

    for line in table(("", "number"), list(built.report.items())):
        results().say(line)
    screen = messages()
    for name, reason in list(built.damaged.items())[:_MOST_NAMED]:
        screen.say(f"{screen.paint('left out:', 'warning')} {name}: {reason}")
    if len(built.damaged) > _MOST_NAMED:
        screen.say(f"and {len(built.damaged) - _MOST_NAMED} more, which report.json names")
    from stochos.dataset.rules import PLAIN, POLYPHONIC, SHORT

    remedies = {
        POLYPHONIC: "most parts play several notes at a time; --top-voice takes their top notes",
        SHORT: "most melodies are too short; --least-bars takes shorter ones",
        PLAIN: "most melodies have too few pitch classes; --least-classes takes plainer ones",
    }
    worst = max(remedies, key=lambda reason: built.report.get(reason, 0))
    if kind == "melody" and built.report.get(worst, 0) > built.pieces:
        screen.say(remedies[worst])
