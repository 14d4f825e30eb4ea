"""The pieces of a dataset as a network learns them: in its key and range, in its events."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from stochos.neural import dataset
from stochos.neural.chorale import distances, to_c, transposed, under, woven
from stochos.neural.encoding import Encoding
from stochos.neural.melodies import FOLK, Tune
from stochos.neural.note import note, stream_of
from stochos.neural.vocabulary import tones_from_events


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


SOURCES: Mapping[str, Source] = {
    "chorale": Source(_chorales, ("--corpus", "chorales", "--kind", "chorale")),
    "note": Source(_notes, ("--corpus", "essen,ryan,oneill,aird")),
}
"""Of encodings that are not one event a sixteenth."""
