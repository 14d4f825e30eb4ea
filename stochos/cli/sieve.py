"""A sieve looked at: its period, points and intervals, and what it is in its simplest form."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise

from stochos.music import reduction
from stochos.music.sieve import Sieve

_MOST = 64  # numbers that are listed


def described(sieve: Sieve, add: int | None) -> Iterator[str]:
    """A sieve, line by line; `add`: also its metabola, with this added to every index."""
    yield from _facts(sieve)
    if add is not None:
        moved = reduction.metabola(sieve.expression, add)
        yield ""
        yield f"{add:+} to every index"
        yield from _facts(Sieve(reduction.written(moved), moved, sieve.period))


def _facts(sieve: Sieve) -> Iterator[str]:
    period = reduction.period(sieve)
    points = list(islice((n for n in range(period) if sieve.contains(n)), _MOST + 1))
    count = sum(sieve.contains(n) for n in range(period))
    around = [*points, points[0] + period] if 0 < len(points) <= _MOST else points
    intervals = [after - before for before, after in pairwise(around)]
    rows = {
        "sieve": reduction.written(sieve.expression),
        "primitive": _primitive(sieve),
        "period": str(period),
        "holds": f"{count} of {period} numbers",
        "drawn": _drawn(sieve, period),
        "points": _listed(points),
        "intervals": _listed(intervals),
    }
    for name, said in rows.items():
        yield f"{name:9}  {said}"


def _drawn(sieve: Sieve, period: int) -> str:
    """A period from 0 on, a sign for each number."""
    signs = "".join("x" if sieve.contains(n) else "." for n in range(min(period, _MOST)))
    return signs + (" …" if period > _MOST else "")


def _primitive(sieve: Sieve) -> str:
    classes = reduction.primitive(sieve)
    if classes is None:
        return f"none of {reduction.MOST_CLASSES} classes or fewer"
    return "|".join(map(reduction.written, classes)) or "empty: no number is in it"


def _listed(numbers: list[int]) -> str:
    return " ".join(map(str, numbers[:_MOST])) + (" …" if len(numbers) > _MOST else "") if numbers else "none"
