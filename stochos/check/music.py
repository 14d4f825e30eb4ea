"""Music: a part's line, item by item, with every bar counted."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import assert_never

from stochos import score, tree
from stochos.check.bars import BarChecks
from stochos.check.calls import Calls
from stochos.check.cursor import QUARTERS, Cursor, Sheet
from stochos.check.harmony import chord_of, tell_timeless
from stochos.check.limits import Limits
from stochos.check.measure import size_of
from stochos.check.names import Scope, walk
from stochos.check.notes import Notes
from stochos.check.passages import Passages
from stochos.check.report import LimitReached, Report
from stochos.check.streams import Streams
from stochos.check.transforms import Transforms
from stochos.check.values import Place
from stochos.check.words import beats
from stochos.music.harmony import Harmony
from stochos.music.time import to_ticks
from stochos.source import Span

MOST_VOICES = 4
_IN_TUPLETS = tree.Note | tree.Tuplet | tree.Dynamic | tree.Hairpin | tree.Slur
_TIMELESS = tree.Barline | tree.Dynamic | tree.Hairpin | tree.Slur


class Music:
    """Checks the music of one score, line by line.

    written  notes so far, as they stand in the score with repeats unrolled
    chords   of the section that is written; None: of none
    """

    def __init__(self, report: Report, calls: Calls, limits: Limits) -> None:
        self._report, self._limits = report, limits
        self.notes = Notes(report)
        self.bars = BarChecks(report)
        self.passages = Passages(report, calls, self, limits)
        self._transforms = Transforms(report, calls.values)
        self.written = 0
        self.chords: tuple[Harmony, ...] | None = None

    # --- lines ---

    def line(
        self, voices: tuple[tree.Voice, ...], sheet: Sheet, scope: Scope, streams: Streams, end: int | None
    ) -> list[Cursor]:
        """Writes the voices of a line on `sheet`; where each ended."""
        sheet.lines = max(sheet.lines, len(voices))
        cursors = []
        for number, voice in enumerate(voices):
            cursor = Cursor(number, end=end)
            self.items(voice.items, cursor, sheet, scope, streams)
            self._finish(cursor)
            cursors.append(cursor)
        self.notes.tell_ranges()
        return cursors

    def harmony(self, line: tree.Line, sheet: Sheet, scope: Scope, end: int | None) -> list[Cursor]:
        """Writes a line of chord symbols on `sheet`; where it ended."""
        cursors = [Cursor(0, end=end, chords=True, timed=False) for _ in line.voices]
        for voice, cursor in zip(line.voices, cursors, strict=True):
            self.items(voice.items, cursor, sheet, scope, Streams(()))
        return cursors

    def _finish(self, cursor: Cursor) -> None:
        if cursor.slur:
            _, source, span = cursor.slur
            self._report.add("STO102", source, span, "this slur is not closed", hint="add `)` after its last note")
        if cursor.hairpin:
            source, span = cursor.hairpin
            self._report.add(
                "STO211", source, span, "this hairpin leads to no dynamic: it goes on to the end of the line",
                hint="write a dynamic where it should arrive: `cresc C4:4 D4 f E4`",
            )  # fmt: skip
        self.notes.end_tie(cursor)

    def items(self, items: tuple[tree.Item, ...], cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        """Writes items one after the other."""

        def bar() -> int | None:
            return None if cursor.unsure else sheet.grid.bar_at(cursor.now).number

        with self._report.at(bar=None if cursor.base is None else bar):
            for item in items:
                self._item(item, cursor, sheet, scope, streams)

    def _item(self, item: tree.Item, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        if (cursor.closed or cursor.filled) and not isinstance(item, _TIMELESS):
            self.passages.too_late(item, cursor, scope)
        match item:
            case tree.Note():
                self._note(item, cursor, sheet, scope, streams)
            case tree.ChordSymbol():
                self._chord_symbol(item, cursor, sheet, scope)
            case tree.Barline():
                self.bars.check(item, cursor, sheet.grid, scope)
            case tree.BarRest():
                self._bar_rest(item, cursor, sheet, scope)
            case tree.Dynamic() | tree.Hairpin() | tree.Slur():
                self._mark(item, cursor, sheet, scope)
            case tree.Tuplet():
                self._tuplet(item, cursor, sheet, scope, streams)
            case tree.Group():
                self._group(item, cursor, sheet, scope, streams)
            case tree.Passage():
                with self._report.used(scope.source, item.span):
                    self.passages.write(item, cursor, sheet, scope, streams)
            case tree.Pipe():
                self._pipe(item, cursor, sheet, scope, streams)
            case tree.Repeat():
                self._repeat(item, cursor, sheet, scope, streams)
            case _:
                assert_never(item)

    # --- notes and rests ---

    def _note(self, note: tree.Note, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        ticks = self._lasting(note, cursor, scope)
        if ticks is None:
            return
        bar = self._counted(note, cursor, sheet, scope)
        written = self.notes.write(note, cursor, ticks, sheet.part, scope, bar)
        if written is not None:
            if written.chance is not None or written.choose:
                written = replace(written, path=streams.of_note(cursor.voice, bar), shared=streams.shared)
            sheet.voices[cursor.voice].append(written)
        cursor.at += ticks

    def _lasting(self, item: tree.Note | tree.ChordSymbol, cursor: Cursor, scope: Scope) -> int | None:
        """Ticks of a note or chord symbol, its own or as the one before; None where they cannot be (reported)."""
        cursor.duration = item.duration or cursor.duration
        cursor.passed(scope.source, item.span, literal=True)
        ticks = _ticks(cursor.duration, cursor.ratio)
        if ticks is None:
            cursor.duration = QUARTERS
            cursor.lose()
            self._report.add(
                "STO209", scope.source, item.span, "this duration cannot be written",
                hint="note values are 1, 2, 4, 8, 16, 32 and 64, with dots or added up: `:4.`, `:4+16`",
            )  # fmt: skip
        return ticks

    def _counted(self, item: tree.Note | tree.ChordSymbol, cursor: Cursor, sheet: Sheet, scope: Scope) -> int:
        """The bar that a note or chord symbol stands in; stops the check where there are too many."""
        self.count(1, scope, item.span)
        bar = sheet.grid.bar_at(cursor.now).number
        if bar > self._limits.bars:
            self._too_long(scope, item.span)
        return bar

    def _chord_symbol(self, symbol: tree.ChordSymbol, cursor: Cursor, sheet: Sheet, scope: Scope) -> None:
        cursor.timed = cursor.timed or symbol.duration is not None
        if not cursor.timed:
            if not sheet.chords:
                tell_timeless(symbol, sheet.grid.bar_at(cursor.now).meter, scope, self._report)
            cursor.lose()
        chord = chord_of(symbol, scope, self._report)
        ticks = self._lasting(symbol, cursor, scope)
        if ticks is not None:
            self._counted(symbol, cursor, sheet, scope)
            sheet.chords.append(Harmony(cursor.at, cursor.at + ticks, chord))
            cursor.at += ticks

    def _too_long(self, scope: Scope, span: Span) -> None:
        self._report.add(
            "STO609", scope.source, span, f"this line has more than {self._limits.bars:,} bars",
            hint="set STOCHOS_MAX_BARS to allow more",
        )  # fmt: skip
        raise LimitReached

    def count(self, notes: int, scope: Scope, span: Span) -> None:
        """Counts notes; stops the check where there are too many."""
        self.written += notes
        if self.written > self._limits.notes:
            self._report.add(
                "STO609", scope.source, span, f"more than {self._limits.notes:,} notes are written here",
                hint="set STOCHOS_MAX_NOTES to allow more",
            )  # fmt: skip
            raise LimitReached

    def _bar_rest(self, rest: tree.BarRest, cursor: Cursor, sheet: Sheet, scope: Scope) -> None:
        self.notes.end_tie(cursor)
        if not 1 <= rest.bars <= self._limits.repeats:
            self._report.add(
                "STO609", scope.source, rest.span, f"whole-bar rests go from 1 to {self._limits.repeats:,} bars"
            )
            cursor.lose()
            return
        if cursor.base is None:
            cursor.at += rest.bars * sheet.grid.bar_at(cursor.now).meter.bar
            return
        self.bars.settle(rest.span, cursor, sheet.grid, scope)
        end = sheet.grid.after(cursor.now, Fraction(rest.bars))
        assert end is not None
        start, cursor.at = cursor.at, end - cursor.base
        if cursor.chords:
            sheet.chords.append(Harmony(start, cursor.at, None))
        cursor.bar, cursor.since = end, []

    def _mark(
        self, mark: tree.Dynamic | tree.Hairpin | tree.Slur, cursor: Cursor, sheet: Sheet, scope: Scope
    ) -> None:
        match mark:
            case tree.Dynamic(name=name):
                cursor.hairpin = None
                sheet.voices[cursor.voice].append(score.Dynamic(cursor.at, name))
            case tree.Hairpin(kind=kind):
                cursor.hairpin = scope.source, mark.span
                sheet.voices[cursor.voice].append(score.Hairpin(cursor.at, kind))
            case tree.Slur():
                self._slur(mark, cursor, sheet, scope)

    def _slur(self, slur: tree.Slur, cursor: Cursor, sheet: Sheet, scope: Scope) -> None:
        if slur.opens and cursor.slur is None:
            cursor.slur = cursor.at, scope.source, slur.span
        elif slur.opens:
            self._report.add(
                "STO212", scope.source, slur.span, "a slur begins inside another", hint="close the first one"
            )
        elif cursor.slur is None:
            self._report.add(
                "STO103", scope.source, slur.span, "this slur was never opened", hint="write `(` before its first note"
            )
        else:
            sheet.voices[cursor.voice].append(score.Slur(cursor.slur[0], cursor.at))
            cursor.slur = None

    # --- groups ---

    def _tuplet(self, tuplet: tree.Tuplet, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        if not 2 <= tuplet.actual <= 64 or not 1 <= tuplet.normal <= 64:
            self._report.add("STO204", scope.source, tuplet.span, "a tuplet is 2 to 64 in the time of 1 to 64")
            cursor.lose()
            return
        outer, start, before = cursor.ratio, cursor.at, cursor.duration
        was_lost, cursor.lost = cursor.lost, False
        cursor.ratio *= Fraction(tuplet.normal, tuplet.actual)
        for item in tuplet.items:
            if isinstance(item, _IN_TUPLETS):
                self._item(item, cursor, sheet, scope, streams)
                continue
            self._report.add(
                "STO216", scope.source, item.span, "only notes, rests and tuplets stand in a tuplet",
                hint="close the tuplet before this",
            )  # fmt: skip
            cursor.lose()
        ratio, cursor.ratio = cursor.ratio, outer
        length = cursor.at - start
        if not cursor.lost:
            self.bars.check_tuplet(tuplet, length, ratio, before, cursor, sheet.grid, scope)
        cursor.lost = cursor.lost or was_lost
        if length:
            sheet.voices[cursor.voice].append(score.Tuplet(start, length, tuplet.actual, tuplet.normal))

    def _group(self, group: tree.Group, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        if len(group.voices) > MOST_VOICES:
            self._report.add(
                "STO609", scope.source, group.span, f"at most {MOST_VOICES} voices sound together in a group"
            )
            cursor.lose()
            return
        start = replace(cursor, since=list(cursor.since), tie=None, slur=None, hairpin=None)
        cursors = [cursor]
        self.items(group.voices[0].items, cursor, sheet, scope, streams)
        for number, voice in enumerate(group.voices[1:]):
            other = replace(
                start, voice=sheet.lines + (MOST_VOICES - 1) * cursor.voice + number, since=list(start.since)
            )
            self.items(voice.items, other, sheet, scope, streams)
            self._finish(other)
            cursors.append(other)
        self._join(cursors, start.at, group, sheet, scope)

    def _join(self, cursors: list[Cursor], start: int, group: tree.Group, sheet: Sheet, scope: Scope) -> None:
        """Goes on, with the first cursor, where all voices of a group have ended."""
        first, *others = cursors
        ends = [cursor.at for cursor in cursors]
        for other in others:
            first.lost, first.unsure = first.lost or other.lost, first.unsure or other.unsure
            first.closed = first.closed or other.closed
            first.filled = first.filled or other.filled
        if len(set(ends)) > 1 and not (first.closed or first.unsure):
            meter = sheet.grid.bar_at(first.now).meter
            said = " and ".join(beats(end - start, meter) for end in ends)
            fills = any(isinstance(node, tree.Extent) and node.unit == "fill" for node in walk(group))
            bar = sheet.grid.bar_at(start + first.base).number if first.base is not None else None
            self._report.add(
                "STO217", scope.source, group.span, f"voices that sound together differ in length: {said}",
                hint="`fill` plays to the end of the section: say `for 1 bar` in its place" if fills
                else "fill the shorter one with rests", bar=bar,
            )  # fmt: skip
        first.at = max(ends)

    def _pipe(self, pipe: tree.Pipe, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        self.notes.let_go(cursor)
        transforms = self._transforms.resolve(pipe.transforms, self.place(cursor, sheet, scope)) or ()
        stretch = Fraction(1)
        for transform in transforms:
            stretch *= transform.stretch
        inner = self._inside(cursor, stretch)
        inner_sheet = self._transforms.before(sheet, pipe, transforms, scope)
        self.notes.unranged += 1
        self.items((pipe.item,), inner, inner_sheet, scope, streams)
        self.notes.unranged -= 1
        self._finish(inner)
        cursor.lost, cursor.unsure = cursor.lost or inner.lost, cursor.unsure or inner.unsure
        cursor.closed, cursor.filled = inner.closed, inner.filled
        cursor.passed(scope.source, pipe.span, literal=False)
        lasting = inner.at * stretch
        if lasting.denominator != 1 or (inner.at and lasting < 1):
            self._report.add(
                "STO209", scope.source, pipe.span, "stretched like this, its notes fall off the time grid",
                hint="stretch by a plain factor: 2, 3, 1.5",
            )  # fmt: skip
            cursor.lose()
            return
        for voice, items in inner_sheet.voices.items():
            bare = self.notes.unranged or sheet.part.instrument.is_percussion
            compass = None if bare else (sheet.part.low, sheet.part.high)
            group = score.Group(
                cursor.at, int(lasting), inner.at, tuple(items), transforms, streams.of_transform(), streams.shared,
                compass,
            )  # fmt: skip
            if not self.notes.unranged:
                self._transforms.check_range(group, sheet.part, pipe.span, scope)
            sheet.voices[voice].append(group)
        cursor.at += int(lasting)
        if stretch == 1:
            cursor.bar, cursor.since = inner.bar, inner.since

    def _inside(self, cursor: Cursor, stretch: Fraction) -> Cursor:
        """A cursor for what is piped: it counts bars where time is not stretched."""
        counts = stretch == 1 and cursor.base is not None
        return Cursor(
            cursor.voice, base=cursor.now if counts else None,
            end=None if cursor.end is None else int((cursor.end - cursor.at) / stretch),
            duration=cursor.duration, bar=cursor.bar if counts else cursor.now, since=list(cursor.since),
            literal=cursor.literal, barred=cursor.barred, lost=cursor.lost,
        )  # fmt: skip

    def _repeat(self, repeat: tree.Repeat, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        if not 1 <= repeat.times <= self._limits.repeats:
            self._report.add("STO609", scope.source, repeat.span, f"repetitions go from 1 to {self._limits.repeats:,}")
            cursor.lose()
            return
        if self.written + size_of(repeat, scope) > self._limits.notes:  # before the work
            self.count(self._limits.notes, scope, repeat.span)
        same = streams.of_repeat()
        for _ in range(repeat.times):
            start = cursor.at
            self._item(repeat.item, cursor, sheet, scope, same.restarted())
            if cursor.at == start or cursor.closed or cursor.filled:
                return
            if sheet.grid.bar_at(cursor.now).number > self._limits.bars:
                self._report.add(
                    "STO609", scope.source, repeat.span, f"this goes on for more than {self._limits.bars:,} bars",
                    hint="set STOCHOS_MAX_BARS to allow more",
                )  # fmt: skip
                raise LimitReached

    def place(self, cursor: Cursor, sheet: Sheet, scope: Scope) -> Place:
        """What units and names mean here."""
        settings = sheet.grid.bar_at(cursor.now).settings
        bpm = settings.tempo.points[0][1]
        return Place(scope, settings.meter, settings.key, bpm, sheet.part, sheet.piped, self.chords)


@lru_cache(maxsize=4096)
def _ticks(duration: tree.Duration, ratio: Fraction) -> int | None:
    """How long a note lasts; None where no note value is that long, or the time grid cannot hold it."""
    if any(value not in (1, 2, 4, 8, 16, 32, 64) for value, _ in duration.values):
        return None
    return to_ticks(duration.quarters * ratio)
