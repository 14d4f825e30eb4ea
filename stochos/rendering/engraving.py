"""Put a laid-out score into MusicXML, with music21's objects and exporter.

music21's exporter looks everything up through its streams (clefs, spanners, voices, instruments), which takes most of
its time. Here each bar hands its own symbols over in order, so only the translation of each object is music21's.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from music21 import bar, chord, duration, dynamics, expressions, metadata, stream, tempo
from music21 import note as notes
from music21.musicxml.helpers import insertBeforeElements
from music21.musicxml.m21ToXml import MeasureExporter, PartExporter, ScoreExporter
from music21.stream.enums import ShowNumber

from stochos.music.instrument import percussion_staff
from stochos.music.pitch import Key
from stochos.music.time import QUARTER
from stochos.realization import Realization
from stochos.rendering.chords import chord_symbol
from stochos.rendering.marks import Mark, by_bar, part_marks, score_marks
from stochos.rendering.objects import (
    CLEFS,
    beams_of,
    chord_of,
    decorate,
    duration_of,
    goal_of,
    height,
    key_signature,
    pitch_of,
    players,
    tie_of,
    time_signature,
)
from stochos.rendering.rhythm import VALUES
from stochos.rendering.slides import Goal
from stochos.rendering.staff import Layout, Staff, Voice, Written, lay_out
from stochos.rendering.symbols import WHOLE_BAR, Symbol

_NONE: list[tuple[str, int]] = []  # ends of lines
_VOICES = 4  # numbers kept for the voices of the upper of two staves
_UNPRINTABLE = dict.fromkeys(set(range(32)) - {9, 10, 13})  # XML cannot hold them


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
        return header + score.translate(_UNPRINTABLE).encode(errors="replace") + b"\n"

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

    def __init__(self, parent: ScoreWriter, index: int, layout: Layout, marks: list[Mark]) -> None:
        played = layout.part.instrument
        part = stream.Part()
        part.partName, part.partAbbreviation = played.name, played.abbreviation
        super().__init__(part, parent)
        self.layout, self.bars = layout, parent.realization.bars
        self.marks = by_bar(marks, self.bars)
        self.players = players(layout, index)
        self.drums = {player.percMapPitch: player for player in self.players} if played.is_percussion else {}
        self.firstInstrumentObject = self.players[0]
        self.instrumentStream: list[object] = []  # the base class would write one of each kind
        self.has_voices = len(layout.voices) > 1
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
        self.part, self.index, self.layout = parent, index, parent.layout
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
            silent = self.layout.part.instrument.is_percussion  # drums have no key, and some programs must be told so
            measure.keySignature = key_signature(Key("C") if silent else self.bar.key)
        if before is None or before.meter != self.bar.meter:
            measure.timeSignature = time_signature(self.bar.meter)

    def parse(self) -> Element:
        """Write the bar: signatures, marks and voices, barline."""
        self.setMxAttributes()
        self._write_attributes()
        self.mainElementsParse()
        self.setRightBarline()
        root: Element = self.xmlRoot
        return root

    def _write_attributes(self) -> None:
        """Write key and meter, then how many staves there are, and their clefs."""
        changed = [
            (number, staff)
            for number, staff in enumerate(self.layout.staves, 1)
            if not self.index or staff.clefs[self.index] != staff.clefs[self.index - 1]
        ]
        attributes = self.setMxAttributesObjectForStartOfMeasure() if self.stream else Element("attributes")
        has_two = len(self.layout.staves) == 2
        if has_two and not self.index:
            SubElement(attributes, "staves").text = "2"
        for number, staff in changed:
            clef = self.clefToXml(CLEFS[staff.clefs[self.index]]())
            if has_two:
                clef.set("number", str(number))
            attributes.append(clef)
        if len(attributes) and not self.xmlRoot.findall("attributes"):
            self.xmlRoot.append(attributes)

    def mainElementsParse(self) -> None:  # noqa: N802 (music21's name)
        """Write the voices one after another, staff by staff; the marks go with the first."""
        marks, place = self.part.marks[self.index], 0
        for number, staff in enumerate(self.layout.staves):
            self.staff = str(number + 1) if len(self.layout.staves) > 1 else ""
            for own in self._playing(staff):
                if place:
                    self._back()
                self.currentVoiceId = _VOICES * number + own[0] + 1 if self.part.has_voices else None
                self._write_voice(own[1], own[2], [] if place else marks)
                place += 1

    def _playing(self, staff: Staff) -> list[tuple[int, Voice, str]]:
        """The number of each voice of a staff that has something in this bar, and where its stems go."""
        playing = [(number, voice) for number, voice in enumerate(staff.voices) if voice.bars[self.index]]
        alone = len(playing) == 1
        return [(number, voice, "" if alone else "down" if number % 2 else "up") for number, voice in playing]

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
        lasting = duration_of(symbol)
        self.slurs, self.lines = self.layout.slurs.get(id(symbol), []), _NONE
        if not symbol.notes:
            rest = notes.Rest(duration=lasting)
            rest.fullMeasure = symbol.kind == WHOLE_BAR
            self.restToXml(rest)
            self._set_staff()
            return
        shown = symbol.signs or [False] * len(symbol.notes)
        heads = [self._head(written[n], sign, symbol, lasting) for n, sign in zip(symbol.notes, shown, strict=True)]
        ends = [self.layout.slides.ends.get((id(symbol), number), []) for number in symbol.notes]
        own = heads[0] if len(heads) == 1 else chord_of(heads, lasting)
        own.beams = beams_of(symbol.beams)
        if stem:
            own.stemDirection = stem
        decorate(own, symbol, [written[number] for number in symbol.notes])
        self._write_heads(heads, ends, own)
        if id(symbol) in self.layout.slides.goals:
            self._write_goals(self.layout.slides.goals[id(symbol)])

    def _write_goals(self, goals: list[Goal]) -> None:
        """Write where glissandi end: a small note, or a chord, that takes no time."""
        self.slurs = []
        heads = [goal_of(goal.pitch, goal.shows) for goal in goals]
        own = heads[0] if len(heads) == 1 else chord.Chord(heads, duration=heads[0].duration)
        own.stemDirection = "noStem"
        self._write_heads(heads, [[("stop", goal.number)] for goal in goals], own)

    def _write_heads(self, heads: list[notes.NotRest], ends: list[list[tuple[str, int]]], own: notes.NotRest) -> None:
        """Write a note or chord from below, each head with the ends of its lines."""
        if len(heads) == 1:
            self._write_head(own, 0, None, ends[0])
            return
        pairs = sorted(zip(heads, ends, strict=True), key=lambda pair: height(pair[0]))
        for index, (head, lines) in enumerate(pairs):
            self._write_head(head, index, own, lines)

    def _write_head(
        self, head: notes.NotRest, index: int, parent: chord.ChordBase | None, lines: list[tuple[str, int]]
    ) -> None:
        self.lines = lines
        if self.part.drums:
            self.unpitchedToXml(head, noteIndexInChord=index, chordParent=parent)
        else:
            self.noteToXml(head, noteIndexInChord=index, chordParent=parent)
        self._set_staff()

    def _set_staff(self) -> None:
        """Say on which staff the last note or rest stands, where there are two."""
        if self.staff:
            element = Element("staff")
            element.text = self.staff
            insertBeforeElements(self.xmlRoot[-1], element, tagList=["beam", "notations"])

    def _head(self, note: Written, shown: bool, symbol: Symbol, lasting: duration.Duration) -> notes.NotRest:
        if self.part.drums:
            head = notes.Unpitched(duration=lasting)
            head.displayStep, head.displayOctave = note.pitch.step, note.pitch.octave
            head.notehead = percussion_staff(note.midi)[2]
            head.storedInstrument = self.part.drums[note.midi]
        else:
            head = notes.Note(pitch_of(note.pitch, shown), duration=lasting)
        starts, ends = note.start == symbol.onset, note.end == symbol.end
        if not (starts and ends):
            head.tie = tie_of("start" if starts else "stop" if ends else "continue")
        return head

    def _write_harmony(self, mark: Mark, here: int) -> None:
        """Write a chord symbol. What "sus4" has in place of a third is not said twice."""
        symbol = chord_symbol(mark.chord)
        write = self.chordSymbolToXml if mark.chord else self.noChordToXml
        written: Element = write(symbol)
        if mark.chord and "sus" in mark.chord.kind:
            for tone in written.findall("degree"):
                tone.set("print-object", "no")
        if mark.onset != here:
            SubElement(written, "offset").text = str(mark.onset - here)

    def _write_mark(self, mark: Mark, here: int) -> None:
        if mark.kind == "harmony":
            self._write_harmony(mark, here)
            return
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
        """Begin and end slurs, which hang on the first head of a chord, and the lines of glissandi."""
        slurs = [] if noteIndexInChord else self.slurs
        found = [Element("slur", type=end, number=str(number)) for end, number in slurs]
        lines = [Element("slide", {"line-type": "solid"}, type=end, number=str(number)) for end, number in self.lines]
        return [*found, *lines]

    def objectAttachedSpannersToTechnicals(self, obj: object, objectSpannerBundle: object = None) -> list[Element]:  # noqa: N802, N803
        """There are none."""
        return []


def _typed(direction: Element, tag: str, **attributes: str) -> Element:
    return SubElement(SubElement(direction, "direction-type"), tag, attributes)
