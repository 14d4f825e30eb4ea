"""What a player hears: the MIDI file, read back with mido."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stochos import __version__
from stochos.music.dynamics import ARTICULATIONS, VELOCITIES
from stochos.music.harmony import Chord, Harmony
from stochos.music.instrument import (
    INSTRUMENT_NAMES,
    INSTRUMENTS,
    PERCUSSION,
    Instrument,
    find_instrument,
    percussion_staff,
)
from stochos.music.pitch import Key, Pitch
from stochos.music.time import QUARTER, Meter
from stochos.realization import Bar, Dynamic, Hairpin, Note, Origin, Part, Realization, Slur, Tempo
from stochos.rendering.midi import write_midi
from stochos.rendering.tempo import FERMATA

GOLDEN = Path(__file__).parent.parent / "golden" / "midi"
BAR = 4 * QUARTER
ORIGIN = Origin("calm", "written")
COMMON, C_MAJOR = Meter(4, 4), Key("C")


def instrument(name: str) -> Instrument:
    found = find_instrument(name)
    assert found is not None
    return found


def note(onset: int, pitch: int, duration: int = QUARTER, *articulations: str, **changes: object) -> Note:
    plain = Note(onset, duration, onset, duration, pitch, None, None, 0, articulations, ORIGIN)
    return replace(plain, **changes)  # type: ignore[arg-type]


def part(*notes: Note, name: str = "flute", plays: str = "Flute", **marks: object) -> Part:
    ordered = tuple(sorted(notes, key=lambda n: (n.onset, n.voice, n.pitch)))
    return Part(name, instrument(plays), None, ordered, **marks)  # type: ignore[arg-type]


def bars(count: int, meter: Meter = COMMON, key: Key = C_MAJOR, pickup: int = 0) -> tuple[Bar, ...]:
    first = (Bar(0, pickup, 0, meter, key, "calm", "calm"),) if pickup else ()
    return first + tuple(
        Bar(pickup + k * meter.bar, meter.bar, k + 1, meter, key, "" if k or pickup else "calm", "calm")
        for k in range(count)
    )


def mark(bpm: float, onset: int = 0) -> Tempo:
    return Tempo(onset, bpm, onset, bpm, "", "", QUARTER)


def piece(*parts: Part, over: Iterable[Bar] | None = None, tempos: tuple[Tempo, ...] = (mark(120),)) -> Realization:
    end = max((n.onset + n.duration for p in parts for n in p.notes), default=BAR)
    return Realization("Étude", "A. Nonymous", "© nobody", 1958, parts, tuple(over or bars(-(-end // BAR))), tempos)


class Heard(NamedTuple):
    """A note as a player plays it."""

    track: int
    channel: int
    onset: int
    duration: int
    pitch: int
    velocity: int


def read(realization: Realization) -> mido.MidiFile:
    return mido.MidiFile(file=BytesIO(write_midi(realization)), charset="utf-8")


def timed(track: mido.MidiTrack) -> list[tuple[int, mido.Message]]:
    now, found = 0, []
    for message in track:
        now += message.time
        found.append((now, message))
    return found


def heard(file: mido.MidiFile) -> list[Heard]:
    """Every note, each `on` with its `off`; a stuck, doubled or stray key fails here."""
    found, down = [], {}
    messages = [(tick, k, m) for k, track in enumerate(file.tracks) for tick, m in timed(track)]
    for tick, k, m in sorted(messages, key=lambda entry: (entry[0], entry[2].type == "note_on")):
        if m.type == "note_on":
            assert m.velocity > 0
            assert (m.channel, m.note) not in down, "a key pressed while it is down"
            down[m.channel, m.note] = (k, tick, m.velocity)
        elif m.type == "note_off":
            track, onset, velocity = down.pop((m.channel, m.note))
            assert track == k
            assert tick > onset
            found.append(Heard(k, m.channel, onset, tick - onset, m.note, velocity))
    assert not down, "stuck notes"
    return sorted(found)


def heard_in(realization: Realization) -> list[Heard]:
    return heard(read(realization))


def seconds_at(file: mido.MidiFile, tick: int) -> float:
    """When a tick comes, by the tempos of track 0."""
    pace, since, total = 500_000, 0, 0.0
    for at, message in timed(file.tracks[0]):
        if message.type == "set_tempo" and at <= tick:
            total += mido.tick2second(at - since, QUARTER, pace)
            pace, since = message.tempo, at
    return total + float(mido.tick2second(tick - since, QUARTER, pace))


# --- goldens ------------------------------------------------------------------------------------


def _articulated() -> Realization:
    kinds = sorted({*ARTICULATIONS.values()} - {"fermata", "glissando"})
    notes = [note(k * QUARTER, 60 + k, QUARTER, kind) for k, kind in enumerate(kinds)]
    line = [note(2 * BAR + k * QUARTER // 2, 72 + k, QUARTER // 2) for k in range(8)]
    return piece(part(*notes, *line, slurs=(Slur(2 * BAR, 2 * BAR + 3 * QUARTER // 2, 0),)))


def _dynamic() -> Realization:
    notes = [note(k * QUARTER, 67) for k in range(16)] + [note(4 * BAR, 67, BAR), note(5 * BAR, 67, BAR)]
    dynamics = (Dynamic(0, "p"), Dynamic(BAR, "f"), Dynamic(2 * BAR + QUARTER, "sfz"), Dynamic(5 * BAR, "fp"))
    hairpins = (Hairpin(0, BAR, "cresc"), Hairpin(3 * BAR, 5 * BAR, "dim"))
    return piece(part(*notes, plays="Violin", dynamics=dynamics, hairpins=hairpins))


def _ensemble() -> Realization:
    opening = bars(1, Meter(4, 4), Key("D", "minor"), pickup=QUARTER)
    storm = Bar(QUARTER + BAR, 3 * QUARTER, 2, Meter(6, 8), Key("F#"), "storm'", "storm'")
    over = (*opening, storm)
    flute = part(note(0, 69), note(QUARTER, 74, BAR), note(QUARTER + BAR, 70, 3 * QUARTER // 2))
    kit = [note(QUARTER + k * QUARTER, PERCUSSION[name]) for k, name in enumerate(("kick", "snare", "kick", "hihat"))]
    drums = part(*kit, name="drums", plays="Drum kit")
    extra = part(note(QUARTER, PERCUSSION["kick"], 2 * QUARTER), name="extra", plays="Percussion")
    cello = part(note(QUARTER, 50, BAR, velocity=33), name="cello", plays="Cello")
    return piece(flute, drums, cello, extra, over=over)


def _timed() -> Realization:
    tempos = (mark(84), Tempo(BAR, 84, 2 * BAR, 140, "exp", "", QUARTER), mark(60, 3 * BAR))
    flute = part(*(note(k * QUARTER, 60 + k) for k in range(12)), note(3 * BAR, 72, BAR, "fermata"))
    late = note(3 * BAR + 77, 41, 4321, written_onset=3 * BAR, written_duration=QUARTER)
    return piece(flute, part(late, name="cello", plays="Cello"), tempos=tempos)


CASES = {"articulated": _articulated, "dynamic": _dynamic, "ensemble": _ensemble, "timed": _timed}


def table(file: mido.MidiFile) -> str:
    """A file as a person reads it: what is not a note, then the notes."""
    lines = [f"type {file.type}, {file.ticks_per_beat} ticks a quarter, {len(file.tracks)} tracks", ""]
    for k, track in enumerate(file.tracks):
        for tick, message in timed(track):
            if not message.type.startswith("note"):
                lines.append(
                    f"{k} {tick:>7} {str(message.copy(time=0)).replace(', time=0', '').replace(' time=0', '')}"
                )
    lines += ["", "track channel   onset duration pitch velocity"]
    lines += [
        f"{n.track:>5} {n.channel:>7} {n.onset:>7} {n.duration:>8} {n.pitch:>5} {n.velocity:>8}" for n in heard(file)
    ]
    return "\n".join(lines).replace(f"stochos {__version__}", "stochos VERSION") + "\n"


@pytest.mark.parametrize("name", CASES)
def test_a_piece_is_played_as_recorded(name: str, request: pytest.FixtureRequest) -> None:
    found, golden = table(read(CASES[name]())), GOLDEN / f"{name}.txt"
    if request.config.getoption("--update-golden", default=False):
        golden.write_text(found, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == found


def test_no_golden_is_an_orphan() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


# --- what was meant is what is read back ----------------------------------------------------------

LENGTHS = st.integers(1, 2 * BAR)
ANY_NOTE = st.builds(
    lambda onset, length, pitch, voice, velocity, marks: note(
        onset, pitch, length, *marks, voice=voice, velocity=velocity
    ),
    st.integers(0, 2 * BAR) | st.sampled_from(range(0, 2 * BAR, QUARTER)),
    LENGTHS | st.just(QUARTER),
    st.integers(35, 39),
    st.integers(0, 1),
    st.none() | st.integers(-5, 140),
    st.lists(st.sampled_from(sorted({*ARTICULATIONS.values()} - {"trill"})), max_size=2, unique=True),
)
ANY_PART = st.builds(
    lambda notes, plays, marks, pins, slur: part(
        *notes,
        name=plays,
        plays=plays,
        dynamics=tuple(Dynamic(at, name) for at, name in sorted(marks)),
        hairpins=tuple(Hairpin(at, at + length, kind) for at, length, kind in sorted(pins)),
        slurs=(Slur(*sorted(slur), 0),),
    ),
    st.lists(ANY_NOTE, max_size=12),
    st.sampled_from(["Flute", "Piano", "Drum kit", "Percussion"]),
    st.lists(st.tuples(st.integers(0, 3 * BAR), st.sampled_from(sorted(VELOCITIES))), max_size=4),
    st.lists(
        st.tuples(st.integers(0, 3 * BAR), st.integers(1, 2 * BAR), st.sampled_from(["cresc", "dim"])), max_size=3
    ),
    st.tuples(st.integers(0, 2 * BAR), st.integers(0, 2 * BAR)),
)
PIECES = st.lists(ANY_PART, min_size=1, max_size=4).map(lambda parts: piece(*parts, over=bars(3)))


@given(PIECES)
@settings(max_examples=150)
def test_every_note_sounds_where_it_stands_and_is_let_go(realization: Realization) -> None:
    file = read(realization)
    found = heard(file)
    channels = channels_of(realization)
    meant = {(channels[k], n.onset, n.pitch) for k, p in enumerate(realization.parts) for n in p.notes}
    assert {(n.channel, n.onset, n.pitch) for n in found} == meant
    assert len(found) == len(meant)
    assert all(1 <= n.velocity <= 127 for n in found)
    assert all(timed(track)[-1] == (realization.duration, track[-1]) for track in file.tracks)
    assert (file.type, file.ticks_per_beat, len(file.tracks)) == (1, QUARTER, 1 + len(realization.parts))


@given(PIECES)
@settings(max_examples=50)
def test_no_note_sounds_longer_than_written(realization: Realization) -> None:
    channels = channels_of(realization)
    longest: dict[tuple[int, int, int], int] = defaultdict(int)
    for k, p in enumerate(realization.parts):
        for n in p.notes:
            longest[channels[k], n.onset, n.pitch] = max(longest[channels[k], n.onset, n.pitch], n.duration)
    assert all(n.duration <= longest[n.channel, n.onset, n.pitch] for n in heard_in(realization))


@given(PIECES)
@settings(max_examples=30)
def test_the_same_piece_gives_the_same_bytes(realization: Realization) -> None:
    assert write_midi(realization) == write_midi(realization)


def channels_of(realization: Realization) -> list[int]:
    melodic = iter([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15])
    return [9 if p.instrument.is_percussion else next(melodic) for p in realization.parts]


# --- channels, names, meters ------------------------------------------------------------------------


def test_fifteen_melodic_parts_and_any_drums_have_their_channels() -> None:
    crowd = [part(note(0, 60), name=f"v{k}", plays="Violin") for k in range(15)]
    drums = [part(note(0, 36 + k), name=f"d{k}", plays="Drum kit") for k in range(2)]
    found = heard_in(piece(*crowd[:3], drums[0], *crowd[3:], drums[1]))
    assert [n.channel for n in found] == [0, 1, 2, 9, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 9]


def test_a_sixteenth_melodic_part_is_refused() -> None:
    crowd = [part(note(0, 60), name=f"v{k}", plays="Violin") for k in range(16)]
    with pytest.raises(ValueError, match="16 melodic parts"):
        write_midi(piece(*crowd))


def test_a_pickup_is_a_short_bar_before_the_meter() -> None:
    first = [(t, m) for t, m in timed(read(_ensemble()).tracks[0]) if m.type == "time_signature"]
    assert [(t, m.numerator, m.denominator, m.clocks_per_click) for t, m in first] == [
        (0, 1, 4, 24),
        (QUARTER, 4, 4, 24),
        (QUARTER + BAR, 6, 8, 36),
    ]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (Key("C"), "C"), (Key("F#"), "F#"), (Key("Cb"), "Cb"), (Key("Bb"), "Bb"), (Key("D", "minor"), "Dm"),
        (Key("A#", "minor"), "A#m"), (Key("Ab", "minor"), "Abm"), (Key("D", "dorian"), "C"), (Key("F", "lydian"), "C"),
    ],
)  # fmt: skip
def test_keys_are_named_as_midi_knows_them(key: Key, name: str) -> None:
    events = [
        m.key for m in read(piece(part(note(0, 60)), over=bars(1, key=key))).tracks[0] if m.type == "key_signature"
    ]
    assert events == [name]


def test_the_file_says_what_it_is_and_no_date() -> None:
    texts = [m for m in read(_ensemble()).tracks[0] if m.type in {"track_name", "copyright", "text", "marker"}]
    assert [getattr(m, "text", None) or m.name for m in texts] == [
        "Étude", "© nobody", "A. Nonymous", f"stochos {__version__}, seed 1958", "calm", "storm'",
    ]  # fmt: skip


def test_chords_are_told_where_they_stand_and_do_not_sound() -> None:
    plain = piece(part(note(0, 60)), over=bars(2))
    harmony = (Harmony(0, BAR, Chord("D", "m7", "C")), Harmony(BAR, 2 * BAR, None))
    file = read(replace(plain, harmony=harmony))
    times = accumulate(m.time for m in file.tracks[0])
    told = [(at, m.text) for at, m in zip(times, file.tracks[0], strict=True) if m.type == "text"]
    assert told[-2:] == [(0, "Dm7/C"), (BAR, "N.C.")]
    assert heard(file) == heard(read(plain))


def test_a_silence_of_hours_can_be_read() -> None:
    far = 0x0FFF_FFFF // BAR * 2
    file = read(piece(part(note(0, 60), note(far * BAR, 62)), over=bars(far + 1)))
    assert [n.onset for n in heard(file)] == [0, far * BAR]


# --- time -------------------------------------------------------------------------------------------


def integral(quarters: float, low: float, high: float, curve: str) -> float:
    """Seconds that a ramp takes, in closed form."""
    if curve == "sine":
        return 60 * quarters / math.sqrt(low * high)
    if math.isclose(low, high):
        return 60 * quarters / low
    if curve == "exp":
        return 60 * quarters * (1 / low - 1 / high) / math.log(high / low)
    return 60 * quarters * math.log(high / low) / (high - low)


@given(st.integers(1, 120), st.floats(20, 400), st.floats(20, 400), st.sampled_from(["", "exp", "sine"]))
def test_a_ramp_takes_its_time_and_arrives(sixteenths: int, low: float, high: float, curve: str) -> None:
    end = sixteenths * QUARTER // 4
    ramp = Tempo(0, low, end, high, curve, "", QUARTER)
    file = read(piece(over=bars(-(-end // BAR)), tempos=(ramp,)))
    assert seconds_at(file, end) == pytest.approx(integral(sixteenths / 4, low, high, curve), abs=1e-3)
    assert {t: m.tempo for t, m in timed(file.tracks[0]) if m.type == "set_tempo"}[end] == round(60e6 / high)


def test_a_step_holds_until_the_end() -> None:
    file = read(piece(over=bars(2), tempos=(Tempo(0, 60, BAR, 120, "step", "", QUARTER),)))
    assert seconds_at(file, 2 * BAR) == pytest.approx(4 + 2)


def test_a_mark_cuts_a_ramp() -> None:
    ramp = Tempo(0, 60, 2 * BAR, 120, "", "", QUARTER)
    file = read(piece(over=bars(3), tempos=(ramp, mark(30, BAR))))
    assert seconds_at(file, BAR) == pytest.approx(integral(4, 60, 90, ""), abs=1e-3)
    assert seconds_at(file, 2 * BAR) - seconds_at(file, BAR) == pytest.approx(8)


def test_all_parts_wait_for_a_fermata() -> None:
    tempos = (Tempo(0, 60, 2 * BAR, 120, "", "", QUARTER),)
    plain, held = (
        read(
            piece(
                part(note(0, 60, BAR), note(BAR, 62, BAR, *marks)),
                part(note(0, 48, 2 * BAR), note(2 * BAR, 50), name="cello", plays="Cello"),
                tempos=tempos,
            )
        )
        for marks in ((), ("fermata",))
    )
    assert seconds_at(held, BAR) == seconds_at(plain, BAR)
    wait = seconds_at(held, 2 * BAR) - seconds_at(held, BAR)
    assert wait == pytest.approx(FERMATA * (seconds_at(plain, 2 * BAR) - seconds_at(plain, BAR)), abs=1e-3)
    assert seconds_at(held, 3 * BAR) - seconds_at(held, 2 * BAR) == pytest.approx(2)
    assert [n[2:5] for n in heard(held)][2:] == [n[2:5] for n in heard(plain)][2:]


def test_fermatas_of_several_parts_are_one() -> None:
    both = [part(note(0, 60, length, "fermata"), name=n) for n, length in (("a", BAR), ("b", BAR // 2))]
    assert seconds_at(read(piece(*both, over=bars(2))), 2 * BAR) == pytest.approx(FERMATA * 2 + 2)


def test_fermatas_that_end_together_hold_from_the_last_to_begin() -> None:
    starts = {"a": 0, "b": BAR // 2}
    both = [part(note(start, 60, BAR - start, "fermata"), name=name) for name, start in starts.items()]
    assert seconds_at(read(piece(*both, over=bars(2))), BAR) == pytest.approx(FERMATA + 1)


# --- how long notes sound -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("articulation", "share"),
    [("staccato", 0.5), ("staccatissimo", 0.25), ("tenuto", 1.0), ("fermata", 1.0), ("accent", 0.93)],
)
def test_articulations_set_the_sounding_length(articulation: str, share: float) -> None:
    (found,) = heard_in(piece(part(note(0, 60, QUARTER, articulation))))
    assert found.duration == pytest.approx(share * QUARTER, abs=1)


def test_slurred_notes_touch_and_the_last_lets_go() -> None:
    notes = [note(k * QUARTER, 60 + k) for k in range(4)]
    found = heard_in(piece(part(*notes, slurs=(Slur(0, 2 * QUARTER, 0), Slur(0, QUARTER, 0)))))
    assert [n.duration == QUARTER for n in found] == [True, True, False, False]


def test_a_slur_holds_in_its_own_voice_only() -> None:
    notes = [note(k * QUARTER, 60 + k + 12 * voice, voice=voice) for k in range(2) for voice in range(2)]
    found = heard_in(piece(part(*notes, slurs=(Slur(0, QUARTER, 1),))))
    assert {n.pitch: n.duration == QUARTER for n in found} == {60: False, 72: True, 61: False, 73: False}


def test_free_time_is_taken_at_its_word() -> None:
    (found,) = heard_in(piece(part(note(7, 60, 12_345, written_onset=0, written_duration=QUARTER))))
    assert (found.onset, found.duration) == (7, 12_345)


def test_unisons_of_two_voices_are_one_key() -> None:
    notes = [note(0, 60, BAR, velocity=40), note(0, 60, voice=1, velocity=80), note(2 * QUARTER, 60, voice=1)]
    found = heard_in(piece(part(*notes)))
    assert [(n.onset, n.velocity) for n in found] == [(0, 80), (2 * QUARTER, 78)]
    assert found[0].duration == 2 * QUARTER


@pytest.mark.parametrize(
    ("pitch", "spelling", "key", "upper"),
    [
        (69, None, Key("D", "minor"), 70),  # A: B flat
        (64, None, Key("C"), 65),  # E: F
        (65, None, Key("G"), 67),  # F: G
        (66, Pitch("F", 1, 4), Key("C"), 67),  # F sharp: G
        (70, Pitch("B", -1, 4), Key("C"), 72),  # B flat: C
        (71, None, Key("C"), 72),  # B: C of the next octave
        (127, None, Key("C"), 127),
    ],
)
def test_a_trill_alternates_with_its_neighbour_in_the_key(
    pitch: int, spelling: Pitch | None, key: Key, upper: int
) -> None:
    trilled = piece(part(note(0, pitch, 2 * QUARTER, "trill", spelling=spelling)), over=bars(1, key=key))
    found = heard_in(trilled)
    assert len(found) >= 9
    assert [n.pitch for n in found] == [upper if k % 2 else pitch for k in range(len(found))]
    assert found[-1].onset + found[-1].duration == 2 * QUARTER
    assert all(n.onset + n.duration == after.onset for n, after in pairwise(found))


def test_a_trill_on_drums_is_a_roll() -> None:
    found = heard_in(piece(part(note(0, 38, BAR, "trill"), name="drums", plays="Drum kit")))
    assert len(found) > 15
    assert {n.pitch for n in found} == {38}


# --- how loud -------------------------------------------------------------------------------------------


def velocities(*notes: Note, plays: str = "Piano", **marks: object) -> list[int]:
    return [n.velocity for n in heard_in(piece(part(*notes, plays=plays, **marks)))]


DOWNBEATS = [note(k * BAR, 60 + k % 12) for k in range(9)]
OFFBEATS = [note(QUARTER // 2 + k * QUARTER, 60 + k % 12, QUARTER // 2) for k in range(16)]


@pytest.mark.parametrize("name", VELOCITIES)
def test_every_mark_has_its_velocity(name: str) -> None:
    (found,) = velocities(note(QUARTER, 60), dynamics=(Dynamic(QUARTER, name),))
    assert found == pytest.approx(VELOCITIES[name], abs=1)


def test_marks_hold_and_the_default_is_mezzoforte() -> None:
    plain = velocities(*OFFBEATS, dynamics=(Dynamic(BAR, "ff"), Dynamic(2 * BAR, "pp")))
    assert [len({*plain[k : k + 4]}) for k in (0, 4, 8)] == [1, 1, 1]
    assert plain[0] == velocities(*OFFBEATS, dynamics=(Dynamic(0, "mf"),))[0]
    assert plain[8] == plain[15] < plain[0] < plain[4]


@pytest.mark.parametrize(("name", "after"), [("sf", "mp"), ("sfz", "mp"), ("fp", "p")])
def test_an_attack_falls_back(name: str, after: str) -> None:
    found = velocities(*OFFBEATS[:6], dynamics=(Dynamic(0, "mp"), Dynamic(QUARTER // 2 + QUARTER, name)))
    then = velocities(*OFFBEATS[:1], dynamics=(Dynamic(0, after),))
    assert found[1] > found[0]
    assert found[2:] == then * 4


@pytest.mark.parametrize("plays", ["Piano", "Violin"])
@pytest.mark.parametrize("target", [None, "ff"])
def test_a_crescendo_grows_all_the_way(plays: str, target: str | None) -> None:
    dynamics = (Dynamic(0, "p"), *((Dynamic(3 * BAR, target),) if target else ()))
    found = velocities(*OFFBEATS, plays=plays, dynamics=dynamics, hairpins=(Hairpin(0, 3 * BAR, "cresc"),))
    assert found[:12] == sorted(set(found[:12]))
    assert found[11] <= found[12] == found[15]
    goal = target or "mf"  # two marks up
    assert found[15] == velocities(*OFFBEATS, dynamics=(Dynamic(0, goal),))[0]


def test_a_diminuendo_fades_and_short_ones_move_by_one_mark() -> None:
    found = velocities(*OFFBEATS, dynamics=(Dynamic(0, "f"),), hairpins=(Hairpin(0, BAR, "dim"),))
    assert found[:5] == sorted(set(found[:5]), reverse=True)
    assert found[4:] == velocities(*OFFBEATS, dynamics=(Dynamic(0, "mf"),))[4:]


def test_a_hairpin_that_leads_the_other_way_still_moves_then_drops() -> None:
    found = velocities(
        *DOWNBEATS, dynamics=(Dynamic(0, "f"), Dynamic(4 * BAR, "p")), hairpins=(Hairpin(0, 4 * BAR, "cresc"),)
    )
    assert found[:4] == sorted(set(found[:4]))
    assert found[4] < found[0]


def test_the_meter_is_heard() -> None:
    downbeat, second, third, fourth = velocities(*(note(k * QUARTER, 60) for k in range(4)))
    (off,) = velocities(OFFBEATS[0])
    assert downbeat > third > second == fourth > off
    assert downbeat - off < 10


def test_a_pickup_does_not_begin_on_a_downbeat() -> None:
    over = bars(1, pickup=QUARTER)
    upbeat, downbeat = [n.velocity for n in heard_in(piece(part(note(0, 60), note(QUARTER, 60)), over=over))]
    assert upbeat < downbeat


def test_accents_add() -> None:
    plain, accent, marcato = (velocities(note(0, 60, QUARTER, *marks))[0] for marks in ((), ("accent",), ("marcato",)))
    assert plain < accent < marcato


@pytest.mark.parametrize(("fixed", "sounds"), [(1, 1), (64, 64), (127, 127), (0, 1), (200, 127)])
def test_a_fixed_velocity_is_taken_as_it_is(fixed: int, sounds: int) -> None:
    held = note(0, 60, BAR, "accent", velocity=fixed)
    marks = {"dynamics": (Dynamic(0, "pp"),), "hairpins": (Hairpin(0, BAR, "cresc"),)}
    assert velocities(held, plays="Violin", **marks) == [sounds]


def expression(realization: Realization, track: int = 1) -> list[tuple[int, int]]:
    messages = timed(read(realization).tracks[track])
    return [(t, m.value) for t, m in messages if m.type == "control_change" and m.control == 11]


def test_a_held_note_swells_and_the_next_is_as_before() -> None:
    swell = part(
        note(0, 60, BAR), note(BAR, 62), plays="Violin",
        dynamics=(Dynamic(0, "p"), Dynamic(BAR, "ff")), hairpins=(Hairpin(0, BAR, "cresc"),),
    )  # fmt: skip
    controls = expression(piece(swell))
    rising = [value for t, value in controls if t < BAR]
    assert rising[1:] == sorted(set(rising[1:]))
    assert rising[-1] == 127
    assert [value for t, value in controls if t >= BAR] == [100]
    # Loudness at the start is p still: velocity times expression.
    first, _ = heard_in(piece(swell))
    assert first.velocity * rising[1] / 100 == pytest.approx(VELOCITIES["p"] * 1.06, abs=1.5)


def test_what_cannot_swell_does_not() -> None:
    hairpin = {"hairpins": (Hairpin(0, BAR, "cresc"),)}
    moving = [note(k * QUARTER, 72 + k, voice=1) for k in range(4)]
    still = (
        part(note(0, 60, BAR), plays="Piano", **hairpin),  # its strings fade by themselves
        part(note(0, 60, BAR), *moving, plays="Violin", **hairpin),  # the controller would bend the other voice
        part(note(0, 38, BAR), plays="Drum kit", **hairpin),
    )
    assert [expression(piece(one)) for one in still] == [[(0, 100)]] * 3


# --- who plays ------------------------------------------------------------------------------------------


def test_every_program_and_every_drum_has_a_name() -> None:
    assert {i.program for i in INSTRUMENTS.values() if not i.is_percussion} == set(range(128))
    assert set(PERCUSSION.values()) == set(range(35, 82))
    assert all(0 <= i.low < i.high <= 127 for i in INSTRUMENTS.values())


def test_a_name_means_one_instrument() -> None:
    folded = [" ".join(name.casefold().replace("-", " ").split()) for name in INSTRUMENT_NAMES]
    assert len(folded) == len(set(folded))
    assert all(find_instrument(name.upper()) == find_instrument(name) is not None for name in INSTRUMENT_NAMES)
    assert find_instrument("fluet") is None


@pytest.mark.parametrize(
    ("name", "program"),
    [("French Horn", 60), ("cello", 42), ("Lead 8 (bass + lead)", 87), ("String Ensemble 2", 49), ("Cor anglais", 69)],
)
def test_general_midi_names_choose_their_program(name: str, program: int) -> None:
    chosen = [m.program for m in read(piece(part(plays=name))).tracks[1] if m.type == "program_change"]
    assert chosen == [program]


def test_players_are_numbered() -> None:
    second = instrument("violin II")
    assert (second.name, second.abbreviation) == ("Violin II", "Vln. II")
    assert replace(second, name="Violin", abbreviation="Vln.") == instrument("Violin")


def test_no_two_drums_look_alike() -> None:
    places = {key: percussion_staff(key) for key in PERCUSSION.values()}
    assert len(set(places.values())) == len(places)
    assert places[36] == ("F", 4, "normal")
    assert places[42] == ("G", 5, "x")
