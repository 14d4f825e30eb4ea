"""Tunes from outside: MIDI by mido; MusicXML, ABC and the corpus by music21, which is loaded only for them.

Music is read as written: repeats are not unrolled, ties are one note, grace notes and unpitched notes are left out.
A file with several tunes (ABC) is read one after another. Times that a MIDI division cannot give exactly are rounded
to the nearest tick.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from fractions import Fraction
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stochos.check.library import Unavailable
from stochos.diagnostics import nearest
from stochos.music.time import QUARTER, Meter
from stochos.music.tune import Tune, TuneBar, TuneNote, TunePart

if TYPE_CHECKING:
    import mido

MIDI_ENDINGS = (".mid", ".midi")
SCORE_ENDINGS = (".musicxml", ".xml", ".mxl", ".abc")
MOST_BYTES = 16 * 2**20
"""Largest file that is read; also of what a compressed MusicXML file holds."""
MOST_NOTES = 200_000

_COMMON_TIME = Meter(4, 4)


def read_midi(data: bytes, name: str) -> Tune:
    """Read a Standard MIDI File of type 0 or 1; a part for each track with notes (type 0: each channel).

    Raises Unavailable where it is damaged, too long, or counts time in film frames.
    """
    import mido

    try:
        midi = mido.MidiFile(file=BytesIO(data), clip=True)
    except Exception as error:  # whatever mido raises on bytes that are not its own
        raise _damaged(name, error) from error
    if midi.type == 2:
        raise Unavailable(
            "STO602", f"`{name}` cannot be read: it holds independent patterns (MIDI type 2), not a piece"
        )
    if midi.ticks_per_beat <= 0:
        raise Unavailable("STO602", f"`{name}` cannot be read: it counts time in film frames, not in beats")
    ticks = _Ticks(midi.ticks_per_beat)
    parts: list[TunePart] = []
    meters: list[tuple[int, Meter]] = []
    end = 0
    for number, track in enumerate(midi.tracks, 1):
        title, channels, track_meters, length = _read_track(track, ticks)
        meters += track_meters
        end = max(end, length)
        if midi.type == 0:
            parts += [TunePart(f"channel {channel + 1}", _sorted(notes)) for channel, notes in sorted(channels.items())]
        elif channels:
            together = _sorted(note for notes in channels.values() for note in notes)
            parts.append(TunePart(title or f"track {number}", together))
    return _tune(name, parts, _bars_of(meters, end))


class _Ticks:
    """From a MIDI file's own ticks to ours; halves round up."""

    def __init__(self, division: int) -> None:
        self.division = division

    def __call__(self, time: int) -> int:
        return (2 * time * QUARTER + self.division) // (2 * self.division)


_Channels = dict[int, list[TuneNote]]


def _read_track(track: mido.MidiTrack, ticks: _Ticks) -> tuple[str, _Channels, list[tuple[int, Meter]], int]:
    """Name, notes by channel, meters and length of one track."""
    title, clock = "", 0
    channels: _Channels = {}
    meters: list[tuple[int, Meter]] = []
    sounding: dict[tuple[int, int], list[int]] = {}  # onsets, in the file's ticks

    def release(channel: int, pitch: int) -> None:
        onsets = sounding.get((channel, pitch))
        if onsets:
            onset = ticks(onsets.pop(0))
            channels.setdefault(channel, []).append(TuneNote(onset, max(1, ticks(clock) - onset), pitch))

    for message in track:
        clock += message.time
        if message.type == "note_on" and message.velocity > 0:
            sounding.setdefault((message.channel, message.note), []).append(clock)
        elif message.type in ("note_on", "note_off"):
            release(message.channel, message.note)
        elif message.type == "track_name":
            title = title or " ".join(message.name.split())
        elif message.type == "time_signature" and _is_meter(message.numerator, message.denominator):
            meters.append((ticks(clock), Meter(message.numerator, message.denominator)))
    for (channel, pitch), onsets in sounding.items():  # never let go: until the track ends
        for _ in list(onsets):
            release(channel, pitch)
    return title, channels, meters, ticks(clock)


def _is_meter(numerator: int, denominator: int) -> bool:
    return numerator > 0 and denominator in (1, 2, 4, 8, 16, 32, 64)


def _sorted(notes: Iterable[TuneNote]) -> tuple[TuneNote, ...]:
    return tuple(sorted(notes, key=lambda note: (note.onset, note.pitch, note.duration)))


def _bars_of(changes: list[tuple[int, Meter]], end: int) -> list[TuneBar]:
    """Bars up to `end`; a change of meter within a bar cuts it short."""
    meters = dict(sorted(changes, key=lambda change: change[0]))  # of several at once, the last counts
    meters.setdefault(0, _COMMON_TIME)
    onsets = [onset for onset in sorted(meters) if onset < end or onset == 0]
    bars: list[TuneBar] = []
    for onset, until in zip(onsets, [*onsets[1:], None], strict=True):
        meter, clock = meters[onset], onset
        while clock < (end if until is None else until):
            length = meter.bar if until is None else min(meter.bar, until - clock)
            bars.append(TuneBar(clock, length, meter, len(bars) + 1))
            clock += length
            if len(bars) > MOST_NOTES:
                raise Unavailable("STO609", f"the tune has more than {MOST_NOTES:,} bars, which is the limit")
    return bars


# --- by music21 -------------------------------------------------------------------------------


def read_musicxml_or_abc(path: Path) -> Tune:
    """Read a MusicXML (.musicxml, .xml, .mxl) or ABC file. Raises Unavailable where it is damaged or too large."""
    return _read_score(path)[0]


def read_with_fermatas(path: Path) -> tuple[Tune, list[int]]:
    """Read a score as `read_musicxml_or_abc`, or **kern; also the ticks at which notes with a fermata start."""
    tune, piece = _read_score(path)
    marked = (note for note in piece.flatten().notes if any("Fermata" in mark.classes for mark in note.expressions))
    return tune, sorted({_ticks(note.offset) for note in marked})


def _read_score(path: Path) -> tuple[Tune, Any]:
    """A tune, and music21's stream of it."""
    try:
        if path.suffix.lower() == ".mxl":
            with zipfile.ZipFile(path) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                    raise _too_large(path.name)
        with _quietly():
            piece = _parse(path)
            return _from_music21(piece, path.name), piece
    except Unavailable:
        raise
    except Exception as error:  # whatever music21 raises on text that is not its own
        raise _damaged(path.name, error) from error


def read_corpus(name: str) -> Tune:
    """Read a piece that comes with music21: `bach/bwv66.6`, or just `bwv66.6`.

    `essenFolksong/altdeu10` is all tunes of that collection, one after another; `essenFolksong/altdeu10#3` its third.
    Raises Unavailable where there is none of that name.
    """
    work, _, number = name.partition("#")
    path = _find_in_corpus(work)
    if number and not number.isdecimal():
        raise Unavailable("STO610", f"`{number}` is not the number of a tune", f'write `"{work}#1"`')
    try:
        with _quietly():
            return _from_music21(_parse(path, int(number) if number else None), name)
    except Unavailable:
        raise
    except Exception as error:
        if number:
            raise Unavailable(
                "STO610", f"`{work}` has no tune {number}", f'write `"{work}"` for all of them'
            ) from error
        raise _damaged(name, error) from error


def _find_in_corpus(work: str) -> Path:
    """The file of a piece. By its folder and name, with or without ending; or by its name alone."""
    from music21 import common

    corpus = common.getCorpusFilePath()
    pieces: dict[str, Path] = {}
    for path in sorted(corpus.rglob("*")):
        if path.suffix in _CORPUS_ENDINGS:
            inside = path.relative_to(corpus)
            for known in (inside.as_posix(), inside.with_suffix("").as_posix(), path.name, path.stem):
                pieces.setdefault(known, path)
    if work in pieces:
        return pieces[work]
    guess = nearest(work, pieces)
    raise Unavailable(
        "STO610", f"no piece of the corpus is called `{work}`", f"did you mean `{guess}`?" if guess else None
    )


_CORPUS_ENDINGS = (*SCORE_ENDINGS, ".krn", ".musedata", ".rntxt", ".md", ".mus")


@contextmanager
def _quietly() -> Iterator[None]:
    """What music21 has to say of a file is not for the composer."""
    with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        warnings.simplefilter("ignore")
        yield


def _parse(path: Path, number: int | None = None) -> Any:
    """A music21 Score, Part or Opus; no pickles are read or left behind."""
    if path.suffix.lower() == ".abc":
        return _parse_abc(path, number)
    from music21 import converter

    reader = converter.Converter()
    reader.parseFileNoPickle(path, number=number)
    return reader.stream


def _parse_abc(path: Path, number: int | None) -> Any:
    """A music21 Score or Opus; accidentals hold to the barline, as ABC 2.1 has it and music21 by default does not."""
    from music21 import abcFormat

    data = path.read_bytes()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    handler = abcFormat.ABCFile(abcVersion=(2, 1, 0)).readstr(text, number)
    if handler.definesReferenceNumbers():
        return abcFormat.translate.abcToStreamOpus(handler, number=number)
    return abcFormat.translate.abcToStreamScore(handler)


def _from_music21(piece: Any, name: str) -> Tune:
    """A tune from music21's streams, several scores one after another."""
    notes: dict[int, list[TuneNote]] = {}
    names: dict[int, str] = {}
    bars: list[TuneBar] = []
    for score in piece.scores if "Opus" in piece.classes else [piece]:
        start = bars[-1].onset + bars[-1].length if bars else 0
        parts = list(score.parts) or [score]
        bars += _bars_of_measures(parts[0], start, bars[-1].number if bars else None)
        for place, part in enumerate(parts):
            names.setdefault(place, " ".join(str(part.partName or f"part {place + 1}").split()))
            notes.setdefault(place, []).extend(_notes(part, start))
            if sum(map(len, notes.values())) > MOST_NOTES:
                raise Unavailable("STO609", f"`{name}` has more than {MOST_NOTES:,} notes, which is the limit")
    return _tune(name, [TunePart(names[place], _sorted(found)) for place, found in notes.items() if found], bars)


def _notes(part: Any, start: int) -> Iterator[TuneNote]:
    """Sounding notes; tied ones are one."""
    if part.atSoundingPitch is not True and part.recurse().getElementsByClass("Instrument").first() is not None:
        part = part.toSoundingPitch()
    held: dict[int, TuneNote] = {}
    for element in part.flatten().notes:
        length = _ticks(element.quarterLength)
        if length <= 0 or "ChordSymbol" in element.classes:
            continue
        onset = start + _ticks(element.offset)
        for note in element.notes if element.isChord else [element]:
            if not hasattr(note, "pitch") or not 0 <= note.pitch.midi <= 127:
                continue
            tie, pitch = note.tie.type if note.tie else "", note.pitch.midi
            before = held.pop(pitch, None)
            if before and tie in ("stop", "continue") and before.onset + before.duration == onset:
                sounding = TuneNote(before.onset, before.duration + length, pitch)
            else:
                if before:
                    yield before
                sounding = TuneNote(onset, length, pitch)
            if tie in ("start", "continue"):
                held[pitch] = sounding
            else:
                yield sounding
    yield from held.values()


def _bars_of_measures(part: Any, start: int, last: int | None) -> Iterator[TuneBar]:
    """Bars as the first part has them, from `start` on, numbered on from `last`; 0 is a pickup."""
    measures = list(part.getElementsByClass("Measure"))
    if not measures:
        meters = [
            (_ticks(signature.offset), Meter(signature.numerator, signature.denominator))
            for signature in part.getElementsByClass("TimeSignature")
            if _is_meter(signature.numerator, signature.denominator)
        ]
        for bar in _bars_of(meters, _ticks(part.highestTime)):
            yield TuneBar(start + bar.onset, bar.length, bar.meter, bar.number + (last or 0))
        return
    meter = _COMMON_TIME
    onsets = [start + _ticks(measure.offset) for measure in measures]
    ends = [*onsets[1:], onsets[-1] + max(_ticks(measures[-1].highestTime), 0)]
    for place, (measure, onset, end) in enumerate(zip(measures, onsets, ends, strict=True)):
        signature = measure.timeSignature
        if signature is not None and _is_meter(signature.numerator, signature.denominator):
            meter = Meter(signature.numerator, signature.denominator)
        if end <= onset:
            continue
        is_pickup = place == 0 and len(measures) > 1 and end - onset < meter.bar
        last = 0 if is_pickup and not last else (last or 0) + 1
        yield TuneBar(onset, end - onset, meter, last)


def _ticks(quarters: float | Fraction) -> int:
    """Ticks of music21's offsets: fractions, or floats that stand for binary ones."""
    return round(Fraction(quarters) * QUARTER)


# --- for both ---------------------------------------------------------------------------------


def _tune(name: str, parts: list[TunePart], bars: list[TuneBar]) -> Tune:
    count = sum(len(part.notes) for part in parts)
    if count == 0:
        raise Unavailable("STO602", f"`{name}` cannot be read: it has no notes")
    if count > MOST_NOTES:
        raise Unavailable("STO609", f"`{name}` has more than {MOST_NOTES:,} notes, which is the limit")
    return Tune(name, tuple(parts), tuple(bars))


def _too_large(name: str) -> Unavailable:
    return Unavailable("STO609", f"`{name}` is larger than {MOST_BYTES // 2**20} MB, which is the limit")


def _damaged(name: str, error: Exception) -> Unavailable:
    reason = " ".join(str(error).split())[:120]
    return Unavailable(
        "STO602", f"`{name}` cannot be read: it is damaged or cut short" + (f" ({reason})" if reason else "")
    )
