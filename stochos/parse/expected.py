"""What the grammar would have accepted, in the composer's words."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Groups first: where all of a group could stand, its phrase stands for them.
_GROUPS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"SECTION", "FORM", "LET", "PART"}), "a new line of the heading"),
    (frozenset({"TEMPO", "KEY", "VALUE_WORD"}), "a setting such as `tempo 84`"),
    (frozenset({"NUMBER", "WORD", "PITCH", "TEXT"}), "a value"),
)
_LINES = frozenset({
    "TEXT_WORD", "VALUE_WORD", "SEED", "KEY", "TUPLETS", "TEMPO", "PART", "LET", "IMPORT", "SECTION", "FORM", "EXPECT",
    "$END",
})  # fmt: skip
_COVERED = {
    "a new line of the heading": _LINES,
    "a setting such as `tempo 84`": _LINES,
    "a value": frozenset({
        "NUMBER", "NOTE_VALUE", "PITCH", "TEXT", "WORD", "REFERENCE", "SCALE", "SIEVE", "LBRACKET", "VALUE_BRACE",
        "WEIGHTS_OPEN", "CHOICE", "CHAIN_OPEN", "CALL", "CALL_OPEN", "BACKTICK", "STATE_NOTE", "NOT", "BRACKET_OPEN",
        "SIGNED_VALUE",
    }),
}  # fmt: skip

# In the order in which they are named; what has no phrase goes without saying.
_PHRASES = {
    "NAME": "a name", "TONIC": "a key such as `D` or `Bb`", "TEXT": "a text in quotes", "EQUALS": "`=`", "AS": "`as`",
    "NUMBER": "a number", "NOTE_VALUE": "a fraction such as `1/8`", "PITCH": "a pitch", "WORD": "a word",
    "FORM_ENTRY": "the name of a section", "BARS": "`bars`", "BODY_OPEN": "`{`", "LABEL": "a part's name with a colon",
    "AT_BAR": "`at bar`", "NOTE": "a note", "HIT": "a rest", "CHORD_SYMBOL": "a chord such as `Dm`",
    "HARMONY": "`harmony`", "BAR": "a barline",
    "EXTENT_UNIT": "`bars`, `beats` or `notes`",
    "TRANSFORM": "the name of a transformation", "TRANSFORM_OPEN": "the name of a transformation",
    "ARGUMENT_NAME": "an argument's name with a colon", "ON": "`on`", "DOTS": "`..`", "ARROW": "`->`",
    "CURVE": "a curve such as `exp`", "AT": "`at`", "COLON": "a colon", "COMMA": "a comma", "WEIGHT": "a weight",
    "STATE_NOTE": "a note with its duration", "IN": "a range such as `in C2..A4`", "CLEF": "a clef", "FOR": "`for`",
    "FILL": "`fill`", "PIPE": "`>>`", "TIMES": "`*`", "AMPERSAND": "`&`", "BACKTICK": "a backtick",
    "REFERENCE": "a `$name`", "CALL": "a generator", "SIEVE": "`sieve`", "CHOICE": "`choice`", "SCALE": "`scale`",
    "LBRACKET": "`[`", "RPAREN": "`)`", "RBRACKET": "`]`", "RBRACE": "`}`", "VALUE_BRACE": "`{`", "GROUP_OPEN": "`{`",
    "WEIGHTS_OPEN": "`{`", "SECTION": "a section", "TEXT_WORD": "a title", "TEMPO": "`tempo`", "KEY": "`key`",
    "MEASURE_OPEN": "a measure such as `count(`", "OF": "`of`", "COMPARISON": "`<` or `>`", "P_VALUE": "`p`",
    "UNIT": "`octaves` or `bit`",
    "CONSTRAINT": "a constraint such as `no_repeat 3`", "ATTEMPTS": "`attempts`", "UNTIL": "`until`",
    "VALUE_WORD": "`meter`", "SEED": "`seed`", "TUPLETS": "`tuplets`", "$END": "the end",
}  # fmt: skip
_MUSIC = frozenset({
    "SLUR_OPEN", "SLUR_CLOSE", "TUPLET_OPEN", "GROUP_OPEN", "DYNAMIC", "HAIRPIN", "BAR_REST", "REFERENCE", "CALL",
    "CALL_OPEN", "AMPERSAND",
})  # fmt: skip
_MOST = 5


@dataclass(frozen=True, slots=True)
class Gap:
    """A sign that is plainly left out.

    sign       what to write
    name       by which the grammar asks for it
    following  what then stands in its place; None: whatever does, when nothing else could follow
    instead    what writers put in its place
    inserted   the text that goes after what stands before
    """

    sign: str
    name: str
    following: re.Pattern[str] | None
    instead: re.Pattern[str]
    inserted: str


_NOTHING = re.compile(r"(?!)")
_BODY = re.compile(r"[^\W\d]\w*[ \t]*:(?!\d)|at\s+bar\b|\}|[A-G][#b]*\d|\|")
_NEXT_ENTRY = re.compile(r"[^\W\d]\w*[ \t]*:|(?:tempo|meter|key|pickup|grid|tuplets)\b")

GAPS = (
    Gap("=", "EQUALS", None, re.compile(r":=?\s*|->\s*|is\b\s*"), " = "),
    Gap("as", "AS", None, re.compile(r"=\s*"), " as "),
    Gap("..", "DOTS", None, re.compile(r"\.+\s*|-\s*|to\b\s*"), ".."),
    Gap(":", "COLON", None, re.compile(r"[=,]"), ":"),
    Gap("clef", "CLEF", re.compile(r"(?:treble|bass|alto|tenor|soprano|percussion)\b"), _NOTHING, " clef"),
    Gap("{", "BODY_OPEN", _BODY, _NOTHING, " {"),
    Gap(",", "COMMA", _NEXT_ENTRY, _NOTHING, ","),
)


def phrase(accepts: frozenset[str]) -> str:
    """`a note, a rest, a barline or `}``: what could stand at a place.

    accepts  names of the grammar's terminals
    """
    left = set(accepts) - _LINES or set(accepts)
    phrases = []
    if "NOTE" in left:
        left -= _MUSIC
    for group, words in _GROUPS:
        if group <= left:
            phrases.append(words)
            left -= _COVERED[words]
    phrases += [words for name, words in _PHRASES.items() if name in left]
    named = list(dict.fromkeys(phrases))[:_MOST] or ["something else"]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"
