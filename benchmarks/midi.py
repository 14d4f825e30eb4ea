"""How fast a realization becomes MIDI, beside music21's own writer, and how much memory it takes.

    python benchmarks/midi.py            4,000 notes on both sides
    python benchmarks/midi.py --full     16,000 notes on both sides: about a minute

music21 grows faster than the notes, so the ratio at 4,000 is the lower of the two.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from stochos.music.instrument import INSTRUMENTS
from stochos.music.pitch import Key
from stochos.music.time import QUARTER, Meter
from stochos.realization import Bar, Dynamic, Hairpin, Note, Origin, Part, Realization, Tempo
from stochos.rendering.midi import write_midi

PARTS = ("Violin", "Violin", "Viola", "Violoncello")
EIGHTH = QUARTER // 2
BAR = 4 * QUARTER


def realization(count: int) -> Realization:
    """Four parts of eighths, with a hairpin in every other bar, accents, and a ramp of tempo."""
    origin, each = Origin("a", "written"), count // len(PARTS)
    parts = []
    for k, name in enumerate(PARTS):
        notes = tuple(
            Note(i * EIGHTH, EIGHTH, i * EIGHTH, EIGHTH, 55 + (i * 7 + k) % 24, None, None, 0,
                 ("accent",) if i % 8 == 0 else (), origin)
            for i in range(each)
        )  # fmt: skip
        hairpins = tuple(
            Hairpin(bar * BAR, (bar + 1) * BAR, "dim" if bar % 4 else "cresc") for bar in range(0, each // 8, 2)
        )
        parts.append(Part(f"{name} {k}", INSTRUMENTS[name], None, notes, (Dynamic(0, "p"),), hairpins))
    bars = tuple(Bar(b * BAR, BAR, b + 1, Meter(4, 4), Key("D", "minor"), "", "a") for b in range(-(-each // 8)))
    return Realization("Bench", "", "", 1, tuple(parts), bars, (Tempo(0, 84, bars[-1].onset, 140, "", "", QUARTER),))


def seconds_ours(count: int, times: int = 5) -> float:
    piece, best = realization(count), float("inf")
    for _ in range(times):
        start = time.perf_counter()
        write_midi(piece)
        best = min(best, time.perf_counter() - start)
    return best


def seconds_music21(count: int) -> float:
    from music21 import note, stream

    score = stream.Score()
    for part in realization(count).parts:
        line = stream.Part()
        for n in part.notes:
            line.insert(n.onset / QUARTER, note.Note(n.pitch, quarterLength=n.duration / QUARTER))
        score.insert(0, line)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        score.write("midi", Path(folder) / "peer.mid")
        return time.perf_counter() - start


def megabytes(count: int) -> float:
    """Peak memory of a process that makes `count` notes and writes them."""
    done = subprocess.run([sys.executable, __file__, "--peak", str(count)], check=True, capture_output=True, text=True)
    return float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="16,000 notes on both sides")
    parser.add_argument("--peak", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        write_midi(realization(options.peak))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    # Before music21 is loaded: a process starts with its parent's peak, and a full heap slows everything.
    print(f"midi, 100,000 notes: {megabytes(100_000):.0f} MB at the peak (bar: 300 MB)")
    few, many = seconds_ours(16_000), seconds_ours(64_000)
    print(f"midi, 16,000 to 64,000 notes: {few:.2f} s to {many:.2f} s, {many / few:.1f} x the time (bar: 4.5 x)")
    count = 16_000 if options.full else 4_000
    ours, theirs = seconds_ours(count), seconds_music21(count)
    print(f"midi, {count:,} notes: stochos {ours:.2f} s, music21 {theirs:.1f} s, {theirs / ours:.0f} x (bar: 20 x)")


if __name__ == "__main__":
    main()
