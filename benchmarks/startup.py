"""Whole commands beside the imports that they cannot do without: medians of interleaved runs."""

from __future__ import annotations

import compileall
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "scores" / "11-storm.stoch"
PACKAGES = ("stochos", "grammar", "models")
RUNS = 9
BASE = "import lark, typer, rich, numpy"
SAMPLING = "import numpy, safetensors, lark, music21"
EXPORT = BASE + "; from music21.musicxml.m21ToXml import ScoreExporter"
BAR = "| {a}4:8 B4 C5 D5 {3:2 E5 D5 C5} <A4 C5>:4'accent | (C5:4. B4:8) A4:4?0.5 r:4 "


def sixty_bars() -> str:
    """A score of 60 bars for two parts, written and generated."""
    written = "".join(BAR.replace("{a}", note) for note in "ACDEFGABCD" "CDE")
    return (
        'title "Sixty bars"\ntempo 90\npart flute = "Flute"\npart cello = "Cello"\n'
        "let walk = @chain { A2: C3 0.5, E3 0.5  C3: A2  E3: C3 0.4, A2 0.6 }\n"
        f"section A 60 bars {{\n  flute: p {written}| @poisson(density: 2/bar, pitch: A4..A5) fill\n"
        "  cello: @markov(chain: $walk, length: 1/8) fill\n}\n"
    )


def seconds(command: list[str]) -> float:
    start = perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return perf_counter() - start


def compare(name: str, command: list[str], floor: str, bar: float) -> None:
    """Prints the ratio of the medians; what was interleaved met the same noise."""
    pairs = [(seconds(command), seconds([sys.executable, "-c", floor])) for _ in range(RUNS)]
    ours, theirs = median(a for a, _ in pairs), median(b for _, b in pairs)
    print(f"{name}: {ours:.2f} s, {ours / theirs:.2f} x `{floor}` ({theirs:.2f} s); the bar is {bar:g} x")


def as_installed() -> None:
    """Compile our byte-code: an install does, and did for the packages that we are held against."""
    for package in PACKAGES:
        compileall.compile_dir(ROOT / package, quiet=1)


def main() -> None:
    as_installed()
    with tempfile.TemporaryDirectory() as place:
        score = Path(place) / "sixty.stoch"
        score.write_text(sixty_bars(), "utf-8")
        stochos = [sys.executable, "-m", "stochos"]
        compare("check of 60 bars", [*stochos, "check", str(score)], BASE, 2)
        compare("compile of the demo", [*stochos, "compile", str(DEMO), "-o", place], EXPORT, 2)
        sample = [*stochos, "sample", "--steps", "129", "--outputs", "10", "--seed", "1", "-o", place]
        compare("ten takes of 128 steps", sample, SAMPLING, 1.5)


if __name__ == "__main__":
    main()
