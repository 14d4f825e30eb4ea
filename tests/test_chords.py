"""What follows the chords of a section: whatever is drawn belongs to the chord that it begins in."""

from __future__ import annotations

import pytest
from test_masks import MELODIES, WILD

from stochos.diagnostics import SourceError
from stochos.music.harmony import parse_chord
from stochos.music.time import QUARTER
from stochos.pipeline import check_source, realize_checked
from stochos.process.table import VALUES
from stochos.realization import Realization
from stochos.source import Source

TUNE = "let tune = | C4:8 E4 G4 B4 C5 E5 G5 B5 | C4 B4 A4 G4 F5 E5 D5 C5 |\n"
CHANGES = ("Dm", "G7", "Cmaj7/E", "Ab", "F#dim", "Bb7")  # two quarters each, again and again
HARMONY = "harmony { | Dm:2 G7 | Cmaj7/E Ab | F#dim Bb7 | }*4"


def played(generator: str, harmony: str = HARMONY, more: str = "", extent: str = "fill") -> Realization:
    heading = 'part piano = "Piano"\nkey D minor\n' + (TUNE if "$tune" in generator else "") + more
    text = f"{heading}section A 12 bars {{ {harmony}\n piano: {generator} {extent} }}\n"
    return realize_checked(check_source(Source("score.stoch", text)))


def strays(piece: Realization) -> list[tuple[float, int]]:
    """Onset in quarters and pitch of notes that do not belong to the chord in force; there are notes in all chords."""
    chords = [parse_chord(symbol) for symbol in CHANGES]
    found = [(note.onset / QUARTER, note.pitch) for note in piece.parts[0].notes]
    assert {int(at // 2) % len(chords) for at, _ in found} == set(range(len(chords)))
    return [(at, pitch) for at, pitch in found if pitch % 12 not in chords[int(at // 2) % len(chords)].pitch_classes]


def test_every_value_process_is_tried() -> None:
    assert list(WILD) == list(VALUES)


@pytest.mark.parametrize("name", WILD)
def test_every_value_process_follows_the_chords(name: str) -> None:
    line = f"@pulse(every: 1/8, pitch: @{name}({WILD[name]}%s)%s)"
    assert strays(played(line % ("", ""))), "it would stay in the chords anyway"
    assert strays(played(line % ("", ", scale: harmony"))) == []
    assert strays(played(line % (", within: C2..C7, scale: harmony", ""))) == []


@pytest.mark.parametrize("name", MELODIES)
def test_every_melody_follows_the_chords(name: str) -> None:
    line = MELODIES[name].replace("scale: octatonic on F#, ", "")
    assert strays(played(line.replace(", {}", "").replace("{}", "")))
    assert strays(played(line.replace("{}", "scale: harmony"))) == []


def test_what_is_played_slower_follows_them_in_its_own_time() -> None:
    slow = played("{ @pulse(every: 1/16, scale: harmony) for 6 bars } >> augment(2)", extent="")
    assert strays(slow) == []
    assert slow.parts[0].notes[-1].onset > 11.5 * 4 * QUARTER


def test_a_name_may_stand_for_what_follows() -> None:
    named = played("@follower(every: 1/8)", more="let follower = @pulse(every: 1/4, scale: harmony)\n")
    assert strays(named) == []


def test_the_bass_is_the_lowest_tone_of_each_chord() -> None:
    notes = played("@pulse(every: 1/4, pitch: C2..C4, scale: bass)").parts[0].notes
    basses = [parse_chord(symbol).bass for symbol in CHANGES]
    assert {(note.onset // (2 * QUARTER) % 6, note.pitch % 12) for note in notes} == set(enumerate(basses))


def test_without_a_chord_the_key_holds() -> None:
    piece = played("@pulse(every: 1/16, scale: harmony)", "harmony N.C.:1 R*11")
    assert {note.pitch % 12 for note in piece.parts[0].notes} == {2, 4, 5, 7, 9, 10, 0}
    tonics = played("@pulse(every: 1/16, scale: bass)", "harmony R*12")
    assert {note.pitch % 12 for note in tonics.parts[0].notes} == {2}


def test_what_does_not_follow_hears_nothing_of_chords() -> None:
    for line in ("@pulse(every: 1/8, scale: key)", "@lstm(model: basic)", MELODIES["chain"].replace(", {}", "")):
        assert played(line).parts == played(line, "").parts


def test_where_a_chord_has_no_tone_in_reach_the_bounds_hold() -> None:
    piece = played("@pulse(every: 1/8, within: C4..D4, scale: harmony)")
    assert {note.pitch for note in piece.parts[0].notes} <= {60, 61, 62}


@pytest.mark.parametrize(
    ("line", "harmony", "code"),
    [
        ("@pulse(every: 1/8, scale: harmony)", "", "STO510"),
        ("@pulse(every: 1/8, scale: bass)", "", "STO510"),
        ("@pulse(every: 1/8, scale: harmony -> key)", HARMONY, "STO409"),
        ("@pulse(every: 1/8, scale: harmony & {C4})", HARMONY, "STO401"),
        ("@pulse(every: 1/8, pitch: harmony)", HARMONY, "STO401"),
        ("@pulse(every: 1/8, scale: harmny)", HARMONY, "STO307"),
        ("@pulse(every: 1/8, scale: harmony on C)", HARMONY, "STO307"),
        ("@pulse(every: 1/8, within: C#4..C#4, scale: bass)", "harmony C:1 R*11", "STO506"),
    ],
)
def test_what_cannot_follow_is_told(line: str, harmony: str, code: str) -> None:
    with pytest.raises(SourceError) as raised:
        played(line, harmony)
    assert {d.code for d in raised.value.diagnostics} == {code}
