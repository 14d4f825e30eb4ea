"""What written items sound like, as plain (onset, duration, pitch), transformations applied; ties stay apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from stochos import score

if TYPE_CHECKING:
    from stochos.transform import Transform

Sound = tuple[int, int, int]


def sounding(items: Iterable[score.Item]) -> list[Sound]:
    """The written notes among `items`; of a choice the first. Generated music is left out."""
    found: list[Sound] = []
    for item in items:
        match item:
            case score.Note():
                found += [(item.onset, item.duration, pitch) for pitch in item.pitches[: 1 if item.choose else None]]
            case score.Group():
                inner = transformed(sounding(item.items), item.transforms, item.inner)
                found += [(item.onset + onset, duration, pitch) for onset, duration, pitch in inner]
    return found


def transformed(sounds: list[Sound], transforms: tuple[Transform, ...], duration: int) -> list[Sound]:
    """Sounds after some transformations of a phrase of `duration` ticks; chance in them has one fixed stream."""
    if not transforms or not sounds:
        return sounds
    import numpy as np

    from stochos.realization import Note, Origin

    nobody = Origin("", "")
    rng = np.random.Generator(np.random.PCG64(0))
    notes = [Note(o, d, o, d, pitch, None, None, 0, (), nobody) for o, d, pitch in sounds]
    for transform in transforms:
        notes = transform(notes, duration, rng)
        duration = round(duration * transform.stretch)
    return [(n.onset, n.duration, n.pitch) for n in notes]
