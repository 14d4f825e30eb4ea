"""The pieces of a dataset as a network learns them: in its key and range, in its events."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from stochos.neural import dataset, harmony
from stochos.neural.chorale import distances, to_c, transposed, under, woven
from stochos.neural.encoding import Encoding
from stochos.neural.melodies import FOLK, Tune
from stochos.neural.note import note, stream_of
from stochos.neural.vocabulary import STEPS_PER_QUARTER, tones_from_events


@dataclass(frozen=True, slots=True)
class Source:
    """How an encoding of its own comes to its pieces.

    read  the pieces of a dataset, in its events
    built what `stochos dataset build` is told, for what the network that comes with stochos learned from
    """

    read: Callable[[Path], list[Tune]]
    built: tuple[str, ...]


def pieces_of(folder: Path, encoding: Encoding) -> list[Tune]:
    """Those that an encoding has room for; `DatasetError` where there is no dataset of the kind that it needs."""
    own = SOURCES.get(encoding.name)
    return dataset.in_encoding(dataset.load(folder), encoding) if own is None else own.read(folder)


def of_corpus(encoding: Encoding, folder: Path) -> tuple[list[Tune], dict[str, int]]:
    """What the networks that come with stochos learned from, and what was found, kept and dropped.

    folder  where it is kept: it is made of music21's corpus where it is not there yet
    """
    own = SOURCES.get(encoding.name)
    if own is None:
        from stochos.neural.corpus import load_tunes

        return load_tunes(encoding, FOLK, folder / "tunes.json")
    data = folder / "data"
    command = [sys.executable, "-m", "stochos", "dataset", "build", *own.built, "-o", str(data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return own.read(data), dataset.report(data)


def _chorales(folder: Path) -> list[Tune]:
    """In C major or A minor."""
    found = []
    for piece in dataset.load_chorales(folder):
        moved = to_c(piece.tonic, piece.is_minor, piece.voices)
        if moved is not None:
            far = distances(under(piece.fermatas, piece.voices[0]), len(piece.voices[0]))
            events = tuple(woven(transposed(piece.voices, moved), far))
            found.append(Tune(piece.identity, events, piece.group, piece.held_out))
    return found


def _notes(folder: Path) -> list[Tune]:
    """Melodies in C, each beginning with its first note."""
    tunes = dataset.in_encoding(dataset.load(folder), note())
    return [replace(tune, events=tuple(stream_of(tones_from_events(tune.events)))) for tune in tunes]


def _harmonies(folder: Path) -> list[Tune]:
    """Melodies over chords, in C major or A minor, in the octave that lies nearest to the middle of the range."""
    found = []
    for piece in dataset.load_harmonies(folder):
        quarters = [None if chord is None else harmony.Sounding(chord.root, chord.classes) for chord in piece.chords]
        pitches = [event for event in piece.events if event >= 0]
        to_c = harmony.to_c(quarters)
        if to_c is None or not pitches:
            continue
        moved = to_c + 12 * round((harmony.LOWEST + harmony.HIGHEST - min(pitches) - max(pitches) - 2 * to_c) / 24)
        if min(pitches) + moved >= harmony.LOWEST and max(pitches) + moved <= harmony.HIGHEST:
            (melody,) = transposed([piece.events], moved)
            sounding = [quarters[step // STEPS_PER_QUARTER] for step in range(len(melody))]
            events = [e if e < harmony.CHORD else harmony.moved(e, moved) for e in harmony.woven(melody, sounding)]
            found.append(Tune(piece.identity, tuple(events), piece.group, piece.held_out))
    return found


SOURCES: Mapping[str, Source] = {
    "chorale": Source(_chorales, ("--corpus", "chorales", "--kind", "chorale")),
    "note": Source(_notes, ("--corpus", "essen,ryan,oneill,aird")),
    "harmony": Source(_harmonies, ("--corpus", "chorales", "--kind", "harmony")),
}
"""Of encodings that are not one event a sixteenth."""
