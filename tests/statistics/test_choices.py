"""Choices that remember: urns, heaps, runs; and lists that need no chance."""

from itertools import groupby, permutations

import numpy as np
import pytest
from evidence import ALARM, WRONG, context, drawn, of_count, of_counts
from hypothesis import given
from hypothesis import strategies as st

from stochos.process.certainty import each
from stochos.process.cycle import Cycle
from stochos.process.heap import Heap
from stochos.process.palindrome import Palindrome
from stochos.process.series import FORMS, Series
from stochos.process.urn import Urn
from stochos.process.value import Constant, Ramp, Sequence, Span, Value, Weighted
from stochos.process.weighted import Runs


def items(*numbers: float) -> tuple[Value, ...]:
    return tuple(Constant(number) for number in numbers)


ROUNDS = 120_000
THREE = items(0.0, 1.0, 2.0)


def rounds(value: Value, size: int = 3) -> np.ndarray:
    return drawn(value, ROUNDS * size).astype(int).reshape(-1, size)


def orders(found: np.ndarray) -> list[float]:
    """How often each order of three comes."""
    numbers = found @ [9, 3, 1]
    return [float((numbers == np.dot(order, [9, 3, 1])).sum()) for order in permutations(range(3))]


def test_an_urn_gives_each_item_once_a_round_in_any_order() -> None:
    found = rounds(Urn(THREE))
    assert (np.sort(found, axis=1) == [0, 1, 2]).all()
    assert of_counts(orders(found), [1.0] * 6) > ALARM
    assert of_counts(orders(found), [WRONG, 1.0, 1.0, 1.0, 1.0, 1 / WRONG]) < ALARM


def one_by_one(weights: tuple[float, ...]) -> list[float]:
    """How likely each order of three is where every next one is drawn by weight from those that are left."""
    return [first / sum(weights) * second / (second + third) for first, second, third in permutations(weights)]


def test_a_weighted_urn_draws_by_weight_from_what_is_left() -> None:
    found = rounds(Urn(THREE, items(5.0, 3.0, 1.0)))
    assert (np.sort(found, axis=1) == [0, 1, 2]).all()
    assert of_counts(orders(found), one_by_one((5.0, 3.0, 1.0))) > ALARM
    assert of_counts(orders(found), one_by_one((5.0 * WRONG, 3.0, 1.0))) < ALARM
    with_replacement = [a * b * c for a, b, c in permutations((5.0, 3.0, 1.0))]  # as weights of single draws
    assert of_counts(orders(found), with_replacement) < ALARM


def test_an_urn_of_several_alike_gives_all_of_them_in_a_round() -> None:
    found = rounds(Urn(items(0.0, 0.0, 0.0, 1.0)), 4)
    assert (found.sum(axis=1) == 1).all()
    assert of_counts(np.bincount(found.argmax(axis=1), minlength=4), [1.0] * 4) > ALARM
    assert of_counts(np.bincount(found.argmax(axis=1), minlength=4), [WRONG, 1.0, 1.0, 1 / WRONG]) < ALARM


def test_a_round_of_an_urn_knows_nothing_of_the_last() -> None:
    found = rounds(Urn(THREE))
    repeats = (found[1:, 0] == found[:-1, -1]).sum()
    assert of_count(repeats, len(found) / 3, len(found) * 2 / 9) > ALARM


def test_a_heap_never_repeats_and_is_fair_otherwise() -> None:
    found = rounds(Heap(THREE))
    assert (np.sort(found, axis=1) == [0, 1, 2]).all()
    assert (np.diff(found.ravel()) != 0).all()
    for last in range(3):
        after = found[1:][found[:-1, -1] == last]
        others = [
            float((after @ [9, 3, 1] == np.dot(o, [9, 3, 1])).sum()) for o in permutations(range(3)) if o[0] != last
        ]
        assert of_counts(others, [1.0] * 4) > ALARM
        assert of_counts(others, [WRONG, 1.0, 1.0, 1 / WRONG]) < ALARM


def test_a_heap_of_one_or_two_has_no_choice() -> None:
    assert set(drawn(Heap(items(5.0)), 10)) == {5.0}
    assert set(np.abs(np.diff(drawn(Heap(items(5.0, 7.0)), 100)))) == {2.0}


def runs(value: Value, count: int = 500_000) -> dict[int, list[int]]:
    """Lengths of the runs of each item, but the last."""
    found = [(int(item), len(list(run))) for item, run in groupby(drawn(value, count).tolist())][:-1]
    return {item: [length for other, length in found if other == item] for item in sorted({i for i, _ in found})}


def choice(weight: float = 3.0) -> Weighted:
    return Weighted(items(0.0, 1.0), (weight, 1.0))


def test_runs_of_a_weighted_choice_are_as_long_as_its_weights_say() -> None:
    """With chance p of going on, runs of at most 3 are 1, 2 or 3 long with chances 1 - p, p(1 - p), p²."""

    def chance(weight: float) -> float:
        lengths = runs(Runs(choice(weight), most=Constant(3.0)))[0]
        return of_counts(np.bincount(lengths, minlength=4)[1:], [0.25, 0.75 * 0.25, 0.75**2])

    assert chance(3.0) > ALARM
    assert chance(3.0 * WRONG) < ALARM


def test_a_run_is_at_least_as_long_as_asked() -> None:
    lengths = runs(Runs(choice(), least=Constant(2.0), most=Constant(3.0)))
    assert {length for found in lengths.values() for length in found} == {2, 3}
    assert of_counts(np.bincount(lengths[0], minlength=4)[2:], [0.25, 0.75]) > ALARM
    assert of_counts(np.bincount(lengths[1], minlength=4)[2:], [0.75, 0.25]) > ALARM
    assert of_counts(np.bincount(lengths[1], minlength=4)[2:], [0.75 / WRONG, 0.25 * WRONG]) < ALARM


def test_without_limits_it_is_the_plain_choice() -> None:
    found = drawn(Runs(choice()), 120_000)
    assert of_counts(np.bincount(found.astype(int)), [3.0, 1.0]) > ALARM
    assert of_counts(np.bincount(found.astype(int)), [3.0 * WRONG, 1.0]) < ALARM


def test_at_most_once_running_never_repeats() -> None:
    three = Weighted(items(0.0, 1.0, 2.0), (6.0, 3.0, 1.0))
    found = drawn(Runs(three, most=Constant(1.0)), 60_000).astype(int)
    assert (np.diff(found) != 0).all()
    after = found[1:][found[:-1] == 0]
    assert of_counts(np.bincount(after)[1:], [3.0, 1.0]) > ALARM


def test_the_only_item_with_a_weight_always_comes() -> None:
    only = Weighted(items(0.0, 1.0), (0.0, 2.0))
    assert set(drawn(Runs(only, most=Constant(1.0)), 50)) == {1.0}


def test_limits_are_drawn_anew_for_each_run() -> None:
    exactly = Sequence(items(2.0, 5.0))
    found = drawn(Runs(Weighted(items(0.0, 1.0), (1.0, 1.0)), least=exactly, most=exactly), 2000)
    assert [len(list(run)) for _, run in groupby(found.tolist())][:-1] == [2, 5] * 285 + [2]


ROW = items(60.0, 64.0, 63.0, 67.0)


def form_of(name: str) -> Value:
    return Constant(float(FORMS.index(name)))


def test_a_series_has_four_forms() -> None:
    def stated(form: str, transpose: float = 0.0) -> list[float]:
        return drawn(Series(ROW, form_of(form), Constant(transpose)), 5).tolist()

    assert stated("prime") == [60, 64, 63, 67, 60]
    assert stated("inversion") == [60, 56, 57, 53, 60]
    assert stated("retrograde") == [67, 63, 64, 60, 67]
    assert stated("retrograde_inversion", 1.0) == [54, 58, 57, 61, 54]


def test_a_series_is_transposed_anew_for_each_statement() -> None:
    value = Series(items(60.0, 62.0), transpose=Sequence(items(0.0, 5.0, 7.0)))
    assert drawn(value, 7).tolist() == [60, 62, 65, 67, 67, 69, 60]


def test_statements_of_a_series_go_through_a_list_of_forms() -> None:
    value = Series(ROW, Sequence(items(0.0, 1.0, 2.0, 3.0)), Sequence(items(0.0, 2.0)))
    table = [[60, 64, 63, 67], [62, 58, 59, 55], [67, 63, 64, 60], [55, 59, 58, 62]]  # P0 I2 R0 RI2
    assert drawn(value, 24).reshape(6, 4).tolist() == [*table, *table[:2]]


def test_short_names_of_forms_mean_the_same() -> None:
    both = [drawn(Series(ROW, Constant(float(i))), 8).tolist() for i in range(8)]
    assert both[:4] == both[4:]


def test_each_statement_draws_its_form_by_weight() -> None:
    value = Series(ROW, Weighted(items(0.0, 1.0, 2.0, 3.0), (4.0, 3.0, 2.0, 1.0)))
    stated = drawn(value, 4 * ROUNDS).reshape(-1, 4).astype(int)
    forms = [[60, 64, 63, 67], [60, 56, 57, 53], [67, 63, 64, 60], [53, 57, 56, 60]]
    counts = [float((stated == form).all(axis=1).sum()) for form in forms]
    assert sum(counts) == ROUNDS
    assert of_counts(counts, [4.0, 3.0, 2.0, 1.0]) > ALARM
    assert of_counts(counts, [4.0 * WRONG, 3.0, 2.0, 1.0]) < ALARM


def test_cycles_and_palindromes_need_no_chance() -> None:
    four = items(1.0, 2.0, 3.0, 4.0)
    assert drawn(Cycle(four), 6).tolist() == [1, 2, 3, 4, 1, 2]
    assert drawn(Cycle(four, Constant(3.0)), 6).tolist() == [1, 4, 3, 2, 1, 4]
    assert drawn(Cycle(four, Constant(-1.0)), 6).tolist() == [1, 4, 3, 2, 1, 4]
    assert drawn(Cycle(four, Constant(0.5)), 6).tolist() == [1, 2, 2, 3, 3, 4]
    assert drawn(Palindrome(four), 9).tolist() == [1, 2, 3, 4, 3, 2, 1, 2, 3]
    assert drawn(Palindrome(four, repeat_ends=True), 9).tolist() == [1, 2, 3, 4, 4, 3, 2, 1, 1]
    assert drawn(Palindrome(four[:1]), 3).tolist() == [1, 1, 1]
    assert drawn(Palindrome(four[:2]), 5).tolist() == [1, 2, 1, 2, 1]


EVERY = {
    "urn": Urn(THREE), "heap": Heap(THREE), "cycle": Cycle(THREE, Span(Constant(-1.0), Constant(2.0))),
    "palindrome": Palindrome((*THREE, Span(Constant(5.0), Constant(6.0)))), "runs": Runs(choice(), most=Constant(2.0)),
    "series": Series((*THREE, Ramp((0.0, 1.0), items(0.0, 9.0), ("", ""))),
                     Sequence(items(1.0, 2.0)), Span(*items(0.0, 1.0))),
}  # fmt: skip


@pytest.mark.parametrize("name", EVERY)
def test_one_by_one_or_all_at_once_a_choice_is_the_same(name: str) -> None:
    places = np.linspace(0.0, 1.0, 200)
    one = each(EVERY[name], context())
    assert [one(place) for place in places.tolist()] == drawn(EVERY[name], 200).tolist()


@given(
    name=st.sampled_from(["urn", "heap", "cycle", "palindrome", *FORMS]),
    numbers=st.lists(st.integers(0, 127), min_size=1, max_size=14),
)
def test_a_choice_says_nothing_but_its_items(name: str, numbers: list[int]) -> None:
    kinds = {"urn": Urn, "heap": Heap, "cycle": Cycle, "palindrome": Palindrome}
    value = kinds[name](items(*numbers)) if name in kinds else Series(items(*numbers), form_of(name))
    said = {2 * numbers[0] - n for n in numbers} if "inversion" in name else set(numbers)
    assert set(drawn(value, 3 * len(numbers)).tolist()) == said
