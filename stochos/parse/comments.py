"""Comments written as in other languages: each is reported once, and what stands round them is read."""

from __future__ import annotations

import re

from stochos.diagnostics import Fix
from stochos.parse.slip import Slip
from stochos.source import Span

_SIGN = re.compile(
    r'//[^\n]*|"(?:[^"\\\n]|\\.)*"?|(?P<block>/\*)'
    r"|(?<!\S)(?P<line>#+(?!\d)|--(?![\d>])|(?<!\d )%+(?=\s|\w)|%+(?=[ \t]+[^\W\d]))"
)
_HINT = "a comment begins with `//` and ends with its line"


def without_foreign_comments(text: str, most: int) -> tuple[str, list[Slip]]:
    """The text with such comments blanked, every other character in its place, and a slip for each, up to `most`."""
    if not any(sign in text for sign in ("#", "--", "%", "/*")):
        return text, []
    slips: list[Slip] = []
    kept: list[str] = []
    at, last_end = 0, text.rfind("*/")
    while len(slips) < most and (sign := _SIGN.search(text, at)):
        end = sign.end()
        if sign["block"] or sign["line"]:
            kept.append(text[at : sign.start()])
            line_end = text.find("\n", end)
            end = line_end if line_end >= 0 else len(text)
            if sign["block"] and sign.end() <= last_end:
                end = text.find("*/", sign.end()) + 2
            slips.append(_slip(text, sign, end))
            kept.append(re.sub(r"[^\n]", " ", text[sign.start() : end]))
        else:
            kept.append(text[at:end])
        at = end
    return "".join([*kept, text[at:]]), slips


def _slip(text: str, sign: re.Match[str], end: int) -> Slip:
    span = Span(*sign.span())
    fix = Fix(span, "//")
    if text.endswith("*/", span.end, end):
        lines = text[span.end : end - 2].rstrip().split("\n")
        goes_on = text[end : end + 200].split("\n", maxsplit=1)[0].strip()
        fix = Fix(Span(span.start, end), "//" + "\n//".join(lines) + ("\n" if goes_on else ""))
    return Slip("STO106", span, f"`{sign.group()}` does not begin a comment", _HINT, fix)
