"""Bar checks: every barline stands where a bar ends, and tuplets fill."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stochos import tree
from stochos.check.grid import Grid, GridBar
from stochos.check.names import Scope
from stochos.check.report import Report
from stochos.check.words import beats, duration, in_meter, spelled_beats
from stochos.diagnostics import Related
from stochos.music.harmony import NO_CHORD
from stochos.music.time import QUARTER, Meter
from stochos.source import Source, Span

if TYPE_CHECKING:
    from stochos.check.cursor import Cursor


class BarChecks:
    """Counts bars. After a wrong one it goes on as if it had been right, so that one slip is one message."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.heading: dict[str, tuple[Source, Span]] = {}
        """Where the meter in force was set, by its name; the pickup too."""

    def check(self, barline: tree.Barline, cursor: Cursor, grid: Grid, scope: Scope) -> None:
        """At a barline."""
        if cursor.base is None or cursor.closed is not None:
            return
        first = grid.bar_at(cursor.bar)
        if (
            not cursor.lost
            and cursor.literal
            and cursor.barred
            and cursor.now > first.end
            and grid.is_barline(cursor.now)
        ):
            self._complain(barline.span, cursor, first, first.end, scope)  # whole bars too many: a barline is missing
            cursor.at = first.end - cursor.base
        self.settle(barline.span, cursor, grid, scope)
        cursor.bar, cursor.since, cursor.literal, cursor.barred = cursor.now, [], True, True

    def settle(self, span: Span, cursor: Cursor, grid: Grid, scope: Scope) -> None:
        """Reports a bar that does not end here, and moves to where it should have ended."""
        if cursor.base is None:
            return
        if cursor.lost:
            bar = grid.bar_at(cursor.now)
            cursor.at = (cursor.now if cursor.now == bar.start > cursor.bar else bar.end) - cursor.base
            cursor.lost = False
        elif not grid.is_barline(cursor.now):
            first = grid.bar_at(cursor.bar)
            is_bar = cursor.literal and (cursor.barred or cursor.now < first.end)
            end = first.end if is_bar else self._nearest(cursor.now, grid, first)
            self._complain(span, cursor, first, end, scope)
            cursor.at = end - cursor.base

    def _nearest(self, now: int, grid: Grid, first: GridBar) -> int:
        bar = grid.bar_at(now)
        closer = bar.start if now - bar.start < bar.end - now else bar.end
        return max(closer, first.end)

    def finish(self, cursor: Cursor, grid: Grid, scope: Scope, span: Span) -> None:
        """At the end of a line: an unfinished last bar."""
        if cursor.base is not None and cursor.closed is None:
            self.settle(span, cursor, grid, scope)

    def _complain(self, at: Span, cursor: Cursor, first: GridBar, end: int, scope: Scope) -> None:
        got, wanted, meter = cursor.now - cursor.bar, end - cursor.bar, first.meter
        source, span = self._place(cursor, at, scope)
        short = got < wanted
        related: tuple[Related, ...] = ()
        set_by = self.heading.get("pickup" if first.number == 0 else str(meter))
        if set_by is not None and end == first.end:
            told = f"{beats(wanted, meter)} expected, set here"
            related = (Related(set_by[1], told, None if set_by[0] is source else set_by[0]),)
        which = "passage" if end != first.end else "pickup" if first.number == 0 else "bar"
        self._report.add(
            "STO201" if short else "STO202", source, span,
            f"this {which} is too {'short' if short else 'long'}: {beats(got, meter)}{in_meter(got, meter)} "
            f"where {beats(wanted, meter)}{in_meter(wanted, meter)} fit{'s' if 0 < wanted <= meter.beat else ''}",
            label=f"{beats(got, meter)} here", hint=self._hint(cursor, scope, wanted - got, meter),
            related=related, bar=None if cursor.unsure else first.number,
        )  # fmt: skip

    def _place(self, cursor: Cursor, at: Span, scope: Scope) -> tuple[Source, Span]:
        here = [span for source, span in cursor.since if source is scope.source]
        if here:
            return scope.source, Span(here[0].start, max(here[0].end, here[-1].end))
        if cursor.since:
            return cursor.since[-1]
        return scope.source, at

    def _hint(self, cursor: Cursor, scope: Scope, lacking: int, meter: Meter) -> str:
        said = spelled_beats(abs(lacking), meter)
        what, silence = ("chord", NO_CHORD) if cursor.chords else ("note", "r")
        if lacking < 0:
            add = "add a barline `|`" if cursor.literal and -lacking >= meter.bar else "take one out"
            return f"{said} too many: shorten a {what}, or {add}"
        rest = duration(lacking)
        ways = [f"add `{silence}:{rest}`"] if rest else []
        if cursor.literal and cursor.since and cursor.ratio == 1:
            source, span = cursor.since[-1]
            text = source.text[slice(*span)]
            longer = duration(lacking + int(cursor.duration.quarters * QUARTER))
            head = text.partition(":")[0]
            is_plain = cursor.chords or head.isalnum() or "#" in head
            if longer and is_plain and source is scope.source:
                ways.insert(0, f"make the last {what} `{head}:{longer}`")
        return f"{said} missing" + (": " + ", or ".join(ways) if ways else "")

    def check_tuplet(  # noqa: PLR0913, PLR0917 - the whole place of a tuplet
        self, tuplet: tree.Tuplet, length: int, ratio: Fraction, before: tree.Duration, cursor: Cursor, grid: Grid,
        scope: Scope,
    ) -> None:  # fmt: skip
        """A tuplet fills when its inside is `actual` times an ordinary note value, and it stays within its bar."""
        inside = Fraction(length, 1) / ratio
        unit = inside / tuplet.actual
        if length and not _is_note_value(unit):
            cursor.at += int(self._unfilled(tuplet, inside, before, scope) * ratio)
            cursor.lose()  # perhaps another length was meant
            return
        start = cursor.at - length
        if cursor.base is not None and length and cursor.ratio == 1:
            bar = grid.bar_at(start + cursor.base)
            if bar.end < cursor.at + cursor.base:
                self._report.add(
                    "STO215", scope.source, tuplet.span, "this tuplet crosses a barline", bar=bar.number,
                    hint="end it at the barline, and begin another after it",
                )  # fmt: skip
                cursor.lose()

    def _unfilled(self, tuplet: tree.Tuplet, inside: Fraction, before: tree.Duration, scope: Scope) -> Fraction:
        """Reports it; what it lacks, in its own time, so that the bar goes on as if it were full."""
        values = [before.quarters] if not any(isinstance(i, tree.Note) and i.duration for i in tuplet.items) else []
        values += [i.duration.quarters for i in tuplet.items if isinstance(i, tree.Note) and i.duration]
        unit = min((v for v in values if _is_note_value(v * QUARTER)), default=Fraction(1, 2))
        name = duration(int(unit * QUARTER)) or "8"
        count = inside / (unit * QUARTER)
        needed = max(-(-count // tuplet.actual), 1) * tuplet.actual
        has = f"{count} notes" if count.denominator == 1 else f"{float(count):g} notes"
        lacking = duration(int((needed - count) * unit * QUARTER))
        self._report.add(
            "STO204", scope.source, tuplet.span, f"this tuplet does not fill: {has} of `:{name}` in it, {needed} fit",
            hint=f"add `r:{lacking}` or a note as long" if lacking
            else f"make its notes add up to {tuplet.actual} alike",
        )  # fmt: skip
        return (needed - count) * unit * QUARTER


def _is_note_value(ticks: Fraction) -> bool:
    """Whether a length is a plain note value, 1 to 128."""
    share = ticks / (4 * QUARTER)
    return share.numerator in (1, 2) and share.denominator & (share.denominator - 1) == 0 and share.denominator <= 128
