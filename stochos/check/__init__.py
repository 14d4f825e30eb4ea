"""From what was written to what was meant: names, types, ranges, bars and form."""

from stochos.check.score import check

__all__ = ["check"]
