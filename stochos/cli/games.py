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
    count = len(turns.start)
    yield f"{match.name} in section {match.section}: {first} against {second}, {_turns(count)}"
    yield ""
    yield from _tactics(first, solution.first, turns.first.tolist())
    yield from _tactics(second, solution.second, turns.second.tolist())
    in_all = f"{float(solution.value) * count:+.3g} in all"
    yield f"  best play is worth {_number(solution.value)} a turn to {first}: {in_all}"
    yield ""
    total = Fraction(0)
    wins = f"to {first}"
    yield f"  turn  {first}  {second}  {wins}  score   (the tactics that are played, what {first} wins, and so far)"
    for number, (row, column) in enumerate(zip(turns.first, turns.second, strict=True), 1):
        won = Fraction(str(game.payoff[row][column]))
        total += won
        played = f"{row + 1:{len(first)}}  {column + 1:{len(second)}}"
        yield f"  {number:4}  {played}  {float(won):+{len(wins)}g}  {float(total):+5g}"
    yield ""
    yield f"  {_winner(total, first, second)}"


def _turns(count: int) -> str:
    return f"{count} turn{'' if count == 1 else 's'}"


def _tactics(player: str, chances: Sequence[Fraction], played: Sequence[int]) -> Iterator[str]:
    """The chances of each tactic in best play, and how often it was played."""
    rows = [
        (player, *(str(number) for number in range(1, len(chances) + 1))),
        ("best", *map(_short, chances)),
        ("", *(f"{float(chance):.3g}" for chance in chances)),
        ("played", *(str(played.count(number)) for number in range(len(chances)))),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        yield f"  {name:{max(widths[0], 8)}}  " + "  ".join(f"{c:>{w}}" for c, w in zip(cells, widths[1:], strict=True))
    yield ""


def _short(chance: Fraction) -> str:
    return str(chance) if chance.denominator < 1000 else ""


def _number(number: Fraction) -> str:
    """A fraction where it is a short one, and a decimal."""
    short = number.denominator != 1 and number.denominator < 1000
    return f"{number} = {float(number):.3g}" if short else f"{float(number):.3g}"


def _winner(total: Fraction, first: str, second: str) -> str:
    if total == 0:
        return "nobody wins"
    return f"{first if total > 0 else second} wins by {float(abs(total)):g}"
