"""Chords of music, by its pitch classes."""

from __future__ import annotations

from collections.abc import Sequence

from stochos.dataset.music import Notes
from stochos.neural.dataset import CHORDS, Chord

_MISSING = 0.5  # what a tone of the chord that is not heard costs, beside the share of what sounds in the other tones
_BASS = 0.25  # what it is worth that the bass plays the root


def weights_of(notes: Notes) -> list[float]:
    """How long each pitch class sounds, in whatever the notes are counted in."""
    weights = [0.0] * 12
    for onset, release, pitch in notes:
        weights[pitch % 12] += release - onset
    return weights


def chords_of(notes: Notes, length: int, steps: int) -> list[Chord | None]:
    """A chord for each `steps` steps up to step `length`, by what sounds in them; None where nothing does."""
    chords: list[Chord | None] = []
    notes = sorted(notes)
    for start in range(0, length, steps):
        inside = [
            (max(onset, start), min(release, start + steps), pitch)
            for onset, release, pitch in notes
            if onset < start + steps and release > start
        ]
        chords.append(nearest_chord(weights_of(inside), min(inside, key=lambda note: note[2])[2]) if inside else None)
    return chords


def nearest_chord(weights: Sequence[float], bass: int) -> Chord:
    """The chord that holds most of what sounds and lacks least; of several the one on the bass, then the simplest."""
    total = sum(weights)
    best, most = Chord(bass % 12, ""), float("-inf")
    for kind, intervals in CHORDS.items():
        for root in range(12):
            classes = [(root + interval) % 12 for interval in intervals]
            worth = sum(weights[c] for c in classes) / total
            worth -= _MISSING * sum(weights[c] == 0 for c in classes) / len(classes)
            worth += _BASS * (root == bass % 12)
            if worth > most + 1e-9:
                best, most = Chord(root, kind), worth
    return best
