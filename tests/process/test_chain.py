import numpy as np
import pytest
from stage import frame

from stochos.process.chain import Chain, learn
from stochos.process.distribution import permit, temper
from stochos.process.markov import Markov
from stochos.process.passage import Frame, Token
from stochos.process.value import Constant, Ramp, Sequence
from stochos.process.walk import Walk, recognised

PROTOCOL = "ABABBBABAABABABABBBBABAABABBAABABBABAAABABBAABBABBA"


def tokens(text: str, length: float = 1.0) -> tuple[Token, ...]:
    return tuple(Token((ord(letter),), length) for letter in text)


def letters(markov: Markov, there: Frame | None = None) -> str:
    return "".join(chr(int(pitch)) for pitch in markov.play(there or frame()).pitch)


def chances(chain: Chain, gone: str) -> dict[str, float]:
    index = [next(i for i, s in enumerate(chain.states) if s.pitches == (ord(c),)) for c in gone]
    row = chain.rows[len(index)][tuple(index)]
    return {chr(chain.states[i].pitches[0]): chance for i, chance in zip(*row, strict=True)}


def test_learning_xenakis_protocol_counts_its_pairs() -> None:
    chain = learn(tokens(PROTOCOL), 1)
    assert chances(chain, "A") == pytest.approx({"A": 6 / 23, "B": 17 / 23})
    assert chances(chain, "B") == pytest.approx({"A": 17 / 27, "B": 10 / 27})
    assert chances(chain, "") == pytest.approx({"A": 24 / 51, "B": 27 / 51})


def test_learning_a_wrapped_piece_leads_from_its_end_to_its_beginning() -> None:
    chain = learn(tokens("aabcba"), 1, wrapped=True)
    assert chances(chain, "a") == pytest.approx({"a": 2 / 3, "b": 1 / 3})
    assert chances(chain, "b") == pytest.approx({"a": 1 / 2, "c": 1 / 2})
    assert chances(chain, "c") == {"b": 1.0}


def test_higher_orders_are_counted_in_the_same_pass() -> None:
    chain = learn(tokens("abcabd"), 3)
    assert chances(chain, "ab") == {"c": 0.5, "d": 0.5}
    assert chances(chain, "cab") == {"d": 1.0}
    assert chain.order == 3


def test_written_rows_become_chances_whatever_they_sum_to() -> None:
    a, b = tokens("ab")
    chain = Chain.written([((a,), [(a, 1.0), (b, 3.0)]), ((b,), [(a, 0.5)])])
    assert chances(chain, "a") == {"a": 0.25, "b": 0.75}
    assert chances(chain, "b") == {"a": 1.0}
    assert chances(chain, "") == {"a": 0.5, "b": 0.5}


def test_a_written_chain_of_order_2_has_an_average_memory_of_1() -> None:
    a, b, c = tokens("abc")
    chain = Chain.written([((a, b), [(c, 1.0)]), ((c, b), [(a, 1.0)]), ((b, c), [(b, 1.0)]), ((b, a), [(b, 1.0)])])
    assert chain.order == 2
    assert chances(chain, "b") == {"c": 0.5, "a": 0.5}
    found = letters(Markov(chain=chain, start=Constant(float(ord("a")))))
    assert found[:2] == "ab"
    assert all(found[i] != found[i + 2] for i in range(1, len(found) - 2) if found[i + 1] == "b")


def test_a_dead_end_asks_a_shorter_memory_and_then_starts_anew() -> None:
    found = letters(Markov(from_=tokens("abcd"), order=Constant(2.0)), frame(200.0))
    assert len(found) == 200
    assert {found[i + 1] for i in range(199) if found[i] == "d"} > {"a", "b"}
    assert all(found[i : i + 2] in {"ab", "bc", "cd"} for i in range(199) if found[i] != "d")


def test_order_0_forgets_everything() -> None:
    found = letters(Markov(from_=tokens("abcd"), order=Constant(0.0)), frame(500.0))
    assert len({found[i : i + 2] for i in range(499)}) == 16


def test_a_walk_stays_in_bounds_and_scale_where_it_can() -> None:
    chain = learn(tokens("CDFCECG"), 1, wrapped=True)
    allowed = np.array([chr(pitch) != "E" for pitch in range(128)])
    found = letters(Markov(chain=chain), frame(300.0, allowed=allowed, high=Constant(float(ord("F")))))
    assert set(found) == {"C", "D", "F"}
    nowhere = frame(300.0, allowed=np.zeros(128, dtype=bool))
    assert set(letters(Markov(chain=chain), nowhere)) == set("CDEFG")  # whoever plays it brings it in


def test_moving_bounds_are_followed() -> None:
    chain = learn(tokens("abcdefgh"), 0)
    high = Ramp((0.0, 1.0), (Constant(97.0), Constant(104.0)), ("", "step"))
    assert set(letters(Markov(chain=chain), frame(100.0, high=high))) == {"a"}


@pytest.mark.parametrize(("primer", "before", "first"), [(None, "ab", "c"), ("bc", "ab", "d"), ("xc", "", "d")])
def test_a_walk_goes_on_from_its_primer(primer: str | None, before: str, first: str) -> None:
    markov = Markov(from_=tokens("abcd"), primer=None if primer is None else tokens(primer))
    assert letters(markov, frame(before=tokens(before)))[0] == first


def test_a_start_comes_first_and_the_nearest_state_will_do() -> None:
    assert letters(Markov(from_=tokens("ace"), start=Constant(float(ord("d")) - 0.1)))[:2] == "ce"


def test_an_unknown_token_is_forgotten_with_all_before_it() -> None:
    chain = learn(tokens("abc", 1.0) + tokens("a", 0.5), 1)
    assert [chain.states[i].length for i in recognised(tokens("bxa", 0.6), chain.states)] == [0.5]


def test_states_last_as_they_say_and_a_length_overrules_them() -> None:
    a, b, rest = Token((60,), 0.5), Token((62, 65), 1.5), Token((), 1.0)
    played = Markov(from_=(a, b, rest) * 2, start=Constant(60.0)).play(frame(7.0))
    assert played.onset.tolist() == [0.0, 0.5, 0.5, 3.0, 3.5, 3.5, 6.0, 6.5, 6.5]
    assert played.duration.tolist() == [0.5, 1.5, 1.5, 0.5, 1.5, 1.5, 0.5, 0.5, 0.5]
    lengths = Sequence((Constant(1.0), Constant(0.25)))
    assert Markov(from_=(a, Token((64,), 9.0)), length=lengths).play(frame(2.5)).onset.tolist() == [0, 1, 1.25, 2.25]


def test_a_count_counts_notes_and_not_rests() -> None:
    played = Markov(from_=(Token((60, 64), 0.5), Token((), 0.5)), start=Constant(60.0)).play(frame(100.0, count=3))
    assert len(played.onset) == 6
    assert played.onset.max() < 4


def test_as_numbers_states_say_their_number_pitch_or_length() -> None:
    def said(*states: Token) -> set[float]:
        sampler = Markov(chain=learn(states, 0)).sampler(frame().context)
        return set(sampler(np.zeros(100)).tolist())

    assert said(Token((), 0.0, 0.3), Token((), 0.0, 0.7)) == {0.3, 0.7}
    assert said(Token((60, 64), 1.0), Token((), 1.0), Token((62,), 1.0)) == {60.0, 62.0}
    assert said(Token((), 0.5), Token((), 0.25)) == {0.5, 0.25}


def test_chances_bend_and_stay_chances() -> None:
    assert temper([0.8, 0.2], 1.0) == pytest.approx((0.8, 0.2))
    assert temper([0.8, 0.2], 0.5) == pytest.approx((0.64 / 0.68, 0.04 / 0.68))
    assert temper([0.5, 0.3, 0.2], 0.0) == (1.0, 0.0, 0.0)
    assert temper([1e-300, 1e-299], 1e-9) == (0.0, 1.0)
    assert permit(((0, 1, 2), (0.5, 0.25, 0.25)), [False, True, True]) == ((1, 2), (0.5, 0.5))
    assert permit(((0, 1), (1.0, 0.0)), [False, True]) is None


def test_a_walk_tells_what_may_come_next() -> None:
    walk = Walk(learn(tokens("abac"), 1))
    assert list(walk.rows()) == [((0, 1, 2), (0.5, 0.25, 0.25))]
    walk.hear(0)
    assert next(iter(walk.rows())) == ((1, 2), (0.5, 0.5))
