"""Sections: their bars, and a line for each part that lasts as long as they do."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from stochos import score, tree
from stochos.check.answers import check_answers
from stochos.check.cursor import Cursor, Sheet
from stochos.check.grid import Grid
from stochos.check.limits import Limits
from stochos.check.material import ANYTHING
from stochos.check.music import Music
from stochos.check.names import Scope, walk
from stochos.check.report import Report
from stochos.check.settings import OF_BARS, OF_SECTIONS, Reader, Settings
from stochos.check.streams import Streams
from stochos.check.words import beats
from stochos.diagnostics import Fix, Related, nearest
from stochos.music.time import Tempo
from stochos.source import Span

_SOME_BARS = 8  # in place of a number that cannot be


@dataclass
class Sections:
    """Checks the sections of a score, one after the other."""

    report: Report
    music: Music
    scope: Scope
    parts: dict[str, score.Part]
    limits: Limits
    strangers: set[str] = field(default_factory=set)

    def check(self, section: tree.Section, settings: Settings) -> score.Section:
        """What a section means; settings: those of the heading."""
        with self.report.at(f"section {section.name}"):
            return _Section(self, section).score(settings)

    def part(self, line: tree.Line, section: tree.Section) -> score.Part:
        """Whose line this is; for an unknown part the one that was meant, or a stand-in that plays anything."""
        if line.part in self.parts:
            return self.parts[line.part]
        if line.part in self.scope.unread:
            return ANYTHING
        close = nearest(line.part, self.parts)
        if close or line.part not in self.strangers:
            self.report.add(
                "STO301", self.scope.source, line.name_span, f"no part is called `{line.part}`",
                hint=f"did you mean `{close}`?" if close else f'add it to the heading: `part {line.part} = "Flute"`',
                fix=Fix(line.name_span, close) if close and close not in {x.part for x in section.lines} else None,
            )  # fmt: skip
        self.strangers.add(line.part)
        return self.parts[close] if close else ANYTHING


@dataclass
class _Written:
    """A line with its sheet, and where its voices ended once it is written."""

    line: tree.Line
    sheet: Sheet
    cursors: list[Cursor] = field(default_factory=list)

    @property
    def is_harmony(self) -> bool:
        """Whether it is a line of chords."""
        return self.line.part == tree.HARMONY

    @property
    def end(self) -> int:
        """Ticks: where its longest voice ends, as far as that is known."""
        return max((c.at for c in self.cursors if c.closed is None and not c.unsure), default=0)


class _Section:
    """One section."""

    def __init__(self, sections: Sections, section: tree.Section) -> None:
        self._all, self._section = sections, section
        self._report, self._music, self._scope = sections.report, sections.music, sections.scope
        self._is_measured = True

    def score(self, heading: Settings) -> score.Section:
        """What it means."""
        reader = Reader(self._report, self._scope)
        settings = reader.apply(heading, self._section.settings, OF_SECTIONS, has_extent=True)
        changes = self._changes(reader, settings)
        self._check_pickup(settings, changes)
        grid = Grid(settings, changes, settings.pickup)
        self._show_meters(heading)
        declared = self._declared()
        self._music.passages.section = self._scope.source, self._section.name_span
        harmony, lines = self._harmony(grid), self._lines(grid)
        self._music.chords = ()
        end = self._write([*harmony, *lines], grid, grid.end_of(declared) if declared else None)
        self._music.chords = None
        if not declared and not end:
            self._empty()
        meant = score.Section(
            self._section.name,
            tuple(
                score.Bar(b.start, min(b.length, end - b.start), b.meter, b.settings.key, b.number)
                for b in grid.until(end)
            ),
            tuple(self._tempos(grid, end, settings, changes)), tuple(_finished(written) for written in lines),
            settings.grid, settings.tuplets, tuple(chord for written in harmony for chord in written.sheet.chords),
        )  # fmt: skip
        check_answers(meant, self._all.parts, self._music.passages.answers, self._report)
        return meant

    # --- bars ---

    def _show_meters(self, heading: Settings) -> None:
        """Where each meter was set, so that a wrong bar can point there."""
        source = self._scope.source
        shown = {}
        if heading.meter_span is not None:
            shown[str(heading.meter)] = (source, heading.meter_span)
        if heading.pickup and heading.pickup_span is not None:
            shown["pickup"] = (source, heading.pickup_span)
        for setting in (*self._section.settings, *(s for c in self._section.changes for s in c.settings)):
            match setting:
                case tree.Setting(name="meter", values=(tree.NoteValue(numerator=above, denominator=below),)):
                    shown[f"{above}/{below}"] = (source, setting.span)
        self._music.bars.heading = shown

    def _check_pickup(self, settings: Settings, changes: dict[int, Settings]) -> None:
        first = changes.get(1, settings).meter
        if settings.pickup >= first.bar and settings.pickup_span is not None:
            self._report.add(
                "STO403", self._scope.source, settings.pickup_span, f"a pickup is shorter than a bar of {first}",
                hint="write `pickup 1/4`, or give the section a bar more",
            )  # fmt: skip

    def _declared(self) -> int | None:
        """The number of bars in the heading; None where there is none."""
        bars, most = self._section.bars, self._all.limits.bars
        if bars is None:
            return None
        if bars.value.denominator == 1 and 1 <= bars.value <= most:
            return int(bars.value)
        self._report.add(
            "STO609" if bars.value > most else "STO403", self._scope.source, bars.span,
            f"a section has 1 to {most:,} bars, a whole number", hint=f"write `section {self._section.name} 8 bars`",
        )  # fmt: skip
        self._is_measured = False
        return _SOME_BARS

    def _changes(self, reader: Reader, settings: Settings) -> dict[int, Settings]:
        found: dict[int, Settings] = {}
        places: dict[int, Span] = {}
        last = self._section.bars.value if self._section.bars else None
        for change in sorted(self._section.changes, key=lambda c: c.bar):
            if change.bar < 1 or (last is not None and change.bar > last >= 1):
                self._no_bar(change, last)
                continue
            if change.bar in found:
                self._report.add(
                    "STO310", self._scope.source, change.bar_span, f"bar {change.bar} is changed twice",
                    hint="join the two with a comma", related=(Related(places[change.bar], "the first one"),),
                )  # fmt: skip
                continue
            settings = reader.apply(settings, change.settings, OF_BARS, has_extent=True)
            found[change.bar], places[change.bar] = settings, change.bar_span
        return found

    def _no_bar(self, change: tree.Change, last: Fraction | int | None) -> None:
        has = "bars are counted from 1" if change.bar < 1 else f"the section has {last}"
        self._report.add("STO213", self._scope.source, change.bar_span, f"there is no bar {change.bar}: {has}")

    # --- lines ---

    def _lines(self, grid: Grid) -> list[_Written]:
        """The lines, one for each part."""
        found: dict[str, _Written] = {}
        for line in self._section.lines:
            if line.part in found:
                self._report.add(
                    "STO310", self._scope.source, line.name_span, f"{line.part} has a line in this section already",
                    hint="join the two with `&`: they sound together",
                    related=(Related(found[line.part].line.name_span, "the first one"),),
                )  # fmt: skip
                continue
            found[line.part] = _Written(line, Sheet(self._all.part(line, self._section), grid))
        return list(found.values())

    def _harmony(self, grid: Grid) -> list[_Written]:
        """The line of chords, if there is one."""
        for line in self._section.harmony[1:]:
            first = self._section.harmony[0].name_span
            self._report.add(
                "STO310", self._scope.source, line.name_span, "this section has its harmony already",
                hint="join the two in one line", related=(Related(first, "the first one"),),
            )  # fmt: skip
        return [_Written(line, Sheet(ANYTHING, grid)) for line in self._section.harmony[:1]]

    def _write(self, lines: list[_Written], grid: Grid, end: int | None) -> int:
        """Writes the lines; where the section ends.

        In a section without a number of bars, lines that say their own length come first, so that `fill` knows where
        to stop.
        """
        declared = end is not None
        for written in sorted(lines, key=lambda written: end is None and _fills(written.line)):
            if end is None and _fills(written.line):
                end = self._known_end(lines, grid)
            self._line(written, end)
        if end is None:
            end = max((written.end for written in lines), default=0)
        if not declared and end:
            last = grid.until(end)[-1].number
            for change in self._section.changes:
                if change.bar > last:
                    self._no_bar(change, last)
        if self._is_measured and not any(c.unsure for written in lines for c in written.cursors if not declared):
            for written in lines:
                self._compare(written, lines, grid, end)
        return end

    def _known_end(self, lines: list[_Written], grid: Grid) -> int | None:
        """Where the lines so far end; somewhere, where a mistake in one of them hides it."""
        if any(cursor.unsure for written in lines for cursor in written.cursors):
            self._is_measured = False
            return grid.end_of(_SOME_BARS)
        return max((written.end for written in lines), default=0) or None

    def _line(self, written: _Written, end: int | None) -> None:
        line, sheet = written.line, written.sheet
        with self._report.at(_place(written)):
            if written.is_harmony:
                written.cursors = self._music.harmony(line, sheet, self._scope, end)
                self._music.chords = tuple(sheet.chords)
            else:
                streams = Streams((self._section.name, line.part))
                written.cursors = self._music.line(line.voices, sheet, self._scope, streams, end)
            for voice, cursor in zip(line.voices, written.cursors, strict=True):
                last = voice.items[-1].span if voice.items else line.name_span
                if not cursor.slur and not cursor.lost:
                    self._music.bars.finish(cursor, sheet.grid, self._scope, last)

    def _compare(self, written: _Written, lines: list[_Written], grid: Grid, end: int) -> None:
        """Reports voices that end before or after the section does."""
        line = written.line
        for voice, cursor in zip(line.voices, written.cursors, strict=True):
            if cursor.closed is not None or cursor.unsure or cursor.at == end:
                continue
            span = voice.items[-1].span if voice.items else line.name_span
            with self._report.at(_place(written)):
                does = "lasts" if written.is_harmony else "plays"
                self._report.add(
                    "STO203", self._scope.source, span,
                    f"{line.part} {does} {_length(grid, cursor.at)}, the section lasts {_length(grid, end)}",
                    label=_difference(grid, cursor.at, end), hint=self._hint(written, grid, cursor.at, end),
                    related=self._who_says(written, lines),
                )  # fmt: skip

    def _hint(self, written: _Written, grid: Grid, at: int, end: int) -> str:
        bars = _bars(grid, end) - _bars(grid, at)
        if bars > 0:
            instead = "chords" if written.is_harmony else "a generator with `fill`"
            return f"add `R{f'*{bars}' if bars > 1 else ''}`, or {instead}"
        if self._section.bars is None:
            return "give the others rests, `R`, or shorten this one"
        return f"make it `section {self._section.name} {_bars(grid, at)} bars`, or shorten the line"

    def _who_says(self, written: _Written, lines: list[_Written]) -> tuple[Related, ...]:
        """Where the section's length comes from: its heading, or the longest line."""
        if self._section.bars:
            return (Related(self._section.bars.span, "the section's length, set here"),)
        longest = max(lines, key=lambda other: other.end)
        return (Related(longest.line.name_span, "the longest line"),) if longest is not written else ()

    def _empty(self) -> None:
        unsure = any(d for d in self._report.diagnostics if not d.is_warning)
        if not unsure:
            self._report.add(
                "STO205", self._scope.source, self._section.name_span, "this section has no length",
                hint=f"write `section {self._section.name} 4 bars {{ … }}`, or music in it",
            )  # fmt: skip

    # --- tempos ---

    def _tempos(self, grid: Grid, end: int, settings: Settings, changes: dict[int, Settings]) -> list[Tempo]:
        """The tempo marks; a ramp runs to the next one or to the end."""
        marks = [(0, settings)]
        for bar in grid.until(end):
            changed = changes.get(bar.number)
            if changed is None or changed.tempo is marks[-1][1].tempo:
                continue
            if bar.start == 0:
                marks.clear()
            marks.append((bar.start, changed))
        stops = [*(tick for tick, _ in marks[1:]), end]
        return [t for (tick, s), stop in zip(marks, stops, strict=True) for t in s.tempo.over(tick, stop, s.meter)]


def _place(written: _Written) -> str:
    return tree.HARMONY if written.is_harmony else f"part {written.line.part}"


def _bars(grid: Grid, end: int) -> int:
    """How many bars end there, a pickup not counted."""
    return sum(bar.number > 0 for bar in grid.until(end)) if end else 0


def _length(grid: Grid, end: int) -> str:
    """A length in bars, or in beats where it ends inside one."""
    bars = _bars(grid, end)
    if end and grid.is_barline(end) and bars:
        return f"{bars} bar{'' if bars == 1 else 's'}"
    return beats(end, grid.bar_at(max(end - 1, 0)).meter) if end else "nothing"


def _difference(grid: Grid, at: int, end: int) -> str:
    bars = abs(_bars(grid, end) - _bars(grid, at))
    return f"{bars} bar{'' if bars == 1 else 's'} too {'few' if at < end else 'many'}" if bars else ""


def _fills(line: tree.Line) -> bool:
    """Whether a line reaches to the section's end by itself: `fill`, or a number of notes."""
    return any(isinstance(node, tree.Extent) and node.unit in {"fill", "notes"} for node in walk(line.voices))


def _finished(written: _Written) -> score.Line:
    """A line with its voices renumbered without gaps, each sorted by onset."""
    voices = [written.sheet.voices[number] for number in sorted(written.sheet.voices)]
    return score.Line(written.line.part, tuple(tuple(sorted(items, key=lambda item: item.onset)) for items in voices))
