"""Collecting what is wrong: one report for a whole run, each problem once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stochos.diagnostics import Diagnostic, Fix, Related
from stochos.source import Source, Span


class LimitReached(Exception):
    """A limit stops the check; its diagnostic is already in the report."""


class Report:
    """The problems found so far, and the musical place where the checker is."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        self._found: dict[tuple[str, Span, str], Diagnostic] = {(d.source.name, d.span, d.code): d for d in diagnostics}
        self.is_whole = all(d.is_warning for d in diagnostics)
        """Whether all of the text could be read: only then is it known what is never used."""
        self._place: tuple[str, ...] = ()
        self._bar: Callable[[], int | None] | None = None
        self._muted = 0
        self._use: tuple[Source, Span] | None = None

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything reported, in source order."""
        return tuple(sorted(self._found.values(), key=lambda d: (d.source.name, d.span, d.code)))

    @contextmanager
    def at(self, *place: str, bar: Callable[[], int | None] | None = None) -> Iterator[None]:
        """Within: problems are at `section calm`, `part cello`, and so on.

        bar  tells which of its bars is being read, if that is known
        """
        outer = self._place, self._bar
        self._place, self._bar = self._place + place, bar or self._bar
        try:
            yield
        finally:
            self._place, self._bar = outer

    @contextmanager
    def used(self, source: Source, span: Span) -> Iterator[None]:
        """Within: what is wrong elsewhere, in something bound, was met by its use here; the outermost counts."""
        outer = self._use
        self._use = outer or (source, span)
        try:
            yield
        finally:
            self._use = outer

    @contextmanager
    def muted(self) -> Iterator[None]:
        """Within: nothing is reported (it is checked elsewhere, once)."""
        self._muted += 1
        try:
            yield
        finally:
            self._muted -= 1

    def add(  # noqa: PLR0913 - the fields of a Diagnostic
        self, code: str, source: Source, span: Span, message: str, *,
        label: str = "", hint: str | None = None, related: tuple[Related, ...] = (), fix: Fix | None = None,
        bar: int | None = None,
    ) -> None:  # fmt: skip
        """Report a problem, unless the same one stands there already."""
        key = (source.name, span, code)
        if self._muted or key in self._found:
            return
        number = bar if bar is not None else self._bar() if self._bar else None
        where = () if number is None else ("pickup",) if number == 0 else (f"bar {number}",)
        place = ", ".join((*self._place, *where))
        related = self._with_use(source, span, related)
        self._found[key] = Diagnostic(code, span, message, source, label, hint, related, place, fix)

    def _with_use(self, source: Source, span: Span, related: tuple[Related, ...]) -> tuple[Related, ...]:
        """Other places that are to blame, and where what is wrong is used, if none of all these lies there."""
        if self._use is None:
            return related
        user, use = self._use
        told = [(source, span), *((r.source or source, r.span) for r in related)]
        if any(where is user and use.start <= at.start <= use.end for where, at in told):
            return related
        return (*related, Related(use, "used here", None if user is source else user))
