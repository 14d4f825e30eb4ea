"""What writers get wrong in the text itself, in musical words.

`explain` looks at the place where reading stopped and asks each known slip in turn whether it was made there; where
none was, it says what could have stood there. Slips see the grammar only through the names of what it would accept.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from stochos.diagnostics import Fix, Related
from stochos.parse.call_slips import (
    loose_arguments,
    lost_extent,
    lost_for,
    odd_weights,
    other_pipe,
    unbraced,
    unopened_arguments,
)
from stochos.parse.expected import phrase
from stochos.parse.gaps import (
    bars_without_number,
    chain_without_brace,
    label_without_colon,
    missing_comma,
    missing_sign,
    missing_value,
    misspelt_word,
    name_without_number,
    open_notation,
    row_of_chain,
    stray_comma,
    unbarred,
    unnamed_argument,
)
from stochos.parse.harmony_slips import chord_slip, homeless_harmony
from stochos.parse.heading_slips import (
    equals_in_setting,
    missing_heading_value,
    nameless_import,
    odd_key,
    odd_meter,
    odd_name,
    odd_scale,
    odd_section,
    odd_tempo,
    outside,
    reserved,
    reversed_setting,
    setting_in_body,
    signs_in_form,
    taken_name,
    unknown_heading_word,
    unknown_setting,
    unquoted,
)
from stochos.parse.note_slips import note_slip, worded_label
from stochos.parse.pieces import CLOSES, HEADING
from stochos.parse.slip import Slip
from stochos.parse.trouble import LABEL, MUSIC, OPENS, Trouble, quoted
from stochos.parse.until_slips import loose_constraint, lost_until, sign_of_constraint
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
        if plain == "->" and (at > trouble.at or "ARROW" not in trouble.accepts):
            hint = "a ramp, `1/8 -> 1/4`, stands in an argument or a setting; leave it out here"
            return Slip("STO106", Span(at, at + 1), f"`{trouble.text[at]}` has no meaning here", hint)
        if plain:
            fix = Fix(Span(at, at + 1), plain)
            return Slip(
                "STO106", fix.span, f"`{trouble.text[at]}` is not a sign of the language", f"write `{plain}`", fix
            )
    return None


def _semicolon(trouble: Trouble) -> Slip | None:
    if trouble.word != ";":
        return None
    if duration := trouble.match(re.compile(r";(?=\d+\.*(?!\w))")) if MUSIC & trouble.accepts else None:
        note = f"{trouble.last}:{trouble.text[duration.end() : duration.end() + 4].split()[0]}"
        fix = Fix(trouble.here(1), ":")
        return Slip("STO106", fix.span, "a duration stands after a colon", f"write {quoted(note)}", fix)
    hint = (
        "notes are separated by spaces" if MUSIC & trouble.accepts else "leave it out; lines need no sign at their end"
    )
    return Slip("STO106", trouble.here(1), "`;` has no meaning here", hint, Fix(trouble.here(1), " "))


def _strange(trouble: Trouble) -> Slip | None:
    found = trouble.match(_STRANGE)
    if not found:
        return None
    signs = found.group()
    shown = quoted(signs) if signs.isprintable() else "a character that cannot be shown"
    return Slip(
        "STO106", Span(*found.span()), f"{shown} has no meaning in a score", "leave it out, or put it in a comment"
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


_MUSIC_AHEAD = re.compile(r"R(?:\s*\*\s*\d+)?(?![\w:])|(?:[A-G](?:##?|bb?)?-?\d+|r)(?::\d|[ \t]+[A-Gr|])")


def _not_closed(trouble: Trouble) -> Slip | None:
    opened = trouble.opened()
    if not opened:
        return None
    sign, at = opened[-1]
    closing = OPENS[sign]
    word = trouble.word
    broken_off = trouble.is_end or word in ("fill", "for", "|", ">>") or (word in HEADING and sign == "{")
    broken_off = broken_off or (sign == "(" and trouble.match(_MUSIC_AHEAD) is not None)
    left = broken_off or bool(
        trouble.inside and sign == "{" and trouble.match(LABEL) and "LABEL" not in trouble.accepts
    )
    can_close = {"RPAREN", "RBRACE", "RBRACKET"} & trouble.accepts
    if not left or (not can_close and not trouble.is_end):
        return None
    called = re.compile(r"@?[^\W\d][\w.]*\Z").search(trouble.code[max(trouble.piece.start, at - 40) : at])
    name = called.group() if called and sign == "(" else "@chain " if trouble.code.endswith("@chain ", 0, at) else ""
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


def _nameless(trouble: Trouble) -> Slip | None:
    if not trouble.match(re.compile(r"[@$](?![^\W\d])")):
        return None
    sign = trouble.word
    if found := trouble.match(re.compile(r"[@$][ \t]+(?=[^\W\d])")):
        fix = Fix(Span(*found.span()), sign)
        return Slip("STO107", trouble.here(1), f"the name stands directly after `{sign}`", "leave out the space", fix)
    return Slip("STO107", trouble.here(1), f"a name is missing after `{sign}`")


_SLIPS: tuple[Callable[[Trouble], Slip | None], ...] = (
    _open_text, sign_of_constraint, lost_until, loose_constraint, signs_in_form, odd_section, _lookalike, _semicolon,
    _strange, _nameless, odd_name, open_notation, odd_weights, stray_comma, _wrong_closing, loose_arguments,
    unopened_arguments, _not_closed, chain_without_brace, homeless_harmony, reserved, taken_name, reversed_setting,
    worded_label, outside, unknown_heading_word, name_without_number, equals_in_setting, nameless_import, missing_sign,
    bars_without_number, row_of_chain, setting_in_body, label_without_colon, misspelt_word, unknown_setting, odd_key,
    odd_scale, odd_meter, odd_tempo, unquoted, unbarred, unnamed_argument, missing_comma, missing_value, other_pipe,
    unbraced, lost_for, chord_slip, note_slip, lost_extent, missing_heading_value,
)  # fmt: skip


def _unexpected(trouble: Trouble) -> Slip:
    wanted = phrase(trouble.accepts)
    if trouble.is_end or trouble.word in (*CLOSES, ",") or len(trouble.accepts) <= 2:
        return Slip("STO107", trouble.here(), f"{wanted} is missing after {quoted(trouble.last)}")
    return Slip("STO101", trouble.here(), f"{quoted(trouble.run())} is not expected here", f"{wanted} could stand here")
