"""Runs of notes are known by intervals and gaps, and found where they are shared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from stochos.neural.runs import longest_shared, moves_of, runs_of

THEME = [60, -2, 62, 64, 65, -2, 67, 69, 67, 65, 64, -2, 62, 60, 59]


def test_a_run_is_known_by_its_intervals_and_gaps() -> None:
    higher = [event if event < 0 else event + 3 for event in THEME]
    later = THEME.copy()
    later[1:1] = [-2]
    runs = [runs_of(moves_of(melody), 11).tolist() for melody in (THEME, higher, later, THEME[:-1])]
    assert len(runs[0]) == 1
    assert runs[0] == runs[1] != runs[2]
    assert runs[3] == []


def plainly(piece: Sequence[int], others: Sequence[Sequence[int]]) -> int:
    """By looking at every run of every length."""
    moves = moves_of(piece).tolist()
    known = {
        tuple(other[a:b]) for other in (moves_of(o).tolist() for o in others)
        for a in range(len(other)) for b in range(a + 1, len(other) + 1)
    }  # fmt: skip
    lengths = [b - a for a in range(len(moves)) for b in range(a + 1, len(moves) + 1) if tuple(moves[a:b]) in known]
    return 1 + max(lengths, default=0)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_shared_is_found(seed: int) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    pieces = [rng.choice([-2, -1, 60, 62, 64], size=rng.integers(1, 25)).tolist() for _ in range(12)]
    assert longest_shared(pieces[:6], pieces[6:]) == [plainly(piece, pieces[6:]) for piece in pieces[:6]]


def test_two_pieces_do_not_make_a_run_together() -> None:
    assert longest_shared([THEME], [THEME[:7], THEME[7:]]) == [sum(event >= 0 for event in THEME[7:])]
    assert longest_shared([THEME, [60, 72]], [THEME]) == [12, 1]
