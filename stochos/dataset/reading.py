"""Files of music, whatever their kind, as pieces of a dataset."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stochos.check.library import Unavailable
from stochos.dataset.chords import chords_of, weights_of
from stochos.dataset.extraction import melodies, quantised
from stochos.dataset.music import Music, Notes, of_tune
from stochos.dataset.rules import FOUND, POLYPHONIC, SHORT, Report, Rules
from stochos.dataset.smf import DamagedError, read_midi
from stochos.music.tonality import key_of
from stochos.neural.dataset import VOICES
from stochos.neural.vocabulary import Tone, events_from_tones

MIDI, ABC = (".mid", ".midi"), (".abc",)
SCORES = (".musicxml", ".xml", ".mxl", ".krn")
ENDINGS = (*MIDI, *ABC, *SCORES)
_METER = re.compile(r"^M:\s*(?:(\d+)/(\d+)|(C\|?))", re.MULTILINE)
NOT_FOUR = "dropped: not for four voices"

Fields = dict[str, Any]
"""What a piece is, without its names: the fields of its kind as `neural.dataset` writes them."""


@dataclass(frozen=True, slots=True)
class Found:
    """A piece in a file: where in it, "" where the file is one piece; and what it is."""

    place: str
    fields: Fields


def read(path: Path, data: bytes, kind: str, rules: Rules, report: Report) -> list[Found]:
    """The pieces in a file; what happened is added to `report`. DamagedError where it cannot be read."""
    found: list[Found] = []
    for place, music, fermatas in _musics(path, data, rules, report):
        match kind:
            case "melody":
                made = [{"events": events} for events in melodies(music, rules, report)]
            case "chorale":
                made = list(_chorale(music, fermatas, rules, report))
            case _:
                made = list(_harmony(music, rules, report))
        for number, fields in enumerate(made, 1):
            found.append(Found(place if len(made) == 1 else f"{place}#{number}", fields))
    return found


def _musics(path: Path, data: bytes, rules: Rules, report: Report) -> Iterator[tuple[str, Music, list[int]]]:
    """The pieces of a file: place in it, notes, and ticks of fermatas."""
    ending = path.suffix.lower()
    if ending in MIDI:
        yield "", read_midi(data), []
    elif ending in ABC:
        yield from _abc(data, rules, report)
    else:
        yield from _score(path)


def _abc(data: bytes, rules: Rules, report: Report) -> Iterator[tuple[str, Music, list[int]]]:
    from stochos.neural import corpus
    from stochos.neural.melodies import DroppedError

    text = data.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    blocks = re.split(r"(?m)^(?=X:)", text)[1:]
    for block in blocks:
        number = block[2:].split("\n", 1)[0].strip()
        try:
            tones = corpus.tones_from_tokens(corpus.tokens_of(block))
        except DroppedError as reason:
            report[FOUND] += 1
            report[f"dropped: {reason}"] += 1
            continue
        notes = [(tone.onset, tone.onset + tone.duration, tone.pitch) for tone in tones]
        yield f"/{number}", Music(4, (notes,), {0: _meter(block)}), []
    if not blocks:
        raise DamagedError("no tune begins in it (X:)")


def _meter(block: str) -> tuple[int, int]:
    found = _METER.search(block)
    if not found:
        return 4, 4
    if found[3]:
        return (2, 2) if found[3] == "C|" else (4, 4)
    return (int(found[1]), int(found[2])) if int(found[1]) and int(found[2]) else (4, 4)


def _score(path: Path) -> Iterator[tuple[str, Music, list[int]]]:
    from stochos import tunes

    try:
        tune, fermatas = tunes.read_with_fermatas(path)
    except Unavailable as refusal:
        raise DamagedError(refusal.message.split(": ", 1)[-1]) from refusal
    yield "", of_tune(tune), fermatas


# --- pieces of several voices -----------------------------------------------------------------


def _chorale(music: Music, fermatas: Sequence[int], rules: Rules, report: Report) -> Iterator[Fields]:
    """Four voices in steps from the first note of any; none where there are more or fewer, or one has two notes."""
    report[FOUND] += 1
    if len(music.parts) != VOICES:
        report[NOT_FOUR] += 1
        return
    steps = rules.steps_per_quarter
    voices = [quantised(part, 0, float("inf"), music.division, steps) for part in music.parts]
    if any(len({onset for onset, _, _ in voice}) < len(voice) for voice in voices):
        report[POLYPHONIC] += 1
        return
    end = max(voice[-1][1] for voice in voices)
    if end < 4 * steps * rules.least_bars:
        report[SHORT] += 1
        return
    tonic, is_minor = key_of(weights_of([note for voice in voices for note in voice]))
    yield {
        "tonic": tonic,
        "is_minor": is_minor,
        "fermatas": sorted({(2 * tick * steps + music.division) // (2 * music.division) for tick in fermatas}),
        "voices": [_line(voice, end) for voice in voices],
    }


def _harmony(music: Music, rules: Rules, report: Report) -> Iterator[Fields]:
    """The top notes of the first part with notes, and the chords of all."""
    report[FOUND] += 1
    parts = [quantised(part, 0, float("inf"), music.division, rules.steps_per_quarter) for part in music.parts if part]
    if not parts or (len(parts) == 1 and len({onset for onset, _, _ in parts[0]}) == len(parts[0])):
        report["dropped: no more than a melody"] += 1
        return
    melody = _top(parts[0])
    end = melody[-1][1]
    if end < 4 * rules.steps_per_quarter * rules.least_bars:
        report[SHORT] += 1
        return
    every = [note for part in parts for note in part]
    chords = chords_of(every, end, rules.steps_per_quarter)
    yield {"events": _line(melody, end), "chords": [chord and (chord.root, chord.kind) for chord in chords]}


def _top(notes: Notes) -> Notes:
    """The highest of the notes that start together."""
    return [note for place, note in enumerate(notes) if place == 0 or note[0] != notes[place - 1][0]]


def _line(notes: Notes, end: int) -> list[int]:
    return events_from_tones([Tone(onset, release - onset, pitch) for onset, release, pitch in notes], end)
