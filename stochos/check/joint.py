"""What joint processes are told: who plays them, and in tables what each may do."""

from __future__ import annotations

from typing import Any

from stochos import tree
from stochos.check.arguments import Given
from stochos.check.kinds import kind_of
from stochos.check.report import Report
from stochos.check.values import Place, Values
from stochos.check.words import listed
from stochos.diagnostics import Fix, nearest
from stochos.process.value import Parameter, Quantity


def part_names(
    node: tree.Value, known: Parameter, parts: tuple[str, ...], place: Place, report: Report
) -> tuple[str, ...] | None:
    """Names of parts that the score has, the one that plays among them; None where they are not (reported)."""
    source, complain = place.scope.source, report.add
    if not isinstance(node, tree.Sequence) or not node.items:
        complain(
            "STO401", source, node.span, f"`{known.name}` wants a list of parts; this is {kind_of(node)}",
            hint=f"write `{known.name}: [{', '.join(parts[:3])}]`",
        )  # fmt: skip
        return None
    names = [part_name(item, parts, place, report) for item in node.items]
    if None in names:
        return None
    found = tuple(name for name in names if name)
    twice = next((item for i, item in enumerate(node.items) if found[i] in found[:i]), None)
    if twice is not None:
        complain("STO411", source, twice.span, "this part is named twice", hint="keep one of the two")
        return None
    if place.part is not None and place.part.name in parts and place.part.name not in found:
        complain(
            "STO401", source, node.span, f"{place.part.name} plays this, and is not among its `{known.name}`",
            hint=f"add it: `{known.name}: [{', '.join((*found, place.part.name))}]`",
        )  # fmt: skip
        return None
    return found


def part_name(node: tree.Value, parts: tuple[str, ...], place: Place, report: Report) -> str | None:
    """A part that the score has; None where it has not (reported)."""
    match node:
        case tree.Word(word=name) | tree.Text(text=name) if name in parts:
            return name
        case tree.Word(word=name) | tree.Text(text=name):
            close = nearest(name, parts)
            report.add(
                "STO301", place.scope.source, node.span, f"no part is called `{name}`",
                hint=f"did you mean `{close}`?" if close else f"parts: {listed(list(parts), 'and')}",
                fix=Fix(node.span, close) if close else None,
            )  # fmt: skip
        case _:
            report.add("STO401", place.scope.source, node.span, f"a part is wanted; this is {kind_of(node)}")
    return None


def matrix(
    node: tree.Value, known: Parameter, place: Place, values: Values, report: Report
) -> tuple[tuple[float, ...], ...] | None:
    """Rows of plain numbers, all as long; None where it is none (reported)."""
    wanted = Parameter(known.name, Quantity.NUMBER, required=True)
    rows = node.items if isinstance(node, tree.Sequence) else ()
    if not rows or not all(isinstance(row, tree.Sequence) and row.items for row in rows):
        report.add(
            "STO401", place.scope.source, node.span, f"`{known.name}` wants rows of numbers; this is {kind_of(node)}",
            hint=f"write `{known.name}: [[1, -1], [-1, 1]]`",
        )  # fmt: skip
        return None
    found: list[tuple[float, ...]] = []
    for row in rows:
        assert isinstance(row, tree.Sequence)
        numbers = [values.constant(item, wanted, place, f"`{known.name}`") for item in row.items]
        if None in numbers:
            return None
        found.append(tuple(number for number in numbers if number is not None))
        if len(found[-1]) != len(found[0]):
            report.add(
                "STO401", place.scope.source, row.span,
                f"the rows of `{known.name}` are not all as long: {len(found[0])} numbers, then {len(found[-1])}",
            )  # fmt: skip
            return None
    return tuple(found)


def is_sound(process: Any, given: dict[str, Given], place: Place, call: tree.Call, report: Report) -> bool:
    """Whether the arguments of a process fit each other, where it has an opinion; reported where not."""
    flaw = process.flaw(place.part.name if place.part else "") if hasattr(process, "flaw") else None
    if flaw is None:
        return True
    name, message = flaw
    written = given.get(name)
    span = written.argument.value.span if written else call.span
    report.add("STO401", written.source if written else place.scope.source, span, message)
    return False
