"""The rotations of the cube: by matrices, which know nothing of permutations."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stage import context

from stochos.diagnostics import SourceError
from stochos.pipeline import check_source
from stochos.process.group import Group, Permutation, compose, of_diagonals, rotations, walk
from stochos.process.value import Constant
from stochos.source import Source

IDENTITY = tuple(range(8))
CORNERS = np.array([[v & 1, v >> 1 & 1, v >> 2 & 1] for v in range(8)]) * 2 - 1
NUMBER = st.integers(1, 24)
LOOPS = {1: 1, 3: 51, 6: 180, 8: 32, 16: 96, 18: 216}
"""How many of the 576 pairs of elements close after so many turns."""


def matrix(rotation: Permutation) -> np.ndarray:
    """The linear map that takes corner v to corner rotation[v]: by least squares, whether or not there is one."""
    return np.linalg.lstsq(CORNERS, CORNERS[list(rotation)], rcond=None)[0].T


def proper() -> set[bytes]:
    """Every signed permutation matrix with determinant +1."""
    found = set()
    for order, signs in product(permutations(range(3)), product((-1, 1), repeat=3)):
        turned = np.eye(3)[list(order)] * np.array(signs)[:, None]
        if np.isclose(np.linalg.det(turned), 1.0):
            found.add(turned.astype(int).tobytes())
    return found


def played(group: Group, count: int) -> list[float]:
    return group.sampler(context())(np.zeros(count)).tolist()


def items(size: int) -> tuple[Constant, ...]:
    return tuple(Constant(float(number)) for number in range(size))


def test_they_are_the_24_proper_rotations_of_the_cube() -> None:
    found = set()
    for rotation in rotations():
        turned = matrix(rotation)
        assert np.allclose(CORNERS @ turned.T, CORNERS[list(rotation)])
        assert np.allclose(turned @ turned.T, np.eye(3))
        assert np.linalg.det(turned) == pytest.approx(1.0)
        found.add(np.rint(turned).astype(int).tobytes())
    assert len(rotations()) == len(set(rotations())) == 24
    assert found == proper()


def test_a_mirror_is_none_of_them() -> None:
    mirror = tuple(v ^ 1 for v in range(8))
    assert np.linalg.det(matrix(mirror)) == pytest.approx(-1.0)
    assert mirror not in rotations()


def test_products_are_products_of_matrices() -> None:
    for first, then in product(rotations(), repeat=2):
        both = compose(first, then)
        assert both in rotations()
        assert np.allclose(matrix(both), matrix(first) @ matrix(then))


def test_there_is_one_that_does_nothing_and_each_can_be_undone() -> None:
    assert rotations()[0] == IDENTITY
    for rotation in rotations():
        assert compose(rotation, IDENTITY) == compose(IDENTITY, rotation) == rotation
        assert sum(compose(rotation, other) == compose(other, rotation) == IDENTITY for other in rotations()) == 1


def test_their_order_is_fixed() -> None:
    """Scores count them."""
    letters = ["".join(map(str, rotation)) for rotation in rotations()]
    assert letters[:8] == [
        "01234567", "13025746", "02461357", "32107654", "10543276", "26043715", "04152637", "20316475",
    ]  # fmt: skip
    assert letters[8:] == [
        "31752064", "15370426", "64207531", "45016723", "23670145", "37261504", "57134602", "40625173",
        "62734051", "51407362", "76325410", "73516240", "46570213", "67452301", "54761032", "75643120",
    ]  # fmt: skip


def test_a_list_in_an_order_is_put_in_another() -> None:
    turn, third = rotations()[1:3]
    inner = ["abcdefgh"[i] for i in turn]
    assert ["abcdefgh"[i] for i in compose(turn, third)] == [inner[i] for i in third]


def test_diagonals_are_permuted_in_all_ways_and_products_stay() -> None:
    assert {of_diagonals(rotation) for rotation in rotations()} == set(permutations(range(4)))
    for first, then in product(rotations(), repeat=2):
        assert of_diagonals(compose(first, then)) == compose(of_diagonals(first), of_diagonals(then))


def test_walks_close_as_often_as_fibonacci_in_matrices_does() -> None:
    lengths = dict.fromkeys(LOOPS, 0)
    for first, second in product(rotations(), repeat=2):
        loop = walk(first, second)
        lengths[len(loop)] += 1
        older, newer = start = (matrix(first), matrix(second))
        for turn in loop:
            assert np.allclose(matrix(turn), older)
            older, newer = newer, np.rint(older @ newer)
        assert np.allclose((older, newer), start)
    assert lengths == LOOPS


def test_no_walk_closes_late() -> None:
    """Within a loop no two neighbours come twice."""
    for first, second in product(rotations(), repeat=2):
        loop = walk(first, second)
        assert len(set(zip(loop, loop[1:] + loop[:1], strict=True))) == len(loop)


@pytest.mark.parametrize("size", [4, 8])
@given(first=NUMBER, second=NUMBER)
def test_every_item_comes_once_a_turn_in_the_order_of_the_walk(size: int, first: int, second: int) -> None:
    loop = walk(rotations()[first - 1], rotations()[second - 1])
    found = played(Group(items(size), Constant(first), Constant(second)), 2 * size * len(loop))
    turns = np.array(found, dtype=int).reshape(-1, size)
    assert (np.sort(turns, axis=1) == np.arange(size)).all()
    wanted = [turn if size == 8 else of_diagonals(turn) for turn in loop]
    assert turns.tolist() == [list(turn) for turn in wanted * 2]


def test_there_is_no_chance_and_no_seam_between_calls() -> None:
    group, places = Group(items(8)), np.zeros(300)
    whole = played(group, 300)
    assert whole == group.sampler(context(seed=2))(places).tolist()
    sampler = group.sampler(context())
    parts = [number for size in (1, 0, 7, 12, 180, 100) for number in sampler(np.zeros(size)).tolist()]
    assert parts == whole


def score(pitch: str) -> Source:
    text = f'part cello = "Violoncello"\nsection A 2 bars {{ cello: @pulse(every: 1/8, pitch: {pitch}) fill }}\n'
    return Source("score.stoch", text)


@pytest.mark.parametrize(
    ("pitch", "code"),
    [
        ("@group(of: [C2, D2, E2, F2, G2])", "STO401"),
        ("@group(of: [C2, D2, E2, F2], first: 0)", "STO403"),
        ("@group(of: [C2, D2, E2, F2], second: 25)", "STO403"),
    ],
)
def test_a_list_that_no_cube_carries_is_refused(pitch: str, code: str) -> None:
    with pytest.raises(SourceError) as raised:
        check_source(score(pitch))
    assert [found.code for found in raised.value.diagnostics] == [code]


def test_four_and_eight_are_carried() -> None:
    assert check_source(score("@group(of: [C2, D2, E2, F2])")).warnings == ()
    assert check_source(score("@group(of: [C2, D2, E2, F2, G2, A2, B2, C3], first: 24)")).warnings == ()
