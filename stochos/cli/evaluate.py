"""`stochos evaluate`: how well a network foretells the held-out pieces of a dataset."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

import numpy as np

from stochos.cli.picture import FAINT, INK, RULE, Blocks, Picture, Shape, Stroke, Words
from stochos.cli.table import table
from stochos.neural.evaluation import Evaluation

_WIDTH, _HEIGHT = 450, 450
_LEFT, _TOP, _SIZE = 58, 34, 370
_DOT = 3.0


def summary(found: Evaluation) -> Iterator[str]:
    """A line for the network and each thing that it must beat."""
    notes = sum(found.notes)
    rows = [
        (row, steps.score.nats, float(steps.nats.sum()) / notes if notes else None, steps.score.accuracy)
        for row, steps in found.rows.items()
    ]
    yield from table(("", "nats a step", "nats a note", "accuracy"), rows)
    network, *_, best = found.rows.values()
    less = 100 * (1 - network.score.nats / best.score.nats)
    yield f"{abs(less):.1f} % {'fewer' if less >= 0 else 'more'} nats a step than the best Markov chain"
    yield "Markov orders: " + ", ".join(f"{order}: {nats:.4f}" for order, nats in found.markov.items() if order)


def by_piece(found: Evaluation, most: int) -> Iterator[str]:
    """A line a piece, those first that the network foretells best beside the Markov chain; of many the ends."""
    if not most:
        return
    head, rows = _rows(found)
    rows.sort(key=lambda row: float(row[3]) - float(row[-2]))
    if len(rows) <= most:
        yield from table(head, rows)
        return
    lines = list(table(head, rows))
    yield from lines[: 1 + most - most // 2]
    yield f"… {len(rows) - most:,} more …"
    yield from lines[len(lines) - most // 2 :]


def as_csv(found: Evaluation) -> bytes:
    """The same of every piece, in the order of the dataset."""
    page = StringIO()
    writer = csv.writer(page, lineterminator="\n")
    head, rows = _rows(found)
    writer.writerow(head)
    writer.writerows([[f"{cell:.6f}" if isinstance(cell, float) else cell for cell in row] for row in rows])
    return page.getvalue().encode()


def _rows(found: Evaluation) -> tuple[list[str], list[list[str | float]]]:
    rows: list[list[str | float]] = [
        [name, steps, notes] for name, steps, notes in zip(found.pieces, found.steps, found.notes, strict=True)
    ]
    for row in found.rows:
        for line, foretold in zip(rows, found.by_piece(row), strict=True):
            line.append(foretold.score.nats)
    for line, foretold in zip(rows, found.by_piece("network"), strict=True):
        line.append(foretold.score.accuracy)
    return ["piece", "steps", "notes", *found.rows, "accuracy"], rows


def picture(found: Evaluation, title: str) -> Picture:
    """A dot a piece: nats a step of the network over those of the best Markov chain; on the line both do as well."""
    *_, markov = found.rows
    across = np.array([steps.score.nats for steps in found.by_piece(markov)])
    up = np.array([steps.score.nats for steps in found.by_piece("network")])
    most = max(float(np.ceil(2 * max(across.max(), up.max())) / 2), 0.5)

    def at(x: float, y: float) -> tuple[float, float]:
        return _LEFT + _SIZE * x / most, _TOP + _SIZE * (1 - y / most)

    shapes: list[Shape] = [Words((_LEFT, 22), title, INK, 13.0, "start")]
    for tick in np.arange(0, most + 0.01, 0.5):
        (x, foot), (left, y) = at(tick, 0), at(0, tick)
        shapes += [Stroke((at(tick, 0), at(tick, most)), RULE), Stroke((at(0, tick), at(most, tick)), RULE)]
        shapes += [Words((x, foot + 15), f"{tick:g}"), Words((left - 8, y + 4), f"{tick:g}", anchor="end")]
    shapes.append(Stroke((at(0, 0), at(most, most)), FAINT))
    points = [at(float(x), float(y)) for x, y in zip(across, up, strict=True)]
    shapes.append(Blocks(tuple((x - _DOT / 2, y - _DOT / 2, _DOT, _DOT) for x, y in points), "#3b5b78", 0.6))
    shapes.append(Words((_LEFT + _SIZE / 2, _HEIGHT - 12), f"nats a step, {markov}"))
    shapes.append(Words((_LEFT, _TOP - 4 + 16), "  network", anchor="start"))
    return Picture(_WIDTH, _HEIGHT, tuple(shapes))
