"""What writers get wrong round `until`: where it stands, the signs between constraints, how these take their value."""

from __future__ import annotations

import re

from stochos.diagnostics import Fix, nearest
from stochos.parse.slip import Slip
from stochos.parse.trouble import MUSIC, Trouble
from stochos.process.constraint import CONSTRAINTS
from stochos.source import Span

_ASKED = re.compile(rf"(?:([^\W\d]\w*|[&;+|])\s+)?\b({'|'.join(CONSTRAINTS)})\s*\Z")
_SIGN = re.compile(r"[:=(]\s*")
_VALUE = re.compile(r"([^\s,()]+)\s*\)?")
_CLAUSE = re.compile(r"\b(?:for|fill|until)\b")
_AND = ("and", "&", ";", "+", "|")


def lost_until(trouble: Trouble) -> Slip | None:
    """`@pulse(every: 1/8) until no_repeat 3`, `C4 until no_repeat 3`."""
    if trouble.word != "until" or not MUSIC & trouble.accepts:
        return None
    span = trouble.here(len("until"))
    if "FOR" in trouble.accepts:
        fix = Fix(Span(trouble.at, trouble.at), "fill ")
        return Slip("STO207", span, "how long it plays is said before `until`", "write `for 4 bars` or `fill`", fix)
    hint = "put it directly after how long a generator plays: `@pulse(every: 1/8) fill until no_repeat 3`"
    return Slip("STO101", span, "`until` says what is asked of a generator, and none stands before it", hint)


def sign_of_constraint(trouble: Trouble) -> Slip | None:
    """`until no_repeat: 3`, `until no_repeat(3)`."""
    sign = trouble.match(_SIGN)
    if not sign or trouble.last not in CONSTRAINTS:
        return None
    message = f"the value of `{trouble.last}` stands directly after it"
    value = _VALUE.match(trouble.code, sign.end())
    fix = Fix(Span(trouble.before, value.end()), f" {value[1]}") if value else None
    return Slip("STO101", trouble.here(1), message, f"write `{trouble.last} {value[1] if value else '…'}`", fix)


def loose_constraint(trouble: Trouble) -> Slip | None:
    """`until no_repeat 3 and max_leap 5st`, `fill no_repeat 3`, `fill unti no_repeat 3`."""
    begin = trouble.piece.start
    found = _ASKED.search(trouble.code, begin, trouble.before)
    if not found or not MUSIC & trouble.accepts:
        return None
    word, name = found[1] or "", Span(*found.span(2))
    if word != "until" and nearest(word, ("until",)):
        fix = Fix(Span(*found.span(1)), "until")
        return Slip("STO101", fix.span, f"unknown word `{word}`", "did you mean `until`?", fix)
    end = found.start(1) if word in _AND else name.start
    before = trouble.code[begin:end].rstrip()
    if (_CLAUSE.findall(before) or [""])[-1] != "until":
        fix = Fix(Span(name.start, name.start), "until ")
        return Slip("STO107", name, f"`until` is missing before `{found[2]}`", f"write `until {found[2]} …`", fix)
    fix = Fix(Span(begin + len(before), name.start), ", ")
    return Slip("STO107", name, f"a comma is missing before `{found[2]}`", f"write `, {found[2]} …`", fix)
