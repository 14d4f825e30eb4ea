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

from stochos.neural.melodies import SHARED_RUN
from stochos.neural.runs import Numbers, moves_of, runs_of

_PARTS = 32
_RUN = np.dtype([("run", "<u8"), ("piece", "<u4")])
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
        self._waiting: list[tuple[int, Numbers]] = []
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
        moves = moves_of(events)
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
            runs = runs_of(np.concatenate(moves), SHARED_RUN - 1)
            inside = pieces[: len(runs)] == pieces[len(pieces) - len(runs) :]  # a run begins and ends in one piece
            found = np.empty(np.count_nonzero(inside), dtype=_RUN)
            found["run"], found["piece"] = runs[inside], pieces[: len(runs)][inside]
            places = found["run"] % np.uint64(_PARTS)
            for part, file in enumerate(self._files):
                file.write(found[places == part].tobytes())
        self._waiting, self._count = [], 0
