"""Names: what is bound where, what refers to it, and what runs in circles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, TypeAlias

from stochos import tree
from stochos.check.library import Library, Unavailable
from stochos.check.report import Report
from stochos.check.words import listed
from stochos.diagnostics import Fix, Related, nearest
from stochos.music.tune import Tune
from stochos.source import Source, Span


@dataclass(eq=False)
class Scope:
    """The names of one file.

    lets     bound by `let`; broken ones (circular) are left out, and their names are in `broken`
    imports  other files' scopes, and tunes; None where one could not be read
    used     names that something refers to
    unread   names whose definitions could not be read: nobody is told that they are unknown
    needs    names of this file that each `let` refers to
    sizes    of each `let`, references followed: about how many notes or values it has, and how deep they are
    """

    source: Source
    lets: dict[str, tree.Let] = field(default_factory=dict)
    imports: dict[str, Scope | Tune | None] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    unread: frozenset[str] = frozenset()
    needs: dict[str, list[str]] = field(default_factory=dict)
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Bound:
    """What a name stands for: a `let` in its own scope."""

    name: str
    let: tree.Let
    scope: Scope


@dataclass(frozen=True)
class BoundTune:
    """What a name stands for: a part of an imported tune."""

    name: str
    tune: Tune
    part: int


Binding: TypeAlias = "Bound | BoundTune"


def walk(node: Any) -> Iterator[Any]:
    """Every tree node in `node`, itself first; notes and signs are whole, what is in them is left out."""
    pending = [node]
    while pending:
        current = pending.pop()
        if type(current) is tuple:
            pending.extend(reversed(current))
            continue
        kind: type = type(current)
        names = parts_of(kind)
        if names is not None:
            yield current
            pending.extend([getattr(current, name) for name in names])


@cache
def parts_of(kind: type) -> tuple[str, ...] | None:
    """Names of the fields of a kind of node, last first, without spans; None where it is no node."""
    if not is_dataclass(kind):
        return None
    return () if kind in _WHOLE else tuple(f.name for f in reversed(fields(kind)) if not f.name.endswith("span"))


_WHOLE = {tree.Note, tree.Barline, tree.BarRest, tree.Dynamic, tree.Hairpin, tree.Slur, tree.Number, tree.NoteValue}


def build_scope(
    source: Source, score: tree.Score, library: Library, report: Report, importing: tuple[str, ...] = ()
) -> Scope:
    """The scope of a file, with everything that it imports. `importing`: files that led here, by name."""
    scope = Scope(source, unread=score.unread)
    for statement in score.statements:
        match statement:
            case tree.Let() | tree.Import():
                _bind(scope, statement, library, report, (*importing, source.name))
    _break_circles(scope, report)
    for node in walk(score.statements):
        if isinstance(node, tree.Reference | tree.Call):
            scope.used.add(node.name.split(".")[0])
    return scope


def _bind(
    scope: Scope, statement: tree.Let | tree.Import, library: Library, report: Report, importing: tuple[str, ...]
) -> None:
    name = statement.name
    if name in scope.lets or name in scope.imports:
        first = scope.lets.get(name)
        report.add(
            "STO310", scope.source, statement.name_span, f"`{name}` is already bound",
            hint="give one of the two another name",
            related=(Related(first.name_span, "first bound here"),) if first else (),
        )  # fmt: skip
    elif isinstance(statement, tree.Let):
        scope.lets[name] = statement
    else:
        scope.imports[name] = _import(scope.source, statement, library, report, importing)


def _import(
    source: Source, statement: tree.Import, library: Library, report: Report, importing: tuple[str, ...]
) -> Scope | Tune | None:
    path = statement.path.text
    try:
        if not path.endswith(".stoch"):
            return library.tune(path, source)
        found, score, diagnostics = library.score(path, source)
    except Unavailable as unavailable:
        report.add(unavailable.code, source, statement.path.span, str(unavailable), hint=unavailable.hint)
        return None
    if found.name in importing:
        circle = " imports ".join((*importing[importing.index(found.name) :], found.name))
        report.add("STO607", source, statement.path.span, f"these files import each other: {circle}")
        return None
    for d in diagnostics:
        report.add(d.code, d.source, d.span, d.message, label=d.label, hint=d.hint, related=d.related, fix=d.fix)
    return build_scope(found, score, library, report, importing)


def _break_circles(scope: Scope, report: Report) -> None:
    """Report lets that need themselves, and take them out."""
    scope.needs = needs = {
        name: [n.name for n in walk(let.value) if isinstance(n, tree.Reference | tree.Call) and n.name in scope.lets]
        for name, let in scope.lets.items()
    }
    clean: set[str] = set()
    for name in scope.lets:
        circle = _circle(name, needs, clean)
        if circle and not scope.broken & set(circle):
            scope.broken.update(circle)
            way = " needs ".join(f"`{n}`" for n in (*circle, circle[0]))
            report.add("STO312", scope.source, scope.lets[circle[0]].name_span, f"this runs in a circle: {way}")
    for name in scope.broken:
        del scope.lets[name]


def _circle(start: str, needs: dict[str, list[str]], clean: set[str]) -> tuple[str, ...]:
    """A circle that `start` leads into, or nothing; names known to be free of circles are added to `clean`."""
    path: list[str] = [start]
    pending = [iter(needs[start])]
    while path:
        following = next(pending[-1], None)
        if following is None:
            clean.add(path.pop())
            pending.pop()
        elif following in path:
            return tuple(path[path.index(following) :])
        elif following not in clean:
            path.append(following)
            pending.append(iter(needs[following]))
    return ()


def look_up(name: str, scope: Scope, span: Span, report: Report, sigil: str = "$") -> Binding | None:
    """What `$name` stands for; None (reported, once, unless it is a silent placeholder) where nothing does."""
    head, _, tail = name.partition(".")
    if not tail and name in scope.lets:
        return Bound(name, scope.lets[name], scope)
    if head in scope.broken or head in scope.unread:
        return None
    if head in scope.imports:
        return _look_into(scope, head, tail, span, report)
    if tail and head in scope.lets:
        report.add(
            "STO302", scope.source, span, f"`{head}` is bound in this file: there are no names in it",
            hint=f"write `{sigil}{head}`; `{head}.{tail}` would be a name in an imported file",
            fix=Fix(span, sigil + head),
        )  # fmt: skip
        return None
    known = [*scope.lets, *scope.imports]
    close = nearest(head, known)
    scope.used.add(close or "")  # as what was meant
    report.add(
        "STO302", scope.source, span, f"nothing is called `{name}`",
        hint=f"did you mean `{sigil}{close}`?" if close else _known(head, known, sigil),
        fix=Fix(span, sigil + close + name[len(head):]) if close else None,
    )  # fmt: skip
    return None


def _known(name: str, names: list[str], sigil: str) -> str:
    if not names:
        return f"bind it first: `let {name} = {'@poisson(density: 2/bar)' if sigil == '@' else '| C4:4 D4 |'}`"
    return "bound here: " + ", ".join(f"`{sigil}{n}`" for n in sorted(names)[:8])


def _not_in_file(scope: Scope, inner: Scope, name: str, span: Span, report: Report) -> None:
    head, _, tail = name.partition(".")
    close = nearest(tail, inner.lets)
    at = scope.source.text.find(tail, span.start, span.end)
    report.add(
        "STO302", scope.source, span, f"{inner.source.name} binds nothing called `{tail}`",
        hint=f"did you mean `{head}.{close}`?" if close
        else f"it binds {listed(sorted(inner.lets), 'and')}" if inner.lets else "it binds nothing at all",
        fix=Fix(Span(at, at + len(tail)), close) if close and at >= 0 else None,
    )  # fmt: skip


def _look_into(scope: Scope, head: str, tail: str, span: Span, report: Report) -> Binding | None:
    match scope.imports[head]:
        case None:
            return None
        case Scope() as inner if tail:
            if tail in inner.lets:
                return Bound(f"{head}.{tail}", inner.lets[tail], inner)
            if tail not in inner.broken and tail not in inner.unread:
                _not_in_file(scope, inner, f"{head}.{tail}", span, report)
        case Scope() as inner:
            report.add(
                "STO302", scope.source, span, f"`{head}` is a whole file",
                hint=f"say what you want of it: `${head}.name`, one of {', '.join(sorted(inner.lets)) or 'nothing'}",
            )  # fmt: skip
        case Tune() as tune:
            number = int(tail) if tail.isdecimal() else 1
            if (tail and not tail.isdecimal()) or not 1 <= number <= len(tune.parts):
                report.add(
                    "STO302", scope.source, span, f"`{head}` has no part `{tail or 1}`",
                    hint=f"its parts are `${head}.1` to `${head}.{len(tune.parts)}`" if tune.parts else "it is empty",
                )  # fmt: skip
                return None
            return BoundTune(f"{head}.{number}", tune, number - 1)
    return None
