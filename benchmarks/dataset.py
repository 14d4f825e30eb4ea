"""How fast a dataset is built of MIDI files, beside a loop of pretty_midi over the same, and in how much memory.

    python -m benchmarks.dataset            2,000 files
    python -m benchmarks.dataset --files N

The files are tunes of music21's corpus, each with its lower octave as a second track, and a controller with every note.
The loop only reads files and sorts notes, and finds no melodies. pretty_midi comes with the `bench` extra; where it is
not there, the loop is left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from stochos.dataset import build
from stochos.dataset.rules import Rules
from stochos.dataset.sources import sources
from stochos.neural import corpus
from stochos.neural.melodies import DroppedError
from stochos.neural.vocabulary import Tone
from stochos.rendering import smf

DIVISION = 480
STEP = DIVISION // 4
BAR = 5
ROUNDS = 3  # the best of these counts on both sides


def track(tones: list[Tone], channel: int, below: int) -> list[tuple[int, bytes]]:
    events = [(tone.onset * STEP, 2, smf.note_on(channel, tone.pitch - below, 80)) for tone in tones]
    events += [((tone.onset + tone.duration) * STEP, 0, smf.note_off(channel, tone.pitch - below)) for tone in tones]
    events += [(tone.onset * STEP, 1, smf.control(channel, 11, 64 + tone.pitch % 32)) for tone in tones]
    return [(tick, message) for tick, _, message in sorted(events)]


def midi_of(tones: list[Tone]) -> bytes:
    end = max(tone.onset + tone.duration for tone in tones) * STEP
    heading = [(0, smf.tempo(500_000)), (0, smf.time_signature(4, 4, 24))]
    return smf.file_bytes([heading, track(tones, 0, 0), track(tones, 1, 12)], DIVISION, end)


def write_files(folder: Path, count: int) -> None:
    """Tunes as files; where there are more files than tunes, again, a semitone higher each time."""
    tunes = []
    for collection in ("airdsAirs", "oneills1850"):
        for _, tokens in corpus._read_collection(collection):
            try:
                tones = corpus.tones_from_tokens(tokens)
            except DroppedError:
                continue
            if tones:
                tunes.append(tones)
    for number, tones in zip(range(count), islice((t for _ in range(count) for t in tunes), count), strict=True):
        higher = number // len(tunes)
        moved = [Tone(tone.onset, tone.duration, tone.pitch + higher) for tone in tones]
        (folder / f"{number:06}.mid").write_bytes(midi_of(moved))


def seconds_ours(folder: Path, out: Path) -> float:
    start = time.perf_counter()
    build(sources([str(folder)], []), out, "melody", Rules())
    return time.perf_counter() - start


def seconds_pretty_midi(folder: Path) -> float:
    import pretty_midi

    start = time.perf_counter()
    for path in sorted(folder.iterdir()):
        for instrument in pretty_midi.PrettyMIDI(str(path)).instruments:
            instrument.notes.sort(key=lambda note: note.start)
    return time.perf_counter() - start


def megabytes(folder: Path, out: Path) -> float:
    """Peak memory of a build in a process of its own, and of the largest process that it starts."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.dataset", "--peak", str(folder), str(out)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--peak", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        seconds_ours(*options.peak)
        print(max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024)
        return
    with tempfile.TemporaryDirectory() as place:
        few, many = Path(place) / "few", Path(place) / "many"
        for folder, count in ((few, options.files), (many, 4 * options.files)):
            folder.mkdir()
            write_files(folder, count)
        small, large = (megabytes(folder, Path(place) / f"{folder.name}-data") for folder in (few, many))
        print(f"dataset, {options.files:,} and {4 * options.files:,} files: {small:.0f} and {large:.0f} MB at the peak")
        ours = min(seconds_ours(few, Path(place) / f"data-{number}") for number in range(ROUNDS))
        print(f"dataset: {options.files / ours:,.0f} files a second, with melodies, duplicates and versions found")
        if importlib.util.find_spec("pretty_midi") is None:
            print("dataset: pretty_midi is not installed, so nothing is beside it")
            return
        theirs = min(seconds_pretty_midi(few) for _ in range(ROUNDS))
        rate = options.files / theirs
        print(f"dataset: {rate:,.0f} files a second in a pretty_midi loop; {theirs / ours:.1f} x (bar: {BAR} x)")


if __name__ == "__main__":
    main()
