"""Primitive forms and metabolae, against brute force and Xenakis' own examples."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stochos.music.reduction import metabola, period, primitive, written
from stochos.music.sieve import parse_sieve

MAJOR = "(-3@2&4)|(-3@1&4@1)|(3@2&4@2)|(-3&4@3)"


def reduced(text: str) -> str:
    classes = primitive(parse_sieve(text))
    assert classes is not None
    return "|".join(map(written, classes))


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("(3@2&4@7)|(6@9&15@18)", "12@11|30@3"),
        ("3@2&4@7", "12@11"),
        ("6@9&15@18", "30@3"),
        ("6@3&8@3", "24@3"),
        ("6@3&8@4", ""),
        ("2@0|2@1", "1@0"),
        ("4@1|4@3|8@5", "2@1"),
        ("-(-5@4)", "5@4"),
        (MAJOR, "6@5|12@0|12@2|12@4|12@7|12@9"),
    ],
)
def test_a_primitive_form_is_as_in_the_books(text: str, simple: str) -> None:
    assert reduced(text) == simple


@pytest.mark.parametrize("first", range(1, 41, 3))
def test_two_classes_meet_where_both_are(first: int) -> None:
    for second, shift in product(range(1, 41), (0, 1, 7)):
        both = [n for n in range(first * second) if n % first == shift % first and n % second == 3 % second]
        found = primitive(parse_sieve(f"{first}@{shift}&{second}@3"))
        assert found is not None
        assert len(found) == bool(both)
        if found:
            assert [n for n in range(first * second) if n % found[0].modulus == found[0].shift] == both


residues = st.tuples(st.integers(1, 40), st.integers(0, 39)).map(lambda c: f"{c[0]}@{c[1]}")
sieves = st.lists(residues, min_size=1, max_size=3).flatmap(
    lambda r: st.sampled_from(["|", "&", "^", "&-", "|-"]).map(lambda sign: sign.join(r))
)


@given(sieves)
def test_a_primitive_form_is_the_same_set_and_needs_each_class(text: str) -> None:
    sieve = parse_sieve(text)
    classes = primitive(sieve)
    points = {n for n in range(sieve.period) if sieve.contains(n)}
    if classes is None:
        return
    sets = [{n for n in range(sieve.period) if n % c.modulus == c.shift} for c in classes]
    assert set().union(*sets) == points
    for i in range(len(sets)):
        assert set().union(*sets[:i], *sets[i + 1 :]) != points


@given(sieves)
def test_the_period_is_the_shortest(text: str) -> None:
    sieve = parse_sieve(text)
    flags = [sieve.contains(n) for n in range(sieve.period)]
    found = period(sieve)
    assert flags == flags[:found] * (sieve.period // found)
    for shorter in (d for d in range(1, found) if found % d == 0):
        assert flags[:shorter] * (sieve.period // shorter) != flags


def test_a_metabola_shifts_every_index() -> None:
    assert written(metabola(parse_sieve("5@4|3@2|7@3").expression, 7)) == "5@1|3@0|7@3"


@given(sieves, st.integers(-50, 50))
def test_a_metabola_is_the_set_moved(text: str, add: int) -> None:
    moved = parse_sieve(written(metabola(parse_sieve(f"2@1^({text})").expression, add)))
    plain = parse_sieve(f"2@1^({text})")
    assert all(moved.contains(n + add) == plain.contains(n) for n in range(60))


def test_a_sieve_that_cannot_be_made_simple_says_so() -> None:
    assert primitive(parse_sieve("-999983@7")) is None
    assert period(parse_sieve("-999983@7")) == 999_983
