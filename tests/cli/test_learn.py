"""`stochos learn`: what it counts, and that what it writes checks clean, plays, and says what was counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mido
import pytest

from stochos.cli.learn import learn, score_of, stated, told
from stochos.cli.states import States
from stochos.pipeline import check_source, realize_checked
from stochos.process.passage import Token
from stochos.source import Source

Run = Callable[..., Any]

PROTOCOL = "ABABBBABAABABABABBBBABAABABBAABABBABAAABABBAABBABBA"
FIXTURES = Path(__file__).parent.parent / "fixtures"


def tokens(letters: str, length: float = 1.0) -> tuple[Token, ...]:
    """A is A4, B is B4; a dot is a rest."""
    pitches = {"A": 69, "B": 71, "C": 60, "D": 62, "E": 64}
    return tuple(Token((pitches[x],) if x != "." else (), length) for x in letters)


def midi(path: Path, letters: str) -> None:
    """Quarter notes in a file."""
    track = mido.MidiTrack()
    for token in tokens(letters):
        track.append(mido.Message("note_on", note=token.pitches[0], velocity=64))
        track.append(mido.Message("note_off", note=token.pitches[0], time=480))
    mido.MidiFile(type=0, tracks=[track]).save(path)


def rows(text: str) -> dict[str, tuple[str, str]]:
    """The rows of a chain that was written: what follows, and the counts."""
    found = re.findall(r"^ {4}(.+?): (.+?) *// (.+)$", text, re.M)
    return {origin: (targets.strip(), counts) for origin, targets, counts in found}


# --- what is counted --------------------------------------------------------------------------


def test_xenakis_protocol_is_learned_from_a_midi_file(stochos: Run, tmp_path: Path) -> None:
    midi(tmp_path / "protocol.mid", PROTOCOL)
    ran = stochos("learn", "protocol.mid", "--states", "pitch")
    assert ran.code == 0
    assert rows(ran.out) == {"A4": ("B4 0.7391, A4 0.2609", "17 6"), "B4": ("A4 0.6296, B4 0.3704", "17 10")}
    assert "let chain = @chain {" in ran.out
    assert "A4" in ran.err
    assert "entropy" in ran.err


def test_several_pieces_are_counted_together_and_not_across() -> None:
    lesson = learn([("one", tokens("ABA")), ("two", tokens("BBA"))], 1, States.PITCH, 0.0)
    text = score_of(lesson, "chain", ["one", "two"])
    assert rows(text) == {"A4": ("B4", "1"), "B4": ("A4 0.6667, B4 0.3333", "2 1")}


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (States.NOTE, ["A4:4", "A4:8", "r:8", "B4:4"]),
        (States.PITCH, ["A4", "A4", "B4"]),
        (States.INTERVAL, ["0st", "+2st"]),
        (States.LENGTH, ["1/4", "1/4", "1/4"]),
    ],
)
def test_music_is_heard_as_notes_pitches_intervals_or_lengths(states: States, expected: list[str]) -> None:
    music = (
        Token((), 4.0),
        Token((60, 69), 1.02),
        Token((69,), 0.5),
        Token((), 0.5),
        Token((71,), 1.0),
        Token((), 2.0),
    )
    lesson = learn([("it", stated(music, states))], 1, states, 0.0)
    named = [lesson.name(lesson.counts.states.index(token)) for token in stated(music, states)]
    assert named == expected


@pytest.mark.parametrize(
    ("quarters", "expected"),
    [
        (1.0, "4"),
        (1.5, "4."),
        (1.75, "4.."),
        (2 / 3, "6"),
        (1 / 3, "12"),
        (0.625, "8+32"),
        (1.2504, "4+16"),
        (99.0, "1+1"),
    ],
)
def test_a_length_becomes_the_nearest_that_can_be_read(quarters: float, expected: str) -> None:
    music = tokens("AB", quarters)
    assert score_of(learn([("it", stated(music, States.NOTE))], 1, States.NOTE, 0.0), "it", ["it"]).count(
        f"A4:{expected}:"
    )


def test_dead_ends_are_named_and_lead_back() -> None:
    lesson = learn([("one", tokens("ABC")), ("two", tokens("CDA"))], 1, States.PITCH, 0.0)
    assert lesson.ends == ()
    lesson = learn([("one", tokens("ABC")), ("two", tokens("BDE"))], 2, States.PITCH, 0.0)
    assert [line for line in told(lesson) if line.startswith("dead end")] == [
        "dead end: B4 C4 in one; it leads back to the beginning",
        "dead end: D4 E4 in two; it leads back to the beginning",
    ]
    assert rows(score_of(lesson, "it", ["one"]))["B4 C4"] == ("A4", "1")


@pytest.mark.parametrize("letters", ["A", "AB", "AAB", "ABCDE"])
@pytest.mark.parametrize("order", [1, 2, 4])
def test_short_pieces_make_whole_chains(letters: str, order: int) -> None:
    plays(score_of(learn([("it", tokens(letters))], order, States.PITCH, 0.0), "it", ["it"]))


def test_what_is_rare_is_left_out_and_the_rest_is_whole() -> None:
    music = tokens("AB" * 40 + "AC" + "AB" * 10 + "A")
    lesson = learn([("it", music)], 1, States.PITCH, 0.05)
    text = score_of(lesson, "it", ["it"])
    assert rows(text) == {"A4": ("B4", "50"), "B4": ("A4", "50")}
    assert lesson.rare == 2, "to the rare state, and from it"
    assert "2 rare transitions are left out" in text
    assert learn([("it", music)], 1, States.PITCH, 1.0).rows == lesson.rows, "the likeliest always stays"


# --- what is written --------------------------------------------------------------------------


def plays(text: str) -> None:
    """A score that checks without a word, and sounds."""
    checked = check_source(Source("learned.stoch", text))
    assert not checked.warnings
    assert any(part.notes for part in realize_checked(checked).parts)


@pytest.mark.parametrize("states", list(States))
@pytest.mark.parametrize("order", [1, 3])
def test_what_is_written_checks_and_plays_and_is_laid_out(
    stochos: Run, tmp_path: Path, states: States, order: int
) -> None:
    arguments = ("--states", states.value, "--order", order, "-o", "learned.stoch")
    assert stochos("learn", FIXTURES / "tune.abc", "bach/bwv66.6", *arguments).code == 0
    assert stochos("check", "learned.stoch").err.strip() == "learned.stoch: no problems"
    assert stochos("fmt", "--check", "learned.stoch").code == 0
    assert stochos("compile", "learned.stoch", "--formats", "midi").code == 0
    assert any(message.type == "note_on" for message in mido.MidiFile(tmp_path / "learned.mid"))


def test_another_score_may_import_it(stochos: Run, tmp_path: Path) -> None:
    assert stochos("learn", "bach/bwv66.6", "-o", "bach.stoch").code == 0
    (tmp_path / "mine.stoch").write_text(
        'import "bach.stoch" as b\npart oboe = "Oboe"\nsection A 4 bars { oboe: @markov(chain: $b.bach) fill }\n'
    )
    assert stochos("compile", "mine.stoch", "--formats", "midi").code == 0


def test_a_chain_is_named_after_its_file(stochos: Run, tmp_path: Path) -> None:
    for file, name in {"Two Words-3.stoch": "two_words_3", "9.stoch": "chain", "tempo.stoch": "tempo_chain"}.items():
        assert stochos("learn", FIXTURES / "tune.abc", "-o", file).code == 0
        assert f"let {name} = " in (tmp_path / file).read_text()
        assert stochos("check", file).code == 0


# --- what is shown ----------------------------------------------------------------------------


def test_a_heat_map_is_darker_where_a_step_is_likelier(stochos: Run, tmp_path: Path) -> None:
    midi(tmp_path / "it.mid", "ABABABABABAAB")
    ran = stochos("learn", "it.mid", "--states", "pitch", "-o", "it.stoch")
    assert ran.out.splitlines()[1:5] == ["    A B", "    4 4", "A4 ░░██", "B4 ██"]
    assert "rows: 2, 1 of them with a single way on; states: 2, 13 heard" in ran.out
    assert "in the long run: " in ran.out
    assert ran.out.splitlines()[-1] == "wrote it.stoch; `stochos compile it.stoch` plays eight bars of it"


@pytest.mark.parametrize(("name", "start"), [("a.svg", b"<?xml"), ("a.PNG", b"\x89PNG")])
def test_a_picture_is_the_same_each_time(stochos: Run, tmp_path: Path, name: str, start: bytes) -> None:
    made = []
    for _ in range(2):
        assert stochos("learn", FIXTURES / "tune.abc", "--plot", name).code == 0
        made.append((tmp_path / name).read_bytes())
    assert made[0].startswith(start)
    assert made[0] == made[1]
    if name == "a.svg":
        assert b">D5:2<" in made[0]


# --- what is wrong ----------------------------------------------------------------------------


def test_all_that_cannot_be_read_is_told_and_nothing_is_written(stochos: Run, tmp_path: Path) -> None:
    ran = stochos("learn", "none.mid", "bach/bwv0", FIXTURES / "damaged.mid", "-o", "it.stoch")
    assert ran.code == 1
    assert {"STO601", "STO610", "STO602"} <= set(re.findall(r"STO\d{3}", ran.err))
    assert not (tmp_path / "it.stoch").exists()


def test_what_lies_here_and_is_no_music_is_not_looked_for_in_the_corpus(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "songs").mkdir()
    (tmp_path / "song.stoch").write_text("tempo 60\n")
    ran = stochos("learn", "songs", "song.stoch")
    assert ran.code == 1
    assert "`songs` is a folder, not a file" in ran.err
    assert "`song.stoch` is no file of music" in ran.err
    assert "corpus" not in ran.err


def test_one_note_has_no_intervals(stochos: Run, tmp_path: Path) -> None:
    midi(tmp_path / "one.mid", "A")
    ran = stochos("learn", "one.mid", "--states", "interval")
    assert (ran.code, ran.out) == (1, "")
    assert "STO504" in ran.err
    assert stochos("learn", "one.mid", "--states", "pitch").code == 0


@pytest.mark.parametrize(
    "wrong", [("--order", 0), ("--order", 13), ("--fold", 2), ("--plot", "a.pdf"), ("--states", "x")]
)
def test_wrong_usage_is_told(stochos: Run, wrong: tuple[object, ...]) -> None:
    assert stochos("learn", FIXTURES / "tune.abc", *wrong).code == 2
