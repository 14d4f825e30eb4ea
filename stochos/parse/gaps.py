"""What writers leave out, or put in the wrong place: signs, names, values."""

from __future__ import annotations

import re

from stochos.diagnostics import Fix, Related, nearest
from stochos.parse.expected import GAPS
from stochos.parse.pieces import CLOSES, HEADING, LINES, SETTINGS
from stochos.parse.slip import Slip
from stochos.parse.trouble import MUSIC, Trouble, quoted
from stochos.source import Span


def name_without_number(trouble: Trouble) -> Slip | None:
    """`section calm 8 {` and `section calm 8 measures {`."""
    if trouble.accepts != {"BARS"}:
        return None
    word = trouble.word
    span = Span(trouble.before, trouble.before)
    fix = Fix(trouble.here(len(word)), "bars") if word[:1].isalpha() and word not in SETTINGS else Fix(span, " bars")
    where = fix.span if fix.span != span else trouble.here()
    return Slip("STO107", where, f"`bars` is missing after {quoted(trouble.last)}", f"write `{trouble.last} bars`", fix)


def missing_sign(trouble: Trouble) -> Slip | None:
    """Exactly one sign could follow, or one sign is plainly left out."""
    for gap in GAPS:
        if gap.following is None:
            is_here = trouble.accepts == {gap.name}
        else:
            is_here = gap.name in trouble.accepts and trouble.match(gap.following) is not None
        if is_here:
            if gap.sign == "=" and (trouble.is_end or "\n" in trouble.text[trouble.before : trouble.at]):
                return None
            instead = None if trouble.is_end else trouble.match(gap.instead)
            end = trouble.before
            fix = Fix(Span(end, instead.end()), gap.inserted) if instead else Fix(Span(end, end), gap.inserted.rstrip())
            rest = trouble.run()[instead.end() - trouble.at :] if instead and gap.sign == ".." else ""
            hint = f"write {quoted(trouble.last + gap.inserted.rstrip() + rest)}"
            return Slip("STO107", trouble.here(), f"`{gap.sign}` is missing after {quoted(trouble.last)}", hint, fix)
    return None


def bars_without_number(trouble: Trouble) -> Slip | None:
    """`section calm bars {`."""
    if trouble.word not in ("bar", "bars") or not {"BODY_OPEN", "NUMBER"} <= trouble.accepts:
        return None
    return Slip("STO107", trouble.here(len(trouble.word)), "the number of bars is missing", f"write `8 {trouble.word}`")


def chain_without_brace(trouble: Trouble) -> Slip | None:
    """`@chain A3: B3`."""
    if trouble.last != "@chain":
        return None
    fix = Fix(Span(trouble.before, trouble.before), " {")
    return Slip("STO107", trouble.here(), "`{` is missing after `@chain`", "write `@chain { … }`", fix)


def row_of_chain(trouble: Trouble) -> Slip | None:
    """A row of a chain that is not closed, whose next state was taken for another row."""
    if not {"COLON", "STATE_NOTE"} <= trouble.accepts:
        return None
    message = f"a comma is missing before {quoted(trouble.last)}, or a colon after it"
    return Slip("STO107", trouble.here(), message, "a row of a chain is written like `C4: A3 0.6, E4 0.4`")


def label_without_colon(trouble: Trouble) -> Slip | None:
    """`flute C4 D4` as the first line of a section."""
    if "LABEL" not in trouble.accepts or MUSIC & trouble.accepts:
        return None
    if trouble.match(re.compile(r"[A-G](?:##?|bb?)?-?\d|[|<\[@$(]|r\b")):
        hint = f"begin the line with the part that plays it, as in `flute: {trouble.run()}`"
        return Slip("STO107", trouble.here(), "music stands before the name of any part", hint)
    found = trouble.match(re.compile(r"([^\W\d]\w*)(?=[ \t]+[|A-G@$<\[({])"))
    if not found:
        return None
    if meant := nearest(found[1], LINES):
        fix = Fix(Span(*found.span()), meant)
        return Slip("STO105", fix.span, f"unknown word `{found[1]}`", f"did you mean `{meant}`?", fix)
    fix = Fix(Span(found.end(), found.end()), ":")
    return Slip("STO107", Span(*found.span()), f"a colon is missing after `{found[1]}`", f"write `{found[1]}:`", fix)


def stray_comma(trouble: Trouble) -> Slip | None:
    """`C4, D4`, `[1, 2,]`."""
    at_comma = trouble.word == ","
    after_comma = trouble.text[trouble.before - 1 : trouble.before] == "," and (
        trouble.word in CLOSES or trouble.word == "{"
    )
    if not (at_comma or after_comma):
        return None
    at = trouble.at if at_comma else trouble.before - 1
    hint = "notes are separated by spaces" if MUSIC & trouble.accepts else "leave it out"
    joins = re.compile(r"\w,\w").match(trouble.text, at - 1) is not None
    return Slip("STO101", Span(at, at + 1), "stray comma", hint, Fix(Span(at, at + 1), " " if joins else ""))


def missing_comma(trouble: Trouble) -> Slip | None:
    """`[C4 D4]`, a list without its commas."""
    opened = trouble.opened()
    if "COMMA" not in trouble.accepts or not opened or opened[-1][0] != "[":
        return None
    if not trouble.match(re.compile(r"[\w\"$@{\[.-]")):
        return None
    fix = Fix(Span(trouble.before, trouble.before), ",")
    hint = f"write {quoted(trouble.last + ', ' + trouble.run())}"
    return Slip("STO107", trouble.here(), f"a comma is missing after {quoted(trouble.last)}", hint, fix)


def unnamed_argument(trouble: Trouble) -> Slip | None:
    """`@normal(60, 12)`, `@normal(mean=60)`, `@normal(mean 60)`."""
    if "ARGUMENT_NAME" not in trouble.accepts or trouble.is_end or trouble.word in CLOSES:
        return None
    opened = trouble.opened()
    start = trouble.code.rfind("@", trouble.piece.start, opened[-1][1]) if opened else -1
    call = trouble.text[start : opened[-1][1]] if start >= 0 else "@name"
    equals = trouble.match(re.compile(r"([^\W\d]\w*)\s*=\s*"))
    if equals:
        fix = Fix(Span(*equals.span()), f"{equals[1]}: ")
        return Slip(
            "STO107", Span(*equals.span()), "an argument has a colon after its name", f"write `{equals[1]}:`", fix
        )
    if word := trouble.match(re.compile(r"([a-z]\w*)(?=[ \t]+[\w\"$@{\[.-])")):
        fix = Fix(Span(word.end(), word.end()), ":")
        return Slip("STO107", Span(*word.span()), f"a colon is missing after `{word[1]}`", f"write `{word[1]}:`", fix)
    if trouble.word == ":":
        return Slip("STO107", trouble.here(1), "a name is missing before `:`")
    message = f"this argument of `{call}` has no name"
    hint = f"write `name: {trouble.run()}`, where the name says what it is for"
    return Slip("STO107", trouble.here(), message, hint)


_BOUND_NOTES = re.compile(r"\s*let\s+(\w+)\s*=[ \t]*((?:[A-G](?:##?|bb?)?-?\d|r\b|<|\(\s*[A-Gr<]|\{\s*\d+:\d+\s).*)")


def unbarred(trouble: Trouble) -> Slip | None:
    """`let sighs = C4:4 D4`."""
    found = _BOUND_NOTES.match(trouble.code, *trouble.piece)
    if not found or not found.start(2) <= trouble.at <= found.end(2):
        return None
    if trouble.opened() and found[2][0] not in "{(":
        return None
    notes, _, transforms = found[2].partition(">>")
    notes = notes.strip("| \t")
    text = f"{{ {notes} }} >> {transforms.strip()}" if transforms else f"| {notes} |"
    fix = Fix(Span(found.start(2), found.start(2) + len(found[2].rstrip())), text)
    message = "notes bound to a name stand between barlines"
    if transforms:
        message = "notes that are transformed stand in braces"
    return Slip("STO101", fix.span, message, f"write `let {found[1]} = {text}`", fix)


def open_notation(trouble: Trouble) -> Slip | None:
    """A backtick without its second."""
    if not {"BACKTICK", "AMPERSAND"} <= trouble.accepts:
        return None
    if not trouble.is_end and trouble.word not in (*CLOSES, ",", *HEADING, "for", "fill", ">>"):
        return None
    at = trouble.code.rfind("`", trouble.piece.start, trouble.at)
    related = (Related(Span(at, at + 1), "opened here"),)
    end = _end_of_notes(trouble.code, at + 1, trouble.before)
    message = "these notes between backticks are not closed"
    where = trouble.here() if end == trouble.before else Span(end - 1, end)
    return Slip("STO102", where, message, "put a backtick after the last", Fix(Span(end, end), "`"), related)


def _end_of_notes(code: str, start: int, end: int) -> int:
    """Where the first bracket closes that was opened before the notes."""
    depth = 0
    for found in re.compile(r"[()]").finditer(code, start, end):
        depth += 1 if found.group() == "(" else -1
        if depth < 0:
            return start + len(code[start : found.start()].rstrip())
    return end


def missing_value(trouble: Trouble) -> Slip | None:
    """`let t = 1 ->`."""
    if not {"NUMBER", "WORD"} <= trouble.accepts or (not trouble.is_end and trouble.word not in ",)]}|;"):
        return None
    return Slip("STO107", trouble.here(), f"a value is missing after {quoted(trouble.last)}")


def misspelt_word(trouble: Trouble) -> Slip | None:
    """A curve, or how long a passage lasts, nearly right."""
    kinds = {"CURVE": ("exp", "sine", "step"), "EXTENT_UNIT": ("bars", "beats", "notes"), "FILL": ("fill",)}
    for kind, words in kinds.items():
        if kind in trouble.accepts and trouble.word[:1].isalpha():
            meant = nearest(trouble.word, words)
            if meant:
                fix = Fix(trouble.here(len(trouble.word)), meant)
                return Slip("STO101", fix.span, f"unknown word `{trouble.word}`", f"did you mean `{meant}`?", fix)
    return None
