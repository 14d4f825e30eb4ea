"""What is named and never used, and what is wrong in it all the same."""

from __future__ import annotations

from stochos import tree
from stochos.check.calls import Calls
from stochos.check.grid import Grid
from stochos.check.material import ANYTHING
from stochos.check.music import Cursor, Music, Sheet, unbarred
from stochos.check.names import Scope, look_up, walk
from stochos.check.report import Report
from stochos.check.settings import Settings
from stochos.check.streams import Streams
from stochos.check.values import Place


def check_unused(
    scope: Scope, written: tree.Score, music: Music, calls: Calls, settings: Settings, report: Report
) -> None:
    """Warns of parts, lets and imports that nothing uses, and checks what they hold."""
    playing = {line.part for s in written.statements if isinstance(s, tree.Section) for line in s.lines}
    for statement in written.statements:
        match statement:
            case tree.Part(name=name) if name not in playing:
                report.add(
                    "STO311", scope.source, statement.name_span, f"part `{name}` never plays",
                    hint="give it a line in a section, or take it out",
                )  # fmt: skip
            case tree.Let(name=name) | tree.Import(name=name) if name not in scope.used and name not in scope.broken:
                report.add(
                    "STO311", scope.source, statement.name_span, f"`{name}` is never used",
                    hint=f"write `${name}` where it should sound, or take it out",
                )  # fmt: skip
                if isinstance(statement, tree.Let):
                    _inside(statement, scope, music, calls, settings, report)


def _inside(
    let: tree.Let, scope: Scope, music: Music, calls: Calls, settings: Settings, report: Report
) -> None:
    """What can be said of a `let` without knowing its place."""
    with report.at(f"let {let.name}"):
        for node in walk(let.value):
            if isinstance(node, tree.Reference):
                look_up(node.name, scope, node.span, report)
        value = let.value
        if isinstance(value, tree.Call):
            place = Place(scope, settings.meter, settings.key, settings.tempo.points[0][1], None)
            calls.anywhere(value, place)
        elif isinstance(value, tree.Notation):
            sheet = Sheet(ANYTHING, Grid(settings, {}, 0))
            drums = any(n.pitches and n.pitches[0][:1].islower() for n in walk(value) if isinstance(n, tree.Note))
            if not drums:
                music.items((tree.Group(unbarred(value.voices), value.span),), Cursor(0), sheet, scope, Streams(("unused",)))
