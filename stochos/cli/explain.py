"""Explanations: what `docs/diagnostics.md` says of a code."""

from __future__ import annotations

import re

from stochos.diagnostics import CODES, nearest
from stochos.shipped import shipped

_HEADING = re.compile(r"^## +(STO\d+)\b.*$", re.MULTILINE)


def explanation(code: str) -> str | None:
    """The entry of a code, as Markdown, or None where there is no such code."""
    wanted = code.strip().upper()
    wanted = f"STO{wanted}" if wanted.isdecimal() else wanted
    if wanted not in CODES:
        return None
    return entries().get(wanted, f"## {wanted} {CODES[wanted].title}")


def entries() -> dict[str, str]:
    """Every entry of the documentation, by code."""
    page = shipped("docs") / "diagnostics.md"
    text = page.read_text("utf-8") if page.is_file() else ""
    found = list(_HEADING.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)]
    return {
        match[1]: re.split(r"^# ", text[match.start() : end], maxsplit=1, flags=re.MULTILINE)[0].strip()
        for match, end in zip(found, ends, strict=True)
    }


def guess(code: str) -> str | None:
    """The code that was most likely meant."""
    return nearest(code, CODES)
