"""What was typed: a score's text and places in it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of a source: characters `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Source:
    r"""The text of one file, with its name as the user gave it.

    name  shown in messages: a path, or `<stdin>`
    text  the whole text, newlines as `\n`
    path  where imports are looked up from; None for standard input
    """

    name: str
    text: str
    path: Path | None = None
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0]
        starts.extend(i + 1 for i, character in enumerate(self.text) if character == "\n")
        object.__setattr__(self, "_starts", tuple(starts))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both counted from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), without its line end."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end]
