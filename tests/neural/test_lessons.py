"""Pieces of a dataset as networks of several events a step learn them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stochos.neural import harmony
from stochos.neural.chorale import FARTHEST, parted
from stochos.neural.dataset import HEADING, PIECES, DatasetError, Heading, heading_text
from stochos.neural.encodings import ENCODINGS
from stochos.neural.lessons import pieces_of
from stochos.neural.note import tones_of
from stochos.neural.vocabulary import Tone

NAMES = {"group": "a", "held_out": False}


def dataset(folder: Path, kind: str, *pieces: dict[str, object]) -> Path:
    (folder / HEADING).write_text(heading_text(Heading(kind)))
    lines = [json.dumps({"id": f"{number}", **NAMES, **piece}) for number, piece in enumerate(pieces)]
    (folder / PIECES).write_text("".join(f"{line}\n" for line in lines))
    return folder


def test_chorales_come_in_c_with_their_phrases_and_without_what_is_wider(tmp_path: Path) -> None:
    voices = [[74, -2, -2, -2, 78, -2, -2, -2], [69, *[-2] * 7], [62, *[-2] * 7], [50, -1, *[-2] * 6]]
    plain = {"voices": voices, "fermatas": [4], "tonic": 2, "is_minor": False}
    wide = plain | {"voices": [[74, -2, -2, -2, 100, -2, -2, -2], *voices[1:]]}
    (piece,) = pieces_of(dataset(tmp_path, "chorale", plain, wide), ENCODINGS["chorale"])
    found, far = parted(piece.events)
    assert found == tuple([event - 2 if event >= 0 else event for event in voice] for voice in voices)
    assert far == [1] * 4 + [0] * 4
    (none,) = pieces_of(dataset(tmp_path, "chorale", plain | {"fermatas": []}), ENCODINGS["chorale"])
    assert set(parted(none.events)[1]) == {FARTHEST}


def test_melodies_come_in_c_as_notes(tmp_path: Path) -> None:
    tune = {"events": [-2, -2, 62, -2, 64, 66, 67, -2, 69, -2, 71, -1, -2, 73, 74, -2]}
    (piece,) = pieces_of(dataset(tmp_path, "melody", tune), ENCODINGS["note"])
    first, *_, last = tones_of(piece.events)
    assert (first, last) == (Tone(0, 2, 60), Tone(12, 2, 72))
    assert len(piece.events) == 3 * 8


def test_melodies_over_chords_come_in_c_with_a_chord_a_sixteenth_and_without_what_is_wider(tmp_path: Path) -> None:
    """In D minor, a fifth below A minor; the octave above the middle of the range is the nearer one."""
    chords = [[2, "m"], [9, "7"], None, [2, "m"]]
    plain = {"events": [62, -2, 65, -2, 64, -1, -2, -2, -2, -2, -2, -2, 62, -2], "chords": chords}
    wide = plain | {"events": [62, -2, 90, *[-2] * 11]}
    silent = plain | {"chords": [None] * 4}
    (piece,) = pieces_of(dataset(tmp_path, "harmony", plain, wide, silent), ENCODINGS["harmony"])
    melody, heard = harmony.parted(piece.events)
    assert melody == [69, -2, 72, -2, 71, -1, -2, -2, -2, -2, -2, -2, 69, -2]
    minor, major = harmony.Sounding(9, frozenset({9, 0, 4})), harmony.Sounding(4, frozenset({4, 8, 11, 2}))
    assert heard == [*[minor] * 4, *[major] * 4, *[None] * 4, *[minor] * 2]


@pytest.mark.parametrize(
    ("kind", "name"), [("melody", "chorale"), ("chorale", "note"), ("harmony", "basic"), ("chorale", "harmony")]
)
def test_a_dataset_of_another_kind_is_refused(tmp_path: Path, kind: str, name: str) -> None:
    with pytest.raises(DatasetError, match=f"holds pieces of the kind {kind}"):
        pieces_of(dataset(tmp_path, kind), ENCODINGS[name])
