"""Dynamics that notes go through one by one: marks on the page, and what is heard of them."""

from __future__ import annotations

from stochos import score
from stochos.music.time import QUARTER
from stochos.pipeline import check_source
from stochos.realization import Part
from stochos.realize import realize
from stochos.realize.marks import shades
from stochos.source import Source

WHOLE = 4 * QUARTER


def test_a_form_begins_with_its_note_and_has_arrived_three_quarters_on() -> None:
    assert shades([("ppp", "ff", "p")], [(QUARTER, WHOLE)]) == [
        score.Dynamic(QUARTER, "ppp"), score.Hairpin(QUARTER, "cresc"),
        score.Dynamic(QUARTER + 3 * WHOLE // 8, "ff"), score.Hairpin(QUARTER + 3 * WHOLE // 8, "dim"),
        score.Dynamic(QUARTER + 3 * WHOLE // 4, "p"),
    ]  # fmt: skip


def test_a_short_note_takes_the_first_dynamic_and_none_is_said_twice() -> None:
    short = [(0, QUARTER // 2), (QUARTER, QUARTER // 2), (2 * QUARTER, QUARTER)]
    assert shades([("f", "p"), ("f", "ff", "p"), ("f",)], short) == [score.Dynamic(0, "f")]


def test_a_note_under_another_has_no_form_of_its_own() -> None:
    found = shades([("f",), ("p", "ff"), ("ppp",)], [(0, WHOLE), (QUARTER, WHOLE), (WHOLE, WHOLE)])
    assert found == [score.Dynamic(0, "f"), score.Dynamic(WHOLE, "ppp")]


def strings(argument: str) -> Part:
    text = f"""part a = "Violin"
let atree = @st(parts: [a], sequence: 20s, density: 0.2/s, breath: 8s, classes: [[1, 1]])
section A 30 bars, tempo 60 {{ a: @atree{argument} fill }}"""
    return realize(check_source(Source("score.stoch", text)).score, lambda model: None).parts[0]


def test_forms_are_marks_of_the_part_and_velocities_follow_them() -> None:
    part = strings("(intensity: yes)")
    assert {dynamic.name for dynamic in part.dynamics} == {"ppp", "p", "f", "ff"}
    assert {hairpin.kind for hairpin in part.hairpins} == {"cresc", "dim"}
    assert all(note.velocity is None for note in part.notes)
    assert not strings("").dynamics
    assert not strings("(intensity: yes, velocity: 60)").dynamics


def test_glissandi_glide_at_their_speeds_within_the_range_and_a_written_speed_counts() -> None:
    plain, gliding = strings(""), strings("(speed: direct)")
    assert [n.pitch for n in plain.notes] == [n.pitch for n in gliding.notes]
    assert any(n.glide > 0 for n in gliding.notes)
    assert any(n.glide < 0 for n in gliding.notes)
    assert all(55 <= n.pitch + n.glide <= 105 for n in gliding.notes)
    assert {n.glide for n in strings("(speed: direct, glissando: 0st/s)").notes} == {0.0}
