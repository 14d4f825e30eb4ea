"""Dynamics, hairpins and slurs of a part: from where they were written to what they reach."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stochos import score
from stochos.music.dynamics import DEFAULT_DYNAMIC
from stochos.music.dynamics import VELOCITIES as LOUD
from stochos.music.time import QUARTER
from stochos.realization import Dynamic, Hairpin, Note, Slur


def slurs_of(slurs: Iterable[score.Slur], notes: list[Note], voice: int) -> list[Slur]:
    """The slurs of a voice that span two notes of it, by written time."""
    onsets = sorted({note.written_onset for note in notes})
    found = []
    for slur in slurs:
        first, last = bisect_left(onsets, slur.onset), bisect_left(onsets, slur.end) - 1
        if first < last:
            found.append(Slur(onsets[first], onsets[last], voice))
    return found


SHADED = QUARTER
"""What a change of dynamics needs to be heard and read: shorter notes take the first dynamic of theirs."""


def shades(
    intensity: Sequence[tuple[str, ...]], times: Sequence[tuple[int, int]]
) -> list[score.Dynamic | score.Hairpin]:
    """Marks for notes that each go through some dynamics: the first where it begins, the last three quarters on.

    times  written onset and duration of each, in order; one that begins while another sounds has no marks
    """
    marks: list[score.Dynamic | score.Hairpin] = []
    silent, last = -1, ""
    for names, (start, length) in zip(intensity, times, strict=True):
        if start < silent:
            continue
        steps = names if length >= SHADED * (len(names) - 1) else names[:1]
        places = [start + 3 * length * i // (4 * max(len(steps) - 1, 1)) for i in range(len(steps))]
        for i, (name, at) in enumerate(zip(steps, places, strict=True)):
            if name != last or i:
                marks.append(score.Dynamic(at, name))
            if i + 1 < len(steps):
                marks.append(score.Hairpin(at, "cresc" if LOUD[steps[i + 1]] > LOUD[name] else "dim"))
            last = name
        silent = start + length
    return marks


@dataclass
class Level:
    """How loud a part is marked as a section begins: every section starts at mf.

    dynamic  the last mark, or None: nothing was ever marked
    is_open  a hairpin ran to the end of the section before
    """

    dynamic: str | None = None
    is_open: bool = False

    def section(
        self, marks: list[score.Dynamic | score.Hairpin], first_note: int | None, end: int
    ) -> tuple[list[Dynamic], list[Hairpin]]:
        """The marks of the part's next section, with an mf before its first note where something else is in force.

        marks       of all voices; of two of a kind in one place the first counts
        first_note  its first note's written onset, None: it plays nothing
        end         length of the section; all in ticks from its start
        """
        dynamics = {mark.onset: mark for mark in reversed(marks) if isinstance(mark, score.Dynamic)}
        hairpins = {mark.onset: mark for mark in reversed(marks) if isinstance(mark, score.Hairpin)}
        begins = min([*hairpins, end if first_note is None else first_note])
        is_marked = min(dynamics, default=end) <= begins
        if not is_marked and begins < end and (self.is_open or self.dynamic not in {None, DEFAULT_DYNAMIC}):
            dynamics[0] = score.Dynamic(0, DEFAULT_DYNAMIC)
        edges = sorted({*dynamics, *hairpins, end})
        reach = {onset: edges[i + 1] for i, onset in enumerate(edges[:-1])}
        if dynamics:
            self.dynamic = dynamics[max(dynamics)].name
        if dynamics or hairpins or first_note is not None:
            self.is_open = bool(hairpins) and max(hairpins) >= max(dynamics, default=0)
        return (
            [Dynamic(onset, dynamics[onset].name) for onset in sorted(dynamics)],
            [Hairpin(onset, reach[onset], hairpins[onset].kind) for onset in sorted(hairpins) if onset in reach],
        )
