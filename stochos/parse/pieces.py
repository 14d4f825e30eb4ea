"""A faulty score cut into pieces that can be read one by one, so that one mistake does not hide or cause another.

Pieces are found by the look of the page (a heading word at the start of a line, a part's name with its colon), because
the grammar cannot be trusted where there is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from stochos.diagnostics import nearest
from stochos.source import Span

SETTINGS = ("title", "composer", "copyright", "tempo", "meter", "key", "seed", "pickup", "grid", "tuplets")
STRUCTURE = ("part", "let", "import", "section", "form", "expect")
HEADING = SETTINGS + STRUCTURE
CLAUSES = ("until",)  # words of the language that stand within a line
LINES = ("harmony",)  # words of the language that begin a line of a section
RESERVED = ("lock", "game")
PITCH_NAME = r"[A-G](?:##?|bb?)?-?\d+"
CLOSES = {")": "(", "]": "[", "}": "{"}

_BRACKETS = "()[]{}"
_UNSPOKEN = re.compile(r'//[^\n]*|"(?:[^"\\\n]|\\.)*"?')
_LANDMARK = re.compile(
    rf"[{{}}()\[\]]+|^[ \t]*(?:[^\W\d]\w*(?![\w:])(?![ \t]*:)|(?:{'|'.join(HEADING)})(?=[ \t]*:))"
    rf"|^[\d./]+(?=[ \t]+(?:{'|'.join(SETTINGS)})\b)",
    re.M,
)
_GOES_ON = re.compile(r"\s*(?:let|form)\b")  # over line ends, at the margin too
_WITHIN = frozenset({"in", "clef", "as"})
_DEFINITION = re.compile(r"(?:section|form|part|let)\s+[^\W\d]|import\s*\"")
_AFTER_SECTION = re.compile(r"\s*\n(?=[^\s}])(?!at\s+bar\b|[^\W\d]\w*[ \t]*:(?!\d))")
_PART = re.compile(r"^[ \t]*part\s+([^\W\d]\w*)", re.M)
_BODY_LANDMARK = re.compile(
    rf"[{{}}()\[\]]|(?:^|(?<=\{{))[ \t]*(?:at\s+bar\b|(?:{'|'.join(SETTINGS + LINES)})\b|([^\W\d]\w*)[ \t]*:(?!\d))"
    r"|(?<=[\s|}])([^\W\d]\w*)[ \t]*:(?!\d)",
    re.M,
)
_DEFINED = re.compile(
    r"(?:\b(?:part|let|section)[ \t:]+|\bimport\b[^\n]*?(?:\bas\b|=)[ \t]*"
    rf"|\A\s*(?!(?:{'|'.join(SETTINGS)})\b)(?:[^\W\d]\w*[ \t]+)?(?=\w+[ \t]*(?:[={{]|\d+[ \t]+bars?\b)))"
    r"([^\W\d]\w*)"
)
_LABELLED = re.compile(r"(?:^|[{}|)])[ \t]*([^\W\d]\w*)[ \t]*:(?!\d)", re.M)


@dataclass(frozen=True, slots=True)
class SectionPieces:
    """A section taken apart.

    head     from `section` to its `{`
    items    lines and changes, each up to the next
    closing  the section's own `}`, or None
    """

    head: Span
    items: tuple[Span, ...]
    closing: Span | None


def spoken(text: str) -> str:
    """The text with comments and the insides of quoted texts blanked; every character keeps its place."""

    def blank(found: re.Match[str]) -> str:
        words = found.group()
        if words == '""':
            return words
        return " " * len(words) if words[0] == "/" else '"' + " " * (len(words) - 2) + words[-1] * (len(words) > 1)

    return _UNSPOKEN.sub(blank, text)


def statements(code: str) -> Iterator[Span]:
    """Stretches of a score that begin with a heading word, or with what stands where one should.

    code  as from `spoken`
    """
    begun, depth = 0, 0
    for landmark in _LANDMARK.finditer(code):
        sign = landmark.group()
        start = begun
        if sign[0] in _BRACKETS:
            depth = max(0, depth + sum(map(sign.count, "([{")) - sum(map(sign.count, ")]}")))
            if depth == 0 and sign[-1] == "}" and code.startswith("section", begun):
                after = _AFTER_SECTION.match(code, landmark.end())
                start = after.end() if after else begun
        elif _begins_statement(code, landmark, depth, begun):
            start = landmark.end() - len(sign.lstrip())
            depth = 0
        if start > begun:
            if not code[begun:start].isspace():
                yield Span(begun, start)
            begun = start
    if code[begun:].strip():
        yield Span(begun, len(code))


def _begins_statement(code: str, landmark: re.Match[str], depth: int, piece: int) -> bool:
    word = landmark.group().lstrip()
    start = landmark.end() - len(word)
    if start == piece:
        return False
    if word in HEADING + LINES + RESERVED:
        return depth == 0 or _DEFINITION.match(code, start) is not None
    at_margin = depth == 0 and start == landmark.start()
    return at_margin and word not in _WITHIN and (not _GOES_ON.match(code, piece) or _is_misspelt(word))


@lru_cache(maxsize=1024)
def _is_misspelt(word: str) -> bool:
    return len(word) <= 12 and nearest(word, HEADING) is not None


def part_names(code: str) -> frozenset[str]:
    """Names that the heading gives to parts."""
    return frozenset(_PART.findall(code))


def defined_names(code: str) -> frozenset[str]:
    """Names that a stretch of a score defines, as far as can be seen."""
    return frozenset(_DEFINED.findall(code)) - set(HEADING)


def labels(code: str) -> frozenset[str]:
    """Names of the parts whose lines stand in a stretch of a section, as far as can be seen."""
    return frozenset(_LABELLED.findall(code))


def section_pieces(code: str, span: Span, parts: frozenset[str]) -> SectionPieces | None:
    """A section's heading, lines and end; None where it has no `{`.

    parts  names of parts: these begin a line even where a bracket before them is still open
    """
    opening = code.find("{", *span)
    if opening < 0:
        return None
    end = span.start + len(code[span.start : span.end].rstrip())
    starts = _body_starts(code, Span(opening + 1, end), parts)
    bounds = [opening + 1, *starts, end]
    items = [Span(*bound) for bound in pairwise(bounds) if code[slice(*bound)].strip()]
    closing = None
    if code[end - 1] == "}" and _is_closing(code, opening, items, end):
        closing = Span(end - 1, end)
        last = items.pop()
        if code[last.start : end - 1].strip():
            items.append(Span(last.start, end - 1))
    return SectionPieces(Span(span.start, opening + 1), tuple(items), closing)


def _body_starts(code: str, body: Span, parts: frozenset[str]) -> list[int]:
    starts = []
    depth = 0
    for landmark in _BODY_LANDMARK.finditer(code, *body):
        sign = landmark.group()
        name = landmark[1]
        if sign in "{([":
            depth += 1
        elif sign in CLOSES:
            depth = max(0, depth - 1)
        elif landmark[2]:  # several parts on one line of text
            if depth == 0 and landmark[2] in parts:
                starts.append(landmark.start())
        elif depth == 0 or (name in parts and not _continues(code, landmark.start())):
            starts.append(landmark.end() - len(sign.lstrip()))
            depth = 0
    return starts


def _continues(code: str, offset: int) -> bool:
    """Whether what stands before is plainly not finished, so that `name:` is an argument or a weight."""
    return code[max(0, offset - 200) : offset].rstrip()[-1:] == "("


def _is_closing(code: str, opening: int, items: list[Span], end: int) -> bool:
    """Whether the `}` at the end of a section is the section's own."""
    alone = code[code.rfind("\n", 0, end) + 1 : end].strip() == "}"
    last = items[-1]
    balance = code.count("{", *last) - code.count("}", *last)
    return balance < 0 or alone or code.count("{", opening, end) == code.count("}", opening, end)
