"""What the grammar lets pass and no score may have: told while the tree is built."""

from __future__ import annotations

import re
from collections.abc import Sequence as Many
from itertools import pairwise

from stochos import tree
from stochos.diagnostics import Fix, nearest
from stochos.parse.slip import Slip
from stochos.parse.words import Token, at
from stochos.source import Span

_PITCH = re.compile(r"[A-G](?:##?|bb?)?-?[0-9]+")


def check_slurs(items: Many[tree.Item]) -> None:
    """Every slur that opens in a voice closes in it."""
    slurs = [item for item in items if isinstance(item, tree.Slur)]
    opened: list[tree.Slur] = []
    for slur in slurs:
        if slur.opens:
            opened.append(slur)
        elif opened:
            opened.pop()
        else:
            raise Slip("STO103", slur.span, "this `)` ends a slur that never began", "put `(` before its first note")
    if opened:
        begun = opened[-1].span
        raise Slip(
            "STO102",
            begun,
            "the slur that begins here never ends",
            "put `)` after its last note; a slur stays within one voice of one line",
        )


def check_extents(items: Many[tree.Item]) -> None:
    """`@pulse(every: 1/8) fil`: a misspelt `fill` would be a percussion name."""
    for generator, item in pairwise(items):
        if isinstance(generator, tree.Passage) and isinstance(item, tree.Note):
            name = "".join(item.pitches)
            if generator.extent and name[:1].islower():
                check_asked(generator, item, name)
            is_hit = generator.extent is None and name[:1].islower() and item.span.end - item.span.start == len(name)
            if is_hit and isinstance(generator.what, tree.Call) and nearest(name, ("fill",)):
                fix = Fix(item.span, "fill")
                raise Slip("STO101", fix.span, f"unknown word `{name}`", "did you mean `fill`?", fix)


def check_asked(generator: tree.Passage, item: tree.Note, name: str) -> None:
    """`@pulse(every: 1/8) fill ends_on D4`: a constraint would be a percussion name."""
    from stochos.process.constraint import CONSTRAINTS  # few generators stand before one

    if name in CONSTRAINTS:
        sign = ", " if generator.until else " until "
        fix = Fix(Span(generator.span.end, item.span.start), sign)
        message = f"`{sign.strip()}` is missing before `{name}`"
        raise Slip("STO107", item.span, message, f"write `{sign.strip()} {name} …`", fix)


def name_of(token: Token) -> str:
    """What a part or a binding is called; Slip where that is a pitch."""
    if _PITCH.fullmatch(token.value):
        hint = f"choose another name: `{token.value}` reads as a note"
        raise Slip("STO108", at(token), f"`{token.value}` is a pitch and cannot be a name", hint)
    return token.value


def check_worded(label: Token, name: str, item: tree.Item) -> None:
    """`kick:q` among notes, where a note looks like the name of a part."""
    if isinstance(item, tree.Note) and item.kind == "note" and item.span.end - item.span.start <= len("sixteenth"):
        from stochos.parse.note_slips import worded  # few lines begin so

        if slip := worded(Span(label.start_pos, item.span.end), name, item.pitches[0]):
            raise slip
