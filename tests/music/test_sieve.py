"""Sieves, against brute-force sets and Xenakis' own examples."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stochos.music.scale import SCALES
from stochos.music.sieve import DEEPEST, SieveError, parse_sieve

UNIVERSE = frozenset(range(-60, 400))


def residues(modulus: int, shift: int) -> frozenset[int]:
    return frozenset(n for n in UNIVERSE if (n - shift) % modulus == 0)


# An expression as text beside the set that it means, built by set operations alone.
Meant = tuple[str, frozenset[int]]


def classes() -> st.SearchStrategy[Meant]:
    return st.tuples(st.integers(1, 12), st.integers(-5, 20)).map(lambda c: (f"{c[0]}@{c[1]}", residues(*c)))


def combined(inner: st.SearchStrategy[Meant]) -> st.SearchStrategy[Meant]:
    def group(operator: str, items: list[Meant]) -> Meant:
        sets = {"|": frozenset.union, "&": frozenset.intersection, "^": frozenset.symmetric_difference}
        text = f" {operator} ".join(text for text, _ in items)
        return f"({text})", reduce(sets[operator], [numbers for _, numbers in items])

    return st.one_of(
        st.builds(group, st.sampled_from("|&^"), st.lists(inner, min_size=1, max_size=4)),
        inner.map(lambda item: (f"-{item[0]}", UNIVERSE - item[1])),
        inner.map(lambda item: (f"{{!{item[0]}}}", UNIVERSE - item[1])),
    )


@given(st.recursive(classes(), combined, max_leaves=8))
def test_a_sieve_is_the_set_that_it_says(meant: Meant) -> None:
    text, numbers = meant
    sieve = parse_sieve(text)
    assert sieve.points(-60, 399) == tuple(sorted(numbers))
    assert sieve.mask() == tuple(n in numbers for n in range(128))
    assert all(sieve.contains(n) == sieve.contains(n + sieve.period) for n in range(-20, 20))


@pytest.mark.parametrize(
    ("loose", "bracketed"),
    [
        ("2@0 | 3@0 & 5@0", "2@0 | (3@0 & 5@0)"),
        ("2@0 ^ 3@0 & 5@0", "2@0 ^ (3@0 & 5@0)"),
        ("2@0 | 3@0 ^ 5@0", "2@0 | (3@0 ^ 5@0)"),
        ("-2@0 & 3@0", "(-2@0) & 3@0"),
        ("! 2 & 3", "(-2@0) & 3@0"),
    ],
)
def test_operators_bind_as_documented(loose: str, bracketed: str) -> None:
    assert parse_sieve(loose).points(0, 59) == parse_sieve(bracketed).points(0, 59)


def test_xenakis_major_scale() -> None:  # Formalized Music, p. 197
    sieve = parse_sieve("(-3@2&4)|(-3@1&4@1)|(3@2&4@2)|(-3&4@3)")
    assert sieve.points(0, 11) == SCALES["major"] == (0, 2, 4, 5, 7, 9, 11)
    assert sieve.period == 12


@pytest.mark.parametrize(
    ("written", "reduced"),
    [
        ("(3@2&4@7)|(6@9&15@18)", "12@11|30@3"),
        ("3@2&4@3", "12@11"),
        ("6@3&15@3", "30@3"),
        ("6@3&8@3", "24@3"),
    ],
)
def test_xenakis_reductions(written: str, reduced: str) -> None:
    assert parse_sieve(written).points(0, 500) == parse_sieve(reduced).points(0, 500)


def test_an_intersection_without_points_is_empty() -> None:
    assert parse_sieve("6@3 & 8@4").points(-500, 500) == ()


def test_metabola_by_seven_is_a_shift() -> None:  # p. 275: 7 added to each index
    before, after = parse_sieve("5@4|3@2|7@3"), parse_sieve("5@1|3@0|7@3")
    assert tuple(n + 7 for n in before.points(0, 200)) == after.points(7, 207)


def test_pitches_count_from_the_lowest_midi_note() -> None:
    assert [n for n, allowed in enumerate(parse_sieve("12@0").mask()) if allowed] == list(range(0, 128, 12))


@pytest.mark.parametrize(
    ("text", "offset", "part"),
    [
        ("", 0, "missing"),
        ("8@", 1, "`@`"),
        ("8@0 |", 5, "missing"),
        ("8@0 3@1", 4, ""),
        ("(8@0 | 3@1", 0, "not closed"),
        ("(8@0 }", 0, "not closed"),
        ("8@0)", 3, "`)`"),
        ("0@0", 0, "modulus is 0"),
        ("3@1 | x", 6, "missing"),
        ("9999999999@1", 0, "digits"),
        ("999983@1 | 999979@0", 0, "1,000,000"),
        ("(" * (DEEPEST + 1) + "2", DEEPEST + 1, "nested"),
        ("-" * 20_000 + "2", DEEPEST + 1, "nested"),
    ],
)
def test_errors_name_the_character(text: str, offset: int, part: str) -> None:
    with pytest.raises(SieveError) as raised:
        parse_sieve(text)
    assert raised.value.offset == offset
    assert part in raised.value.message


@given(st.text(alphabet="0123456789@|&^-!(){} x", max_size=40))
def test_any_text_is_a_sieve_or_an_error_within_it(text: str) -> None:
    offset = 0
    try:
        parse_sieve(text).mask()
    except SieveError as error:
        offset = error.offset
    assert 0 <= offset <= len(text)


def test_many_terms_are_no_deep_recursion() -> None:
    assert parse_sieve(" | ".join(["12@1"] * 5_000)).points(0, 12) == (1,)
