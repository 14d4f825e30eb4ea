"""What joint processes are told: who plays them, and in tables what each may do."""

from __future__ import annotations

from stochos import tree
from stochos.check.report import Report
from stochos.check.values import Place, kind_of
from stochos.check.words import listed
from stochos.diagnostics import Fix, nearest
from stochos.process.value import Parameter


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
    names = [_part_name(item, parts, place, report) for item in node.items]
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


def _part_name(node: tree.Value, parts: tuple[str, ...], place: Place, report: Report) -> str | None:
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
