"""Transformations: `>> transpose(-12) >> augment(2)`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stochos import score, tree
from stochos.check import arguments as args
from stochos.check.arguments import Given
from stochos.check.cursor import Sheet
from stochos.check.names import Scope
from stochos.check.report import Report
from stochos.check.sounding import sounding, transformed
from stochos.check.values import Place, Values
from stochos.diagnostics import Fix, nearest
from stochos.music.pitch import spell
from stochos.process.value import Parameter, Quantity
from stochos.source import Span

if TYPE_CHECKING:
    from stochos.transform import Transform


class Transforms:
    """Resolves pipes."""

    def __init__(self, report: Report, values: Values) -> None:
        self._report, self._values = report, values

    def resolve(self, calls: tuple[tree.Call, ...], place: Place) -> tuple[Transform, ...] | None:
        """The transformations in order; None where one cannot be (reported)."""
        found = [self._one(call, place) for call in calls]
        return tuple(t for t in found if t is not None) if None not in found else None

    def _one(self, call: tree.Call, place: Place) -> Transform | None:
        from stochos.transform import TRANSFORMS  # most scores need none

        source = place.scope.source
        if call.name not in TRANSFORMS:
            close = nearest(call.name, TRANSFORMS)
            self._report.add(
                "STO313", source, call.name_span, f"no transformation is called `{call.name}`",
                hint=f"did you mean `{close}`?" if close else "transformations: " + ", ".join(TRANSFORMS),
                fix=Fix(call.name_span, close) if close else None,
            )  # fmt: skip
            return None
        transform = TRANSFORMS[call.name]
        known = args.declared(transform, ())
        paired = args.pair((Given(a, place.scope) for a in call.arguments), known, call, source, self._report)
        resolved = {name: self._number(known[name], g.argument.value, call, place) for name, g in paired.items()}
        if args.missing(known, paired, call, source, self._report) or None in resolved.values():
            return None
        built: Transform = transform(**resolved)
        return built

    def _number(self, known: Parameter, node: tree.Value, call: tree.Call, place: Place) -> Any:
        if known.quantity is Quantity.INTERVAL and isinstance(node, tree.Number) and not node.unit:
            node = replace(node, unit="st")  # `transpose(-12)`: semitones are what one transposes by
        part = place.part
        if known.quantity is Quantity.PITCH and part is not None and part.instrument.is_percussion:
            self._report.add("STO401", place.scope.source, call.span, "percussion cannot be inverted round a pitch")
            return None
        return self._values.constant(node, known, place, f"`{call.name}`")

    def before(self, sheet: Sheet, pipe: tree.Pipe, transforms: tuple[Transform, ...], scope: Scope) -> Sheet:
        """A sheet for what is piped: generated notes keep in the range that leads into the part's own."""
        from stochos.transform.pitch import Invert, Octave, Transpose

        inner = Sheet(sheet.part, sheet.grid, lines=sheet.lines, whole=sheet.whole or sheet.part, piped=sheet.piped)
        low, high = sheet.part.low, sheet.part.high
        for transform in reversed(transforms):
            match transform:
                case Transpose(interval=interval):
                    low, high = low - round(interval), high - round(interval)
                case Octave(count=count):
                    low, high = low - 12 * round(count), high - 12 * round(count)
                case Invert(axis=float(axis)):
                    low, high = round(2 * axis) - high, round(2 * axis) - low
                case Invert():  # round a note that nobody knows yet
                    return inner
        low, high = max(low, 0), min(high, 127)
        if sheet.part.instrument.is_percussion or (low, high) == (sheet.part.low, sheet.part.high) or low > high:
            return inner
        written = scope.source.text[slice(*Span(pipe.item.span.end, pipe.span.end))]
        inner.part = replace(sheet.part, low=low, high=high)
        inner.piped = " ".join([*written.split(), *sheet.piped.split()])
        return inner

    def check_range(self, group: score.Group, part: score.Part, span: Span, scope: Scope) -> None:
        """Reports written notes that a transformation takes out of the part's range."""
        if part.instrument.is_percussion:
            return
        notes = transformed(sounding(group.items), group.transforms, group.inner)
        outside = sorted({pitch for _, _, pitch in notes if not part.low <= pitch <= part.high})
        if outside:
            names = ", ".join(str(spell(p, 0)) for p in outside[:4])
            self._report.add(
                "STO408", scope.source, span,
                f"this takes notes out of the range of {part.name} ({part.instrument.name}, {spell(part.low, 0)} to "
                f"{spell(part.high, 0)}): {names}",
                hint="transpose by other octaves, or widen the part's range",
            )  # fmt: skip
