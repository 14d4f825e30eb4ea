"""`expect` lines as nodes of the tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stochos import tree
from stochos.parse.words import Token, at
from stochos.source import Span

Part = Any  # a token, a node, or a list of them

_Observed = tuple[tree.Word | None, tree.Word, tree.FormEntry | None]


def _named(token: Token) -> tree.Word:
    return tree.Word(token.value, at(token))


def _observed(parts: list[Part]) -> _Observed:
    """`length of vln in A`: a quantity, a part and a section."""
    section = parts.pop() if isinstance(parts[-1], tree.FormEntry) else None
    names = [_named(part) for part in parts if part.type == "NAME"]
    return (names[0] if len(names) > 1 else None, names[-1], section)


def _asked(parts: list[Part]) -> tuple[str, tuple[tree.Value, ...], tree.Word | None, int]:
    """`in 4..6/s`, `<= 2 octaves`: a comparison, its limits and unit, and where it ends."""
    comparison, *limits, unit = parts
    values = tuple(limit for limit in limits if getattr(limit, "type", "") != "DOTS")
    word = _named(unit) if unit else None
    return comparison.value, values, word, (word or values[-1]).span.end


def _expect(parts: list[Part]) -> tree.Expect:
    start, opening, (quantity, part, section) = parts[0].start_pos, parts[1], parts[2]
    measure = opening.value.rstrip("(")
    measure_span = Span(opening.start_pos, opening.start_pos + len(measure))
    law: tree.Call | tree.Word | None = None
    if len(parts) == 5:
        comparison, limits, unit, end = parts[-1]
    else:
        named, comparison, limit = parts[4], parts[7].value, parts[8]
        law = named if isinstance(named, tree.Call) else _named(named)
        limits, unit, end = (limit,), None, limit.span.end
    return tree.Expect(
        measure, quantity, part, section, comparison, limits, unit, law, Span(start, end), measure_span
    )  # fmt: skip


EXPECTATIONS: dict[str, Callable[[list[Part]], Part]] = {
    "observed": _observed,
    "asked": _asked,
    "expect": _expect,
}
