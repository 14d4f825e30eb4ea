"""Constraints: what every draw of a passage has to be like to be kept (`until`). A dataclass and a row each.

A passage is drawn again, whole, until all of its constraints hold. So what is kept follows exactly the law of its
process, given that they hold: Devroye, Non-Uniform Random Variate Generation (1986), ch. II.3.

In chords the highest note is the melody's, as for glissandi; rests, and what stands before and after a passage, do not
count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from typing import NamedTuple, Protocol, TypeAlias

from stochos.process.value import Quantity, parameter

Sounding: TypeAlias = tuple[int, int, int]
"""Onset and duration in ticks, and MIDI number of a note."""


class Possible(NamedTuple):
    """What is known of a passage before it is drawn.

    pitches  none but these sound
    chords   every chord and note that its chain can play, MIDI numbers; empty where it has none
    most     it plays no more notes than this; None: nobody knows
    """

    pitches: frozenset[int]
    chords: tuple[tuple[int, ...], ...]
    most: int | None


class Constraint(Protocol):
    """Something that holds of a passage or does not."""

    def holds(self, notes: Sequence[Sounding]) -> bool:
        """Whether it holds of notes, sorted by onset."""

    def never(self, possible: Possible) -> str:
        """Why it holds of nothing that a passage can play, in a few words; "" where it may hold."""


class _Open:
    """A constraint of which little can be said before anything is drawn."""

    __slots__ = ()

    def never(self, possible: Possible) -> str:
        """It may hold."""
        return ""


@dataclass(frozen=True, slots=True)
class NoRepeat(_Open):
    """No note or chord comes so often in a row, rests between or not: 3 lets it come twice."""

    times: int = parameter(Quantity.COUNT, "3", at_least=2)

    def holds(self, notes: Sequence[Sounding]) -> bool:
        """Whether it holds of notes, sorted by onset."""
        return all(len(list(same)) < self.times for _, same in groupby(_chords(notes)))


@dataclass(frozen=True, slots=True)
class MaxLeap(_Open):
    """From note to note no interval is wider, up or down; of chords the highest notes count."""

    interval: float = parameter(Quantity.INTERVAL, "12st", above=0.0)

    def holds(self, notes: Sequence[Sounding]) -> bool:
        """Whether it holds of notes, sorted by onset."""
        return all(abs(after[-1] - before[-1]) <= self.interval for before, after in pairwise(_chords(notes)))


@dataclass(frozen=True, slots=True)
class WithinHand:
    """What sounds at any one time, held notes too, spans no wider interval."""

    width: float = parameter(Quantity.INTERVAL, "9st", at_least=0.0)

    def holds(self, notes: Sequence[Sounding]) -> bool:
        """Whether it holds of notes, sorted by onset."""
        sounding: list[Sounding] = []
        for onset, begun in groupby(notes, itemgetter(0)):
            sounding = [note for note in sounding if note[0] + note[1] > onset] + list(begun)
            pitches = [pitch for _, _, pitch in sounding]
            if max(pitches) - min(pitches) > self.width:
                return False
        return True

    def never(self, possible: Possible) -> str:
        """Where every chord is wider."""
        widths = [max(chord) - min(chord) for chord in possible.chords]
        return f"its narrowest chord spans {min(widths)}st" if widths and min(widths) > self.width else ""


@dataclass(frozen=True, slots=True)
class EndsOn:
    """The last note to begin is this one, `D4`, or one of this name, `D`; of a chord its highest."""

    goal: tuple[int, ...] = parameter(Quantity.GOAL, "D")

    def holds(self, notes: Sequence[Sounding]) -> bool:
        """Whether it holds of notes, sorted by onset."""
        return bool(notes) and max(pitch for onset, _, pitch in notes if onset == notes[-1][0]) in self.goal

    def never(self, possible: Possible) -> str:
        """Where the goal cannot sound."""
        return "" if possible.pitches & set(self.goal) else "it cannot sound there"


@dataclass(frozen=True, slots=True)
class Notes:
    """So many notes are played, `8` or `5..9`; each note of a chord counts."""

    count: tuple[int, int] = parameter(Quantity.COUNTS, "5..9")

    def holds(self, notes: Sequence[Sounding]) -> bool:
        """Whether it holds of notes, sorted by onset."""
        return self.count[0] <= len(notes) <= self.count[1]

    def never(self, possible: Possible) -> str:
        """Where fewer are asked for."""
        too_few = possible.most is not None and possible.most < self.count[0]
        return f"no more than {possible.most} are played" if too_few else ""


@dataclass(frozen=True, slots=True)
class Climax(_Open):
    """The highest pitch is reached no more often than this: 1 is a single climax."""

    times: int = parameter(Quantity.COUNT, "1", at_least=1)

    def holds(self, notes: Sequence[Sounding]) -> bool:
        """Whether it holds of notes, sorted by onset."""
        pitches = [pitch for _, _, pitch in notes]
        return not pitches or pitches.count(max(pitches)) <= self.times


def _chords(notes: Iterable[Sounding]) -> list[tuple[int, ...]]:
    """The pitches that begin together, low to high, one after the other."""
    return [tuple(sorted(pitch for _, _, pitch in chord)) for _, chord in groupby(notes, itemgetter(0))]


CONSTRAINTS: dict[str, type] = {
    "no_repeat": NoRepeat,
    "max_leap": MaxLeap,
    "within_hand": WithinHand,
    "ends_on": EndsOn,
    "notes": Notes,
    "climax": Climax,
}
