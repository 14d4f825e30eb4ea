"""Glissandi: what is heard follows the line, what is read shows where it leads."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from io import BytesIO

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stochos.music.instrument import INSTRUMENTS
from stochos.music.pitch import Key
from stochos.music.time import QUARTER, Meter, Tempo
from stochos.realization import Bar, Note, Origin, Part, Realization
from stochos.rendering.midi import write_midi
from stochos.rendering.notation import write_musicxml

BAR = 4 * QUARTER
CENT = 0.01


def note(onset: int, pitch: int, glide: float = 0.0, duration: int = QUARTER, **changes: object) -> Note:
    plain = Note(onset, duration, onset, duration, pitch, None, None, 0, (), Origin("A", "cloud"), glide)
    return replace(plain, **changes)  # type: ignore[arg-type]


def piece(*parts: list[Note], bars: int = 2) -> Realization:
    played = tuple(
        Part(f"v{i}", INSTRUMENTS["Viola"], None, tuple(sorted(own, key=lambda n: (n.onset, n.voice, n.pitch))))
        for i, own in enumerate(parts)
    )
    measures = tuple(Bar(i * BAR, BAR, i + 1, Meter(4, 4), Key("C"), "" if i else "A", "A") for i in range(bars))
    return Realization("Lines", "", "", 1, played, measures, (Tempo(0, 60, 0, 60, "", "", QUARTER),))


class Heard:
    """A MIDI file as it sounds: the bend of every channel over time, and the keys that are down."""

    def __init__(self, realization: Realization) -> None:
        file = mido.MidiFile(file=BytesIO(write_midi(realization)))
        self.bends: dict[int, list[tuple[int, float]]] = defaultdict(lambda: [(-1, 0.0)])
        self.notes: list[tuple[int, int, int, int, int]] = []  # track, channel, onset, end, key
        for number, track in enumerate(file.tracks):
            now, span, down, registered = 0, {}, {}, {}
            for message in track:
                now += message.time
                if message.type == "control_change":
                    registered[message.channel, message.control] = message.value
                    if message.control == 6:
                        assert registered[message.channel, 101] == registered[message.channel, 100] == 0
                        span[message.channel] = message.value
                elif message.type == "pitchwheel":
                    semitones = message.pitch / 8192 * span[message.channel]
                    self.bends[message.channel].append((now, semitones))
                elif message.type == "note_on":
                    down[message.channel, message.note] = now
                elif message.type == "note_off":
                    start = down.pop((message.channel, message.note))
                    self.notes.append((number - 1, message.channel, start, now, message.note))
            assert not down

    def at(self, channel: int, tick: int) -> float:
        return [bend for when, bend in self.bends[channel] if when <= tick][-1]

    def ends(self) -> list[float]:
        return [turns[-1][1] for turns in self.bends.values()]


def check_lines(realization: Realization) -> None:
    """Every note that sounds lies on its line, wherever its channel's wheel stands; every wheel comes to rest."""
    heard = Heard(realization)
    meant = {(i, n.onset, n.pitch): n for i, p in enumerate(realization.parts) for n in p.notes}
    assert {(part, onset, key) for part, _, onset, _, key in heard.notes} == set(meant)
    for part, channel, onset, end, key in heard.notes:
        glide, duration = meant[part, onset, key].glide, meant[part, onset, key].duration
        turns = [tick for tick, _ in heard.bends[channel] if onset <= tick < end]
        for tick in {onset, *turns}:
            assert heard.at(channel, tick) == pytest.approx(glide * (tick - onset) / duration, abs=CENT)
        for tick in range(onset, end, max(1, (end - onset) // 37)):  # between turns it is never more than a step away
            assert heard.at(channel, tick) == pytest.approx(glide * (tick - onset) / duration, abs=5 * CENT)
    assert all(end == 0.0 for end in heard.ends())


def test_a_bend_follows_the_line() -> None:
    check_lines(
        piece(
            [
                note(0, 60, 7.3),
                note(QUARTER, 60),
                note(3 * QUARTER, 72, -19.9, 2 * QUARTER),
                note(BAR * 2 - QUARTER, 60, 1.0),
            ]
        )
    )


def test_notes_that_glide_apart_do_not_bend_each_other() -> None:
    apart = [note(0, 48, 0.0, BAR), note(0, 60, 5.0, BAR), note(QUARTER, 64, -5.0, BAR), note(QUARTER, 55)]
    check_lines(piece(apart, [note(0, 60, 3.0), note(0, 64, -3.0)]))


@st.composite
def sliding(draw: st.DrawFn) -> Realization:
    """At most seven notes at a time in each of two parts: fifteen channels are enough."""
    parts = []
    for _ in range(2):
        own: dict[tuple[int, int], Note] = {}
        for _ in range(draw(st.integers(0, 7))):
            onset = draw(st.integers(0, 7)) * QUARTER
            glide = draw(st.sampled_from([0.0, 0.0, 4.0]) | st.floats(-30, 30))
            key = draw(st.integers(50, 74))
            if all(n.pitch != key for n in own.values()):
                own[onset, key] = note(onset, key, glide, draw(st.integers(1, 8 * QUARTER - onset)))
        parts.append(list(own.values()))
    return piece(*parts)


@given(sliding())
@settings(max_examples=60)
def test_any_glissandi_follow_their_lines(realization: Realization) -> None:
    check_lines(realization)


def test_the_lines_are_tested_with_teeth() -> None:
    """A twin that glides 5 % too far is not on the line."""
    right = piece([note(0, 60, 7.0)])
    wrong = piece([note(0, 60, 7.35)])
    heard = Heard(wrong)
    (_, channel, _, end, _) = heard.notes[0]
    assert abs(heard.at(channel, end - 1) - 7.0) > 5 * CENT
    assert abs(Heard(right).at(channel, end - 1) - 7.0) <= 5 * CENT


def test_where_no_channel_is_left_the_note_that_began_first_is_cut() -> None:
    parts = [[note(0, 60, 5.0, BAR), note(QUARTER, 72, -5.0, BAR)], *([note(0, 60)] for _ in range(14))]
    first, second = (n for n in Heard(piece(*parts)).notes if n[0] == 0)
    assert first[1] == second[1]
    assert (first[3], second[3]) == (QUARTER, QUARTER + BAR)


def test_a_score_without_glissandi_turns_no_wheel() -> None:
    assert not Heard(piece([note(0, 60), note(0, 67), note(QUARTER, 60)])).bends


# --- the page ---------------------------------------------------------------------------------


def lines(realization: Realization) -> list[tuple[int, str, int, str, bool]]:
    """Each line as music21 reads it: tick and pitch where it starts, and where it ends; whether on a small note."""
    from music21 import converter

    read = converter.parse(write_musicxml(realization).decode(), format="musicxml").parts[0]
    found = []
    for line in read.recurse().getElementsByClass("Glissando"):
        assert (line.slideType, line.lineType) == ("continuous", "solid")
        start, goal = line.getFirst(), line.getLast()
        ticks = [round(n.getOffsetInHierarchy(read) * QUARTER) for n in (start, goal)]
        found.append((ticks[0], start.nameWithOctave, ticks[1], goal.nameWithOctave, goal.duration.isGrace))
    return sorted(found)


def test_a_written_glissando_leads_to_the_next_note() -> None:
    led = note(0, 60, 7.0, 2 * QUARTER, articulations=("glissando",))
    assert lines(piece([led, note(2 * QUARTER, 67)])) == [(0, "C4", 2 * QUARTER, "G4", False)]


def test_a_drawn_one_leads_to_a_small_note() -> None:
    found = lines(piece([note(0, 60, 6.6), note(QUARTER, 67, -0.4), note(2 * QUARTER, 60, -2.0, BAR)]))
    assert found == [(0, "C4", QUARTER, "G4", True), (2 * QUARTER, "C4", BAR + 2 * QUARTER, "B-3", True)]


@given(sliding())
@settings(max_examples=25)
def test_small_notes_take_no_time_and_change_nothing(realization: Realization) -> None:
    from xml.etree import ElementTree as ET

    def plain(xml: bytes) -> list[tuple[str | None, str | None, str | None]]:
        notes = [n for n in ET.fromstring(xml).iter("note") if n.find("grace") is None]
        return [(n.findtext("pitch/step"), n.findtext("pitch/octave"), n.findtext("duration")) for n in notes]

    still = replace(realization, parts=tuple(
        replace(p, notes=tuple(replace(n, glide=0.0) for n in p.notes)) for p in realization.parts
    ))  # fmt: skip
    assert plain(write_musicxml(realization)) == plain(write_musicxml(still))


def test_a_small_note_has_the_accidental_that_it_needs() -> None:
    xml = write_musicxml(piece([note(0, 60, 6.0), note(QUARTER, 66), note(2 * QUARTER, 60, 5.0)])).decode()
    assert xml.count("<accidental>sharp</accidental>") == 1  # the F# after the small one needs no other
    assert xml.count("<accidental>natural</accidental>") == 1  # and the small F natural does
