"""`stochos train`: a network of one's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import join
from typing import TYPE_CHECKING, Any

import typer

from stochos.cli.guard import MISUSE
from stochos.cli.opened import opening, tunes_of
from stochos.cli.screen import counting, messages, results

if TYPE_CHECKING:
    from stochos.neural.bundle import Config
    from stochos.neural.recipes import Recipe

BEST = "best"
_NEEDED = "training needs TensorFlow, which `pip install 'stochos[train]'` installs"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be other than in a recipe; None: as there."""

    layers: str | None
    attention: int | None
    batch: int | None
    dropout: float | None
    learning_rate: float | None
    steps: int | None
    epochs: int | None
    patience: int | None
    transpose: int | None
    seed: int | None

    def applied(self, config: Config, recipe: Recipe) -> tuple[Config, Recipe]:
        """Shape and recipe as wished for."""
        from stochos.neural.bars import LEAST_LAYERS
        from stochos.neural.bundle import BARS, MOST_LAYERS, MOST_UNITS

        if self.layers is not None:
            sizes = self.layers.split(",")
            fit = (size.strip().isdecimal() and 1 <= int(size) <= MOST_UNITS for size in sizes)
            if len(sizes) > MOST_LAYERS or not all(fit):
                wanted = f"1 to {MOST_LAYERS} sizes of 1 to {MOST_UNITS} units, as in 128,128"
                raise typer.BadParameter(f"write {wanted}", param_hint="--layers")
            if config.cell == BARS and len(sizes) < LEAST_LAYERS:
                raise typer.BadParameter(f"bars want {LEAST_LAYERS} sizes at least", param_hint="--layers")
            config = replace(config, layers=tuple(map(int, sizes)))
        if self.attention and config.cell == BARS:
            raise typer.BadParameter("bars hear the three before them, and no more", param_hint="--attention")
        if self.attention is not None:
            config = replace(config, attention=self.attention or None)
        wished: dict[str, Any] = {
            "batch": self.batch, "dropout": self.dropout, "rate": self.learning_rate, "steps": self.steps,
            "epochs": self.epochs, "patience": self.patience, "transpose": self.transpose, "seed": self.seed,
        }  # fmt: skip
        recipe = replace(recipe, **{name: wish for name, wish in wished.items() if wish is not None})
        return config, recipe


def train(name: str, data: Path, folder: Path, wishes: Wishes, every: float) -> None:
    """Train a network on a dataset, in a folder that it is gone on with in."""
    from stochos.neural import card, dataset
    from stochos.neural.evaluation import must_beat
    from stochos.neural.melodies import TooFewError
    from stochos.neural.progress import CheckpointError
    from stochos.neural.recipes import RECIPES

    if name not in RECIPES:
        known = ", ".join(RECIPES)
        raise typer.BadParameter(f"no recipe is called `{name}`; there are {known}", param_hint="--config")
    config, recipe = wishes.applied(*RECIPES[name])
    with opening():
        learned, held_out = tunes_of(data, config)
        report, beaten = dataset.report(data), must_beat(config, learned, held_out)
    try:
        with _quiet():
            from stochos.neural import training
    except ImportError:
        messages().say(f"{messages().paint('stochos:', 'error')} {_NEEDED}")
        raise typer.Exit(MISUSE) from None
    told = card.Run(
        folder.resolve().name, config, recipe, (*learned, *held_out), report, beaten,
        data.resolve().name, join(["stochos", *sys.argv[1:]]),
    )  # fmt: skip
    lines = results()
    lines.say(f"{len(learned):,} pieces to learn from, {len(held_out):,} held out")
    if beaten is not None:
        rows = ", ".join(f"{row} {foretold.score.nats:.4f}" for row, foretold in beaten.rows.items())
        lines.say(f"held out, nats a step: {rows}")
    try:
        with counting("learning") as tell:
            training.train(told, folder / BEST, training.run_in(folder, told, tell, every), lines.say)
    except (CheckpointError, TooFewError) as refusal:
        messages().say(f"{messages().paint('stochos:', 'error')} {refusal}")
        raise typer.Exit(MISUSE) from None
    lines.say(f"wrote {folder / BEST}; in a score: @lstm(model: \"{folder / BEST}\")")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to itself what TensorFlow says of the machine as it starts."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
