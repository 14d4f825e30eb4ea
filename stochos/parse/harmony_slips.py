"""What writers get wrong in the chords of a section."""

from __future__ import annotations

import re

from stochos.diagnostics import Fix
from stochos.music.harmony import NO_CHORD
from stochos.parse.slip import Slip
from stochos.parse.trouble import Trouble, quoted
from stochos.source import Span
from stochos.tree import HARMONY

_LINE = re.compile(r"([^\W\d]\w*)(?=[ \t]+[|A-G@$<\[({])")
_SMALL = re.compile(r"([a-g])((?:##?|bb?)?(?![a-g])[^\s|:&{}*]*)")
_EXAMPLE = "chords are written by their symbols: `harmony | Dm:1 | A7:2 Bb/D |`"
_LATE_LENGTH = re.compile(r":[0-9]+\.*(?:\+[0-9]+\.*)*(?![\w:])")
_WORDED_LENGTH = re.compile(r"([A-Z][^\s|:&{}]*):([^\s|&{}]*)")


def homeless_harmony(trouble: Trouble) -> Slip | None:
    """`harmony | Dm:1 |` in the heading."""
    if trouble.word != HARMONY or trouble.inside or "SECTION" not in trouble.accepts or not _begins_line(trouble):
        return None
    hint = "put it into a section, above the lines of the parts: `section A 4 bars { harmony | Dm:1 | … }`"
    return Slip("STO101", trouble.here(len(HARMONY)), "harmony stands outside every section", hint)


def chord_slip(trouble: Trouble) -> Slip | None:
    """What cannot stand among chords: notes, generators, a length that stands alone."""
    if "CHORD_SYMBOL" not in trouble.accepts:
        return None
    if trouble.last in (HARMONY, f"{HARMONY}:") and (trouble.is_end or trouble.word == "}"):
        return Slip("STO107", trouble.here(), f"the chords are missing after `{HARMONY}`", _EXAMPLE)
    if trouble.is_end:
        return None
    if length := trouble.match(_LATE_LENGTH):
        fix = Fix(Span(trouble.before, trouble.at), "")
        hint = f"write `{trouble.last}{length.group()}`"
        return Slip("STO109", Span(*length.span()), "a length stands directly after its chord", hint, fix)
    if worded := trouble.match(_WORDED_LENGTH):
        hint = f"write `{worded[1]}:1` for a whole note, `{worded[1]}:2` for a half"
        return Slip("STO109", Span(*worded.span()), f"{quoted(worded.group())} has no length that can be read", hint)
    if _begins_line(trouble) and (found := trouble.match(_LINE)):
        name, fix = found[1], Fix(Span(found.end(), found.end()), ":")
        return Slip("STO107", Span(*found.span()), f"a colon is missing after `{name}`", f"write `{name}:`", fix)
    if found := trouble.match(_SMALL):
        fix = Fix(Span(trouble.at, trouble.at + 1), found[1].upper())
        hint = f"write `{fix.text}{found[2]}`"
        return Slip("STO109", Span(*found.span()), "the name of a chord begins with a capital letter", hint, fix)
    if trouble.word == "r":
        fix = Fix(trouble.here(1), NO_CHORD)
        return Slip("STO101", fix.span, "no rest stands among chords", f"write `{NO_CHORD}`: no chord", fix)
    if trouble.word == "=" and trouble.last == HARMONY:
        fix = Fix(Span(trouble.before, trouble.at + 1), "")
        return Slip("STO101", trouble.here(1), f"no `=` stands after `{HARMONY}`", "leave it out", fix)
    if trouble.word == "&":
        return Slip("STO101", trouble.here(1), "there is one chord at a time", "leave `&` out; a slash names the bass")
    return Slip("STO101", trouble.here(), f"{quoted(trouble.run())} is no chord", _EXAMPLE)


def _begins_line(trouble: Trouble) -> bool:
    before = trouble.code[trouble.piece.start : trouble.at]
    return not before.strip() or "\n" in trouble.text[trouble.before : trouble.at]
