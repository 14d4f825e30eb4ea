"""What is named and never used, and what is wrong in it all the same."""

from __future__ import annotations

from dataclasses import replace

from stochos import tree
from stochos.check.calls import Calls
from stochos.check.chains import WORDS, is_worded
from stochos.check.cursor import Cursor, Sheet
from stochos.check.grid import Grid
from stochos.check.material import ANYTHING, is_drummed
from stochos.check.motifs import unbarred
from stochos.check.music import Music
from stochos.check.names import Scope, look_up, walk
from stochos.check.report import Report
from stochos.check.settings import Settings
from stochos.check.streams import Streams
from stochos.check.values import Place
from stochos.diagnostics import Fix, nearest


def check_unused(  # noqa: PLR0913, PLR0917 - all that there is
    scope: Scope, written: tree.Score, music: Music, calls: Calls, settings: Settings, report: Report
) -> None:
    """Warns of parts, lets and imports that nothing uses, and checks what they hold.

    Where some of the text cannot be read, nobody knows what is used there: no warnings then.
    """
    lines = {line.part for s in written.statements if isinstance(s, tree.Section) for line in s.lines}
    parts = {s.name for s in written.statements if isinstance(s, tree.Part)}
    playing = lines | {nearest(name, parts) for name in lines - parts}
    for statement in written.statements:
        match statement:
            case tree.Part(name=name) if name not in playing and report.is_whole:
                report.add(
                    "STO311", scope.source, statement.name_span, f"part `{name}` never plays",
                    hint="give it a line in a section, or take it out",
                )  # fmt: skip
            case tree.Let(name=name) | tree.Import(name=name) if name not in scope.used and name not in scope.broken:
                if report.is_whole:
                    report.add(
                        "STO311", scope.source, statement.name_span, f"`{name}` is never used",
                        hint=_use(statement),
                    )  # fmt: skip
                if isinstance(statement, tree.Let):
                    _inside(statement, scope, music, calls, settings, report)


def check_sources(calls: Calls, report: Report) -> None:
    """Warns of sources that only one law is tied to."""
    if not report.is_whole or any(not d.is_warning for d in report.diagnostics):
        return
    names = list(calls.sources)
    closest = {name: nearest(name, names[:i]) for i, name in enumerate(names) if len(calls.sources[name]) == 1}
    for name, close in closest.items():
        if name in closest.values():
            continue
        source, span = calls.sources[name][0]
        report.add(
            "STO316", source, span, f"nothing else is tied to `{name}`",
            hint=f"did you mean `{close}`?" if close
            else f"write `with: {name}` in the laws that are to go along, or take it out",
            fix=Fix(span, close) if close else None,
        )  # fmt: skip


def _use(statement: tree.Let | tree.Import) -> str:
    """How a name could be used."""
    name = statement.name
    match statement:
        case tree.Import():
            return f"refer to it with `${name}`, or take it out"
        case tree.Let(value=tree.Call()):
            return f"write `@{name} fill` where it should sound, or take it out"
        case tree.Let(value=tree.Notation() | tree.Group() | tree.Pipe() | tree.Repeat() | tree.Reference()):
            return f"write `${name}` where it should sound, or take it out"
    return f"refer to it with `${name}`, or take it out"


def _inside(  # noqa: PLR0913, PLR0917 - all that there is
    let: tree.Let, scope: Scope, music: Music, calls: Calls, settings: Settings, report: Report
) -> None:
    """What can be said of a `let` without knowing its place."""
    place = Place(scope, settings.meter, settings.key, settings.tempo.points[0][1], None)
    with report.at(f"let {let.name}"):
        for node in walk(let.value):
            if isinstance(node, tree.Reference):
                look_up(node.name, scope, node.span, report)
        match let.value:
            case tree.Call() as call:
                calls.anywhere(call, place)
            case tree.Chain() as chain:
                calls.forms.chains.resolve(chain, WORDS if is_worded(chain) else None, place)
            case tree.Sieve() | tree.ScaleName() as scale:
                calls.forms.scales.scale(scale, place)
            case tree.Notation(voices=voices) as notation:
                _music(tree.Group(unbarred(voices), notation.span), scope, music, settings)
            case tree.Group() | tree.Pipe() | tree.Repeat() as item:
                _music(item, scope, music, settings)


def _music(item: tree.Item, scope: Scope, music: Music, settings: Settings) -> None:
    """Music that nobody plays: on a part that plays anything, from the start of a bar."""
    part = replace(ANYTHING, instrument=replace(ANYTHING.instrument, is_percussion=is_drummed(item)))
    music.items((item,), Cursor(0), Sheet(part, Grid(replace(settings, pickup=0), {}, 0)), scope, Streams(("unused",)))
