"""Music: a part's line, item by item, with every bar counted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, assert_never

from stochos import score, tree
from stochos.check.bars import BarChecks
from stochos.check.calls import Calls
from stochos.check.grid import Grid
from stochos.check.limits import Limits
from stochos.check.names import Bound, BoundTune, Scope, look_up, walk
from stochos.check.notes import Notes
from stochos.check.report import LimitReached, Report
from stochos.check.streams import Streams
from stochos.check.transforms import Transforms
from stochos.check.values import Place
from stochos.check.words import beats
from stochos.diagnostics import Fix
from stochos.music.time import to_ticks
from stochos.source import Source, Span

WORDS = ("bars", "beats", "notes")


@dataclass
class Cursor:
    """Where the writing hand is.

    at        ticks from the start of what holds the music (a line, or a piped group)
    base      ticks of that start in the section, or None where bars are not counted (it will be stretched)
    ratio     real time over written time, inside tuplets
    end       ticks where the section ends, in the same time as `at`; None: not known yet
    duration  sticky
    bar       section ticks of the last barline
    since     places of what came after it; None nothing yet
    literal   only notes and rests came after it
    barred    it was written: bars may also be left unmarked
    hairpin   the last one, while no dynamic has ended it
    tie       a note that waits for its continuation: pitches, source, span
    slur      where an open slur began: ticks, source, span
    closed    a passage of unknown length came: nothing may follow
    """

    voice: int
    at: int = 0
    base: int | None = 0
    ratio: Fraction = Fraction(1)
    end: int | None = None
    duration: tree.Duration = tree.Duration(((4, 0),))
    bar: int = 0
    since: list[tuple[Source, Span]] = field(default_factory=list)
    literal: bool = True
    barred: bool = False
    tie: tuple[tuple[int, ...], Source, Span] | None = None
    slur: tuple[int, Source, Span] | None = None
    closed: tree.Passage | None = None
    hairpin: tuple[Source, Span] | None = None

    @property
    def now(self) -> int:
        """Ticks in the section; where bars are not counted, the start of the last one known."""
        return self.at + self.base if self.base is not None else self.bar


def unbarred(voices: tuple[tree.Voice, ...]) -> tuple[tree.Voice, ...]:
    """A bound phrase of one bar or less without the barlines round it: there they only enclose."""
    if any(len(bars_of(voice)) > 1 for voice in voices):
        return voices
    return tuple(replace(v, items=tuple(i for i in v.items if not isinstance(i, tree.Barline))) for v in voices)


def bars_of(voice: tree.Voice) -> list[tuple[tree.Item, ...]]:
    """What stands between the barlines of a voice, each with the barline that ends it."""
    bars: list[tuple[tree.Item, ...]] = []
    current: list[tree.Item] = []
    for item in voice.items:
        if isinstance(item, tree.Barline):
            if any(not isinstance(i, tree.Barline) for i in current):
                bars.append((*current, item))
            current = []
        else:
            current.append(item)
    return [*bars, tuple(current)] if current else bars


@dataclass
class Sheet:
    """What has been written so far, by voice."""

    part: score.Part
    grid: Grid
    voices: dict[int, list[score.Item]] = field(default_factory=lambda: defaultdict(list))
    lines: int = 1


class Music:
    """Checks the music of one score, line by line."""

    def __init__(self, report: Report, calls: Calls, limits: Limits) -> None:
        self._report, self._calls, self._limits = report, calls, limits
        self.notes = Notes(report)
        self.bars = BarChecks(report)
        self._transforms = Transforms(report, calls.values)
        self._written = 0
        self.labels: dict[str, tuple[Source, Span]] = {}

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

    def items(
        self, items: tuple[tree.Item, ...], cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams
    ) -> None:
        """Writes items one after the other."""
        for item in items:
            self._item(item, cursor, sheet, scope, streams)

    def _item(self, item: tree.Item, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        if cursor.closed and not isinstance(item, tree.Barline | tree.Slur):
            self._after_unknown(cursor, scope, item)
            return
        match item:
            case tree.Note():
                self._note(item, cursor, sheet, scope, streams)
            case tree.Barline():
                self.bars.check(item, cursor, sheet.grid, scope)
            case tree.BarRest():
                self._bar_rest(item, cursor, sheet, scope)
            case tree.Dynamic(name=name):
                cursor.hairpin = None
                sheet.voices[cursor.voice].append(score.Dynamic(cursor.at, name))
            case tree.Hairpin(kind=kind):
                cursor.hairpin = scope.source, item.span
                sheet.voices[cursor.voice].append(score.Hairpin(cursor.at, kind))
            case tree.Slur():
                self._slur(item, cursor, sheet, scope)
            case tree.Tuplet():
                self._tuplet(item, cursor, sheet, scope, streams)
            case tree.Group():
                self._group(item, cursor, sheet, scope, streams)
            case tree.Passage():
                self._passage(item, cursor, sheet, scope, streams)
            case tree.Pipe():
                self._pipe(item, cursor, sheet, scope, streams)
            case tree.Repeat():
                self._repeat(item, cursor, sheet, scope, streams)
            case _:
                assert_never(item)

    # --- notes and rests ---

    def _note(self, note: tree.Note, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        cursor.duration = note.duration or cursor.duration
        cursor.since.append((scope.source, note.span))
        ticks = to_ticks(cursor.duration.quarters * cursor.ratio)
        odd = any(value & (value - 1) or not 1 <= value <= 128 for value, _ in cursor.duration.values)
        if ticks is None or ticks <= 0 or odd:
            cursor.duration = tree.Duration(((4, 0),)) if odd else cursor.duration
            self._report.add(
                "STO209", scope.source, note.span, "this duration cannot be written",
                hint="note values are 1, 2, 4, 8, 16, 32 and 64, with dots or added up: `:4.`, `:4+16`",
            )  # fmt: skip
            return
        self._count(1, scope, note.span)
        bar = sheet.grid.bar_at(cursor.now).number
        written = self.notes.write(note, cursor, ticks, sheet.part, scope, bar)
        if written is not None:
            if written.chance is not None or written.choose:
                written = replace(written, path=streams.of_note(cursor.voice, bar), shared=streams.shared)
            sheet.voices[cursor.voice].append(written)
        cursor.at += ticks

    def _count(self, notes: int, scope: Scope, span: Span) -> None:
        self._written += notes
        if self._written > self._limits.notes:
            self._report.add(
                "STO609", scope.source, span, f"more than {self._limits.notes:,} notes are written here",
                hint="set STOCHOS_MAX_NOTES to allow more",
            )  # fmt: skip
            raise LimitReached

    def _bar_rest(self, rest: tree.BarRest, cursor: Cursor, sheet: Sheet, scope: Scope) -> None:
        self.notes.end_tie(cursor)
        if rest.bars > self._limits.repeats or rest.bars < 1:
            self._report.add(
                "STO609", scope.source, rest.span, f"whole-bar rests go from 1 to {self._limits.repeats:,} bars"
            )
            return
        if cursor.base is None:
            cursor.at += rest.bars * sheet.grid.bar_at(cursor.now).meter.bar
            return
        self.bars.settle(rest.span, cursor, sheet.grid, scope)
        end = sheet.grid.after(cursor.now, Fraction(rest.bars))
        assert end is not None
        cursor.at = end - cursor.base
        cursor.bar, cursor.since = end, []

    def _slur(self, slur: tree.Slur, cursor: Cursor, sheet: Sheet, scope: Scope) -> None:
        if slur.opens and cursor.slur is None:
            cursor.slur = cursor.at, scope.source, slur.span
        elif slur.opens:
            self._report.add("STO212", scope.source, slur.span, "a slur begins inside another", hint="close the first one")
        elif cursor.slur is None:
            self._report.add("STO103", scope.source, slur.span, "this slur was never opened", hint="write `(` before its first note")
        else:
            sheet.voices[cursor.voice].append(score.Slur(cursor.slur[0], cursor.at))
            cursor.slur = None

    # --- groups ---

    def _tuplet(self, tuplet: tree.Tuplet, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        if not 2 <= tuplet.actual <= 64 or not 1 <= tuplet.normal <= 64:
            self._report.add("STO204", scope.source, tuplet.span, "a tuplet is 2 to 64 in the time of 1 to 64")
            return
        outer, start, before = cursor.ratio, cursor.at, cursor.duration
        cursor.ratio *= Fraction(tuplet.normal, tuplet.actual)
        for item in tuplet.items:
            if isinstance(item, tree.Note | tree.Tuplet | tree.Dynamic | tree.Hairpin | tree.Slur):
                self._item(item, cursor, sheet, scope, streams)
            else:
                self._report.add(
                    "STO216", scope.source, item.span, "only notes, rests and tuplets stand in a tuplet",
                    hint="close the tuplet before this",
                )  # fmt: skip
        ratio, cursor.ratio = cursor.ratio, outer
        length = cursor.at - start
        self.bars.check_tuplet(tuplet, length, ratio, before, cursor, sheet.grid, scope)
        if length:
            sheet.voices[cursor.voice].append(score.Tuplet(start, length, tuplet.actual, tuplet.normal))

    def _group(self, group: tree.Group, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        if len(group.voices) > 4:
            self._report.add("STO609", scope.source, group.span, "at most 4 voices sound together in a group")
            return
        start = replace(cursor, since=list(cursor.since), tie=None, slur=None)
        ends = []
        for number, voice in enumerate(group.voices):
            here = cursor
            if number:
                other = sheet.lines + 3 * cursor.voice + number - 1
                here = replace(start, voice=other, since=list(start.since))
            self.items(voice.items, here, sheet, scope, streams)
            if number:
                self._finish(here)
            ends.append(here.at)
        if len(set(ends)) > 1:
            meter = sheet.grid.bar_at(cursor.now).meter
            said = " and ".join(beats(end - start.at, meter) for end in ends)
            self._report.add(
                "STO217", scope.source, group.span, f"voices that sound together differ in length: {said}",
                hint="fill the shorter one with rests",
            )  # fmt: skip
            cursor.at = max(ends)

    def _pipe(self, pipe: tree.Pipe, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        self.notes.let_go(cursor)
        place = self._place(cursor, sheet, scope)
        transforms = self._transforms.resolve(pipe.transforms, place)
        if transforms is None:
            transforms = ()
        stretch = Fraction(1)
        for transform in transforms:
            stretch *= transform.stretch
        left = None if cursor.end is None else int((cursor.end - cursor.at) / stretch)
        inner_sheet = Sheet(sheet.part, sheet.grid, lines=sheet.lines)
        inner = Cursor(
            cursor.voice, base=cursor.base + cursor.at if stretch == 1 and cursor.base is not None else None,
            end=left, duration=cursor.duration, bar=cursor.bar if stretch == 1 else cursor.now, since=list(cursor.since),
            literal=cursor.literal,
        )  # fmt: skip
        self.notes.unranged = True
        self._item(pipe.item, inner, inner_sheet, scope, streams)
        self.notes.unranged = False
        self._finish(inner)
        lasting = inner.at * stretch
        if lasting.denominator != 1:
            self._report.add("STO209", scope.source, pipe.span, "stretched like this, its notes fall off the time grid")
            return
        for voice, items in inner_sheet.voices.items():
            group = score.Group(
                cursor.at, int(lasting), inner.at, tuple(items), transforms, streams.of_transform(), streams.shared
            )
            self._transforms.check_range(group, sheet.part, pipe.span, scope)
            sheet.voices[voice].append(group)
        cursor.at += int(lasting)
        cursor.closed = inner.closed
        cursor.since.append((scope.source, pipe.span))
        cursor.literal = False
        if stretch == 1:
            cursor.bar, cursor.since = inner.bar, inner.since

    def _repeat(self, repeat: tree.Repeat, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        if not 1 <= repeat.times <= self._limits.repeats:
            self._report.add(
                "STO609", scope.source, repeat.span, f"repetitions go from 1 to {self._limits.repeats:,}"
            )
            return
        same = streams.of_repeat()
        for _ in range(repeat.times):
            before = cursor.at
            self._item(repeat.item, cursor, sheet, scope, same.restarted())
            self._count(1, scope, repeat.span)
            if cursor.at == before or cursor.closed:
                return

    # --- passages ---

    def _place(self, cursor: Cursor, sheet: Sheet, scope: Scope) -> Place:
        settings = sheet.grid.bar_at(cursor.now).settings
        return Place(scope, settings.meter, settings.key, settings.tempo.points[0][1], sheet.part)

    def _passage(self, passage: tree.Passage, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams) -> None:
        if isinstance(passage.what, tree.Call):
            self._generator(passage, passage.what, cursor, sheet, scope, streams)
            return
        bound = look_up(passage.what.name, scope, passage.what.span, self._report)
        match bound:
            case None:
                cursor.since.append((scope.source, passage.span))
                self._unknown(cursor, passage, sheet, scope)
            case BoundTune():
                self._tune(bound, passage, cursor, sheet, scope)
            case Bound(let=tree.Let(value=tree.Notation() | tree.Group() | tree.Pipe() | tree.Repeat())):
                self._motif(bound, passage, cursor, sheet, scope)
            case Bound(let=tree.Let(value=tree.Reference() as other)):
                outer = replace(passage, what=replace(other, bars=passage.what.bars or other.bars))
                self._passage(outer, cursor, sheet, bound.scope, streams)
            case Bound(let=tree.Let(value=tree.Call())):
                call = tree.Call(passage.what.name, (), passage.what.span, passage.what.span)
                shared = Streams(("let", bound.scope.source.name if bound.scope is not scope else "", bound.name), shared=True)
                self._generator(passage, call, cursor, sheet, scope, shared)
            case _:
                self._report.add(
                    "STO401", scope.source, passage.span, f"`${passage.what.name}` is a value, not music",
                    hint="music is bound between barlines: `let name = | C4:4 D4 |`",
                )  # fmt: skip

    def _unknown(self, cursor: Cursor, passage: tree.Passage, sheet: Sheet, scope: Scope) -> None:
        """A name that nothing is bound to: what follows is not counted against the bars."""
        if passage.extent is not None:
            ticks = self._extent(passage, cursor, sheet, scope)
            if ticks is not None:
                cursor.at += ticks
                return
        cursor.closed = passage

    def _motif(self, bound: Bound, passage: tree.Passage, cursor: Cursor, sheet: Sheet, scope: Scope) -> None:
        if passage.extent is not None:
            self._report.add(
                "STO401", scope.source, passage.extent.span, f"`${bound.name}` is written music: it lasts as long as it is",
                hint=f"repeat it with `${bound.name}*2`",
            )  # fmt: skip
        value: Any = bound.let.value
        assert isinstance(passage.what, tree.Reference)
        start = tree.Duration(((4, 0),))
        if passage.what.bars is not None:
            cut = self._some_bars(value, passage.what, scope)
            if cut is None:
                return
            value, start = cut
        before, cursor.duration = cursor.duration, start
        streams = Streams(("let", bound.scope.source.name if bound.scope is not scope else "", bound.name), shared=True, by_bar=False)
        if isinstance(value, tree.Notation):
            value = tree.Group(unbarred(value.voices), value.span)
        first = cursor.since[:]
        self._item(value, cursor, sheet, bound.scope, streams)
        cursor.duration, cursor.literal = before, False
        cursor.since = first + [(scope.source, passage.span)] if cursor.since else []

    def _some_bars(
        self, value: Any, reference: tree.Reference, scope: Scope
    ) -> tuple[tree.Notation, tree.Duration] | None:
        """Bars of a motif, and the duration that is in force where they begin."""
        assert reference.bars is not None
        first, last = reference.bars
        if isinstance(value, tree.Notation):
            voices = [bars_of(voice) for voice in value.voices]
            if 1 <= first <= last <= min(len(bars) for bars in voices):
                gone = [item for bar in voices[0][: first - 1] for item in walk(bar)]
                durations = [n.duration for n in gone if isinstance(n, tree.Note) and n.duration]
                cut = tuple(tree.Voice(tuple(i for bar in bars[first - 1 : last] for i in bar)) for bars in voices)
                return replace(value, voices=cut), durations[-1] if durations else tree.Duration(((4, 0),))
        there = f"it has {min(len(bars_of(v)) for v in value.voices)}" if isinstance(value, tree.Notation) else "it has no bars of its own"
        self._report.add(
            "STO214", scope.source, reference.span, f"bars {first} to {last} of `${reference.name}` are not there: {there}"
        )
        return None

    def _tune(self, bound: BoundTune, passage: tree.Passage, cursor: Cursor, sheet: Sheet, scope: Scope) -> None:
        assert isinstance(passage.what, tree.Reference)
        cut = self.notes.tune_bars(bound, passage.what, scope)
        if cut is None:
            return
        start, end = cut
        self._count(len(bound.tune.parts[bound.part].notes), scope, passage.span)
        sheet.voices[cursor.voice].extend(
            self.notes.from_tune(bound, start, end, cursor.at, sheet.part, scope, passage.span)
        )
        cursor.at += end - start
        cursor.since.append((scope.source, passage.span))
        cursor.literal = False
        self.notes.let_go(cursor)

    def _generator(
        self, passage: tree.Passage, call: tree.Call, cursor: Cursor, sheet: Sheet, scope: Scope, streams: Streams
    ) -> None:
        self.notes.let_go(cursor)
        cursor.since.append((scope.source, passage.span))
        cursor.literal = False
        place = self._place(cursor, sheet, scope)
        if passage.extent is None:
            self._no_extent(passage, call, scope)
            with self._report.muted():
                self._calls.passage(call, place, 4.0)
            cursor.closed = passage
            return
        ticks = self._extent(passage, cursor, sheet, scope)
        played = self._calls.passage(call, place, (ticks or sheet.grid.bar_at(cursor.now).length) / 10080)
        count = int(passage.extent.count) if passage.extent.unit == "notes" else None
        if count is not None and played is not None and ticks is not None:
            measure = getattr(played.process, "quarters", None)
            quarters = measure(count) if measure else None
            if quarters is None:
                cursor.closed = passage
            else:
                ticks = round(quarters * 10080)
        if ticks is None:
            cursor.closed = passage
            return
        if played is not None:
            own = played.label_span is not None and call.name_span.start >= 0 and not streams.shared
            if played.label is not None and own:
                self._label(played.label, scope, played.label_span or passage.span)
            path, label = streams.of_passage(call.name, played.label, own_label=own)
            low, high = self._calls.ranges.bounds(played, sheet.part, call, place)
            sheet.voices[cursor.voice].append(
                score.Passage(
                    cursor.at, ticks, count, played.process, low, high, played.scale, played.velocity, path,
                    streams.shared, played.seed, call.name, label,
                )
            )  # fmt: skip
        cursor.at += ticks

    def _label(self, label: str, scope: Scope, span: Span) -> None:
        first = self.labels.setdefault(label, (scope.source, span))
        if first != (scope.source, span):
            self._report.add(
                "STO314", scope.source, span, f"the label `{label}` names another passage already",
                hint="give one of them another label: a label names one random stream",
            )  # fmt: skip

    def _no_extent(self, passage: tree.Passage, call: tree.Call, scope: Scope) -> None:
        bound = scope.lets.get(call.name)
        if bound and isinstance(bound.value, tree.Notation):
            self._report.add(
                "STO305", scope.source, passage.span, f"`{call.name}` is written music: nothing in it is drawn",
                hint=f"write `${call.name}`", fix=Fix(call.name_span, f"${call.name}"),
            )  # fmt: skip
            return
        end = Span(passage.span.end, passage.span.end)
        self._report.add(
            "STO207", scope.source, passage.span, f"how long `@{call.name}` plays is not said",
            hint="write `for 4 bars`, `for 3 beats`, `for 12 notes`, or `fill` after it", fix=Fix(end, " fill"),
        )  # fmt: skip

    def _extent(self, passage: tree.Passage, cursor: Cursor, sheet: Sheet, scope: Scope) -> int | None:
        """Ticks that a passage may fill; None where that cannot be known (reported)."""
        extent = passage.extent
        assert extent is not None
        left = None if cursor.end is None else cursor.end - cursor.at
        match extent.unit:
            case "bars" if cursor.base is not None:
                end = sheet.grid.after(cursor.now, extent.count) if extent.count <= self._limits.bars else None
                ticks = None if end is None else end - cursor.now
            case "bars" | "beats":
                meter = sheet.grid.bar_at(cursor.now).meter
                exact = extent.count * (meter.bar if extent.unit == "bars" else meter.beat)
                ticks = int(exact) if exact.denominator == 1 and exact <= self._limits.bars * meter.bar else None
            case _ if left is None:
                self._report.add(
                    "STO205", scope.source, extent.span,
                    "`fill` needs to know where the section ends" if extent.unit == "fill" else "the section has no length",
                    hint="say how long it is: `section name 8 bars { … }`",
                )  # fmt: skip
                return None
            case _ if left <= 0:
                self._report.add("STO203", scope.source, passage.span, "the section is full already: nothing is left to play in")
                return None
            case _:
                return left
        if ticks is None or ticks <= 0:
            self._report.add("STO209", scope.source, extent.span, "this extent cannot be played", hint="write `for 4 bars`")
            return None
        return ticks

    def _after_unknown(self, cursor: Cursor, scope: Scope, item: tree.Item) -> None:
        closed = cursor.closed
        if closed and closed.extent and closed.extent.unit == "notes" and isinstance(closed.what, tree.Call | tree.Reference):
            self._report.add(
                "STO206", scope.source, item.span, "what comes before this ends nobody knows when: its notes have random lengths",
                hint="give it `for 4 bars` in place of a number of notes, or put it last",
            )  # fmt: skip
