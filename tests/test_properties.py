"""What holds of every score, whatever its writer does: the scores of the tutorial and the reference, varied by chance.

A varied score has some words swapped, dropped, doubled or borrowed: most are refused, and that in good order. A nudged
one has other numbers and pitches only, and many can be played.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from stochos.diagnostics import CODES, Diagnostic, SourceError
from stochos.format import format_score
from stochos.parse import parse
from stochos.pipeline import Checked, check_source, realize_checked, render
from stochos.realization import Realization
from stochos.source import Source

ROOT = Path(__file__).parent.parent
SCORES = ROOT / "scores"
SMALL = {"STOCHOS_MAX_NOTES": "8000", "STOCHOS_MAX_BARS": "200", "STOCHOS_MAX_REPEATS": "20"}
HEAVY = ("@lstm", "bach/", "@st(")  # what takes seconds, or may be denser than the limit

_FENCE = re.compile(r"^```stoch\n(.*?)^```$", re.M | re.S)
_WORD = re.compile(
    r"""//[^\n]* | "[^"\n]*" | \s+ | -> | >> | \.\. | \d+(?:\.\d+)?(?:/\d+)? | [A-G](?:\#\#?|bb?)?\d | \w+ | .""", re.X
)
_PITCH = re.compile(r"[A-G](?:##?|bb?)?\d")


@pytest.fixture(autouse=True, scope="module")
def small_limits() -> Iterator[None]:
    """A huge number is refused rather than played."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SMALL.items():
            patch.setenv(name, value)
        yield


def whole(text: str) -> bool:
    return "part " in text and "section " in text and "import" not in text


FILES = [path.read_text(encoding="utf-8") for path in sorted(SCORES.rglob("*.stoch"))]
EXAMPLES = [text for text in _FENCE.findall((ROOT / "docs" / "language.md").read_text(encoding="utf-8")) if whole(text)]
TEXTS = [*FILES, *EXAMPLES]
LIGHT = [text for text in TEXTS if not any(heavy in text for heavy in HEAVY)]


def words(text: str) -> list[str]:
    return _WORD.findall(text)


VOCABULARY = sorted({word for text in TEXTS for word in words(text) if not word.isspace() and word[:2] != "//"})
NUMBERS = ["0", "1", "2", "3", "4", "5", "7", "8", "12", "16", "64", "0.5", "1.25", "1000", "99999999999", "1/8", "3/4"]
PITCHES = ["C4", "C5", "F#4", "Bb3", "E2", "Cb5", "B#4", "G7", "Ebb4", "C0"]

drawn_texts = st.sampled_from(TEXTS)
light_texts = st.sampled_from(LIGHT)


@st.composite
def varied(draw: st.DrawFn, texts: st.SearchStrategy[str] = drawn_texts) -> str:
    """A score, a few of its words dropped, doubled, swapped or replaced by others."""
    found = words(draw(texts))
    for _ in range(draw(st.integers(1, 4))):
        here, there = (draw(st.integers(0, len(found) - 1)) for _ in "ab")
        match draw(st.sampled_from(["drop", "double", "swap", "borrow", "move"])):
            case "drop":
                found[here] = ""
            case "double":
                found[here] += " " + found[here]
            case "swap":
                found[here], found[there] = found[there], found[here]
            case "borrow":
                found[here] = draw(st.sampled_from(VOCABULARY))
            case "move":
                found.insert(there, found.pop(here))
    return "".join(found)


@st.composite
def nudged(draw: st.DrawFn, texts: st.SearchStrategy[str] = light_texts) -> str:
    """A score in which a few numbers or pitches are others: many can be played."""
    found = words(draw(texts))
    places = [i for i, word in enumerate(found) if word[0].isdigit() or _PITCH.fullmatch(word)]
    own = [found[i] for i in places if _PITCH.fullmatch(found[i])]
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(places))
        among = [*own, *PITCHES] if _PITCH.fullmatch(found[place]) else NUMBERS
        found[place] = draw(st.sampled_from(among))
    return "".join(found)


def source(text: str) -> Source:
    return Source("score.stoch", text, SCORES / "score.stoch")


def checked(text: str) -> tuple[Checked | None, tuple[Diagnostic, ...]]:
    try:
        found = check_source(source(text))
    except SourceError as error:
        return None, error.diagnostics
    return found, found.warnings


def played(text: str) -> Realization | None:
    found, _ = checked(text)
    event("plays" if found else "is refused")
    try:
        return realize_checked(found) if found else None
    except SourceError as error:
        if {problem.code for problem in error.diagnostics} != {"STO702"}:  # only constraints may fail so late
            raise
        return None


@cache
def original(text: str) -> Realization:
    return realize_checked(check_source(source(text)))


def test_there_is_something_to_vary() -> None:
    assert len(FILES) >= 10
    assert len(EXAMPLES) >= 8
    assert all(checked(text)[0] for text in LIGHT)


# --- whatever is written, it checks or is refused in good order -----------------------------------


def in_good_order(text: str) -> None:
    found, problems = checked(text)
    assert found is not None or any(not problem.is_warning for problem in problems)
    assert list(problems) == sorted(problems, key=lambda p: (p.source.name, p.span, p.code))
    assert len({(p.source.name, p.span, p.code) for p in problems}) == len(problems)
    for problem in problems:
        assert problem.code in CODES
        assert problem.message
        assert "\n" not in problem.message + (problem.hint or "")
        places = [(problem.source, problem.span), *((r.source or problem.source, r.span) for r in problem.related)]
        places += [(problem.source, problem.fix.span)] if problem.fix else []
        for file, span in places:
            assert 0 <= span.start <= span.end <= len(file.text)


@settings(max_examples=150)
@given(varied())
def test_a_varied_score_is_checked_or_refused(text: str) -> None:
    in_good_order(text)


@settings(max_examples=60)
@given(st.lists(st.one_of(st.sampled_from(VOCABULARY), st.text(max_size=3)), max_size=40).map(" ".join))
@example('part p = "Flute" section A { p: ')
@example("\ufeff")
@example("form A'''''''''")
def test_any_text_is_checked_or_refused(text: str) -> None:
    in_good_order(text)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(VOCABULARY), max_size=25).map(" ".join))
def test_any_words_in_a_line_are_checked_or_refused(music: str) -> None:
    in_good_order(f'part flute = "Flute"\nlet m = {{ C5:8 D5 }}\nsection A 4 bars {{\n  flute: {music}\n}}\n')


# --- what is checked can be played ----------------------------------------------------------------


def in_bounds(text: str, piece: Realization) -> None:
    """Notes lie within the piece and the range of their part; on the page they begin in a bar."""
    found, _ = checked(text)
    assert found is not None
    parts = {part.name: part for part in found.score.parts}
    assert [bar.onset for bar in piece.bars[1:]] == [bar.onset + bar.length for bar in piece.bars[:-1]]
    for part in piece.parts:
        for note in part.notes:
            assert 0 <= note.onset < note.onset + note.duration <= piece.duration
            assert 0 <= note.written_onset < note.written_onset + note.written_duration <= piece.duration
            assert parts[part.name].low <= note.pitch <= parts[part.name].high
            assert note.velocity is None or 1 <= note.velocity <= 127


@settings(max_examples=80)
@given(nudged())
def test_what_is_checked_plays_within_its_bars_and_ranges(text: str) -> None:
    piece = played(text)
    if piece is not None:
        in_bounds(text, piece)
        assert render(piece, ["midi"])["midi"][:4] == b"MThd"


@settings(max_examples=80)
@given(varied(light_texts))
def test_a_varied_score_that_is_checked_plays(text: str) -> None:
    piece = played(text)
    if piece is not None:
        in_bounds(text, piece)
        render(piece, ["midi"])


@settings(max_examples=25)
@given(nudged())
def test_what_is_checked_can_be_engraved_and_is_the_same_again(text: str) -> None:
    piece = played(text)
    if piece is not None:
        files = render(piece)
        assert files["musicxml"].startswith(b"<?xml")
        assert played(text) == piece
        assert render(piece) == files


# --- what an edit leaves as it was ----------------------------------------------------------------


@dataclass(frozen=True)
class Newcomer:
    """A part that joins every section."""

    name: str
    music: str


def joined(text: str, newcomer: Newcomer) -> str | None:
    """The score with one more part, first of all; None where it cannot be read."""
    try:
        tree = parse(source(text))
    except SourceError:
        return None
    ends = sorted(line.span.start for s in tree.statements if hasattr(s, "lines") for line in s.lines[:1])
    for end in reversed(ends):
        text = f"{text[:end]}{newcomer.name}: {newcomer.music}\n{text[end:]}"
    return f'part {newcomer.name} = "Violin"\n{text}'


newcomers = st.sampled_from([
    Newcomer("newcomer", "@poisson(density: 1/bar) fill"),
    Newcomer("aaa", "@pulse(every: 1/4, pitch: @brown(start: A4, step: 2st)) fill"),
    Newcomer("asked", "@poisson(density: 2/bar) fill until no_repeat 2, notes 1..999"),
    Newcomer("zzz", "C5:16? @markov(from: `C5:8 D5 C5 E5`, length: 1/8) fill"),
])  # fmt: skip


@settings(max_examples=25)
@given(st.sampled_from([text for text in LIGHT if "pickup" not in text]), newcomers)
def test_a_new_part_changes_no_other(text: str, newcomer: Newcomer) -> None:
    more = joined(text, newcomer)
    assert more is not None
    piece = played(more)
    assert piece is not None
    others = tuple(part for part in piece.parts if part.name != newcomer.name)
    assert others == original(text).parts


@settings(max_examples=40)
@given(nudged())
def test_a_score_laid_out_anew_plays_the_same(text: str) -> None:
    piece = played(text)
    if piece is not None:
        assert played(format_score(source(text))) == piece
