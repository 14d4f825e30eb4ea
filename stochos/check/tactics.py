"""Tactics of a game: written music, or what a part has in a section."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stochos import tree
from stochos.check.kinds import kind_of
from stochos.check.names import walk
from stochos.check.report import Report
from stochos.check.values import Place
from stochos.diagnostics import Fix, nearest
from stochos.music.time import Meter
from stochos.process.passage import Token
from stochos.process.value import Parameter

if TYPE_CHECKING:
    from stochos.check.forms import Forms


class Tactics:
    """Resolves what a player of a game may choose among."""

    def __init__(self, report: Report, forms: Forms) -> None:
        self._report, self._forms = report, forms
        self._heard: list[str] = []  # sections that are being read as tactics

    def resolve(self, node: tree.Value, known: Parameter, place: Place) -> tuple[tuple[Token, ...], ...] | None:
        """A list of music, of sections by name; `off` among it is silence."""
        if not isinstance(node, tree.Sequence) or not node.items:
            hint = f"write `{known.name}: [$lento, $furioso]`"
            self._report.add(
                "STO401", place.scope.source, node.span,
                f"`{known.name}` wants a list of music; this is {kind_of(node)}", hint=hint,
            )  # fmt: skip
            return None
        found = [self._tactic(item, place) for item in node.items]
        return None if None in found else tuple(tokens for tokens in found if tokens is not None)

    def _tactic(self, node: tree.Value, place: Place) -> tuple[Token, ...] | None:
        """Music; of a section what the playing part has there."""
        if not isinstance(node, tree.Word) or node.word == "off":
            return self._forms.material(node, place, isinstance(node, tree.Word))
        section = self._forms.sections.get(node.word)
        if section is None:
            close = nearest(node.word, self._forms.sections)
            self._report.add(
                "STO303", place.scope.source, node.span, f"no section is called `{node.word}`",
                hint=f"did you mean `{close}`?" if close else "a tactic is a `$motif`, a section's name, or `off`",
                fix=Fix(node.span, close) if close else None,
            )  # fmt: skip
            return None
        self._forms.taken.add(node.word)
        if place.part is None or place.part.name not in self._forms.parts:
            return ()
        return self._of_section(section, place.part.name, node, place)

    def _of_section(self, section: tree.Section, part: str, node: tree.Word, place: Place) -> tuple[Token, ...] | None:
        """What a part plays in a section."""
        voices = next((line.voices for line in section.lines if line.part == part), ())
        if not voices:
            self._report.add(
                "STO401", place.scope.source, node.span, f"{part} plays nothing in section {section.name}",
                hint="write `off`",
            )  # fmt: skip
            return None
        if section.name in self._heard or any(_is_drawn(each, place) for each in walk(voices)):
            self._report.add(
                "STO504", place.scope.source, node.span,
                f"what {part} plays in section {section.name} is generated: a tactic is written music",
            )  # fmt: skip
            return None
        meters = (s.values[0] for s in section.settings if s.name == "meter")
        meter = next((Meter(m.numerator, m.denominator) for m in meters if isinstance(m, tree.NoteValue)), place.meter)
        self._heard.append(section.name)
        tokens = self._forms.material(tree.Group(voices, node.span), replace(place, meter=meter), False)
        self._heard.pop()
        return tokens


def _is_drawn(node: Any, place: Place) -> bool:
    """Whether it is a process, or the name of one."""
    if isinstance(node, tree.Reference):
        let = place.scope.lets.get(node.name)
        return let is not None and isinstance(let.value, tree.Call)
    return isinstance(node, tree.Call)
