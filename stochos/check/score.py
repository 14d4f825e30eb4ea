"""Checking a whole score: from what was written to what was meant."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from stochos import score, tree
from stochos.check.calls import Calls
from stochos.check.grid import Grid
from stochos.check.library import Library
from stochos.check.limits import Limits
from stochos.check.material import ANYTHING, Material
from stochos.check.music import Cursor, Music, Sheet
from stochos.check.names import Scope, build_scope
from stochos.check.parts import check_parts
from stochos.check.report import LimitReached, Report
from stochos.check.settings import OF_BARS, OF_SECTIONS, Reader, Settings
from stochos.check.streams import Streams
from stochos.check.unused import check_unused
from stochos.check.words import beats
from stochos.diagnostics import Diagnostic, Fix, Related, SourceError, nearest
from stochos.music.time import QUARTER
from stochos.source import Source


def check(
    source: Source, written: tree.Score, library: Library, diagnostics: tuple[Diagnostic, ...] = (),
    limits: Limits | None = None,
) -> tuple[score.Score, tuple[Diagnostic, ...]]:  # fmt: skip
    """The score that was meant, and warnings; SourceError with everything that is wrong.

    library      answers for files, corpus pieces and networks
    diagnostics  what parsing found already: reported with the rest
    limits       how much the score may ask for; None: the environment's
    """
    report = Report(diagnostics)
    meant: score.Score | None = None
    try:
        meant = _Checker(source, written, library, report, limits or Limits.from_environment()).score()
    except LimitReached:
        pass
    found = report.diagnostics
    if meant is None or any(not d.is_warning for d in found):
        raise SourceError(found)
    return meant, found


@dataclass
class _Checker:
    source: Source
    written: tree.Score
    library: Library
    report: Report
    limits: Limits
    sections: dict[str, tree.Section] = field(default_factory=dict)

    def score(self) -> score.Score:
        scope = build_scope(self.source, self.written, self.library, self.report)
        statements = self.written.statements
        settings = Reader(self.report, scope).apply(
            Settings(), tuple(s for s in statements if isinstance(s, tree.Setting)), None, has_extent=False
        )
        parts = check_parts([s for s in statements if isinstance(s, tree.Part)], scope, self.report)
        calls = Calls(self.report, self.library, self.limits)
        music = Music(self.report, calls, self.limits)
        calls.forms.material = Material(self.report, self.library, music).tokens
        self._gather_sections()
        form = self._form()
        sections = {}
        for name, section in self.sections.items():
            opens = bool(form) and form[0].section == name
            with self.report.at(f"section {name}"):
                own = settings if opens else replace(settings, pickup=0)
                sections[name] = _Section(self.report, music, scope, section, own, parts, self.limits).score()
        check_unused(scope, self.written, music, calls, settings, self.report)
        self._length(form, sections)
        return score.Score(
            settings.title, settings.composer, settings.copyright, settings.seed, tuple(parts.values()), sections, form
        )

    def _gather_sections(self) -> None:
        for statement in self.written.statements:
            if not isinstance(statement, tree.Section):
                continue
            first = self.sections.setdefault(statement.name, statement)
            if first is not statement:
                self.report.add(
                    "STO310", self.source, statement.name_span, f"there is a section `{statement.name}` already",
                    hint="give it another name; a second time is written in the form",
                    related=(Related(first.name_span, "the first one"),),
                )  # fmt: skip
        if not self.sections and not self.report.diagnostics:
            end = len(self.source.text)
            self.report.add(
                "STO110", self.source, tree.Span(0, min(end, 1)), "there is no music in this score",
                hint='write a part and a section: `part flute = "Flute"`, `section A { flute: C5:1 }`',
            )  # fmt: skip

    def _form(self) -> tuple[score.FormEntry, ...]:
        forms = [s for s in self.written.statements if isinstance(s, tree.Form)]
        for other in forms[1:]:
            self.report.add("STO310", self.source, other.span, "the form is written twice", hint="keep one of them")
        if not forms:
            return tuple(score.FormEntry(name, 0, 1) for name in self.sections)
        found = []
        for entry in forms[0].entries:
            if entry.section not in self.sections:
                close = nearest(entry.section, self.sections)
                at = tree.Span(entry.span.start, entry.span.start + len(entry.section))
                self.report.add(
                    "STO303", self.source, at, f"no section is called `{entry.section}`",
                    hint=f"did you mean `{close}`?" if close else "sections: " + ", ".join(self.sections),
                    fix=Fix(at, close) if close else None,
                )  # fmt: skip
            elif not 1 <= entry.times <= self.limits.repeats:
                self.report.add("STO609", self.source, entry.span, f"a section is played 1 to {self.limits.repeats:,} times")
            else:
                found.append(score.FormEntry(entry.section, entry.variation, entry.times))
        played = {entry.section for entry in forms[0].entries}
        played |= {close for name in played - set(self.sections) if (close := nearest(name, self.sections))}
        for name, section in self.sections.items():
            if name not in played:
                self.report.add(
                    "STO311", self.source, section.name_span, f"the form never plays section `{name}`",
                    hint="add it to `form`, or take it out",
                )  # fmt: skip
        return tuple(found)

    def _length(self, form: tuple[score.FormEntry, ...], sections: dict[str, score.Section]) -> None:
        bars = sum(len(sections[entry.section].bars) * entry.times for entry in form)
        if bars > self.limits.bars:
            at = next((s.span for s in self.written.statements if isinstance(s, tree.Form)), tree.NOWHERE)
            self.report.add(
                "STO609", self.source, at, f"the piece has {bars:,} bars; the limit is {self.limits.bars:,}",
                hint="set STOCHOS_MAX_BARS to allow more",
            )  # fmt: skip


@dataclass
class _Section:
    """One section."""

    report: Report
    music: Music
    scope: Scope
    section: tree.Section
    settings: Settings
    parts: dict[str, score.Part]
    limits: Limits

    def score(self) -> score.Section:
        reader = Reader(self.report, self.scope)
        settings = reader.apply(self.settings, self.section.settings, OF_SECTIONS, has_extent=True)
        changes = self._changes(reader, settings)
        grid = Grid(settings, changes, settings.pickup)
        self._show_meters()
        declared = self._declared()
        end = grid.end_of(declared) if declared else None
        lines = self._lines(grid, end)
        return self._assemble(settings, changes, grid, declared, lines)

    def _show_meters(self) -> None:
        """Where each meter was set, so that a wrong bar can point there."""
        bars = self.music.bars
        bars.heading = {}
        if self.settings.meter_span is not None:
            bars.heading[str(self.settings.meter)] = (self.scope.source, self.settings.meter_span)
        for setting in (*self.section.settings, *(s for c in self.section.changes for s in c.settings)):
            match setting:
                case tree.Setting(name="meter", values=(tree.NoteValue(numerator=above, denominator=below),)):
                    bars.heading[f"{above}/{below}"] = (self.scope.source, setting.span)

    def _declared(self) -> int | None:
        bars = self.section.bars
        if bars is None:
            return None
        if bars.value.denominator != 1 or not 1 <= bars.value <= self.limits.bars:
            limit = bars.value > self.limits.bars
            self.report.add(
                "STO609" if limit else "STO403", self.scope.source, bars.span,
                f"a section has 1 to {self.limits.bars:,} bars", hint="write `section name 8 bars`",
            )  # fmt: skip
            return None
        return int(bars.value)

    def _changes(self, reader: Reader, settings: Settings) -> dict[int, Settings]:
        found: dict[int, Settings] = {}
        for change in sorted(self.section.changes, key=lambda c: c.bar):
            last = self.section.bars.value if self.section.bars else None
            if change.bar < 1 or (last is not None and change.bar > last):
                self.report.add(
                    "STO213", self.scope.source, change.bar_span,
                    f"there is no bar {change.bar}" + (f": the section has {last}" if last else ""),
                )  # fmt: skip
                continue
            if change.bar in found:
                self.report.add("STO310", self.scope.source, change.bar_span, f"bar {change.bar} is changed twice")
                continue
            settings = reader.apply(settings, change.settings, OF_BARS, has_extent=True)
            found[change.bar] = settings
        return found

    def _lines(self, grid: Grid, end: int | None) -> dict[str, tuple[tree.Line, Sheet]]:
        """Lines that say their own length come first, so that `fill` knows where to stop."""
        lines: dict[str, tuple[tree.Line, Sheet]] = {}
        ends: dict[str, list[Cursor]] = {}
        pending = []
        for line in self.section.lines:
            part = self._part(line, lines)
            if part is not None:
                lines[line.part] = (line, Sheet(part, grid))
                pending.append(line)
        fills = {line.part: end is None and _fills(line) for line in pending}
        for line in sorted(pending, key=lambda line: fills[line.part]):
            if fills[line.part] and end is None:
                known = [c.at for cursors in ends.values() for c in cursors if c.closed is None]
                end = max(known, default=None)
            ends[line.part] = self._line(line, lines[line.part][1], end)
        if end is None:
            self._changes_there(grid, max((c.at for cursors in ends.values() for c in cursors), default=0))
        if end is None:
            end = max((c.at for cursors in ends.values() for c in cursors), default=0)
        for line in pending:
            self._compare(line, ends[line.part], grid, end)
        self._end = end
        return lines

    def _changes_there(self, grid: Grid, end: int) -> None:
        """Reports changes at bars that a section without a written length does not reach."""
        last = grid.until(end)[-1].number if end else 0
        for change in self.section.changes:
            if change.bar > last > 0:
                self.report.add(
                    "STO213", self.scope.source, change.bar_span, f"there is no bar {change.bar}: the section has {last}"
                )

    def _part(self, line: tree.Line, lines: dict[str, tuple[tree.Line, Sheet]]) -> score.Part | None:
        """Whose line this is; for an unknown part the one that was meant, or a stand-in that plays anything."""
        if line.part in lines:
            self.report.add(
                "STO310", self.scope.source, line.name_span, f"{line.part} has a line in this section already",
                hint="join the two with `&`: they sound together",
                related=(Related(lines[line.part][0].name_span, "the first one"),),
            )  # fmt: skip
            return None
        if line.part in self.parts:
            return self.parts[line.part]
        close = nearest(line.part, self.parts)
        self.report.add(
            "STO301", self.scope.source, line.name_span, f"no part is called `{line.part}`",
            hint=f"did you mean `{close}`?" if close else f'add it to the heading: `part {line.part} = "Flute"`',
            fix=Fix(line.name_span, close) if close and close not in {x.part for x in self.section.lines} else None,
        )  # fmt: skip
        return self.parts[close] if close else ANYTHING

    def _line(self, line: tree.Line, sheet: Sheet, end: int | None) -> list[Cursor]:
        with self.report.at(f"part {line.part}"):
            streams = Streams((self.section.name, line.part))
            cursors = self.music.line(line.voices, sheet, self.scope, streams, end)
            for voice, cursor in zip(line.voices, cursors, strict=True):
                last = voice.items[-1].span if voice.items else line.name_span
                if not cursor.slur:
                    self.music.bars.finish(cursor, sheet.grid, self.scope, last)
            return cursors

    def _compare(self, line: tree.Line, cursors: list[Cursor], grid: Grid, end: int) -> None:
        for voice, cursor in zip(line.voices, cursors, strict=True):
            if cursor.closed is not None or cursor.at == end:
                continue
            meter = grid.bar_at(max(min(cursor.at, end) - 1, 0)).meter
            bars = len(grid.until(end)) - len(grid.until(cursor.at))
            short = cursor.at < end
            here = tree.Span(line.name_span.start, line.name_span.end)
            span = voice.items[-1].span if voice.items else here
            length = self.section.bars.span if self.section.bars else None
            with self.report.at(f"part {line.part}"):
                self.report.add(
                    "STO203", self.scope.source, span,
                    f"{line.part} plays {beats(cursor.at, meter)}, the section lasts {beats(end, meter)}",
                    label=f"{abs(bars)} bar{'s' if abs(bars) != 1 else ''} too {'few' if short else 'many'}" if bars else "",
                    hint=(f"add `R*{bars}`" if bars > 1 else "add `R`") + ", or a generator with `fill`" if short and bars > 0
                    else f"make it `section {self.section.name} {len(grid.until(cursor.at))} bars`" if not short else None,
                    related=(Related(length, "the section's length, set here"),) if length else (),
                )  # fmt: skip

    def _assemble(
        self, settings: Settings, changes: dict[int, Settings], grid: Grid, declared: int | None,
        lines: dict[str, tuple[tree.Line, Sheet]],
    ) -> score.Section:  # fmt: skip
        end = self._end or (grid.end_of(declared) if declared else 0)
        if not end and not any(d for d in self.report.diagnostics if not d.is_warning):
            self.report.add(
                "STO205", self.scope.source, self.section.name_span, "this section has no length",
                hint=f"write `section {self.section.name} 4 bars {{ … }}`, or music in it",
            )  # fmt: skip
        bars = grid.until(end)
        marks = [(0, settings)] + [
            (bar.start, changes[bar.number]) for bar in bars
            if bar.number in changes and changes[bar.number].tempo is not self._before(changes, bar.number, settings).tempo
        ]  # fmt: skip
        if len(marks) > 1 and marks[1][0] == 0:
            marks = marks[1:]
        stops = [tick for tick, _ in marks[1:]] + [end]
        tempos = tuple(t for (tick, s), stop in zip(marks, stops, strict=True) for t in s.tempo.over(tick, stop, s.meter))
        return score.Section(
            self.section.name,
            tuple(score.Bar(b.start, min(b.length, end - b.start), b.meter, b.settings.key, b.number) for b in bars),
            tempos,
            tuple(_finished(part, sheet) for part, (_, sheet) in lines.items()),
            settings.grid or QUARTER // 4,
            settings.tuplets,
        )

    def _before(self, changes: dict[int, Settings], bar: int, settings: Settings) -> Settings:
        earlier = [n for n in changes if n < bar]
        return changes[max(earlier)] if earlier else settings


def _fills(line: tree.Line) -> bool:
    """Whether a line reaches to the section's end by itself: `fill`, or a number of notes."""
    from stochos.check.names import walk

    return any(isinstance(n, tree.Extent) and n.unit in {"fill", "notes"} for n in walk(line.voices))


def _finished(part: str, sheet: Sheet) -> score.Line:
    """A line with its voices renumbered without gaps, each sorted by onset."""
    voices = [sheet.voices[number] for number in sorted(sheet.voices)]
    return score.Line(part, tuple(tuple(sorted(items, key=lambda item: item.onset)) for items in voices))
