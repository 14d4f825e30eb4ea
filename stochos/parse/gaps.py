"""What writers leave out, or put in the wrong place: signs, names, values."""

from __future__ import annotations

import re

from stochos.diagnostics import Fix, Related, nearest
from stochos.parse.expected import GAPS, phrase
from stochos.parse.pieces import CLOSES, HEADING, SETTINGS
from stochos.parse.slip import Slip
from stochos.parse.trouble import MUSIC, Trouble, quoted
from stochos.source import Span

EXAMPLES = {
    "title": 'title "Storm study"', "composer": 'composer "A. Nonymous"', "copyright": 'copyright "2024 A. Nonymous"',
    "tempo": "tempo 84` or `tempo 84 -> 140", "meter": "meter 4/4", "key": "key D minor", "seed": "seed 1958",
    "pickup": "pickup 1/4", "grid": "grid 1/16", "tuplets": "tuplets 3 5", "part": 'part flute = "Flute"',
    "let": "let sighs = | A4:4 G4 |", "import": 'import "motifs.stoch" as m', "section": "section calm 8 bars { … }",
    "form": "form calm storm calm'",
}  # fmt: skip


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
    """A row of a chain whose next state was taken for another row."""
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
    return Slip("STO101", Span(at, at + 1), "stray comma", hint, Fix(Span(at, at + 1), ""))


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


def missing_heading_value(trouble: Trouble) -> Slip | None:
    """A line of the heading that breaks off, or goes on with the wrong thing."""
    first = re.compile(r"\s*([^\W\d]\w*)").match(trouble.code, trouble.piece.start)
    if trouble.inside or not first or first[1] not in EXAMPLES or MUSIC & trouble.accepts or trouble.opened():
        return None
    if first[1] == "let" and "NAME" not in trouble.accepts:
        return None
    example = f"as in `{EXAMPLES[first[1]]}`"
    wanted = "`minor` or `major`" if first[1] == "key" and trouble.accepts == {"NAME"} else phrase(trouble.accepts)
    broken_off = trouble.is_end or trouble.word in HEADING or "\n" in trouble.text[trouble.before : trouble.at]
    if broken_off or trouble.accepts <= {"NAME"}:
        return Slip("STO107", trouble.here(), f"{wanted} is missing after {quoted(trouble.last)}", example)
    return Slip(
        "STO101", trouble.here(), f"{quoted(trouble.run())} is not expected here", f"{wanted} could follow, {example}"
    )


_BOUND_NOTES = re.compile(r"\s*let\s+\w+\s*=[ \t]*((?:[A-G](?:##?|bb?)?-?\d|r\b|<|\{\s*\d+:\d+\s).*)")


def unbarred(trouble: Trouble) -> Slip | None:
    """`let sighs = C4:4 D4`."""
    found = re.compile(r"\s*let\s+\w+\s*=[ \t]*((?:[A-G](?:##?|bb?)?-?\d|r\b|<|\{\s*\d+:\d+\s).*)").match(
        trouble.code, *trouble.piece
    )
    if not found or not found.start(1) <= trouble.at <= found.end(1) or (trouble.opened() and found[1][0] != "{"):
        return None
    notes = found[1].rstrip("| \t")
    fix = Fix(Span(found.start(1), found.start(1) + len(found[1].rstrip())), f"| {notes} |")
    return Slip(
        "STO101", fix.span, "notes bound to a name stand between barlines", f"write `let name = {fix.text}`", fix
    )


def open_notation(trouble: Trouble) -> Slip | None:
    """A backtick without its second."""
    if not {"BACKTICK", "AMPERSAND"} <= trouble.accepts:
        return None
    if not trouble.is_end and trouble.word not in (*CLOSES, ",", *HEADING):
        return None
    at = trouble.code.rfind("`", trouble.piece.start, trouble.at)
    related = (Related(Span(at, at + 1), "opened here"),)
    fix = Fix(Span(trouble.before, trouble.before), "`")
    return Slip(
        "STO102",
        trouble.here(),
        "these notes between backticks are not closed",
        "put a backtick after the last",
        fix,
        related,
    )


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


def unknown_setting(trouble: Trouble) -> Slip | None:
    """`section calm 8 bars, tmepo 84`."""
    word = trouble.word
    if "TEMPO" not in trouble.accepts or "SECTION" in trouble.accepts or not word[:1].isalpha():
        return None
    meant = nearest(word, SETTINGS)
    span = trouble.here(len(word))
    if meant:
        return Slip("STO105", span, f"unknown heading word `{word}`", f"did you mean `{meant}`?", Fix(span, meant))
    return Slip(
        "STO105", span, f"unknown heading word {quoted(word)}", "a section can set tempo, meter, key, grid and tuplets"
    )
