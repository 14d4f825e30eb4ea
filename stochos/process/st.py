"""The ST program: ST/10, ST/48, Atrées, Morsima-Amorsima."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from stochos.process.certainty import uniforms
from stochos.process.cloud import SHORTEST, Cloud
from stochos.process.intensity import FORMS
from stochos.process.joint import Drawn, at_start
from stochos.process.passage import Events, Frame
from stochos.process.poisson import MOST
from stochos.process.pulse import SHORTEST as BRIEFEST
from stochos.process.quantile import normal_quantile, open_uniforms
from stochos.process.value import TRIES, Context, Floats, Quantity, Value, parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BREATH = 8.5  # spreads in a breath, as in the book; the published program has 4
SPEEDS = ("direct", "inverse", "independent")
_SLOW, _FAST, _FASTEST = 10.0, 30.0, 71.0  # semitones a second: mean speeds, and none is higher
Table = tuple[tuple[float, ...], ...]


class Plan(NamedTuple):
    """What all parts share.

    starts, ends  of the sequences, quarter notes
    levels        of density, 0 to the number of columns less 1
    onsets        quarter notes, rising
    who           whose note each is: an index of `parts`
    """

    starts: Floats
    ends: Floats
    levels: Floats
    onsets: Floats
    who: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class St:
    """Sequences of chance lengths and densities, which say who plays how often; each part wanders over its compass.

    sequence  the mean length of a sequence, quarter notes; lengths are exponential
    limit     no sequence is longer, quarter notes; three means where it is not said
    density   of the sparsest level, events a quarter note; each level is e times as dense as the one before
    classes   a row for each part, a column for each level of density: how much of the music it has there; between
              levels, in between. Columns need not sum to 1
    breath    the longest note of a part, quarter notes. With a note every z seconds on average in a sequence, and every
              y seconds where the part plays least, notes last z' = breath·|ln z / ln y| at most, z'/2 on average, by
              the normal law with a spread of z'/8.5
    speed     how a part glides: by the normal law, up or down alike, with a mean speed of 10 st/s in the sparsest
              sequences and 30 st/s in the densest ("direct"), the other way round ("inverse"), or of 10 to 30 st/s,
              drawn for each note ("independent"); never faster than 71 st/s. None: it does not glide
    intensity each note goes through one of the 44 forms of intensity, each as likely
    pitch     None: up or down from the last one, near rather than far, within the compass
    Source: Xenakis, Formalized Music (1992), ch. V.
    """

    JOINT: ClassVar = True

    parts: tuple[str, ...] = parameter(Quantity.PARTS, "who plays")
    sequence: Value = parameter(Quantity.LENGTH, "mean length of a sequence", above=0.0)
    density: Value = parameter(Quantity.RATE, "onsets at the sparsest level", above=0.0)
    classes: Table = parameter(Quantity.MATRIX, "shares of each part (row) at each level of density (column)")
    breath: Value = parameter(Quantity.LENGTH, "the longest note", above=0.0)
    limit: Value | None = parameter(Quantity.LENGTH, "longest sequence; by default 3 means", default=None, above=0.0)
    pitch: Value | None = parameter(Quantity.PITCH, "pitches; by default a wandering line", default=None)

    speed: str | None = parameter(
        Quantity.CHOICE, "glissandi, their speed by the density", default=None, words=SPEEDS
    )
    intensity: bool = parameter(Quantity.FLAG, "each note takes one of 44 forms of intensity", default=False)

    def flaw(self, part: str) -> tuple[str, str] | None:
        """The argument that does not fit the others, and why."""
        if len(self.classes) != len(self.parts):
            return "classes", f"`classes` has a row for each part: {len(self.parts)}, not {len(self.classes)}"
        if not 2 <= len(self.classes[0]) <= 10:
            return "classes", f"`classes` has a column for each level of density, 2 to 10, not {len(self.classes[0])}"
        if min(map(min, self.classes)) < 0.0 or min(map(sum, zip(*self.classes, strict=True))) <= 0.0:
            return "classes", "shares are 0 or more, and at each level of density somebody plays"
        return None

    def thickest(self) -> float:
        """How many times as dense as the sparsest level the densest is."""
        return math.exp(len(self.classes[0]) - 1)

    def play(self, frame: Frame) -> Events:
        """The notes that fall to the part."""
        plan, context = self.plan(frame.shared), frame.context
        part = self.parts.index(frame.part)
        own = plan.who == part
        onsets = plan.onsets[own][: frame.count]
        which = np.searchsorted(plan.starts, onsets, side="right") - 1
        breaths = self._breaths(frame, plan, part)[which]
        chances = normal_quantile(open_uniforms(context.at("length").rng(), len(onsets)))
        length = np.clip(breaths / 2.0 + breaths / _BREATH * chances, SHORTEST, None)
        length = np.minimum(np.minimum(length, np.maximum(breaths, SHORTEST)), context.duration - onsets)
        if self.pitch is not None:
            pitch = Cloud(Drawn(onsets), self.pitch).play(frame).pitch
        else:
            pitch = _wander(frame, onsets / context.duration)
        speed = None if self.speed is None else self._speeds(frame, plan.levels[which])
        return Events(onsets, length, pitch, None, speed, _intensities(frame, len(onsets)) if self.intensity else None)

    def _speeds(self, frame: Frame, levels: Floats) -> Floats:
        """Speeds of glissandi at levels of density, semitones a second; v/a is normal, with a spread of 1/√2."""
        context = frame.context.at("speed")
        share = levels / (len(self.classes[0]) - 1.0)
        if self.speed == "independent":
            share = context.at("mean").rng().random(len(levels))
        mean = _FAST - (_FAST - _SLOW) * share if self.speed == "inverse" else _SLOW + (_FAST - _SLOW) * share
        drawn = math.sqrt(math.pi / 2.0) * mean * normal_quantile(open_uniforms(context.rng(), len(levels)))
        return np.clip(drawn, -_FASTEST, _FASTEST)

    def plan(self, context: Context) -> Plan:
        """Sequences, and every note in them."""
        starts, ends = self.sequences(context)
        steps = _levels(len(self.classes[0]) - 1.0, uniforms(context.at("levels").rng()))
        levels = np.array([next(steps) for _ in starts])
        sparsest = self.density.sampler(context.at("density"))(starts / context.duration)
        densities = np.clip(sparsest * np.exp(levels), 1.0 / MOST, MOST)
        waits = uniforms(context.at("onsets").rng())
        onsets = np.concatenate([
            np.fromiter(_onsets(start, end, density, waits), dtype=np.float64)
            for start, end, density in zip(starts, ends, densities, strict=True)
        ])  # fmt: skip
        edges = np.cumsum([self.shares(level) for level in levels], axis=1)
        which = np.searchsorted(starts, onsets, side="right") - 1
        chances = context.at("classes").rng().random(len(onsets))
        who = np.sum(edges[which] <= chances[:, None] * edges[which, -1:], axis=1)
        return Plan(starts, ends, levels, onsets, np.minimum(who, len(self.parts) - 1))

    def shares(self, level: float) -> Floats:
        """How much of the music each part has at a level of density; they sum to 1."""
        table = np.array(self.classes)
        table = table / table.sum(axis=0)
        below = min(int(level), table.shape[1] - 2)
        shares: Floats = table[:, below] + (level - below) * (table[:, below + 1] - table[:, below])
        return shares

    def sequences(self, context: Context) -> tuple[Floats, Floats]:
        """Where sequences start and end: longer ones than the limit are drawn again, at last half as long as it."""
        mean = max(at_start(self.sequence, context.at("sequence")), BRIEFEST)
        limit = 3.0 * mean if self.limit is None else max(at_start(self.limit, context.at("limit")), BRIEFEST)
        draws = uniforms(context.at("lengths").rng())
        starts = [0.0]
        while starts[-1] < context.duration:
            tries = (max(-mean * math.log1p(-next(draws)), BRIEFEST) for _ in range(TRIES))
            starts.append(starts[-1] + next((length for length in tries if length <= limit), limit / 2.0))
        return np.array(starts[:-1]), np.minimum(starts[1:], context.duration)

    def _breaths(self, frame: Frame, plan: Plan, part: int) -> Floats:
        """The longest note in each sequence: the rarer the part plays there, the nearer to the whole breath."""
        context = frame.context
        places = plan.starts / context.duration
        breath = self.breath.sampler(context.at("breath"))(places)
        seconds = context.seconds(places)
        sparsest = np.maximum(self.density.sampler(frame.shared.at("density"))(places), 1.0 / MOST)
        shares = np.array([self.shares(level)[part] for level in plan.levels])
        whole = [self.shares(float(level))[part] for level in range(len(self.classes[0]))]
        rarest = min((share for share in whole if share > 0.0), default=1.0)
        gap = np.log(seconds / np.maximum(sparsest * np.exp(plan.levels) * shares, 1.0 / MOST))
        longest = np.abs(np.log(seconds / (sparsest * rarest)))
        found: Floats = breath * np.minimum(np.abs(gap) / np.maximum(longest, 1e-9), 1.0)
        return found


def _levels(most: float, draws: Iterator[float]) -> Iterator[float]:
    """Levels of density between 0 and `most`: the first anywhere, each next one near the last rather than far."""
    level = most * next(draws)
    while True:
        yield level
        level = near(level, 0.0, most, draws)


def near(last: float, low: float, high: float, draws: Iterator[float]) -> float:
    """Up or down from the last number by the linear law; what falls outside is drawn again, at last anywhere."""
    for _ in range(TRIES):
        step = (high - low) * (1.0 - math.sqrt(next(draws)))
        found = last + (step if next(draws) < 0.5 else -step)
        if low <= found <= high:
            return found
    return low + (high - low) * next(draws)


def _onsets(start: float, end: float, density: float, waits: Iterator[float]) -> Iterator[float]:
    """The first note at once, then by the exponential law."""
    now = start
    while now < end:
        yield now
        now -= math.log1p(-next(waits)) / density


def _intensities(frame: Frame, count: int) -> tuple[tuple[str, ...], ...]:
    """A form of intensity for each note."""
    which = (frame.context.at("intensity").rng().random(count) * len(FORMS)).astype(np.intp)
    return tuple(FORMS[form] for form in which.tolist())


def _wander(frame: Frame, places: Floats) -> Floats:
    """Pitches one from another over the compass; the first anywhere."""
    context = frame.context.at("pitch")
    low, high = (bound.sampler(context.at(side))(places) for side, bound in (("low", frame.low), ("high", frame.high)))
    draws = uniforms(context.rng())
    pitches: list[float] = []
    for bottom, top in zip(low.tolist(), high.tolist(), strict=True):
        if pitches:
            pitches.append(near(pitches[-1], bottom, top, draws))
        else:
            pitches.append(bottom + (top - bottom) * next(draws))
    return np.array(pitches, dtype=np.float64)
