"""Constraints: what is kept, by what law, and what is said where nothing is."""

from __future__ import annotations

import sys
from itertools import pairwise, product
from math import prod
from pathlib import Path

import pytest
from building import BAR, Q, passage, piece, section

from stochos import score
from stochos.cli.report import attempts, trial_table
from stochos.diagnostics import SourceError
from stochos.format import format_score
from stochos.pipeline import check_source, realize_checked
from stochos.process.chain import Chain
from stochos.process.constraint import (
    CONSTRAINTS,
    Climax,
    Constraint,
    EndsOn,
    MaxLeap,
    NoRepeat,
    Notes,
    Sounding,
    WithinHand,
)
from stochos.process.markov import Markov
from stochos.process.passage import Token
from stochos.process.value import Constant
from stochos.realization import Note, Realization
from stochos.realize import Starved, realize
from stochos.source import Source

sys.path.append(str(Path(__file__).parent / "statistics"))
from evidence import ALARM, WRONG, of_counts

LINE = "part flute = \"Flute\"\nsection A 4 bars {{\n  flute: {}\n}}\n"
RAIN = "@poisson(density: 3/beat, pitch: C4..C6, length: 1/8)"
WALK = """\
let walk = @chain {
    A4: C5 0.5, E5 0.3, A4 0.2
    C5: A4 0.4, E5 0.6
    E5: A4, C5, A5
    A5: A4, E5
}
"""


def drawn(text: str, seed: int | None = None) -> Realization:
    return realize_checked(check_source(Source("score.stoch", text)), seed)


def notes(text: str, seed: int | None = None) -> tuple[Note, ...]:
    return drawn(text, seed).parts[0].notes


def melody(*pitches: int) -> list[Sounding]:
    return [(i * Q, Q, pitch) for i, pitch in enumerate(pitches)]


# --- what each of them says -------------------------------------------------------------------

CHORDS = [(0, Q, 60), (0, Q, 64), (Q, Q, 60), (Q, Q, 64), (2 * Q, Q, 59), (2 * Q, Q, 65)]
HELD = [(0, 3 * Q, 48), (Q, Q, 55), (2 * Q, Q, 58), (3 * Q, Q, 72)]
TOLD: list[tuple[Constraint, list[Sounding], bool]] = [
    (NoRepeat(3), melody(60, 60, 62, 60), True),
    (NoRepeat(3), melody(62, 60, 60, 60), False),
    (NoRepeat(2), [(0, Q, 60), (2 * Q, Q, 60)], False),  # a rest between
    (NoRepeat(2), CHORDS, False),
    (NoRepeat(2), CHORDS[2:], True),
    (NoRepeat(2), [(0, Q, 60), (0, Q, 64), (Q, Q, 64)], True),
    (MaxLeap(5.0), melody(60, 65, 60), True),
    (MaxLeap(5.0), melody(60, 66), False),
    (MaxLeap(5.0), melody(66, 60), False),
    (MaxLeap(1.0), CHORDS, True),
    (MaxLeap(0.5), CHORDS, False),
    (WithinHand(6.0), CHORDS, True),
    (WithinHand(5.0), CHORDS, False),
    (WithinHand(10.0), HELD, True),
    (WithinHand(9.0), HELD, False),
    (WithinHand(0.0), melody(60, 72), True),
    (EndsOn((60,)), melody(62, 60), True),
    (EndsOn((60,)), melody(60, 62), False),
    (EndsOn((65, 77)), CHORDS, True),
    (EndsOn((59,)), CHORDS, False),
    (EndsOn((60,)), [], False),
    (Notes((2, 3)), melody(60, 60), True),
    (Notes((2, 3)), melody(60), False),
    (Notes((6, 6)), CHORDS, True),
    (Notes((0, 5)), CHORDS, False),
    (Climax(1), melody(60, 64, 62), True),
    (Climax(1), melody(64, 60, 64), False),
    (Climax(2), melody(64, 60, 64), True),
    (Climax(1), [], True),
]


@pytest.mark.parametrize(("constraint", "found", "holds"), TOLD)
def test_a_constraint_holds_where_it_should(constraint: Constraint, found: list[Sounding], holds: bool) -> None:
    assert constraint.holds(found) is holds


def test_every_constraint_has_been_told_both_ways() -> None:
    assert {(type(c), holds) for c, _, holds in TOLD} == {(c, h) for c in CONSTRAINTS.values() for h in (True, False)}


# --- the law of what is kept ------------------------------------------------------------------

X, Y, Z = (Token((pitch,), 1.0) for pitch in (60, 62, 67))
ROWS = {60: {60: 0.5, 62: 0.3, 67: 0.2}, 62: {60: 0.4, 62: 0.2, 67: 0.4}, 67: {60: 0.3, 62: 0.5, 67: 0.2}}
ASKED = (NoRepeat(3), MaxLeap(5.0), EndsOn((60, 62)))
LENGTH = 4


def chain() -> Chain:
    tokens = {60: X, 62: Y, 67: Z}
    return Chain.written([((tokens[p],), [(tokens[q], w) for q, w in row.items()]) for p, row in ROWS.items()])


def conditional(rows: dict[int, dict[int, float]]) -> dict[tuple[int, ...], float]:
    """The chance of every melody that is as asked, by going through all."""
    found = {}
    for path in product(rows, repeat=LENGTH):
        if all(constraint.holds(melody(*path)) for constraint in ASKED):
            found[path] = prod((rows[a][b] for a, b in pairwise(path)), start=1 / 3)
    return found


def note_by_note() -> dict[int, dict[int, float]]:
    """The rows where each note, not the passage, is drawn again: another law, easily taken for the same."""
    fits = {a: {b: w for b, w in row.items() if abs(a - b) <= 5} for a, row in ROWS.items()}
    return {a: {b: row.get(b, 0.0) / sum(row.values()) for b in ROWS} for a, row in fits.items()}


def test_what_is_kept_has_the_law_of_its_process_given_that_its_constraints_hold() -> None:
    until = score.Until(tuple((type(c).__name__, c) for c in ASKED), 1_000, "", (0, 0))
    markov = Markov(chain=chain(), primer=())
    many = 500
    counts = dict.fromkeys(conditional(ROWS), 0)
    tried = 0
    for seed in range(25):
        line = tuple(
            passage(markov, i * LENGTH * Q, LENGTH * Q, "A", "flute", str(i), until=until) for i in range(many)
        )
        found = realize(piece(section("A", bars=-(-many * LENGTH * Q // BAR), flute=line), seed=seed), lambda _: None)
        pitches = [note.pitch for note in found.parts[0].notes]
        for i in range(many):
            counts[tuple(pitches[i * LENGTH : (i + 1) * LENGTH])] += 1
        tried += sum(trial.attempts for trial in found.trials)
    law = conditional(ROWS)
    assert of_counts(list(counts.values()), list(law.values())) > ALARM
    assert of_counts(list(counts.values()), list(conditional(note_by_note()).values())) < ALARM
    kept, chance = sum(counts.values()), sum(law.values())
    assert of_counts([kept, tried - kept], [chance, 1 - chance]) > ALARM
    assert of_counts([kept, tried - kept], [chance * WRONG, 1 - chance * WRONG]) < ALARM


# --- in a score -------------------------------------------------------------------------------

GENERATORS = (
    "@markov(chain: $walk, length: {1/8, 1/4})",
    "@poisson(density: 1/beat, pitch: [C4, E4, G4, C5] , length: 1/4)",
    "@cloud(onsets: @bernoulli(chance: 0.7, every: 1/8), pitch: @brown(start: G4, step: 3st), length: 1/8, "
    "glissando: 2st/s)",
    "@lstm(model: basic)",
)
LISTED = {
    "no_repeat 3": NoRepeat(3),
    "max_leap 16": MaxLeap(16.0),
    "within_hand 12st": WithinHand(12.0),
    "notes 3..11": Notes((3, 11)),
    "climax 3": Climax(3),
}


@pytest.mark.parametrize("generator", GENERATORS)
@pytest.mark.parametrize("seed", [1, 2])
def test_what_sounds_is_as_asked(generator: str, seed: int) -> None:
    line = f"C6:1 {generator} for 2 bars until {', '.join(LISTED)} $same >> transpose(1)"
    shared = f"let same = {generator} for 1 bar until no_repeat 3, notes 1..9\n"
    found = notes(f'{WALK}{shared}part flute = "Flute" in C3..C7\nsection A 4 bars {{\n  flute: {line}\n}}\n', seed)
    kept = [(n.onset - BAR, n.duration, n.pitch) for n in found if BAR <= n.onset < 3 * BAR]
    assert {words: asked.holds(kept) for words, asked in LISTED.items()} == dict.fromkeys(LISTED, True)
    moved = [(n.onset, n.duration, n.pitch) for n in found if n.onset >= 3 * BAR]
    assert NoRepeat(3).holds(moved)
    assert Notes((1, 9)).holds(moved)


def test_a_first_draw_that_is_as_asked_is_what_it_was_without() -> None:
    plain = drawn(LINE.format(f"{RAIN} fill"))
    asked = drawn(LINE.format(f"{RAIN} fill until notes 1..999"))
    assert asked.parts == plain.parts
    assert [(trial.attempts, trial.held) for trial in asked.trials] == [(1, (("notes 1..999", 1),))]
    assert drawn(LINE.format(f"{RAIN} fill until notes 1..40")).parts != plain.parts


def test_what_is_asked_of_one_passage_draws_no_other_again() -> None:
    def bars(first: str) -> list[list[tuple[int, int]]]:
        text = LINE.format(f"{RAIN} for 2 bars {first} {RAIN} for 2 bars until no_repeat 2, max_leap 20st")
        cello = 'part cello = "Violoncello"\n'
        found = drawn(cello + text.replace("}", f"  cello: {RAIN.replace('C6', 'C5')} fill until climax 1\n}}"))
        half = 2 * BAR
        flute = [[(n.onset, n.pitch) for n in found.parts[1].notes if n.onset // half == k] for k in (0, 1)]
        return [*flute, [(n.onset, n.pitch) for n in found.parts[0].notes]]

    plain, asked, more = bars(""), bars("until notes 30..99"), bars("until notes 30..99, climax 1")
    assert plain[0] != asked[0] != more[0]
    assert plain[1:] == asked[1:] == more[1:]


def test_an_excerpt_has_the_trials_of_its_own() -> None:
    asked = f"{RAIN} fill until no_repeat 2"
    text = LINE.format(asked) + f"section B 1 bar {{ flute: {asked} }}\nform A B A'\n"
    assert [t.section for t in drawn(text).trials] == ["A", "B", "A'"]
    checked = check_source(Source("score.stoch", text))
    assert [t.section for t in realize_checked(checked, section="B").trials] == ["B"]
    assert len(realize_checked(checked, part="flute").trials) == 3


def test_a_shared_draw_is_shared() -> None:
    text = f"let same = {RAIN} for 1 bar until no_repeat 2, notes 5..9\n" + LINE.format("$same $same R $same")
    found = drawn(text)
    first, second, third, last = (
        [(n.onset - k * BAR, n.pitch) for n in found.parts[0].notes if n.onset // BAR == k] for k in range(4)
    )
    assert first == second == last != third == []
    assert len(found.trials) == 1


def test_what_passages_share_is_not_drawn_again() -> None:
    def both(until: str) -> list[list[tuple[int, int]]]:
        head = 'part flute = "Flute"\npart oboe = "Oboe"\nlet field = @cells(parts: [flute, oboe], density: 1/beat)\n'
        found = drawn(f"{head}section A 4 bars {{\n  flute: @field fill\n  oboe: @field fill {until}\n}}\n")
        return [[(note.onset, note.pitch) for note in part.notes] for part in found.parts]

    (flute, oboe), (beside, asked) = both(""), both("until climax 1, ends_on D in 9000 attempts")
    assert beside == flute
    assert asked != oboe


def test_what_hangs_on_a_source_alone_is_the_same_in_every_attempt() -> None:
    kept = 0
    for goal in ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]:
        storm = "@pulse(every: 1/4, pitch: @normal(mean: C6, sd: 5st, with: storm))"
        try:
            trials = drawn(LINE.format(f"{storm} fill until ends_on {goal} in 20 attempts")).trials
        except SourceError as error:
            assert f"`ends_on {goal}` holds in 0" in (error.diagnostics[0].hint or "")  # noqa: PT017 - or else it plays
        else:
            kept += 1
            assert trials[0].attempts == 1
    assert kept == 1


def test_constraints_look_at_notes_before_they_are_transformed() -> None:
    piped = notes(LINE.format(f"{RAIN} for 2 bars until ends_on C >> transpose(2) R*2"))
    assert piped[-1].pitch % 12 == 2


def test_attempts_can_be_few_or_many() -> None:
    rare = f"{RAIN} fill until notes 60..999"
    tried = drawn(LINE.format(rare)).trials[0].attempts
    assert 5 < tried < 1000
    assert drawn(LINE.format(f"{rare} in {tried} attempts")).trials[0].attempts == tried
    with pytest.raises(SourceError):
        drawn(LINE.format(f"{rare} in {tried - 1} attempts"))


def test_a_trial_says_how_often_each_constraint_held() -> None:
    until = score.Until((("low", Notes((0, 1))), ("never", Notes((9, 9)))), 50, "", (0, 0))
    markov = Markov(chain=chain(), length=Constant(1.0), primer=())
    line = (passage(markov, 0, BAR, "A", "flute", "1", until=until), passage(markov, BAR, Q, "A", "flute", "2"))
    with pytest.raises(Starved) as raised:
        realize(piece(section("A", flute=line)), lambda _: None)
    assert raised.value.trial.held == (("low", 0), ("never", 0))
    assert raised.value.trial.attempts == 50


def test_a_summary_counts_attempts_and_a_report_each_constraint() -> None:
    found = drawn(LINE.format(f"{RAIN} for 2 bars until notes 26..40, ends_on C R C5:1"))
    (trial,) = found.trials
    tried = trial.attempts
    assert attempts(found) == f"1 passage drawn until as asked: {tried} attempts, {1 / tried:.3g} kept"
    head, *rows = [line.split() for line in trial_table(found)]
    assert head == ["part", "section", "passage", "constraint", "held", "attempts"]
    shares = {" ".join(row[4:-2]): float(row[-2]) for row in rows}
    assert list(shares) == ["notes 26..40", "ends_on C", "all"]
    assert min(shares.values()) == shares["all"] > 0
    assert attempts(drawn(LINE.format("C5:1 R*3"))) == ""


# --- what is said -----------------------------------------------------------------------------


def test_what_starves_in_another_file_is_told_there(tmp_path: Path) -> None:
    bound = "let high = @pulse(every: 1/8, pitch: C5) for 1 bar until no_repeat 3 in 9 attempts\n"
    (tmp_path / "m.stoch").write_text(bound)
    path = tmp_path / "score.stoch"
    text = 'import "m.stoch" as m\n' + LINE.format("$m.high R*3")
    with pytest.raises(SourceError) as raised:
        realize_checked(check_source(Source("score.stoch", text, path)))
    (problem,) = raised.value.diagnostics
    assert (problem.code, problem.source.name, problem.place) == ("STO702", "m.stoch", "section A, part flute, seed 1")
    assert problem.source.text[slice(*problem.span)] == "until no_repeat 3 in 9 attempts"
    assert "`no_repeat 3` blocks most" in problem.message
    assert problem.hint == "alone, `no_repeat 3` holds in 0; ask for less, make the passage shorter"


def test_where_there_is_hope_more_attempts_are_offered() -> None:
    rare = drawn(LINE.format(f"{RAIN} for 1 bar until notes 13..14, ends_on A in 100 attempts R*3")).trials[0].attempts
    with pytest.raises(SourceError, match="1 problems") as raised:
        drawn(LINE.format(f"{RAIN} for 1 bar until notes 13..14, ends_on A in {rare - 1} attempts R*3"))
    assert f"`in {10 * (rare - 1)} attempts`" in (raised.value.diagnostics[0].hint or "")


def test_a_layout_keeps_what_is_asked() -> None:
    until = "until no_repeat\n 3 ,max_leap  12st\n, notes 5 .. 9 in\n  20 attempts"
    text = LINE.format(f"@a for 2 bars  {until}  >> transpose( 2 ) C5")
    laid_out = LINE.format(
        "@a for 2 bars until no_repeat 3, max_leap 12st, notes 5..9 in 20 attempts >> transpose(2) C5"
    )
    assert format_score(Source("score.stoch", text)) == laid_out
    broken = LINE.format("@a for 2 bars\n         until no_repeat 3,\n         max_leap 12st")
    assert format_score(Source("score.stoch", broken)) == broken
