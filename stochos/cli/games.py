"""Games in a score: how best to play them, and how they went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from stochos.process.payoffs import solve
from stochos.realize.games import Match


def told(match: Match) -> str:
    """The chances of both players, what a turn is worth, and every turn with the score so far."""
    return "\n".join(_lines(match))


def _lines(match: Match) -> Iterator[str]:
    game, turns, solution = match.game, match.turns, solve(match.game.payoff)
    first, second = game.parts
    width = max(len(first), len(second))
    yield f"{match.name} in section {match.section}: {first} against {second}, {len(turns.start)} turns"
    yield f"  {first:{width}}  {_chances(solution.first)}"
    yield f"  {second:{width}}  {_chances(solution.second)}"
    yield f"  a turn is worth {_number(solution.value)} to {first} on average"
    yield ""
    total = Fraction(0)
    yield f"  turn  {first:>{width}}  {second:>{width}}  wins  score"
    for number, (row, column) in enumerate(zip(turns.first, turns.second, strict=True), 1):
        won = Fraction(str(game.payoff[row][column]))
        total += won
        yield f"  {number:4}  {row + 1:{width}}  {column + 1:{width}}  {float(won):+4g}  {float(total):+5g}"
    yield ""
    yield f"  {_winner(total, first, second)}"


def _chances(strategy: Sequence[Fraction]) -> str:
    return "  ".join(f"{number}: {_number(chance)}" for number, chance in enumerate(strategy, 1))


def _number(number: Fraction) -> str:
    """A fraction where it is a short one, and a decimal."""
    short = number.denominator != 1 and number.denominator < 1000
    return f"{number} = {float(number):.3g}" if short else f"{float(number):.3g}"


def _winner(total: Fraction, first: str, second: str) -> str:
    if total == 0:
        return "nobody wins"
    return f"{first if total > 0 else second} wins by {float(abs(total)):g}"
