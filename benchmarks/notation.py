"""MusicXML of many notes: stochos against music21's own `Score.write`, in one run.

python benchmarks/notation.py [--full]     4,000 notes, or 16,000
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import music21.musicxml.m21ToXml
import numpy as np

from stochos.music.instrument import INSTRUMENTS
from stochos.music.pitch import Key
from stochos.music.time import QUARTER, Meter
from stochos.realization import Bar, Note, Origin, Part, Realization, Tempo
from stochos.rendering.notation import write_musicxml

PARTS = 4
LENGTHS = np.array([1, 2, 2, 3, 4, 6]) * QUARTER // 4


def drawn(count: int) -> Realization:
    """A piece of so many notes in four parts, in sixteenths to dotted quarters with some rests."""
    rng, meter = np.random.default_rng(1), Meter(4, 4)
    parts = []
    for name in ("Flute", "Clarinet", "Viola", "Violoncello"):
        player = INSTRUMENTS[name]
        lengths = rng.choice(LENGTHS, count // PARTS).tolist()
        rests = rng.choice([0, 0, 0, QUARTER // 2], count // PARTS).tolist()
        pitches = rng.integers(player.low, player.high - 5, count // PARTS).tolist()
        onset, notes = 0, []
        for length, rest, pitch in zip(lengths, rests, pitches, strict=True):
            notes.append(Note(onset, length, onset, length, pitch, None, None, 0, (), Origin("a", "poisson")))
            onset += length + rest
        parts.append(Part(name, player, None, tuple(notes)))
    end = max(part.notes[-1].onset + part.notes[-1].duration for part in parts)
    bars = tuple(
        Bar(i * meter.bar, meter.bar, i + 1, meter, Key("D", "minor"), "", "a") for i in range(-(-end // meter.bar))
    )
    return Realization("Many", "", "", 1, tuple(parts), bars, (Tempo(0, 96, 0, 96, "", "", QUARTER),))


def for_music21(realization: Realization) -> music21.stream.Score:
    """The same notes as a music21 score, as anyone would build it: parts with notes and a meter."""
    score = music21.stream.Score()
    for part in realization.parts:
        own = music21.stream.Part()
        own.coreInsert(0, music21.meter.TimeSignature("4/4"))
        for note in part.notes:
            made = music21.note.Note(note.pitch, quarterLength=Fraction(note.duration, QUARTER))
            own.coreInsert(Fraction(note.onset, QUARTER), made)
        own.coreElementsChanged()
        score.insert(0, own)
    return score


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def best(realization: Realization) -> float:
    """Seconds of the quickest of three runs."""
    return min(seconds(lambda: write_musicxml(realization)) for _ in range(3))


def main() -> None:
    full = "--full" in sys.argv[1:]
    count = 16_000 if full else 4_000
    write_musicxml(drawn(200))
    sizes = [count // 4, count]
    ours = [best(drawn(size)) for size in sizes]
    score = for_music21(drawn(count))
    with tempfile.TemporaryDirectory() as folder:
        theirs = seconds(lambda: score.write("musicxml", fp=Path(folder) / "score.musicxml"))
    print(f"{count:,} notes: stochos {ours[1]:.2f} s, music21 {theirs:.2f} s; {theirs / ours[1]:.1f} times as fast")
    for (few, before), (many, after) in pairwise(zip(sizes, ours, strict=True)):
        print(f"{many // few} times the notes ({few:,} to {many:,}): {after / before:.2f} times the time")


if __name__ == "__main__":
    main()
