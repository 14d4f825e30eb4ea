"""What writers get wrong round a generator or a transformation: its sign, its brackets, how long it plays."""

from __future__ import annotations

import re

from stochos.diagnostics import Fix
from stochos.parse.pieces import HEADING
from stochos.parse.slip import Slip
from stochos.parse.trouble import MUSIC, Trouble, quoted
from stochos.source import Span
from stochos.transform import TRANSFORMS

_CALLED = re.compile(r"(>>[ \t]*|@)?(?<![\w.$])([a-z_][\w.]*)([ \t]*)\Z")
NAMED_ARGUMENT = re.compile(r"\(\s*[a-z_]\w*[ \t]*:(?!\d)")
_NO_CALL = re.compile(r"p{1,4}|f{1,4}|mp|mf|sf|sfz|fp|cresc|dim|r|in|as|on|at|for|fill|exp|sine|step|x")
_BRACED = re.compile(r"[ \t]*\(([^()\n]*)\)")
_EXTENT = re.compile(r"\d+[ \t]+(?:bars?|beats?|notes?)\b")


def loose_arguments(trouble: Trouble) -> Slip | None:
    """`@normal (mean: 60)`, `pulse(every: 1/8)`, `C4 D4 transpose(2)`."""
    if trouble.word == "(" and {"DOTS", "PIPE"} & trouble.accepts:
        return misplaced_arguments(trouble.code, trouble.at)
    opened = trouble.opened()
    if not opened or opened[-1][0] != "(":
        return None
    return misplaced_arguments(trouble.code, opened[-1][1])


def misplaced_arguments(code: str, opening: int) -> Slip | None:
    """The slip where a `(` was taken for a slur, or for nothing, and is that of arguments.

    code     as from `pieces.spoken`
    opening  where the `(` stands
    """
    found = _CALLED.search(code[max(0, opening - 80) : opening])
    if not found or found[2] in HEADING or _NO_CALL.fullmatch(found[2]):
        return None
    sign, name, space = found.groups()
    start = opening - len(name) - len(space)
    if sign:
        fix = Fix(Span(opening - len(space), opening), "")
        message = "the arguments stand directly after the name"
        called = name if sign[0] == ">" else f"@{name}"
        return Slip("STO101", Span(opening, opening + 1), message, f"write `{called}(`", fix) if space else None
    if name in TRANSFORMS:
        return _transformation(code, Span(start, opening))
    if space and not NAMED_ARGUMENT.match(code, opening):
        return None
    fix = Fix(Span(start, opening), f"@{name}")
    return Slip("STO107", Span(start, start + len(name)), f"`@` is missing before `{name}`", f"write `@{name}(`", fix)


def _transformation(code: str, span: Span) -> Slip:
    name = code[slice(*span)].strip()
    call = name + (found.group().strip() if (found := _BRACED.match(code, span.end)) else "(…)")
    message = f"`>>` is missing before `{name}`"
    where = Span(span.start, span.start + len(name))
    before = code[max(0, span.start - 80) : span.start].rstrip()
    if before.endswith("}") or re.search(r"\$[\w.]+\Z", before):
        return Slip("STO107", where, message, f"write `>> {call}`", Fix(span, f">> {name}"))
    fix = _in_braces(code, span.start, Span(span.start, span.start + len(call)), f">> {call}")
    return Slip("STO107", where, message, f"write `{fix.text if fix else f'{{ … }} >> {call}'}`", fix)


_NAME_OF_ARGUMENT = re.compile(r"[\[{]?[ \t]*[a-z_]\w*[ \t]*:(?!\d)")


def unopened_arguments(trouble: Trouble) -> Slip | None:
    """`@pulse every: 1/8`, `@pulse[every: 1/8]`."""
    opened = trouble.opened()
    end = opened[-1][1] if opened and opened[-1][0] in "[{" else trouble.before
    before = re.compile(r"@[^\W\d][\w.]*\Z").search(trouble.code[trouble.piece.start : end])
    if not before or before.group() == "@chain" or not trouble.match(_NAME_OF_ARGUMENT):
        return None
    if "\n" in trouble.text[end : trouble.at]:
        return None
    call = before.group()
    return Slip("STO107", trouble.here(), f"`(` is missing after `{call}`", f"write `{call}(name: value)`")


def other_pipe(trouble: Trouble) -> Slip | None:
    """`{ C4 } > transpose(2)`, `{ C4 } transpose(2)`."""
    found = trouble.match(re.compile(r"(\|?>|->|\||)[ \t]*(?=([^\W\d]\w*))"))
    if not found or "PIPE" not in trouble.accepts or found[2] not in TRANSFORMS:
        return None
    message = f"`>>` is missing before `{found[2]}`"
    fix = Fix(Span(*found.span()), ">> ")
    return Slip("STO107", Span(trouble.at, found.end() + len(found[2])), message, f"write `>> {found[2]}`", fix)


def lost_for(trouble: Trouble) -> Slip | None:
    """`@pulse(every: 1/8) 4 bars`."""
    found = trouble.match(_EXTENT)
    if not found or "FOR" not in trouble.accepts or not MUSIC & trouble.accepts:
        return None
    fix = Fix(Span(trouble.at, trouble.at), "for ")
    return Slip("STO107", Span(*found.span()), "`for` is missing", f"write `for {found.group()}`", fix)


def lost_extent(trouble: Trouble) -> Slip | None:
    """`C4 for 4 bars`."""
    if trouble.word not in ("for", "fill") or not MUSIC & trouble.accepts:
        return None
    message = f"`{trouble.word}` says how long a generator plays, and none stands before it"
    return Slip("STO101", trouble.here(len(trouble.word)), message, "put it directly after `@name(…)` or `$name`")


_TRANSFORMED = re.compile(r"(?:>>[ \t]*[^\W\d]\w*(?:\([^()\n]*\))?[ \t]*)+|\*[ \t]*\d+")
_VOICE = re.compile(r"[^\W\d]\w*[ \t]*:(?!\d)|=|&")


def unbraced(trouble: Trouble) -> Slip | None:
    """`C4 D4 >> transpose(2)`, `C4*3`."""
    sign = trouble.match(re.compile(r">>|\*[ \t]*\d+"))
    if not sign or not MUSIC & trouble.accepts:
        return None
    found = trouble.match(_TRANSFORMED)
    doing = found.group().strip() if found else ">> …"
    is_one = doing[0] == "*" and trouble.before == trouble.at and trouble.last[-1:] != "|"
    start = trouble.at - len(trouble.last) if is_one else None
    fix = _in_braces(trouble.code, trouble.at, Span(trouble.at, trouble.at + len(doing)), doing, start)
    done = "transformed" if sign.group() == ">>" else "repeated"
    message = f"only a group in braces, a `$name` or a generator can be {done}"
    text = fix.text if fix else f"{{ … }} {doing}".replace("} *", "}*")
    return Slip("STO101", Span(*sign.span()), message, f"put braces round the notes: `{text}`", fix if found else None)


def _in_braces(code: str, end: int, done: Span, doing: str, start: int | None = None) -> Fix | None:
    """Braces round the notes of this line and voice before a transformation; None where it is not plain which.

    end    where the notes end
    done   the transformation as it stands
    doing  as it should stand
    start  where the notes begin, if that is known
    """
    if start is None:
        line = code.rfind("\n", 0, end) + 1
        start = max((voice.end() for voice in _VOICE.finditer(code, line, end)), default=None)
    written = code[start:end] if start is not None else ""
    notes = written.strip("| \t")
    if start is None or not notes or not re.fullmatch(r"[\w\s|<>\[\]:.'#~?+-]+", notes):
        return None
    begin = start + len(written) - len(written.lstrip())
    return Fix(Span(begin, done.end), f"{{ {notes} }} {doing}".replace("} *", "}*"))


_WEIGHTED = r"\s*[^\s,{}=:]+(?:\s*[=:]\s*|[ \t]+)[\d.]+%?\s*"
_WEIGHTS = re.compile(rf"\{{{_WEIGHTED}(?:,{_WEIGHTED})+\}}")
_ENTRY = re.compile(r"([^\s,{}=:]+)(?:\s*[=:]\s*|[ \t]+)([\d.]+%?)(?=\s*[,}])")


def odd_weights(trouble: Trouble) -> Slip | None:
    """`{C4 3, D4 1}`, `{C4=3, D4=1}`."""
    opened = trouble.opened()
    found = _WEIGHTS.match(trouble.code, opened[-1][1]) if opened and opened[-1][0] == "{" else None
    if not found:
        return None
    text = _ENTRY.sub(r"\1: \2", found.group())
    fix = Fix(Span(*found.span()), text)
    return Slip("STO107", fix.span, "a weight stands after a colon", f"write {quoted(text)}", fix)
