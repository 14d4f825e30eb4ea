"""What writers get wrong in the text itself, in musical words.

`explain` looks at the place where reading stopped and asks each known slip in turn whether it was made there; where
none was, it says what could have stood there. Slips see the grammar only through the names of what it would accept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from stochos.diagnostics import Diagnostic, Fix, Related, nearest
from stochos.expected import GAPS, phrase
from stochos.pieces import CLOSES, HEADING, RESERVED, SETTINGS
from stochos.source import Source, Span

OPENS = {opening: closing for closing, opening in CLOSES.items()}

EXAMPLES = {
    "title": 'title "Storm study"', "composer": 'composer "A. Nonymous"', "copyright": 'copyright "2024 A. Nonymous"',
    "tempo": "tempo 84` or `tempo 84 -> 140", "meter": "meter 4/4", "key": "key D minor", "seed": "seed 1958",
    "pickup": "pickup 1/4", "grid": "grid 1/16", "tuplets": "tuplets 3 5", "part": 'part flute = "Flute"',
    "let": "let sighs = | A4:4 G4 |", "import": 'import "motifs.stoch" as m', "section": "section calm 8 bars { … }",
    "form": "form calm storm calm'",
}  # fmt: skip

# Signs that a word processor or a habit puts in the place of the plain ones.
LOOKALIKES = {
    "\u2018": "'", "\u2019": "'", "\u2032": "'", "\u2192": "->", "\u21d2": "->", "\u2013": "-", "\u2014": "-",
    "\u2212": "-", "\u00d7": "*", "\u266f": "#", "\u266d": "b", "\u2026": "..", "\u00bb": ">>", "\u00a6": "|",
    "\u2502": "|", "\uff5c": "|", "\u02dc": "~", "\u301c": "~",
}  # fmt: skip
_QUOTES = "\u201c\u201d\u201e\u201f\u00ab"
_QUOTED = re.compile(rf"[{_QUOTES}]([^{_QUOTES}\u00bb\n]*)[{_QUOTES}\u00bb]")

_WORD = re.compile(r"[^\W\d]\w*|\S")
_RUN = re.compile(r"\"[^\"\n]*\"?|[^\s|&(){}\[\],\"]+|\S")
_STRANGE = re.compile(r"[^\w\s\"$@{}()\[\]<>|&~'`:,.*=+\-/?%#]+")
_SMALL_PITCH = re.compile(r"([a-g])(##?|bb?|isis|eses|is|es|s)?(-?\d+)(?![^\W\d])")
_GERMAN_PITCH = re.compile(r"([A-Ha-h])(isis|eses|is|es|s)?(-?\d+)(?![^\W\d])")
_GERMAN = {"": "", "is": "#", "es": "b", "s": "b", "isis": "##", "eses": "bb"}
_NO_OCTAVE = re.compile(r"([A-G](?:##?|bb?)?)(?![\w#]|-\d)")
_LATE_ACCIDENTAL = re.compile(r"([A-G])(-?\d+)(##?|bb?)(?![\w#])")
_PITCH = re.compile(r"[A-G](?:##?|bb?)?(-?\d+)")
_WORDED_DURATION = re.compile(r"((?:[A-Gr](?:##?|bb?)?(?:-?\d+)?|[a-z]\w*)):(?:1/)?(\d*)([^\W\d]*)")
_DURATIONS = {
    "w": "1", "whole": "1", "h": "2", "half": "2", "q": "4", "quarter": "4", "e": "8", "eighth": "8", "s": "16",
    "sixteenth": "16", "t": "32",
}  # fmt: skip
_MUSIC = frozenset({"NOTE", "BAR"})
_LABEL = re.compile(r"[^\W\d]\w*[ \t]*:(?!\d)")


class Slip(Exception):  # noqa: N818  (a slip of the pen, not an error of ours)
    """One syntax problem, before it is known which file it stands in. Fields as in `Diagnostic`."""

    def __init__(
        self,
        code: str,
        span: Span,
        message: str,
        hint: str | None = None,
        fix: Fix | None = None,
        related: tuple[Related, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code, self.span, self.message, self.hint, self.fix, self.related = code, span, message, hint, fix, related

    def diagnostic(self, source: Source) -> Diagnostic:
        """The slip as reported to the writer."""
        return Diagnostic(self.code, self.span, self.message, source, "", self.hint, self.related, fix=self.fix)


@dataclass(frozen=True, slots=True)
class Trouble:
    """The place where reading stopped.

    text     the whole text
    code     the text without comments and the insides of quoted texts
    piece    the stretch that was read
    at       where it stopped; the end of the piece's code where that breaks off
    accepts  names of what the grammar would have taken
    inside   whether the piece belongs to a section's body
    """

    text: str
    code: str
    piece: Span
    at: int
    accepts: frozenset[str]
    inside: bool = False

    @property
    def is_end(self) -> bool:
        """Whether the piece breaks off."""
        return self.at >= self.piece.end

    @property
    def before(self) -> int:
        """Where the code before the trouble ends."""
        return self.piece.start + len(self.code[self.piece.start : self.at].rstrip())

    @property
    def last(self) -> str:
        """The run of signs directly before the trouble."""
        start = max(self.piece.start, self.before - 80)
        words = self.text[start : self.before].split()
        return words[-1] if words else ""

    @property
    def word(self) -> str:
        """The word or sign at the trouble."""
        return self.run(_WORD)

    def run(self, pattern: re.Pattern[str] = _RUN) -> str:
        """What stands at the trouble, or nothing."""
        found = pattern.match(self.text, self.at, self.piece.end)
        return found.group() if found else ""

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The pattern at the trouble."""
        return pattern.match(self.text, self.at, self.piece.end)

    def opened(self) -> list[tuple[str, int]]:
        """Brackets that are open at the trouble, outermost first."""
        stack: list[tuple[str, int]] = []
        for found in re.compile(r"[{}()\[\]]").finditer(self.code, self.piece.start, self.at):
            sign = found.group()
            if sign in OPENS:
                stack.append((sign, found.start()))
            elif stack and stack[-1][0] == CLOSES[sign]:
                stack.pop()
        return stack

    def here(self, length: int | None = None) -> Span:
        """The span of the trouble: `length` characters, or the run of signs."""
        if self.is_end:
            return Span(max(self.piece.start, self.before - 1), self.before)
        return Span(self.at, self.at + (len(self.run()) if length is None else length))


def explain(trouble: Trouble) -> Slip:
    """The mistake at a place where reading stopped."""
    for slip in _SLIPS:
        found = slip(trouble)
        if found is not None:
            return found
    return _unexpected(trouble)


def _quoted(text: str) -> str:
    """A piece of the score inside a message, cut where it is long."""
    text = text.split("\n")[0]
    shown = text if len(text) <= 24 else text[:23] + "…"
    return f"'{shown}'" if "`" in shown else f"`{shown}`"


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
        "notes are separated by spaces" if _MUSIC & trouble.accepts else "leave it out; lines need no sign at their end"
    )
    return Slip("STO106", trouble.here(1), "`;` has no meaning here", hint, Fix(trouble.here(1), ""))


def _strange(trouble: Trouble) -> Slip | None:
    found = trouble.match(_STRANGE)
    if not found:
        return None
    signs = found.group()
    shown = _quoted(signs) if signs.isprintable() else "a character that cannot be shown"
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
        trouble.inside and sign == "{" and trouble.match(_LABEL) and "LABEL" not in trouble.accepts
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
    if trouble.match(_LABEL):
        hint = "put it into a section: `section calm 8 bars { " + word + ": … }`"
        return Slip("STO101", trouble.here(), "a line of music stands outside every section", hint)
    meant = nearest(word, HEADING)
    span = trouble.here(len(word))
    if meant:
        return Slip("STO105", span, f"unknown heading word `{word}`", f"did you mean `{meant}`?", Fix(span, meant))
    hint = f"a line of the heading begins with {', '.join(HEADING[:-1])} or {HEADING[-1]}"
    return Slip("STO105", span, f"unknown heading word {_quoted(word)}", hint)


def _setting_in_body(trouble: Trouble) -> Slip | None:
    word = trouble.word
    if not trouble.inside or word not in SETTINGS:
        return None
    setting = trouble.text[trouble.at : trouble.piece.end].split("\n")[0].split("//")[0].rstrip(" }")
    hint = f"write it in the section's heading, after a comma, or as `at bar 5: {setting}`"
    return Slip("STO101", trouble.here(len(word)), f"`{word}` cannot stand among the parts of a section", hint)


# --- gaps -------------------------------------------------------------------------------------


def _name_without_number(trouble: Trouble) -> Slip | None:
    """`section calm 8 {` and `section calm 8 measures {`."""
    if trouble.accepts != {"BARS"}:
        return None
    word = trouble.word
    span = Span(trouble.before, trouble.before)
    fix = Fix(trouble.here(len(word)), "bars") if word[:1].isalpha() and word not in SETTINGS else Fix(span, " bars")
    where = fix.span if fix.span != span else trouble.here()
    return Slip(
        "STO107", where, f"`bars` is missing after {_quoted(trouble.last)}", f"write `{trouble.last} bars`", fix
    )


def _missing_sign(trouble: Trouble) -> Slip | None:
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
            hint = f"write {_quoted(trouble.last + gap.inserted.rstrip() + rest)}"
            return Slip("STO107", trouble.here(), f"`{gap.sign}` is missing after {_quoted(trouble.last)}", hint, fix)
    return None


def _bars_without_number(trouble: Trouble) -> Slip | None:
    """`section calm bars {`."""
    if trouble.word not in ("bar", "bars") or not {"BODY_OPEN", "NUMBER"} <= trouble.accepts:
        return None
    return Slip("STO107", trouble.here(len(trouble.word)), "the number of bars is missing", f"write `8 {trouble.word}`")


def _row_of_chain(trouble: Trouble) -> Slip | None:
    """A row of a chain whose next state was taken for another row."""
    if not {"COLON", "STATE_NOTE"} <= trouble.accepts:
        return None
    message = f"a comma is missing before {_quoted(trouble.last)}, or a colon after it"
    return Slip("STO107", trouble.here(), message, "a row of a chain is written like `C4: A3 0.6, E4 0.4`")


def _label_without_colon(trouble: Trouble) -> Slip | None:
    """`flute C4 D4` as the first line of a section."""
    found = trouble.match(re.compile(r"([^\W\d]\w*)(?=[ \t]+[|A-G@$<\[({])"))
    if not found or "LABEL" not in trouble.accepts or _MUSIC & trouble.accepts:
        return None
    fix = Fix(Span(found.end(), found.end()), ":")
    return Slip("STO107", Span(*found.span()), f"a colon is missing after `{found[1]}`", f"write `{found[1]}:`", fix)


def _stray_comma(trouble: Trouble) -> Slip | None:
    at_comma = trouble.word == ","
    after_comma = trouble.text[trouble.before - 1 : trouble.before] == "," and (
        trouble.word in CLOSES or trouble.word == "{"
    )
    if not (at_comma or after_comma):
        return None
    at = trouble.at if at_comma else trouble.before - 1
    hint = "notes are separated by spaces" if _MUSIC & trouble.accepts else "leave it out"
    return Slip("STO101", Span(at, at + 1), "stray comma", hint, Fix(Span(at, at + 1), ""))


def _unnamed_argument(trouble: Trouble) -> Slip | None:
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


def _missing_heading_value(trouble: Trouble) -> Slip | None:
    """A line of the heading that breaks off, or goes on with the wrong thing."""
    first = re.compile(r"\s*([^\W\d]\w*)").match(trouble.code, trouble.piece.start)
    if trouble.inside or not first or first[1] not in EXAMPLES or _MUSIC & trouble.accepts or trouble.opened():
        return None
    if first[1] == "let" and "NAME" not in trouble.accepts:
        return None
    example = f"as in `{EXAMPLES[first[1]]}`"
    wanted = "`minor` or `major`" if first[1] == "key" and trouble.accepts == {"NAME"} else phrase(trouble.accepts)
    broken_off = trouble.is_end or trouble.word in HEADING or "\n" in trouble.text[trouble.before : trouble.at]
    if broken_off or trouble.accepts <= {"NAME"}:
        return Slip("STO107", trouble.here(), f"{wanted} is missing after {_quoted(trouble.last)}", example)
    return Slip(
        "STO101", trouble.here(), f"{_quoted(trouble.run())} is not expected here", f"{wanted} could follow, {example}"
    )


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
    text = letter + _GERMAN.get(found[2] or "", found[2] or "") + (f" {_MODES[found[3]]}" if found[3] else "")
    return _malformed(found, f"{_quoted(found.group())} is not how a key is named", text)


def _unbarred(trouble: Trouble) -> Slip | None:
    """`let sighs = C4:4 D4`."""
    found = re.compile(r"\s*let\s+\w+\s*=[ \t]*((?:[A-G](?:##?|bb?)?-?\d|r\b|<).*)").match(trouble.code, *trouble.piece)
    if not found or not found.start(1) <= trouble.at <= found.end(1) or trouble.opened():
        return None
    notes = found[1].rstrip("| \t")
    fix = Fix(Span(found.start(1), found.start(1) + len(found[1].rstrip())), f"| {notes} |")
    return Slip(
        "STO101", fix.span, "notes bound to a name stand between barlines", f"write `let name = {fix.text}`", fix
    )


def _open_notation(trouble: Trouble) -> Slip | None:
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


def _missing_value(trouble: Trouble) -> Slip | None:
    if not {"NUMBER", "WORD"} <= trouble.accepts or (not trouble.is_end and trouble.word not in ",)]}|;"):
        return None
    return Slip("STO107", trouble.here(), f"a value is missing after {_quoted(trouble.last)}")


def _misspelt_word(trouble: Trouble) -> Slip | None:
    """A curve, or how long a passage lasts, nearly right."""
    kinds = {"CURVE": ("exp", "sine", "step"), "EXTENT_UNIT": ("bars", "beats", "notes"), "FILL": ("fill",)}
    for kind, words in kinds.items():
        if kind in trouble.accepts and trouble.word[:1].isalpha():
            meant = nearest(trouble.word, words)
            if meant:
                fix = Fix(trouble.here(len(trouble.word)), meant)
                return Slip("STO101", fix.span, f"unknown word `{trouble.word}`", f"did you mean `{meant}`?", fix)
    return None


def _unknown_setting(trouble: Trouble) -> Slip | None:
    """`section calm 8 bars, tmepo 84`."""
    word = trouble.word
    if "TEMPO" not in trouble.accepts or "SECTION" in trouble.accepts or not word[:1].isalpha():
        return None
    meant = nearest(word, SETTINGS)
    span = trouble.here(len(word))
    if meant:
        return Slip("STO105", span, f"unknown heading word `{word}`", f"did you mean `{meant}`?", Fix(span, meant))
    return Slip(
        "STO105", span, f"unknown heading word {_quoted(word)}", "a section can set tempo, meter, key, grid and tuplets"
    )


# --- notes ------------------------------------------------------------------------------------


def _note_slip(trouble: Trouble) -> Slip | None:
    if not _MUSIC & trouble.accepts:
        return None
    for slip in _NOTE_SLIPS:
        found = slip(trouble)
        if found is not None:
            return found
    return None


def _malformed(found: re.Match[str], message: str, text: str, code: str = "STO109") -> Slip:
    """A note with the text that was meant."""
    fix = Fix(Span(*found.span()), text)
    return Slip(code, fix.span, message, f"write `{text}`", fix)


def _small_pitch(trouble: Trouble) -> Slip | None:
    found = trouble.match(_SMALL_PITCH)
    if not found:
        return None
    accidental = _GERMAN.get(found[2] or "", found[2] or "")
    return _malformed(found, "the name of a pitch is a capital letter", found[1].upper() + accidental + found[3])


def _german_pitch(trouble: Trouble) -> Slip | None:
    found = trouble.match(_GERMAN_PITCH)
    if not found or not (found[2] or found[1] == "H"):
        return None
    letter = "B" if found[1] == "H" else found[1]
    return _malformed(found, f"`{found.group()}` is no pitch", letter + _GERMAN[found[2] or ""] + found[3])


def _missing_octave(trouble: Trouble) -> Slip | None:
    found = trouble.match(_NO_OCTAVE)
    if not found or re.compile(r"[ \t]*:(?!\d)").match(trouble.text, found.end()):
        return None
    octaves = _PITCH.findall(trouble.text, max(trouble.piece.start, trouble.at - 200), trouble.at)
    return _malformed(
        found, f"`{found.group()}` has no octave", found.group() + (octaves[-1] if octaves else "4"), "STO104"
    )


def _late_accidental(trouble: Trouble) -> Slip | None:
    found = trouble.match(_LATE_ACCIDENTAL)
    if not found:
        return None
    return _malformed(found, "a sharp or flat stands before the octave", found[1] + found[3] + found[2])


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
    """`C4:q`, `C4:4th`, `C4:1/4`."""
    found = trouble.match(_WORDED_DURATION)
    if not found:
        return None
    meant = found[2] or _DURATIONS.get(found[3], "")
    message = f"{_quoted(trouble.run())} has no duration that can be read"
    if not meant or (found[2] and found[3] not in ("", "st", "nd", "rd", "th")):
        return Slip(
            "STO109", trouble.here(), message, f"write `{found[1]}:4` for a quarter, `{found[1]}:8` for an eighth"
        )
    return _malformed(found, message, f"{found[1]}:{meant}")


def _rest_duration(trouble: Trouble) -> Slip | None:
    found = trouble.match(re.compile(r"r(\d+\.*)"))
    return _malformed(found, "the duration of a rest stands after a colon", f"r:{found[1]}") if found else None


def _loose_dot(trouble: Trouble) -> Slip | None:
    found = trouble.match(re.compile(r"([A-G](?:##?|bb?)?-?\d+|r)\.+(?!\d)"))
    if not found:
        return None
    return Slip("STO109", Span(*found.span()), "a dot belongs to a duration", f"write `{found[1]}:4.`")


def _repeat_bar(trouble: Trouble) -> Slip | None:
    if not trouble.match(re.compile(r":\s*\|")) and not (trouble.word == ":" and trouble.last.endswith("|")):
        return None
    return Slip("STO101", trouble.here(1), "there are no repeat signs", "write `{ … }*2` round what is repeated")


def _unbraced(trouble: Trouble) -> Slip | None:
    """`C4 D4 >> transpose(2)`, `C4*3`."""
    found = trouble.match(re.compile(r">>|\*\s*\d+"))
    if not found:
        return None
    doing = "transformed" if found.group() == ">>" else "repeated"
    hint = f"put braces round the notes: `{{ C4 D4 }} {found.group()}`".replace("} *", "}*")
    return Slip("STO101", Span(*found.span()), f"only a group in braces, a `$name` or a generator can be {doing}", hint)


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
            return Slip("STO109", inner.here(), f"{_quoted(word.group())} cannot stand in a {what}", hint)
        if not re.fullmatch(r"[A-G](?:##?|bb?)?-?\d+|[a-z]\w*", word.group()) or _SMALL_PITCH.fullmatch(word.group()):
            return _note_slip(inner) or Slip(
                "STO109", inner.here(), f"{_quoted(word.group())} cannot stand in a {what}"
            )
    if words and meant != found.group():
        return _malformed(
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
    return Slip("STO109", trouble.here(), f"{_quoted(trouble.run())} is not a note that can be read", hint)


def _plain_number(trouble: Trouble) -> Slip | None:
    found = trouble.match(re.compile(r"\d[\d.]*\S*"))
    if not found:
        return None
    hint = "a duration stands after a colon, directly at its note: `C4:4`"
    return Slip("STO101", trouble.here(), f"the number {_quoted(trouble.run())} cannot stand among notes", hint)


def _nameless(trouble: Trouble) -> Slip | None:
    if trouble.word not in ("@", "$"):
        return None
    return Slip("STO107", trouble.here(1), f"a name is missing after `{trouble.word}`")


def _capital_word(trouble: Trouble) -> Slip | None:
    found = trouble.match(re.compile(r"[^\W\d]\w*"))
    if not found or not found.group()[0].isupper():
        return None
    hint = f"for a percussion name write `{found.group().lower()}`; a pitch is a letter from A to G and an octave, `C4`"
    return Slip("STO101", Span(*found.span()), f"{_quoted(found.group())} is no pitch", hint)


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


def _loose_arguments(trouble: Trouble) -> Slip | None:
    """`@normal (60)`."""
    found = re.compile(r"@[\w.]+(\s+)\($").search(trouble.code[trouble.piece.start : trouble.at].rstrip())
    if not found:
        return None
    start = trouble.piece.start
    fix = Fix(Span(start + found.start(1), start + found.end(1)), "")
    return Slip(
        "STO101",
        Span(fix.span.end, fix.span.end + 1),
        "the arguments stand directly after the name",
        f"write `{found.group().split()[0]}(`",
        fix,
    )


def _lost_extent(trouble: Trouble) -> Slip | None:
    if trouble.word not in ("for", "fill"):
        return None
    message = f"`{trouble.word}` says how long a generator plays, and none stands before it"
    return Slip("STO101", trouble.here(len(trouble.word)), message, "put it directly after `@name(…)` or `$name`")


_NOTE_SLIPS: tuple[Callable[[Trouble], Slip | None], ...] = (
    _late_accidental, _rest_duration, _loose_dot, _worded_duration, _small_pitch, _german_pitch, _missing_octave,
    _loose_suffix, _repeat_bar, _bars_of_reference, _loose_arguments, _unbraced, _bracketed, _other_note, _plain_number, _lost_extent, _capital_word,
    _backticks, _loose_colon,
)  # fmt: skip

_SLIPS: tuple[Callable[[Trouble], Slip | None], ...] = (
    _open_text, _lookalike, _semicolon, _other_comment, _strange, _nameless, _open_notation, _stray_comma,
    _wrong_closing, _not_closed, _reserved, _taken_name,
    _reversed_setting, _unknown_heading_word, _name_without_number, _missing_sign, _bars_without_number, _row_of_chain, _setting_in_body, _label_without_colon,
    _misspelt_word, _unknown_setting,     _odd_key, _unbarred, _unnamed_argument, _missing_value, _note_slip, _missing_heading_value,
)  # fmt: skip


def _unexpected(trouble: Trouble) -> Slip:
    wanted = phrase(trouble.accepts)
    if trouble.is_end or trouble.word in (*CLOSES, ",") or len(trouble.accepts) <= 2:
        return Slip("STO107", trouble.here(), f"{wanted} is missing after {_quoted(trouble.last)}")
    return Slip(
        "STO101", trouble.here(), f"{_quoted(trouble.run())} is not expected here", f"{wanted} could stand here"
    )
