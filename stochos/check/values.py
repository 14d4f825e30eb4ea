"""Values: from what was written to what can be drawn, with every unit and bound checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from stochos import tree
from stochos.check.kinds import kind_of
from stochos.check.names import Bound, Scope, look_up
from stochos.check.ramps import is_one_sided, ramp_places, weigh
from stochos.check.report import Report
from stochos.check.words import listed
from stochos.diagnostics import Fix, nearest
from stochos.music.dynamics import VELOCITIES
from stochos.music.harmony import Harmony
from stochos.music.instrument import PERCUSSION
from stochos.music.pitch import Key, parse_pitch, spell
from stochos.music.time import Meter
from stochos.process.value import Constant, Parameter, PerSecond, Quantity, Ramp, Sequence, Span, Value, Weighted
from stochos.score import Part
from stochos.source import Span as TextSpan

if TYPE_CHECKING:
    from stochos.check.calls import Calls

_UNITS = {
    Quantity.PITCH: "a pitch such as `C4`",
    Quantity.INTERVAL: "an interval such as `2st`",
    Quantity.LENGTH: "a length such as `1/8`",
    Quantity.RATE: "a rate such as `3/bar`, `2/beat` or `5/s`",
    Quantity.CHANCE: "a chance such as `0.3` or `30%`",
    Quantity.VELOCITY: "a velocity such as `64`, or a dynamic such as `mf`",
    Quantity.NUMBER: "a plain number",
    Quantity.SPEED: "a speed such as `6st/s`",
    Quantity.RATIO: "a plain number such as `1.2`",
}
_NATURAL = {  # bounds that a quantity has by itself, in the base unit
    Quantity.PITCH: (0.0, 127.0),
    Quantity.CHANCE: (0.0, 1.0),
    Quantity.VELOCITY: (1.0, 127.0),
}


_DIFFERENCES = {  # what has bounds of its own is apart by something that has none
    Quantity.PITCH: Quantity.INTERVAL,
    Quantity.VELOCITY: Quantity.NUMBER,
    Quantity.CHANCE: Quantity.NUMBER,
}


@dataclass(frozen=True)
class Place:
    """Where a value stands: what its units and names refer to.

    part     whose range and percussion names hold; None in a heading
    bpm      quarter notes a minute, for `ms`
    piped    transformations that are still to come, `>> octave(1)`: the part's range is what they lead into its own
    harmony  the chords of the section, none where it has none; None: nobody knows which section
    """

    scope: Scope
    meter: Meter
    key: Key
    bpm: float
    part: Part | None
    piped: str = ""
    harmony: tuple[Harmony, ...] | None = None


def difference(quantity: Quantity) -> Quantity:
    """What measures a spread of `quantity`."""
    return _DIFFERENCES.get(quantity, quantity)


class Values:
    """Checks values. `calls` resolves the processes among them."""

    def __init__(self, report: Report, calls: Calls) -> None:
        self._report, self._calls = report, calls

    def resolve(self, node: tree.Value, wanted: Parameter, place: Place) -> Value | None:
        """What `node` draws where `wanted` is asked for; None where it cannot be (reported)."""
        match node:
            case tree.Interval():
                return self._span(node, wanted, place)
            case tree.Sequence():
                items = tuple(self.resolve(item, wanted, place) for item in node.items)
                if not items:
                    self._complain("STO404", node.span, "this list is empty", place, hint="write at least one value")
                return Sequence(tuple(i for i in items if i)) if items and None not in items else None
            case tree.Weights():
                return self._weighted(node, wanted, place)
            case tree.ByState():
                self._no_states(node, wanted, place)
                return None
            case tree.Ramp():
                return self._ramp(node, wanted, place)
            case tree.Call():
                return self._calls.value(node, wanted, place)
            case tree.Reference():
                return self._reference(node, wanted, place)
            case tree.Combined() | tree.Complement() if wanted.quantity is Quantity.PITCH:
                pitches = self._calls.forms.scales.pitches(node, place)
                return None if pitches is None else _any_of(pitches)
            case _:
                return self._leaf(node, wanted, place)

    def constant(self, node: tree.Value, wanted: Parameter, place: Place, why: str) -> float | None:
        """A single number, where nothing moves: in transformations, headings. `why` names the place."""
        if isinstance(node, tree.Ramp):
            self._complain(
                "STO208", node.span, f"a ramp needs an extent to run over; {why} has none", place,
                hint="write one value",
            )  # fmt: skip
            return None
        value = self.resolve(node, wanted, place)
        if value is None:
            return None
        if not isinstance(value, Constant):
            self._complain("STO401", node.span, f"{why} wants one fixed value", place, hint="write a constant here")
            return None
        return value.number

    def _complain(  # noqa: PLR0913, PLR0917 - the fields of a Diagnostic
        self, code: str, span: TextSpan, message: str, place: Place, hint: str | None = None, fix: Fix | None = None
    ) -> None:
        self._report.add(code, place.scope.source, span, message, hint=hint, fix=fix)

    # --- leaves ---

    def _leaf(self, node: tree.Value, wanted: Parameter, place: Place) -> Value | None:
        number = self._number(node, wanted, place)
        if number is None or not self._within_bounds(number, node, wanted, place):
            return None
        if wanted.quantity is Quantity.RATE and isinstance(node, tree.Number) and node.unit == "/s":
            return PerSecond(Constant(number))
        return Constant(number)

    def _number(self, node: tree.Value, wanted: Parameter, place: Place) -> float | None:
        quantity = wanted.quantity
        match node:
            case tree.PitchName(name=name) if quantity is Quantity.PITCH:
                return self._pitch(name, node.span, place)
            case tree.Word(word=word) if quantity is Quantity.PITCH:
                return self._drum(word, node.span, place)
            case tree.Word(word=word) if quantity is Quantity.VELOCITY and word in VELOCITIES:
                return float(VELOCITIES[word])
            case tree.NoteValue(numerator=above, denominator=below) if quantity is Quantity.LENGTH and below:
                return float(Fraction(4 * above, below))
            case tree.Number():
                return self._measured(node, wanted, place)
        self._wrong_kind(node, wanted, place)
        return None

    def _measured(self, node: tree.Number, wanted: Parameter, place: Place) -> float | None:
        number, quantity = float(node.value), wanted.quantity
        match quantity, node.unit:
            case (Quantity.INTERVAL, "st") | (Quantity.SPEED, "st/s"):
                return number
            case Quantity.RATE, "/bar":
                return number / (place.meter.bar / 10080)
            case Quantity.RATE, "/beat":
                return number / (place.meter.beat / 10080)
            case Quantity.RATE, ("/quarter" | "/s"):
                return number
            case ((Quantity.CHANCE | Quantity.NUMBER | Quantity.RATIO | Quantity.VELOCITY), ""):
                return number
            case ((Quantity.CHANCE | Quantity.RATIO | Quantity.NUMBER), "%"):
                return number / 100
            case Quantity.LENGTH, "ms":
                return number / 1000 * place.bpm / 60
            case Quantity.LENGTH, "s":
                return number * place.bpm / 60
            case Quantity.PITCH, "" if 0 <= number <= 127 and number == int(number):
                fix = self._name_of(int(number), place)
                self._complain(
                    "STO401", node.span, f"`{wanted.name}` wants a pitch, and this is a number", place,
                    hint=f"write `{fix}`", fix=Fix(node.span, fix),
                )  # fmt: skip
                return None
        self._wrong_unit(node, wanted, place)
        return None

    def _name_of(self, number: int, place: Place) -> str:
        """How a pitch number is written: as a pitch, or as a percussion name."""
        if place.part is not None and place.part.instrument.is_percussion:
            return next((name for name, key in PERCUSSION.items() if key == number), "kick")
        return str(spell(number, place.key.fifths))

    def _wrong_unit(self, node: tree.Number, wanted: Parameter, place: Place) -> None:
        text = place.scope.source.text[node.span.start : node.span.end]
        bare = text.removesuffix(node.unit) if node.unit else text
        suggestion = {
            Quantity.INTERVAL: f"{bare}st", Quantity.RATE: f"{bare}/bar", Quantity.CHANCE: f"{bare}%",
            Quantity.SPEED: f"{bare}st/s",
        }.get(wanted.quantity, bare)  # fmt: skip
        said = f"the unit `{node.unit.strip()}` does not fit" if node.unit else "a unit is missing"
        certain = wanted.quantity is Quantity.INTERVAL and not node.unit
        self._complain(
            "STO402", node.span, f"{said}: `{wanted.name}` wants {_UNITS[wanted.quantity]}", place,
            hint=f"write `{suggestion}`" if wanted.quantity is not Quantity.LENGTH and not node.unit else None,
            fix=Fix(node.span, suggestion) if certain else None,
        )  # fmt: skip

    def _wrong_kind(self, node: tree.Value, wanted: Parameter, place: Place) -> None:
        if isinstance(node, tree.Word) and wanted.quantity is Quantity.VELOCITY:
            close = nearest(node.word, VELOCITIES)
            self._complain(
                "STO308", node.span, f"`{node.word}` is no dynamic", place,
                hint=f"did you mean `{close}`?" if close else f"dynamics: {listed(list(VELOCITIES), 'and')}",
                fix=Fix(node.span, close) if close else None,
            )  # fmt: skip
            return
        is_scale = isinstance(node, tree.Sieve | tree.ScaleName) and wanted.quantity is Quantity.PITCH
        self._complain(
            "STO401", node.span, f"`{wanted.name}` wants {_UNITS[wanted.quantity]}; this is {kind_of(node)}", place,
            hint=f"{kind_of(node)} says which pitches there are: write it after `scale:`" if is_scale else None,
        )  # fmt: skip

    def _pitch(self, name: str, span: TextSpan, place: Place) -> float | None:
        pitch = parse_pitch(name)
        part = place.part
        if pitch is None or not 0 <= pitch.midi <= 127:
            self._complain("STO403", span, f"`{name}` is beyond MIDI's pitches, C-1 to G9", place)
            return None
        if part is not None and part.instrument.is_percussion:
            self._complain(
                "STO309", span, f"{part.name} is a percussion part: it plays names, not pitches", place,
                hint="write `kick`, `snare`, `hihat` … (`stochos list percussion`)",
            )  # fmt: skip
            return None
        return float(pitch.midi)

    def _drum(self, word: str, span: TextSpan, place: Place) -> float | None:
        if place.part is None or not place.part.instrument.is_percussion:
            hint = None
            if word in PERCUSSION:
                hint = 'percussion names need a percussion part: `part drums = "Drum kit"`'
            self._complain("STO401", span, f"a pitch is wanted, such as `C4`; `{word}` is a word", place, hint=hint)
            return None
        if word in PERCUSSION:
            return float(PERCUSSION[word])
        close = nearest(word, PERCUSSION)
        self._complain(
            "STO309", span, f"no percussion is called `{word}`", place,
            hint=f"did you mean `{close}`?" if close else "`stochos list percussion` names all",
            fix=Fix(span, close) if close else None,
        )  # fmt: skip
        return None

    def _within_bounds(self, number: float, node: tree.Value, wanted: Parameter, place: Place) -> bool:
        low, high = _NATURAL.get(wanted.quantity, (None, None))
        bounds = (
            ("above", wanted.above, wanted.above is not None and number <= wanted.above),
            ("below", wanted.below, wanted.below is not None and number >= wanted.below),
            ("at least", wanted.at_least, wanted.at_least is not None and number < wanted.at_least),
            ("at most", wanted.at_most, wanted.at_most is not None and number > wanted.at_most),
            ("at least", low, low is not None and number < low),
            ("at most", high, high is not None and number > high),
        )
        for words, bound, is_broken in bounds:
            if is_broken and bound is not None:
                text = place.scope.source.text[slice(*node.span)]
                limit = _in_its_unit(bound, node, wanted, place)
                is_share = wanted.quantity is Quantity.CHANCE and 2 <= number <= 100 and limit == "1"
                self._complain(
                    "STO403", node.span, f"`{wanted.name}` must be {words} {limit}; this is {text}", place,
                    hint=f"write `{text}%`" if is_share else None, fix=Fix(node.span, f"{text}%") if is_share else None,
                )  # fmt: skip
                return False
        return True

    # --- compounds ---

    def _span(self, node: tree.Interval, wanted: Parameter, place: Place) -> Value | None:
        low, high = self.resolve(node.low, wanted, place), self.resolve(node.high, wanted, place)
        if isinstance(low, Constant) and isinstance(high, Constant) and low.number > high.number:
            text = place.scope.source.text
            turned = f"{text[slice(*node.high.span)]}..{text[slice(*node.low.span)]}"
            self._complain(
                "STO404", node.span, "this span is empty: it ends below its start", place,
                hint=f"did you mean `{turned}`?", fix=Fix(node.span, turned),
            )  # fmt: skip
            return None
        return Span(low, high) if low and high else None

    def _weighted(self, node: tree.Weights, wanted: Parameter, place: Place) -> Value | None:
        items = [self.resolve(value, wanted, place) for value, _ in node.entries]
        weights = self.weights(node, place)
        return Weighted(tuple(i for i in items if i), weights) if weights and None not in items else None

    def weights(self, node: tree.Weights, place: Place) -> tuple[float, ...] | None:
        """How likely each of a weighted choice is, 1 where none is written; None where nothing can be chosen."""
        weights = [1.0 if weight is None else weigh(weight) for _, weight in node.entries]
        for (_, weight), number in zip(node.entries, weights, strict=True):
            if number < 0 and weight is not None:
                self._complain("STO406", weight.span, "a weight cannot be below 0", place)
                return None
        if not sum(weights) > 0:
            self._complain("STO406", node.span, "no weight is above 0: nothing can be chosen", place)
            return None
        return tuple(weights)

    def _no_states(self, node: tree.ByState, wanted: Parameter, place: Place) -> None:
        odd = next(said for _, said in node.entries if said and not isinstance(said, tree.Number))
        self._complain(
            "STO406", odd.span, f"a weight of `{wanted.name}` is a number; this is {kind_of(odd)}", place,
            hint="write `{C4: 3, G4: 1}`" if wanted.quantity is Quantity.PITCH else None,
        )  # fmt: skip

    def _ramp(self, node: tree.Ramp, wanted: Parameter, place: Place) -> Value | None:
        points = (node.start, *(p.value for p in node.points))
        combined = next((p for p in points if isinstance(p, tree.Combined | tree.Complement)), None)
        if combined is not None:
            self._complain(
                "STO409", combined.span, "a ramp leads from number to number, and this is a set of pitches", place,
                hint="one set goes over into another as a scale: `scale: $a -> $b`",
            )  # fmt: skip
            return None
        values = [self.resolve(v, wanted, place) for v in points]
        places = ramp_places(node)
        if places is None:
            self._complain(
                "STO409", node.span, "the points of a ramp must follow each other between 0% and 100%", place
            )
            return None
        curves = ("", *(p.curve for p in node.points))
        if None in values:
            return None
        solid = tuple(v for v in values if v)
        for before, after, point in zip(solid, solid[1:], node.points, strict=False):
            if point.curve == "exp" and not is_one_sided(before, after):
                self._complain(
                    "STO409", point.span, "an `exp` ramp cannot touch or cross 0", place,
                    hint="start or end it a little above 0, or leave out `exp`",
                )  # fmt: skip
                return None
        if places[-1] < 1:
            places, solid, curves = (*places, 1.0), (*solid, solid[-1]), (*curves, "")
        return Ramp(places, solid, curves)

    def _reference(self, node: tree.Reference, wanted: Parameter, place: Place) -> Value | None:
        bound = look_up(node.name, place.scope, node.span, self._report)
        if not isinstance(bound, Bound):
            if bound is not None:
                self._complain("STO401", node.span, f"`{node.name}` is a tune, not a value", place)
            return None
        value = bound.let.value
        if isinstance(value, tree.Pipe | tree.Repeat | tree.Group | tree.Notation):
            self._complain(
                "STO401", node.span, f"`{wanted.name}` wants {_UNITS[wanted.quantity]}; `${node.name}` is music", place
            )
            return None
        return self.resolve(value, wanted, replace(place, scope=bound.scope))


def _any_of(pitches: frozenset[int]) -> Weighted:
    """Any pitch of a set, each as likely."""
    return Weighted(tuple(Constant(float(pitch)) for pitch in sorted(pitches)), (1.0,) * len(pitches))


def _in_its_unit(bound: float, node: tree.Value, wanted: Parameter, place: Place) -> str:
    """A bound as one would write it beside what was written."""
    unit = node.unit if isinstance(node, tree.Number) else ""
    if bound == 0:
        return "0"
    match wanted.quantity, unit:
        case Quantity.RATE, "/bar":
            return f"{bound * place.meter.bar / 10080:,g}{unit}"
        case Quantity.RATE, "/beat":
            return f"{bound * place.meter.beat / 10080:,g}{unit}"
        case _, "%":
            return f"{100 * bound:g}%"
        case Quantity.LENGTH, _:
            share = Fraction(bound) / 4
            return f"{share.numerator}/{share.denominator}"
    return f"{bound:,g}{unit}"
