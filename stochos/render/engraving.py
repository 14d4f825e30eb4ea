"""Put a laid-out score into MusicXML, with music21's objects and exporter.

music21's exporter looks everything up through its streams (clefs, spanners, voices, instruments), which takes most of
its time. Here each bar hands its own symbols over in order, so only the translation of each object is music21's.
"""

from __future__ import annotations

from functools import cache
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from music21 import (
    articulations,
    bar,
    chord,
    clef,
    duration,
    dynamics,
    expressions,
    instrument,
    key,
    metadata,
    meter,
    stream,
    tempo,
    tie,
)
from music21 import beam as beams
from music21 import note as notes
from music21 import percussion as drums
from music21 import pitch as pitches
from music21.musicxml.m21ToXml import MeasureExporter, PartExporter, ScoreExporter
from music21.stream.enums import ShowNumber

from stochos.music.instrument import PERCUSSION, percussion_staff
from stochos.music.pitch import Key, Pitch
from stochos.music.time import QUARTER, Meter
from stochos.realization import Realization
from stochos.render.marks import Mark, by_bar, part_marks, score_marks
from stochos.render.rhythm import VALUES
from stochos.render.staff import Staff, Voice, Written, lay_out
from stochos.render.symbols import WHOLE_BAR, Symbol

_CLEFS = {
    "treble": clef.TrebleClef, "bass": clef.BassClef, "alto": clef.AltoClef, "tenor": clef.TenorClef,
    "treble8vb": clef.Treble8vbClef, "percussion": clef.PercussionClef,
}  # fmt: skip
_ARTICULATIONS = {
    "staccato": articulations.Staccato, "tenuto": articulations.Tenuto, "accent": articulations.Accent,
    "marcato": articulations.StrongAccent, "staccatissimo": articulations.Staccatissimo,
}  # fmt: skip
_DRUM_NAMES = {number: name for name, number in reversed(PERCUSSION.items())}
_DRUM_CHANNEL = 9


class ScoreWriter(ScoreExporter):  # type: ignore[misc]
    """Writes a whole score."""

    def __init__(self, realization: Realization) -> None:
        super().__init__(stream.Score(), makeNotation=False)
        self.realization = realization
        details = metadata.Metadata()
        details.title, details.composer = realization.title or None, realization.composer or None
        if realization.copyright:
            details.copyright = realization.copyright
        self.stream.insert(0, details)
        self.spannerBundle = self.stream.spannerBundle

    def write(self) -> bytes:
        """The file. Bars become text as soon as they are written, so that little is held at once."""
        texts = []
        for index, part in enumerate(self.realization.parts):
            marks = part_marks(part) + ([] if index else score_marks(self.realization))
            writer = PartWriter(self, index, lay_out(part, self.realization.bars), marks)
            texts.append(writer.text())
            self.partExporterList.append(writer)
        self.setScoreHeader()
        self._leave_unsaid()
        self.xmlRoot.extend([writer.xmlRoot for writer in self.partExporterList])
        indent(self.xmlRoot)
        score = tostring(self.xmlRoot, encoding="unicode")
        for writer, text in zip(self.partExporterList, texts, strict=True):
            empty = tostring(writer.xmlRoot, encoding="unicode").strip()
            score = score.replace(empty, f"{empty[:-3].rstrip()}>\n{text}  </part>")
        header: bytes = self.xmlHeader()
        return header + score.encode() + b"\n"

    def _leave_unsaid(self) -> None:
        """Take out the title and the composer that music21 makes up where there are none."""
        if not self.realization.title:
            for element in self.xmlRoot.findall("movement-title"):
                self.xmlRoot.remove(element)
        if not self.realization.composer:
            for element in self.mxIdentification.findall("creator"):
                self.mxIdentification.remove(element)

    def setEncoding(self) -> Element:  # noqa: N802 (music21's name)
        """Say who wrote the file, without a date."""
        encoding = SubElement(self.mxIdentification, "encoding")
        SubElement(encoding, "software").text = "stochos"
        encoding.extend(self.getSupports())
        return encoding

    def metadataToMiscellaneous(self, md: object = None) -> Element:  # noqa: N802 (music21's name)
        """Keep the seed with the score."""
        fields = SubElement(self.mxIdentification, "miscellaneous")
        SubElement(fields, "miscellaneous-field", name="seed").text = str(self.realization.seed)
        return fields


class PartWriter(PartExporter):  # type: ignore[misc]
    """Writes one part."""

    def __init__(self, parent: ScoreWriter, index: int, staff: Staff, marks: list[Mark]) -> None:
        played = staff.part.instrument
        part = stream.Part()
        part.partName, part.partAbbreviation = played.name, played.abbreviation
        super().__init__(part, parent)
        self.staff, self.bars = staff, parent.realization.bars
        self.marks = by_bar(marks, self.bars)
        self.players = _players(staff, index)
        self.drums = {player.percMapPitch: player for player in self.players} if played.is_percussion else {}
        self.firstInstrumentObject = self.players[0]
        self.instrumentStream: list[instrument.Instrument] = []  # the base class would write one of each kind
        self.has_voices = len(staff.voices) > 1
        self.xmlRoot.set("id", f"P{index + 1}")

    def text(self) -> str:
        """Every bar, as it stands in the file."""
        texts = []
        for index in range(len(self.bars)):
            written = BarWriter(self, index).parse()
            indent(written, level=2)
            texts.append(f"    {tostring(written, encoding='unicode').rstrip()}\n")
        return "".join(texts)

    def getXmlScorePart(self) -> Element:  # noqa: N802 (music21's name)
        """Write the part's name and all its instruments, each drum being one."""
        described: Element = super().getXmlScorePart()
        described.extend([self.instrumentToXmlScoreInstrument(player) for player in self.players])
        described.extend([self.instrumentToXmlMidiInstrument(player) for player in self.players])
        return described


class BarWriter(MeasureExporter):  # type: ignore[misc]
    """Writes one bar of one part."""

    def __init__(self, parent: PartWriter, index: int) -> None:
        self.part, self.index, self.staff = parent, index, parent.staff
        bars = parent.bars
        self.bar = bars[index]
        self.before = bars[index - 1] if index else None
        measure = stream.Measure(number=self.bar.number)
        if self.bar.number == 0:
            measure.showNumber = ShowNumber.NEVER
        self._set_signatures(measure)
        if index == len(bars) - 1:
            measure.rightBarline = bar.Barline("final")
        elif bars[index + 1].section and self.bar.number:
            measure.rightBarline = bar.Barline("double")
        super().__init__(measure, parent)

    def _set_signatures(self, measure: stream.Measure) -> None:
        before = self.before
        if before is None or before.key.fifths != self.bar.key.fifths:
            silent = self.staff.part.instrument.is_percussion  # drums have no key, and some programs must be told so
            measure.keySignature = _signature(Key("C") if silent else self.bar.key)
        if before is None or before.meter != self.bar.meter:
            measure.timeSignature = _time(self.bar.meter)
        own = self.staff.clefs[self.index]
        if before is None or own != self.staff.clefs[self.index - 1]:
            measure.clef = _CLEFS[own]()

    def parse(self) -> Element:
        """Write the bar: signatures, marks and voices, barline."""
        self.setMxAttributes()
        if self.stream:
            self.setMxAttributesObjectForStartOfMeasure()
        self.mainElementsParse()
        self.setRightBarline()
        root: Element = self.xmlRoot
        return root

    def mainElementsParse(self) -> None:  # noqa: N802 (music21's name)
        """Write the voices one after another; the marks go with the first."""
        marks = self.part.marks[self.index]
        playing = [(number, voice) for number, voice in enumerate(self.staff.voices) if voice.bars[self.index]]
        for place, (number, voice) in enumerate(playing):
            if place:
                self._back()
            self.currentVoiceId = number + 1 if self.part.has_voices else None
            stem = "" if len(playing) == 1 else "down" if number % 2 else "up"
            self._write_voice(voice, stem, [] if place else marks)

    def _write_voice(self, voice: Voice, stem: str, marks: list[Mark]) -> None:
        waiting = iter(marks)
        mark = next(waiting, None)
        for symbol in voice.bars[self.index]:
            while mark is not None and mark.onset < symbol.end:
                self._write_mark(mark, symbol.onset)
                mark = next(waiting, None)
            self._write_symbol(symbol, voice.notes, stem)
        while mark is not None:
            self._write_mark(mark, self.bar.onset + self.bar.length)
            mark = next(waiting, None)

    def _back(self) -> None:
        backup = SubElement(self.xmlRoot, "backup")
        SubElement(backup, "duration").text = str(self.bar.length)

    def _write_symbol(self, symbol: Symbol, written: list[Written], stem: str) -> None:
        lasting = _duration(symbol.kind, symbol.dots, symbol.duration, _tuplets(symbol))
        self.slurs = self.staff.slurs.get(id(symbol), [])
        if not symbol.notes:
            rest = notes.Rest(duration=lasting)
            rest.fullMeasure = symbol.kind == WHOLE_BAR
            self.restToXml(rest)
            return
        shown = symbol.signs or [False] * len(symbol.notes)
        heads = [self._head(written[n], sign, symbol, lasting) for n, sign in zip(symbol.notes, shown, strict=True)]
        own = heads[0] if len(heads) == 1 else _chord(heads, lasting)
        own.beams = _beams(symbol.beams)
        if stem:
            own.stemDirection = stem
        _decorate(own, symbol, [written[number] for number in symbol.notes])
        if len(heads) == 1:
            self._write_head(own, 0, None)
        else:
            heads.sort(key=_height)
            for index, head in enumerate(heads):
                self._write_head(head, index, own)

    def _write_head(self, head: notes.NotRest, index: int, parent: chord.ChordBase | None) -> None:
        if self.part.drums:
            self.unpitchedToXml(head, noteIndexInChord=index, chordParent=parent)
        else:
            self.noteToXml(head, noteIndexInChord=index, chordParent=parent)

    def _head(self, note: Written, shown: bool, symbol: Symbol, lasting: duration.Duration) -> notes.NotRest:
        if self.part.drums:
            head = notes.Unpitched(duration=lasting)
            head.displayStep, head.displayOctave = note.pitch.step, note.pitch.octave
            head.notehead = percussion_staff(note.midi)[2]
            head.storedInstrument = self.part.drums[note.midi]
        else:
            head = notes.Note(_pitch(note.pitch, shown), duration=lasting)
        starts, ends = note.start == symbol.onset, note.end == symbol.end
        if not (starts and ends):
            head.tie = _tie("start" if starts else "stop" if ends else "continue")
        return head

    def _write_mark(self, mark: Mark, here: int) -> None:
        is_below = mark.kind in ("dynamic", "wedge", "wedge end")
        direction = Element("direction", placement="below" if is_below else "above")
        match mark.kind:
            case "rehearsal":
                name = expressions.RehearsalMark(mark.text)
                name.style.enclosure = "square"
                direction.extend(self.rehearsalMarkToXml(name))
                self.xmlRoot.remove(self.xmlRoot[-1])
            case "dynamic":
                sign = dynamics.Dynamic(mark.text)
                sign.style.absoluteX = sign.style.absoluteY = None
                direction.extend(self.dynamicToXml(sign))
                self.xmlRoot.remove(self.xmlRoot[-1])
            case "tempo":
                self._fill_tempo(direction, mark)
            case "wedge":
                _typed(direction, "wedge", type=mark.text, number=str(mark.number))
            case "wedge end":
                _typed(direction, "wedge", type="stop", number=str(mark.number))
            case "ramp":
                words = _typed(direction, "words")
                words.text = mark.text
                words.set("font-style", "italic")
                _typed(direction, "dashes", type="start", number=str(mark.number))
            case "ramp end":
                _typed(direction, "dashes", type="stop", number=str(mark.number))
        if mark.onset != here:
            offset = Element("offset")
            offset.text = str(mark.onset - here)
            direction.insert(len(direction.findall("direction-type")), offset)
        self.xmlRoot.append(direction)

    def _fill_tempo(self, direction: Element, mark: Mark) -> None:
        kind, dots = VALUES[mark.beat]
        number = round(mark.bpm * QUARTER / mark.beat, 1)
        indication = tempo.MetronomeMark(number=int(number) if number == int(number) else number,
                                         referent=duration.Duration(type=kind, dots=dots))  # fmt: skip
        direction.extend(self.tempoIndicationToXml(indication))
        self.xmlRoot.remove(self.xmlRoot[-1])
        if mark.text:
            words = Element("words", {"font-weight": "bold"})
            words.text = f"{mark.text} "
            holder = Element("direction-type")
            holder.append(words)
            direction.insert(0, holder)
        for sound in direction.findall("sound"):
            sound.set("tempo", f"{mark.bpm:.6g}")

    def setNoteInstrument(self, n: notes.NotRest, mxNote: Element, chordParent: object) -> None:  # noqa: N802, N803
        """Name the drum of a note."""
        if self.part.drums:
            SubElement(mxNote, "instrument", id=n.storedInstrument.instrumentId)

    def objectAttachedSpannersToNotations(  # noqa: N802 (music21's name)
        self,
        obj: object,
        noteIndexInChord: int = 0,  # noqa: N803
        objectSpannerBundle: object = None,  # noqa: N803
    ) -> list[Element]:
        """Begin and end slurs."""
        if noteIndexInChord:
            return []
        return [Element("slur", type=end, number=str(number)) for end, number in self.slurs]

    def objectAttachedSpannersToTechnicals(self, obj: object, objectSpannerBundle: object = None) -> list[Element]:  # noqa: N802, N803
        """There are none."""
        return []


def _players(staff: Staff, index: int) -> list[instrument.Instrument]:
    """The instruments of a part: one, or each drum that it uses."""
    played = staff.part.instrument
    if not played.is_percussion:
        one = instrument.Instrument(played.name)
        one.midiProgram, one.midiChannel = played.program, _channel(index)
        one.partId, one.instrumentId = f"P{index + 1}", f"P{index + 1}-I1"
        return [one]
    players = []
    for number in sorted({note.midi for voice in staff.voices for note in voice.notes}) or [played.low]:
        drum = instrument.UnpitchedPercussion()
        drum.instrumentName = _DRUM_NAMES.get(number, f"drum {number}")
        drum.instrumentAbbreviation = None
        drum.percMapPitch, drum.midiChannel = number, _DRUM_CHANNEL
        drum.partId, drum.instrumentId = f"P{index + 1}", f"P{index + 1}-I{number + 1}"
        players.append(drum)
    return players


def _channel(index: int) -> int:
    """MIDI channel of a part, 0..15, past that of the drums."""
    channel = index % 15
    return channel + (channel >= _DRUM_CHANNEL)


def _signature(of: Key) -> key.KeySignature:
    signature = key.KeySignature(max(-7, min(7, of.fifths)))
    if of.mode in ("major", "minor"):
        signature.mode = of.mode
    return signature


def _time(of: Meter) -> meter.TimeSignature:
    return meter.TimeSignature(str(of))


def _typed(direction: Element, tag: str, **attributes: str) -> Element:
    return SubElement(SubElement(direction, "direction-type"), tag, attributes)


def _decorate(own: notes.NotRest, symbol: Symbol, written: list[Written]) -> None:
    """Articulations on the first symbol of a note; a fermata on its last."""
    for note in written:
        for name in note.articulations:
            if name == "fermata":
                if note.end == symbol.end and not any(isinstance(e, expressions.Fermata) for e in own.expressions):
                    own.expressions.append(_fermata())
            elif note.start == symbol.onset and name == "trill":
                if not any(isinstance(e, expressions.Trill) for e in own.expressions):
                    own.expressions.append(_trill())
            elif note.start == symbol.onset and name in _ARTICULATIONS and _articulation(name) not in own.articulations:
                own.articulations.append(_articulation(name))


def _chord(heads: list[notes.NotRest], lasting: duration.Duration) -> chord.ChordBase:
    if isinstance(heads[0], notes.Unpitched):
        return drums.PercussionChord(heads, duration=lasting)
    return chord.Chord(heads, duration=lasting)


def _height(head: notes.NotRest) -> tuple[int, int]:
    pitch = head.displayPitch() if isinstance(head, notes.Unpitched) else head.pitch
    return pitch.diatonicNoteNum, pitch.midi


def _tuplets(symbol: Symbol) -> tuple[tuple[int, int, str, int, bool, str], ...]:
    return tuple((b.actual, b.normal, b.kind, b.dots, b.is_plain, end) for b, end in symbol.brackets)


# What many notes share is made once: the exporter only reads it. Shared durations know the last of their notes as their
# client, which matters only where a duration is changed.
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
def _pitch(of: Pitch, shown: bool) -> pitches.Pitch:
    pitch = pitches.Pitch(step=of.step, octave=of.octave)
    if of.alter or shown:
        pitch.accidental = pitches.Accidental(of.alter)
        pitch.accidental.displayStatus = shown
    return pitch


@cache
def _beams(strokes: tuple[str, ...]) -> beams.Beams:
    all_of_them = beams.Beams()
    for stroke in strokes:
        if stroke in ("left", "right"):
            all_of_them.append("partial", stroke)
        else:
            all_of_them.append(stroke)
    return all_of_them


@cache
def _tie(kind: str) -> tie.Tie:
    return tie.Tie(kind)


@cache
def _articulation(name: str) -> articulations.Articulation:
    return _ARTICULATIONS[name]()


@cache
def _fermata() -> expressions.Fermata:
    fermata = expressions.Fermata()
    fermata.type = "upright"
    return fermata


@cache
def _trill() -> expressions.Trill:
    return expressions.Trill()
