"""A score is read as it is written, and every slip in it is reported where it is, in the composer's words."""

from __future__ import annotations

import dataclasses
import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import lark
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stochos import tree
from stochos.diagnostics import CODES, Diagnostic, SourceError
from stochos.parse import parse, parse_partial, table
from stochos.parse.chains import check_chains
from stochos.source import Source, Span

HERE = Path(__file__).parent
GRAMMAR = HERE.parent / "grammar"
SCORES = sorted((HERE.parent / "scores").rglob("*.stoch"))
READ = sorted((HERE / "golden" / "parse").glob("*.stoch"))
FAULTY = sorted((HERE / "golden" / "errors-syntax").glob("*.stoch"))
TERMINALS = set(re.findall(r"(?m)^([A-Z_]+)(?:\.\d+)?:", (GRAMMAR / "stoch.lark").read_text(encoding="utf-8")))

Compare = Callable[[Path, str], None]


def source(text: str) -> Source:
    return Source("test.stoch", text)


def problems(text: str) -> tuple[Diagnostic, ...]:
    return parse_partial(source(text))[1]


def outline(node: object, text: str, name: str = "", depth: int = 0) -> Iterator[str]:
    """A tree as indented lines: each node with its plain fields, and the text that it covers."""
    margin = "  " * depth + (f"{name}: " if name else "")
    if isinstance(node, tuple) and type(node) is tuple:
        for item in node:
            yield from outline(item, text, name, depth)
        return
    if not dataclasses.is_dataclass(node):
        yield f"{margin}{plain(node)}"
        return
    fields = {f.name: getattr(node, f.name) for f in dataclasses.fields(node)}
    span = fields.pop("span", None)
    inner = {k: v for k, v in fields.items() if is_tree(v)}
    words = "".join(f" {k}={plain(v)}" for k, v in fields.items() if k not in inner and not isinstance(v, Span))
    covered = " " + " ".join(text[slice(*span)].split()) if span else ""
    shown = covered if len(covered) <= 60 else covered[:30] + " … " + covered[-27:]
    yield f"{margin}{type(node).__name__}{words}{'  ⟨' + shown.strip() + '⟩' if span else ''}"
    for key, value in inner.items():
        yield from outline(value, text, key, depth + 1)


def is_tree(value: object) -> bool:
    if dataclasses.is_dataclass(value):
        return not isinstance(value, tree.Duration)
    return type(value) is tuple and any(is_tree(item) for item in value)


def plain(value: object) -> str:
    match value:
        case Fraction():
            return str(value)
        case tree.Duration():
            return "+".join(f"{denominator}{'.' * dots}" for denominator, dots in value.values)
        case _:
            return repr(value)


def spans(node: object) -> Iterator[Span]:
    if isinstance(node, Span):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from spans(item)
    elif dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            yield from spans(getattr(node, field.name))


def report(text: str) -> Iterator[str]:
    whole = source(text)

    def place(span: Span) -> str:
        return "{}:{}-{}:{}".format(*whole.position(span.start), *whole.position(span.end))

    for problem in problems(text):
        yield f"{problem.code} {place(problem.span)} {problem.message}"
        if problem.hint:
            yield f"    help: {problem.hint}"
        for related in problem.related:
            yield f"    see {place(related.span)}: {related.message}"
        if problem.fix:
            yield f"    fix: {text[slice(*problem.fix.span)]!r} -> {problem.fix.text!r}"


def named(paths: list[Path]) -> list[object]:
    return [pytest.param(path, id=path.stem) for path in paths]


# --- what is written --------------------------------------------------------------------------


@pytest.mark.parametrize("path", named(READ))
def test_a_score_is_read_as_recorded(path: Path, golden: Compare) -> None:
    text = path.read_text(encoding="utf-8")
    found = "\n".join(line for s in parse(source(text)).statements for line in outline(s, text))
    golden(path.with_suffix(".tree"), found + "\n")


@pytest.mark.parametrize("folder", ["parse", "errors-syntax", "format"])
def test_no_golden_is_an_orphan(folder: str) -> None:
    ending = {"parse": ".tree", "errors-syntax": ".txt", "format": ".formatted"}[folder]
    files = set((HERE / "golden" / folder).iterdir())
    written = {path for path in files if path.suffix == ".stoch"}
    assert written
    assert files == written | {path.with_suffix(ending) for path in written}


@pytest.mark.parametrize("path", named(READ + SCORES))
def test_every_span_lies_in_the_text_and_in_its_parents(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for statement in parse(source(text)).statements:
        assert 0 <= statement.span.start < statement.span.end <= len(text)
        assert all(statement.span.start <= s.start <= s.end <= statement.span.end for s in spans(statement))


def test_windows_and_mac_habits_do_not_matter() -> None:
    text = 'part a = "Flute"\nsection x 1 bar {\n  a: | C4:1 |\n}\n'
    meant = parse(source(text))
    assert parse(source("\ufeff" + text)) == meant
    assert parse(source(text.replace("\n", "\r\n"))) == meant
    assert parse(source(text.replace("  ", "\t").replace(" = ", "\t=\t"))) == meant
    assert parse(source(" ".join(text.split()))) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("let x = {C4:3, G4:1}", "let x = {C4: 3, G4: 1}"),
        ("let x = choice {C4:4}", "let x = choice {C4: 4}"),
        ("let x = {a, b}", "let x = choice {a, b}"),
        ("let x = scale dorian on D", "let x = dorian on D"),
        ("let x = { C4:4 D4 }*2", "let x = {C4:4 D4} * 2"),
        ("section x 1 bar { a: @p(a: 2) for 1 bar }", "section x 1 bar { a: @p(a: 2) for 1 bars }"),
        ('part x = "Flute" clef bass in C2..C4', 'part x = "Flute" in C2..C4 clef bass'),
        ("section x 1 bar { a : C4 }", "section x 1 bar { a: C4 }"),
        ("let x = $tune[bar 5]", "let x = $tune[bars 5..5]"),
        ("form a b*2", "form a b * 2"),
    ],
)
def test_two_spellings_mean_the_same(written: str, meant: str) -> None:
    assert parse(source(written)) == parse(source(meant))


def test_a_brace_after_let_is_weights_only_with_a_colon_or_comma() -> None:
    kinds = {
        "{C4: 3, G4: 1}": tree.Weights,
        "{C4:3, G4:1}": tree.Weights,
        "{0.5: 1}": tree.Weights,
        "{mf, ff}": tree.Weights,
        "{calm: C4..C5, wild: $x}": tree.ByState,
        "{$a: 2, $b: 1}": tree.Weights,
        "{@normal(mean: 3): 2, 5: 1}": tree.Weights,
        "{ C4:4 D4 }": tree.Group,
        "{C4:4}": tree.Group,
        "{ $a $b }": tree.Group,
        "{ {3:2 C4:8 D4 E4} }": tree.Group,
        "$a": tree.Reference,
        "$a*2": tree.Repeat,
        "$a >> retrograde": tree.Pipe,
        "@p for 4 bars": tree.Group,
        "@p": tree.Call,
        "| C4 |": tree.Notation,
        "{C4} | $b": tree.Combined,
        "{C4..E4} - $b": tree.Combined,
        "!{C4}": tree.Complement,
    }
    for written, kind in kinds.items():
        (let,) = parse(source(f"let x = {written}")).statements
        assert isinstance(let, tree.Let)
        assert type(let.value) is kind, written


def test_the_shipped_table_is_of_this_grammar(request: pytest.FixtureRequest) -> None:
    shipped = GRAMMAR / "stoch.json"
    if request.config.getoption("--update-golden"):
        shipped.write_text(table(), encoding="utf-8")
    assert json.loads(shipped.read_text(encoding="utf-8"))["of"] == json.loads(table())["of"], "pytest --update-golden"


def test_the_grammar_has_no_conflicts(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lark.logger, "handlers", [caplog.handler])  # its own writes to a stream that may be gone
    with caplog.at_level(logging.DEBUG, logger=lark.logger.name):
        lark.Lark((GRAMMAR / "stoch.lark").read_text(encoding="utf-8"), parser="lalr", start="score", debug=True)
        assert "onflict" not in caplog.text
        lark.Lark('start: "a" start | "a" start "b" | "c"', parser="lalr", debug=True)
        assert "onflict" in caplog.text, "a conflict would not have been seen"


# --- what is wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", named(FAULTY))
def test_slips_are_reported_as_recorded(path: Path, golden: Compare) -> None:
    golden(path.with_suffix(".txt"), "\n".join(report(path.read_text(encoding="utf-8"))) + "\n")


@pytest.mark.parametrize("path", named(FAULTY))
def test_a_fix_mends_what_it_was_offered_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    before = problems(text)
    for problem in before:
        if problem.fix is not None:
            start, end = problem.fix.span
            assert text[start:end] != problem.fix.text, problem
            assert problem.hint != f"write `{text[slice(*problem.span)]}`", problem
            mended = text[:start] + problem.fix.text + text[end:]
            after = problems(mended)
            assert (problem.code, problem.span) not in [(p.code, p.span) for p in after], problem
            assert len(after) <= len(before), problem


def test_parse_reports_all_slips_at_once_in_source_order() -> None:
    with pytest.raises(SourceError) as caught:
        parse(source("tempoo 84\nmeter 4\nlet x = | c4 |\n"))
    assert [d.code for d in caught.value.diagnostics] == ["STO105", "STO101", "STO109"]


def test_what_can_be_read_is_read_and_what_cannot_is_named() -> None:
    text = (
        'part flute = "Flute"\npart oboe "Oboe"\nlet x = | c4 |\nlet y = | C4 |\n'
        "section a 1 bar {\n  flute: C4:1\n  oboe: C4;\n  at bar 1: tempo 60\n}\n"
        "section b 1 {\n  flute: C4\n}\nform a b\n"
    )
    score, found = parse_partial(source(text))
    assert len(found) == 4
    assert score.unread == {"oboe", "x", "b", "flute"}
    assert [type(s).__name__ for s in score.statements] == ["Part", "Let", "Section", "Form"]
    section = score.statements[2]
    assert isinstance(section, tree.Section)
    assert [line.part for line in section.lines] == ["flute"]
    assert [change.bar for change in section.changes] == [1]


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ('part flute "Flute"', "flute"),
        ('parrt flute = "Flute"', "flute"),
        ('flute = "Flute"', "flute"),
        ("let x = | c4 |", "x"),
        ("lets x = | C4 |", "x"),
        ('import "x.mid" = x', "x"),
        ("import x.mid as x", "x"),
        ("section calm 8 {\n  flute: C4\n  oboe: D4\n}", "calm flute oboe"),
        ("sectoin calm 8 bars {\n  flute: C4\n}", "calm flute"),
        ("section calm 8 bars\n  flute: C4\n}", "calm flute"),
        ("section calm 8 bars {\n  flute: | c4 |\n  oboe: C4\n}", "flute"),
        ("tempo = 84", ""),
        ("form calm, x", ""),
    ],
)
def test_names_of_what_cannot_be_read_are_kept(text: str, unread: str) -> None:
    score, found = parse_partial(source(text))
    assert len(found) == 1
    assert score.unread == set(unread.split())


def test_comments_of_other_languages_hide_nothing() -> None:
    text = SCORES[0].read_text(encoding="utf-8")
    assert "//" in text
    score, found = parse_partial(source(text.replace("//", "#") + "/* the\nend */"))
    assert {problem.code for problem in found} == {"STO106"}
    assert score == parse(source(text))


def test_a_part_with_the_name_of_a_pitch_is_one_problem() -> None:
    text = 'part C4 = "Flute"\nsection a 1 bar {\n  C4: | C4:1 |\n}\nsection b 1 bar { C4: | D4:1 | }\n'
    (problem,) = problems(text)
    assert (problem.code, text[slice(*problem.span)]) == ("STO108", "C4")


def test_a_section_that_is_not_closed_is_reported_where_it_ends() -> None:
    section = "section s{0} 1 bar {{\n  flute: | C4:1 |\n}}\n\n"
    text = 'part flute = "Flute"\n' + "".join(map(section.format, range(40)))
    (problem,) = problems(text.replace("}\n\nsection s7 ", "\nsection s7 "))
    assert problem.message == "`section s6` is not closed"
    assert problem.fix is not None
    assert problem.fix.text == "\n}"


def test_a_mistake_in_one_place_changes_nothing_elsewhere() -> None:
    text = next(path for path in SCORES if path.stem == "11-storm").read_text(encoding="utf-8")
    whole = parse(source(text)).statements
    broken, found = parse_partial(source(text.replace("tempo 84\n", "tempo 84 84\n", 1)))
    assert len(found) == 1
    assert [s for s in whole if s in broken.statements] == list(broken.statements)
    assert len(broken.statements) == len(whole) - 1


@pytest.mark.parametrize("text", ["", "  \n\t\n", "// only a comment\n"])
def test_an_empty_score_says_how_to_begin(text: str) -> None:
    (problem,) = problems(text)
    assert (problem.code, problem.message) == ("STO110", "there is no music in this score")
    assert "stochos new" in (problem.hint or "")


def test_a_binary_file_is_one_problem() -> None:
    (problem,) = problems("MThd\x00\x00\x00\x06\x00\x01 { { {")
    assert problem.code == "STO106"
    assert "not a text file" in problem.message


@pytest.mark.parametrize("sign", ["{ ", "[", "(", "@p(a: "])
def test_sixty_four_brackets_are_music_and_sixty_five_are_not(sign: str) -> None:
    closing = {"{": "}", "[": "]", "(": ")", "@": ")"}[sign[0]]
    opened, core = {"{": ("let x = ", "C4"), "[": ("let x = ", "1"), "(": ("let x = | ", "C4"), "@": ("let x = ", "1")}[
        sign[0]
    ]
    assert not problems(opened + sign * 64 + core + closing * 64)
    (problem,) = problems(opened + sign * 65 + core + closing * 65)
    assert problem.code == "STO111"


@pytest.mark.slow
@pytest.mark.parametrize(
    "signs", ["{", "[", "}", "()", "[]{}", "{ C4 ", "tempo tempo\n", "abc ", "a\n", '"', "<", "[C4|", "$"]
)
def test_ten_megabytes_of_nonsense_are_refused_quickly(signs: str) -> None:
    text = signs * (10_000_000 // len(signs))
    started = time.process_time()
    assert problems(text)
    assert time.process_time() - started < 20


def test_a_hundred_problems_are_enough() -> None:
    assert len(problems("tempo tempo\n" * 5000)) == 100


# --- any text ---------------------------------------------------------------------------------

WORDS = st.sampled_from(
    """
    title composer tempo meter key seed part let import section form at bar bars in clef as on for fill exp
    C4 C#4:4. Bb3 r R*4 kick:8 c4 C Cis4 C4~ C4'stacc C4?0.7 <C4 [C4|E4]:2 mf cresc 4/4 84 -12 30% 3/bar
    | & ( ) { } [ ] {3:2 @chain @p( $x >> *3 -> .. : , = ` ; flute: a: x " “ 'x' ~ ? # → // /*
    """.split()  # noqa: SIM905
)
SEPARATORS = st.sampled_from(["", " ", "\n", "\n\n", "  // so\n"])
NONSENSE = st.lists(st.tuples(WORDS, SEPARATORS), max_size=60).map(lambda words: "".join(a + b for a, b in words))
GOOD = [path.read_text(encoding="utf-8") for path in READ + SCORES]


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A score with a stretch left out, doubled, or replaced."""
    text = draw(st.sampled_from(GOOD))
    start = draw(st.integers(0, len(text)))
    end = min(len(text), start + draw(st.integers(0, 30)))
    return (
        text[:start]
        + draw(st.one_of(st.just(""), WORDS, st.just(text[start:end] * 2), st.text(max_size=3)))
        + text[end:]
    )


@given(st.one_of(st.text(), NONSENSE, damaged()))
@example("")
@example("let x = " + "9" * 5000)
@example("let x = | C" + "9" * 5000 + " |")
@example("let x = | C4:" + "9" * 5000 + " |")
@example("let x = | R*" + "9" * 5000 + " |")
@example("let x = 1/0")
@example("form a*0")
@example("let x = | C4? 0 |\x1c\u2028")
def test_any_text_is_read_or_refused_in_musical_words(text: str) -> None:
    score, found = parse_partial(source(text))
    assert all(0 <= s.start <= s.end <= len(text) for s in spans(score))
    assert found or score.statements
    for problem in found:
        places = [problem.span, *(r.span for r in problem.related), *([problem.fix.span] if problem.fix else [])]
        assert all(0 <= s.start <= s.end <= len(text) for s in places)
        assert problem.code in CODES
        assert problem.fix is None or problem.fix.text != text[slice(*problem.fix.span)]
        assert problem.message[0] == problem.message.lower()[0]
        said = re.sub(r"`[^`]*`|'[^']*'", "", problem.message + " " + (problem.hint or ""))
        assert not TERMINALS & set(re.findall(r"[A-Z_]{2,}", said)), problem


@given(damaged())
def test_one_wound_is_few_problems(text: str) -> None:
    assert len(problems(text)) <= 12


def test_the_time_for_a_chain_grows_as_its_rows_do() -> None:
    def seconds(rows: int) -> float:
        text = "let c = @chain {\n" + "".join(f"  C4:8 D4:{1 + i}: E4:4 0.5, F4:8 0.5\n" for i in range(rows)) + "}\n"
        runs = []
        for _ in range(3):
            started = time.perf_counter()
            check_chains(text, Span(0, len(text)))
            runs.append(time.perf_counter() - started)
        return min(runs)

    assert seconds(8_000) < 24 * seconds(1_000)  # eight times; looking at the rest of the chain at each row: sixty
