"""Which pieces are versions of one, among more pieces than memory holds.

The same as `neural.melodies.group_versions` finds, with runs of notes as numbers of 64 bits, on disk in parts that are
compared one by one.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

import numpy as np
from numpy.typing import NDArray

from stochos.neural.melodies import SHARED_RUN

_PARTS = 32
_RUN = np.dtype([("run", "<u8"), ("piece", "<u4")])
_MULTIPLIER = np.uint64(0x9E37_79B9_7F4A_7C15)
_FULL = 65_536  # notes whose runs are written together


class Versions:
    """Pieces by number, from 0; and of which earlier one each is a version.

    folder  where runs lie until the pieces have been compared
    """

    def __init__(self, folder: Path) -> None:
        self._parent = array("q")
        folder.mkdir(parents=True, exist_ok=True)
        self._paths = [folder / f"runs-{part}" for part in range(_PARTS)]
        self._files: list[IO[bytes]] = [path.open("wb") for path in self._paths]
        self._waiting: list[tuple[int, NDArray[np.uint64]]] = []
        self._count = 0

    def __enter__(self) -> Versions:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file, path in zip(self._files, self._paths, strict=True):
            file.close()
            path.unlink(missing_ok=True)

    def add(self, events: Sequence[int]) -> int:
        """Number of a new piece."""
        number = len(self._parent)
        self._parent.append(number)
        moves = _moves(events)
        self._waiting.append((number, moves))
        self._count += len(moves)
        if self._count >= _FULL:
            self._write()
        return number

    def join(self, one: int, other: int) -> None:
        """Say that two pieces are versions of one."""
        a, b = sorted((self.first(one), self.first(other)))
        self._parent[b] = a

    def first(self, number: int) -> int:
        """The first piece of which this one is a version."""
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def compare(self) -> None:
        """Join the pieces that share a run."""
        self._write()
        for file, path in zip(self._files, self._paths, strict=True):
            file.flush()
            found = np.fromfile(path, dtype=_RUN)
            found.sort(order=["run", "piece"])
            same = np.flatnonzero((found["run"][1:] == found["run"][:-1]) & (found["piece"][1:] != found["piece"][:-1]))
            for one, other in zip(found["piece"][same].tolist(), found["piece"][same + 1].tolist(), strict=True):
                self.join(one, other)

    def _write(self) -> None:
        if self._waiting:
            numbers, moves = zip(*self._waiting, strict=True)
            lengths = [len(each) for each in moves]
            pieces = np.repeat(np.array(numbers, dtype=np.uint32), lengths)
            runs = _runs(np.concatenate(moves))
            inside = pieces[: len(runs)] == pieces[len(pieces) - len(runs) :]  # a run begins and ends in one piece
            found = np.empty(np.count_nonzero(inside), dtype=_RUN)
            found["run"], found["piece"] = runs[inside], pieces[: len(runs)][inside]
            places = found["run"] % np.uint64(_PARTS)
            for part, file in enumerate(self._files):
                file.write(found[places == part].tobytes())
        self._waiting, self._count = [], 0


def runs_of(events: Sequence[int]) -> NDArray[np.uint64]:
    """A number for each run of `SHARED_RUN` notes: the same where intervals and gaps in steps are the same."""
    return _runs(_moves(events))


def _moves(events: Sequence[int]) -> NDArray[np.uint64]:
    """Interval and gap from each note to the next, in one number."""
    heard = np.asarray(events)
    onsets = np.flatnonzero(heard >= 0)
    moves: NDArray[np.int64] = (np.diff(heard[onsets]) + 128) * 65_536 + np.diff(onsets)
    return moves.astype(np.uint64)


def _runs(moves: NDArray[np.uint64]) -> NDArray[np.uint64]:
    count = max(len(moves) - SHARED_RUN + 2, 0)
    mixed = _scattered(moves)
    runs = np.zeros(count, dtype=np.uint64)
    for place in range(SHARED_RUN - 1):
        runs = _scattered(runs + mixed[place : count + place])
    return runs


def _scattered(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Numbers of which each bit hangs on all bits of the given ones (the finaliser of splitmix64)."""
    numbers = numbers + _MULTIPLIER
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
    scattered: NDArray[np.uint64] = numbers ^ (numbers >> np.uint64(31))
    return scattered
