"""Notes of hand-written notation parsed in a second, beside `re.findall` over the same text as a floor."""

from __future__ import annotations

import re
import time
from random import Random

from stochos.parse import parse
from stochos.source import Source

NOTES = 16_000


def score(notes: int) -> str:
    """A score of two parts in 4/4: eighths and quarters, some with articulation, tie or chance."""
    rng = Random(1)
    lines = ['title "Bench"', 'part flute = "Flute"', 'part cello = "Violoncello"', "section a {"]
    for part in ("flute", "cello"):
        bars = []
        for _ in range(notes // 12):
            pitches = [f"{rng.choice('ABCDEFG')}{rng.choice(['', '#', 'b'])}{rng.randint(2, 5)}" for _ in range(6)]
            ends = [":8", "", "'stacc", "~", ":4", "?0.7"]
            bars.append(" ".join(pitch + end for pitch, end in zip(pitches, ends, strict=True)) + " |")
        lines.append(f"  {part}: " + "\n    ".join(" ".join(bars[i : i + 4]) for i in range(0, len(bars), 4)))
    return "\n".join([*lines, "}", "form a", ""])


def main() -> None:
    text = score(NOTES)
    words = re.compile(r"[A-G](?:#|b)?[0-9]\S*")
    started = time.perf_counter()
    found = len(words.findall(text))
    floor = time.perf_counter() - started
    parse(Source("warm.stoch", score(12)))
    best = min(_timed(text) for _ in range(5))
    print(
        f"{found:,} notes: {best * 1000:.0f} ms, {found / best:,.0f} notes a second (re.findall: {floor * 1000:.1f} ms)"
    )


def _timed(text: str) -> float:
    started = time.perf_counter()
    parse(Source("bench.stoch", text))
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
