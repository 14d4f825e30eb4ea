"""Glissandi: how far each note glides while it sounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from operator import attrgetter

import numpy as np

from stochos import score
from stochos.music.time import QUARTER, Tempo
from stochos.process.passage import Frame
from stochos.process.value import Floats, curved
from stochos.realization import Note
from stochos.realize.frame import Place, Take

GLISSANDO = "glissando"

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)


def drawn_glides(  # noqa: PLR0913, PLR0917  all that a glide hangs on
    passage: score.Passage, take: Take, place: Place, frame: Frame, places: Floats, compass: tuple[Floats, Floats],
    notes: Sequence[tuple[int, int, int]], drawn: Floats | None = None,
) -> list[float]:  # fmt: skip
    """Semitones that each note of a passage rises or falls, at the speed drawn for it: never beyond its bounds.

    places   [N]: where the notes start, 0..1
    compass  [N] each: lowest and highest pitch there
    notes    onset, duration and pitch of each
    drawn    [N]: speeds that the process says, where the passage says none
    """
    speed = drawn
    if passage.glissando is not None:
        speed = passage.glissando.sampler(frame.context.at(GLISSANDO))(places)
    if speed is None or not notes:
        return [0.0] * len(notes)
    onset, duration, pitch = np.array(notes, dtype=np.float64).T
    base, ratio = float(place.base), float(place.ratio)
    lasting = seconds(take.section.tempos, base + ratio * onset, base + ratio * (onset + duration))
    low, high = np.minimum(compass[0] - pitch, 0.0), np.maximum(compass[1] - pitch, 0.0)
    glides: list[float] = np.clip(speed * lasting, low, high).tolist()
    return glides


def seconds(tempos: Sequence[Tempo], start: Floats, end: Floats) -> Floats:
    """What a clock shows between ticks of a section.

    tempos      in order
    start, end  [N]: ticks
    """
    total = np.zeros(len(start))
    for first, last, tempo in _stretches(tempos):
        low, high = np.maximum(start, first), np.minimum(end, last)
        here = high > low
        low, high = low[here], high[here]
        if last <= tempo.end:
            middle, half = (low + high)[:, None] / 2, (high - low)[:, None] / 2
            share = (middle + half * _NODES - tempo.onset) / (tempo.end - tempo.onset)
            ends = np.full((2, *share.shape), [[[tempo.bpm]], [[tempo.end_bpm]]])
            total[here] += ((60.0 / curved(share, tempo.curve, *ends)) @ _WEIGHTS) * half[:, 0] / QUARTER
        else:
            total[here] += 60.0 / tempo.end_bpm * (high - low) / QUARTER
    return total


def _stretches(tempos: Sequence[Tempo]) -> Iterator[tuple[float, float, Tempo]]:
    """From tick to tick: each tempo on its way, then where it has arrived."""
    for tempo, following in pairwise([*tempos, None]):
        assert tempo is not None
        limit = float("inf") if following is None else following.onset
        arrived = min(tempo.end, limit)
        if arrived > tempo.onset:
            yield tempo.onset, arrived, tempo
        if limit > arrived:
            yield max(arrived, tempo.onset), limit, tempo


def led(notes: list[Note]) -> list[Note]:
    """The notes of a voice; those with a glissando glide to the next, in chords the highest to the highest."""
    if not any(GLISSANDO in note.articulations for note in notes):
        return notes
    ordered = sorted(notes, key=lambda note: (note.written_onset, -note.pitch))
    chords = [list(chord) for _, chord in groupby(ordered, key=attrgetter("written_onset"))]
    found = []
    for chord, goals in pairwise([*chords, []]):
        for rank, note in enumerate(chord):
            is_led = GLISSANDO in note.articulations and goals
            goal = goals[min(rank, len(goals) - 1)].pitch if is_led else 0
            found.append(replace(note, glide=float(goal - note.pitch)) if is_led else note)
    return found
