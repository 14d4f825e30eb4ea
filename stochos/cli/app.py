"""The command line: what its commands are called, and in which order they are told of."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Annotated

import typer

from stochos import __version__
from stochos.cli import learned, reference, scores
from stochos.cli.dataset import dataset_app
from stochos.cli.guard import run
from stochos.cli.model import model_app
from stochos.cli.screen import results
from stochos.lazily import load_numpy_later

app = typer.Typer(
    name="stochos", help="Stochastic scores: text in, MIDI and MusicXML out.", no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]}, pretty_exceptions_enable=False, rich_markup_mode=None,
    suggest_commands=False,  # click does
)  # fmt: skip
_COMMANDS: dict[str, Callable[..., None]] = {
    "compile": scores.compile_, "check": scores.check, "fmt": scores.fmt, "show": scores.show, "game": scores.game,
    "learn": learned.learn, "evaluate": learned.evaluate, "train": learned.train, "sample": learned.sample,
    "turing": learned.turing,
    "explain": reference.explain, "list": reference.list_,
    "new": scores.new, "law": reference.law, "sieve": reference.sieve, "gallery": scores.gallery,
}  # fmt: skip
for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)
app.add_typer(dataset_app, name="dataset")
app.add_typer(model_app, name="model")


def _version(asked: bool) -> None:
    if asked:
        results().say(f"stochos {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """The `stochos` command."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # networks are small: sharing costs more than it saves
    load_numpy_later()
    run(app)
