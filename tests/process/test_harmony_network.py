"""A network that follows the chords of a section, as scores let it."""

from __future__ import annotations

import pytest

from stochos.diagnostics import SourceError
from stochos.music.harmony import parse_chord
from stochos.pipeline import check_source, realize_checked, render
from stochos.source import Source

BAR = 4 * 10_080
DORIAN = "Dm:2 G | C:2 F | Bb:2 Gm | A7:2 Dm"
Notes = list[tuple[int, int, int]]


def played(call: str, harmony: str = DORIAN, *, part: str = "Flute", heading: str = "", form: str = "A") -> Notes:
    """Onset, duration and pitch."""
    section = f"section A 16 bars {{\nharmony | {{ {harmony} |}}*4\np: {call}\n}}"
    text = f'{heading}\npart p = "{part}"\n{section}\nform {form}'
    score = check_source(Source("s", text))
    (found,) = realize_checked(score).parts
    return [(note.onset, note.duration, note.pitch) for note in found.notes]


def share(notes: Notes, harmony: str = DORIAN) -> float:
    """Of the notes that sound where a chord begins, each half bar, those that belong to it."""
    symbols = [symbol.removesuffix(":2") for symbol in harmony.replace("|", " ").split()]
    own = []
    for onset, duration, pitch in notes:
        for half in range(-(-onset // (BAR // 2)), -(-(onset + duration) // (BAR // 2))):
            chord = parse_chord(symbols[half % len(symbols)])
            assert chord is not None
            own.append(pitch % 12 in chord.pitch_classes)
    return sum(own) / len(own)


MOVED = "F#m:2 B | E:2 A | D:2 Bm | C#7:2 F#m"


def test_the_chords_of_the_section_are_followed_in_any_key() -> None:
    call = "@lstm(model: harmony, temperature: 0.8) fill"
    first, second = played(call), played(call, MOVED)
    for notes, own, other in ((first, DORIAN, MOVED), (second, MOVED, DORIAN)):
        assert share(notes, own) > 0.7
        assert share(notes, other) < 0.5
        assert max(onset + duration for onset, duration, _ in notes) <= 16 * BAR
        assert all(onset % 2520 == duration % 2520 == 0 for onset, duration, _ in notes)


def test_the_same_melody_is_played_in_another_key_where_the_chords_are() -> None:
    """Up a fourth, in the octave in which the flute has its middle."""
    call = "@lstm(model: harmony) fill"
    first, second = played(call), played(call, "Gm:2 C | F:2 Bb | Eb:2 Cm | D7:2 Gm")
    assert [note[:2] for note in first] == [note[:2] for note in second]
    assert {(b[2] - a[2]) % 12 for a, b in zip(first, second, strict=True)} == {5}


@pytest.mark.parametrize(
    ("part", "asked", "low", "high"),
    [("Violoncello", "within: C2..E3", 36, 52), ("Flute", "within: A5..A6, scale: key", 81, 93)],
)
def test_ranges_and_scales_are_kept(part: str, asked: str, low: int, high: int) -> None:
    notes = played(f"@lstm(model: harmony, {asked}) fill", part=part, heading="key F major")
    assert len(notes) > 20
    assert all(low <= pitch <= high for _, _, pitch in notes)
    if "scale" in asked:
        assert {pitch % 12 for _, _, pitch in notes} <= {5, 7, 9, 10, 0, 2, 4}


def test_a_primer_sounds_first_where_it_is_asked_for_and_the_chords_go_on() -> None:
    """Over the chords of its own bar: what comes after it hears those that sound then."""
    notes = played("@lstm(model: harmony, primer: `D5:4 E5 F5 G5`, play_primer: yes, temperature: 0.8) fill")
    assert [pitch for _, _, pitch in notes[:4]] == [74, 76, 77, 79]
    assert share(notes[4:]) > 0.7


def test_no_chord_is_heard_as_no_chord_and_wild_chords_are_heard_too() -> None:
    assert len(played("@lstm(model: harmony) fill", "N.C.:1 | N.C. | N.C. | N.C.")) > 20
    assert len(played("@lstm(model: harmony) fill", "C13/F#:1 | Ebm11 | F#maj7#11 | B7b5/G")) > 20


def test_some_notes_and_what_until_asks() -> None:
    assert len(played("@lstm(model: harmony) for 9 notes")) == 9
    (*_, (_, _, last)) = played("@lstm(model: harmony) fill until ends_on D")
    assert last % 12 == 2


def test_a_score_is_the_same_bytes_and_a_variation_other_notes() -> None:
    section = "section A 4 bars {\nharmony | Dm:1 | G7 | C | C |\np: @lstm(model: harmony) fill\n}"
    text = f"part p = \"Flute\"\n{section}\nform A A'"
    pieces = [realize_checked(check_source(Source("s", text))) for _ in range(2)]
    assert render(pieces[0]) == render(pieces[1])
    (part,) = pieces[0].parts
    first = [(n.onset, n.pitch) for n in part.notes if n.onset < 4 * BAR]
    assert first != [(n.onset - 4 * BAR, n.pitch) for n in part.notes if n.onset >= 4 * BAR]


def test_a_section_without_chords_is_told_of() -> None:
    text = 'part p = "Flute"\nsection A 4 bars {\np: @lstm(model: harmony) fill\n}'
    with pytest.raises(SourceError) as refused:
        check_source(Source("s", text))
    (problem,) = refused.value.diagnostics
    assert problem.code == "STO510"


def test_among_others_that_foretell_it_has_no_place() -> None:
    with pytest.raises(SourceError) as refused:
        played("@mix(of: [@lstm(model: harmony), @lstm(model: basic)]) fill")
    (problem,) = refused.value.diagnostics
    assert "learned melodies over chords" in problem.message
