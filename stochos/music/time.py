"""Score time: exact ticks, and meters."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

QUARTER = 10_080
"""Ticks in a quarter note: triplets, quintuplets, septuplets and 64ths are whole numbers of ticks."""


def to_ticks(quarters: Fraction) -> int | None:
    """Ticks of a length in quarter notes, or None where the grid cannot hold it."""
    ticks = quarters * QUARTER
    return int(ticks) if ticks.denominator == 1 else None


@dataclass(frozen=True, slots=True)
class Meter:
    """A time signature, kept as written (6/8 is not 3/4)."""

    numerator: int
    denominator: int

    @property
    def bar(self) -> int:
        """Length of a bar, in ticks."""
        return 4 * QUARTER * self.numerator // self.denominator

    @property
    def is_compound(self) -> bool:
        """Whether beats divide in three, as in 6/8, 9/8 or 12/16."""
        return self.denominator >= 8 and self.numerator > 3 and self.numerator % 3 == 0

    @property
    def beat(self) -> int:
        """Length of a beat, in ticks: the denominator's note, dotted and threefold in compound meters."""
        unit = 4 * QUARTER // self.denominator
        return 3 * unit if self.is_compound else unit

    @property
    def beats(self) -> Fraction:
        """Beats in a bar."""
        return Fraction(self.bar, self.beat)

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


@dataclass(frozen=True, slots=True)
class Tempo:
    """A tempo from `onset` on; a ramp where `end` > `onset`.

    bpm      quarter notes a minute at `onset`
    end      where the ramp arrives (= onset for a plain mark)
    end_bpm  quarter notes a minute there
    curve    "" linear in score time, "exp", "sine", "step"
    text     "Allegro", or ""
    beat     ticks of the note value in which the mark is printed (a dotted quarter in 6/8 …)
    """

    onset: int
    bpm: float
    end: int
    end_bpm: float
    curve: str
    text: str
    beat: int
