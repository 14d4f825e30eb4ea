"""Train the networks of several events a step: `python -m stochos.neural.rehearsal chorale DATASET` writes one.

How the dataset is made stands on the card of each. The best weights on held-out pieces are written after every epoch
that betters them, their card at the end; `training.fit` ends where patience does.
"""

import argparse
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stochos.neural import bundle, network
from stochos.neural.bundle import Config
from stochos.neural.chorale import FRAME
from stochos.neural.encodings import ENCODINGS
from stochos.neural.lessons import pieces_of
from stochos.neural.recipes import Recipe
from stochos.neural.report import Rehearsed, write
from stochos.neural.training import fit


@dataclass(frozen=True, slots=True)
class Plan:
    """How a network is trained. window: steps of a stretch that is learned from."""

    config: Config
    recipe: Recipe
    window: int


def _config(name: str, layers: tuple[int, ...]) -> Config:
    return Config(name, "lstm", layers, ENCODINGS[name].lowest, ENCODINGS[name].highest)


PLANS: Mapping[str, Plan] = {
    "chorale": Plan(
        _config("chorale", (128, 128)), Recipe(epochs=30, rate=4e-3, dropout=0.25, batch=16, patience=6), 64 * FRAME
    ),
    "note": Plan(_config("note", (128, 128)), Recipe(epochs=7, rate=5e-3, dropout=0.1, batch=64, patience=3), 192),
}


def train(name: str, folder: Path, out: Path) -> None:
    """Train a network on a dataset and keep its best weights and card in `out`."""
    plan = PLANS[name]
    pieces = pieces_of(folder, ENCODINGS[plan.config.encoding])
    learned, held_out = ([p for p in pieces if p.held_out == side] for side in (False, True))
    best, best_epoch, started = math.inf, 0, time.monotonic()
    known, unknown = ([piece.events for piece in side] for side in (learned, held_out))
    for epoch, loss, score, model in fit(plan.config, plan.recipe, known, unknown, plan.window):
        print(
            f"epoch {epoch:3}: {loss:.4f} learned, {score.nats:.4f} held out, {score.accuracy:.4f} right, "
            f"{time.monotonic() - started:.0f} s",
            flush=True,
        )
        if score.nats < best:
            best, best_epoch = score.nats, epoch
            bundle.save(out, plan.config, network.weights_of(model))
    rehearsed = Rehearsed(name, plan.recipe, plan.window, best_epoch)
    (out / bundle.CARD).write_text(write(rehearsed, bundle.load(out), learned, held_out), "utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=PLANS)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    train(arguments.name, arguments.dataset, arguments.out or Path("models") / arguments.name)


if __name__ == "__main__":
    main()
