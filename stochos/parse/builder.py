"""From the rules of the grammar to the nodes of the tree: a function for each, called while parsing.

Each gets the list of a rule's parts. Every list that the grammar grows (`one`, `more`) is a plain list, which the node
that owns it freezes. Nothing is kept between two calls.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Many
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from stochos import tree
from stochos.parse.expectations import EXPECTATIONS
from stochos.parse.slip import Slip
from stochos.parse.soundness import check_extents, check_slurs, check_worded, name_of
from stochos.parse.words import WORDS, at, whole
from stochos.source import Span

Part = Any  # a token, a node, or a list of them: what the grammar's rules are made of


def _start(part: Part) -> int:
    return part.start_pos if hasattr(part, "start_pos") else part.span.start  # type: ignore[no-any-return]


def _end(part: Part) -> int:
    return part.end_pos if hasattr(part, "end_pos") else part.span.end  # type: ignore[no-any-return]


def _over(parts: Many[Part]) -> Span:
    return Span(_start(parts[0]), _end(parts[-1]))


def _voices(voices: Many[list[tree.Item]]) -> tuple[tree.Voice, ...]:
    for items in voices:
        check_slurs(items)
        check_extents(items)
    return tuple(tree.Voice(tuple(items), _over(items)) for items in voices)


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


# --- values -----------------------------------------------------------------------------------


def _interval(parts: list[Part]) -> tree.Interval:
    return tree.Interval(parts[0], parts[2], _over(parts))


def _combined(parts: list[Part]) -> tree.Combined:
    first, operator, second = parts
    return tree.Combined(operator.value, first, second, _over(parts))


def _complement(parts: list[Part]) -> tree.Complement:
    return tree.Complement(parts[1], _over(parts))


def _bracketed(parts: list[Part]) -> tree.Value:
    inner: tree.Value = parts[1]
    return replace(inner, span=_over(parts))


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


def _weights(parts: list[Part]) -> tree.Weights | tree.ByState:
    entries = tuple(parts[-2])
    is_weighted = all(said is None or isinstance(said, tree.Number) for _, said in entries)
    return tree.Weights(entries, _over(parts)) if is_weighted else tree.ByState(entries, _over(parts))


def _entry(parts: list[Part]) -> tuple[tree.Value, tree.Value | None]:
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
    return tree.Tuplet(whole(actual, at(opening), what), whole(normal, at(opening), what), tuple(items), _over(parts))


def _group(parts: list[Part]) -> tree.Group:
    return tree.Group(_voices(parts[1]), _over(parts))


def _passage(parts: list[Part]) -> tree.Passage:
    what = parts[0]
    return what if isinstance(what, tree.Passage) else tree.Passage(what, span=what.span)


def _extended(parts: list[Part]) -> tree.Passage:
    what, extent, *until = parts
    return tree.Passage(what, extent, until[0] if until else None, _over(parts))


def _until(parts: list[Part]) -> tree.Until:
    attempts = parts[3] if len(parts) > 2 else None
    if attempts and (attempts.unit or attempts.value.denominator != 1):
        raise Slip("STO402", attempts.span, "attempts are counted in whole numbers", "write `in 5000 attempts`")
    return tree.Until(tuple(parts[1]), attempts, _over([parts[0], parts[-1] if attempts else parts[1][-1]]))


def _constraint(parts: list[Part]) -> tree.Constraint:
    name, value = parts
    return tree.Constraint(name.value, value, _over(parts), at(name))


def _extent(parts: list[Part]) -> tree.Extent:
    if len(parts) == 1:
        return tree.Extent("fill", Fraction(0), at(parts[0]))
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


def _piped(parts: list[Part]) -> tree.Pipe:
    match parts[0]:
        case tree.Reference() as reference:
            return _pipe([tree.Passage(reference, span=reference.span), *parts[1:]])
        case tree.Notation() as notation:
            return _pipe([tree.Group(notation.voices, notation.span), *parts[1:]])
    return _pipe(parts)


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
    played = whole(times.value.strip("* \t\n"), at(times), "this number of times")
    return tree.Repeat(item, played, _over(parts))


# --- structure --------------------------------------------------------------------------------


def _setting(parts: list[Part]) -> tree.Setting:
    values = (part for part in parts[1:] if getattr(part, "type", "") != "EQUALS")
    return tree.Setting(parts[0].value, tuple(values), _over(parts))


def _key(parts: list[Part]) -> tree.Setting:
    words = tuple(tree.Word(token.value, at(token)) for token in parts[1:])
    return tree.Setting("key", words, _over(parts))


def _tuplets(parts: list[Part]) -> tree.Setting:
    return tree.Setting("tuplets", tuple(parts[1]), Span(parts[0].start_pos, parts[1][-1].span.end))


def _part(parts: list[Part]) -> tree.Part:
    _part, name, _equals, instrument, *options = parts
    lowest_highest = next((option for option in options if isinstance(option, tree.Interval)), None)
    clef = next((option for option in options if isinstance(option, tree.Word)), None)
    return tree.Part(name_of(name), instrument, lowest_highest, clef, _over(parts), at(name))


def _range(parts: list[Part]) -> tree.Interval:
    return tree.Interval(parts[1], parts[3], _over(parts[1:]))


def _clef(parts: list[Part]) -> tree.Word:
    return tree.Word(parts[1].value, at(parts[1]))


def _import(parts: list[Part]) -> tree.Import:
    _import, path, _as, name = parts
    return tree.Import(path, name_of(name), _over(parts), at(name))


def _let(parts: list[Part]) -> tree.Let:
    _let, name, _equals, value = parts
    return tree.Let(name_of(name), value, _over(parts), at(name))


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
    return tree.Section(name.value, bars, tuple(settings), (), (), (), _over(parts), at(name))


def _section(parts: list[Part]) -> tree.Section:
    head, body, closing = parts
    return filled(head, body, closing.end_pos)


def _line(parts: list[Part]) -> tree.Line:
    label = parts[0]
    name = label.value.rstrip(": \t")
    voices = _voices(parts[1]) if len(parts) > 1 else ()
    end = voices[-1].span.end if voices else label.end_pos
    if voices and voices[0].span.start == label.end_pos and label.value[-2:] == name[-1] + ":":
        check_worded(label, name, voices[0].items[0])
    name_span = Span(label.start_pos, label.start_pos + len(name))
    return tree.Line(name, voices, Span(label.start_pos, end), name_span)


def _harmony(parts: list[Part]) -> tree.Line:
    word, chords = parts
    name_span = Span(word.start_pos, word.start_pos + len(tree.HARMONY))
    return tree.Line(tree.HARMONY, (tree.Voice(tuple(chords), _over(chords)),), _over([word, *chords]), name_span)


def _chord_group(parts: list[Part]) -> tree.Group:
    return tree.Group((tree.Voice(tuple(parts[1]), _over(parts[1])),), _over(parts))


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
    lines = [item for item in body if isinstance(item, tree.Line)]
    return replace(
        head,
        changes=tuple(item for item in body if isinstance(item, tree.Change)),
        lines=tuple(line for line in lines if line.part != tree.HARMONY),
        harmony=tuple(line for line in lines if line.part == tree.HARMONY),
        span=Span(head.span.start, end),
    )


RULES: dict[str, Callable[[list[Part]], Part]] = {
    "none": _none,
    "one": _one,
    "more": _more,
    "more_after": _more_after,
    "nothing": _nothing,
    "itself": _itself,
    "second": _second,
    "interval": _interval,
    "union": _combined,
    "difference": _combined,
    "intersection": _combined,
    "complement": _complement,
    "bracketed": _bracketed,
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
    "until": _until,
    "constraint": _constraint,
    "pipe": _pipe,
    "piped": _piped,
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
    "harmony": _harmony,
    "chord_group": _chord_group,
    "chord_repeat": _repeat,
    "change": _change,
    "score": _score,
}
BUILDER = SimpleNamespace(**WORDS, **RULES, **EXPECTATIONS)
