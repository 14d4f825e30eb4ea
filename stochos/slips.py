"""What writers get wrong in the text itself, in musical words."""

from __future__ import annotations

from stochos.diagnostics import Diagnostic, Fix, Related
from stochos.source import Source, Span


class Slip(Exception):  # noqa: N818  (a slip of the pen, not an error of ours)
    """One syntax problem, before it is known which file it stands in. Fields as in `Diagnostic`."""

    def __init__(
        self,
        code: str,
        span: Span,
        message: str,
        hint: str | None = None,
        fix: Fix | None = None,
        related: tuple[Related, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code, self.span, self.message, self.hint, self.fix, self.related = code, span, message, hint, fix, related

    def diagnostic(self, source: Source) -> Diagnostic:
        """The slip as reported to the writer."""
        return Diagnostic(self.code, self.span, self.message, source, "", self.hint, self.related, fix=self.fix)
