"""A faulty score read piece by piece, so that a run reports many problems and none because of another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from stochos import tree
from stochos.diagnostics import Fix, Related
from stochos.parse.builder import filled
from stochos.parse.call_slips import NAMED_ARGUMENT, misplaced_arguments
from stochos.parse.chains import check_chains
from stochos.parse.comments import without_foreign_comments
from stochos.parse.pieces import PITCH_NAME, defined_names, labels, part_names, section_pieces, spoken, statements
from stochos.parse.slip import Slip, Stop
from stochos.parse.slips import explain
from stochos.parse.trouble import Trouble
from stochos.source import Span

MOST_PROBLEMS = 100  # of one file; then reading stops

Reader = Callable[[str, Span, str], Any]  # text, piece and rule to a node; raises Slip or Stop


def recovered(text: str, read: Reader) -> tuple[tree.Score, list[Slip]]:
    """What could be read of a faulty score, and what is wrong with the rest; each piece has one problem at most."""
    plain, comments = without_foreign_comments(text, MOST_PROBLEMS)
    reading = _Reading(plain, spoken(plain), read, comments)
    score = reading.score()
    return score, sorted(reading.slips, key=lambda slip: slip.span)


@dataclass
class _Reading:
    """One reading of a faulty score, piece by piece."""

    text: str
    code: str
    read: Reader
    slips: list[Slip] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def score(self) -> tree.Score:
        """Statements that could be read; the slips tell of the others."""
        parts = part_names(self.code)
        read: list[tree.Statement] = []
        for piece in statements(self.code):
            if len(self.slips) >= MOST_PROBLEMS:
                self.unread |= defined_names(self.code[piece.start :])
                break
            if re.match(r"section\b", self.code[piece.start : piece.start + 8]):
                read += self._section(piece, parts)
            else:
                read += self._statements(piece)
        span = Span(read[0].span.start, read[-1].span.end) if read else tree.NOWHERE
        return tree.Score(tuple(read), span, frozenset(self.unread))

    def _statements(self, piece: Span) -> Iterator[tree.Statement]:
        score = self._read(piece, "score")
        if score is not None:
            yield from score.statements
            return
        slip = self.slips[-1]
        self.unread |= defined_names(self.code[slice(*piece)])
        if self.code.startswith("section", piece.start) or slip.code == "STO105":
            self.unread |= labels(self.code[slice(*piece)])
        if slip.code == "STO105" or "outside every section" in slip.message:
            yield from self._earlier(Span(piece.start, slip.span.start))

    def _section(self, piece: Span, parts: frozenset[str]) -> Iterator[tree.Statement]:
        found = section_pieces(self.code, piece, parts)
        if found is None:
            yield from self._statements(piece)
            return
        head = self._read(found.head, "section_head")
        body = [self._item(item, parts) for item in found.items]
        if found.closing is None:
            self._unclosed_section(piece, found.head)
        if head is None:
            self.unread |= defined_names(self.code[slice(*found.head)]) | labels(self.code[slice(*piece)])
        else:
            yield filled(head, [item for item in body if item is not None], piece.end)

    def _item(self, piece: Span, parts: frozenset[str]) -> tree.Line | tree.Change | None:
        """A line or a change of a section; None where it cannot be read."""
        code = self.code[slice(*piece)]
        item = None
        label = re.match(rf"\s*({PITCH_NAME})[ \t]*:", code)
        if len(self.slips) < MOST_PROBLEMS and not (label and label[1] in parts):  # its part told already
            item = self._read(piece, "body_item", inside=True)
        if item is None:
            self.unread |= labels(code)
        return item

    def _unclosed_section(self, piece: Span, head: Span) -> None:
        end = piece.start + len(self.code[slice(*piece)].rstrip())
        opening = Span(head.end - 1, head.end)
        name = " ".join(self.code[slice(*head)].split()[:2])
        hint = "put `}` on a line of its own after its last line"
        related = (Related(opening, "opened here"),)
        fix = Fix(Span(end, end), "\n}")
        self.slips.append(Slip("STO102", Span(end - 1, end), f"`{name}` is not closed", hint, fix, related))

    def _read(self, piece: Span, start: str, inside: bool = False) -> Any:
        """The node of a piece, or None; then the last slip tells why."""
        try:
            if "@chain" in self.code[slice(*piece)]:
                check_chains(self.code, piece)
            return self.read(self.text, piece, start)
        except Slip as slip:
            is_slur = slip.code == "STO102" and slip.fix is None
            self.slips.append((is_slur and _of_arguments(self.code, slip.span.start)) or slip)
        except Stop as stop:
            in_body = inside and ("$END" in stop.accepts or not stop.accepts)
            accepts = stop.accepts - {"$END"} | {"LABEL", "RBRACE"} if in_body else stop.accepts
            self.slips.append(explain(Trouble(self.text, self.code, piece, stop.at, accepts, inside)))
        return None

    def _earlier(self, piece: Span) -> tuple[tree.Statement, ...]:
        """Statements before a line that is no statement at all."""
        try:
            score: tree.Score = self.read(self.text, piece, "score")
        except (Slip, Stop):
            return ()
        return score.statements


def _of_arguments(code: str, opening: int) -> Slip | None:
    """`pulse(every: 1/8)`, whose bracket was taken for a slur."""
    return misplaced_arguments(code, opening) if NAMED_ARGUMENT.match(code, opening) else None
