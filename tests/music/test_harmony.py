"""Chords, against music21's chord symbols: every kind on every root, and how symbols are read."""

from __future__ import annotations

import pytest
from music21 import harmony

from stochos.music.harmony import KINDS, SPELLINGS, Chord, parse_chord
from stochos.music.pitch import STEPS

ROOTS = [step + sign for step in STEPS for sign in ("", "#", "b")]

# What music21 calls each kind, and the tones that it is told to add or to alter.
MUSIC21 = {
    "": "", "m": "m", "dim": "dim", "aug": "+", "sus4": "sus", "sus2": "sus2", "5": "power", "6": "6", "m6": "m6",
    "69": "6add9", "7": "7", "maj7": "maj7", "m7": "m7", "mMaj7": "mM7", "dim7": "o7", "m7b5": "m7b5", "aug7": "7+",
    "7b5": "7b5", "7sus4": "7sus4", "add9": "add9", "madd9": "madd9", "9": "9", "maj9": "M9", "m9": "m9",
    "7b9": "7addb9", "7#9": "7add#9", "9sus4": "7sus4add9", "7#11": "7add#11", "maj7#11": "maj7add#11", "11": "11",
    "m11": "m11", "13": "13",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("root", ROOTS)
def test_a_kind_has_the_tones_that_music21_gives_it(root: str, kind: str) -> None:
    theirs = harmony.ChordSymbol(root.replace("b", "-") + MUSIC21[kind])
    assert Chord(root, kind).pitch_classes == set(theirs.pitchClasses)
    assert Chord(root, kind).root == theirs.root().pitchClass


@pytest.mark.parametrize("bass", ROOTS)
def test_another_bass_belongs_to_the_chord(bass: str) -> None:
    chord = Chord("D", "m7", bass)
    assert chord.bass == Chord(bass).root
    assert chord.pitch_classes == Chord("D", "m7").pitch_classes | {chord.bass}
    assert Chord("D", "m7").bass == 2


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("root", ROOTS)
def test_every_spelling_is_read_on_every_root(root: str, spelling: str) -> None:
    assert parse_chord(root + spelling) == Chord(root, SPELLINGS[spelling])
    assert parse_chord(f"{root}{spelling}/F#") == Chord(root, SPELLINGS[spelling], "F#")


@pytest.mark.parametrize("kind", KINDS)
def test_a_chord_is_written_as_it_is_read(kind: str) -> None:
    for chord in (Chord("Bb", kind), Chord("F#", kind, "C#")):
        assert parse_chord(str(chord)) == chord


@pytest.mark.parametrize(
    ("symbol", "meant"),
    [
        ("C-", "Cm"), ("CM7", "Cmaj7"), ("CΔ", "Cmaj7"), ("Co", "Cdim"), ("C°7", "Cdim7"), ("Cø", "Cm7b5"),
        ("C+", "Caug"), ("C7(b9)", "C7b9"), ("Cm(maj7)", "CmMaj7"), ("C6/9", "C69"), ("C6/9/E", "C69/E"),
        ("Bbb", "Bbb"), ("Bb7", "Bb7"), ("Ab5", "Ab5"), ("A(b5)", None), ("Bb/D", "Bb/D"), ("Dmm", None), ("d", None),
        ("H7", None), ("C4", None), ("", None), ("N.C.", None), ("C/", None), ("C/e", None), ("C7 ", None),
    ],
)  # fmt: skip
def test_symbols_are_read_as_musicians_write_them(symbol: str, meant: str | None) -> None:
    chord = parse_chord(symbol)
    assert (str(chord) if chord else None) == meant
