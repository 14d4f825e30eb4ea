"""Networks and datasets that commands are told to use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from stochos.cli.guard import MISUSE, guarded
from stochos.cli.screen import messages

if TYPE_CHECKING:
    from stochos.neural.bundle import Config, Model
    from stochos.neural.melodies import Tune


@contextmanager
def opening() -> Iterator[None]:
    """End a command in one line where a network or a dataset cannot be read, or a file not be written."""
    from stochos.neural.bundle import BundleError
    from stochos.neural.dataset import DatasetError
    from stochos.neural.melodies import TooFewError

    with guarded():
        try:
            yield
        except (BundleError, DatasetError, TooFewError) as error:
            messages().say(f"{messages().paint('stochos:', 'error')} {error}")
            raise typer.Exit(MISUSE) from None


def model_of(name: str) -> Model:
    """The network of a name that a score here may name, or at a path; `BundleError` where there is none."""
    from stochos.neural import shelf

    return shelf.load(find(name))


def find(name: str) -> Path:
    """Where it lies; `BundleError`, with a guess, where there is none."""
    from stochos.diagnostics import nearest
    from stochos.neural import bundle, shelf

    try:
        return shelf.find(name, Path())
    except bundle.BundleError as error:
        guess = None if shelf.is_path(name) else nearest(name, bundle.names(shelf.shelves(Path())))
        raise bundle.BundleError(f"{error}; did you mean `{guess}`?" if guess else str(error)) from None


def melody_model_of(name: str, has_chords: bool = False) -> Model:
    """The same of a network that plays melodies an event a sixteenth: over chords where there are some."""
    from stochos.neural.bundle import BARS, BundleError, plays

    model = model_of(name)
    what = plays(model.config)
    if what == "harmony" and not has_chords:
        raise BundleError(f"the network `{name}` plays over chords: write some, --harmony 'Dm:1 | A7:2 G'")
    if what not in {"melody", "harmony", BARS}:
        raise BundleError(f"the network `{name}` plays {what}s in scores; takes are of melodies")
    if has_chords and what != "harmony":
        raise BundleError(f"the network `{name}` hears no chords: leave out --harmony, or take --model harmony")
    return model


def foretelling_model_of(name: str) -> Model:
    """The same of a network that says how likely what comes is."""
    from stochos.neural.bundle import BundleError

    model = model_of(name)
    if model.bars is not None:
        raise BundleError(
            f"the network `{name}` makes bars of noise and cannot say how likely music is; `stochos turing` judges it"
        )
    return model


def tunes_of(folder: Path, config: Config) -> tuple[list[Tune], list[Tune]]:
    """Pieces in the key and range of a network: to learn from, and held out; `DatasetError` where there are none."""
    from stochos.neural import dataset
    from stochos.neural.encodings import ENCODINGS
    from stochos.neural.lessons import pieces_of

    tunes = pieces_of(folder, ENCODINGS[config.encoding])
    sides = [tune for tune in tunes if not tune.held_out], [tune for tune in tunes if tune.held_out]
    for side, what in zip(sides, ("to learn from", "held out"), strict=True):
        if not side:
            raise dataset.DatasetError(f"in the dataset `{folder}` no piece in the range of the network is {what}")
    if dataset.heading(folder).steps_per_quarter != config.steps_per_quarter:
        steps = f"{dataset.heading(folder).steps_per_quarter} steps a quarter, and the network"
        raise dataset.DatasetError(f"the dataset `{folder}` has {steps} {config.steps_per_quarter}")
    return sides
