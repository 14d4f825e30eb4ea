"""What writers get wrong in the text itself, in musical words.

`explain` looks at the place where reading stopped and asks each known slip in turn whether it was made there; where
none was, it says what could have stood there. Slips see the grammar only through the names of what it would accept.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from stochos.diagnostics import Fix, Related, nearest
from stochos.parse.expected import phrase
from stochos.parse.gaps import (
    bars_without_number,
    chain_without_brace,
    label_without_colon,
    missing_heading_value,
    missing_sign,
    missing_value,
    misspelt_word,
    name_without_number,
    open_notation,
    row_of_chain,
    stray_comma,
    unbarred,
    unknown_setting,
    unnamed_argument,
)  # fmt: skip
from stochos.parse.note_slips import note_slip
from stochos.parse.pieces import CLOSES, HEADING, RESERVED, SETTINGS
from stochos.parse.slip import Slip
from stochos.parse.trouble import GERMAN, LABEL, MUSIC, OPENS, Trouble, malformed, quoted
from stochos.source import Span

# Signs that a word processor or a habit puts in the place of the plain ones.
LOOKALIKES = {
    "\u2018": "'", "\u2019": "'", "\u2032": "'", "\u2192": "->", "\u21d2": "->", "\u2013": "-", "\u2014": "-",
    "\u2212": "-", "\u00d7": "*", "\u266f": "#", "\u266d": "b", "\u2026": "..", "\u00bb": ">>", "\u00a6": "|",
    "\u2502": "|", "\uff5c": "|", "\u02dc": "~", "\u301c": "~",
}  # fmt: skip
_QUOTES = "\u201c\u201d\u201e\u201f\u00ab"
_QUOTED = re.compile(rf"[{_QUOTES}]([^{_QUOTES}\u00bb\n]*)[{_QUOTES}\u00bb]")
_STRANGE = re.compile(r"[^\w\s\"$@{}()\[\]<>|&~'`:,.*=+\-/?%#]+")


def explain(trouble: Trouble) -> Slip:
    """The mistake at a place where reading stopped."""
    for slip in _SLIPS:
        found = slip(trouble)
        if found is not None:
            return found
    return _unexpected(trouble)


# --- signs ------------------------------------------------------------------------------------


def _lookalike(trouble: Trouble) -> Slip | None:
    sign = trouble.text[trouble.at : trouble.at + 1]
    if quoted := trouble.match(_QUOTED):
        fix = Fix(Span(*quoted.span()), f'"{quoted[1]}"')
        return Slip("STO106", fix.span, "typographic quotes cannot stand round a text", f"write `{fix.text}`", fix)
    if sign and sign in _QUOTES:
        return Slip("STO106", trouble.here(1), "typographic quotes cannot stand round a text", 'write `"`')
    for at in range(trouble.at, min(trouble.piece.end, trouble.at + len(trouble.run()))):
        plain = LOOKALIKES.get(trouble.text[at])
        if plain:
            fix = Fix(Span(at, at + 1), plain)
            return Slip(
                "STO106", fix.span, f"`{trouble.text[at]}` is not a sign of the language", f"write `{plain}`", fix
            )
    return None


def _semicolon(trouble: Trouble) -> Slip | None:
    if trouble.word != ";":
        return None
    hint = (
        "notes are separated by spaces" if MUSIC & trouble.accepts else "leave it out; lines need no sign at their end"
    )
    return Slip("STO106", trouble.here(1), "`;` has no meaning here", hint, Fix(trouble.here(1), ""))


def _strange(trouble: Trouble) -> Slip | None:
    found = trouble.match(_STRANGE)
    if not found:
        return None
    signs = found.group()
    shown = quoted(signs) if signs.isprintable() else "a character that cannot be shown"
    return Slip(
        "STO106", Span(*found.span()), f"{shown} has no meaning in a score", "leave it out, or put it in a comment"
    )


def _other_comment(trouble: Trouble) -> Slip | None:
    """`# a comment`, `/* another */`."""
    found = trouble.match(re.compile(r"/\*|\*/|#+(?=\s)|--(?=\s)|%+(?=\s)"))
    if not found:
        return None
    fix = Fix(Span(*found.span()), "//") if found.group() != "*/" else None
    return Slip(
        "STO106",
        Span(*found.span()),
        f"`{found.group()}` has no meaning here",
        "a comment begins with `//` and ends with its line",
        fix,
    )


def _open_text(trouble: Trouble) -> Slip | None:
    if trouble.word != '"' or re.compile(r'"(?:[^"\\\n]|\\.)*"').match(trouble.text, trouble.at):
        return None
    end = trouble.text.find("\n", trouble.at)
    end = trouble.at + len(trouble.text[trouble.at : end if end >= 0 else None].rstrip())
    return Slip(
        "STO102", Span(trouble.at, end), "this text has no closing quote", 'end it with `"`', Fix(Span(end, end), '"')
    )


# --- brackets ---------------------------------------------------------------------------------


def _wrong_closing(trouble: Trouble) -> Slip | None:
    sign = trouble.word
    if sign not in CLOSES:
        return None
    opened = trouble.opened()
    if not opened:
        hint = f"leave it out, or put `{CLOSES[sign]}` where it should begin"
        return Slip("STO103", trouble.here(1), f"this `{sign}` closes nothing", hint)
    opening, at = opened[-1]
    if opening == CLOSES[sign]:
        return None
    closing = OPENS[opening]
    related = (Related(Span(at, at + 1), "opened here"),)
    message = f"`{sign}` stands here, but `{opening}` is still open"
    return Slip("STO102", trouble.here(1), message, f"put `{closing}` first", related=related)


def _not_closed(trouble: Trouble) -> Slip | None:
    opened = trouble.opened()
    if not opened:
        return None
    sign, at = opened[-1]
    closing = OPENS[sign]
    word = trouble.word
    broken_off = trouble.is_end or word in ("fill", "for", "|", ">>") or (word in HEADING and sign == "{")
    left = broken_off or bool(
        trouble.inside and sign == "{" and trouble.match(LABEL) and "LABEL" not in trouble.accepts
    )
    can_close = {"RPAREN", "RBRACE", "RBRACKET"} & trouble.accepts
    if not left or (not can_close and not trouble.is_end):
        return None
    start = trouble.code.rfind("@", trouble.piece.start, at)
    name = trouble.text[start:at] if start >= 0 and re.fullmatch(r"@[\w.]+\s*", trouble.text[start:at]) else ""
    related = (Related(Span(at, at + 1), "opened here"),)
    end = trouble.before
    fix = Fix(Span(end, end), closing) if sign == "(" and can_close else None
    return Slip(
        "STO102",
        trouble.here(),
        f"`{name}{sign}` is not closed",
        f"put `{closing}` " + ("before this" if not trouble.is_end else "at its end"),
        fix,
        related,
    )


# --- words of the heading ---------------------------------------------------------------------


def _reserved(trouble: Trouble) -> Slip | None:
    word = trouble.word
    if word not in RESERVED:
        return None
    return Slip("STO108", trouble.here(len(word)), f"`{word}` is reserved for a later version", "choose another name")


def _taken_name(trouble: Trouble) -> Slip | None:
    names_only = trouble.accepts <= {"NAME", "FORM_ENTRY"}
    if not names_only or trouble.word not in HEADING or trouble.last not in (*HEADING, "as", "="):
        return None
    same_line = "\n" not in trouble.text[trouble.before : trouble.at]
    if not same_line:
        return None
    message = f"`{trouble.word}` is a word of the language and cannot be a name"
    return Slip("STO108", trouble.here(len(trouble.word)), message, "choose another name")


def _reversed_setting(trouble: Trouble) -> Slip | None:
    """`4/4 meter`."""
    if "SECTION" not in trouble.accepts:
        return None
    found = trouble.match(re.compile(rf"([^\s,{{]+(?:[ \t]+[a-z]+)?)[ \t]+({'|'.join(SETTINGS)})\b"))
    if not found or found[1] in HEADING or nearest(found[1], HEADING):
        return None
    fix = Fix(Span(*found.span()), f"{found[2]} {found[1]}")
    return Slip("STO101", fix.span, f"`{found[2]}` comes before what it sets", f"write `{fix.text}`", fix)


def _unknown_heading_word(trouble: Trouble) -> Slip | None:
    word = trouble.word
    if "SECTION" not in trouble.accepts or trouble.inside or not word[:1].isalpha():
        return None
    if "\n" in trouble.text[trouble.piece.start : trouble.at].strip(" \t") or trouble.at == trouble.piece.start:
        pass
    elif (
        trouble.code[trouble.piece.start : trouble.at].strip() and "\n" not in trouble.text[trouble.before : trouble.at]
    ):
        return None
    if trouble.match(LABEL):
        hint = "put it into a section: `section calm 8 bars { " + word + ": … }`"
        return Slip("STO101", trouble.here(), "a line of music stands outside every section", hint)
    meant = nearest(word, HEADING)
    span = trouble.here(len(word))
    if meant:
        return Slip("STO105", span, f"unknown heading word `{word}`", f"did you mean `{meant}`?", Fix(span, meant))
    hint = f"a line of the heading begins with {', '.join(HEADING[:-1])} or {HEADING[-1]}"
    return Slip("STO105", span, f"unknown heading word {quoted(word)}", hint)


def _setting_in_body(trouble: Trouble) -> Slip | None:
    word = trouble.word
    if not trouble.inside or word not in SETTINGS:
        return None
    setting = trouble.text[trouble.at : trouble.piece.end].split("\n")[0].split("//")[0].rstrip(" }")
    hint = f"write it in the section's heading, after a comma, or as `at bar 5: {setting}`"
    return Slip("STO101", trouble.here(len(word)), f"`{word}` cannot stand among the parts of a section", hint)


_KEY = re.compile(r"([A-Ha-h])(#|b|is|es|s)?(?:[- ]?(m|min|minor|moll|maj|major|dur)\b|(?![\w#]))")
_MODES = {
    "m": "minor",
    "min": "minor",
    "minor": "minor",
    "moll": "minor",
    "maj": "major",
    "major": "major",
    "dur": "major",
}


def _odd_key(trouble: Trouble) -> Slip | None:
    """`key d minor`, `key Dm`."""
    found = trouble.match(_KEY)
    if trouble.accepts != {"TONIC"} or not found:
        return None
    letter = "B" if found[1] in "Hh" else found[1].upper()
    text = letter + GERMAN.get(found[2] or "", found[2] or "") + (f" {_MODES[found[3]]}" if found[3] else "")
    return malformed(found, f"{quoted(found.group())} is not how a key is named", text)


def _nameless(trouble: Trouble) -> Slip | None:
    if trouble.word not in ("@", "$"):
        return None
    return Slip("STO107", trouble.here(1), f"a name is missing after `{trouble.word}`")


_SLIPS: tuple[Callable[[Trouble], Slip | None], ...] = (
    _open_text, _lookalike, _semicolon, _other_comment, _strange, _nameless, open_notation, stray_comma,
    _wrong_closing, _not_closed, chain_without_brace, _reserved, _taken_name, _reversed_setting, _unknown_heading_word,
    name_without_number, missing_sign, bars_without_number, row_of_chain, _setting_in_body, label_without_colon,
    misspelt_word, unknown_setting, _odd_key, unbarred, unnamed_argument, missing_value, note_slip,
    missing_heading_value,
)  # fmt: skip


def _unexpected(trouble: Trouble) -> Slip:
    wanted = phrase(trouble.accepts)
    if trouble.is_end or trouble.word in (*CLOSES, ",") or len(trouble.accepts) <= 2:
        return Slip("STO107", trouble.here(), f"{wanted} is missing after {quoted(trouble.last)}")
    return Slip("STO101", trouble.here(), f"{quoted(trouble.run())} is not expected here", f"{wanted} could stand here")
