"""From the words and rules of the grammar to the nodes of the tree: a function for each, called while parsing.

`WORDS` turn a word into its node; `RULES` get the list of a rule's parts. Every list that the grammar grows (`one`,
`more`) is a plain list, which the node that owns it freezes. Nothing is kept between two calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Sequence as Many
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Protocol

from stochos import tree
from stochos.diagnostics import Fix, nearest
from stochos.slips import Slip
from stochos.source import Span

UNITS = ("", "st", "%", "ms", "s", "/bar", "/beat", "/quarter", "/s")
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
_FORM_ENTRY = re.compile(r"(\w+)('*)(?:\s*\*\s*([0-9]+))?")
_REFERENCE = re.compile(r"\$([\w.]+)(?:\[\D*([0-9]+)(?:\D+([0-9]+))?)?")
_ESCAPE = re.compile(r"\\(.)")


class Token(Protocol):
    """A word of the text, with where it starts and ends."""

    start_pos: int
    end_pos: int
    type: str
    value: str


Part = Any  # a token, a node, or a list of them: what the grammar's rules are made of


def _at(token: Token) -> Span:
    return Span(token.start_pos, token.end_pos)


def _start(part: Part) -> int:
    return part.start_pos if hasattr(part, "start_pos") else part.span.start  # type: ignore[no-any-return]


def _end(part: Part) -> int:
    return part.end_pos if hasattr(part, "end_pos") else part.span.end  # type: ignore[no-any-return]


def _over(parts: Many[Part]) -> Span:
    return Span(_start(parts[0]), _end(parts[-1]))


def _whole(digits: str, span: Span, what: str, least: int = 1) -> int:
    """A counting number, bounded so that no absurd one gets further."""
    if len(digits) > _LONGEST_NUMBER or int(digits) < least:
        size = "small" if len(digits) <= _LONGEST_NUMBER else "large"
        raise Slip("STO403", span, f"{what} is too {size}", f"write a whole number from {least} up")
    return int(digits)


def _voices(voices: Many[list[tree.Item]]) -> tuple[tree.Voice, ...]:
    for items in voices:
        _check_slurs(items)
    return tuple(tree.Voice(tuple(items), _over(items)) for items in voices)


def _check_slurs(items: Many[tree.Item]) -> None:
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
    if any(name[0].isupper() and len(name) > 6 for name in names):
        raise ValueError("is far too high or low|octaves go from -1 to 9")
    return {"<": "chord", "[": "choice"}.get(text[0], "note"), names


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
        raise Slip(code, _at(token), f"`{token.value}` {message}", hint) from None


# --- lists and gaps ---------------------------------------------------------------------------


def _none(parts: list[Part]) -> list[Part]:
    return []


def _one(parts: list[Part]) -> list[Part]:
    return parts


def _more(parts: list[Part]) -> list[Part]:
    parts[0].append(parts[1])
    return parts[0]  # type: ignore[no-any-return]


def _more_after(parts: list[Part]) -> list[Part]:
    parts[0].append(parts[2])
    return parts[0]  # type: ignore[no-any-return]


def _nothing(parts: list[Part]) -> None:
    return None


def _itself(parts: list[Part]) -> Part:
    return parts[0]


def _second(parts: list[Part]) -> Part:
    return parts[1]


# --- words ------------------------------------------------------------------------------------


def _bar(token: Token) -> tree.Barline:
    return tree.Barline(Span(token.start_pos, token.end_pos))


def _bar_rest(token: Token) -> tree.BarRest:
    count = token.value[1:].strip(" \t\n*") or "1"
    return tree.BarRest(_whole(count, _at(token), "this number of bars"), _at(token))


def _dynamic(token: Token) -> tree.Dynamic:
    return tree.Dynamic(token.value, _at(token))


def _hairpin(token: Token) -> tree.Hairpin:
    return tree.Hairpin(token.value, _at(token))


def _slur_open(token: Token) -> tree.Slur:
    return tree.Slur(True, _at(token))


def _slur_close(token: Token) -> tree.Slur:
    return tree.Slur(False, _at(token))


def _pitch(token: Token) -> tree.PitchName:
    if len(token.value) > 6:
        raise Slip("STO109", _at(token), f"`{token.value}` is far too high or low", "octaves go from -1 to 9")
    return tree.PitchName(token.value, _at(token))


def _word(token: Token) -> tree.Word:
    return tree.Word(token.value, _at(token))


def _text(token: Token) -> tree.Text:
    return tree.Text(_ESCAPE.sub(r"\1", token.value[1:-1]), _at(token))


def _state_note(token: Token) -> tree.Notation:
    note = _sounding_note(token)
    return tree.Notation((tree.Voice((note,), note.span),), note.span)


def _number(token: Token) -> tree.Number:
    found = _NUMBER.fullmatch(token.value)
    assert found is not None
    digits, unit = found.groups()
    if len(digits) > _LONGEST_NUMBER:
        raise Slip("STO403", _at(token), "this number has too many digits", "round it")
    if unit not in UNITS:
        raise _unknown_unit(token, digits, unit)
    return tree.Number(Fraction(digits), unit, _at(token))


def _note_value(token: Token) -> tree.NoteValue:
    above, below = token.value.split("/")
    what = "this fraction"
    return tree.NoteValue(_whole(above, _at(token), what, 0), _whole(below, _at(token), what), _at(token))


def _reference(token: Token) -> tree.Reference:
    found = _REFERENCE.match(token.value)
    assert found is not None
    name, first, last = found.groups()
    if first is None:
        return tree.Reference(name, None, _at(token))
    bars = [_whole(digits, _at(token), "this number of a bar") for digits in (first, last or first)]
    return tree.Reference(name, (bars[0], bars[1]), _at(token))


def _form_entry(token: Token) -> tree.FormEntry:
    found = _FORM_ENTRY.fullmatch(token.value)
    assert found is not None
    name, apostrophes, times = found.groups()
    played = _whole(times or "1", _at(token), "this number of times")
    return tree.FormEntry(name, len(apostrophes), played, _at(token))


# --- values -----------------------------------------------------------------------------------


def _interval(parts: list[Part]) -> tree.Interval:
    return tree.Interval(parts[0], parts[2], _over(parts))


def _ramp(parts: list[Part]) -> tree.Ramp:
    start, points = parts
    return tree.Ramp(start, tuple(points), Span(start.span.start, points[-1].span.end))


def _point(parts: list[Part]) -> tree.RampPoint:
    _arrow, value, curve, at = parts
    written = [part for part in parts if part is not None]
    return tree.RampPoint(value, curve.value if curve else "", at, _over(written))


def _scale_name(parts: list[Part]) -> tree.ScaleName:
    name, _on, tonic = parts[-3:]
    return tree.ScaleName(name.word, tonic.value, _over(parts))


def _sieve(parts: list[Part]) -> tree.Sieve:
    return tree.Sieve(parts[1].text, parts[1].span)


def _sequence(parts: list[Part]) -> tree.Sequence:
    return tree.Sequence(tuple(parts[1]), _over(parts))


def _weights(parts: list[Part]) -> tree.Weights:
    return tree.Weights(tuple(parts[-2]), _over(parts))


def _entry(parts: list[Part]) -> tuple[tree.Value, tree.Number | None]:
    return parts[0], parts[2] if len(parts) > 1 else None


def _call(parts: list[Part]) -> tree.Call:
    opening = parts[0]
    name = opening.value[1:].rstrip("(")
    arguments = parts[1] if len(parts) == 3 else ()
    name_span = Span(opening.start_pos, opening.start_pos + 1 + len(name))
    return tree.Call(name, tuple(arguments), _over(parts), name_span)


def _argument(parts: list[Part]) -> tree.Argument:
    name = parts[0].value.rstrip(": \t")
    start = parts[0].start_pos
    return tree.Argument(name, parts[1], Span(start, start + len(name)))


def _notation(parts: list[Part]) -> tree.Notation:
    return tree.Notation(_voices(parts[1]), _over(parts))


def _chain(parts: list[Part]) -> tree.Chain:
    return tree.Chain(tuple(parts[1]), _over(parts))


def _row(parts: list[Part]) -> tree.ChainRow:
    origin, _colon, targets = parts
    last = targets[-1][1] or targets[-1][0]
    return tree.ChainRow(tuple(origin), tuple(targets), Span(origin[0].span.start, last.span.end))


def _target(parts: list[Part]) -> tuple[tree.Value, tree.Number | None]:
    return parts[0], parts[1] if len(parts) > 1 else None


# --- music ------------------------------------------------------------------------------------


def _tuplet(parts: list[Part]) -> tree.Tuplet:
    opening, items, _closing = parts
    actual, normal = opening.value.strip("{ \t\n").split(":")
    what = "this number of notes in a tuplet"
    return tree.Tuplet(
        _whole(actual, _at(opening), what), _whole(normal, _at(opening), what), tuple(items), _over(parts)
    )


def _group(parts: list[Part]) -> tree.Group:
    return tree.Group(_voices(parts[1]), _over(parts))


def _passage(parts: list[Part]) -> tree.Passage:
    what = parts[0]
    return what if isinstance(what, tree.Passage) else tree.Passage(what, None, what.span)


def _extended(parts: list[Part]) -> tree.Passage:
    return tree.Passage(parts[0], parts[1], _over(parts))


def _extent(parts: list[Part]) -> tree.Extent:
    if len(parts) == 1:
        return tree.Extent("fill", Fraction(0), _at(parts[0]))
    _for, number, unit = parts
    if number.unit:
        hint = f"write `for {number.value} {unit.value}`"
        raise Slip("STO402", number.span, "how long a passage lasts is a plain number", hint)
    return tree.Extent(unit.value.rstrip("s") + "s", number.value, _over(parts))


def _pipe(parts: list[Part]) -> tree.Pipe:
    item, _sign, transform = parts
    if isinstance(item, tree.Pipe):
        return tree.Pipe(item.item, (*item.transforms, transform), _over(parts))
    return tree.Pipe(item, (transform,), _over(parts))


def _transform(parts: list[Part]) -> tree.Call:
    opening = parts[0]
    name = opening.value.rstrip("(")
    arguments = parts[1] if len(parts) == 3 else ()
    name_span = Span(opening.start_pos, opening.start_pos + len(name))
    return tree.Call(name, tuple(arguments), _over(parts), name_span)


def _unnamed(parts: list[Part]) -> tree.Argument:
    return tree.Argument("", parts[0], parts[0].span)


def _repeat(parts: list[Part]) -> tree.Repeat:
    item, times = parts
    played = _whole(times.value.strip("* \t\n"), _at(times), "this number of times")
    return tree.Repeat(item, played, _over(parts))


# --- structure --------------------------------------------------------------------------------


def _setting(parts: list[Part]) -> tree.Setting:
    values = (part for part in parts[1:] if getattr(part, "type", "") != "EQUALS")
    return tree.Setting(parts[0].value, tuple(values), _over(parts))


def _key(parts: list[Part]) -> tree.Setting:
    words = tuple(tree.Word(token.value, _at(token)) for token in parts[1:])
    return tree.Setting("key", words, _over(parts))


def _tuplets(parts: list[Part]) -> tree.Setting:
    return tree.Setting("tuplets", tuple(parts[1]), Span(parts[0].start_pos, parts[1][-1].span.end))


def _part(parts: list[Part]) -> tree.Part:
    _part, name, _equals, instrument, *options = parts
    lowest_highest = next((option for option in options if isinstance(option, tree.Interval)), None)
    clef = next((option for option in options if isinstance(option, tree.Word)), None)
    return tree.Part(name.value, instrument, lowest_highest, clef, _over(parts), _at(name))


def _range(parts: list[Part]) -> tree.Interval:
    return tree.Interval(parts[1], parts[3], _over(parts[1:]))


def _clef(parts: list[Part]) -> tree.Word:
    return tree.Word(parts[1].value, _at(parts[1]))


def _import(parts: list[Part]) -> tree.Import:
    _import, path, _as, name = parts
    return tree.Import(path, name.value, _over(parts), _at(name))


def _let(parts: list[Part]) -> tree.Let:
    _let, name, _equals, value = parts
    return tree.Let(name.value, value, _over(parts), _at(name))


def _bound_passage(parts: list[Part]) -> tree.Group:
    passage = parts[0]
    return tree.Group((tree.Voice((passage,), passage.span),), passage.span)


def _bound_notation(parts: list[Part]) -> tree.Notation:
    voices = _voices(parts[0])
    return tree.Notation(voices, _over(voices))


def _form(parts: list[Part]) -> tree.Form:
    return tree.Form(tuple(parts[1]), Span(parts[0].start_pos, parts[1][-1].span.end))


def _section_head(parts: list[Part]) -> tree.Section:
    _section, name, bars, settings, _opening = parts
    return tree.Section(name.value, bars, tuple(settings), (), (), _over(parts), _at(name))


def _section(parts: list[Part]) -> tree.Section:
    head, body, closing = parts
    return filled(head, body, closing.end_pos)


def _line(parts: list[Part]) -> tree.Line:
    label = parts[0]
    name = label.value.rstrip(": \t")
    voices = _voices(parts[1]) if len(parts) > 1 else ()
    end = voices[-1].span.end if voices else label.end_pos
    name_span = Span(label.start_pos, label.start_pos + len(name))
    return tree.Line(name, voices, Span(label.start_pos, end), name_span)


def _change(parts: list[Part]) -> tree.Change:
    _at_bar, number, _colon, settings = parts
    if number.unit or number.value.denominator != 1:
        raise Slip("STO109", number.span, "a bar has a whole number", "write `at bar 5: …`")
    span = Span(parts[0].start_pos, settings[-1].span.end)
    return tree.Change(int(number.value), tuple(settings), span, number.span)


def _score(parts: list[Part]) -> tree.Score:
    statements = parts[0]
    return tree.Score(tuple(statements), _over(statements) if statements else tree.NOWHERE)


def filled(head: tree.Section, body: Many[tree.Line | tree.Change], end: int) -> tree.Section:
    """A section's heading with its changes and lines."""
    return replace(
        head,
        changes=tuple(item for item in body if isinstance(item, tree.Change)),
        lines=tuple(item for item in body if isinstance(item, tree.Line)),
        span=Span(head.span.start, end),
    )


def _unknown_unit(token: Token, digits: str, unit: str) -> Slip:
    """`5hz`, `3/bars`: a number with a unit that is none."""
    meant = _OTHER_NAMES_OF_UNITS.get(unit.lower()) or nearest(unit, UNITS[1:])
    known = "units are st, %, ms, s, /bar, /beat, /quarter and /s"
    hint = f"write `{digits}{meant}`" if meant else known
    fix = Fix(_at(token), f"{digits}{meant}") if meant else None
    return Slip("STO315", _at(token), f"`{unit}` is no unit", hint, fix)


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
    "REFERENCE": _reference,
    "FORM_ENTRY": _form_entry,
    "WEIGHT": _number,
    "NOTE": _sounding_note,
    "HIT": _sounding_note,
}
RULES: dict[str, Callable[[list[Part]], Part]] = {
    "none": _none,
    "one": _one,
    "more": _more,
    "more_after": _more_after,
    "nothing": _nothing,
    "itself": _itself,
    "second": _second,
    "interval": _interval,
    "ramp": _ramp,
    "point": _point,
    "scale_name": _scale_name,
    "sieve": _sieve,
    "sequence": _sequence,
    "weights": _weights,
    "entry": _entry,
    "call": _call,
    "argument": _argument,
    "notation": _notation,
    "chain": _chain,
    "row": _row,
    "target": _target,
    "tuplet": _tuplet,
    "group": _group,
    "passage": _passage,
    "extended": _extended,
    "extent": _extent,
    "pipe": _pipe,
    "transform": _transform,
    "unnamed": _unnamed,
    "repeat": _repeat,
    "setting": _setting,
    "key": _key,
    "tuplets": _tuplets,
    "part": _part,
    "range": _range,
    "clef": _clef,
    "import_": _import,
    "let": _let,
    "bound_passage": _bound_passage,
    "bound_notation": _bound_notation,
    "form": _form,
    "section_head": _section_head,
    "section": _section,
    "line": _line,
    "change": _change,
    "score": _score,
}
BUILDER = SimpleNamespace(**WORDS, **RULES)
