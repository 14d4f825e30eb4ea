"""Frames: where a passage plays, as its process sees it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from stochos import score
from stochos.music.harmony import Chord
from stochos.music.time import QUARTER, Tempo
from stochos.process.compass import Flags
from stochos.process.passage import Frame, NetworkLoader, Token
from stochos.process.scale import Moving, Scale
from stochos.process.value import Context, Floats, curved
from stochos.realization import Trial
from stochos.realize.streams import stream, uniform


@dataclass(frozen=True, slots=True)
class Take:
    """One take of a section: all that its draws hang on.

    seed   of the score
    number of the variation: 0 is the section itself
    ranges lowest and highest MIDI number of each part
    trials of its passages, noted as they are drawn
    later  seeds that the section is to be drawn from next
    """

    section: score.Section
    seed: int
    number: int
    network: NetworkLoader
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False)
    trials: list[Trial] = field(default_factory=list, compare=False)
    later: Sequence[int] = field(default=(), compare=False)

    def path(self, path: tuple[str, ...], shared: bool) -> tuple[str, ...]:
        """The names of a stream in this take; shared draws are the same in every take."""
        return path if shared else (*path, f"take {self.number}")

    def uniform(self, note: score.Note, quantity: str) -> float:
        """One number in [0, 1) for a written note."""
        return uniform(self.seed, *self.path(note.path, note.shared), quantity)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the music of a voice or group lies in its section: its tick t at section tick base + ratio * t."""

    base: Fraction = Fraction(0)
    ratio: Fraction = Fraction(1)

    def tick(self, at: int) -> int:
        """Section tick of a tick here."""
        return int(self.base + self.ratio * at)

    def within(self, group: score.Group) -> Place:
        """The place of a group's own music."""
        return Place(self.base + self.ratio * group.onset, self.ratio * Fraction(group.duration, max(group.inner, 1)))


def frame_of(  # noqa: PLR0913, PLR0917  all that a frame hangs on
    passage: score.Passage, take: Take, place: Place, before: tuple[Token, ...], part: str, attempt: int = 0
) -> Frame:
    """What the process of a passage plays in.

    before   what its voice has just played; a shared passage, the same everywhere, hears nothing of it
    attempt  each but the first draws from streams of its own
    """
    bars, onset = take.section.bars, place.tick(passage.onset)
    bar = bars[max(0, bisect_right(bars, onset, key=lambda bar: bar.onset) - 1)]
    end = place.tick(passage.onset + passage.duration)
    again = (f"attempt {attempt}",) if attempt else ()
    context = _context(passage, take.path(passage.path, passage.shared) + again, take, onset, end)
    return Frame(
        context=context,
        count=passage.count,
        low=passage.low,
        high=passage.high,
        allowed=flags(passage.scale),
        key=7 * bar.key.fifths % 12,
        before=() if passage.shared else before,
        network=take.network,
        part=part,
        scales=passage.scale if isinstance(passage.scale, Moving) else None,
        joint=_context(passage, take.path(passage.joint, passage.shared), take, onset, end) if passage.joint else None,
        ranges=take.ranges,
        harmony=_harmony(passage, take.section, place),
    )


def _harmony(
    passage: score.Passage, section: score.Section, place: Place
) -> tuple[tuple[float, Chord | None], ...]:
    """The chords in force while a passage plays, in its own quarter notes."""
    start, end = place.tick(passage.onset), place.tick(passage.onset + passage.duration)
    return tuple(
        (float(max(harmony.onset - start, 0) / place.ratio / QUARTER), harmony.chord)
        for harmony in section.harmony
        if harmony.end > start and harmony.onset < end
    )


def flags(scale: Scale | None) -> Flags:
    """[128]: the pitches that a scale has, or any of several."""
    if scale is None:
        return np.ones(128, dtype=np.bool_)
    return np.array(scale.any if isinstance(scale, Moving) else scale, dtype=np.bool_)


def _context(passage: score.Passage, path: tuple[str, ...], take: Take, start: int, end: int) -> Context:
    seed = take.seed if passage.seed is None else passage.seed
    where = () if passage.shared else (take.section.name,)
    alone = passage.seed is not None or passage.until is not None  # nothing new, or nobody knows how many draws
    later = () if alone else take.later
    tempos = _in_force(take.section.tempos, start, end)
    pace = _pace(tempos)
    return Context(
        duration=passage.duration / QUARTER,
        seconds=lambda places: pace(start + places * (end - start)),
        stream=lambda name: stream(seed, *path, name),
        longest=60.0 / min(min(tempo.bpm, tempo.end_bpm) for tempo in tempos),
        source=lambda name: stream(seed, *take.path(where, passage.shared), "source", name),
        stretch=(start / QUARTER, end / QUARTER),
        later=lambda name: (stream(each, *path, name) for each in later),
    )


def _in_force(tempos: tuple[Tempo, ...], start: int, end: int) -> list[Tempo]:
    """The tempos that hold somewhere between two ticks."""
    first = max(0, bisect_right(tempos, start, key=lambda tempo: tempo.onset) - 1)
    return [tempo for tempo in tempos[first:] if tempo.onset < end] or [tempos[first]]


def _pace(tempos: list[Tempo]) -> Callable[[Floats], Floats]:
    """Seconds of a quarter note at ticks of the section."""
    onsets = np.array([tempo.onset for tempo in tempos])

    def seconds(ticks: Floats) -> Floats:
        which = np.maximum(np.searchsorted(onsets, ticks, side="right") - 1, 0)
        bpm = np.empty(len(ticks))
        for i, tempo in enumerate(tempos):
            here = which == i
            share = np.clip((ticks[here] - tempo.onset) / max(tempo.end - tempo.onset, 1), 0.0, 1.0)
            ends = np.full((2, len(share)), [[tempo.bpm], [tempo.end_bpm]])
            bpm[here] = curved(share, tempo.curve, *ends) if tempo.end > tempo.onset else tempo.bpm
        return 60.0 / bpm

    return seconds


def at_places(frame: Frame, quantity: str, places: Floats) -> tuple[Floats, Floats]:
    """Bounds of pitch at places 0..1."""
    context = replace(frame.context, name=quantity)
    return frame.low.sampler(context.at("low"))(places), frame.high.sampler(context.at("high"))(places)
