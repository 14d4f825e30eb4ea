"""Scales, against the fifths of the modes and known pitches."""

from __future__ import annotations

import pytest

from stochos.music.pitch import MODES, Key, pitch_class, spell
from stochos.music.scale import SCALES, key_mask, scale_mask


@pytest.mark.parametrize("name", SCALES)
def test_a_scale_rises_from_its_tonic_within_an_octave(name: str) -> None:
    steps = SCALES[name]
    assert steps[0] == 0
    assert list(steps) == sorted(set(steps))
    assert steps[-1] < 12


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("tonic", ["C", "D", "F", "G", "A"])
def test_a_key_holds_the_seven_notes_of_its_signature(mode: str, tonic: str) -> None:
    key = Key(tonic, mode)
    by_fifths = {(7 * n) % 12 for n in range(key.fifths - 1, key.fifths + 6)}  # F C G D A E B, moved along
    assert {midi % 12 for midi, there in enumerate(key_mask(key)) if there} == by_fifths


def test_a_mask_covers_all_midi_and_moves_with_the_tonic() -> None:
    mask = scale_mask("harmonic_minor", pitch_class("D"))
    assert len(mask) == 128
    assert [str(spell(m, -1)) for m in range(62, 75) if mask[m]] == ["D4", "E4", "F4", "G4", "A4", "Bb4", "C#5", "D5"]


@pytest.mark.parametrize("name", ["octatonic", "whole_tone", "augmented", *(f"messiaen{n}" for n in range(3, 8))])
def test_modes_of_limited_transposition_repeat_within_the_octave(name: str) -> None:
    assert len({scale_mask(name, tonic)[:12] for tonic in range(12)}) < 12


def test_a_major_scale_has_twelve_transpositions() -> None:
    assert len({scale_mask("major", tonic)[:12] for tonic in range(12)}) == 12
