"""The card of a process: what it is, what its draws are like, and how it goes, in the terminal."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from stochos.cli.law import BARS, Seen
from stochos.cli.roll import piano_roll
from stochos.process.formula import Formula
from stochos.process.value import Floats, Quantity

if TYPE_CHECKING:
    from stochos.cli.screen import Screen

_ROWS = 21
_QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_UNITS = {
    Quantity.NUMBER: "", Quantity.PITCH: " (C4 is 60)", Quantity.LENGTH: " quarter notes", Quantity.INTERVAL: "st",
}  # fmt: skip


def card(seen: Seen, screen: Screen) -> Iterator[str]:
    """What a process is, what its draws are like, and how it goes."""
    about = inspect.getdoc(seen.process) or ""
    yield screen.paint(seen.text, "strong")
    yield about.partition("\n")[0]
    if found := re.search(r"^Source: .*?(?=\n\n|\Z)", about, re.M | re.S):
        yield " ".join(found[0].split())
    yield ""
    if seen.formula:
        yield f"law    {known(seen.formula)}"
        yield f"       {seen.formula.text}"
    draws = seen.draws
    if len(draws):
        yield f"draws  {_moments(draws.mean(), draws.std())}   of {len(draws):,}{' gaps' if seen.takes else ''}"
        yield f"       from {draws.min():.6g} to {draws.max():.6g}{_UNITS[seen.quantity]}"
        yield ""
        yield from _histogram(draws, screen)
        yield ""
        yield from _shares(draws)
        yield ""
    yield _heading(seen)
    yield from (line for line in piano_roll(seen.piece, min(screen.width, 100), screen.unicode) if line.strip())


def known(law: Formula) -> str:
    """Mean and spread of a law."""
    return _moments(law.mean, law.spread)


def _moments(mean: float, spread: float) -> str:
    named = ("none" if np.isnan(x) else "without bound" if np.isinf(x) else f"{x:.6g}" for x in (mean, spread))
    return "mean {}   spread {}".format(*named)


def _heading(seen: Seen) -> str:
    if seen.takes:
        return f"{len(seen.takes[0])} onsets in {BARS} bars of 4/4, a beat a second"
    notes = sum(len(part.notes) for part in seen.piece.parts)
    return f"{notes} notes" + (", one after the other" if len(seen.draws) else f" in {len(seen.piece.bars)} bars")


def _shares(draws: Floats) -> Iterator[str]:
    """Below which numbers so many draws are."""
    numbers = np.quantile(draws, _QUANTILES)
    cells = [(f"{100 * share:g}%", f"{value:.5g}") for share, value in zip(_QUANTILES, numbers, strict=True)]
    widths = [max(map(len, cell)) for cell in cells]
    for head, row in zip(("below", ""), zip(*cells, strict=True), strict=True):
        yield f"{head:5}  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))


def _histogram(draws: Floats, screen: Screen) -> Iterator[str]:
    """A bar for each stretch of values, or each value where there are few; far tails are cut."""
    counts, labels = _bins(draws)
    name = max(map(len, labels))
    width = min(screen.width, 100) - name - 12
    for label, count in zip(labels, counts, strict=True):
        share = count / len(draws)
        yield f"{label:>{name}} {_bar(count / max(counts), width, screen.unicode)} {100 * share:.1f}%"


def _bins(draws: Floats) -> tuple[list[int], list[str]]:
    values, counts = np.unique(draws, return_counts=True)
    if len(values) <= _ROWS:
        return [int(count) for count in counts], [f"{value:.5g}" for value in values]
    low, high = bulk(draws)
    found, edges = np.histogram(draws, bins=_ROWS, range=(low, high))
    return [int(count) for count in found], [f"{edge:.4g}" for edge in edges[:-1]]


def bulk(draws: Floats) -> tuple[float, float]:
    """Between which values to draw: the far tails of a law like Cauchy's would flatten all the rest."""
    low, high = np.quantile(draws, [0.02, 0.98])
    beyond = (high - low) / 2
    return float(max(draws.min(), low - beyond)), float(min(draws.max(), high + beyond))


def _bar(share: float, width: int, unicode: bool) -> str:
    if not unicode:
        return "#" * round(share * width)
    eighths = round(share * width * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
