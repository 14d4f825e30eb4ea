"""Joint processes as composers meet them: what parts share, what they keep, what is wrong with a list of parts."""

import pytest

from stochos.diagnostics import SourceError
from stochos.pipeline import check_source, realize_checked
from stochos.source import Source

HEAD = 'part flute = "Flute"\npart cello = "Violoncello"\npart oboe = "Oboe"\n'
FIELD = "let field = @cells(parts: [flute, cello], density: 2/beat, columns: 8)\n"
FLUTE, CELLO = "flute: @field fill\n", "cello: @field fill\n"


def notes(lines: str, let: str = FIELD, form: str = "", part: str = "flute") -> list[tuple[str, int, int]]:
    text = f"{HEAD}{let}section A 8 bars {{\n{lines}}}\n{form}"
    piece = realize_checked(check_source(Source("a.stoch", text)))
    return [(n.origin.section, n.onset, n.pitch) for p in piece.parts if p.name == part for n in p.notes]


def codes(lines: str, let: str) -> list[str]:
    with pytest.raises(SourceError) as raised:
        notes(lines, let)
    return [d.code for d in raised.value.diagnostics if not d.is_warning]


def test_other_lines_change_nothing() -> None:
    alone = notes(FLUTE)
    assert alone
    assert notes(FLUTE + CELLO) == notes(CELLO + FLUTE) == alone
    assert notes("oboe: @poisson(density: 1/beat) fill\n" + FLUTE) == alone


def test_parts_differ_in_what_is_their_own() -> None:
    assert notes(FLUTE + CELLO) != notes(FLUTE + CELLO, part="cello")


def test_a_part_may_say_what_it_plays_and_leaves_the_others_as_they_are() -> None:
    assert notes("flute: @field(pitch: G5) fill\n" + CELLO, part="cello") == notes(FLUTE + CELLO, part="cello")
    high, plain = notes("flute: @field(pitch: G5) fill\n"), notes(FLUTE)
    assert [onset for _, onset, _ in high] == [onset for _, onset, _ in plain]


def test_a_variation_is_drawn_anew_beside_the_first() -> None:
    found = notes(FLUTE + CELLO, form="form A A'")
    first = [note for note in found if note[0] == "A"]
    assert first == notes(FLUTE)
    assert [onset - 8 * 4 * 10080 for where, onset, _ in found if where == "A'"] != [onset for _, onset, _ in first]


def test_the_second_use_is_another_draw() -> None:
    found = notes("flute: @field for 4 bars @field for 4 bars\n")
    middle = 4 * 4 * 10080
    assert [o for _, o, _ in found if o < middle] != [o - middle for _, o, _ in found if o >= middle]


@pytest.mark.parametrize(
    ("parts", "code"),
    [("[flute, celo]", "STO301"), ("[cello, oboe]", "STO401"), ("[flute, flute]", "STO411"), ("flute", "STO401"),
     ("[flute, 3]", "STO401")],
)  # fmt: skip
def test_a_wrong_list_of_parts_is_told(parts: str, code: str) -> None:
    assert codes(FLUTE, f"let field = @cells(parts: {parts}, density: 2/beat)\n") == [code]


COUPLE = "let field = @couple(parts: [flute, cello], every: 1/2, density: 2/beat, {})\n"


@pytest.mark.parametrize(
    "said",
    ["alpha: [[0.2, 0.8]]", "beta: [[0.5, 0.6], [1, 0]]", "alpha: [[-0.2, 1.2], [1, 0]]",
     "coupling: [[0, 1, 1], [1, 0, 1]]", "pitch: [C5, D5, E5]", "alpha: 0.5", "alpha: [[1, 0], [1]]",
     "alpha: [[1, 0], [C4, 0]]", "alpha: [[1, 0], [0..1, 0]]", "coupling: $two"],
)  # fmt: skip
def test_a_table_that_does_not_fit_is_told(said: str) -> None:
    assert codes(FLUTE, "let two = [[1, 2]]\n" + COUPLE.format(said))[0].startswith("STO40")


def test_a_table_may_have_a_name_and_minus_signs() -> None:
    assert notes(FLUTE, "let pull = [[0, -1], [1, 0]]\n" + COUPLE.format("coupling: $pull"))


DUEL = """let high = { C6:8 D6 }
let low = { C4:4 }
let field = @game(parts: [flute, cello], every: 1/1, payoff: [[2, -1], [-1, 1]], tactics: [$high, $low])
"""


def test_players_choose_as_one_game_whoever_else_plays() -> None:
    assert notes(FLUTE, DUEL) == notes("cello: @field(tactics: [$low, `C3:1`]) fill\n" + FLUTE, DUEL)
    assert {pitch for _, _, pitch in notes(FLUTE, DUEL)} == {60, 84, 86}


def test_a_tactic_may_be_silence() -> None:
    assert {pitch for _, _, pitch in notes("flute: @field(tactics: [off, $high]) fill\n", DUEL)} == {84, 86}


@pytest.mark.parametrize(
    "said",
    ["tactics: [$high]", "tactics: $high", "tactics: [$high, 3]", "payoff: [[1, 2]]",
     "parts: [flute, cello, oboe]", "parts: [flute]"],
)  # fmt: skip
def test_a_game_that_cannot_be_played_is_told(said: str) -> None:
    assert codes(f"flute: @field({said}) fill\n", DUEL) == ["STO401"]


def test_a_tactic_may_be_transformed() -> None:
    low = notes("flute: @field(tactics: [$low, $high]) fill\n", DUEL)
    moved = notes("flute: @field(tactics: [$low >> transpose(3) >> octave(1), `C6:8 D6` >> retrograde]) fill\n", DUEL)
    steps = {60: 75, 84: 86, 86: 84}
    assert [(onset, steps[pitch]) for onset, _, pitch in low] == [(onset, pitch) for onset, _, pitch in moved]


SECTIONS = """section calm 1 bar { flute: D5:4 E5 r:2  cello: @pulse(every: 1/4) fill }
section waltz 2 bars, meter 3/4 { flute: | R | G5:2. |  cello: R*2 }
form A
"""


def test_a_tactic_may_be_what_the_part_plays_in_a_section() -> None:
    found = notes("flute: @field(every: 3/2, tactics: [calm, waltz]) fill\n", DUEL + SECTIONS)
    quarters = {(onset / 10_080 % 6.0, pitch) for _, onset, pitch in found}
    assert quarters == {(0.0, 74), (1.0, 76), (4.0, 74), (5.0, 76), (3.0, 79)}


@pytest.mark.parametrize(
    ("line", "code"),
    [("flute: @field(tactics: [$high, clam]) fill", "STO303"), ("flute: @field(tactics: [$high, A]) fill", "STO504"),
     ("flute: $field fill", "STO504"), ("cello: @field(tactics: [calm, off]) fill", "STO504"),
     ("cello: @field(tactics: [off, waltz]) fill", "STO504"),
     ("oboe: @field(parts: [flute, oboe], tactics: [calm, off]) fill", "STO401"),
     ("cello: @field(tactics: [`C3:4`, $low >> octave(5)]) fill", "STO408")],
)  # fmt: skip
def test_a_section_that_is_no_tactic_is_told(line: str, code: str) -> None:
    duel = DUEL.replace("[$high, $low]", "[A, off]") if "$field" in line else DUEL
    assert codes(line + "\n", duel + SECTIONS) == [code]


@pytest.mark.parametrize("table", ["[[1, 1]]", "[[1], [1]]", "[[1, 0], [1, 0]]", "[[1, -1], [1, 2]]"])
def test_a_table_of_classes_that_does_not_fit_is_told(table: str) -> None:
    let = f"let field = @st(parts: [flute, cello], sequence: 1/1, density: 1/beat, breath: 1/4, classes: {table})\n"
    assert codes(FLUTE, let) == ["STO401"]


@pytest.mark.parametrize(
    "call",
    ["@cells(parts: [flute], density: 2000/beat, mean: 0.5 -> 50)",
     "@st(parts: [flute], sequence: 1/1, density: 2000/beat, breath: 1/4, classes: [[1, 1, 1, 1]])"],
)  # fmt: skip
def test_what_is_far_too_dense_is_told_before_it_is_drawn(call: str) -> None:
    assert codes(FLUTE, f"let field = {call}\n") == ["STO609"]


def test_repeats_share_and_bound_draws_are_the_same_everywhere() -> None:
    lines = "flute: { @field for 2 bars }*2 $field for 2 bars $field for 2 bars\n"
    found = notes(lines)
    bars = 2 * 4 * 10080
    groups = [[(o - i * bars, p) for _, o, p in found if i * bars <= o < (i + 1) * bars] for i in range(4)]
    assert groups[0] == groups[1]
    assert groups[2] != groups[0]


def test_the_clouds_of_two_parts_come_from_one_matrix() -> None:
    """Where cells are dealt, a cell that one part has is none that the other has."""
    let = "let field = @cells(parts: [flute, cello], density: 30/beat, columns: 2, mean: 0.3, dealt: yes)\n"
    assert sum(bool(notes(FLUTE + CELLO, let, part=part)) for part in ("flute", "cello")) == 1
