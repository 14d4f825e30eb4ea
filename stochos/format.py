"""Canonical text: the same score with its lines, columns and spaces in order.

The formatter goes from word to word as the grammar took them, so that it can change neither the music nor a comment;
it decides only what white space stands before each word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from stochos.parse import Lexeme, lexemes, parse
from stochos.source import Source

_STATEMENTS = frozenset({
    "TEXT_WORD", "VALUE_WORD", "SEED", "KEY", "TUPLETS", "TEMPO", "PART", "LET", "IMPORT", "SECTION", "FORM", "EXPECT",
})  # fmt: skip
_LABELS = frozenset({"LABEL", "HARMONY"})  # what music follows in a section
_ITEMS = _LABELS | {"AT_BAR"}
_STATES = frozenset({"PITCH", "STATE_NOTE", "WORD", "NUMBER", "NOTE_VALUE"})
_OPENING = {
    "BODY_OPEN": "body", "CHAIN_OPEN": "chain", "CALL_OPEN": "values", "TRANSFORM_OPEN": "values",
    "MEASURE_OPEN": "values", "BRACKET_OPEN": "values",
    "LBRACKET": "values", "VALUE_BRACE": "values", "WEIGHTS_OPEN": "values", "GROUP_OPEN": "group",
    "TUPLET_OPEN": "tuplet",
}  # fmt: skip
_CLOSING = frozenset({"RPAREN", "RBRACKET", "RBRACE"})
_MUSIC = frozenset({"line", "group", "tuplet"})
_LISTED = frozenset({"body", "chain"})  # each item on a line of its own
_GLUED_BEFORE = frozenset({"COMMA", "COLON", "DOTS", "TIMES", "RPAREN", "RBRACKET", "SLUR_CLOSE"})
_GLUED_AFTER = frozenset(
    {"DOTS", "SLUR_OPEN", "CALL_OPEN", "TRANSFORM_OPEN", "MEASURE_OPEN", "LBRACKET", "VALUE_BRACE", "WEIGHTS_OPEN",
     "NOT", "BRACKET_OPEN"}
)
_NEVER_FIRST = _GLUED_BEFORE | frozenset(
    {"FOR", "FILL", "EXTENT_UNIT", "IN", "ATTEMPTS", "NUMBER", "TRANSFORM", "TRANSFORM_OPEN"}
)
_NEVER_LAST = _LABELS | {"SLUR_OPEN"} | frozenset(_OPENING)
_MAY_BE_FIRST = frozenset({"PIPE", "OR", "XOR", "AND", "WITHOUT"})
_WIDEST = 24  # columns that a comment is moved to stand under another


def format_score(source: Source) -> str:
    """The score in canonical form: same tree, same comments. SourceError where it cannot be read."""
    parse(source)
    words = list(lexemes(source))
    page = _Page(_music_columns(words) | _equals_columns(words, source.text))
    end = 0
    for word in words:
        page.put(word, _gap(source.text[end : word.span.start], first=end == 0))
        end = word.span.end
    page.comments(_gap(source.text[end:]), 0, apart=True)
    return "\n".join(laid_out((line.code, line.comment) for line in page.lines)) + "\n"


# --- before the page --------------------------------------------------------------------------


def _music_columns(words: list[Lexeme]) -> dict[int, int]:
    """By the place of each label: where the music of its section begins."""
    columns = {}
    section = 0
    labels: list[tuple[int, Lexeme]] = []
    for word in words:
        section += word.kind == "SECTION"
        if word.kind in _LABELS:
            labels.append((section, word))
    for _, group in groupby(labels, lambda label: label[0]):
        lines = [label for _, label in group]
        widest = max(len(_spelt(label)) for label in lines)
        columns.update({label.span.start: 2 + widest + 1 for label in lines})
    return columns


def _equals_columns(words: list[Lexeme], text: str) -> dict[int, int]:
    """By the place of each `=`: where it stands, in line with the parts or names directly above and below."""
    columns = {}
    block: list[tuple[Lexeme, Lexeme]] = []
    above, end = "", 0
    for word, name, equals in zip(words, words[1:], words[2:], strict=False):
        if word.kind in _STATEMENTS:
            if word.kind != above or re.search(r"\n\s*\n", text[end : word.span.start]):
                block = []
            above = word.kind
            if word.kind in ("PART", "LET"):
                block.append((name, equals))
                widest = max(len(name.text) for name, _ in block)
                columns.update({equals.span.start: len(word.text) + 1 + widest + 1 for _, equals in block})
        end = word.span.end
    return columns


_GAPS_WITHIN = re.compile(r"\s+")
_BARS = re.compile(r"\[\s*(bars?)\s+(\d+)(?:\s*(\.\.)\s*(\d+))?\s*\]")


def _closed_up(text: str) -> str:
    return _GAPS_WITHIN.sub("", text)


def _bracketed(text: str) -> str:
    """`< C4  E4 >:2` as `<C4 E4>:2`, `[ C4 | E4 ]` as `[C4|E4]`."""
    if text[0] not in "<[":
        return text
    inside, closing, suffix = re.split(r"([>\]])", text[1:], maxsplit=1)
    joint = " " if closing == ">" else "|"
    return text[0] + joint.join(re.split(r"[\s|]+", inside.strip())) + closing + suffix


def _asked(text: str) -> str:
    """`$tune[ bars 5 .. 8 ]` as `$tune[bars 5..8]`."""
    return _BARS.sub(lambda found: f"[{found[1]} {found[2]}{found[3] or ''}{found[4] or ''}]", text)


_SPELLING: dict[str, Callable[[str], str]] = {
    "NOTE": _bracketed, "LABEL": _closed_up, "ARGUMENT_NAME": _closed_up, "TUPLET_OPEN": _closed_up,
    "BAR_REST": _closed_up, "TIMES": _closed_up, "FORM_ENTRY": _closed_up, "AT_BAR": lambda _: "at bar",
    "CHAIN_OPEN": lambda _: "@chain {", "HARMONY": lambda _: "harmony", "REFERENCE": _asked,
}  # fmt: skip


def _spelt(word: Lexeme) -> str:
    spelling = _SPELLING.get(word.kind)
    return spelling(word.text) if spelling else word.text


@dataclass(frozen=True, slots=True)
class _Gap:
    """What stands between two words.

    trailing  a comment behind the first word, or ""
    comments  comments on lines of their own, each with whether a blank line precedes it
    broken    whether the second word begins a line
    blank     whether a blank line precedes the second word
    """

    trailing: str = ""
    comments: tuple[tuple[bool, str], ...] = ()
    broken: bool = False
    blank: bool = False


def _gap(text: str, first: bool = False) -> _Gap:
    """What a stretch of white space and comments means; `first` where no word precedes it."""
    trailing = ""
    comments = []
    end = 0
    for found in re.finditer(r"//[^\n]*", text):
        newlines = text.count("\n", end, found.start())
        comment = found.group().rstrip()
        if end == newlines == 0 and not first:
            trailing = comment
        else:
            comments.append((newlines > 1, comment))
        end = found.end()
    newlines = text.count("\n", end)
    return _Gap(trailing, tuple(comments), newlines > 0, newlines > 1)


# --- the page ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Line:
    """A line of the page: its code and the comment behind it."""

    code: str
    comment: str = ""


@dataclass(slots=True)
class _Frame:
    """A stretch of the page with one way of breaking lines.

    kind    top, plain (a statement), form, line (of music), backtick, or a kind of `_OPENING`
    indent  column of lines that go on in it
    base    column of its closing sign, where that stands on a line of its own
    state   in a chain, what was last: "" (nothing), "head", "colon", "target"
    """

    kind: str
    indent: int
    base: int = 0
    state: str = ""


@dataclass
class _Page:
    """The lines written so far.

    columns  where a word has to stand, by its place in the source
    """

    columns: dict[int, int]
    lines: list[_Line] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=lambda: [_Frame("top", 0)])
    last: str = ""
    fresh: bool = True  # nothing stands in this frame yet

    def put(self, word: Lexeme, gap: _Gap) -> None:
        """Write a word, after the comments that stand before it."""
        if self._ends_frame(word):
            self.frames.pop()
        frame = self.frames[-1]
        closes = word.kind in _CLOSING and frame.kind in _LISTED
        begins = self._begins_item(word, frame)
        apart = frame.kind in ("top", "body")
        self.comments(gap, frame.indent, apart)
        if begins or closes or gap.trailing or gap.comments or self._keeps_line_end(word, gap):
            self._new_line(frame.base if closes else frame.indent, gap.blank and apart and begins)
        elif not self._is_glued(word):
            self.lines[-1].code += " "
        self._write(word)
        self._follow(word)
        self.last = word.kind

    def comments(self, gap: _Gap, indent: int, apart: bool) -> None:
        """Write the comments of a gap; `apart` where blank lines between them stay."""
        if gap.trailing:
            self.lines[-1].comment = gap.trailing
        for blank, comment in gap.comments:
            self._new_line(indent, blank and apart)
            self.lines[-1].code += comment
            self.fresh = False

    # --- what stands before a word ---

    def _ends_frame(self, word: Lexeme) -> bool:
        """Whether a statement or line without brackets is over."""
        if self.frames[-1].kind not in ("plain", "form", "line"):
            return False
        if self.frames[-2].kind == "body":
            return word.kind in _ITEMS or word.kind == "RBRACE"
        return word.kind in _STATEMENTS and self.last != "COMMA"

    def _begins_item(self, word: Lexeme, frame: _Frame) -> bool:
        """Whether a statement, a line of a section or a row of a chain begins here."""
        if frame.kind == "chain":
            return word.kind in _STATES and frame.state in ("", "target")
        return (frame.kind == "top" and word.kind in _STATEMENTS) or (frame.kind == "body" and word.kind in _ITEMS)

    def _keeps_line_end(self, word: Lexeme, gap: _Gap) -> bool:
        """Whether the writer's own line end stays."""
        kind = self.frames[-1].kind
        if not gap.broken or word.kind in _CLOSING or self.last in _NEVER_LAST:
            return False
        if kind in _MUSIC:
            return word.kind not in _NEVER_FIRST and self.last not in ("PIPE", "FOR", "UNTIL", "CONSTRAINT")
        if kind == "form":
            return self.last != "FORM"
        return (kind == "values" and self.last == "COMMA") or (kind == "plain" and word.kind in _MAY_BE_FIRST)

    def _is_glued(self, word: Lexeme) -> bool:
        frame = self.frames[-1]
        if frame.kind == "backtick" and (self.last == "BACKTICK" or word.kind == "BACKTICK"):
            return True
        if word.kind == "RBRACE":
            return frame.kind in ("values", "tuplet")
        return word.kind in _GLUED_BEFORE or self.last in _GLUED_AFTER

    # --- writing ---

    def _new_line(self, indent: int, blank: bool) -> None:
        if blank and not self.fresh:
            self.lines.append(_Line(""))
        self.lines.append(_Line(" " * indent))

    def _write(self, word: Lexeme) -> None:
        line = self.lines[-1]
        if self.last in _LABELS and self.frames[-1].kind == "line":
            line.code = line.code.ljust(self.frames[-1].indent)
        elif word.kind == "EQUALS":
            line.code = line.code.ljust(self.columns.get(word.span.start, 0))
        line.code += _spelt(word)
        self.fresh = False

    def _follow(self, word: Lexeme) -> None:
        """Open or close the frame that a word opens or closes."""
        frame = self.frames[-1]
        code = self.lines[-1].code
        margin = len(code) - len(code.lstrip())
        if word.kind in _OPENING:
            self._open(_OPENING[word.kind], len(code), margin)
        elif word.kind in _CLOSING or (word.kind == "BACKTICK" and frame.kind == "backtick"):
            self.frames.pop()
        elif word.kind == "BACKTICK":
            self.frames.append(_Frame("backtick", len(code)))
        elif word.kind in _LABELS:
            self.frames.append(_Frame("line", self.columns[word.span.start]))
        elif word.kind == "BAR" and frame.kind == "plain":
            frame.kind, frame.indent = "line", len(code) - 1
        elif frame.kind == "chain":
            self._follow_chain(word, frame)
        elif frame.kind in ("top", "body"):
            kind = "form" if word.kind == "FORM" else "plain"
            self.frames.append(_Frame(kind, 5 if kind == "form" else margin + 4))

    def _open(self, kind: str, column: int, margin: int) -> None:
        indent = {"body": 2, "chain": margin + 4, "values": column}.get(kind, column + 1)
        self.frames.append(_Frame(kind, indent, margin))
        self.fresh = kind == "body"

    def _follow_chain(self, word: Lexeme, frame: _Frame) -> None:
        if word.kind in ("COLON", "COMMA"):
            frame.state = "colon"
        elif word.kind in _STATES:
            frame.state = {"": "head", "target": "head", "head": "head", "colon": "target"}[frame.state]


def laid_out(lines: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Lines of code and the comments behind them as text: those of neighbouring lines stand in one column."""
    for has_comment, group in groupby(lines, lambda line: bool(line[1])):
        block = list(group)
        widths = [len(code) for code, _ in block]
        widest = max(widths) if max(widths) - min(widths) <= _WIDEST else 0
        for code, comment in block:
            yield f"{code.ljust(widest)}  {comment}" if has_comment else code.rstrip()
