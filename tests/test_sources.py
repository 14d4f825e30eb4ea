"""Sources as scores name them: what pairs with what, and what an edit may re-draw."""

from itertools import pairwise

import pytest

from stochos.pipeline import check_source, realize_checked
from stochos.realization import Note
from stochos.source import Source

UP = "@pulse(every: 1/8, pitch: @normal(mean: C5, sd: 4st, with: storm)) fill"
OTHER = "@pulse(every: 1/8, pitch: @uniform(low: C4, high: C6, with: storm, correlation: 0.5)) fill"
LOUD = "@pulse(every: 1/8, pitch: C3, velocity: @uniform(low: 20, high: 120, with: storm)) fill"


def played(flute: str, cello: str, *, form: str = "A", extra: str = "", seed: int = 1) -> dict[str, list[Note]]:
    text = f"""
        seed {seed}
        part flute = "Flute"
        part cello = "Violoncello"
        part horn = "Horn"
        section A 8 bars {{ flute: {flute} cello: {cello} {extra} }}
        section B 8 bars {{ flute: {flute} cello: {cello} horn: C4:1 R*7 }}
        form {form}
    """
    return {part.name: list(part.notes) for part in realize_checked(check_source(Source("s", text))).parts}


def pitches(notes: list[Note]) -> list[int]:
    return [note.pitch for note in notes]


def goes_up_with(one: list[int], other: list[int]) -> bool:
    pairs = sorted(zip(one, other, strict=True))
    return all(a[1] <= b[1] for a, b in pairwise(pairs) if a[0] < b[0])


def test_parts_that_name_one_source_rise_and_fall_together() -> None:
    made = played(UP, LOUD)
    assert goes_up_with(pitches(made["flute"]), [note.velocity or 0 for note in made["cello"]])
    apart = played(UP, LOUD.replace("storm", "wind"))
    assert not goes_up_with(pitches(apart["flute"]), [note.velocity or 0 for note in apart["cello"]])


def test_a_source_ties_quantities_of_one_passage() -> None:
    both = UP.replace("storm)", "storm), velocity: @uniform(low: 20, high: 120, with: storm, correlation: -1)")
    notes = played(both, LOUD)["flute"]
    assert goes_up_with(pitches(notes), [-(note.velocity or 0) for note in notes])


def test_who_else_is_tied_and_how_matters_to_nobody() -> None:
    assert played(UP, LOUD)["flute"] == played(UP, OTHER.replace("C4", "C3").replace("C6", "C4"))["flute"]
    assert played(UP, LOUD)["flute"] == played(UP, LOUD, extra=f"horn: {OTHER.replace('C6', 'C5')}")["flute"]


def test_sections_variations_and_seeds_draw_a_source_afresh() -> None:
    first, second, varied = (
        pitches(played(UP, LOUD, form=form)["flute"]) for form in ("A B", "B A", "A' B")
    )  # fmt: skip
    assert first[:64] == second[64:]
    assert first[:64] != first[64:]
    assert first[:64] != varied[:64]
    assert first[64:] == varied[64:]
    assert pitches(played(UP, LOUD, seed=2, form="A B")["flute"]) != first


def test_a_shared_process_is_tied_to_the_same_draws_everywhere() -> None:
    text = """
        part flute = "Flute"
        let wind = @pulse(every: 1/8, pitch: @normal(mean: C5, sd: 4st, with: storm),
                          velocity: @normal(mean: 60, sd: 9, with: storm))
        section A 2 bars { flute: $wind fill }
        section B 2 bars { flute: $wind fill }
        form A B A'
    """
    notes = pitches(list(realize_checked(check_source(Source("s", text))).parts[0].notes))
    assert notes[:16] == notes[16:32] == notes[32:]


@pytest.mark.parametrize(("flute", "told"), [(UP.replace("storm", "strom"), ["STO316"]), (UP, [])])
def test_a_source_that_nobody_else_names_is_told(flute: str, told: list[str]) -> None:
    text = 'part flute = "Flute"\npart cello = "Violoncello"\n'
    checked = check_source(Source("s", f"{text}section A 2 bars {{ flute: {flute} cello: {LOUD} }}"))
    assert [d.code for d in checked.warnings] == told
    assert all(d.fix is not None for d in checked.warnings)
