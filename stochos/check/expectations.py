"""Expectations: what `expect` lines ask of a take, with every name and unit checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

from stochos import score, tree
from stochos.check.calls import Calls
from stochos.check.kinds import kind_of
from stochos.check.names import Scope
from stochos.check.report import Report
from stochos.check.values import Place
from stochos.check.words import listed
from stochos.diagnostics import Fix, nearest
from stochos.music.pitch import Key, parse_pitch
from stochos.music.time import Meter
from stochos.process.table import VALUES
from stochos.process.value import Parameter, Quantity, Value
from stochos.source import Span

ALL = "tutti"
"""Every part."""
QUANTITIES = {
    "pitch": Quantity.PITCH,
    "length": Quantity.LENGTH,
    "gap": Quantity.LENGTH,
    "interval": Quantity.INTERVAL,
    "velocity": Quantity.VELOCITY,
}
"""What of the notes may be measured."""
MEASURES = {
    "count": False,
    "density": False,
    "range": False,
    "mean": True,
    "spread": True,
    "least": True,
    "most": True,
    "entropy": True,
    "law": True,
}
"""What may be expected, and whether it is of a quantity."""
_RATES = ("/s", "/beat", "/bar", "/quarter")
_WANTED = {
    "count": "a plain number",
    "density": "a rate such as `4/s`, `2/beat` or `3/bar`",
    "range": "an interval such as `2 octaves` or `7st`",
    "entropy": "bits, such as `2.5 bit`",
    "law": "a chance from 0 to 1",
    "pitch": "a pitch such as `C4`",
    "length": "a length such as `1/8`",
    "gap": "a length such as `1/8`",
    "interval": "an interval such as `2st`",
    "velocity": "a velocity such as `64`",
}


@dataclass(frozen=True)
class Expectations:
    """Reads the `expect` lines of a score.

    parts   names of all parts
    played  sections as the form plays them, with their apostrophes
    """

    report: Report
    calls: Calls
    scope: Scope
    parts: tuple[str, ...]
    sections: Iterable[str]
    played: frozenset[str]

    def read(self, lines: Iterable[tree.Expect]) -> Iterator[score.Expectation]:
        """Those that can be tested; what is wrong with the others is reported."""
        for line in lines:
            found = self._read(line)
            if found is not None:
                yield found

    def _read(self, line: tree.Expect) -> score.Expectation | None:
        if not self._is_measure(line):
            return None
        parts, section = self._parts(line.part), self._section(line.section)
        limits = self._limits(line)
        law = self._law(line)
        if parts is None or section is None or not limits or (line.measure == "law" and law is None):
            return None
        low, high = self._between(line, limits)
        if low > high:
            self._add("STO404", Span(line.limits[0].span.start, line.limits[1].span.end), "nothing lies between these")
            return None
        asked = self.scope.source.text[line.measure_span.start : line.span.end]
        quantity = line.quantity.word if line.quantity else ""
        return score.Expectation(
            line.measure, quantity, parts, section, low, high, line.comparison in ("<", ">"), self._unit(line), law,
            " ".join(asked.split()), line.span,
        )  # fmt: skip

    # --- names ---

    def _is_measure(self, line: tree.Expect) -> bool:
        if line.measure not in MEASURES:
            self._unknown("STO315", line.measure_span, line.measure, "measure", MEASURES)
        elif line.quantity and not MEASURES[line.measure]:
            self._add("STO401", line.quantity.span, f"`{line.measure}` is of notes, not of one of their quantities",
                      hint=f"write `{line.measure}({line.part.word})`")  # fmt: skip
        elif MEASURES[line.measure] and not line.quantity:
            others = listed(list(QUANTITIES)[1:])
            hint = f"write `{line.measure}(pitch of {line.part.word})`; also {others}"
            self._add("STO407", line.part.span, f"`{line.measure}` of what?", hint)
        elif line.quantity and line.quantity.word not in QUANTITIES:
            self._unknown("STO315", line.quantity.span, line.quantity.word, "quantity", QUANTITIES)
        elif (line.measure == "law") != (line.law is not None):
            hint = "write `law(length of vln, @exponential(mean: 1/8)) p > 0.01`"
            self._add("STO407", line.measure_span, "a law, and how sure of it, go with `law` alone", hint)
        else:
            return True
        return False

    def _parts(self, part: tree.Word) -> tuple[str, ...] | None:
        if part.word in self.parts:
            return (part.word,)
        if part.word == ALL:
            return self.parts
        if part.word not in self.scope.unread:
            self._unknown("STO301", part.span, part.word, "part", (*self.parts, ALL))
        return None

    def _section(self, entry: tree.FormEntry | None) -> str | None:
        if entry is None:
            return ""
        name = entry.section + "'" * entry.variation
        if entry.section in self.scope.unread or name in self.played:
            return name
        if entry.section not in self.sections:
            self._unknown("STO303", entry.span, entry.section, "section", self.sections)
        elif self.played:
            self._add("STO303", entry.span, f"the form never plays `{name}`",
                      hint=f"it plays {listed(sorted(self.played), 'and')}")  # fmt: skip
        return None

    # --- limits ---

    def _limits(self, line: tree.Expect) -> list[float]:
        """One or two numbers in the measure's own terms; none where one is wrong (the first such is reported)."""
        found: list[float] = []
        for written in line.limits:
            limit = self._limit(written, line)
            if limit is None:
                return []
            found.append(limit)
        return found

    def _limit(self, limit: tree.Value, line: tree.Expect) -> float | None:
        """A limit in the measure's own terms; None where it is none (reported)."""
        wanted = line.measure if line.measure in _WANTED else line.quantity.word if line.quantity else ""
        unit = line.unit.word.rstrip("s") if line.unit else ""
        match limit:
            case tree.NoteValue(numerator=above, denominator=below) if wanted in ("length", "gap") and not unit:
                return 4.0 * above / below
            case tree.PitchName(name=name) if wanted == "pitch" and line.measure != "spread" and not unit:
                pitch = parse_pitch(name)
                return float(pitch.midi) if pitch else None
            case tree.Number(value=value, unit=written):
                factor = self._factor(wanted, written or unit, line)
                if factor is not None:
                    return float(value) * factor
        self._add("STO402", limit.span, f"`{line.measure}` wants {_WANTED[wanted]}; this is {kind_of(limit)}")
        return None

    def _factor(self, wanted: str, unit: str, line: tree.Expect) -> float | None:
        """What a number with a unit counts, in the measure's own terms; None where it cannot have that unit."""
        match wanted:
            case "density":
                unit = unit or self._unit(line)
                return 1.0 if unit in _RATES and unit == self._unit(line) else None
            case "range" | "interval":
                return {"st": 1.0, "octave": 12.0}.get(unit)
            case "entropy":
                return 1.0 if unit in ("", "bit") else None
            case "pitch" if line.measure == "spread":
                return {"": 1.0, "st": 1.0, "octave": 12.0}.get(unit)
            case "length" | "gap":
                return None
            case _:
                return 1.0 if not unit else None

    def _unit(self, line: tree.Expect) -> str:
        """The unit of the limits: the last one's own, or the word after it."""
        last = line.limits[-1]
        return line.unit.word if line.unit else last.unit if isinstance(last, tree.Number) else ""

    def _between(self, line: tree.Expect, limits: list[float]) -> tuple[float, float]:
        match line.comparison[0]:
            case "<":
                return -inf, limits[0]
            case ">":
                return limits[0], inf
            case _:
                return limits[0], limits[-1]

    def _law(self, line: tree.Expect) -> Value | str | None:
        if line.law is None or line.quantity is None:
            return None
        match line.law:
            case tree.Word(word=name):
                return self._family(name, line.law.span, line)
            case tree.Call(name=name, arguments=()) if name in VALUES:
                return self._family(name, line.law.name_span, line)
        wanted = Parameter(line.quantity.word, QUANTITIES[line.quantity.word], required=True)
        return self.calls.value(line.law, wanted, Place(self.scope, Meter(4, 4), Key("C"), 120.0, None))

    def _family(self, name: str, span: Span, line: tree.Expect) -> str | None:
        """A law whose arguments are to be estimated; None where that cannot be (reported)."""
        from stochos.process.fitting import FAMILIES

        if name in FAMILIES:
            return name
        if name in VALUES:
            self._add("STO407", span, f"what `{name}` draws cannot be told from notes alone: it needs its arguments",
                      hint=f"write `@{name}(…)`, or ask for {listed(list(FAMILIES))}")  # fmt: skip
        else:
            self._unknown("STO305", span, name, "law", FAMILIES)
        return None

    # --- reporting ---

    def _add(self, code: str, span: Span, message: str, hint: str | None = None, fix: Fix | None = None) -> None:
        self.report.add(code, self.scope.source, span, message, hint=hint, fix=fix)

    def _unknown(self, code: str, span: Span, name: str, kind: str, known: Iterable[str]) -> None:
        names = list(known)
        close = nearest(name, names)
        at = Span(span.start, span.start + len(name))
        hint = f"did you mean `{close}`?" if close else f"there is {listed(names, 'and')}"
        self._add(code, at, f"no {kind} is called `{name}`", hint, Fix(at, close) if close else None)
