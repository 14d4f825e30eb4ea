"""Screens: what a stream can show, and writing to it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

_STYLES = {"error": "1;31", "warning": "1;33", "help": "1;32", "place": "36", "faint": "2", "strong": "1"}
_PLAIN_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Screen:
    """What a stream can show.

    colour    ANSI colours: a terminal, unless NO_COLOR says otherwise
    unicode   more than ASCII
    width     columns
    """

    stream: TextIO
    colour: bool
    unicode: bool
    width: int = _PLAIN_WIDTH

    def paint(self, text: str, style: str) -> str:
        """The text in a style, where there are colours."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour and text else text

    def say(self, text: str) -> None:
        """Write lines."""
        self.write(text + "\n")

    def write(self, text: str) -> None:
        """Write text as it is; end quietly where who read it has left."""
        try:
            self.stream.write(text)
            self.stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())
            raise SystemExit(0) from None


def results() -> Screen:
    """Standard output: what was asked for."""
    return _screen(sys.stdout)


def messages() -> Screen:
    """Standard error: problems, and how the work goes."""
    return _screen(sys.stderr)


@contextmanager
def busy(doing: str) -> Iterator[None]:
    """Say on a terminal what is being done, for as long as it takes; elsewhere nothing."""
    screen = messages()
    if not screen.colour:
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(doing):
        yield


@contextmanager
def counting(doing: str) -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how far the work is, how fast it goes and how long it takes yet; elsewhere nothing.

    Yields what is to be told how much is done, and of how much.
    """
    screen = messages()
    if not screen.colour:
        yield lambda _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.finished_speed or task.speed or 0.0:.0f}/s")

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeLeft()
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(doing, total=None)
        yield lambda done, of: shown.update(task, completed=done, total=of)


def _screen(stream: TextIO) -> Screen:
    is_terminal = stream.isatty()
    colour = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size().columns if is_terminal else _PLAIN_WIDTH
    return Screen(stream, colour, (stream.encoding or "").lower().startswith("utf"), max(width, 40))
