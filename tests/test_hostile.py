"""Odd scores: whatever is written, there is an answer soon, and a score without errors can be played."""

from __future__ import annotations

import random
import re
import time
from io import StringIO
from pathlib import Path

import pytest

from stochos import score, tree
from stochos.check.names import walk
from stochos.cli.diagnose import full
from stochos.cli.screen import Screen
from stochos.diagnostics import Diagnostic, SourceError
from stochos.parse import parse_partial
from stochos.pipeline import Checked, check_source, realize_checked
from stochos.source import Source

SCORES = Path(__file__).parent.parent / "scores"
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(SCORES.glob("*.stoch"))]
SCREEN = Screen(StringIO(), colour=False, unicode=True)
HEADING = 'part flute = "Flute"\npart drums = "Drum kit"\npart piano = "Piano"\n'


def checked(text: str) -> Checked | tuple[Diagnostic, ...]:
    """The score, or what is wrong with it; the messages can be shown."""
    try:
        return check_source(Source("score.stoch", text, SCORES / "score.stoch"))
    except SourceError as error:
        for diagnostic in error.diagnostics:
            assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(diagnostic.source.text)
            assert full(diagnostic, SCREEN)
        return error.diagnostics


def codes(body: str, heading: str = "", bars: str = "4 bars") -> list[str]:
    found = checked(f"{HEADING}{heading}\nsection A {bars} {{\n{body}\n}}\n")
    assert not isinstance(found, Checked), "it has no errors"
    return [d.code for d in found if not d.is_warning]


def passages(items: tuple[score.Item, ...]) -> int:
    inner = (passages(item.items) for item in items if isinstance(item, score.Group))
    return sum(isinstance(item, score.Passage) for item in items) + sum(inner)


# --- scores with a few words changed ----------------------------------------------------------

WORD = re.compile(r'"[^"\n]*"|`[^`]*`|[@$]?\w[\w.#]*(?::[\d.+]+)?~?|->|>>|\.\.|[^\s\w]|\s+')
KINDS = {
    "note": re.compile(r"[A-G](?:##?|bb?)?-?\d+(?::[\d.+]+)?~?"),
    "number": re.compile(r"[\d.]+"),
    "reference": re.compile(r"\$[\w.]+"),
    "call": re.compile(r"@[\w.]+"),
    "word": re.compile(r"\w+"),
}
ODD = ["0", "1", "999", "100000", "0.001", "C0", "G9", "C4:64", "A4:2..", "kick", "r", "off", "key", "fill", "$x", "@x"]


def kind(word: str) -> str | None:
    return next((name for name, pattern in KINDS.items() if pattern.fullmatch(word)), None)


@pytest.mark.parametrize("seed", range(12))
def test_a_score_without_errors_can_be_played(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOCHOS_MAX_NOTES", "20000")
    monkeypatch.setenv("STOCHOS_MAX_BARS", "500")
    chance = random.Random(seed)
    pool: dict[str | None, list[str]] = {}
    for word in [word for text in TEXTS for word in WORD.findall(text)] + ODD:
        pool.setdefault(kind(word), []).append(word)
    for _ in range(60):
        words = WORD.findall(chance.choice(TEXTS))
        places = [place for place, word in enumerate(words) if kind(word)]
        for place in chance.sample(places, chance.choice([1, 1, 2, 3])):
            words[place] = chance.choice(pool[kind(words[place])])
        text = "".join(words)
        found = checked(text)
        if isinstance(found, Checked):
            assert _count(found) >= _written(text), text
            try:
                realize_checked(found)
            except SourceError as error:
                assert "STO702" in {problem.code for problem in error.diagnostics}, text  # noqa: PT017 - that alone


def _count(found: Checked) -> int:
    lines = (line for section in found.score.sections.values() for line in section.lines)
    return sum(passages(voice) for line in lines for voice in line.voices)


def _written(text: str) -> int:
    """Generators in the lines of a text."""
    sections = [s for s in parse_partial(Source("score.stoch", text))[0].statements if isinstance(s, tree.Section)]
    nodes = (node for section in sections for line in section.lines for node in walk(line.voices))
    return sum(isinstance(node, tree.Passage) and isinstance(node.what, tree.Call) for node in nodes)


# --- much of everything -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("music", "code"),
    [
        ("R*999999999", "STO609"),
        ("{ { { C5:4 }*9999 }*9999 }*9999", "STO609"),
        ("{ { { R }*9999 }*9999 }*9999", "STO609"),
        ("@pulse(every: 1/8) for 999999999 bars", "STO609"),
        ("@pulse(every: 1/8) for 999999999 notes", "STO609"),
        ("@poisson(density: 1000000/bar) fill", "STO403"),
        ("@bernoulli(chance: 0.5, every: 1/100000000) fill", "STO609"),
        ("@cloud(onsets: @bernoulli(chance: 0.5, every: 1/100000000)) fill", "STO609"),
        ("{999:998 C5:4}", "STO204"),
        ("C5:3", "STO209"),
        ("@pulse(every: 1/8) for 0 bars", "STO209"),
        ("@pulse(every: 1/8) for 0.333 beats", "STO209"),
        ("{ C5:4 D5 E5 F5 } >> augment(0.3333)", "STO209"),
    ],
)
def test_what_asks_too_much_is_refused_at_once(music: str, code: str) -> None:
    started = time.perf_counter()
    assert codes(f"flute: {music}", bars="20000 bars" if "every: 1/1" in music else "4 bars") == [code]
    assert time.perf_counter() - started < 5


def test_a_form_may_not_play_too_many_notes() -> None:
    section = "section A 1 bar { flute: @pulse(every: 1/64) fill }\nform " + "A*2000 " * 9
    found = checked(f"{HEADING}{section}")
    assert not isinstance(found, Checked)
    told = [d.message for d in found if not d.is_warning]
    assert told == ["the piece has some 1,152,000 notes; the limit is 1,000,000"]


def chained(first: str, following: str, names: int) -> str:
    """Names that each need the one before."""
    return "\n".join(
        [f"let m0 = {first}", *(f"let m{i} = {following.replace('$m', f'$m{i - 1}')}" for i in range(1, names))]
    )


@pytest.mark.parametrize(
    ("first", "following", "code"),
    [
        ("| C5:1 |", "{ $m }", "STO111"),
        ("| C5:1 |", "$m >> transpose(0)", "STO111"),
        ("C5", "$m", "STO111"),
        ("[C5, D5]", "[$m, C5]", "STO111"),
        ("| C5:1 |", "{ $m $m }", "STO609"),
        ("[C5, D5]", "[$m, $m]", "STO609"),
    ],
)
def test_names_within_names_are_followed_so_far(first: str, following: str, code: str) -> None:
    heading = chained(first, following, 40 if code == "STO609" else 3_000)
    assert codes("flute: R*4", heading=heading) == [code]


def test_names_within_names_are_followed_far_enough() -> None:
    assert not codes_or_none("flute: $m40 | R*3", chained("| C5:1 |", "{ $m }", 41))
    assert not codes_or_none("flute: @pulse(every: 1/8, pitch: $m90) fill", chained("[C5, D5]", "[$m, C5]", 91))


# --- lengths that nobody knows ----------------------------------------------------------------


def test_after_an_unknown_name_the_rest_of_the_line_is_read() -> None:
    assert codes("flute: | $nothing | C5:4 D5 E5 | C2:1 | F5:1'stac |") == ["STO302", "STO201", "STO408", "STO308"]


def test_after_an_unknown_name_the_length_of_the_line_is_not_told() -> None:
    assert codes("flute: $nothing") == ["STO302"]
    assert codes("flute: $nothing\npiano: @pulse(every: 1/8) fill", bars="") == ["STO302"]


def test_an_unknown_name_with_an_extent_is_counted() -> None:
    assert codes("flute: | @nothing for 2 bars | C5:1 | D5:2 |") == ["STO305", "STO201"]


def test_nothing_follows_fill() -> None:
    assert codes("flute: @pulse(every: 1/8) fill C5:4 D5 | @pulse(every: 1/8) fill") == ["STO203"]


def test_certain_lengths_are_counted_and_others_are_not() -> None:
    chain = "@markov(chain: @chain { C5: D5  D5: C5 }"
    assert not codes_or_none(f"flute: {chain}, length: 1/8) for 12 notes C5:2 | R*2")
    assert codes(f"flute: {chain}, length: 1/8) for 12 notes | C5:1 | R") == ["STO201"]
    assert codes(f"flute: {chain}, length: 1/8..1/4) for 12 notes C5:2 | R*2") == ["STO206"]


def codes_or_none(body: str, heading: str = "") -> list[str]:
    found = checked(f"{HEADING}{heading}\nsection A 4 bars {{\n{body}\n}}\n")
    return [] if isinstance(found, Checked) else [d.code for d in found if not d.is_warning]


# --- one mistake, one message -----------------------------------------------------------------


def test_a_line_of_the_wrong_kind_is_one_mistake() -> None:
    assert codes("drums: | C4:4 D4 E4 F4 | R*3 |") == ["STO309"]
    assert codes("flute: | kick:4 snare kick snare | R*3 |") == ["STO309"]


def test_a_line_in_the_wrong_octave_is_one_message() -> None:
    found = checked(f"{HEADING}section A 2 bars {{ flute: | C2:4 D2 E2 F2 | G2:1 | }}")
    assert not isinstance(found, Checked)
    assert "4 more notes" in next(d.message for d in found if d.code == "STO408")


def test_what_cannot_be_read_is_not_called_unknown_or_unused() -> None:
    text = "let rain = @poisson(density 3/bar)\nlet call = | C5:4 D5 E5 F5 |"
    assert codes("flute: @rain for 1 bar $rain for 1 bar | R*2 |", heading=text) == ["STO107"]
    found = checked(f"{HEADING}{text}\nsection A 1 bar {{ flute: C5:1 }}")
    assert not isinstance(found, Checked)
    assert not any(d.is_warning for d in found)


def test_what_was_meant_counts_as_used() -> None:
    found = checked('part flute = "Flute"\nlet sighs = | C5:1 |\nsection A 1 bar { fluet: $sihgs }')
    assert not isinstance(found, Checked)
    assert [d.code for d in found] == ["STO301", "STO302"]


def test_the_place_is_told_where_it_is_known() -> None:
    body = "flute: | C5:1 | @markov for 1 bar | R | {3:2 C5:8 D5} E5:2. |"
    found = checked(f"{HEADING}section A 4 bars {{ {body} }}")
    assert not isinstance(found, Checked)
    places = [d.place for d in found if not d.is_warning]
    assert places == ["section A, part flute, bar 2", "section A, part flute, bar 4"]


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("density: 50000/bar", "at most 40,000/bar"),
        ("density: 20000/beat", "at most 10,000/beat"),
        ("density: 1/bar, velocity: 200", "at most 127"),
        ("density: 1/bar, length: -1/8", "above 0;"),
        ("density: 1/bar, length: -20ms", "above 0;"),
    ],
)
def test_a_bound_is_told_in_the_unit_that_was_written(argument: str, words: str) -> None:
    found = checked(f"{HEADING}section A 4 bars {{ flute: @poisson({argument}) fill }}")
    assert not isinstance(found, Checked)
    assert any(words in d.message or d.code.startswith("STO1") for d in found)
