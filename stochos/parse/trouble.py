"""A place where reading stopped, as the known slips look at it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stochos.diagnostics import Fix
from stochos.parse.pieces import CLOSES
from stochos.parse.slip import Slip
from stochos.source import Span

OPENS = {opening: closing for closing, opening in CLOSES.items()}
MUSIC = frozenset({"NOTE", "BAR"})  # the grammar takes notes here
LABEL = re.compile(r"[^\W\d]\w*[ \t]*:(?!\d)")
GERMAN = {"": "", "is": "#", "es": "b", "s": "b", "isis": "##", "eses": "bb"}

_WORD = re.compile(r"[^\W\d]\w*|\S")
_RUN = re.compile(r"\"[^\"\n]*\"?|[^\s|&(){}\[\],\"]+|\S")


@dataclass(frozen=True, slots=True)
class Trouble:
    """The place where reading stopped.

    text     the whole text
    code     the text without comments and the insides of quoted texts
    piece    the stretch that was read
    at       where it stopped; the end of the piece's code where that breaks off
    accepts  names of what the grammar would have taken
    inside   whether the piece belongs to a section's body
    """

    text: str
    code: str
    piece: Span
    at: int
    accepts: frozenset[str]
    inside: bool = False

    @property
    def is_end(self) -> bool:
        """Whether the piece breaks off."""
        return self.at >= self.piece.end

    @property
    def before(self) -> int:
        """Where the code before the trouble ends."""
        return self.piece.start + len(self.code[self.piece.start : self.at].rstrip())

    @property
    def last(self) -> str:
        """The run of signs directly before the trouble."""
        start = max(self.piece.start, self.before - 80)
        words = self.text[start : self.before].split()
        return words[-1] if words else ""

    @property
    def word(self) -> str:
        """The word or sign at the trouble."""
        return self.run(_WORD)

    def run(self, pattern: re.Pattern[str] = _RUN) -> str:
        """What stands at the trouble, or nothing."""
        found = pattern.match(self.text, self.at, self.piece.end)
        return found.group() if found else ""

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The pattern at the trouble."""
        return pattern.match(self.text, self.at, self.piece.end)

    def opened(self) -> list[tuple[str, int]]:
        """Brackets that are open at the trouble, outermost first."""
        stack: list[tuple[str, int]] = []
        for found in re.compile(r"[{}()\[\]]").finditer(self.code, self.piece.start, self.at):
            sign = found.group()
            if sign in OPENS:
                stack.append((sign, found.start()))
            elif stack and stack[-1][0] == CLOSES[sign]:
                stack.pop()
        return stack

    def here(self, length: int | None = None) -> Span:
        """The span of the trouble: `length` characters, or the run of signs."""
        if self.is_end:
            return Span(max(self.piece.start, self.before - 1), self.before)
        return Span(self.at, self.at + (len(self.run()) if length is None else length))


def quoted(text: str) -> str:
    """A piece of the score inside a message, cut where it is long."""
    text = text.split("\n", maxsplit=1)[0]
    shown = text if len(text) <= 24 else text[:23] + "…"
    return f"'{shown}'" if "`" in shown else f"`{shown}`"


def malformed(found: re.Match[str], message: str, text: str, code: str = "STO109") -> Slip:
    """A note with the text that was meant."""
    fix = Fix(Span(*found.span()), text)
    return Slip(code, fix.span, message, f"write `{text}`", fix)
