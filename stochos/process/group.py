"""The rotations of a cube, and a walk through them: Nomos Alpha."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from stochos.process.certainty import each
from stochos.process.urn import in_order, in_rounds
from stochos.process.value import Constant, Context, Quantity, Sampler, Value, parameter

Permutation: TypeAlias = tuple[int, ...]
"""An order to play a list in: its item `p[0]` first, then its item `p[1]`, …; items are numbered from 0."""

VERTICES = 8
"""Vertex v of the cube has the coordinates v & 1, v >> 1 & 1 and v >> 2 & 1, which are x, y and z."""
DIAGONALS = 4
"""Diagonal d leads from vertex d to vertex 7 - d."""

QUARTER_TURN: Permutation = (1, 3, 0, 2, 5, 7, 4, 6)
"""About the z axis: +x goes to +y."""
THIRD_TURN: Permutation = (0, 2, 4, 6, 1, 3, 5, 7)
"""About the diagonal of vertex 0: x goes to y, y to z, z to x."""


@dataclass(frozen=True, slots=True)
class Group:
    """A list in ever other orders: a walk through the 24 rotations of a cube, without chance.

    of      8 items, on the vertices of the cube; or 4, on its diagonals, which the rotations permute in all 24 ways
    first   the rotation that orders the first turn of all items, 1 to 24, as `rotations` counts
    second  the second one; each later one is the product of the two before. Both are drawn once, in the beginning
    Source: Xenakis, Formalized Music (1992), ch. VIII.
    """

    of: tuple[Value, ...] = parameter(Quantity.ITEMS, "8 items, or 4")
    first: Value = parameter(
        Quantity.NUMBER, "the first rotation; 1 leaves the list as it is", default=Constant(2.0), at_least=1.0,
        at_most=24.0,
    )  # fmt: skip
    second: Value = parameter(Quantity.NUMBER, "the second rotation", default=Constant(3.0), at_least=1.0, at_most=24.0)

    def flaw(self, part: str) -> tuple[str, str] | None:
        """The argument that cannot be, and why."""
        if len(self.of) in {VERTICES, DIAGONALS}:
            return None
        corners = f"a cube has {VERTICES} vertices and {DIAGONALS} diagonals"
        return "of", f"{corners}: `of` needs as many items, and has {len(self.of)}"

    def sampler(self, context: Context) -> Sampler:
        """Every item once a turn; the walk goes on from call to call, and begins anew where it closes."""
        numbers = (each(getattr(self, name), context.at(name))(0.0) for name in ("first", "second"))
        first, second = (rotations()[min(max(round(number), 1), 24) - 1] for number in numbers)
        turns = walk(first, second)
        loop = np.array([of_diagonals(turn) if len(self.of) == DIAGONALS else turn for turn in turns], dtype=np.intp)
        taken = 0

        def rounds(number: int) -> NDArray[np.intp]:
            nonlocal taken
            which = np.arange(taken, taken + number) % len(loop)
            taken += number
            return loop[which].ravel()

        return in_order(self.of, context, in_rounds(len(self.of), rounds))


def compose(first: Permutation, then: Permutation) -> Permutation:
    """The product first · then: a list in the order of `first`, put once more in the order of `then`."""
    return tuple(first[i] for i in then)


@cache
def rotations() -> tuple[Permutation, ...]:
    """The 24 rotations of a cube as permutations of its vertices.

    The first leaves all as it is. Each in turn is multiplied by a quarter turn and by a third turn, from the right;
    a product that is new goes to the end.
    """
    found = [tuple(range(VERTICES))]
    for rotation in found:
        for generator in (QUARTER_TURN, THIRD_TURN):
            product = compose(rotation, generator)
            if product not in found:
                found.append(product)
    return tuple(found)


def of_diagonals(rotation: Permutation) -> Permutation:
    """What a rotation does to the four diagonals: one to one, and products stay products."""
    return tuple(min(rotation[i], VERTICES - 1 - rotation[i]) for i in range(DIAGONALS))


def walk(first: Permutation, second: Permutation) -> tuple[Permutation, ...]:
    """From two elements, each next one the product of the two before, the older times the newer: one loop.

    After the last of the loop come `first` and `second` again. It always closes so: two elements that follow each
    other also say which one came before them.
    """
    loop, older, newer = [first], second, compose(first, second)
    while (older, newer) != (first, second):
        loop.append(older)
        older, newer = newer, compose(older, newer)
    return tuple(loop)
