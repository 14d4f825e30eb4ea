"""Runs of notes as numbers: the same where intervals and gaps in steps are the same, in whatever key."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]
_MULTIPLIER = np.uint64(0x9E37_79B9_7F4A_7C15)


def moves_of(events: Sequence[int]) -> Numbers:
    """Interval and gap in steps from each note to the next, in one number."""
    heard = np.asarray(events)
    onsets = np.flatnonzero(heard >= 0)
    moves: NDArray[np.int64] = (np.diff(heard[onsets]) + 128) * 65_536 + np.diff(onsets)
    return moves.astype(np.uint64)


def runs_of(moves: Numbers, length: int) -> Numbers:
    """A number for each run of `length` moves."""
    count = max(len(moves) - length + 1, 0)
    mixed = scattered(moves)
    runs = np.zeros(count, dtype=np.uint64)
    for place in range(length):
        runs = scattered(runs + mixed[place : count + place])
    return runs


def scattered(numbers: Numbers) -> Numbers:
    """Numbers of which each bit hangs on all bits of the given ones (the finaliser of splitmix64)."""
    numbers = numbers + _MULTIPLIER
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
    mixed: Numbers = numbers ^ (numbers >> np.uint64(31))
    return mixed


def longest_shared(pieces: Sequence[Sequence[int]], others: Sequence[Sequence[int]]) -> list[int]:
    """How many notes in a row each piece has in common with any of the others, at most; 1 where it has no more."""
    known = _apart([moves_of(piece) for piece in others])
    asked = [moves_of(piece) for piece in pieces]
    longest = [1] * len(pieces)
    waiting, length = list(range(len(pieces))), 0
    mixed, runs_known = scattered(known), np.zeros(len(known) + 1, dtype=np.uint64)
    while waiting:
        length += 1
        runs_known = scattered(runs_known[:-1] + mixed[length - 1 :])  # runs of one move more
        shared = np.unique(runs_known)
        still = []
        for number in waiting:
            runs = runs_of(asked[number], length)
            places = np.minimum(np.searchsorted(shared, runs), len(shared) - 1)
            if len(shared) and (shared[places] == runs).any():
                longest[number] = length + 1
                still.append(number)
        waiting = still
    return longest


def _apart(pieces: Sequence[Numbers]) -> Numbers:
    """The moves of several pieces, with moves between them that no music has."""
    parted = [np.append(moves, np.uint64(2**40 + number)) for number, moves in enumerate(pieces)]
    return np.concatenate(parted) if parted else np.zeros(0, dtype=np.uint64)
