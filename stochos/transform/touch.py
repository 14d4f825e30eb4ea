"""Transformations of the touch: how written notes are played."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace

import numpy as np

from stochos.music.time import QUARTER
from stochos.process.quantile import normal_quantile, open_uniforms
from stochos.process.value import Quantity, parameter
from stochos.realization import Note
from stochos.transform.base import Lasting


@dataclass(frozen=True, slots=True)
class Swing(Lasting):
    """Of each pair of notes the first sounds longer; the page stays even.

    amount  share of the pair that the first gets, 1/2 (even) to 9/10
    unit    the written length of each, quarter notes
    """

    amount: float = parameter(Quantity.CHANCE, "share of the first of a pair", default=2 / 3, at_least=0.5, at_most=0.9)
    unit: float = parameter(Quantity.LENGTH, "written length of each", default=0.5, above=0.0)

    def __call__(self, notes: list[Note], duration: int, rng: np.random.Generator) -> list[Note]:
        """Pairs are counted from the start of the phrase; what is in them bends with them."""
        unit = max(1, round(self.unit * QUARTER))

        def bent(tick: int) -> int:
            pair, phase = divmod(tick, 2 * unit)
            if phase < unit:
                moved = 2 * self.amount * phase
            else:
                moved = 2 * (self.amount * unit + (1 - self.amount) * (phase - unit))
            return min(2 * unit * pair + round(moved), duration)

        swung = []
        for note in notes:
            onset = min(bent(note.onset), duration - 1)
            end = bent(note.onset + note.duration)
            swung.append(replace(note, onset=onset, duration=max(1, end - onset)))
        return swung


@dataclass(frozen=True, slots=True)
class Humanize(Lasting):
    """Small accidents of time and loudness, as people have them; the page stays as it is.

    time      quarter notes: standard deviation of the onsets, >= 0
    velocity  standard deviation of velocities that a generator fixed, >= 0
    """

    time: float = parameter(Quantity.LENGTH, "onsets stray by this", default=0.02, at_least=0.0, at_most=4.0)
    velocity: float = parameter(Quantity.NUMBER, "velocities stray by this", default=6.0, at_least=0.0, at_most=64.0)

    def __call__(self, notes: list[Note], duration: int, rng: np.random.Generator) -> list[Note]:
        """Gaussian, note by note; notes stay in the phrase."""
        shifts = (self.time * QUARTER * normal_quantile(open_uniforms(rng, len(notes)))).tolist()
        weights = (self.velocity * normal_quantile(open_uniforms(rng, len(notes)))).tolist()
        human = []
        for note, shift, weight in zip(notes, shifts, weights, strict=True):
            onset = min(max(note.onset + round(shift), 0), duration - 1)
            velocity = None if note.velocity is None else min(max(note.velocity + round(weight), 1), 127)
            human.append(replace(note, onset=onset, duration=min(note.duration, duration - onset), velocity=velocity))
        return human


@dataclass(frozen=True, slots=True)
class Legato(Lasting):
    """Every note lasts until the next."""

    def __call__(self, notes: list[Note], duration: int, rng: np.random.Generator) -> list[Note]:
        """The last is as long as it was; a chord ends together."""
        onsets = sorted({note.onset for note in notes})
        written = sorted({note.written_onset for note in notes})
        return [
            replace(
                note,
                duration=_until_next(note.onset, onsets, note.duration),
                written_duration=note.written_duration
                and _until_next(note.written_onset, written, note.written_duration),
            )
            for note in notes
        ]


@dataclass(frozen=True, slots=True)
class Staccato(Lasting):
    """Notes cut short.

    ratio  share of its length that each note sounds, the page unchanged; None: a dot on each
    """

    ratio: float | None = parameter(
        Quantity.RATIO, "share that sounds; by default a dot on each", default=None, above=0.0, at_most=1.0
    )

    def __call__(self, notes: list[Note], duration: int, rng: np.random.Generator) -> list[Note]:
        """Dots are played as the renderer plays them; a ratio is exact."""
        if self.ratio is None:
            return [replace(note, articulations=(*_without(note, "staccato"), "staccato")) for note in notes]
        return [replace(note, duration=max(1, round(note.duration * self.ratio))) for note in notes]


def _until_next(onset: int, onsets: list[int], duration: int) -> int:
    following = bisect_right(onsets, onset)
    return onsets[following] - onset if following < len(onsets) else duration


def _without(note: Note, articulation: str) -> tuple[str, ...]:
    return tuple(name for name in note.articulations if name != articulation)
