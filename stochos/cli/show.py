"""Showing the stages: trees and scores as an outline, notes as a table or as JSON."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from stochos.music.harmony import NO_CHORD
from stochos.music.pitch import spell
from stochos.music.time import QUARTER
from stochos.realization import Bar, Note, Part, Realization
from stochos.rendering.dynamics import loudness
from stochos.rendering.performance import strokes
from stochos.rendering.tempo import paces

_DRAWN = {"span", "name_span", "bar_span"}


def outline(node: Any) -> str:
    """A tree of dataclasses, a field a line."""
    return "\n".join(_lines(node, "", 0))


def _lines(node: Any, name: str, depth: int) -> Iterator[str]:
    head = "  " * depth + (f"{name}: " if name else "")
    if is_dataclass(node) and not isinstance(node, type):
        inner = [(f.name, getattr(node, f.name)) for f in fields(node) if f.name not in _DRAWN]
        small = [(n, v) for n, v in inner if not _is_deep(v)]
        said = ", ".join(f"{n}={v!s}" for n, v in small if v not in (None, (), "", False))
        yield f"{head}{type(node).__name__}({said})"
        for n, v in inner:
            if _is_deep(v):
                yield from _lines(v, n, depth + 1)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _lines(value, f"{name} {key}", depth)
    elif isinstance(node, tuple):
        for item in node:
            yield from _lines(item, name, depth)
    else:
        yield f"{head}{node}"


def _is_deep(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(value)
    if isinstance(value, tuple):
        return any(_is_deep(item) or is_dataclass(item) for item in value)
    return is_dataclass(value) and len(fields(value)) > 1


def notes_as_json(piece: Realization) -> str:
    """Chords, and all notes, with onset and duration in ticks and in quarters, and what made each."""
    return json.dumps(
        {
            "title": piece.title,
            "seed": piece.seed,
            "ticks_per_quarter": QUARTER,
            "duration": piece.duration,
            "harmony": [
                {"onset": one.onset, "end": one.end, "chord": str(one.chord or NO_CHORD)} for one in piece.harmony
            ],
            "notes": [_note(*placed) for placed in _placed(piece)],
        },
        indent=2,
        ensure_ascii=False,
    )


def _note(note: Note, part: Part, bar: Bar, velocity: int) -> dict[str, Any]:
    return {
        "onset": note.onset,
        "onset_quarters": note.onset / QUARTER,
        "duration": note.duration,
        "duration_quarters": note.duration / QUARTER,
        "pitch": note.pitch,
        "name": _name(note, bar),
        "velocity": velocity,
        "glide": note.glide,
        "part": part.name,
        "voice": note.voice,
        "section": note.origin.section,
        "bar": bar.number,
        "articulations": list(note.articulations),
        "made_by": note.origin.generator,
        "label": note.origin.label,
    }


def notes_as_table(piece: Realization) -> str:
    """All notes, a line each, beside the chord that each begins in where there are chords."""
    chords = ("chord",) if piece.harmony else ()
    rows = [("bar", "quarters", "length", "pitch", "vel", "part", *chords, "section", "made by")]
    for note, part, bar, velocity in _placed(piece):
        made = f"{note.origin.generator} {note.origin.label}".strip()
        under = (_chord(piece, note.onset),) if chords else ()
        rows.append((
            str(bar.number), f"{note.onset / QUARTER:.3f}", f"{note.duration / QUARTER:.3f}", _name(note, bar),
            str(velocity), part.name, *under, note.origin.section, made,
        ))  # fmt: skip
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)


def _chord(piece: Realization, onset: int) -> str:
    """The chord in force at a tick; nothing in a section without harmony."""
    at = bisect_right(piece.harmony, onset, key=lambda one: one.onset) - 1
    return str(piece.harmony[at].chord or NO_CHORD) if at >= 0 and onset < piece.harmony[at].end else ""


def _placed(piece: Realization) -> Iterator[tuple[Note, Part, Bar, int]]:
    """Every note in order of time, with its part, its bar, and the velocity that it is played with."""
    onsets = [bar.onset for bar in piece.bars]
    played = [
        (note.onset, i, note.pitch, note, velocity)
        for i, part in enumerate(piece.parts)
        for note, velocity in zip(part.notes, _velocities(part, piece), strict=True)
    ]
    for onset, i, _, note, velocity in sorted(played, key=lambda row: row[:3]):
        yield note, piece.parts[i], piece.bars[max(0, bisect_right(onsets, onset) - 1)], velocity


def _velocities(part: Part, piece: Realization) -> Iterator[int]:
    """How loud each note is played, trills as one note."""
    kept_marks = ({*note.articulations} - {"trill"} for note in part.notes)
    plain = tuple(replace(note, articulations=tuple(kept)) for note, kept in zip(part.notes, kept_marks, strict=True))
    for stroke in strokes(replace(part, notes=plain), piece.bars, paces(piece.tempos), loudness(part)):
        yield min(max(round(stroke.level), 1), 127)


def _name(note: Note, bar: Bar) -> str:
    return str(note.spelling or spell(note.pitch, bar.key.fifths))
