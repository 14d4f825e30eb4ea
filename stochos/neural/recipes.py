"""How each network that stochos ships is trained."""

from dataclasses import dataclass

from stochos.neural.bundle import Config


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained.

    rate      Adam's step at its greatest; it falls to nothing by a cosine over the epochs
    dropout   share of each layer's outputs left out
    batch     tunes a step of training
    patience  epochs without a better held-out loss before stopping
    clip      greatest norm of a gradient
    """

    epochs: int = 60
    rate: float = 3e-3
    dropout: float = 0.2
    batch: int = 32
    patience: int = 8
    clip: float = 1.0
    seed: int = 1


RECIPES = {"basic": (Config("basic", "lstm", (128, 128), 48, 83), Recipe())}
