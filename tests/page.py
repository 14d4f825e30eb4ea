"""What a page must look like, worked out without the writer."""

from __future__ import annotations

from stochos.realization import Part


def staves_of(part: Part) -> int:
    """How many staves a part is written on."""
    return 2 if (part.clef or part.instrument.clef) == "grand" else 1
