"""From text to tree: what was written, or everything that is wrong with how it is written.

A score without mistakes is read in one go. Otherwise it is cut into pieces, each of which is read by itself and may
have one problem, so that a run reports many and none because of another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import accumulate
from typing import Any, NamedTuple

from lark import Lark, TextSlice
from lark import __version__ as lark_version
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.grammar import Rule
from lark.lexer import LexerState, LineCounter, TerminalDef

from stochos import tree
from stochos.builder import BUILDER, filled
from stochos.diagnostics import Diagnostic, Fix, Related, SourceError
from stochos.pieces import defined_names, part_names, section_pieces, spoken, statements
from stochos.source import Source, Span
from stochos.trouble import Slip, Trouble

DEEPEST = 64  # brackets within brackets
MOST_PROBLEMS = 100  # of one file; then reading stops

_STEP = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_NO_BRACKETS = re.compile(r"[^()\[\]{}]+")
_BRACKET = re.compile(r"[()\[\]{}]")
_BINARY = re.compile(r"[\x00\ufffd]")
_STARTS = ["score", "section_head", "body_item"]


def parse(source: Source) -> tree.Score:
    """The score as it is written; SourceError with every syntax problem of the file."""
    score, problems = parse_partial(source)
    if problems:
        raise SourceError(problems)
    return score


class Lexeme(NamedTuple):
    """A word of the text as the grammar took it.

    kind  the grammar's name for it
    text  as written
    span  where
    """

    kind: str
    text: str
    span: Span


def lexemes(source: Source) -> Iterator[Lexeme]:
    """The words of a score without mistakes, in order; comments stand between them."""
    for token in _grammar().parse_interactive(source.text, start="score").iter_parse():
        yield Lexeme(token.type, token.value, Span(token.start_pos or 0, token.end_pos or 0))


def parse_partial(source: Source) -> tuple[tree.Score, tuple[Diagnostic, ...]]:
    """What could be read of a score, and what is wrong with the rest."""
    text = source.text
    try:
        _check_limits(text)
    except Slip as slip:
        return tree.Score(()), (slip.diagnostic(source),)
    try:
        score: tree.Score = _grammar().parse(text, start="score")  # type: ignore[assignment]  # BUILDER makes it
    except (Slip, UnexpectedInput):
        score, slips = _Reading(text).score()
        return score, tuple(slip.diagnostic(source) for slip in slips)
    if not score.statements:
        hint = 'begin with `part flute = "Flute"`, then `section a 1 bar { flute: | C4:1 | }`'
        return score, (Slip("STO110", Span(0, 0), "the score is empty", hint).diagnostic(source),)
    return score, ()


def _check_limits(text: str) -> None:
    """A text that is no text, or too deep to be music."""
    if binary := _BINARY.search(text):
        raise Slip("STO106", Span(*binary.span()), "this is not a text file", "a score is plain text in UTF-8")
    if sum(map(text.count, "([{")) <= DEEPEST:
        return
    code = spoken(text)
    brackets = _NO_BRACKETS.sub("", code)
    if not brackets.replace("()", "").replace("[]", "").replace("{}", "").strip(")]}"):
        return
    depths = accumulate(map(_STEP.__getitem__, brackets), lambda depth, step: max(0, depth + step))
    for deep, bracket in zip(depths, _BRACKET.finditer(code), strict=True):
        if deep > DEEPEST:
            hint = "bind the inner music with `let` and refer to it with `$name`"
            raise Slip("STO111", Span(*bracket.span()), f"more than {DEEPEST} brackets within one another", hint)


@cache
def _grammar() -> Lark:
    """The parser: from the table beside the grammar, or worked out anew where the table is of another grammar."""
    text = _grammar_file("stoch.lark").read_text("utf-8")
    table = _grammar_file("stoch.json")
    if table.is_file():
        stored = json.loads(table.read_text("utf-8"), object_hook=_numbered)
        if stored["of"] == _fingerprint(text):
            return Lark._load_from_dict(stored["data"], stored["memo"], transformer=BUILDER)  # type: ignore[no-any-return, no-untyped-call]
    return _worked_out(text)


def table() -> str:
    """The parser's table as it is stored beside the grammar, which saves working it out at every start."""
    text = _grammar_file("stoch.lark").read_text("utf-8")
    data, memo = _worked_out(text, None).memo_serialize([TerminalDef, Rule])
    return json.dumps({"of": _fingerprint(text), "data": data, "memo": memo}, separators=(",", ":")) + "\n"


def _grammar_file(name: str) -> Traversable:
    return files("grammar").joinpath(name)


def _fingerprint(text: str) -> str:
    return f"lark {lark_version} {sha256(text.encode()).hexdigest()}"


def _worked_out(text: str, transformer: Any = BUILDER) -> Lark:
    options = {"parser": "lalr", "lexer": "contextual", "maybe_placeholders": False}
    return Lark(text, start=_STARTS, transformer=transformer, **options)


def _numbered(stored: dict[str, Any]) -> dict[str | int, Any]:
    """JSON has only text for keys; the table's own are numbers."""
    return {int(key) if key.isdigit() else key: value for key, value in stored.items()}


@dataclass
class _Reading:
    """One reading of a faulty score, piece by piece."""

    text: str
    code: str = ""
    slips: list[Slip] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def score(self) -> tuple[tree.Score, list[Slip]]:
        """Statements that could be read, and what is wrong with the others."""
        self.code = spoken(self.text)
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
        return tree.Score(tuple(read), span, frozenset(self.unread)), self.slips

    def _statements(self, piece: Span) -> Iterator[tree.Statement]:
        score = self._read(piece, "score")
        if score is not None:
            yield from score.statements
            return
        slip = self.slips[-1]
        self.unread |= defined_names(self.code[slice(*piece)])
        if slip.code == "STO105" or "outside every section" in slip.message:
            yield from self._earlier(Span(piece.start, slip.span.start))

    def _section(self, piece: Span, parts: frozenset[str]) -> Iterator[tree.Statement]:
        found = section_pieces(self.code, piece, parts)
        if found is None:
            yield from self._statements(piece)
            return
        head = self._read(found.head, "section_head")
        body = [self._read(item, "body_item", inside=True) for item in found.items[:MOST_PROBLEMS]]
        if found.closing is None:
            self._unclosed_section(piece, found.head)
        if head is None:
            self.unread |= defined_names(self.code[slice(*found.head)])
        else:
            yield filled(head, [item for item in body if item is not None], piece.end)

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
            return _parsed(self.text, piece, start)
        except Slip as slip:
            self.slips.append(slip)
        except UnexpectedInput as wrong:
            stop, accepts = _stopped(wrong, piece)
            if inside and "$END" in accepts:
                accepts = accepts - {"$END"} | {"LABEL", "RBRACE"}
            from stochos.slips import explain  # a sound score needs none of them

            self.slips.append(explain(Trouble(self.text, self.code, piece, stop, accepts, inside)))
        return None

    def _earlier(self, piece: Span) -> tuple[tree.Statement, ...]:
        """Statements before a line that is no statement at all."""
        try:
            score: tree.Score = _parsed(self.text, piece, "score")
        except (Slip, UnexpectedInput):
            return ()
        return score.statements


def _parsed(text: str, piece: Span, start: str) -> Any:
    """The node of a stretch of the text, as a rule of the grammar reads it."""
    reader = _grammar().parse_interactive("", start=start)
    place = LineCounter("\n")  # type: ignore[no-untyped-call]
    place.char_pos = piece.start
    reader.lexer_thread.state = LexerState(TextSlice(text, *piece), place)
    return reader.resume_parse()  # type: ignore[no-untyped-call]


def _stopped(wrong: UnexpectedInput, piece: Span) -> tuple[int, frozenset[str]]:
    """Where reading stopped, and what could have followed."""
    reader = wrong.interactive_parser
    is_end = isinstance(wrong, UnexpectedToken) and wrong.token.type == "$END"
    stop = piece.end if is_end or wrong.pos_in_stream is None else wrong.pos_in_stream
    return stop, frozenset(reader.accepts())  # type: ignore[no-untyped-call]
