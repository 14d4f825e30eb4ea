"""The pieces of a dataset as a network learns them: in its key and range, in its events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from stochos.neural import dataset
from stochos.neural.chorale import distances, to_c, transposed, under, woven
from stochos.neural.encoding import Encoding
from stochos.neural.melodies import Tune
from stochos.neural.note import note, stream_of
from stochos.neural.vocabulary import tones_from_events


def pieces_of(folder: Path, encoding: Encoding) -> list[Tune]:
    """Those that an encoding has room for; `DatasetError` where there is no dataset of the kind that it needs."""
    read = _READERS.get(encoding.name)
    return dataset.in_encoding(dataset.load(folder), encoding) if read is None else read(folder)


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


_READERS: Mapping[str, Callable[[Path], list[Tune]]] = {"chorale": _chorales, "note": _notes}
