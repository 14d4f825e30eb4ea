"""Where the writing hand is, and the sheet that it writes on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from stochos import score, tree
from stochos.check.grid import Grid
from stochos.music.harmony import Harmony
from stochos.source import Source, Span

QUARTERS = tree.Duration(((4, 0),))
"""What a note lasts before any duration is written."""

_PLACES = 8


@dataclass
class Cursor:
    """Where the writing hand is.

    at        ticks from the start of what holds the music (a line, or a piped group)
    base      ticks of that start in the section, or None where bars are not counted (it will be stretched)
    ratio     real time over written time, inside tuplets
    end       ticks where the section ends, in the same time as `at`; None: not known yet
    duration  sticky
    bar       section ticks of the last barline
    since     places of what came after it: the first ones, and the last
    literal   only notes and rests came after it
    barred    it was written: bars may also be left unmarked
    hairpin   the last one, while no dynamic has ended it
    tie       a note that waits for its continuation: pitches, source, span
    slur      where an open slur began: ticks, source, span
    closed    a passage whose length only its drawing tells: nothing may follow
    filled    a `fill` has played to the section's end
    lost      something came after the last barline whose length is a mistake: bars are counted again from the next one
    unsure    so the length of the whole is not known
    chords    the line is of chord symbols
    timed     a length has been written, or goes without saying
    """

    voice: int
    at: int = 0
    base: int | None = 0
    ratio: Fraction = Fraction(1)
    end: int | None = None
    duration: tree.Duration = QUARTERS
    bar: int = 0
    since: list[tuple[Source, Span]] = field(default_factory=list)
    literal: bool = True
    barred: bool = False
    tie: tuple[tuple[int, ...], Source, Span] | None = None
    slur: tuple[int, Source, Span] | None = None
    closed: tree.Passage | None = None
    filled: bool = False
    hairpin: tuple[Source, Span] | None = None
    lost: bool = False
    unsure: bool = False
    chords: bool = False
    timed: bool = True

    @property
    def now(self) -> int:
        """Ticks in the section; where bars are not counted, the start of the last one known."""
        return self.at + self.base if self.base is not None else self.bar

    def lose(self) -> None:
        """Something of unknown length is written here, and reported."""
        self.lost = self.unsure = True

    def passed(self, source: Source, span: Span, *, literal: bool) -> None:
        """Something was written after the last barline."""
        if len(self.since) == _PLACES:
            self.since.pop()
        self.since.append((source, span))
        self.literal = self.literal and literal


@dataclass
class Sheet:
    """What has been written so far, by voice.

    part   who plays; in a pipe its range is what the transformations lead into the instrument's
    lines  voices that the whole line has; those of groups are numbered after them
    whole  who plays, with the instrument's own range; None: `part`
    piped  the transformations that are still to come, as written; or nothing
    chords  of a line of chord symbols: what it holds so far
    """

    part: score.Part
    grid: Grid
    voices: dict[int, list[score.Item]] = field(default_factory=lambda: defaultdict(list))
    lines: int = 1
    whole: score.Part | None = None
    piped: str = ""
    chords: list[Harmony] = field(default_factory=list)
