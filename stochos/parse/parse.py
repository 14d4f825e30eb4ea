"""From text to tree: what was written, or everything that is wrong with how it is written.

A score without mistakes is read in one go; `recovery` reads a faulty one in pieces.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from lark import Lark, TextSlice
from lark import __version__ as lark_version
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.grammar import Rule
from lark.lexer import LexerState, LineCounter, TerminalDef

from stochos import tree
from stochos.diagnostics import Diagnostic, SourceError
from stochos.parse.builder import BUILDER
from stochos.parse.slip import Slip, Stop
from stochos.shipped import shipped
from stochos.source import Source, Span

DEEPEST = 64  # brackets within brackets

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
        if "@chain" in text:
            _check_chains(text)
    except (Slip, UnexpectedInput):
        from stochos.parse.recovery import recovered  # a sound score needs nothing of it

        score, slips = recovered(text, _parsed)
        return score, tuple(slip.diagnostic(source) for slip in slips)
    if not score.statements:
        hint = "`stochos new` writes a score to start from"
        return score, (Slip("STO110", Span(0, 0), "there is no music in this score", hint).diagnostic(source),)
    return score, ()


def _check_limits(text: str) -> None:
    """A text that is no text, or too deep to be music."""
    if binary := _BINARY.search(text):
        raise Slip("STO106", Span(*binary.span()), "this is not a text file", "a score is plain text in UTF-8")
    if sum(map(text.count, "([{")) <= DEEPEST:
        return
    from stochos.parse.pieces import spoken  # as rarely

    code = spoken(text)
    brackets = _NO_BRACKETS.sub("", code)
    if not brackets.replace("()", "").replace("[]", "").replace("{}", "").strip(")]}"):
        return
    depths = accumulate(map(_STEP.__getitem__, brackets), lambda depth, step: max(0, depth + step))
    for deep, bracket in zip(depths, _BRACKET.finditer(code), strict=True):
        if deep > DEEPEST:
            hint = "bind the inner music with `let` and refer to it with `$name`"
            raise Slip("STO111", Span(*bracket.span()), f"more than {DEEPEST} brackets within one another", hint)


def _check_chains(text: str) -> None:
    """Rows of chains that the grammar read in another way than they look."""
    from stochos.parse.chains import check_chains  # few scores write one
    from stochos.parse.pieces import spoken

    check_chains(spoken(text), Span(0, len(text)))


@cache
def _grammar() -> Lark:
    """The parser: from the table beside the grammar, or worked out anew where the table is of another grammar."""
    text = _grammar_file("stoch.lark").read_text("utf-8")
    table = _grammar_file("stoch.json")
    if table.is_file():
        stored = json.loads(table.read_text("utf-8"))
        if stored["of"] == _fingerprint(text):
            return _stored(stored["data"], stored["memo"])
    return _worked_out(text)


def table() -> str:
    """The parser's table as it is stored beside the grammar, which saves working it out at every start."""
    text = _grammar_file("stoch.lark").read_text("utf-8")
    data, memo = _worked_out(text, None).memo_serialize([TerminalDef, Rule])
    return json.dumps({"of": _fingerprint(text), "data": data, "memo": memo}, separators=(",", ":")) + "\n"


def _grammar_file(name: str) -> Path:
    return shipped("grammar") / name


def _fingerprint(text: str) -> str:
    return f"lark {lark_version} {len(text)} {crc32(text.encode()):08x}"


def _worked_out(text: str, transformer: Any = BUILDER) -> Lark:
    options = {"parser": "lalr", "lexer": "contextual", "maybe_placeholders": False}
    return Lark(text, start=_STARTS, transformer=transformer, **options)


def _stored(data: dict[str, Any], memo: dict[str, Any]) -> Lark:
    """The parser of a stored table. JSON has only text for keys; the table's own are numbers."""
    table = data["parser"]["parser"]
    table["states"] = {int(state): _numbered(actions) for state, actions in table["states"].items()}
    table["tokens"] = _numbered(table["tokens"])
    return Lark._load_from_dict(data, _numbered(memo), transformer=BUILDER)  # type: ignore[no-any-return, no-untyped-call]


def _numbered(stored: dict[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in stored.items()}


def _parsed(text: str, piece: Span, start: str) -> Any:
    """The node of a stretch of the text, as a rule of the grammar reads it; Stop where it cannot be read on."""
    reader = _grammar().parse_interactive("", start=start)
    place = LineCounter("\n")  # type: ignore[no-untyped-call]
    place.char_pos = piece.start
    reader.lexer_thread.state = LexerState(TextSlice(text, *piece), place)
    try:
        return reader.resume_parse()  # type: ignore[no-untyped-call]
    except UnexpectedInput as wrong:
        is_end = isinstance(wrong, UnexpectedToken) and wrong.token.type == "$END"
        at = piece.end if is_end or wrong.pos_in_stream is None else wrong.pos_in_stream
        raise Stop(at, frozenset(wrong.interactive_parser.accepts())) from None  # type: ignore[no-untyped-call]
