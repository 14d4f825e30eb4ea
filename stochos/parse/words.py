"""The words of the language as nodes of the tree: notes, pitches, numbers, signs.

A function for each kind of word that the grammar names, in `WORDS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

from stochos import tree
from stochos.diagnostics import Fix, nearest
from stochos.parse.slip import Slip
from stochos.source import Span

UNITS = ("", "st", "%", "ms", "s", "/bar", "/beat", "/quarter", "/s", "st/s")
_OTHER_NAMES_OF_UNITS = {
    "/bars": "/bar", "/measure": "/bar", "/beats": "/beat", "/quarters": "/quarter", "/sec": "/s", "/second": "/s",
    "hz": "/s", "sec": "s", "semitone": "st", "semitones": "st", "percent": "%", "msec": "ms",
}  # fmt: skip
_LONGEST_NUMBER = 18  # digits: more is no quantity of music

_NUMBER = re.compile(r"([-+]?[0-9.]+)(.*)", re.S)
_HEAD = re.compile(r"[^:~'?]*", re.S)
_SUFFIX = re.compile(r":([0-9.+]+)|(~)|'(\w+)|\?([0-9.]*)")
_DURATION = re.compile(r"([0-9]+)(\.*)")
_NAME = re.compile(r"[A-G](?:##?|bb?)?-?[0-9]+|[a-z]\w*")
_OCTAVE = re.compile(r"(?:-1|(?<!-)(?<!\d)\d)\Z")
_FORM_ENTRY = re.compile(r"(\w+)('*)(?:\s*\*\s*([0-9]+))?")
_REFERENCE = re.compile(r"\$([\w.]+)(?:\[\D*([0-9]+)(?:\D+([0-9]+))?)?")
_ESCAPE = re.compile(r"\\(.)")


class Token(Protocol):
    """A word of the text, with where it starts and ends."""

    start_pos: int
    end_pos: int
    type: str
    value: str


def at(token: Token) -> Span:
    """Where a word stands."""
    return Span(token.start_pos, token.end_pos)


def whole(digits: str, span: Span, what: str, least: int = 1) -> int:
    """A counting number, bounded so that no absurd one gets further."""
    if len(digits) > _LONGEST_NUMBER or int(digits) < least:
        size = "small" if len(digits) <= _LONGEST_NUMBER else "large"
        raise Slip("STO403", span, f"{what} is too {size}", f"write a whole number from {least} up")
    return int(digits)


@lru_cache(maxsize=8192)
def _note(text: str) -> tuple[str, tuple[str, ...], tree.Duration | None, bool, tuple[str, ...], Fraction | None]:
    """The fields of a written note, without its span; ValueError says (to the writer) what is wrong with it."""
    head = _HEAD.match(text)
    assert head is not None
    sounding = head.group()
    duration, tied, chance = None, False, None
    articulations = []
    for values, tie, articulation, odds in _SUFFIX.findall(text, head.end()):
        if values:
            if duration is not None:
                raise ValueError("has two durations|add them up, as in `:4+16`")
            duration = _duration(values)
        elif tie:
            tied = True
        elif articulation:
            articulations.append(articulation)
        elif chance is not None:
            raise ValueError("has two chances|write one `?`, as in `?0.7`")
        else:
            chance = _chance(odds)
    kind, pitches = _sounding(sounding)
    return kind, pitches, duration, tied, tuple(articulations), chance


def _sounding(text: str) -> tuple[str, tuple[str, ...]]:
    if text == "r":
        return "rest", ()
    names = tuple(_NAME.findall(text)) if text[0] in "<[" else (text,)
    if any(_is_out_of_hearing(name) for name in names):
        raise ValueError("is far too high or low|octaves go from -1 to 9")
    return {"<": "chord", "[": "choice"}.get(text[0], "note"), names


def _is_out_of_hearing(name: str) -> bool:
    return name[0].isupper() and _OCTAVE.search(name) is None


def _duration(text: str) -> tree.Duration:
    values = []
    for digits, dots in _DURATION.findall(text):
        if len(digits) > 4 or int(digits) == 0 or len(dots) > 4:
            raise ValueError(f"has an impossible duration, `:{text}`|write `:1 :2 :4 :8 :16 :32` or `:64`, with dots")
        values.append((int(digits), len(dots)))
    return tree.Duration(tuple(values))


def _chance(text: str) -> Fraction:
    odds = Fraction(text[:_LONGEST_NUMBER] or "0.5")
    if odds > 1:
        raise ValueError(f"has a chance of {text}|a chance lies between 0 and 1, as in `?0.7`")
    return odds


def _sounding_note(token: Token) -> tree.Note:
    try:
        return tree.Note(*_note(token.value), Span(token.start_pos, token.end_pos))
    except ValueError as wrong:
        message, _, hint = str(wrong).partition("|")
        code = "STO209" if "impossible" in message else "STO109"
        raise Slip(code, at(token), f"`{token.value}` {message}", hint) from None


def _chord_symbol(token: Token) -> tree.ChordSymbol:
    symbol, _, values = token.value.partition(":")
    try:
        return tree.ChordSymbol(symbol, _duration(values) if values else None, at(token))
    except ValueError as wrong:
        message, _, hint = str(wrong).partition("|")
        raise Slip("STO209", at(token), f"`{token.value}` {message}", hint) from None


def _bar(token: Token) -> tree.Barline:
    return tree.Barline(Span(token.start_pos, token.end_pos))


def _bar_rest(token: Token) -> tree.BarRest:
    count = token.value[1:].strip(" \t\n*") or "1"
    return tree.BarRest(whole(count, at(token), "this number of bars"), at(token))


def _dynamic(token: Token) -> tree.Dynamic:
    return tree.Dynamic(token.value, at(token))


def _hairpin(token: Token) -> tree.Hairpin:
    return tree.Hairpin(token.value, at(token))


def _slur_open(token: Token) -> tree.Slur:
    return tree.Slur(True, at(token))


def _slur_close(token: Token) -> tree.Slur:
    return tree.Slur(False, at(token))


def _pitch(token: Token) -> tree.PitchName:
    if _is_out_of_hearing(token.value):
        raise Slip("STO109", at(token), f"`{token.value}` is far too high or low", "octaves go from -1 to 9")
    return tree.PitchName(token.value, at(token))


def _word(token: Token) -> tree.Word:
    return tree.Word(token.value, at(token))


def _text(token: Token) -> tree.Text:
    return tree.Text(_ESCAPE.sub(r"\1", token.value[1:-1]), at(token))


def _state_note(token: Token) -> tree.Notation:
    note = _sounding_note(token)
    return tree.Notation((tree.Voice((note,), note.span),), note.span)


def _number(token: Token) -> tree.Number:
    found = _NUMBER.fullmatch(token.value)
    assert found is not None
    digits, unit = found.groups()
    if len(digits) > _LONGEST_NUMBER:
        raise Slip("STO403", at(token), "this number has too many digits", "round it")
    if unit not in UNITS:
        raise _unknown_unit(token, digits, unit)
    return tree.Number(Fraction(digits), unit, at(token))


def _note_value(token: Token) -> tree.NoteValue:
    above, below = token.value.lstrip("+-").split("/")
    what = "a number of this fraction"
    numerator = whole(above, at(token), what, 0)
    sign = -1 if token.value[0] == "-" else 1
    return tree.NoteValue(sign * numerator, whole(below, at(token), what), at(token))


def _reference(token: Token) -> tree.Reference:
    found = _REFERENCE.match(token.value)
    assert found is not None
    name, first, last = found.groups()
    if first is None:
        return tree.Reference(name, None, at(token))
    bars = [whole(digits, at(token), "this number of a bar") for digits in (first, last or first)]
    return tree.Reference(name, (bars[0], bars[1]), at(token))


def _form_entry(token: Token) -> tree.FormEntry:
    found = _FORM_ENTRY.fullmatch(token.value)
    assert found is not None
    name, apostrophes, times = found.groups()
    played = whole(times or "1", at(token), "this number of times")
    return tree.FormEntry(name, len(apostrophes), played, at(token))


def _unknown_unit(token: Token, digits: str, unit: str) -> Slip:
    """`5hz`, `3/bars`: a number with a unit that is none."""
    meant = _OTHER_NAMES_OF_UNITS.get(unit.lower()) or nearest(unit, UNITS[1:])
    known = "units are st, %, ms, s, /bar, /beat, /quarter, /s and st/s"
    hint = f"write `{digits}{meant}`" if meant else known
    fix = Fix(at(token), f"{digits}{meant}") if meant else None
    return Slip("STO315", at(token), f"`{unit}` is no unit", hint, fix)


WORDS: dict[str, Callable[[Token], tree.Value | tree.Item | tree.FormEntry]] = {
    "BAR": _bar,
    "BAR_REST": _bar_rest,
    "DYNAMIC": _dynamic,
    "HAIRPIN": _hairpin,
    "SLUR_OPEN": _slur_open,
    "SLUR_CLOSE": _slur_close,
    "PITCH": _pitch,
    "WORD": _word,
    "TEXT": _text,
    "STATE_NOTE": _state_note,
    "NUMBER": _number,
    "NOTE_VALUE": _note_value,
    "SIGNED_VALUE": _note_value,
    "REFERENCE": _reference,
    "FORM_ENTRY": _form_entry,
    "WEIGHT": _number,
    "NOTE": _sounding_note,
    "HIT": _sounding_note,
    "CHORD_SYMBOL": _chord_symbol,
}
