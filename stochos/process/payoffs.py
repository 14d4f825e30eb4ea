"""Games for two, where what one wins the other loses: how to play them best."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, TypeAlias

Payoff: TypeAlias = tuple[tuple[float, ...], ...]
"""What the first player wins: a row for each of its tactics, a column for each of the second's."""

_Row: TypeAlias = list[Fraction]


class Solution(NamedTuple):
    """The best play of both, exact.

    first, second  chances of each tactic, summing to 1
    value          what the first then wins a turn, on average
    """

    first: tuple[Fraction, ...]
    second: tuple[Fraction, ...]
    value: Fraction


@lru_cache(maxsize=64)
def solve(payoff: Payoff) -> Solution:
    """The mixed strategies that neither player does better against, as a linear program.

    With all payoffs made positive, the second player's shares, at most 1 against each row, are made as large as can be;
    the first player's are their dual. Decimals count as they are written, and of several solutions the same is found
    anywhere.
    Source: Dantzig's simplex method in exact fractions, with Bland's rule (Math. of OR 2, 1977) against circling.
    """
    exact = [[Fraction(str(number)) for number in row] for row in payoff]
    shift = 1 - min(min(row) for row in exact)
    rows, columns = len(exact), len(exact[0])
    tableau = [
        [*(number + shift for number in row), *(Fraction(i == j) for j in range(rows)), Fraction(1)]
        for i, row in enumerate(exact)
    ]
    costs = [Fraction(-1)] * columns + [Fraction(0)] * (rows + 1)
    basis = list(range(columns, columns + rows))
    while (entering := next((j for j, cost in enumerate(costs[:-1]) if cost < 0), None)) is not None:
        leaving = min(
            (i for i in range(rows) if tableau[i][entering] > 0),
            key=lambda i: (tableau[i][-1] / tableau[i][entering], basis[i]),
        )
        basis[leaving] = entering
        _pivot(tableau, costs, leaving, entering)
    total = costs[-1]
    shares = dict(zip(basis, (row[-1] for row in tableau), strict=True))
    return Solution(
        tuple(costs[columns + i] / total for i in range(rows)),
        tuple(shares.get(j, Fraction(0)) / total for j in range(columns)),
        1 / total - shift,
    )


def _pivot(tableau: list[_Row], costs: _Row, leaving: int, entering: int) -> None:
    """Brings one unknown into the basis for another."""
    pivot = tableau[leaving][entering]
    line = tableau[leaving] = [number / pivot for number in tableau[leaving]]
    for row in (*(r for r in tableau if r is not line), costs):
        factor = row[entering]
        if factor:
            row[:] = [number - factor * other for number, other in zip(row, line, strict=True)]
