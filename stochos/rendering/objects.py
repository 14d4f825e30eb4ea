"""music21's objects for what is written: those that many notes share are made once."""

from __future__ import annotations

from functools import cache

from music21 import (
    articulations,
    beam,
    chord,
    clef,
    duration,
    expressions,
    instrument,
    key,
    meter,
    note,
    percussion,
    tie,
)
from music21 import pitch as pitches

from stochos.music.instrument import PERCUSSION
from stochos.music.pitch import Key, Pitch
from stochos.music.time import QUARTER, Meter
from stochos.rendering.staff import Layout, Written
from stochos.rendering.symbols import WHOLE_BAR, Symbol

CLEFS = {
    "treble": clef.TrebleClef, "bass": clef.BassClef, "alto": clef.AltoClef, "tenor": clef.TenorClef,
    "soprano": clef.SopranoClef, "treble8vb": clef.Treble8vbClef, "treble8va": clef.Treble8vaClef,
    "bass8vb": clef.Bass8vbClef, "percussion": clef.PercussionClef,
}  # fmt: skip
_ARTICULATIONS = {
    "staccato": articulations.Staccato, "tenuto": articulations.Tenuto, "accent": articulations.Accent,
    "marcato": articulations.StrongAccent, "staccatissimo": articulations.Staccatissimo,
}  # fmt: skip
_EXPRESSIONS = {"fermata": expressions.Fermata, "trill": expressions.Trill}
_DRUM_NAMES = {number: name for name, number in reversed(PERCUSSION.items())}
_DRUM_CHANNEL = 9


def players(layout: Layout, index: int) -> list[instrument.Instrument]:
    """The instruments of a part: one, or each drum that it uses."""
    played = layout.part.instrument
    if not played.is_percussion:
        one = instrument.Instrument(played.name)
        one.midiProgram, one.midiChannel = played.program, _channel(index)
        one.partId, one.instrumentId = f"P{index + 1}", f"P{index + 1}-I1"
        return [one]
    found = []
    for number in sorted({one.midi for voice in layout.voices for one in voice.notes}) or [played.low]:
        drum = instrument.UnpitchedPercussion()
        drum.instrumentName = _DRUM_NAMES.get(number, f"drum {number}")
        drum.instrumentAbbreviation = None
        drum.percMapPitch, drum.midiChannel = number, _DRUM_CHANNEL
        drum.partId, drum.instrumentId = f"P{index + 1}", f"P{index + 1}-I{number + 1}"
        found.append(drum)
    return found


def _channel(index: int) -> int:
    """MIDI channel of a part, 0..15, past that of the drums."""
    channel = index % 15
    return channel + (channel >= _DRUM_CHANNEL)


def key_signature(of: Key) -> key.KeySignature:
    """The sharps or flats of a key, and major or minor where it is one."""
    signature = key.KeySignature(max(-7, min(7, of.fifths)))
    if of.mode in ("major", "minor"):
        signature.mode = of.mode
    return signature


def time_signature(of: Meter) -> meter.TimeSignature:
    """A meter as written."""
    return meter.TimeSignature(str(of))


def decorate(own: note.NotRest, symbol: Symbol, written: list[Written]) -> None:
    """Articulations on the first symbol of a note; a fermata on its last."""
    for one in written:
        for name in one.articulations:
            if one.end != symbol.end if name == "fermata" else one.start != symbol.onset:
                continue
            if name in _ARTICULATIONS:
                if _articulation(name) not in own.articulations:
                    own.articulations.append(_articulation(name))
            elif name in _EXPRESSIONS and _expression(name) not in own.expressions:
                own.expressions.append(_expression(name))


def goal_of(of: Pitch, shown: bool) -> note.Note:
    """A small note without a stem, where a glissando ends."""
    goal: note.Note = note.Note(pitch_of(of, shown), type="quarter").getGrace(appoggiatura=True)
    goal.stemDirection = "noStem"
    return goal


def chord_of(heads: list[note.NotRest], lasting: duration.Duration) -> chord.ChordBase:
    """Heads on one stem."""
    if isinstance(heads[0], note.Unpitched):
        return percussion.PercussionChord(heads, duration=lasting)
    return chord.Chord(heads, duration=lasting)


def height(head: note.NotRest) -> tuple[int, int]:
    """Where a head stands, to sort chords from below."""
    pitch = head.displayPitch() if isinstance(head, note.Unpitched) else head.pitch
    return pitch.diatonicNoteNum, pitch.midi


def duration_of(symbol: Symbol) -> duration.Duration:
    """The value of a symbol, with its tuplets and the ends of their brackets."""
    tuplets = tuple((b.actual, b.normal, b.kind, b.dots, b.is_plain, end) for b, end in symbol.brackets)
    return _duration(symbol.kind, symbol.dots, symbol.duration if symbol.kind == WHOLE_BAR else 0, tuplets)


# The exporter only reads what is shared here. A shared duration takes the last of its notes for its owner, which would
# matter only if it were changed.
@cache
def _duration(
    kind: str, dots: int, ticks: int, tuplets: tuple[tuple[int, int, str, int, bool, str], ...]
) -> duration.Duration:
    if kind == WHOLE_BAR:
        whole = duration.Duration(ticks / QUARTER)
        whole.linked = False
        whole.type = "whole"
        return whole
    lasting = duration.Duration(type=kind, dots=dots)
    for actual, normal, unit, unit_dots, is_plain, end in tuplets:
        value = duration.durationTupleFromTypeDots(unit, unit_dots) if unit else None
        tuplet = duration.Tuplet(actual, normal, durationActual=value, durationNormal=value)
        tuplet.type, tuplet.bracket, tuplet.placement = end or None, not is_plain, None
        lasting.appendTuplet(tuplet)
    return lasting


@cache
def pitch_of(of: Pitch, shown: bool) -> pitches.Pitch:
    """A pitch as spelt, its accidental shown or not."""
    pitch = pitches.Pitch(step=of.step, octave=of.octave)
    if of.alter or shown:
        pitch.accidental = pitches.Accidental(of.alter)
        pitch.accidental.displayStatus = shown
    return pitch


@cache
def beams_of(strokes: tuple[str, ...]) -> beam.Beams:
    """The beams of a note, as `Symbol.beams` tells them."""
    all_of_them = beam.Beams()
    for stroke in strokes:
        if stroke in ("left", "right"):
            all_of_them.append("partial", stroke)
        else:
            all_of_them.append(stroke)
    return all_of_them


@cache
def tie_of(kind: str) -> tie.Tie:
    """A tie: "start", "stop" or "continue"."""
    return tie.Tie(kind)


@cache
def _articulation(name: str) -> articulations.Articulation:
    return _ARTICULATIONS[name]()


@cache
def _expression(name: str) -> expressions.Expression:
    made = _EXPRESSIONS[name]()
    if name == "fermata":
        made.type = "upright"
    return made
