"""What writers get wrong in a note, or among notes."""

from __future__ import annotations

import re
from collections.abc import Callable

from stochos.diagnostics import Fix
from stochos.parse.slip import Slip
from stochos.parse.trouble import GERMAN, MUSIC, Trouble, malformed, quoted
from stochos.source import Span

_SMALL_PITCH = re.compile(r"([a-g])(##?|bb?|isis|eses|is|es|s)?(-?\d+)(?![^\W\d])")
_GERMAN_PITCH = re.compile(r"([A-Ha-h])(isis|eses|is|es|s)?(-?\d+)(?![^\W\d])")
_NO_OCTAVE = re.compile(r"([A-G](?:##?|bb?)?)(?![\w#]|-\d)")
_LATE_ACCIDENTAL = re.compile(r"([A-G])(-?\d+)(##?|bb?)(?![\w#])")
_PITCH = re.compile(r"[A-G](?:##?|bb?)?(-?\d+)")
_WORDED_DURATION = re.compile(r"([A-Gr](?:##?|bb?)?(?:-?\d+)?|[a-z]\w*):(?:(\d+)/(\d+)|(\d*)([^\W\d]*))")
_DANGLING = re.compile(
    r"([A-G](?:##?|bb?)?-?\d+|r|[a-z]\w*|<[^<>\n]*>|\[[^\[\]\n]*\])"
    r"((?::\d+\.*(?:\+\d+\.*)*|~|'\w+|\?[\d.]*)*)([:']+)(?=[\s|)}&`]|$)"
)
_DURATIONS = {
    "w": "1", "whole": "1", "h": "2", "half": "2", "q": "4", "quarter": "4", "e": "8", "eighth": "8", "s": "16",
    "sixteenth": "16", "t": "32",
}  # fmt: skip
_SUFFIX = re.compile(r"(?::\d+\.*(?:\+\d+\.*)*|~|'\w+|\?[\d.]*)*(?![\w:'~?.#/])")


def note_slip(trouble: Trouble) -> Slip | None:
    """The mistake in a note, or None where there is none or no note could stand."""
    if not MUSIC & trouble.accepts:
        return None
    for slip in _NOTE_SLIPS:
        found = slip(trouble)
        if found is not None:
            return found
    return None


def _pitch_slip(trouble: Trouble, found: re.Match[str], message: str, text: str, code: str = "STO109") -> Slip:
    """A note whose pitch was meant otherwise; the hint shows it with its duration."""
    suffix = _SUFFIX.match(trouble.text, found.end())
    fix = Fix(Span(*found.span()), text)
    return Slip(code, fix.span, message, f"write `{text}{suffix.group() if suffix else ''}`", fix)


def _small_pitch(trouble: Trouble) -> Slip | None:
    found = trouble.match(_SMALL_PITCH)
    if not found:
        return None
    text = found[1].upper() + GERMAN.get(found[2] or "", found[2] or "") + found[3]
    return _pitch_slip(trouble, found, "the name of a pitch is a capital letter", text)


def _german_pitch(trouble: Trouble) -> Slip | None:
    found = trouble.match(_GERMAN_PITCH)
    if not found or not (found[2] or found[1] == "H"):
        return None
    letter = "B" if found[1] == "H" else found[1]
    return _pitch_slip(trouble, found, f"`{found.group()}` is no pitch", letter + GERMAN[found[2] or ""] + found[3])


def _missing_octave(trouble: Trouble) -> Slip | None:
    found = trouble.match(_NO_OCTAVE)
    if not found or re.compile(r"[ \t]*:(?!\w)").match(trouble.text, found.end()):
        return None
    octaves = _PITCH.findall(trouble.text, max(trouble.piece.start, trouble.at - 200), trouble.at)
    text = found.group() + (octaves[-1] if octaves else "4")
    return _pitch_slip(trouble, found, f"`{found.group()}` has no octave", text, "STO104")


def _late_accidental(trouble: Trouble) -> Slip | None:
    found = trouble.match(_LATE_ACCIDENTAL)
    if not found:
        return None
    return malformed(found, "a sharp or flat stands before the octave", found[1] + found[3] + found[2])


def _loose_suffix(trouble: Trouble) -> Slip | None:
    """`C4 :4`, `C4 ~`, `C4 'stacc`, `C4 ?`."""
    found = trouble.match(re.compile(r":\d+[.+\d]*|~|'\w+|\?[\d.]*"))
    if not found:
        return None
    what = {":": "a duration", "~": "a tie", "'": "an articulation", "?": "a chance"}[found.group()[0]]
    if re.fullmatch(r"(?:[A-Gr<\[].*|.*[>\]]|[a-z]\w*)", trouble.last) and trouble.before < trouble.at:
        fix = Fix(Span(trouble.before, trouble.at), "")
        hint = f"write `{trouble.last}{found.group()}`"
        return Slip("STO109", Span(trouble.before, found.end()), f"{what} stands directly after its note", hint, fix)
    return Slip("STO109", Span(*found.span()), f"{what} has no note before it")


def _worded_duration(trouble: Trouble) -> Slip | None:
    """`C4:q`, `C4:4th`, `C4:3/8`, `C4:4'stacc.`."""
    found = trouble.match(_WORDED_DURATION)
    if not found:
        return None
    if dot := re.compile(r"(\S*'[^\W\d]+)\.(?!\S)").match(trouble.text, trouble.at):
        fix = Fix(Span(dot.end() - 1, dot.end()), "")
        return Slip("STO109", Span(*dot.span()), "a dot belongs to a duration", f"write {quoted(dot[1])}", fix)
    sounding, above, below, digits, word = found.groups()
    meant = _duration_of(int(above[:4]), int(below[:4])) if above else digits or _DURATIONS.get(word, "")
    message = f"{quoted(trouble.run())} has no duration that can be read"
    left_over = len(trouble.run()) > len(found.group())
    if not meant or left_over or (digits and word not in ("st", "nd", "rd", "th")):
        hint = f"write `{sounding}:4` for a quarter, `{sounding}:8` for an eighth"
        return Slip("STO109", trouble.here(), message, hint)
    return malformed(found, message, f"{sounding}:{meant}")


def worded_label(trouble: Trouble) -> Slip | None:
    """`kick:q` where the grammar took `kick:` for a part's name."""
    found = trouble.match(re.compile(r"([^\W\d]\w*):([a-z]+)(?!\w)"))
    return worded(Span(*found.span()), found[1], found[2]) if found and trouble.inside else None


def worded(span: Span, name: str, word: str) -> Slip | None:
    """What is wrong with a note and its duration in words; None where it is no duration."""
    if word not in _DURATIONS:
        return None
    written = f"{name}:{word}"
    if re.fullmatch(r"[A-G](?:##?|bb?)?", name):
        text = f"{name}4:{_DURATIONS[word]}"
        return Slip("STO104", span, f"`{name}` has no octave", f"write `{text}`", Fix(span, text))
    if small := _SMALL_PITCH.fullmatch(name):
        name = small[1].upper() + GERMAN.get(small[2] or "", small[2] or "") + small[3]
    text = f"{name}:{_DURATIONS[word]}"
    return Slip("STO109", span, f"`{written}` has no duration that can be read", f"write `{text}`", Fix(span, text))


def _duration_of(above: int, below: int) -> str:
    """A fraction of a whole note as a duration, `3/8` as `4.`; nothing where it is none."""
    if below not in (1, 2, 4, 8, 16, 32, 64) or not 0 < above < 2 * below:
        return ""
    text = ""
    run = False
    for value in (1, 2, 4, 8, 16, 32, 64):
        is_in = value <= below and bool(above & (below // value))
        if is_in:
            text += "." if run else f"+{value}" if text else f"{value}"
        run = is_in
    return text


def _dangling(trouble: Trouble) -> Slip | None:
    """`C5:8:`, `C5:1'`: a sign with nothing after it."""
    found = trouble.match(_DANGLING)
    if not found or (found[3][0] == ":" and ":" not in found[2]):
        return None
    said = "a colon" if found[3][0] == ":" else "an apostrophe"
    fix = Fix(Span(found.start(3), found.end(3)), "")
    message = f"nothing follows {said} at the end of {quoted(found.group())}"
    return Slip("STO109", Span(*found.span()), message, f"write {quoted(found[1] + found[2])}", fix)


def _rest_duration(trouble: Trouble) -> Slip | None:
    found = trouble.match(re.compile(r"r(\d+\.*)"))
    return malformed(found, "the duration of a rest stands after a colon", f"r:{found[1]}") if found else None


def _loose_dot(trouble: Trouble) -> Slip | None:
    found = trouble.match(re.compile(r"([A-G](?:##?|bb?)?-?\d+|r)\.+(?!\d)"))
    if not found:
        return None
    return Slip("STO109", Span(*found.span()), "a dot belongs to a duration", f"write `{found[1]}:4.`")


def _repeat_bar(trouble: Trouble) -> Slip | None:
    if not trouble.match(re.compile(r":\s*\|")) and not (trouble.word == ":" and trouble.last.endswith("|")):
        return None
    return Slip("STO101", trouble.here(1), "there are no repeat signs", "write `{ … }*2` round what is repeated")


def _bracketed(trouble: Trouble) -> Slip | None:
    """A chord or a choice that cannot be read."""
    sign = trouble.word
    if sign not in ("<", "["):
        return None
    what, closing = {"<": ("chord", ">"), "[": ("choice", "]")}[sign]
    found = trouble.match(re.compile(rf"\{sign}([^{closing}\n(){{}}]*)\{closing}"))
    if not found:
        return Slip("STO102", trouble.here(1), f"this {what} is not closed", f"put `{closing}` after its last note")
    separator = " " if sign == "<" else "|"
    words = [word for word in re.split(r"[\s,|]+", found[1]) if word]
    meant = f"{sign}{separator.join(words)}{closing}"
    for word in re.finditer(r"[^\s,|]+", found[1]):
        at = found.start(1) + word.start()
        inner = Trouble(trouble.text, trouble.code, Span(at, at + len(word.group())), at, trouble.accepts, True)
        if re.fullmatch(r"([A-G](?:##?|bb?)?-?\d+|[a-z]\w*)[:~'?]\S*", word.group()):
            hint = f"durations and signs follow the closing bracket, as in `{sign}C4{separator}E4{closing}:4`"
            return Slip("STO109", inner.here(), f"{quoted(word.group())} cannot stand in a {what}", hint)
        if not re.fullmatch(r"[A-G](?:##?|bb?)?-?\d+|[a-z]\w*", word.group()) or _SMALL_PITCH.fullmatch(word.group()):
            return note_slip(inner) or Slip("STO109", inner.here(), f"{quoted(word.group())} cannot stand in a {what}")
    if words and meant != found.group():
        return malformed(
            found, f"the notes of a {what} are separated by " + ("spaces" if sign == "<" else "`|`"), meant
        )
    return Slip(
        "STO109", Span(*found.span()), f"this {what} cannot be read", f"write `{sign}C4{separator}E4{closing}:4`"
    )


def _other_note(trouble: Trouble) -> Slip | None:
    found = trouble.match(re.compile(r"[A-G](?:##?|bb?)?-?\d+\S+|r[:~'?]\S*"))
    if not found:
        return None
    hint = "a note is written like `C#4:4.`, then `~`, `'stacc` or `?`"
    return Slip("STO109", trouble.here(), f"{quoted(trouble.run())} is not a note that can be read", hint)


def _empty_tuplet(trouble: Trouble) -> Slip | None:
    """`{3:2 }`."""
    found = trouble.match(re.compile(r"(\d+:\d+)\s*\}"))
    if not found:
        return None
    return Slip("STO107", Span(*found.span()), "this tuplet has no notes", f"write `{{{found[1]} C4:8 D4 E4}}`")


def _odd_bar_rest(trouble: Trouble) -> Slip | None:
    """`R:4`, `R4`."""
    found = trouble.match(re.compile(r"R:?\d+\.*"))
    if not found:
        return None
    hint = "whole-bar rests are `R*4`, a quarter rest is `r:4`"
    return Slip("STO109", trouble.here(), f"{quoted(trouble.run())} is no rest", hint)


def _plain_number(trouble: Trouble) -> Slip | None:
    found = trouble.match(re.compile(r"\d[\d.]*\S*"))
    if not found:
        return None
    hint = "a duration stands after a colon, directly at its note: `C4:4`"
    return Slip("STO101", trouble.here(), f"the number {quoted(trouble.run())} cannot stand among notes", hint)


def _capital_word(trouble: Trouble) -> Slip | None:
    found = trouble.match(re.compile(r"[^\W\d]\w*"))
    if not found or not found.group()[0].isupper():
        return None
    hint = f"for a percussion name write `{found.group().lower()}`; a pitch is a letter from A to G and an octave, `C4`"
    return Slip("STO101", Span(*found.span()), f"{quoted(found.group())} is no pitch", hint)


def _backticks(trouble: Trouble) -> Slip | None:
    found = trouble.match(re.compile(r"`([^`\n]*)`"))
    if not found:
        return None
    fix = Fix(Span(*found.span()), found[1])
    return Slip("STO101", fix.span, "notes among notes need no backticks", "leave the backticks out", fix)


def _loose_colon(trouble: Trouble) -> Slip | None:
    if trouble.word != ":":
        return None
    hint = "it stands directly after a part's name, `flute:`, or between a note and its duration, `C4:4`"
    return Slip("STO101", trouble.here(1), "this colon belongs to nothing", hint)


def _bars_of_reference(trouble: Trouble) -> Slip | None:
    """`$tune[5..8]`."""
    found = trouble.match(re.compile(r"\[\s*(\d+)\s*(?:(?:\.\.|-|,)\s*(\d+)\s*)?\]"))
    if not found or not re.fullmatch(r"\S*\$[\w.]+", trouble.last):
        return None
    fix = Fix(Span(*found.span()), f"[bars {found[1]}..{found[2] or found[1]}]")
    return Slip("STO107", fix.span, "bars are asked for by their name", f"write `{fix.text}`", fix)


_NOTE_SLIPS: tuple[Callable[[Trouble], Slip | None], ...] = (
    _dangling, _late_accidental, _rest_duration, _loose_dot, _odd_bar_rest, _small_pitch, _german_pitch,
    _missing_octave, _worded_duration, _loose_suffix, _repeat_bar, _bars_of_reference, _bracketed, _other_note,
    _empty_tuplet, _plain_number, _capital_word, _backticks, _loose_colon,
)  # fmt: skip
