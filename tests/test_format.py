"""Formatting puts lines and columns in order and changes nothing that is meant or remarked."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stochos.diagnostics import SourceError
from stochos.format import format_score
from stochos.parse import parse
from stochos.source import Source

HERE = Path(__file__).parent
UNTIDY = sorted((HERE / "golden" / "format").glob("*.stoch"))
WRITTEN = (
    UNTIDY + sorted((HERE / "golden" / "parse").glob("*.stoch")) + sorted((HERE.parent / "scores").rglob("*.stoch"))
)


def source(text: str) -> Source:
    return Source("test.stoch", text)


def formatted(text: str) -> str:
    return format_score(source(text))


def comments(text: str) -> list[str]:
    return [found.rstrip() for found in re.findall(r'"(?:[^"\\\n]|\\.)*"|(//[^\n]*)', text) if found]


def assert_kept(text: str) -> None:
    found = formatted(text)
    assert parse(source(found)) == parse(source(text))
    assert comments(found) == comments(text)
    assert formatted(found) == found
    assert not re.search(r"\n\n\n|\A\n|\n\n\Z", found)
    assert not any(line != line.rstrip() for line in found.split("\n"))


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in UNTIDY])
def test_a_score_is_formatted_as_recorded(path: Path, golden: Callable[[Path, str], None]) -> None:
    golden(path.with_suffix(".formatted"), formatted(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in WRITTEN])
def test_formatting_keeps_every_written_score(path: Path) -> None:
    assert_kept(path.read_text(encoding="utf-8"))


def test_a_score_that_cannot_be_read_is_not_formatted() -> None:
    with pytest.raises(SourceError):
        formatted("tempo\n")


def test_the_deepest_nesting_is_formatted() -> None:
    assert_kept("let x = | " + "{ " * 64 + "C4" + " }" * 64 + " |")
    assert_kept("let x = " + "[" * 64 + "1" + "]" * 64)


# --- any score --------------------------------------------------------------------------------

NAMES = st.sampled_from(["flute", "A", "low_wood", "x1", "sighs", "flûte"])
COUNTS = st.integers(1, 12).map(str)
NUMBERS = st.sampled_from(["4", "-12", "0.25", "30%", "2st", "3/bar", "20ms"])
PITCHES = st.sampled_from(["C4", "F#3", "Bb-1", "C##5"])
NOTE_VALUES = st.sampled_from(["1/8", "3/16"])
SUFFIXES = st.sampled_from(["", ":4", ":8.", ":4+16", "~", "'stacc", "?", "?0.7", ":2~'accent?"])
Tokens = st.SearchStrategy[list[str]]


def one(strategy: st.SearchStrategy[str]) -> Tokens:
    return strategy.map(lambda text: [text])


def between(inner: Tokens, opening: str, separator: str, closing: str, most: int = 3) -> Tokens:
    """`opening item separator item closing`; the signs are words of their own."""

    def joined(items: list[list[str]]) -> list[str]:
        words = [opening]
        for number, item in enumerate(items):
            words += ([separator] if number and separator else []) + item
        return [*words, closing]

    return st.lists(inner, min_size=1, max_size=most).map(joined)


def sequence(*parts: Tokens | str) -> Tokens:
    drawn = [st.just([part]) if isinstance(part, str) else part for part in parts]
    return st.tuples(*drawn).map(lambda lists: [word for words in lists for word in words])


SOUNDS = st.one_of(PITCHES, st.sampled_from(["r", "kick", "<C4 E4>", "< C4  G4 >", "[C4|E4]", "[ C4 | E4 ]"]))
NOTES = one(st.tuples(SOUNDS, SUFFIXES).map("".join))
MARKS = one(st.sampled_from(["|", "p", "sfz", "cresc", "dim", "R", "R*4", "R * 2"]))
PLAIN = st.one_of(
    one(NUMBERS), one(PITCHES), one(NOTE_VALUES), one(st.sampled_from(["key", "mf", '"8@0 | // 8@3"', "$a"]))
)
SCALES = sequence("dorian", "on", one(st.sampled_from(["D", "F#"])))


def compound(values: Tokens) -> Tokens:
    weighted = st.one_of(sequence(values, ":", one(st.sampled_from(["3", "0.5", "20%"]))), values)
    return st.one_of(
        between(values, "[", ",", "]"),
        between(weighted, "{", ",", "}"),
        between(sequence(one(NAMES.filter(str.islower).map("{}:".format)), values), "@draw(", ",", ")"),
        sequence(values, "..", values).filter(lambda words: words.count("..") == 1 and "->" not in words),
        sequence(values, "->", values, one(st.sampled_from(["exp", "sine"])), "at", "50%").filter(
            lambda words: words.count("->") == 1
        ),
        between(NOTES, "`", "", "`"),
        between(CHAIN_ROWS, "@chain {", "", "}"),
    )


CHAIN_ROWS = sequence(one(PITCHES), ":", one(PITCHES), one(st.sampled_from(["0.5", "3"])), ",", one(PITCHES))
VALUES = st.recursive(st.one_of(PLAIN, SCALES), compound, max_leaves=5)
CALLS = st.one_of(
    one(st.just("@walk")),
    between(sequence(one(NAMES.filter(str.islower).map("{}:".format)), VALUES), "@draw(", ",", ")"),
)
EXTENTS = st.one_of(
    one(st.just("fill")), sequence("for", one(COUNTS), one(st.sampled_from(["bars", "bar", "beats", "notes"])))
)
CONSTRAINED = st.sampled_from([["no_repeat", "3"], ["notes", "5", "..", "9"], ["ends_on", "F#"], ["max_leap", "$a"]])
UNTIL = st.one_of(
    st.just([]), between(CONSTRAINED, "until", ",", ""), between(CONSTRAINED, "until", ",", "in 20 attempts")
)
PASSAGES = st.one_of(one(st.just("$sighs")), one(st.just("$tune[ bars 5 .. 8 ]")), sequence(CALLS, EXTENTS, UNTIL))
TRANSFORMS = st.one_of(
    one(st.just("retrograde")), between(st.one_of(VALUES, sequence("by:", VALUES)), "transpose(", ",", ")")
)


def nested(items: Tokens) -> Tokens:
    music = st.lists(items, min_size=1, max_size=4).map(lambda lists: [word for words in lists for word in words])
    voices = between(music, "{", "&", "}", most=2)
    heads = st.one_of(voices, PASSAGES)
    return st.one_of(
        sequence("(", music, ")"),
        between(items, "{3:2", "", "}"),
        voices,
        sequence(heads, ">>", TRANSFORMS),
        sequence(heads, ">>", TRANSFORMS, ">>", TRANSFORMS, "*2"),
        sequence(heads, "*3"),
    )


ITEMS = st.recursive(st.one_of(NOTES, MARKS, PASSAGES), nested, max_leaves=8)
MUSIC = st.lists(ITEMS, min_size=1, max_size=6).map(lambda lists: [word for words in lists for word in words])
SETTINGS = st.one_of(
    sequence("tempo", one(COUNTS)),
    sequence("tempo", "84", "->", "140", "exp"),
    sequence("meter", "3/4"),
    sequence("key", "F#", "minor"),
    sequence("tuplets", "3", "5"),
)
LINES = st.one_of(
    sequence(one(NAMES.map("{}:".format)), MUSIC),
    sequence(one(NAMES.map("{} :".format)), MUSIC, "&", MUSIC),
    sequence("at bar", one(COUNTS), ":", SETTINGS),
    one(NAMES.map("{}:".format)),
)
STATEMENTS = st.one_of(
    SETTINGS,
    sequence("title", '"A // title"'),
    sequence("part", one(NAMES), "=", '"Flute"'),
    sequence("part", one(NAMES), "=", '"Flute"', "in", "C2", "..", "A4", "clef", "bass"),
    sequence("let", one(NAMES), "=", "|", MUSIC),
    sequence("let", one(NAMES), "=", st.one_of(PLAIN, SCALES, CALLS)),
    sequence("let", one(NAMES), "=", "choice", between(sequence(VALUES, ":", "2"), "{", ",", "}")),
    sequence("section", one(NAMES), one(COUNTS), "bars", between(LINES, "{", "", "}")),
    sequence("section", one(NAMES), ",", SETTINGS, ",", SETTINGS, between(LINES, "{", "", "}")),
    sequence("form", between(one(NAMES), "calm''", "", "storm * 3")),
)
SPACES = st.sampled_from(
    [" ", " ", " ", "  ", "\n", "\n  ", "\n\n\n", "  // a remark\n", "\n// one\n\n  // two\n", "\t"]
)


@st.composite
def scores(draw: st.DrawFn) -> str:
    """A score with any white space and comments between its words."""
    words = [word for words in draw(st.lists(STATEMENTS, min_size=1, max_size=5)) for word in words]
    text = draw(st.sampled_from(["", "\n\n", "// first\n\n", "  "]))
    for word in words:
        text += word + draw(SPACES)
    return text


@given(scores())
def test_formatting_keeps_any_score(text: str) -> None:
    assert_kept(text)
