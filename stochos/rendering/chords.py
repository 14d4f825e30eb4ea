"""Chord symbols as MusicXML tells them: a kind that every program knows, and the tones that are added or altered."""

from __future__ import annotations

from functools import cache

from music21 import harmony

from stochos.music.harmony import NO_CHORD, Chord

_Tone = tuple[str, int, int]  # "add", "alter" or "subtract", a degree, semitones

_KINDS: dict[str, tuple[str, str, *tuple[_Tone, ...]]] = {
    "": ("major", ""),
    "m": ("minor", "m"),
    "dim": ("diminished", "dim"),
    "aug": ("augmented", "aug"),
    "sus4": ("suspended-fourth", "sus4"),
    "sus2": ("suspended-second", "sus2"),
    "5": ("power", "5"),
    "6": ("major-sixth", "6"),
    "m6": ("minor-sixth", "m6"),
    "69": ("major-sixth", "6", ("add", 9, 0)),
    "7": ("dominant-seventh", "7"),
    "maj7": ("major-seventh", "maj7"),
    "m7": ("minor-seventh", "m7"),
    "mMaj7": ("minor-major-seventh", "mMaj7"),
    "dim7": ("diminished-seventh", "dim7"),
    "m7b5": ("half-diminished-seventh", "m7b5"),
    "aug7": ("augmented-seventh", "aug7"),
    "7b5": ("dominant-seventh", "7", ("alter", 5, -1)),
    "7sus4": ("dominant-seventh", "7sus4", ("subtract", 3, 0), ("add", 4, 0)),
    "add9": ("major", "", ("add", 9, 0)),
    "madd9": ("minor", "m", ("add", 9, 0)),
    "9": ("dominant-ninth", "9"),
    "maj9": ("major-ninth", "maj9"),
    "m9": ("minor-ninth", "m9"),
    "7b9": ("dominant-seventh", "7", ("add", 9, -1)),
    "7#9": ("dominant-seventh", "7", ("add", 9, 1)),
    "9sus4": ("dominant-ninth", "9sus4", ("subtract", 3, 0), ("add", 4, 0)),
    "7#11": ("dominant-seventh", "7", ("add", 11, 1)),
    "maj7#11": ("major-seventh", "maj7", ("add", 11, 1)),
    "11": ("dominant-11th", "11"),
    "m11": ("minor-11th", "m11"),
    "13": ("dominant-13th", "13"),
}
"""Of each kind of `music.harmony` what music21 calls it, what stands after the root, and tones that this leaves out."""


@cache
def chord_symbol(chord: Chord | None) -> harmony.ChordSymbol:
    """music21's symbol of a chord, to be looked at only: making one takes a while."""
    if chord is None:
        return harmony.NoChord(NO_CHORD)
    kind, words, *tones = _KINDS[chord.kind]
    names = {"root": _spelt(chord.tonic), "kind": kind, "kindStr": words}
    symbol = harmony.ChordSymbol(**names, **({"bass": _spelt(chord.lowest)} if chord.lowest else {}))
    for tone in tones:
        symbol.addChordStepModification(harmony.ChordStepModification(*tone), updatePitches=False)
    return symbol


def _spelt(name: str) -> str:
    return name.replace("b", "-")
