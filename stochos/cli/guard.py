"""Guards: how the commands end when something is wrong."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum

import typer

from stochos.cli.screen import messages, results
from stochos.diagnostics import Diagnostic, SourceError

PROBLEMS, MISUSE, INTERRUPTED = 1, 2, 130


class OutputFormat(StrEnum):
    """How problems are written."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"


def tell(diagnostics: Iterable[Diagnostic], output_format: OutputFormat = OutputFormat.FULL) -> None:
    """Write problems: for readers to standard error, as JSON to standard output."""
    found = tuple(diagnostics)
    if not found and output_format is not OutputFormat.JSON:
        return
    from stochos.cli.diagnose import as_json, concise, full

    if output_format is OutputFormat.JSON:
        results().say(json.dumps([as_json(diagnostic) for diagnostic in found], indent=2, ensure_ascii=False))
        return
    screen = messages()
    for diagnostic in found:
        screen.say(full(diagnostic, screen) + "\n" if output_format is OutputFormat.FULL else concise(diagnostic))


def tell_count(diagnostics: Iterable[Diagnostic]) -> None:
    """Say how many problems there were, and where to read on."""
    from stochos.cli.diagnose import count

    found = list(diagnostics)
    code = next((diagnostic.code for diagnostic in found if not diagnostic.is_warning), found[0].code)
    messages().say(f"{count(found)}; `stochos explain {code}` says more")


@contextmanager
def guarded() -> Iterator[None]:
    """End a command as it should end: problems of the score with 1, wrong usage with 2."""
    from stochos.pipeline import NotInScore
    from stochos.rendering.files import CannotWrite

    try:
        yield
    except SourceError as error:
        tell(error.diagnostics)
        tell_count(error.diagnostics)
        raise typer.Exit(PROBLEMS) from None
    except NotInScore as missing:
        raise typer.BadParameter(str(missing)) from None
    except CannotWrite as refusal:
        messages().say(f"{messages().paint('stochos:', 'error')} {refusal}")
        raise typer.Exit(MISUSE) from None


def run(command: Callable[[], object]) -> None:
    """Run the command line, and leave no traceback behind."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        command()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        if os.environ.get("STOCHOS_TRACEBACK"):
            traceback.print_exc()
        else:
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            screen = messages()
            screen.say(f"{screen.paint('this is a bug in stochos', 'error')}: {reason}")
            screen.say(f"{screen.paint('help:', 'help')} set STOCHOS_TRACEBACK=1 to see where, and please report it")
        sys.exit(MISUSE)
