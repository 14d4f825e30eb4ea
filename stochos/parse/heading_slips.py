"""What writers get wrong in the lines of the heading, and in the settings of a section."""

from __future__ import annotations

import re

from stochos.diagnostics import Fix, nearest
from stochos.parse.expected import phrase
from stochos.parse.pieces import CLAUSES, HEADING, LINES, PITCH_NAME, RESERVED, SETTINGS
from stochos.parse.slip import Slip
from stochos.parse.trouble import GERMAN, LABEL, MUSIC, Trouble, malformed, quoted
from stochos.source import Span

EXAMPLES = {
    "title": 'title "Storm study"', "composer": 'composer "A. Nonymous"', "copyright": 'copyright "2024 A. Nonymous"',
    "tempo": "tempo 84` or `tempo 84 -> 140", "meter": "meter 4/4", "key": "key D minor", "seed": "seed 1958",
    "pickup": "pickup 1/4", "grid": "grid 1/16", "tuplets": "tuplets 3 5", "part": 'part flute = "Flute"',
    "let": "let sighs = | A4:4 G4 |", "import": 'import "motifs.stoch" as m', "section": "section calm 8 bars { … }",
    "form": "form calm storm calm'",
}  # fmt: skip
_FIRST_WORD = re.compile(r"\s*([^\W\d]\w*)")


# --- names ------------------------------------------------------------------------------------


def reserved(trouble: Trouble) -> Slip | None:
    """`lock A B`."""
    word = trouble.word
    if word not in RESERVED:
        return None
    return Slip("STO108", trouble.here(len(word)), f"`{word}` is reserved for a later version", "choose another name")


def taken_name(trouble: Trouble) -> Slip | None:
    """`part key = "Flute"`."""
    names_only = trouble.accepts <= {"NAME", "FORM_ENTRY"}
    if not names_only or trouble.word not in HEADING + LINES + CLAUSES or trouble.last not in (*HEADING, "as", "="):
        return None
    if "\n" in trouble.text[trouble.before : trouble.at]:
        return None
    message = f"`{trouble.word}` is a word of the language and cannot be a name"
    return Slip("STO108", trouble.here(len(trouble.word)), message, "choose another name")


_ODD_NAME = re.compile(r"\s*(?:part|let)[ \t]+([^\s=\"|:][^=\"|:\n]*?)[ \t]*=")


def odd_name(trouble: Trouble) -> Slip | None:
    """`part flute 2 = "Flute"`, `let C#4 = | C4 |`."""
    found = _ODD_NAME.match(trouble.code, trouble.piece.start)
    if not found or not found.start(1) <= trouble.at <= found.end(1) or not trouble.accepts <= {"NAME", "EQUALS"}:
        return None
    name = found[1]
    span = Span(*found.span(1))
    if re.fullmatch(PITCH_NAME, name):
        return Slip("STO108", span, f"`{name}` is a pitch and cannot be a name", "choose another name")
    meant = re.sub(r"\W+", "_", name).strip("_")
    if name in HEADING + LINES + RESERVED + CLAUSES:
        return None
    if meant == name or not meant[:1].isalpha():
        hint = "a name is one word of letters and digits, and begins with a letter"
        return Slip("STO107", span, f"`{name}` is no name", hint)
    return Slip("STO107", span, f"{quoted(name)} is not one word", f"write `{meant}`", Fix(span, meant))


# --- the first word of a line -----------------------------------------------------------------


def reversed_setting(trouble: Trouble) -> Slip | None:
    """`4/4 meter`."""
    if "SECTION" not in trouble.accepts:
        return None
    found = trouble.match(re.compile(rf"([^\s,{{]+(?:[ \t]+[a-z]+)?)[ \t]+({'|'.join(SETTINGS)})\b"))
    if not found or found[1] in HEADING or nearest(found[1], HEADING):
        return None
    fix = Fix(Span(*found.span()), f"{found[2]} {found[1]}")
    return Slip("STO101", fix.span, f"`{found[2]}` comes before what it sets", f"write `{fix.text}`", fix)


def outside(trouble: Trouble) -> Slip | None:
    """A line of music, or notes, where a line of the heading should stand."""
    if "SECTION" not in trouble.accepts or trouble.inside:
        return None
    if not _begins_line(trouble):
        return None
    if trouble.match(LABEL) and trouble.word not in HEADING and not re.fullmatch(PITCH_NAME, trouble.word):
        hint = f"put it into a section: `section calm 8 bars {{ {trouble.word}: … }}`"
        return Slip("STO101", trouble.here(), "a line of music stands outside every section", hint)
    if not MUSIC & trouble.accepts and trouble.match(re.compile(r"@\w|\$\w|\||[A-G](?:##?|bb?)?-?\d")):
        hint = "bind it to a name, `let sighs = …`, or put it into a section after a part's name, `flute: …`"
        return Slip("STO101", trouble.here(), "music stands outside every section", hint)
    return None


def _begins_line(trouble: Trouble) -> bool:
    before = trouble.code[trouble.piece.start : trouble.at]
    return not before.strip() or "\n" in trouble.text[trouble.before : trouble.at]


def unknown_heading_word(trouble: Trouble) -> Slip | None:
    """`tilte "Storm"`, `sighs = | C4 |`."""
    word = trouble.word
    if "SECTION" not in trouble.accepts or trouble.inside or not word[:1].isalpha() or not _begins_line(trouble):
        return None
    meant = nearest(word, HEADING)
    span = trouble.here(len(word))
    if meant:
        return Slip("STO105", span, f"unknown heading word `{word}`", f"did you mean `{meant}`?", Fix(span, meant))
    if bound := trouble.match(re.compile(r"\w+[ \t]*=[ \t]*(\"?)")):
        keyword = "part" if bound[1] else "let"
        fix = Fix(Span(trouble.at, trouble.at), f"{keyword} ")
        return Slip("STO105", span, f"`{keyword}` is missing before `{word}`", f"write `{keyword} {word} = …`", fix)
    hint = f"a line of the heading begins with {', '.join(HEADING[:-1])} or {HEADING[-1]}"
    return Slip("STO105", span, f"unknown heading word {quoted(word)}", hint)


def setting_in_body(trouble: Trouble) -> Slip | None:
    """`tempo 96` among the lines of a section, or a part that is called `key`."""
    word = trouble.word
    if not trouble.inside or word not in SETTINGS:
        return None
    found = trouble.match(re.compile(r"\w+[ \t]*:(?=[ \t]*(?:[|@$({<\[]|[A-G][#b]*-?\d|r\b|R\b))"))
    if found:
        message = f"`{word}` is a word of the language and cannot be the name of a part"
        return Slip("STO108", trouble.here(len(word)), message, "call the part by another name")
    setting = trouble.text[trouble.at : trouble.piece.end].split("\n")[0].split("//")[0].rstrip(" }")
    setting = re.sub(r"^(\w+)[ \t]*[:=][ \t]*", r"\1 ", setting)
    hint = f"write it in the section's heading, after a comma, or as `at bar 5: {setting}`"
    return Slip("STO101", trouble.here(len(word)), f"`{word}` cannot stand among the parts of a section", hint)


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


# --- what a word of the heading is followed by ------------------------------------------------


def equals_in_setting(trouble: Trouble) -> Slip | None:
    """`tempo = 84`, `key: D minor`."""
    found = trouble.match(re.compile(r"[=:][ \t]*"))
    if not found or trouble.last not in (*SETTINGS, "section", "import", "part", "let") or not _same_line(trouble):
        return None
    value = trouble.text[found.end() : trouble.piece.end].split("\n")[0].split("//")[0].rstrip(" {},")
    fix = Fix(Span(trouble.before, found.end()), " ")
    message = f"no `{trouble.word}` stands after `{trouble.last}`"
    if trouble.last in SETTINGS and value:
        return Slip("STO101", trouble.here(1), message, f"write {quoted(f'{trouble.last} {value}')}", fix)
    if trouble.word == ":" and re.match(r"[^\W\d]|\"", value):
        return Slip("STO101", trouble.here(1), message, "leave it out", fix)
    return None


_ODD_SECTION = re.compile(r"\s*section\s+([^\W\d]\w*|\"[^\"\n]*\")([ \t]*[(:,=][ \t]*)(\d+[ \t]+bars?)[ \t]*\)?")


def odd_section(trouble: Trouble) -> Slip | None:
    """`section A (8 bars) {`, `section A: 8 bars {`."""
    found = _ODD_SECTION.match(trouble.text, trouble.piece.start)
    if not found or not found.start(2) <= trouble.at <= found.start(3):
        return None
    fix = Fix(Span(found.start(2), found.end()), f" {found[3]}")
    message = "a section's length stands directly after its name"
    return Slip("STO101", Span(found.start(2), found.end()), message, f"write `section {found[1]} {found[3]}`", fix)


def _same_line(trouble: Trouble) -> bool:
    return "\n" not in trouble.text[trouble.before : trouble.at]


_FORM = re.compile(r"\s*form\b([\w\s'*,;|()\[\]=:>.\u2013+-]*)\Z")
_ENTRIES = re.compile(r"(?:[^\W\d]\w*'*(?:\*\d+)?\s*)+")


def signs_in_form(trouble: Trouble) -> Slip | None:
    """`form A, B, A`, `form: A B`, `form (A B)*2`, `form 2*A`."""
    found = _FORM.match(re.split(r"\n[ \t]*form\b", trouble.code[slice(*trouble.piece)])[0].rstrip())
    if not found or "FORM_ENTRY" not in trouble.accepts or trouble.is_end or trouble.word in HEADING + LINES:
        return None
    text = _form_of(found[1])
    start = trouble.piece.start
    span = Span(start + found.start(1), start + found.end(1))
    fix = Fix(span, f" {text}") if _ENTRIES.fullmatch(text) else None
    hint = f"write {quoted(f'form {text}')}" if fix else "as in `form calm storm calm'`"
    hint = "leave it out" if fix and "\n" in text else hint
    wrong = trouble.word if not trouble.word[0].isalnum() else trouble.run()
    message = f"{quoted(wrong)} cannot stand in a form, which only names sections"
    return Slip("STO101", trouble.here(len(wrong)), message, hint, fix)


def _form_of(written: str) -> str:
    """Names, apostrophes and counts, without the signs between them."""
    written = re.sub(r"\(([^()]*)\)[ \t]*\*[ \t]*([2-8])(?!\d)", lambda m: " ".join([m[1]] * int(m[2])), written)
    turned = re.sub(r"(?<![\w*])(\d+)\s*\*\s*([^\W\d]\w*'*)", r"\2*\1", written)
    names = re.sub(r"[ \t]*\*[ \t]*", "*", re.sub(r"[^\w'*\s]+", " ", turned))
    lines = [" ".join(line.split()) for line in names.split("\n")]
    return "\n     ".join(line for line in lines if line)


_KEY = re.compile(r"([A-Ha-h])(#|b|is|es|s)?(?:[- ]?(m|min|minor|moll|maj|major|dur)\b|(?![\w#]))")
_MODES = {
    "m": "minor", "min": "minor", "minor": "minor", "moll": "minor", "maj": "major", "major": "major", "dur": "major",
}  # fmt: skip


def odd_key(trouble: Trouble) -> Slip | None:
    """`key d minor`, `key Dm`, `key d`."""
    if trouble.accepts == {"NAME"} and re.search(r"\bkey\s+[A-G][#b]?\s*\Z", trouble.code[: trouble.at][-20:]):
        hint = f"write `key {trouble.last} major` or `key {trouble.last} minor`"
        return Slip("STO107", trouble.here(), f"`major` or `minor` is missing after `{trouble.last}`", hint)
    found = trouble.match(_KEY)
    if trouble.accepts != {"TONIC"} or not found:
        return None
    letter = "B" if found[1] in "Hh" else found[1].upper()
    mode = _MODES[found[3]] if found[3] else ("minor" if found[1].islower() and trouble.last == "key" else "")
    follows = re.compile(r"[ \t]+[^\W\d]").match(trouble.text, found.end())
    text = letter + GERMAN.get(found[2] or "", found[2] or "") + (f" {mode}" if mode and not follows else "")
    return malformed(found, f"{quoted(found.group())} is not how a key is named", text)


def odd_scale(trouble: Trouble) -> Slip | None:
    """`scale "0 2 4"`, `scale [0, 2, 4]`."""
    if trouble.last == "scale" and "WORD" in trouble.accepts:
        own = "`sieve \"12@0 | 12@3 | 12@7\"`"
        hint = f"write its name and its tonic, such as `scale dorian on D`; a scale of your own is a sieve: {own}"
        return Slip("STO107", trouble.here(), "the name of a scale is missing after `scale`", hint)
    return None


_ODD_METER = re.compile(r"(\d{1,2})(?:[ \t]*[:\-][ \t]*|[ \t]+)(\d{1,2})\b|(\d{1,2})(?![\w./])|[^\W\d]\w*")
_METERS = {"C": "4/4", "common": "4/4", "cut": "2/2", "alla": "2/2"}


def odd_meter(trouble: Trouble) -> Slip | None:
    """`meter 4`, `meter 3:4`, `meter common`, `grid 16`."""
    if trouble.accepts != {"NOTE_VALUE"} or trouble.last not in ("meter", "grid"):
        return None
    found = trouble.match(_ODD_METER)
    if not found:
        return None
    above, below, alone = found.groups()
    if trouble.last == "grid":
        text = f"1/{alone}" if alone else ""
    else:
        text = f"{above}/{below}" if above else f"{alone}/4" if alone else _METERS.get(found.group(), "")
    return malformed(found, f"`{found.group()}` is no {trouble.last}", text, "STO101") if text else None


_NOTES_OF_TEMPO = {"half": "1/2", "quarter": "1/4", "crotchet": "1/4", "eighth": "1/8", "quaver": "1/8", "minim": "1/2"}


def odd_tempo(trouble: Trouble) -> Slip | None:
    """`tempo Allegro`, `tempo "Allegro" 120`, `tempo quarter = 84`, `tempo 84 bpm`."""
    if trouble.word.lower() in ("bpm", "mm") and re.search(r"\btempo\s+\S+\s*\Z", trouble.code[: trouble.at][-40:]):
        fix = Fix(Span(trouble.before, trouble.at + len(trouble.word)), "")
        message = f"`{trouble.word}` goes without saying: a tempo counts quarters a minute"
        return Slip("STO101", trouble.here(len(trouble.word)), message, "leave it out", fix)
    if trouble.last != "tempo" or not {"NUMBER", "NOTE_VALUE"} <= trouble.accepts:
        return None
    if found := trouble.match(re.compile(r"([a-z]+)[ \t]*(?:note)?[ \t]*=(?=[ \t]*\d)")):
        value = _NOTES_OF_TEMPO.get(found[1])
        return malformed(found, f"`{found[1]}` is no note value", f"{value} =", "STO101") if value else None
    found = trouble.match(re.compile(r"\"?([^\W\d][^\"\n,{}/=]*?)\"?(?:[ \t]+(\d+))?[ \t]*(?=$|\n|//|,|\{)"))
    if not found:
        return None
    text = f'{found[2] or "96"} "{found[1].strip()}"'
    span = Span(*found.span())
    message = "a tempo begins with its number of quarters a minute"
    return Slip("STO101", span, message, f"write `tempo {text}`", Fix(span, text) if found[2] else None)


def unquoted(trouble: Trouble) -> Slip | None:
    """`part flute = Flute`, `title Storm study`, `import tune.mid as tune`, `sieve 8@0`."""
    if trouble.accepts != {"TEXT"} or trouble.is_end or not _same_line(trouble):
        return None
    ends = r"[ \t]+(?:in|clef|as)\b|[ \t]*(?:\n|$|//|[,;)}\]])"
    if trouble.last in ("title", "composer", "copyright"):
        ends = r"[ \t]*(?:\n|$|//)"
    found = trouble.match(re.compile(rf"[^\n\"=:]+?(?={ends})"))
    if not found or (trouble.last == "sieve" and "@" not in found.group()):
        return None
    fix = Fix(Span(*found.span()), '"' + found.group().strip("'`").replace("\\", "/") + '"')
    return Slip("STO101", fix.span, "a text stands in quotes", f"write {quoted(fix.text)}", fix)


def nameless_import(trouble: Trouble) -> Slip | None:
    """`import "tune.mid"`."""
    found = re.search(r"\bimport\s*\"([^\"\n]*)\"\s*\Z", trouble.text[trouble.piece.start : trouble.before])
    if trouble.accepts != {"AS"} or not found or (_same_line(trouble) and not trouble.is_end):
        return None
    stem = re.sub(r"\W+", "_", found[1].rsplit("/", 1)[-1].rsplit(".", 1)[0])
    name = stem if stem[:1].isalpha() and stem not in HEADING and not re.fullmatch(PITCH_NAME, stem) else "tune"
    fix = Fix(Span(trouble.before, trouble.before), f" as {name}")
    hint = f"write `{found.group().strip()}{fix.text}`"
    return Slip("STO107", trouble.here(), "what is imported has no name", hint, fix)


def missing_heading_value(trouble: Trouble) -> Slip | None:
    """A line of the heading that breaks off, or goes on with the wrong thing."""
    first = _FIRST_WORD.match(trouble.code, trouble.piece.start)
    if trouble.inside or not first or first[1] not in EXAMPLES or MUSIC & trouble.accepts or trouble.opened():
        return None
    if first[1] == "let" and "NAME" not in trouble.accepts:
        return None
    example = f"as in `{EXAMPLES[first[1]]}`"
    wanted = phrase(trouble.accepts)
    if trouble.is_end or trouble.word in HEADING or not _same_line(trouble) or trouble.accepts <= {"NAME"}:
        return Slip("STO107", trouble.here(), f"{wanted} is missing after {quoted(trouble.last)}", example)
    return Slip(
        "STO101", trouble.here(), f"{quoted(trouble.run())} is not expected here", f"{wanted} could follow, {example}"
    )
