from itertools import pairwise

import numpy as np
import pytest
from stage import frame

from stochos.diagnostics import SourceError
from stochos.pipeline import check_source
from stochos.process.chain import Chain, end_of, learn
from stochos.process.markov import Markov
from stochos.process.morph import Morph
from stochos.process.passage import Token
from stochos.process.value import Constant, Ramp
from stochos.source import Source


def tokens(text: str, length: float = 1.0) -> tuple[Token, ...]:
    return tuple(Token((ord(letter),), length) for letter in text)


def letters(markov: Markov, quarters: float = 300.0) -> str:
    return "".join(chr(int(pitch)) for pitch in markov.play(frame(quarters)).pitch)


def followers(heard: str, state: str) -> set[str]:
    return {b for a, b in pairwise(heard) if a == state}


# --- dead ends --------------------------------------------------------------------------------


def test_at_a_dead_end_memory_shortens_or_turns_to_what_is_nearest_or_begins_anew() -> None:
    source = tokens("acbacbacaz")  # nothing followed z, and c is nearest to it
    assert followers(letters(Markov(from_=source)), "z") == set("abcz")
    assert followers(letters(Markov(from_=source, dead_end="nearest")), "z") == followers("acbacbacaz", "c")
    again = Markov(from_=source, dead_end="restart", start=Constant(float(ord("b"))))
    assert followers(letters(again), "z") == {"b"}
    assert letters(again)[0] == "b"


def test_a_restart_forgets_what_came() -> None:
    """What came before the end says nothing of what comes after it."""
    source = tokens("abxbaby")
    heard = letters(Markov(from_=source, order=Constant(2.0), dead_end="restart", start=Constant(float(ord("a")))))
    assert followers(heard, "y") == {"a"}
    assert {heard[i + 1 : i + 3] for i in range(290) if heard[i] == "y"} == {"ab"}


def test_the_nearest_run_is_that_of_the_nearest_youngest_state() -> None:
    chain = learn(tokens("acbdaz"), 2)
    index = {chr(state.pitches[0]): i for i, state in enumerate(chain.states)}
    assert chain.nearest((index["a"], index["z"])) == (index["b"], index["d"])
    assert chain.nearest((index["z"],)) == (index["d"],)


def test_only_an_end_that_was_not_heard_before_is_a_dead_end() -> None:
    assert end_of(tokens("abca"), 1) == ()
    assert end_of(tokens("abca"), 2) == tokens("ca")
    assert end_of(tokens("abcab"), 2) == ()
    assert end_of(tokens("abc"), 3) == tokens("c")
    assert end_of(tokens("abc"), 0) == ()


def test_wrapped_music_has_no_end() -> None:
    heard = letters(Markov(from_=tokens("abcd"), wrap=True, dead_end="error"))
    assert set(pairwise(heard)) == set(zip("abcd", "bcda", strict=True))


SCORE = 'part flute = "Flute"\nlet tune = | C5:4 D5 E5 F5 |\nsection A 2 bars {{ flute: {} fill }}\n'


@pytest.mark.parametrize(
    "process",
    [
        "@markov(from: $tune, dead_end: error)",
        "@poisson(density: 1/beat, pitch: @markov(from: $tune, dead_end: error))",
    ],
)
def test_a_score_that_says_error_has_no_dead_ends(process: str) -> None:
    with pytest.raises(SourceError) as raised:
        check_source(Source("s.stoch", SCORE.format(process)))
    (found,) = raised.value.diagnostics
    assert found.code == "STO502"
    assert "F5" in found.message
    check_source(Source("s.stoch", SCORE.format(process.replace("error", "error, wrap: yes"))))


# --- least and most ---------------------------------------------------------------------------


def runs(heard: str) -> list[int]:
    edges = [0, *(i for i in range(1, len(heard)) if heard[i] != heard[i - 1]), len(heard)]
    return [b - a for a, b in pairwise(edges)]


@pytest.mark.parametrize(("least", "most"), [(1, 1), (2, 2), (2, 5), (3, None), (None, 2)])
def test_a_state_comes_in_succession_as_often_as_is_said(least: int | None, most: int | None) -> None:
    bounds = {name: Constant(float(n)) for name, n in (("least", least), ("most", most)) if n}
    found = runs(letters(Markov(from_=tokens("aaabbababbbcaa"), wrap=True, **bounds), 400.0))[:-1]
    assert min(found) >= (least or 1)
    assert max(found) <= (most or 99)


def test_a_state_that_leads_only_to_itself_gives_way_to_what_a_shorter_memory_knows() -> None:
    assert set(runs(letters(Markov(from_=tokens("abbbb"), most=Constant(2.0)))[:-1])) == {1, 2}


# --- chains on their way ----------------------------------------------------------------------


def written(**rows: str) -> Chain:
    return Chain.written([(tokens(a), [(t, 1.0) for t in tokens(after)]) for a, after in rows.items()])


def row(chain: object, gone: str) -> dict[str, float]:
    index = {chr(state.pitches[0]): i for i, state in enumerate(chain.states)}
    found = chain.row(tuple(index[letter] for letter in gone))
    return {chr(chain.states[i].pitches[0]): chance for i, chance in zip(*found, strict=True)}


def test_rows_change_in_proportion_and_stay_chances() -> None:
    morph = Morph.between((0.0, 1.0), (written(a="ab", b="a"), written(a="c", c="ac")), ("", ""))
    assert [chr(state.pitches[0]) for state in morph.states] == ["a", "b", "c"]
    assert row(morph.at(0.0), "a") == {"a": 0.5, "b": 0.5}
    assert row(morph.at(0.25), "a") == pytest.approx({"a": 0.375, "b": 0.375, "c": 0.25})
    assert row(morph.at(1.0), "a") == {"c": 1.0}
    assert row(morph.at(0.25), "b") == {"a": 1.0}, "a state of one chain follows that chain"
    assert row(morph.at(0.25), "c") == {"a": 0.5, "c": 0.5}
    for place in np.linspace(0.0, 1.0, 11):
        for gone in "abc":
            found = morph.at(place).row((ord(gone) - 97,))
            assert found is None or sum(found[1]) == pytest.approx(1.0)


def test_a_chain_of_lower_order_answers_by_its_own_memory() -> None:
    deep = Chain.written([(tokens("ab"), [(tokens("a")[0], 1.0)]), (tokens("ba"), [(tokens("b")[0], 1.0)])])
    morph = Morph.between((0.0, 1.0), (deep, written(a="a", b="b")), ("", ""))
    assert morph.order == 2
    assert row(morph.at(0.25), "ab") == pytest.approx({"a": 0.75, "b": 0.25})


def test_a_passage_moves_from_chain_to_chain() -> None:
    heard = letters(
        Markov(
            chain=Morph.between(
                (0.0, 0.5, 1.0), [written(a="b", b="a"), *[written(c="d", d="c")] * 2], ("", "step", "")
            )
        )
    )
    assert set(heard[:150]) == set("ab")
    assert set(heard[152:]) == set("cd")


RAMPED = """
part flute = "Flute"
let calm = @chain {{ C5: C5 0.9, D5 0.1  D5: C5 }}
let storm = @chain {{ C5: G5  G5: E5  E5: C5 }}
let way = $calm -> $storm
section A 8 bars {{ flute: @markov(chain: {}) fill }}
"""


@pytest.mark.parametrize(
    "chain", ["$calm -> $storm", "$way", "$calm -> $storm at 40% -> $calm", "$calm -> $storm sine at 50%"]
)
def test_a_score_may_ramp_a_chain(chain: str) -> None:
    check_source(Source("s.stoch", RAMPED.format(chain)))


@pytest.mark.parametrize(
    ("chain", "code"),
    [("$calm -> $storm exp", "STO409"), ("$calm -> 3", "STO401"), ("$calm -> $storm at 200%", "STO409")],
)
def test_a_ramp_of_chains_is_checked(chain: str, code: str) -> None:
    with pytest.raises(SourceError) as raised:
        check_source(Source("s.stoch", RAMPED.format(chain)))
    assert {d.code for d in raised.value.diagnostics} - {"STO311"} == {code}


def test_a_ramped_least_moves_too() -> None:
    ramp = Ramp((0.0, 1.0), (Constant(1.0), Constant(9.0)), ("", ""))
    found = runs(letters(Markov(from_=tokens("ab"), wrap=True, least=ramp)))
    assert found[0] <= 2
    assert 6 < found[-3] <= 9
