"""What is cut out of a file: the rules, and what they did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from stochos.neural.vocabulary import STEPS_PER_QUARTER


@dataclass(frozen=True, slots=True)
class Rules:
    """How melodies are cut out of music; the defaults are Magenta's where it has them.

    gap_bars      bars of rest that end a melody
    least_bars    shortest melody
    least_classes fewest pitch classes in it
    most_steps    longest; what is longer is cut
    lowest        lowest MIDI pitch that counts: C1
    highest       highest: C8
    least_filled  share 0..1 of a bar that sounds at least; a bar that is emptier parts two melodies
    top_voice     whether of several notes that start together the highest is taken; else a part that has some is left
    Source: Magenta, melody_rnn_pipeline.py and note_seq's melodies_lib.extract_melodies; the last four are ours.
    """

    steps_per_quarter: int = STEPS_PER_QUARTER
    gap_bars: float = 1.0
    least_bars: int = 7
    least_classes: int = 5
    most_steps: int = 512
    lowest: int = 24
    highest: int = 108
    least_filled: float = 0.25
    top_voice: bool = False


Report = Counter[str]
"""How often something was found, kept, or dropped, by what is said of it."""

FOUND = "found"
POLYPHONIC = "dropped: polyphonic"
SHORT = "dropped: too short"
PLAIN = "dropped: too few pitch classes"
UNEVEN = "dropped: bars of no whole number of steps"
SAME = "dropped: the same as another"
TRUNCATED = "cut: longer than the longest"
OUT_OF_RANGE = "left out: notes too low or too high"
EMPTY_BARS = "left out: bars mostly empty"
