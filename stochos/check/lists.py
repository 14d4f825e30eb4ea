"""Lists: of what is drawn, of how many there are of each, of processes, of plain numbers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from stochos import tree
from stochos.check.kinds import kind_of
from stochos.check.report import Report
from stochos.check.values import Place
from stochos.process.value import Constant, Parameter, Quantity

if TYPE_CHECKING:
    from stochos.check.calls import Calls

_MOST_BALLS = 10_000
_LIKELY = "weighted(of: {C4: 0.5, G4: 0.5})"


class Lists:
    """Resolves what stands between `[` and `]`, and balls in an urn. Names have been followed."""

    def __init__(self, report: Report, calls: Calls) -> None:
        self._report, self._calls = report, calls

    def balls(
        self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None
    ) -> tuple[Any, ...] | None:
        """A list of values, or how many there are of each."""
        if not isinstance(node, tree.Weights):
            return self.items(node, known, place, target)
        drawn = [self._calls.values.resolve(value, drawn_in(known, target), place) for value, _ in node.entries]
        found: list[Any] = []
        for (_, weight), value in zip(node.entries, drawn, strict=True):
            number = Fraction(1) if weight is None else weight.value
            if weight is not None and (weight.unit or number.denominator != 1 or number < 0):
                self._report.add(
                    "STO406", place.scope.source, weight.span, f"`{known.name}` holds whole numbers of each",
                    hint=f"where shares count, write `@{_LIKELY}`",
                )  # fmt: skip
                return None
            found += [value] * min(int(number), _MOST_BALLS + 1)
        if None in drawn:
            return None
        if not found or len(found) > _MOST_BALLS:
            said = f"`{known.name}` holds {'nothing' if not found else f'more than {_MOST_BALLS:,}'}"
            self._report.add("STO406", place.scope.source, node.span, said)
            return None
        return tuple(found)

    def items(
        self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None
    ) -> tuple[Any, ...] | None:
        """A list of values of what is being drawn."""
        if isinstance(node, tree.Combined | tree.Complement) and drawn_in(known, target).quantity is Quantity.PITCH:
            pitches = self._calls.forms.scales.pitches(node, place)
            return None if pitches is None else tuple(Constant(float(pitch)) for pitch in sorted(pitches))
        if not isinstance(node, tree.Sequence) or not node.items:
            self._report.add(
                "STO401", place.scope.source, node.span,
                f"`{known.name}` wants a list such as `[C4, E4, G4]`; this is {kind_of(node)}",
            )  # fmt: skip
            return None
        items = [self._calls.values.resolve(item, drawn_in(known, target), place) for item in node.items]
        return None if None in items else tuple(items)

    def listed(
        self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None
    ) -> tuple[Any, ...] | None:
        """A list of processes that foretell, or of plain numbers."""
        if not isinstance(node, tree.Sequence) or not node.items:
            self._report.add(
                "STO401", place.scope.source, node.span,
                f"`{known.name}` wants a list between `[` and `]`; this is {kind_of(node)}",
            )  # fmt: skip
            return None
        if known.quantity is Quantity.FORETELLERS:
            found = [self._calls.foreteller(item, place) for item in node.items]
        else:
            wanted = replace(known, quantity=Quantity.NUMBER)
            found = [self._calls.values.resolve(item, wanted, place) for item in node.items]
        return None if None in found else tuple(found)


def drawn_in(known: Parameter, target: Parameter | None) -> Parameter:
    """What the items of a list measure: what is being drawn, a pitch in a passage."""
    return replace(target, name=known.name) if target else replace(known, quantity=Quantity.PITCH)
