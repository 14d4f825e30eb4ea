"""Passages: generated music, motifs and tunes, and how long each lasts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from stochos import score, tree
from stochos.check.answers import Written
from stochos.check.calls import Calls, Played
from stochos.check.constraints import Constraints
from stochos.check.cursor import QUARTERS, Cursor, Sheet
from stochos.check.limits import Limits
from stochos.check.motifs import count_bars, cut, unbarred
from stochos.check.names import Bound, BoundTune, Scope, look_up
from stochos.check.reach import has_pitches
from stochos.check.report import Report
from stochos.check.streams import Streams
from stochos.diagnostics import Fix, Related
from stochos.music.time import QUARTER
from stochos.process.passage import hears, is_joint
from stochos.source import Source, Span

if TYPE_CHECKING:
    from stochos.check.music import Music


class Passages:
    """Writes what a `@call` or a `$name` plays."""

    def __init__(self, report: Report, calls: Calls, music: Music, limits: Limits) -> None:
        self._report, self._calls, self._music, self._limits = report, calls, music, limits
        self._constraints = Constraints(report, calls.forms)
        self.labels: dict[str, tuple[Source, Span]] = {}
        self.answers: Written = {}
        self.section: tuple[Source, Span] | None = None
        """The name of the section that is being read."""

    def write(self, passage: tree.Passage, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        """Writes a passage where the cursor is."""
        if isinstance(passage.what, tree.Call):
            self._generator(passage, passage.what, cursor, sheet, scope, streams)
            return
        bound = look_up(passage.what.name, scope, passage.what.span, self._report)
        match bound:
            case None:
                self._unknown(passage, cursor, sheet, scope)
            case BoundTune():
                self._tune(bound, passage, cursor, sheet, scope)
            case Bound(let=tree.Let(value=tree.Notation() | tree.Group() | tree.Pipe() | tree.Repeat())):
                self._motif(bound, passage, cursor, sheet, scope)
            case Bound(let=tree.Let(value=tree.Reference() as other)):
                meant = replace(passage, what=replace(other, bars=passage.what.bars or other.bars))
                self.write(meant, cursor, sheet, bound.scope, streams)
            case Bound(let=tree.Let(value=tree.Call())):
                call = tree.Call(passage.what.name, (), passage.what.span, passage.what.span)
                self._generator(passage, call, cursor, sheet, scope, _shared(bound, scope, by_bar=True))
            case _:
                cursor.lose()
                self._report.add(
                    "STO401", scope.source, passage.what.span, f"`${passage.what.name}` is a value, not music",
                    hint="music is bound between barlines: `let name = | C4:4 D4 |`",
                )  # fmt: skip

    def too_late(self, item: tree.Item, cursor: Cursor, scope: Scope) -> None:
        """Reports something after a passage that reaches to the end, or to where nobody knows."""
        closed, filled, is_told = cursor.closed, cursor.filled, cursor.unsure
        cursor.closed, cursor.filled = None, False
        cursor.lose()
        if filled and not is_told:
            self._report.add(
                "STO203", scope.source, item.span, "nothing can follow `fill`: it plays to the end of the section",
                hint="give the generator an extent, such as `for 4 bars`, or put this before it",
            )  # fmt: skip
        elif closed and closed.extent and closed.extent.unit == "notes" and not is_told:
            self._report.add(
                "STO206", scope.source, item.span,
                "nobody knows where this begins: the notes before it have lengths drawn by chance",
                hint="give them `for 4 bars` in place of a number of notes, or put them last",
                related=(Related(closed.extent.span, "ends only chance knows where"),),
            )  # fmt: skip

    def _unknown(self, passage: tree.Passage, cursor: Cursor, sheet: Sheet, scope: Scope) -> None:
        """A name that nothing is bound to: where it says no length, bars are counted again from the next one."""
        cursor.passed(scope.source, passage.span, literal=False)
        self._music.notes.let_go(cursor)
        ticks = self._extent(passage, cursor, sheet, scope) if passage.extent else None
        if ticks is None or (passage.extent and passage.extent.unit == "notes"):
            cursor.lose()
        else:
            cursor.at += ticks

    # --- what is written already ---

    def _motif(self, bound: Bound, passage: tree.Passage, cursor: Cursor, sheet: Sheet, scope: Scope) -> None:
        if passage.extent is not None:
            self._report.add(
                "STO401", scope.source, passage.extent.span,
                f"`${bound.name}` is written music: it lasts as long as it is",
                hint=f"repeat it with `${bound.name}*2`",
                fix=Fix(Span(passage.what.span.end, passage.extent.span.end), ""),
            )  # fmt: skip
        found = self._music_of(bound, passage, scope)
        if found is None:
            cursor.lose()
            return
        music, start = found
        before, cursor.duration = cursor.duration, start
        first = cursor.since[:]
        self._music.items((music,), cursor, sheet, bound.scope, _shared(bound, scope, by_bar=False))
        cursor.duration, cursor.literal = before, False
        cursor.since = [*first, (scope.source, passage.span)] if cursor.since else []

    def _music_of(self, bound: Bound, passage: tree.Passage, scope: Scope) -> tuple[tree.Item, tree.Duration] | None:
        """The music of a motif, or the bars that are asked for, and the duration in force where it begins."""
        value, start, reference = bound.let.value, QUARTERS, passage.what
        assert isinstance(reference, tree.Reference)
        if reference.bars is not None:
            some = cut(value, *reference.bars) if isinstance(value, tree.Notation) else None
            if some is None:
                self.no_bars(value, reference, scope)
                return None
            value, start = some
        if isinstance(value, tree.Notation):
            value = tree.Group(unbarred(value.voices), value.span)
        assert isinstance(value, tree.Group | tree.Pipe | tree.Repeat)
        return value, start

    def no_bars(self, value: object, reference: tree.Reference, scope: Scope) -> None:
        """Reports bars that bound music does not have."""
        first, last = reference.bars or (0, 0)
        has = "it has no bars of its own"
        if isinstance(value, tree.Notation):
            has = f"it has {count_bars(value)}"
        asked = f"bars {first} to {last}" if last != first else f"bar {first}"
        self._report.add(
            "STO214", scope.source, reference.span,
            f"{asked} of `${reference.name}` {'is' if first == last else 'are'} not there: {has}",
        )  # fmt: skip

    def _tune(self, bound: BoundTune, passage: tree.Passage, cursor: Cursor, sheet: Sheet, scope: Scope) -> None:
        assert isinstance(passage.what, tree.Reference)
        notes = self._music.notes
        if passage.extent is not None:
            self._report.add(
                "STO401", scope.source, passage.extent.span, f"`${bound.name}` is a tune: it lasts as long as it is",
                hint=f"take some of it with `${bound.name}[bars 1..4]`",
                fix=Fix(Span(passage.what.span.end, passage.extent.span.end), ""),
            )  # fmt: skip
        stretch = notes.tune_bars(bound, passage.what, scope)
        notes.let_go(cursor)
        cursor.passed(scope.source, passage.span, literal=False)
        if stretch is None:
            cursor.lose()
            return
        start, end = stretch
        bar = sheet.grid.bar_at(cursor.now).number
        found = notes.from_tune(bound, start, end, cursor.at, sheet.part, scope, passage.span, bar)
        self._music.count(len(found), scope, passage.span)
        sheet.voices[cursor.voice].extend(found)
        cursor.at += end - start

    # --- what is drawn ---

    def _generator(  # noqa: PLR0913, PLR0917 - a passage and what it calls, and where it goes
        self, passage: tree.Passage, call: tree.Call, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams
    ) -> None:
        self._music.notes.let_go(cursor)
        cursor.passed(scope.source, passage.span, literal=False)
        place = self._music.place(cursor, sheet, scope)
        bar = sheet.grid.bar_at(cursor.now).length
        if passage.extent is None:
            self._no_extent(passage, call, scope)
            self._calls.passage(call, place, bar / QUARTER)
            cursor.closed = passage
            return
        ticks = self._extent(passage, cursor, sheet, scope)
        played = self._calls.passage(call, place, (ticks or bar) / QUARTER)
        if ticks is None:
            cursor.lose()
            return
        if played is not None:
            ticks = self._play(passage, call, played, ticks, cursor, sheet, scope, streams)
        else:
            if passage.until:
                self._constraints.read(passage.until, place)
            if passage.extent.unit == "notes":
                cursor.lose()
                return
        cursor.at += ticks

    def _play(  # noqa: PLR0913, PLR0917 - a passage and its place
        self, passage: tree.Passage, call: tree.Call, played: Played, ticks: int, cursor: Cursor, sheet: Sheet,
        scope: Scope, streams: Streams,
    ) -> int:  # fmt: skip
        """Puts a passage on the sheet; how long it lasts."""
        assert passage.extent is not None
        count = int(passage.extent.count) if passage.extent.unit == "notes" else None
        if count is not None:
            lasting = self._certain(played, count)
            cursor.closed = passage if lasting is None or lasting > ticks else None
            ticks = ticks if lasting is None else min(lasting, ticks)
        own = played.label_span is not None and not streams.shared
        if played.label is not None and own:
            self._label(played.label, scope, played.label_span or passage.span)
        path, label = streams.of_passage(call.name, played.label, own_label=own)
        if hears(played.process):
            self.answers[path] = scope.source, passage.span
        joint = streams.of_joint((not own and played.label) or call.name) if is_joint(played.process) else ()
        part, place = sheet.part, self._music.place(cursor, sheet, scope)
        if played.network and played.network.plays == "harmony" and place.harmony == ():
            self._report.add(
                "STO510", scope.source, call.span, "this network plays over the chords of the section, and it has none",
                hint="write them above the lines of the parts: `harmony | Dm:1 | A7 | … |`; `N.C.` is no chord",
            )  # fmt: skip
        if streams.shared and played.within is None and not has_pitches(played.process):
            part = sheet.whole or part  # the same notes, transposed or not
        low, high = self._calls.ranges.bounds(played, part, call, place)
        until = self._constraints.read(passage.until, place) if passage.until else None
        if passage.until and until:
            self._constraints.fits(passage.until, until, played, low, high, count, place)
        sheet.voices[cursor.voice].append(
            score.Passage(
                cursor.at, ticks, count, played.process, low, high, played.scale, played.velocity, path,
                streams.shared, played.seed, call.name, label, joint, played.glissando, until,
            )
        )  # fmt: skip
        cursor.filled = passage.extent.unit == "fill"
        return ticks

    def _certain(self, played: Played, count: int) -> int | None:
        """Ticks of so many notes, where chance has no say in it."""
        measure = getattr(played.process, "quarters", None)
        quarters = measure(count) if measure else None
        return None if quarters is None else round(quarters * QUARTER)

    def _label(self, label: str, scope: Scope, span: Span) -> None:
        first = self.labels.setdefault(label, (scope.source, span))
        if first != (scope.source, span):
            self._report.add(
                "STO314", scope.source, span, f"the label `{label}` names another passage already",
                hint="give one of them another label: a label names one random stream",
                related=(Related(first[1], "the first one", None if first[0] is scope.source else first[0]),),
            )  # fmt: skip

    # --- extents ---

    def _no_extent(self, passage: tree.Passage, call: tree.Call, scope: Scope) -> None:
        bound = scope.lets.get(call.name)
        if bound and not isinstance(bound.value, tree.Call | tree.Reference):
            return  # not a process at all: told where it is looked up
        end = Span(passage.span.end, passage.span.end)
        sign = "$" if isinstance(passage.what, tree.Reference) else "@"
        self._report.add(
            "STO207", scope.source, passage.span, f"how long `{sign}{call.name}` plays is not said",
            hint="write `for 4 bars`, `for 3 beats`, `for 12 notes`, or `fill` after it",
            fix=Fix(end, " fill " if scope.source.text[end.start : end.start + 1].isalnum() else " fill"),
        )  # fmt: skip

    def _extent(self, passage: tree.Passage, cursor: Cursor, sheet: Sheet, scope: Scope) -> int | None:
        """Ticks that a passage may fill; None where that cannot be known (reported)."""
        extent = passage.extent
        assert extent is not None
        if extent.unit in {"fill", "notes"}:
            return self._rest_of_section(passage, extent, cursor, scope)
        ticks = self._measured(extent, cursor, sheet) if extent.count > 0 else None
        if ticks is None:
            meter = sheet.grid.bar_at(cursor.now).meter
            limit = extent.count * (meter.bar if extent.unit == "bars" else meter.beat) > self._limits.bars * meter.bar
            self._report.add(
                "STO609" if limit else "STO209", scope.source, extent.span,
                f"a passage plays {self._limits.bars:,} bars at most" if limit
                else "this extent falls off the time grid" if extent.count > 0 else "this extent is empty",
                hint="write `for 4 bars`",
            )  # fmt: skip
        return ticks

    def _rest_of_section(self, passage: tree.Passage, extent: tree.Extent, cursor: Cursor, scope: Scope) -> int | None:
        """Ticks that are left: what `fill` plays in, and what a number of notes may take."""
        if extent.unit == "notes" and (extent.count < 1 or extent.count.denominator != 1):
            self._report.add("STO209", scope.source, extent.span, "notes are counted in whole numbers, from 1 up")
        elif extent.unit == "notes" and extent.count > self._limits.notes:
            self._report.add(
                "STO609", scope.source, extent.span, f"this asks for more than {self._limits.notes:,} notes",
                hint="ask for fewer, or set STOCHOS_MAX_NOTES",
            )  # fmt: skip
        elif cursor.end is None:
            self._endless(extent, scope)
        elif cursor.at < cursor.end:
            return cursor.end - cursor.at
        elif not cursor.unsure:
            self._report.add(
                "STO203", scope.source, passage.span, "the section is full already: nothing is left to play in",
                hint="make the section longer, or take something out before this",
            )  # fmt: skip
        return None

    def _endless(self, extent: tree.Extent, scope: Scope) -> None:
        """Reports a section without a length, once, however many passages want to know it."""
        what = "`fill`" if extent.unit == "fill" else "a number of notes"
        source, span = self.section or (scope.source, extent.span)
        self._report.add(
            "STO205", source, span, f"{what} needs to know where this section ends",
            hint=f"say how long it is: `section {source.text[slice(*span)]} 8 bars {{ … }}`",
            related=(Related(extent.span, "up to where?", None if scope.source is source else scope.source),),
        )  # fmt: skip

    def _measured(self, extent: tree.Extent, cursor: Cursor, sheet: Sheet) -> int | None:
        """Ticks of a number of bars or beats; None off the grid or beyond the limit."""
        meter = sheet.grid.bar_at(cursor.now).meter
        exact: Fraction = extent.count * (meter.bar if extent.unit == "bars" else meter.beat)
        if exact > self._limits.bars * meter.bar:
            return None
        if extent.unit == "bars" and cursor.base is not None:
            end = sheet.grid.after(cursor.now, extent.count)
            return None if end is None else end - cursor.now
        return int(exact) if exact.denominator == 1 else None


def _shared(bound: Bound, scope: Scope, *, by_bar: bool) -> Streams:
    """Streams of bound music: the same wherever it is used."""
    return Streams(("let", bound.scope.source.name if bound.scope is not scope else "", bound.name), True, by_bar)
