"""The commands of `stochos model`: which networks there are, what they are, and how to bring one in or take one out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from stochos.cli.opened import find, opening
from stochos.cli.screen import busy, counting, results

model_app = typer.Typer(
    name="model", help="Trained networks: which there are, and Magenta's brought in.", no_args_is_help=True,
    rich_markup_mode=None, suggest_commands=False,
)  # fmt: skip

Name = Annotated[str, typer.Argument(metavar="NAME", help="A network by name, or a folder or .mag file.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
Force = Annotated[bool, typer.Option("--force", help="Write over what is there.")]


@model_app.command("list")
def list_(json: Json = False) -> None:
    """List the networks that a score here may name, first found first."""
    from stochos.cli import networks

    found = networks.on_shelves(Path())
    if json:
        results().say(networks.as_json([told.facts for told in found]))
        return
    for line in networks.table(found):
        results().say(line)


@model_app.command()
def show(name: Name, json: Json = False) -> None:
    """Show what a network is, and how well it foretells."""
    from stochos.cli import networks

    with opening():
        told = networks.described(find(name))
    if json:
        results().say(networks.as_json(told.facts))
        return
    for line in told.lines():
        results().say(line)


@model_app.command()
def card(
    name: Name,
    data: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="DIR", help="Measure its figures on a dataset, and write them into the card."),
    ] = None,
) -> None:
    """Show the card of a network: what it learned from, and who made it; or measure its figures anew."""
    from stochos.cli import networks
    from stochos.rendering.files import write_whole

    with opening():
        folder = find(name)
        if data is not None:
            with counting("measuring") as progress:
                files = networks.measured(folder, name, data, progress)
            write_whole(files)
        text = networks.card_of(folder)
    if results().colour:
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        results().say(text)


@model_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.mag", help="A bundle of Magenta's Melody RNN.")],
    name: Annotated[Optional[str], typer.Option(help="What scores call it; else after the file.")] = None,  # noqa: UP045
    output: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("-o", "--output", help="The folder of networks, such as models beside a score; else your own."),
    ] = None,
    force: Force = False,
) -> None:
    """Bring in a network of Magenta's, to play in any score."""
    from stochos.cli import networks
    from stochos.rendering.files import write_whole

    called = networks.name_for(file) if name is None else name
    with opening():
        with busy("reading"):
            folder, files, about = networks.imported(file, called, output)
        if folder.exists() and not force:
            raise typer.BadParameter(f"{folder} is there already; --force writes over it")
        write_whole(files)
    results().say(f"wrote {folder}: {about}")
    results().say(f"in a score: @lstm(model: {networks.in_score(called)})")


@model_app.command()
def export(
    name: Name,
    keras: Annotated[bool, typer.Option("--keras", help="As a model of Keras.")] = False,
    output: Annotated[Optional[Path], typer.Option("-o", "--output", help="A .keras file; else NAME.keras.")] = None,  # noqa: UP045
    force: Force = False,
) -> None:
    """Take a network out, to train it on or study it with other tools."""
    from stochos.cli import networks
    from stochos.rendering.files import write_whole

    if not keras:
        raise typer.BadParameter("say --keras, the one format there is", param_hint="--keras")
    path = Path(f"{Path(name).stem or 'network'}.keras") if output is None else output
    if path.suffix != ".keras":
        raise typer.BadParameter("a model of Keras ends in .keras", param_hint="--output")
    if path.exists() and not force:
        raise typer.BadParameter(f"{path} is there already; --force writes over it")
    with opening():
        with busy("exporting"):
            data = networks.keras_file(find(name))
        write_whole({path: data})
    results().say(f"wrote {path}")
    results().say(f"in Python: import stochos.neural.network; keras.saving.load_model({str(path)!r})")
