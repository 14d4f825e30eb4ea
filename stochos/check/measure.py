"""How large and how deep bound things are, references followed: known before anything is unrolled."""

from __future__ import annotations

from typing import Any

from stochos import tree
from stochos.check.limits import Limits
from stochos.check.names import Scope, parts_of
from stochos.check.report import Report

DEEPEST = 200  # nodes within one another, names followed: well below what Python can follow
MOST_VALUES = 100_000  # in one value
_MUSIC = tree.Notation | tree.Group | tree.Pipe | tree.Repeat


def measure(scope: Scope, limits: Limits, report: Report) -> None:
    """Reports what is bound and too large or too deep, in this file and those that it imports, and takes it out."""
    for imported in scope.imports.values():
        if isinstance(imported, Scope) and not imported.sizes:
            measure(imported, limits, report)
    dropped: set[str] = set()
    for name in _inside_out(scope):
        let = scope.lets[name]
        if dropped & set(scope.needs[name]):
            dropped.add(name)  # told where it begins
            continue
        size, depth = size_of(let.value, scope), _depth(let.value, scope)
        scope.sizes[name] = min(size, limits.notes + MOST_VALUES), min(depth, DEEPEST + 1)
        most, things = (limits.notes, "notes") if isinstance(let.value, _MUSIC) else (MOST_VALUES, "values")
        if depth > DEEPEST:
            report.add(
                "STO111", scope.source, let.name_span, f"`{name}` holds names within names, too many to follow",
                hint="write out what some of them stand for",
            )  # fmt: skip
        elif size > most:
            report.add(
                "STO609", scope.source, let.name_span, f"`{name}` is made of more than {most:,} {things}",
                hint="repeat it less often",
            )  # fmt: skip
        else:
            continue
        dropped.add(name)
    scope.broken |= dropped
    for name in dropped:
        del scope.lets[name]


def _inside_out(scope: Scope) -> list[str]:
    """The names of a file, each after those that it needs; there are no circles."""
    order: dict[str, None] = {}
    pending = [(name, False) for name in reversed(scope.lets)]
    while pending:
        name, is_ready = pending.pop()
        if is_ready:
            order[name] = None
        elif name not in order:
            pending.append((name, True))
            pending += [(other, False) for other in scope.needs[name] if other in scope.lets and other not in order]
    return list(order)


def _named(name: str, scope: Scope) -> tuple[int, int]:
    """Size and depth of what a name stands for."""
    head, _, tail = name.partition(".")
    inner = scope.imports.get(head)
    if tail:
        return inner.sizes.get(tail, (1, 1)) if isinstance(inner, Scope) else (1, 1)
    return scope.sizes.get(name, (1, 1))


def size_of(node: Any, scope: Scope) -> int:
    """About how many notes or values there are in it, repeats and names followed."""
    if type(node) is tuple:
        return sum(size_of(item, scope) for item in node)
    match node:
        case tree.Barline() | tree.Dynamic() | tree.Hairpin() | tree.Slur():
            return 0
        case tree.Repeat(item=item, times=times):
            return times * size_of(item, scope)
        case tree.Reference(name=name):
            return _named(name, scope)[0]
        case tree.Call(name=name, arguments=arguments):
            return _named(name, scope)[0] + size_of(arguments, scope)
    kind: type = type(node)
    names = parts_of(kind)
    return 0 if names is None else max(1, sum(size_of(getattr(node, name), scope) for name in names))


def _depth(node: Any, scope: Scope) -> int:
    """Nodes within one another."""
    if type(node) is tuple:
        return max((_depth(item, scope) for item in node), default=0)
    kind: type = type(node)
    names = parts_of(kind)
    if names is None:
        return 0
    inner = max((_depth(getattr(node, name), scope) for name in names), default=0)
    return 1 + max(inner, _named(node.name, scope)[1] if isinstance(node, tree.Reference | tree.Call) else 0)
