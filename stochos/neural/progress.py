"""Where a training stands, on disk: one file, written whole or not at all, so that it can be killed at any moment."""

import io
import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stochos.neural.baselines import Score

NAME = "checkpoint.npz"
_POSITION = "position"


class CheckpointError(Exception):
    """A run that cannot be gone on with; one line that says why."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """What became of an epoch, counted from 1: nats a step while learning, and the score on held-out pieces."""

    number: int
    learned: float
    score: Score


@dataclass(frozen=True, slots=True)
class Position:
    """How far a training is.

    task   what is trained, in words that are the same when it is gone on with
    batch  batches of the epoch that are learned from; `nats` and `steps` are their sums
    past   the epochs that are over
    """

    task: str
    batch: int = 0
    nats: float = 0.0
    steps: float = 0.0
    past: tuple[Epoch, ...] = field(default=())

    @property
    def best(self) -> Epoch | None:
        """The epoch with the fewest nats on held-out pieces, the first of equals."""
        return min(self.past, key=lambda epoch: epoch.score.nats, default=None)

    def has_ended(self, patience: int) -> bool:
        """Whether so many epochs have brought nothing better."""
        return self.best is not None and self.past[-1].number - self.best.number >= patience


def write(folder: Path, position: Position, arrays: Sequence[NDArray[Any]]) -> None:
    """Keep a position, and all that the weights, the optimizer and chance are then."""
    folder.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    text = np.frombuffer(json.dumps(asdict(position)).encode(), dtype=np.uint8)
    np.savez(content, **{_POSITION: text}, **{f"array_{k}": array for k, array in enumerate(arrays)})  # type: ignore[arg-type]  # a table of arrays
    part = folder / f".{NAME}.part"
    with part.open("wb") as file:
        file.write(content.getvalue())
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / NAME)


def read(folder: Path, task: str) -> tuple[Position, list[NDArray[Any]]] | None:
    """What was kept last; None where nothing was. `CheckpointError` where it is damaged or of another task."""
    path = folder / NAME
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            fields = json.loads(stored[_POSITION].tobytes())
            arrays = [stored[f"array_{k}"] for k in range(len(stored.files) - 1)]
        past = tuple(Epoch(e["number"], e["learned"], Score(**e["score"])) for e in fields.pop("past"))
        position = Position(**fields, past=past)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"`{path}` is damaged; delete it to begin anew") from error
    if position.task != task:
        raise CheckpointError(f"`{folder}` is a run of something else; name another folder, or delete it to begin anew")
    return position, arrays
