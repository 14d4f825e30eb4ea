"""Transformations: what `>>` does to notes. One dataclass and one row of `TRANSFORMS` each."""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol

import numpy as np

from stochos.realization import Note


class Transform(Protocol):
    """Turns a phrase into another."""

    @property
    def stretch(self) -> Fraction:
        """How much longer the phrase gets: 1 for most."""

    def __call__(self, notes: list[Note], duration: int, rng: np.random.Generator) -> list[Note]:
        """The phrase transformed; times are ticks from its start, `duration` its length before."""
