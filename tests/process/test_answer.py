"""Call and response, as scores write it."""

import numpy as np
import pytest
from stage import frame

from stochos.pipeline import check_source, realize_checked
from stochos.process.answer import Answer, by_octaves
from stochos.process.passage import Events
from stochos.process.value import Constant
from stochos.source import Source

BAR = 4 * 10_080
CALL = "{ C5:4 D5:8 E5 G5:2 | A5:4. G5:8 <E5 G5>:2 }"
RAIN = "@poisson(density: 3/beat, pitch: C5..C6, label: rain) for 2 bars"

Notes = list[tuple[int, int, int]]


def played(lines: str, *, form: str = "A", bars: int = 4) -> dict[str, Notes]:
    """Onset, duration and pitch of every note of each part."""
    text = f"""
        part flute = "Flute"
        part cello = "Violoncello" in C2..C6
        part horn = "Horn"
        section A {bars} bars {{ {lines} }}
        form {form}
    """
    parts = realize_checked(check_source(Source("s", text))).parts
    return {part.name: sorted((n.onset, n.duration, n.pitch) for n in part.notes) for part in parts}


def moved(notes: Notes, ticks: int, semitones: int = 0) -> Notes:
    return sorted((onset + ticks, duration, pitch + semitones) for onset, duration, pitch in notes)


@pytest.mark.parametrize("call", [CALL, RAIN, f"{RAIN} >> transpose(-3)"])
def test_an_answer_is_the_call_again(call: str) -> None:
    made = played(f"flute: {call} R*2 cello: R*2 @answer(to: flute) for 2 bars")
    assert made["cello"] == moved(made["flute"], 2 * BAR)
    made = played(f"cello: R*2 @answer(to: flute, transpose: -5st) fill flute: {call} R*2")
    assert made["cello"] == moved(made["flute"], 2 * BAR, -5)


def test_upside_down_round_a_pitch() -> None:
    made = played(f"flute: {CALL} R*2 cello: R*2 @answer(to: flute, invert: C5) fill")
    assert made["cello"] == sorted((o + 2 * BAR, d, 144 - p) for o, d, p in made["flute"])


def test_a_canon_follows_at_its_distance() -> None:
    made = played(
        f"flute: {CALL} | {CALL} cello: R @answer(to: flute, after: 1/1) fill"
        " horn: r:4 @answer(to: cello, after: 1/4, transpose: -12st) fill"
    )
    assert made["cello"] == [n for n in moved(made["flute"], BAR) if n[0] < 4 * BAR]
    heard = [(o, min(d, 4 * BAR - 10_080 - o), p) for o, d, p in made["cello"] if o < 4 * BAR - 10_080]
    assert made["horn"] == moved(heard, 10_080, -12)


def test_two_may_answer_each_other_in_turn() -> None:
    made = played(
        "flute: | C5:4 E5 r:2 | R | @answer(to: cello, transpose: 1st) for 1 bar R"
        " cello: R @answer(to: flute) for 1 bar R @answer(to: flute, transpose: 1st) for 1 bar"
    )  # fmt: skip
    assert [pitch for _, _, pitch in made["flute"]] == [72, 76, 73, 77]
    assert [pitch for _, _, pitch in made["cello"]] == [72, 76, 74, 78]


def test_a_part_answers_itself() -> None:
    made = played(f"flute: {RAIN} @answer(to: flute, transpose: 2st) for 2 bars cello: C3:1 R*3")
    first = [n for n in made["flute"] if n[0] < 2 * BAR]
    assert [n for n in made["flute"] if n[0] >= 2 * BAR] == moved(first, 2 * BAR, 2)


def test_an_answer_in_braces_is_stretched_as_other_music_is() -> None:
    made = played(f"flute: {CALL} R*2 cello: R {{ @answer(to: flute) for 1 bar }} >> augment(2) R")
    assert made["cello"] == [(BAR + 2 * o, 2 * d, p) for o, d, p in made["flute"] if o < BAR]


def test_chance_in_the_answer_is_the_answers_own() -> None:
    plain = played(f"flute: {RAIN} R*2 cello: R*2 @answer(to: flute) fill", form="A A'")
    varied = played(f"flute: {RAIN} R*2 cello: R*2 @answer(to: flute, vary: 50%) fill", form="A A'")
    assert plain["flute"] == varied["flute"]
    assert plain["cello"] != varied["cello"]
    assert [n[:2] for n in plain["cello"]] == [n[:2] for n in varied["cello"]]
    first = [n for n in plain["cello"] if n[0] < 4 * BAR]
    assert moved(first, 4 * BAR) != [n for n in plain["cello"] if n[0] >= 4 * BAR], "a variation answers its own call"


def test_what_is_out_of_range_comes_in_another_octave() -> None:
    made = played(f"flute: {CALL} R*2 horn: R*2 @answer(to: flute, transpose: 12st) fill")
    sounds = [sorted((o, p % 12) for o, _, p in made[part]) for part in ("horn", "flute")]
    assert sounds[0] == [(o + 2 * BAR, p) for o, p in sounds[1]]
    assert made["horn"] != moved(made["flute"], 2 * BAR, 12)
    folded = by_octaves(np.array([50.0, 60.0, 71.5, 72.0, 96.0, 30.0]), np.full(6, 60.0), np.full(6, 71.5))
    assert folded.tolist() == [62.0, 60.0, 71.5, 60.0, 60.0, 66.0]


def test_notes_are_changed_as_often_and_as_far_as_is_said() -> None:
    call = Events(np.arange(20_000) / 10.0, np.full(20_000, 0.1), np.full(20_000, 60.0), None)
    process = Answer("flute", vary=Constant(0.3))
    drawn = process.play(frame(2_000.0, heard=lambda part, later: call)).pitch - 60.0
    shares = [np.mean(drawn == step) for step in (-2.0, -1.0, 0.0, 1.0, 2.0)]
    spread = 5.0 * np.sqrt(0.25 / 20_000)
    assert shares == pytest.approx([0.075, 0.075, 0.7, 0.075, 0.075], abs=spread)
    assert shares != pytest.approx([0.075, 0.075, 0.735, 0.075, 0.075], abs=spread)
