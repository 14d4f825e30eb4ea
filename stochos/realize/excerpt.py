"""Excerpts: one section or one part of a realised piece, with the very notes that it has there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from stochos.realization import Bar, Dynamic, Hairpin, Harmony, Note, Part, Realization, Tempo

_MOMENTARY = ("sfz", "sf", "fp", "fz", "rfz")


def only_part(realization: Realization, name: str) -> Realization:
    """The piece with one part alone; KeyError where it has none of that name."""
    parts = tuple(part for part in realization.parts if part.name == name)
    if not parts:
        raise KeyError(name)
    return replace(realization, parts=parts, trials=tuple(t for t in realization.trials if t.part == name))


def only_section(realization: Realization, name: str) -> Realization:
    """The first time that the piece plays a section (`calm`, `calm'`); KeyError where it never does.

    Bars keep their printed numbers; tempo and dynamics in force are marked at the start.
    """
    bars = tuple(_first_time(realization.bars, name))
    if not bars:
        raise KeyError(name)
    start, end = bars[0].onset, bars[-1].onset + bars[-1].length
    return replace(
        realization,
        bars=tuple(replace(bar, onset=bar.onset - start) for bar in bars),
        tempos=tuple(_tempos(realization.tempos, start, end)),
        parts=tuple(_cut(part, start, end) for part in realization.parts),
        trials=tuple(trial for trial in realization.trials if trial.section == name),
        harmony=tuple(
            Harmony(harmony.onset - start, harmony.end - start, harmony.chord)
            for harmony in realization.harmony
            if start <= harmony.onset < end
        ),
    )


def _first_time(bars: tuple[Bar, ...], name: str) -> Iterator[Bar]:
    """The bars from a section's first mark to the next mark of any."""
    playing = False
    for bar in bars:
        if playing and bar.section:
            return
        playing = playing or bar.section == name
        if playing:
            yield bar


def _tempos(tempos: tuple[Tempo, ...], start: int, end: int) -> Iterator[Tempo]:
    before = [tempo for tempo in tempos if tempo.onset < start]
    within = [tempo for tempo in tempos if start <= tempo.onset < end]
    if before and not any(tempo.onset == start for tempo in within):
        last = before[-1]
        yield replace(last, onset=0, end=0, bpm=last.end_bpm)
    for tempo in within:
        yield replace(tempo, onset=tempo.onset - start, end=min(tempo.end, end) - start)


def _cut(part: Part, start: int, end: int) -> Part:
    return replace(
        part,
        notes=tuple(_clip(note, start, end) for note in part.notes if _overlaps(note, start, end)),
        dynamics=tuple(_dynamics(part.dynamics, start, end)),
        hairpins=tuple(
            Hairpin(max(h.onset, start) - start, min(h.end, end) - start, h.kind)
            for h in part.hairpins
            if h.onset < end and h.end > start
        ),
        slurs=tuple(
            replace(slur, onset=slur.onset - start, last=slur.last - start)
            for slur in part.slurs
            if start <= slur.onset and slur.last < end
        ),
        tuplets=tuple(
            replace(tuplet, onset=tuplet.onset - start) for tuplet in part.tuplets if start <= tuplet.onset < end
        ),
    )


def _overlaps(note: Note, start: int, end: int) -> bool:
    """Whether any of a note is heard, and stands, between two times."""
    return (
        max(note.onset, start) < min(note.onset + note.duration, end)
        and max(note.written_onset, start) < min(note.written_onset + note.written_duration, end)
    )  # fmt: skip


def _clip(note: Note, start: int, end: int) -> Note:
    onset, written = max(note.onset, start), max(note.written_onset, start)
    if note.glide and (onset > note.onset or end < note.onset + note.duration):
        note = _glided(note, onset, end)
    return replace(
        note,
        onset=onset - start,
        duration=min(note.onset + note.duration, end) - onset,
        written_onset=written - start,
        written_duration=min(note.written_onset + note.written_duration, end) - written,
    )


def _glided(note: Note, start: int, end: int) -> Note:
    """What is left of a glide between two ticks, from the key that is nearest to where it is by then."""
    speed = note.glide / note.duration
    pitch = round(note.pitch + speed * (start - note.onset))
    goal = note.pitch + speed * (min(end, note.onset + note.duration) - note.onset)
    return replace(note, pitch=pitch, spelling=note.spelling if pitch == note.pitch else None, glide=goal - pitch)


def _dynamics(dynamics: tuple[Dynamic, ...], start: int, end: int) -> Iterator[Dynamic]:
    before = [dynamic for dynamic in dynamics if dynamic.onset < start and dynamic.name not in _MOMENTARY]
    within = [dynamic for dynamic in dynamics if start <= dynamic.onset < end]
    if before and not any(dynamic.onset == start for dynamic in within):
        yield Dynamic(0, before[-1].name)
    for dynamic in within:
        yield Dynamic(dynamic.onset - start, dynamic.name)
