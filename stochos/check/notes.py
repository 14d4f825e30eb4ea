"""Single notes: their pitches, names, ranges and ties; and notes out of imported tunes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stochos import score, tree
from stochos.check.names import BoundTune, Scope
from stochos.check.ranges import nothing_glides
from stochos.check.report import Report
from stochos.diagnostics import Fix, nearest
from stochos.music.dynamics import ARTICULATIONS
from stochos.music.instrument import PERCUSSION
from stochos.music.pitch import Pitch, is_pitch_class, parse_pitch, spell
from stochos.source import Source, Span

if TYPE_CHECKING:
    from stochos.check.cursor import Cursor


_MANY = 3  # notes out of range that are told one by one


@dataclass(frozen=True, slots=True)
class _Outside:
    """A note out of its part's range. midi: its number; bar: where it stands."""

    name: str
    midi: int
    part: score.Part
    source: Source
    span: Span
    bar: int


class Notes:
    """Checks what hangs on single notes.

    unranged  above 0: the range is checked later, after transformations
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self.unranged = 0
        self._outside: list[_Outside] = []
        self._strange: set[tuple[str, str]] = set()

    def write(  # noqa: PLR0913, PLR0917 - a note and its place
        self, note: tree.Note, cursor: Cursor, ticks: int, part: score.Part, scope: Scope, bar: int
    ) -> score.Note | None:
        """The note where the cursor is; None for a rest or where it cannot sound (reported)."""
        source = scope.source
        articulations = self._articulations(note, part, source)
        if note.kind == "rest":
            self.end_tie(cursor)
            if note.chance is not None:
                self._report.add("STO109", source, note.span, "a rest is silent anyway: `?` says nothing here", bar=bar)
            if note.tied:
                self._report.add("STO210", source, note.span, "a rest cannot be tied", bar=bar)
            return None
        found = [self._pitch(name, note, part, source, bar) for name in note.pitches]
        pitches = tuple(midi for midi, _ in (f for f in found if f))
        spellings = tuple(spelling for _, spelling in (f for f in found if f))
        chance = self._chance(note, source)
        self._tie(cursor, pitches if note.kind != "choice" else (), note, source)
        if len(pitches) != len(found) or not pitches:
            return None
        return score.Note(
            cursor.at, ticks, pitches, spellings, note.kind == "choice" and len(pitches) > 1, note.tied, articulations,
            chance,
        )  # fmt: skip

    def _articulations(self, note: tree.Note, part: score.Part, source: Source) -> tuple[str, ...]:
        if not note.articulations:
            return ()
        known = tuple(ARTICULATIONS[a] for a in note.articulations if a in ARTICULATIONS)
        for name, span in zip(note.articulations, _articulated(note, source), strict=True):
            if ARTICULATIONS.get(name) == "glissando" and part.instrument.is_percussion:
                nothing_glides(part, source, span, self._report)
            if name in ARTICULATIONS:
                continue
            close = nearest(name, ARTICULATIONS)
            self._report.add(
                "STO308", source, span, f"no articulation is called `{name}`",
                hint=f"did you mean `'{close}`?" if close
                else "articulations: " + ", ".join(sorted(set(ARTICULATIONS.values()))),
                fix=Fix(span, close) if close else None,
            )  # fmt: skip
        return tuple(dict.fromkeys(known))

    def _chance(self, note: tree.Note, source: Source) -> float | None:
        if note.chance is None:
            return None
        if not 0 <= note.chance <= 1:
            self._report.add("STO403", source, note.span, "a chance lies between 0 and 1", hint="write `?0.7`")
            return None
        return float(note.chance)

    def _pitch(
        self, name: str, note: tree.Note, part: score.Part, source: Source, bar: int
    ) -> tuple[int, Pitch | None] | None:
        pitch = parse_pitch(name)
        if part.instrument.is_percussion:
            return self._drum(name, note, part, source)
        if pitch is None:
            self._not_a_pitch(name, note, part, source)
            return None
        if not 0 <= pitch.midi <= 127:
            self._report.add("STO403", source, note.span, f"`{name}` is beyond MIDI's pitches, C-1 to G9", bar=bar)
            return None
        if not self.unranged and not part.low <= pitch.midi <= part.high:
            self.out_of_range(name, pitch.midi, part, source, note.span, bar)
            return None
        return pitch.midi, pitch

    def out_of_range(  # noqa: PLR0913, PLR0917 - a note and its place
        self, name: str, midi: int, part: score.Part, source: Source, span: Span, bar: int) -> None:
        """A note that the instrument does not have; told at the end of the line."""
        self._outside.append(_Outside(name, midi, part, source, span, bar))

    def tell_ranges(self) -> None:
        """At the end of a line: reports its notes out of range, a whole line of them as one."""
        outside, self._outside = self._outside, []
        self._strange.clear()
        places = {(note.source.name, note.span): note for note in reversed(outside)}
        notes = list(reversed(places.values()))
        many = len(notes) > _MANY
        for note in notes[: 1 if many else None]:
            self._tell_range(note, len(notes) - 1 if many else 0)

    def _tell_range(self, note: _Outside, more: int) -> None:
        part, midi, pitch = note.part, note.midi, parse_pitch(note.name)
        octaves = -(-(part.low - midi if midi < part.low else midi - part.high) // 12) * (1 if midi < part.low else -1)
        fits = part.low <= midi + 12 * octaves <= part.high
        other = str(Pitch(pitch.step, pitch.alter, pitch.octave + octaves)) if pitch and fits and not more else None
        widen = f"widen the part: `in {spell(min(part.low, midi), 0)}..{spell(max(part.high, midi), 0)}`"
        self._report.add(
            "STO408", note.source, note.span,
            f"`{note.name}` is {'below' if midi < part.low else 'above'} the range of {part.name} "
            f"({part.instrument.name}, {spell(part.low, 0)} to {spell(part.high, 0)})"
            + (f", and {more} more notes of this line are out of it" if more else ""),
            hint=f"write `{other}`, or {widen}" if other else widen, bar=note.bar,
        )  # fmt: skip

    def _drum(self, name: str, note: tree.Note, part: score.Part, source: Source) -> tuple[int, None] | None:
        if name in PERCUSSION:
            return PERCUSSION[name], None
        if parse_pitch(name) is not None:
            if self._first_of_line("pitch", source):
                self._report.add(
                    "STO309", source, note.span, f"{part.name} is a percussion part: it plays names, not pitches",
                    hint="write `kick`, `snare`, `hihat` … (`stochos list percussion`)",
                )  # fmt: skip
            return None
        close = nearest(name, PERCUSSION)
        at = _within(name, note, source)
        self._report.add(
            "STO309", source, at, f"no percussion is called `{name}`",
            hint=f"did you mean `{close}`?" if close else "`stochos list percussion` names all",
            fix=Fix(at, close) if close else None,
        )  # fmt: skip
        return None

    def _first_of_line(self, what: str, source: Source) -> bool:
        """Whether this has not been said of the line yet: a whole line of it is one mistake."""
        key = what, source.name
        first = key not in self._strange
        self._strange.add(key)
        return first

    def _not_a_pitch(self, name: str, note: tree.Note, part: score.Part, source: Source) -> None:
        at = _within(name, note, source)
        if is_pitch_class(name):
            self._report.add(
                "STO104", source, at, f"`{name}` has no octave", hint=f"write `{name}4`", fix=Fix(at, f"{name}4")
            )
        elif name in PERCUSSION:
            if self._first_of_line("percussion", source):
                self._report.add(
                    "STO309", source, at, f"`{name}` is percussion; {part.name} is not ({part.instrument.name})",
                    hint='percussion names need a percussion part: `part drums = "Drum kit"`',
                )  # fmt: skip
        else:
            self._report.add("STO302", source, at, f"`{name}` is no note", hint="pitches look like `C4`, `F#3`, `Bb5`")

    # --- ties ---

    def _tie(self, cursor: Cursor, pitches: tuple[int, ...], note: tree.Note, source: Source) -> None:
        if cursor.tie is not None and pitches and not set(cursor.tie[0]) & set(pitches):
            self._loose(cursor)
        cursor.tie = (pitches, source, note.span) if note.tied and pitches else None

    def end_tie(self, cursor: Cursor) -> None:
        """Where nothing can continue a note."""
        if cursor.tie is not None:
            self._loose(cursor)
            cursor.tie = None

    def let_go(self, cursor: Cursor) -> None:
        """Where something unknown may continue a note: generated music, a tune."""
        cursor.tie = None

    def _loose(self, cursor: Cursor) -> None:
        assert cursor.tie is not None
        _, source, span = cursor.tie
        self._report.add(
            "STO210", source, span, "this tie leads to nothing: the next note is another pitch, a rest, or the end",
            hint="repeat the pitch after it, or take `~` away",
        )  # fmt: skip

    # --- tunes ---

    def tune_bars(self, bound: BoundTune, reference: tree.Reference, scope: Scope) -> tuple[int, int] | None:
        """First and last tick of what is asked of a tune: all of it, or `[bars 5..8]`."""
        bars = bound.tune.bars
        if reference.bars is None:
            return (bars[0].onset, bars[-1].onset + bars[-1].length) if bars else (0, 0)
        first, last = reference.bars
        chosen = [bar for bar in bars if first <= bar.number <= last]
        if first > last or not chosen or chosen[0].number != first or chosen[-1].number != last:
            there = f"{bars[0].number} to {bars[-1].number}" if bars else "none"
            self._report.add(
                "STO214",
                scope.source,
                reference.span,
                f"bars {first} to {last} are not there; `{bound.name}` has {there}",
            )
            return None
        return chosen[0].onset, chosen[-1].onset + chosen[-1].length

    def from_tune(  # noqa: PLR0913, PLR0917 - a stretch of a tune, and where it goes
        self, bound: BoundTune, start: int, end: int, at: int, part: score.Part, scope: Scope, span: Span,
        bar: int,
    ) -> list[score.Note]:  # fmt: skip
        """The notes of a stretch, placed at `at`."""
        notes: list[score.Note] = []
        for note in bound.tune.parts[bound.part].notes:
            if not start <= note.onset < end:
                continue
            if not self.unranged and not part.instrument.is_percussion and not part.low <= note.pitch <= part.high:
                self.out_of_range(str(spell(note.pitch, 0)), note.pitch, part, scope.source, span, bar)
                return notes
            length = min(note.duration, end - note.onset)
            notes.append(score.Note(at + note.onset - start, length, (note.pitch,), (None,)))
        return notes


def _within(name: str, note: tree.Note, source: Source) -> Span:
    """The name itself, in a note or chord."""
    found = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)").search(source.text, note.span.start, note.span.end)
    return Span(*found.span()) if found else note.span


def _articulated(note: tree.Note, source: Source) -> list[Span]:
    """Where the names of its articulations stand, in order."""
    name = re.compile(r"'\s*(\w+)")
    return [Span(*found.span(1)) for found in name.finditer(source.text, note.span.start, note.span.end)]
