"""What stands above and below a staff: tempo, section names, chords, dynamics, hairpins."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from stochos.music.harmony import Chord
from stochos.music.time import QUARTER
from stochos.realization import Bar, Hairpin, Part, Realization, Tempo
from stochos.rendering.rhythm import VALUES


@dataclass(frozen=True, slots=True)
class Mark:
    """One sign beside the notes.

    onset   ticks
    kind    "rehearsal" "tempo" "ramp" "harmony" "dynamic" "wedge", and the ends "ramp end" "wedge end"
    text    what it says; of a wedge "crescendo" or "diminuendo"
    number  tells spans that overlap apart
    bpm     of a tempo: quarter notes a minute
    beat    of a tempo: ticks of the note value that counts
    chord   of harmony; None: no chord
    """

    onset: int
    kind: str
    text: str = ""
    number: int = 1
    bpm: float = 0.0
    beat: int = QUARTER
    chord: Chord | None = None


_ORDER = ("wedge end", "ramp end", "rehearsal", "tempo", "ramp", "harmony", "dynamic", "wedge")


def part_marks(part: Part) -> list[Mark]:
    """Dynamics and hairpins of a part."""
    marks = [Mark(dynamic.onset, "dynamic", dynamic.name) for dynamic in part.dynamics]
    hairpins = sorted((h for h in part.hairpins if h.end > h.onset), key=lambda h: (h.onset, h.end))
    for hairpin, number in zip(hairpins, _numbers(hairpins), strict=True):
        text = "crescendo" if hairpin.kind == "cresc" else "diminuendo"
        marks += [Mark(hairpin.onset, "wedge", text, number), Mark(hairpin.end, "wedge end", number=number)]
    return marks


def score_marks(realization: Realization) -> list[Mark]:
    """What stands once, above the score: section names, chords, tempos and their ramps."""
    marks = [Mark(bar.onset, "rehearsal", bar.section) for bar in realization.bars if bar.section]
    marks += [Mark(harmony.onset, "harmony", chord=harmony.chord) for harmony in realization.harmony]
    shown: tuple[float, int] | None = None  # what a reader takes to be in force
    said = ""
    tempos = sorted(realization.tempos, key=lambda tempo: tempo.onset)
    for tempo, following in pairwise([*tempos, None]):
        assert tempo is not None
        beat = tempo.beat if VALUES.get(tempo.beat, ("", 2))[1] < 2 else QUARTER
        if shown != (tempo.bpm, beat) or tempo.text not in ("", said):
            marks.append(Mark(tempo.onset, "tempo", tempo.text, bpm=tempo.bpm, beat=beat))
            shown, said = (tempo.bpm, beat), tempo.text
        if tempo.end > tempo.onset and tempo.end_bpm != tempo.bpm:
            shown = None
            end = tempo.end if following is None else min(tempo.end, following.onset)
            if (following is None or following.onset > end) and end < realization.duration:
                marks.append(Mark(end, "tempo", bpm=tempo.end_bpm, beat=beat))
                shown = (tempo.end_bpm, beat)
            arrives = shown is not None or (following and (following.onset, following.bpm) == (end, tempo.end_bpm))
            marks += _ramp(tempo, end, 0.0 if arrives else tempo.end_bpm * QUARTER / beat)
    return marks


def by_bar(marks: Sequence[Mark], bars: Sequence[Bar]) -> list[list[Mark]]:
    """The marks of each bar in the order in which they are written; what ends at a barline ends before it."""
    onsets = [bar.onset for bar in bars]
    found: list[list[Mark]] = [[] for _ in bars]
    for mark in sorted(marks, key=lambda mark: (mark.onset, _ORDER.index(mark.kind))) if bars else ():
        find = bisect_left if mark.kind.endswith("end") else bisect_right
        found[max(0, find(onsets, mark.onset) - 1)].append(mark)
    return found


def _ramp(tempo: Tempo, end: int, goal: float) -> list[Mark]:
    """The words and dashes of a ramp. goal: where it leads, if no mark at its end says so, else 0."""
    if tempo.curve == "step":
        return []
    words = "accel." if tempo.end_bpm > tempo.bpm else "rit."
    return [Mark(tempo.onset, "ramp", f"{words} to {goal:.4g}" if goal else words), Mark(end, "ramp end")]


def _numbers(hairpins: Sequence[Hairpin]) -> list[int]:
    free_at = [0] * 6
    numbers = []
    for hairpin in hairpins:
        number = next((n for n, free in enumerate(free_at) if free <= hairpin.onset), 0)
        free_at[number] = hairpin.end
        numbers.append(number + 1)
    return numbers
