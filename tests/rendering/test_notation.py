"""What is written is what was meant: files are read back by an independent reader, by music21 and by verovio."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from page import staves_of

from stochos.check.parts import CLEFS
from stochos.music.harmony import KINDS, Chord, Harmony
from stochos.music.instrument import INSTRUMENTS, PERCUSSION, percussion_staff
from stochos.music.pitch import Key, Pitch, parse_pitch
from stochos.music.time import QUARTER, Meter
from stochos.realization import (
    Bar,
    Dynamic,
    Hairpin,
    Note,
    Origin,
    Part,
    Realization,
    Slur,
    Tempo,
    Tuplet,
)
from stochos.rendering.notation import write_musicxml

ORIGIN = Origin("a", "written")
KIT = next(name for name, player in INSTRUMENTS.items() if player.is_percussion)
TYPES = {"breve": 8, "whole": 4, "half": 2, "quarter": 1} | {
    name: Fraction(1, 2 ** (i + 1)) for i, name in enumerate(("eighth", "16th", "32nd", "64th", "128th"))
}


def note(onset, duration, pitch, voice=0, *, marks=(), spelling=None):
    """A note; times in quarters, pitch by name or number."""
    number = pitch if isinstance(pitch, int) else parse_pitch(pitch).midi
    start, length = (
        int(Fraction(onset).limit_denominator(40320) * QUARTER),
        int(Fraction(duration).limit_denominator(40320) * QUARTER),
    )
    return Note(start, length, start, length, number, spelling, None, voice, tuple(marks), ORIGIN)


def measured(meters, keys=None, pickup=0, sections=None):
    """Bars, one for each meter; `pickup` in quarters."""
    keys = keys or [Key("C")] * len(meters)
    bars, place = [], int(pickup * QUARTER)
    if pickup:
        bars.append(Bar(0, place, 0, meters[0], keys[0], "", ""))
    for number, (meter, key) in enumerate(zip(meters, keys, strict=True), start=1):
        bars.append(Bar(place, meter.bar, number, meter, key, (sections or {}).get(number, ""), ""))
        place += meter.bar
    return tuple(bars)


def part(notes, instrument="Flute", **more):
    ordered = tuple(sorted(notes, key=lambda n: (n.onset, n.voice, n.pitch)))
    return Part("p", INSTRUMENTS[instrument], more.pop("clef", None), ordered, **more)


MODERATE = Tempo(0, 84, 0, 84, "", "", QUARTER)


def piece(parts, bars, tempos=(MODERATE,), **more):
    words = {"title": "Study", "composer": "A. Nonymous", "copyright": "", "seed": 7} | more
    return Realization(**words, parts=tuple(parts), bars=bars, tempos=tuple(tempos))


def simple(notes, meter=(4, 4), count=1, **more):
    """The XML of one part in one meter."""
    where = {name: more.pop(name) for name in ("keys", "pickup", "sections") if name in more}
    above = {"tempos": more.pop("tempos")} if "tempos" in more else {}
    bars = measured([Meter(*meter)] * count, **where)
    return ET.fromstring(write_musicxml(piece([part(notes, **more)], bars, **above)))


def read(root):
    """(part, start, end, pitch) of every note, ties joined; checks every bar on the way."""
    found = []
    for index, xml in enumerate(root.findall("part")):
        place, open_notes = 0, {}
        for measure in xml.findall("measure"):
            place += read_bar(measure, place, index, open_notes, found)
        assert not open_notes, "a tie leads nowhere"
    return sorted(found)


def read_bar(measure, onset, index, open_notes, found):
    cursor = start = 0
    ends, brackets = [], defaultdict(int)
    for element in measure:
        length = int(element.findtext("duration", "0"))
        if element.tag == "backup":
            ends.append(cursor)
            cursor -= length
            assert cursor == 0
        elif element.tag == "note":
            if element.find("chord") is None:
                start, cursor = cursor, cursor + length
            check_value(element, length)
            for tuplet in element.findall("notations/tuplet"):
                brackets[tuplet.get("number")] += {"start": 1, "stop": -1}[tuplet.get("type")]
                assert brackets[tuplet.get("number")] in (0, 1)
            read_note(element, onset + start, length, index, open_notes=open_notes, found=found)
    assert not any(brackets.values()), "a tuplet stays open"
    ends.append(cursor)
    assert len(set(ends)) == 1, "voices of different length"
    return ends[0]


def read_note(element, start, length, index, *, open_notes, found):
    if element.find("rest") is not None:
        return
    voice = element.findtext("voice", "1")
    pitch = sounding(element)
    ties = {tie.get("type") for tie in element.findall("tie")}
    assert ties == {tied.get("type") for tied in element.findall("notations/tied")}
    if "stop" in ties:
        before, end = open_notes.pop((voice, pitch))
        assert end == start, "a tie leads elsewhere"
    else:
        before = start
    if "start" in ties:
        assert (voice, pitch) not in open_notes
        open_notes[voice, pitch] = before, start + length
    else:
        found.append((index, before, start + length, pitch))


def sounding(element):
    if element.find("unpitched") is not None:
        return int(element.find("instrument").get("id").rpartition("I")[2]) - 1
    step, octave = element.findtext("pitch/step"), int(element.findtext("pitch/octave"))
    return Pitch(step, int(element.findtext("pitch/alter", "0")), octave).midi


def check_value(element, length):
    """Type, dots and tuplet ratio say the same length as the duration."""
    if element.find("rest[@measure]") is not None:
        return
    value = Fraction(TYPES[element.findtext("type")]) * (2 - Fraction(1, 2 ** len(element.findall("dot"))))
    if element.find("time-modification") is not None:
        value *= Fraction(int(element.findtext("time-modification/normal-notes")),
                          int(element.findtext("time-modification/actual-notes")))  # fmt: skip
    assert value * QUARTER == length


def meant(realization):
    """(part, start, end, pitch) of every note as it should be read."""
    found = []
    for index, own in enumerate(realization.parts):
        for voice in {n.voice for n in own.notes}:
            merged = {}
            for n in own.notes:
                if n.voice == voice:
                    key = n.pitch, n.written_onset
                    merged[key] = max(merged.get(key, 0), n.written_onset + n.written_duration)
            for (pitch, start), end in merged.items():
                again = [s for p, s in merged if p == pitch and s > start]
                found.append((index, start, min([end, *again, realization.duration]), pitch))
    return sorted(found)


METERS = [
    Meter(*m) for m in ((4, 4), (3, 4), (2, 4), (6, 8), (5, 8), (7, 8), (9, 8), (12, 8), (2, 2), (5, 4), (3, 8), (6, 4))
]


@st.composite
def realizations(draw, grid=QUARTER // 4):
    meters = draw(st.lists(st.sampled_from(METERS), min_size=1, max_size=3))
    pickup = draw(st.sampled_from((0, 0, Fraction(1, 2), 1)))
    bars = measured(meters, pickup=pickup if pickup * QUARTER < meters[0].bar else 0)
    end = bars[-1].onset + bars[-1].length
    steps = st.integers(0, end // grid - 1).map(lambda step: step * grid)
    lengths = st.sampled_from((1, 1, 2, 2, 3, 4, 6, 8, 12, 16)).map(lambda count: count * grid)
    drawn = draw(st.lists(st.tuples(steps, lengths, st.integers(40, 84), st.integers(0, 1)), max_size=14))
    notes = [Note(a, min(d, end - a), a, min(d, end - a), p, None, None, v, (), ORIGIN) for a, d, p, v in drawn]
    tuplets = []
    for bar in bars:
        if bar.meter.beat == QUARTER and bar.length == bar.meter.bar and draw(st.booleans()):
            actual, normal = draw(st.sampled_from(((3, 2), (5, 4), (7, 4))))
            tuplets.append(Tuplet(bar.onset, QUARTER, actual, normal, 0))
            notes = [n for n in notes if n.voice or not bar.onset < n.onset < bar.onset + QUARTER]
            notes = [n for n in notes if n.voice or not bar.onset < n.onset + n.duration < bar.onset + QUARTER]
            for member in draw(st.lists(st.integers(0, actual - 1), max_size=4, unique=True)):
                start, length = bar.onset + member * QUARTER // actual, QUARTER // actual
                notes.append(Note(start, length, start, length, 60 + member, None, None, 0, (), ORIGIN))
    return piece(
        [part(notes, instrument=draw(st.sampled_from(("Flute", "Violoncello", "Piano"))), tuplets=tuple(tuplets))], bars
    )


QUICK = settings(max_examples=150, suppress_health_check=list(HealthCheck))


@given(realizations())
@QUICK
def test_notes_are_read_back_at_their_places(realization):
    assert read(ET.fromstring(write_musicxml(realization))) == meant(realization)


@given(realizations(grid=QUARTER // 12))
@QUICK
def test_places_that_no_tuplet_covers_get_one(realization):
    assert read(ET.fromstring(write_musicxml(realization))) == meant(realization)


@given(realizations(grid=37))
@settings(QUICK, max_examples=60)
def test_even_places_off_every_grid_are_exact(realization):
    assert read(ET.fromstring(write_musicxml(realization))) == meant(realization)


# Written values and signs, said short: "4.:C#5" a dotted quarter, "r8" a rest, "~" tied on, "n" "#" "b" a printed sign.
SHORT = dict(zip(TYPES, ("0", "1", "2", "4", "8", "16", "32", "64", "128"), strict=True))
SIGNS = {"sharp": "#", "flat": "b", "natural": "n", "double-sharp": "x", "flat-flat": "bb"}


def line(root, index=0, voice=None):
    """One part as words, bars apart."""
    bars = []
    for measure in root.findall("part")[index].findall("measure"):
        own = [e for e in measure.findall("note") if voice is None or e.findtext("voice") == voice]
        bars.append(" ".join(word(element) for element in own))
    return " | ".join(bars)


def word(element):
    value = SHORT.get(element.findtext("type"), "R") + "." * len(element.findall("dot"))
    if element.find("rest") is not None:
        return "r" + value.removeprefix("R")
    sign = SIGNS.get(element.findtext("accidental"), "")
    name = f"{sign}{element.findtext('pitch/step')}{element.findtext('pitch/octave')}"
    tied = "~" if element.find("tie[@type='start']") is not None else ""
    return ("+" if element.find("chord") is not None else f"{value}:") + name + tied


def pitches(*names, each=1):
    return [note(i * each, each, name) for i, name in enumerate(names)]


def test_a_long_note_is_tied_over_the_barline():
    assert line(simple([note(2, 3, "C5")], count=2)) == "r2 2:C5~ | 4:C5 r4 r2"


def test_chords_are_tied_where_only_some_notes_go_on():
    root = simple([note(0, 2, "C5"), note(0, 1, "E5"), note(1, 1, "G5"), note(2, 2, "C5")])
    assert line(root) == "4:C5~ +E5 4:C5 +G5 2:C5"


def test_an_empty_bar_is_one_rest_in_every_meter():
    for of in METERS:
        root = simple([note(0, 0.5, "C5")], (of.numerator, of.denominator), count=2)
        rest = root.findall("part/measure")[1].findall("note")
        assert [element.find("rest").get("measure") for element in rest] == ["yes"]
        assert int(rest[0].findtext("duration")) == of.bar


def test_a_pickup_is_bar_nought_and_ends_its_meter():
    root = simple([note(0, 0.5, "C5"), note(0.5, 1, "D5"), note(1.5, 3, "E5")], (3, 4), pickup=1.5, count=1)
    assert [m.get("number") for m in root.iter("measure")] == ["0", "1"]
    assert root.find("part/measure").get("implicit") == "yes"
    assert line(root) == "8:C5 4:D5 | 2.:E5"


# An accidental holds to the end of the bar, in its octave; what it might be taken for after that is cancelled.
@pytest.mark.parametrize(
    ("names", "key", "expected"),
    [
        ("F#5 F#5 F5 F5 | F5 G5 G5 G5", "C", "4:#F5 4:F5 4:nF5 4:F5 | 4:F5 4:G5 4:G5 4:G5"),
        ("F#5 G5 G5 G5 | F5 F#5 G5 F5", "C", "4:#F5 4:G5 4:G5 4:G5 | 4:nF5 4:#F5 4:G5 4:nF5"),
        ("F#5 F4 F5 F4 | C5 C5 C5 C5", "C", "4:#F5 4:nF4 4:nF5 4:F4 | 4:C5 4:C5 4:C5 4:C5"),
        ("F5 F#5 F5 E5 | F#5 E5 E5 E5", "G", "4:nF5 4:#F5 4:nF5 4:E5 | 4:#F5 4:E5 4:E5 4:E5"),
        ("Bb4 B4 Bb4 A4 | Bb4 A4 A4 A4", "F", "4:B4 4:nB4 4:bB4 4:A4 | 4:B4 4:A4 4:A4 4:A4"),
        ("F##5 F#5 F5 Fb5 | F5 C5 C5 C5", "C", "4:xF5 4:#F5 4:nF5 4:bF5 | 4:nF5 4:C5 4:C5 4:C5"),
    ],
)
def test_accidentals(names, key, expected):
    notes = [note(i, 1, name, spelling=parse_pitch(name)) for i, name in enumerate(names.replace("| ", "").split())]
    assert line(simple(notes, count=2, keys=[Key(key)] * 2)) == expected


def test_a_tied_accidental_is_not_repeated_but_the_next_note_is():
    sharp = parse_pitch("F#5")
    notes = [note(3, 2, "F#5", spelling=sharp), note(5, 1, "F#5", spelling=sharp), note(6, 2, "F5")]
    assert line(simple(notes, count=2)) == "r2 r4 4:#F5~ | 4:F5 4:#F5 2:nF5"


def test_after_a_tied_accidental_the_plain_note_is_reminded():
    notes = [note(3, 2, "F#5", spelling=parse_pitch("F#5")), note(5, 3, "F5")]
    assert line(simple(notes, count=2)) == "r2 r4 4:#F5~ | 4:F5 2.:nF5"


def test_a_tied_accidental_is_remembered_as_long_as_it_sounds():
    sharp = parse_pitch("F#5")
    for length, last in ((5, "4:nF5 2.:G5"), (6, "4:F5 4:nF5 2:G5")):
        notes = [note(3, length, "F#5", spelling=sharp), note(3 + length, 1, "F5"), note(4 + length, 8 - length, "G5")]
        assert line(simple(notes, count=3)).split(" | ")[2] == last


def test_accidentals_count_over_both_voices():
    root = simple([note(0, 2, "F#5"), note(2, 2, "G5"), note(0, 1, "C5", 1), note(1, 3, "F#5", 1)])
    assert line(root, voice="2") == "4:C5 2.:F5"


# Outside the key: up is sharp and down is flat, and a minor key has its leading note.
@pytest.mark.parametrize(
    ("numbers", "key", "expected"),
    [
        ((67, 68, 69, 69), Key("C"), "G4 #G4 A4 A4"),
        ((69, 68, 67, 67), Key("C"), "A4 bA4 G4 G4"),
        ((65, 66, 66, 67), Key("Bb"), "F4 #F4 F4 G4"),
        ((69, 68, 69, 68), Key("A", "minor"), "A4 #G4 A4 G4"),
        ((71, 72, 73, 73), Key("C#", "minor"), "B4 #B4 C5 C5"),
        ((60, 70, 60, 70), Key("C"), "C4 bB4 C4 B4"),
    ],
)
def test_spelling_follows_the_melody(numbers, key, expected):
    written = line(simple([note(i, 1, number) for i, number in enumerate(numbers)], keys=[key]))
    assert written.replace("4:", "") == expected


def test_the_top_of_a_chord_leads_and_the_rest_is_spelt_by_the_key():
    notes = [note(0, 2, 63), note(0, 2, 68), note(2, 2, 64), note(2, 2, 69)]
    assert line(simple(notes)) == "2:bE4 +#G4 2:nE4 +A4"


def beams(root, voice=None):
    strokes = {"begin": "(", "continue": "-", "end": ")", "forward hook": ">", "backward hook": "<"}
    bars = []
    for measure in root.iter("measure"):
        own = [e for e in measure.findall("note") if voice in (None, e.findtext("voice")) and e.find("chord") is None]
        bars.append(" ".join("".join(strokes[b.text] for b in e.findall("beam")) or "." for e in own))
    return " | ".join(bars)


@pytest.mark.parametrize(
    ("meter", "lengths", "expected"),
    [
        ((4, 4), [0.5] * 8, "( - - ) ( - - )"),
        ((4, 4), [0.5, 0.25, 0.25, 0.5, 0.5, 1, 0.5, 0.5], "( -( )) ( ) . ( )"),
        ((4, 4), [0.75, 0.25, 0.25, 0.75, 2], "( )< (> ) ."),
        ((4, 4), [0.5, 1, 0.5, 2], ". . . ."),
        ((4, 4), [0.125] * 8 + [3], "((( --- --- -)) -(( --- --- ))) ."),
        ((6, 8), [0.5] * 6, "( - ) ( - )"),
        ((6, 8), [0.75, 0.25, 0.5, 1, 0.5], "( -< ) . ."),
        ((3, 4), [0.5] * 6, "( ) ( ) ( )"),
        ((7, 8), [0.5] * 7, "( ) ( ) ( - )"),
        ((5, 8), [0.5] * 5, "( - ) ( )"),
        ((3, 8), [0.25] * 6, "(( -- -- -- -- ))"),
        ((2, 4), [0.5] * 4, "( - - )"),
    ],
)
def test_beams(meter, lengths, expected):
    places = [sum(lengths[:i]) for i in range(len(lengths))]
    assert beams(simple([note(a, b, "C5") for a, b in zip(places, lengths, strict=True)], meter)) == expected


def brackets(root):
    return [
        (
            element.get("type"),
            element.get("number"),
            element.get("bracket"),
            element.findtext("tuplet-actual/tuplet-number"),
        )
        for element in root.iter("tuplet")
    ]


def test_a_beamed_triplet_has_a_number_and_no_bracket():
    root = simple(
        [note(Fraction(i, 3), Fraction(1, 3), 60 + i) for i in range(3)], tuplets=(Tuplet(0, QUARTER, 3, 2, 0),)
    )
    assert brackets(root) == [("start", "1", "no", "3"), ("stop", "1", None, None)]
    assert beams(root) == "( - ) . ."


def test_nested_tuplets_keep_their_brackets():
    third = Fraction(2, 3)
    notes = [
        note(0, third, "C5"),
        *(note(third + third / 3 * i, third / 3, "D5") for i in range(3)),
        note(2 * third, third, "E5"),
    ]
    root = simple(notes, tuplets=(Tuplet(0, 2 * QUARTER, 3, 2, 0), Tuplet(2 * QUARTER // 3, 2 * QUARTER // 3, 3, 2, 0)))
    assert brackets(root) == [
        ("start", "1", "yes", "3"), ("start", "2", "no", "3"), ("stop", "2", None, None), ("stop", "1", None, None),
    ]  # fmt: skip
    assert line(root) == "4:C5 8:D5 8:D5 8:D5 4:E5 r2"
    assert root.findtext(".//time-modification/actual-notes") == "3"
    assert {e.text for e in root.iter("actual-notes")} == {"3", "9"}
    read(root)


def test_a_tuplet_that_nothing_needs_is_not_drawn():
    root = simple([note(0, 2, "C5")], tuplets=(Tuplet(0, QUARTER, 3, 2, 0),))
    assert brackets(root) == []
    assert line(root) == "2:C5 r2"


def test_triplets_without_a_tuplet_are_understood():
    assert line(simple(pitches("C5", "D5", "E5", each=Fraction(2, 3)))) == "4:C5 4:D5 4:E5 r2"


def test_tuplets_that_are_understood_stand_beside_written_ones():
    notes = [note(Fraction(i, 3), Fraction(1, 3), 60 + i) for i in range(6)]
    root = simple(notes, tuplets=(Tuplet(QUARTER, QUARTER, 3, 2, 0),))
    assert line(root) == "8:C4 8:#C4 8:D4 8:#D4 8:E4 8:F4 r2"
    read(root)


def test_two_voices_turn_their_stems_apart_and_one_does_not():
    root = simple([note(0, 8, "E5"), note(0, 4, "C5", 1)], count=2)
    first, second = root.findall("part/measure")
    assert [(e.findtext("voice"), e.findtext("stem")) for e in first.findall("note")] == [("1", "up"), ("2", "down")]
    assert [(e.findtext("voice"), e.findtext("stem")) for e in second.findall("note")] == [("1", None)]


def test_a_voice_that_is_silent_alone_is_left_out_and_silence_is_one_rest():
    root = simple([note(0, 4, "E5"), note(4, 4, "C5", 1)], count=3)
    assert [[e.findtext("voice") for e in m.findall("note")] for m in root.iter("measure")] == [["1"], ["2"], ["1"]]


def clefs(root):
    return [
        (measure.get("number"), clef.findtext("sign") + clef.findtext("line", ""))
        for measure in root.iter("measure") for clef in measure.findall("attributes/clef")
    ]  # fmt: skip


def test_a_cello_reads_high_bars_in_another_clef_and_comes_back():
    notes = [
        *pitches("C2", "G2", "D3", "A3"),
        *[note(4 + i, 1, "A4") for i in range(8)],
        *[note(12 + i, 1, "C2") for i in range(8)],
    ]
    assert clefs(simple(notes, count=5, instrument="Violoncello")) == [("1", "F4"), ("2", "C4"), ("4", "F4")]


def test_one_high_note_changes_no_clef():
    assert clefs(simple(pitches("C2", "G4", "C2", "C3"), instrument="Violoncello")) == [("1", "F4")]


def test_one_bar_that_lies_a_little_high_changes_no_clef():
    notes = [*pitches("C2", "G2", "D3", "A3"), *(note(4 + i, 1, "F4") for i in range(4)), note(8, 4, "C2")]
    assert clefs(simple(notes, count=3, instrument="Violoncello")) == [("1", "F4")]


def test_a_forced_clef_stays():
    root = simple([note(i, 1, "C6") for i in range(8)], count=2, instrument="Violoncello", clef="bass")
    assert clefs(root) == [("1", "F4")]


def test_articulations_stand_on_the_first_of_tied_notes_and_a_fermata_on_the_last():
    root = simple(
        [note(3, 2, "C5", marks=("accent", "fermata")), note(5, 1, "C5", marks=("staccato", "trill"))], count=2
    )
    notations = [[e.tag for e in found.iter()] for found in root.iter("notations")]
    assert [("accent" in n, "fermata" in n, "staccato" in n, "trill-mark" in n) for n in notations] == [
        (True, False, False, False), (False, True, False, False), (False, False, True, True),
    ]  # fmt: skip
    assert root.find(".//fermata").get("type") == "upright"


def test_a_slur_ends_on_the_last_tied_note():
    root = simple([note(0, 3, "C5"), note(3, 2, "D5")], count=2, slurs=(Slur(0, 3 * QUARTER, 0),))
    found = [[slur.get("type") for slur in e.findall("notations/slur")] for e in root.iter("note")]
    assert found[:3] == [["start"], [], ["stop"]]


def test_slurs_that_overlap_have_numbers_of_their_own():
    slurs = (Slur(0, 3 * QUARTER, 0), Slur(QUARTER, 2 * QUARTER, 0))
    root = simple(pitches("C5", "D5", "E5", "F5"), slurs=slurs)
    assert [(s.get("type"), s.get("number")) for s in root.iter("slur")] == [
        ("start", "1"), ("start", "2"), ("stop", "2"), ("stop", "1"),
    ]  # fmt: skip


def marks(root):
    """Directions with the tick at which they stand, in the first part."""
    found, place, bar = [], 0, 0
    for measure in root.find("part").findall("measure"):
        place = bar
        for element in measure:
            if element.tag == "note" and element.find("chord") is None:
                place += int(element.findtext("duration"))
            if element.tag == "direction":
                kinds = [kind for holder in element.findall("direction-type") for kind in holder]
                words = [
                    k.text.strip() if k.text and k.text.strip() else k.get("type") or k[0].text or k[0].tag
                    for k in kinds
                ]
                found.append(((place + int(element.findtext("offset", "0"))) / QUARTER, *words))
        bar += sum(int(e.findtext("duration")) for e in measure.findall("note") if e.find("chord") is None)
    return found


def test_dynamics_and_hairpins_stand_in_time():
    root = simple(
        [note(0, 4, "C5"), note(4, 4, "D5")], count=2,
        dynamics=(Dynamic(0, "p"), Dynamic(3 * QUARTER, "sfz"), Dynamic(6 * QUARTER, "f")),
        hairpins=(Hairpin(QUARTER, 4 * QUARTER, "cresc"), Hairpin(4 * QUARTER, 6 * QUARTER, "dim")),
        tempos=(),
    )  # fmt: skip
    assert marks(root) == [
        (0, "p"),
        (1, "crescendo"),
        (3, "sfz"),
        (4, "stop"),
        (4, "diminuendo"),
        (6, "stop"),
        (6, "f"),
    ]


def test_a_hairpin_that_reaches_the_barline_ends_before_it():
    root = simple([note(0, 8, "C5")], count=2, hairpins=(Hairpin(0, 4 * QUARTER, "dim"),))
    assert [len(measure.findall(".//wedge")) for measure in root.iter("measure")] == [2, 0]


def test_tempos_and_ramps():
    tempos = (
        Tempo(0, 84, 0, 84, "", "Largo", QUARTER),
        Tempo(QUARTER, 84, 4 * QUARTER, 120, "", "", QUARTER),
        Tempo(6 * QUARTER, 90, 8 * QUARTER, 60, "exp", "", 3 * QUARTER // 2),
    )
    root = simple([note(i, 1, "C5") for i in range(8)], count=2, tempos=tempos, sections={1: "calm'"})
    assert marks(root) == [
        (0, "calm'"), (0, "Largo", "quarter"), (1, "accel.", "start"), (4, "stop"), (4, "quarter"),
        (6, "quarter"), (6, "rit. to 40", "start"), (8, "stop"),
    ]  # fmt: skip
    assert [e.findtext("per-minute") for e in root.iter("metronome")] == ["84", "120", "60"]
    assert [e.get("tempo") for e in root.iter("sound") if e.get("tempo")] == ["84", "120", "90"]
    assert len(root.findall(".//beat-unit-dot")) == 1


def test_a_ramp_says_where_it_leads_unless_the_next_tempo_does():
    for bpm, words in ((120, "accel."), (84, "accel. to 120")):
        tempos = (
            Tempo(0, 84, 4 * QUARTER, 120, "", "", QUARTER),
            Tempo(4 * QUARTER, bpm, 4 * QUARTER, bpm, "", "", QUARTER),
        )
        root = simple([note(0, 8, "C5")], count=2, tempos=tempos)
        assert marks(root) == [(0, "quarter"), (0, words, "start"), (4, "stop"), (4, "quarter")]


def test_a_tempo_in_force_is_not_printed_again():
    tempos = (
        Tempo(0, 84, 0, 84, "", "Largo", QUARTER),
        *[Tempo(i * QUARTER, 84, i * QUARTER, 84, "", t, QUARTER) for i, t in ((1, ""), (2, "Largo"), (3, "Mesto"))],
    )
    root = simple([note(i, 1, "C5") for i in range(4)], tempos=tempos)
    assert marks(root) == [(0, "Largo", "quarter"), (3, "Mesto", "quarter")]


def test_the_header_says_what_is_known_and_no_more():
    bars = measured([Meter(4, 4)])
    full = ET.fromstring(write_musicxml(piece([part([])], bars, title="T & t", composer="C", copyright="2026 C")))
    bare = ET.fromstring(write_musicxml(piece([part([])], bars, title="", composer="")))
    assert (full.findtext("work/work-title"), full.findtext(".//creator"), full.findtext(".//rights")) == (
        "T & t",
        "C",
        "2026 C",
    )
    assert [
        bare.find(".//work-title"),
        bare.find(".//movement-title"),
        bare.find(".//creator"),
        bare.find(".//rights"),
    ] == [None] * 4
    assert full.findtext("part-list/score-part/part-name") == "Flute"
    assert full.findtext("part-list/score-part/part-abbreviation") == "Fl."
    assert full.find(".//encoding-date") is None
    assert full.findall(".//bar-style")[-1].text == "light-heavy"


def test_no_text_breaks_the_file():
    odd = "a\x00<b>&\x1b\ud800é"
    bars = measured([Meter(4, 4)], sections={1: odd})
    tempos = (Tempo(0, 84, 0, 84, "", odd, QUARTER),)
    root = ET.fromstring(write_musicxml(piece([part([])], bars, tempos, title=odd, composer=odd, copyright=odd)))
    assert root.findtext("work/work-title") == "a<b>&?é"


def test_a_piece_without_bars_or_parts_is_written():
    assert ET.fromstring(write_musicxml(piece([part([])], ()))).find("part/measure") is None
    assert ET.fromstring(write_musicxml(piece([], measured([Meter(4, 4)])))).find("part") is None


def test_signatures_are_written_where_they_change():
    keys = [Key("D", "minor"), Key("D", "minor"), Key("E"), Key("E")]
    bars = measured([Meter(4, 4), Meter(3, 4), Meter(3, 4), Meter(6, 8)], keys)
    root = ET.fromstring(write_musicxml(piece([part([])], bars)))
    found = [[e.tag for e in m.findall("attributes/*") if e.tag in ("key", "time")] for m in root.iter("measure")]
    assert found == [["key", "time"], ["time"], ["key"], ["time"]]
    assert [e.text for e in root.iter("fifths")] == ["-1", "4"]


def drums():
    names = ["kick", "hihat", "snare", "hihat", "crash", "hihat", "cowbell", "hihat"]
    notes = [note(Fraction(i, 2), Fraction(1, 2), PERCUSSION[name]) for i, name in enumerate(names)]
    return piece([part([*notes, note(0, 2, PERCUSSION["hihat"])], instrument=KIT)], measured([Meter(4, 4)]))


def test_drums_stand_in_their_places_and_are_not_tied():
    root = ET.fromstring(write_musicxml(drums()))
    assert clefs(root) == [("1", "percussion")]
    assert root.find(".//tie") is None
    for element in root.findall(".//note"):
        step, octave, head = percussion_staff(sounding(element))
        assert (element.findtext("unpitched/display-step"), element.findtext("unpitched/display-octave")) == (
            step,
            str(octave),
        )
        assert element.findtext("notehead", "normal") == head
    keys = {int(e.text) - 1 for e in root.iter("midi-unpitched")}
    assert keys == {PERCUSSION[name] for name in ("kick", "hihat", "snare", "crash", "cowbell")}
    assert {e.text for e in root.iter("midi-channel")} == {"10"}


def test_heads_of_a_chord_are_written_from_below():
    strokes = [note(0, 1, PERCUSSION["kick"]), note(0, 1, 44)]  # the pedal hi-hat stands below the bass drum
    root = simple(strokes, instrument=KIT)
    heads = [
        (int(e.findtext("unpitched/display-octave")), e.findtext("unpitched/display-step"))
        for e in root.findall(".//note[unpitched]")
    ]
    assert heads == [(4, "D"), (4, "F")]


def test_every_part_has_a_channel_and_none_has_that_of_the_drums():
    root = ET.fromstring(write_musicxml(piece([part([])] * 17, measured([Meter(4, 4)]))))
    channels = [int(e.text) for e in root.iter("midi-channel")]
    assert channels[:15] == [n for n in range(1, 17) if n != 10]
    assert all(1 <= channel <= 16 and channel != 10 for channel in channels)
    assert len({e.get("id") for e in root.iter("score-part")}) == 17


# Other readers.


def everything():
    """A piece with a bit of all."""
    meters = [Meter(4, 4), Meter(6, 8), Meter(5, 8), Meter(7, 8), Meter(3, 4)]
    keys = [Key("Eb"), Key("Eb"), Key("A", "minor"), Key("A", "minor"), Key("F#")]
    bars = measured(meters, keys, pickup=1, sections={1: "calm", 3: "storm", 5: "calm'"})
    end = bars[-1].onset + bars[-1].length
    melody = [
        note(i * 0.5, 0.5, 65 + i * 5 % 17, marks=("staccato",) if i % 3 else ("fermata", "trill"))
        for i in range(end // QUARTER * 2 - 1)
    ]
    low = [note(1 + i * 1.5, 1.5, 48 + i % 5, 1) for i in range(6)]
    third = Fraction(1, 3)
    winds = [note(1 + i * third, third, 70 + i) for i in range(12)]
    tuplets = tuple(Tuplet((1 + i) * QUARTER, QUARTER, 3, 2, 0) for i in range(4))
    nested = [
        note(1, Fraction(2, 3), "C5"),
        *(note(Fraction(5, 3) + Fraction(2, 9) * i, Fraction(2, 9), "D5") for i in range(3)),
        note(Fraction(7, 3), Fraction(2, 3), "E5"),
    ]
    inner = (Tuplet(QUARTER, 2 * QUARTER, 3, 2, 0), Tuplet(QUARTER * 5 // 3, 2 * QUARTER // 3, 3, 2, 0))
    beats = [note(1 + i, 0.5, PERCUSSION[("kick", "snare", "hihat")[i % 3]]) for i in range(8)]
    signs = {
        "dynamics": (Dynamic(0, "p"), Dynamic(4 * QUARTER, "ff")),
        "hairpins": (Hairpin(QUARTER, 4 * QUARTER, "cresc"),),
    }
    return piece(
        [
            part([*melody, *low], "Piano", **signs, slurs=(Slur(0, 2 * QUARTER, 0),)),
            part(winds, "Clarinet", tuplets=tuplets),
            part(nested, "Violoncello", tuplets=inner),
            part(beats, KIT),
        ],
        bars,
        (
            Tempo(0, 84, 8 * QUARTER, 140, "exp", "Allegro", QUARTER),
            Tempo(10 * QUARTER, 70, 10 * QUARTER, 70, "", "", 3 * QUARTER // 2),
        ),
    )


def test_everything_is_read_back():
    assert read(ET.fromstring(write_musicxml(everything()))) == meant(everything())


def reread(realization):
    """(part, start, end, pitch) of every note, by music21."""
    from music21 import converter

    score = converter.parse(write_musicxml(realization), format="musicxml")
    indexes = [i for i, own in enumerate(realization.parts) for _ in range(staves_of(own))]
    found = []
    for index, own in zip(indexes, score.parts, strict=True):
        for measure in own.getElementsByClass("Measure"):
            for voice in measure.voices:
                assert voice.duration.quarterLength == measure.duration.quarterLength
        open_notes = {}
        for element in own.flatten().notes:
            for head in getattr(element, "notes", [element]):
                start = round(Fraction(element.offset) * QUARTER)
                end = start + round(Fraction(element.duration.quarterLength) * QUARTER)
                tied = head.tie.type if head.tie else ""
                if tied in ("stop", "continue"):
                    start = open_notes.pop(head.pitch.midi)
                if tied in ("start", "continue"):
                    open_notes[head.pitch.midi] = start
                else:
                    found.append((index, start, end, head.pitch.midi))
        assert not open_notes
    return sorted(found)


def monophonic(realization):
    """The same piece, no note over another, each voice in its own range: so ties are joined by pitch."""
    kept = []
    for own in realization.parts:
        ends, notes = {}, []
        for n in own.notes:
            if n.written_onset >= ends.get(n.voice, 0):
                ends[n.voice] = n.written_onset + n.written_duration
                notes.append(replace(n, pitch=n.pitch % 22 + (40 if n.voice else 62)))
        kept.append(Part(own.name, own.instrument, own.clef, tuple(notes), tuplets=own.tuplets))
    return piece(kept, realization.bars)


@given(realizations().map(monophonic))
@settings(QUICK, max_examples=40)
def test_music21_reads_the_same_notes(realization):
    assert reread(realization) == meant(realization)


def test_music21_reads_everything():
    full = everything()
    without_drums = piece(full.parts[:-1], full.bars, full.tempos)
    assert reread(without_drums) == meant(without_drums)


def test_music21_reads_drums():
    from music21 import converter

    score = converter.parse(write_musicxml(drums()), format="musicxml")
    heads = [head for element in score.parts[0].flatten().notes for head in getattr(element, "notes", [element])]
    places = [(head.displayStep, head.displayOctave) for head in heads]
    expected = [percussion_staff(n.pitch)[:2] for n in drums().parts[0].notes if n.duration <= QUARTER // 2 or n.onset]
    assert sorted(places) == sorted([*expected, percussion_staff(PERCUSSION["hihat"])[:2]])


def test_verovio_engraves_without_complaint(capfd):
    verovio = pytest.importorskip("verovio")
    verovio.enableLog(verovio.LOG_WARNING)
    for realization in (everything(), drums()):
        toolkit = verovio.toolkit()
        assert toolkit.loadData(write_musicxml(realization).decode())
        assert toolkit.getPageCount() >= 1
        assert "<svg" in toolkit.renderToSVG(1)
    said = capfd.readouterr()
    assert said.out + said.err == ""


def test_the_same_piece_gives_the_same_bytes_in_any_process():
    script = "import hashlib, test_notation as t; print(hashlib.sha256(t.write_musicxml(t.everything())).hexdigest())"
    here = Path(__file__).parent
    digests = set()
    for seed in ("0", "4711"):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join(map(str, [here, *here.parents[:2]])),
        }
        run = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        digests.add(run.stdout)
    assert len(digests) == 1


def test_music21_loads_only_when_something_is_written():
    script = "import sys, stochos.rendering.notation; print('music21' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


# --- two staves -----------------------------------------------------------------------------------


def on_staves(root):
    """(staff, pitch) of the notes of the only part, in order."""
    return [(e.findtext("staff"), sounding(e)) for e in root.iter("note") if e.find("rest") is None]


def test_a_piano_has_two_staves_and_each_note_lies_near_its_own():
    root = simple([note(0, 1, "C6"), note(1, 1, "C2"), note(2, 1, "E4"), note(2, 1, "A1")], instrument="Piano")
    assert sorted(on_staves(root)) == [("1", 64), ("1", 84), ("2", 33), ("2", 36)]
    assert root.findtext(".//attributes/staves") == "2"
    clefs = {clef.get("number"): clef.findtext("sign") for clef in root.iter("clef")}
    assert clefs == {"1": "G", "2": "F"}
    assert {e.findtext("voice") for e in root.iter("note") if e.findtext("staff") == "2"} == {"5"}


def test_a_tune_round_middle_c_stays_in_one_hand():
    tune = [note(i / 2, 0.5, pitch) for i, pitch in enumerate(("C4", "B3", "A3", "B3", "C4", "D4", "E4", "C4"))]
    assert len({staff for staff, _ in on_staves(simple(tune, instrument="Piano"))}) == 1


def test_a_voice_keeps_its_staff_where_it_can():
    right = [note(i, 1, pitch) for i, pitch in enumerate(("G4", "F4", "E4", "A4"))]
    left = [note(i, 1, pitch, voice=1) for i, pitch in enumerate(("C3", "F3", "C4", "F3"))]
    staves = on_staves(simple(right + left, instrument="Piano"))
    assert {pitch for staff, pitch in staves if staff == "2"} == {48, 53, 60}


def test_a_clef_makes_one_staff_of_two_and_two_of_one():
    low_and_high = [note(0, 1, "C6"), note(1, 1, "C2")]
    assert {staff for staff, _ in on_staves(simple(low_and_high, instrument="Piano", clef="treble"))} == {None}
    assert {staff for staff, _ in on_staves(simple(low_and_high, instrument="Marimba", clef="grand"))} == {"1", "2"}


def test_a_slur_goes_from_hand_to_hand():
    run = [note(0, 1, "C6"), note(1, 1, "C5"), note(2, 1, "C3"), note(3, 1, "C2")]
    root = simple(run, instrument="Piano", slurs=(Slur(0, 3 * QUARTER, 0),))
    ends = [(e.findtext("staff"), slur.get("type")) for e in root.iter("note") for slur in e.iter("slur")]
    assert ends == [("1", "start"), ("2", "stop")]


def test_a_tuplet_stands_only_where_its_notes_are():
    third = Fraction(1, 3)
    notes = [note(k * third, third, "C6") for k in range(3)] + [note(1, 1, "C2")]
    root = simple(notes, instrument="Piano", tuplets=(Tuplet(0, QUARTER, 3, 2, 0),))
    assert {e.findtext("staff") for e in root.iter("note") if e.find("time-modification") is not None} == {"1"}


@pytest.mark.parametrize("clef", CLEFS)
def test_every_clef_that_a_score_may_name_is_written(clef):
    if clef != "percussion":
        assert simple([note(0, 1, "C4")], clef=clef).find(".//clef/sign") is not None


def test_drums_keep_their_places_on_two_staves():
    root = simple([note(0, 1, 36)], instrument=KIT, clef="grand")
    assert [e.findtext("unpitched/display-step") for e in root.iter("note") if e.find("rest") is None] == ["F"]


# --- chord symbols ---


def chords_read(realization):
    """Parts, and the symbols of each: where they stand in quarters, root, bass and tones as music21 has them."""
    from music21 import converter

    score = converter.parse(write_musicxml(realization), format="musicxml")
    return [
        [
            (symbol.getOffsetInHierarchy(staff), symbol.root().pitchClass, symbol.bass().pitchClass,
             frozenset(symbol.pitchClasses)) if symbol.classes[0] == "ChordSymbol"
            else (symbol.getOffsetInHierarchy(staff), symbol.chordKindStr)
            for symbol in staff.recurse().getElementsByClass("Harmony")
        ]
        for staff in score.parts
    ]  # fmt: skip


def with_chords(chords, count, *parts):
    """Chords of two quarters each, above parts."""
    harmony = tuple(Harmony(i * 2 * QUARTER, (i + 1) * 2 * QUARTER, chord) for i, chord in enumerate(chords))
    return replace(piece(parts, measured([Meter(4, 4)] * count)), harmony=harmony)


@pytest.mark.parametrize("bass", ["", "D", "G#"])
@pytest.mark.parametrize("root", ["C", "F#", "Bb", "E"])
def test_every_chord_is_read_back_with_its_root_bass_and_tones(root, bass):
    chords = [Chord(root, kind, bass) for kind in KINDS]
    piece = with_chords(chords, 16, part([note(0, 64, "C5")]))
    assert chords_read(piece) == [
        [(2.0 * i, chord.root, chord.bass, chord.pitch_classes) for i, chord in enumerate(chords)]
    ]


def test_chords_stand_once_above_the_first_staff_and_do_not_sound():
    chords = [Chord("D", "m"), None, Chord("G", "7")]
    notes = [note(0, 1, "D5"), note(1.5, 0.5, "E5"), note(3, 5, "F5")]
    piece = with_chords(chords, 2, part(notes), part([], "Violoncello"))
    first, second = chords_read(piece)
    assert [(at, *rest[:1]) for at, *rest in first] == [(0.0, 2), (2.0, "N.C."), (4.0, 7)]
    assert second == []
    assert heard_by_music21(piece) == heard_by_music21(replace(piece, harmony=()))


def test_what_stands_for_a_third_is_not_said_twice():
    written = ET.fromstring(write_musicxml(with_chords([Chord("C", "7sus4"), Chord("C", "7b9")], 1, part([]))))
    shown = [[tone.get("print-object") for tone in symbol.iter("degree")] for symbol in written.iter("harmony")]
    assert shown == [["no", "no"], [None]]


def heard_by_music21(realization):
    """Onset and pitches of every note on the page."""
    from music21 import converter

    score = converter.parse(write_musicxml(realization), format="musicxml")
    sounding = score.flatten().notes.getElementsNotOfClass("Harmony")
    return [(n.offset, tuple(p.midi for p in n.pitches)) for n in sounding]
