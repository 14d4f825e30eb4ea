"""What every transformation is."""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol

import numpy as np

from stochos.realization import Note

HELD = "~"
"""Stands among the articulations of a note whose tie has not yet found its continuation."""


class Transform(Protocol):
    """Turns a phrase into another."""

    @property
    def stretch(self) -> Fraction:
        """How much longer the phrase gets: 1 for most."""

    @property
    def regrids(self) -> bool:
        """Whether written times must be found anew, since the old brackets no longer hold them."""

    @property
    def reverses(self) -> bool:
        """Whether time runs backwards: hairpins make no sense then."""

    def __call__(self, notes: list[Note], duration: int, rng: np.random.Generator) -> list[Note]:
        """The phrase transformed; times are ticks from its start, `duration` its length before.

        Notes that are free of the page have a written duration of 0.
        """

    def place(self, onset: int, length: int, notes: list[Note], duration: int) -> int | None:
        """Where a mark or bracket from `onset` on, `length` ticks long, gets to; None: it is lost."""


class Lasting:
    """A transformation that leaves time as it was."""

    __slots__ = ()

    @property
    def stretch(self) -> Fraction:
        """As long as before."""
        return Fraction(1)

    @property
    def regrids(self) -> bool:
        """Brackets still hold."""
        return False

    @property
    def reverses(self) -> bool:
        """Time runs forwards."""
        return False

    def place(self, onset: int, length: int, notes: list[Note], duration: int) -> int | None:
        """Where it was."""
        return onset
