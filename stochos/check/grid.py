"""The bars of a section: where each begins, and what is in force there."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from stochos.check.settings import Settings
from stochos.music.time import Meter


@dataclass(frozen=True, slots=True)
class GridBar:
    """One bar. number: from 1, or 0 for a pickup."""

    start: int
    length: int
    number: int
    settings: Settings

    @property
    def end(self) -> int:
        """Ticks: where the next one begins."""
        return self.start + self.length

    @property
    def meter(self) -> Meter:
        """Its meter, also of a pickup."""
        return self.settings.meter


class Grid:
    """Bars without end: the section's settings, changed where it says so."""

    def __init__(self, settings: Settings, changes: dict[int, Settings], pickup: int) -> None:
        self._changes = changes
        first = changes.get(1, settings)
        self.bars = [GridBar(0, pickup, 0, settings)] if pickup else [GridBar(0, first.meter.bar, 1, first)]
        self._near = self.bars[0]  # the bar that was asked for last

    def _next(self) -> None:
        last = self.bars[-1]
        settings = self._changes.get(last.number + 1, last.settings)
        self.bars.append(GridBar(last.end, settings.meter.bar, last.number + 1, settings))

    def bar_at(self, tick: int) -> GridBar:
        """The bar that `tick` falls in."""
        if self._near.start <= tick < self._near.end:
            return self._near
        while self.bars[-1].end <= tick:
            self._next()
        low, high = 0, len(self.bars) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.bars[middle].start <= tick else (low, middle - 1)
        self._near = self.bars[low]
        return self._near

    def is_barline(self, tick: int) -> bool:
        """Whether a bar begins at `tick`."""
        return self.bar_at(tick).start == tick

    def after(self, tick: int, count: Fraction) -> int | None:
        """Where `count` bars end that begin at `tick`; None off the tick grid."""
        whole, rest = divmod(count, 1)
        if self.is_barline(tick):
            for _ in range(whole):
                tick = self.bar_at(tick).end
        else:
            rest += whole
        ticks = rest * self.bar_at(tick).meter.bar
        return tick + int(ticks) if ticks.denominator == 1 else None

    def end_of(self, bars: int) -> int:
        """Where bar number `bars` ends."""
        while self.bars[-1].number < bars:
            self._next()
        return next(bar.end for bar in self.bars if bar.number == bars)

    def until(self, end: int) -> list[GridBar]:
        """The bars that begin before `end`."""
        self.bar_at(end)
        return [bar for bar in self.bars if bar.start < end]
