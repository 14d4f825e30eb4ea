"""A slip of the pen, and the stop that it makes reading come to."""

from __future__ import annotations

from dataclasses import dataclass

from stochos.diagnostics import Diagnostic, Fix, Related
from stochos.source import Source, Span


@dataclass(eq=False)
class Slip(Exception):
    """One syntax problem, before it is known which file it stands in. Fields as in `Diagnostic`."""

    code: str
    span: Span
    message: str
    hint: str | None = None
    fix: Fix | None = None
    related: tuple[Related, ...] = ()

    def diagnostic(self, source: Source) -> Diagnostic:
        """The slip as reported to the writer."""
        return Diagnostic(self.code, self.span, self.message, source, "", self.hint, self.related, fix=self.fix)


@dataclass(eq=False)
class Stop(Exception):
    """Reading cannot go on.

    at       where; the end of what was read where that breaks off
    accepts  the grammar's names of what could have stood there
    """

    at: int
    accepts: frozenset[str]
