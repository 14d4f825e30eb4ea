"""Diagnostics as a composer reads them: in full, a line each, or as JSON."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from stochos.cli.screen import Screen
from stochos.diagnostics import Diagnostic, Related
from stochos.source import Source, Span

_TAB = 4
_WHOLE_FILE = Span(0, 0)


def full(diagnostic: Diagnostic, screen: Screen) -> str:
    """A problem with its place, the line it stands in, carets, second places, and what to write."""
    numbers = [diagnostic.source.position(span.start)[0] for span in _shown_spans(diagnostic)]
    page = _Page(diagnostic.source, screen, len(str(max(numbers, default=0))) + 1)
    severity = "warning" if diagnostic.is_warning else "error"
    headline = f"warning: {diagnostic.message}" if diagnostic.is_warning else diagnostic.message
    place = f"   ({diagnostic.place})" if diagnostic.place else ""
    lines = [
        f"{screen.paint(diagnostic.code, severity)} {screen.paint(headline, 'strong')}",
        page.arrow(diagnostic.span) + place,
    ]
    if diagnostic.span != _WHOLE_FILE:
        lines += page.excerpt(diagnostic.span, diagnostic.label, severity)
    for related in sorted(diagnostic.related, key=lambda related: not page.same_line(related, diagnostic.span)):
        lines += _second_place(related, diagnostic.span, page)
    if diagnostic.hint:
        lines.append(f"{screen.paint('help:', 'help')} {diagnostic.hint}")
    return "\n".join(lines)


def concise(diagnostic: Diagnostic) -> str:
    """A problem on one line."""
    word = "warning: " if diagnostic.is_warning else ""
    place = f" ({diagnostic.place})" if diagnostic.place else ""
    return f"{_where(diagnostic.source, diagnostic.span)}: {diagnostic.code} {word}{diagnostic.message}{place}"


def as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """A problem for programs; lines and columns count from 1, ends are exclusive."""
    fix = diagnostic.fix
    return {
        "code": diagnostic.code,
        "severity": "warning" if diagnostic.is_warning else "error",
        "message": diagnostic.message,
        **_range(diagnostic.source, diagnostic.span),
        "place": diagnostic.place,
        "label": diagnostic.label,
        "hint": diagnostic.hint,
        "fix": {**_range(diagnostic.source, fix.span), "text": fix.text} if fix else None,
        "related": [
            {**_range(related.source or diagnostic.source, related.span), "message": related.message}
            for related in diagnostic.related
        ],
    }


def count(diagnostics: Iterable[Diagnostic]) -> str:
    """How many problems there are: "2 errors, 1 warning"."""
    kinds = [diagnostic.is_warning for diagnostic in diagnostics]
    counts = ((kinds.count(False), "error"), (kinds.count(True), "warning"))
    return ", ".join(f"{number} {word}{'' if number == 1 else 's'}" for number, word in counts if number)


def _range(source: Source, span: Span) -> dict[str, Any]:
    (line, column), (end_line, end_column) = source.position(span.start), source.position(max(span))
    return {"file": source.name, "line": line, "column": column, "end_line": end_line, "end_column": end_column}


def _where(source: Source, span: Span) -> str:
    if span == _WHOLE_FILE:
        return source.name
    line, column = source.position(span.start)
    return f"{source.name}:{line}:{column}"


def _shown_spans(diagnostic: Diagnostic) -> Iterator[Span]:
    if diagnostic.span != _WHOLE_FILE:
        yield diagnostic.span
    yield from (related.span for related in diagnostic.related if related.source in (None, diagnostic.source))


def _second_place(related: Related, first: Span, page: _Page) -> Iterator[str]:
    """A line of the same file with the remark beside it, or under it where the problem stands there too."""
    if related.source not in (None, page.source):
        other = replace(page, source=related.source)
        yield other.arrow(related.span)
        yield from other.excerpt(related.span, related.message, "place", "-")
    elif page.same_line(related, first):
        yield page.excerpt(related.span, related.message, "place", "-")[1]
    else:
        yield page.remark(related.span, related.message)


@dataclass(frozen=True, slots=True)
class _Page:
    """Lines of a source, as excerpts show them.

    margin  columns for line numbers
    """

    source: Source
    screen: Screen
    margin: int

    def same_line(self, related: Related, span: Span) -> bool:
        """Whether a second place stands in the line that is shown for the first."""
        lines = [self.source.position(start)[0] for start in (related.span.start, span.start)]
        return related.source in (None, self.source) and lines[0] == lines[1]

    def arrow(self, span: Span) -> str:
        """Where to look."""
        return f"{' ' * self.margin}{self.screen.paint('-->', 'faint')} {_where(self.source, span)}"

    def excerpt(self, span: Span, label: str, style: str, sign: str = "^") -> list[str]:
        """The line that a span starts in, and signs under it."""
        line, column = self.source.position(span.start)
        text = self.source.line(line)
        end = min(column - 1 + max(span.end - span.start, 1), max(len(text), column))
        shown, carets = _window(text, column - 1, end, self.screen.width - self.margin - 3)
        under = carets.replace("^", sign) + (f" {label}" if label else "")
        blank = len(under) - len(under.lstrip())
        painted = under[:blank] + self.screen.paint(under[blank:], style)
        return [self.gutter(str(line)) + shown, self.gutter("") + painted]

    def remark(self, span: Span, message: str) -> str:
        """The line that a span starts in, and a remark beside it."""
        line, column = self.source.position(span.start)
        room = max(self.screen.width - self.margin - len(message) - 6, 20)
        text, _ = _window(self.source.line(line), column - 1, column, room)
        return f"{self.gutter(str(line))}{text}   {self.screen.paint(message, 'place')}"

    def gutter(self, number: str) -> str:
        """What stands before a line."""
        return f"{number:>{self.margin}} {self.screen.paint('|', 'faint')} "


def _window(line: str, start: int, end: int, room: int) -> tuple[str, str]:
    """As much of a line around `start` as there is room for, and carets under it from `start` to `end`."""
    first = max(0, start - room) if len(line) > 4 * room else 0
    cells = list(_cells(line[first : first + 4 * room]))
    start, end = start - first, min(end - first, len(cells) + 1)
    before = sum(width for _, width in cells[:start])
    left = 0
    if first or sum(width for _, width in cells) > room:
        while left < start and before - sum(width for _, width in cells[:left]) > room // 2:
            left += 1
    right, used = left, 0
    while right < len(cells) and used + cells[right][1] <= room - 2:
        used += cells[right][1]
        right += 1
    head = "…" if first or left else ""
    tail = "…" if right < len(cells) or first + right < len(line) else ""
    shown = head + "".join(text for text, _ in cells[left:right]) + tail
    indent = len(head) + sum(width for _, width in cells[left:start])
    under = sum(width for _, width in cells[start : min(end, right)])
    return shown.rstrip(), " " * indent + "^" * max(under, 1)


def _cells(text: str) -> Iterator[tuple[str, int]]:
    """Each character as it is shown, and the columns that it takes; nothing that could steer a terminal."""
    column = 0
    for character in text:
        if character == "\t":
            width = _TAB - column % _TAB
            shown = " " * width
        elif unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            shown, width = "\ufffd", 1
        elif unicodedata.combining(character):
            shown, width = character, 0
        else:
            shown, width = character, 2 if unicodedata.east_asian_width(character) in "WF" else 1
        column += width
        yield shown, width
