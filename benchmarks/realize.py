"""Clouds of 100,000 notes, beside NumPy drawing as many numbers and sorting them; growth, memory; steps of a chain."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from stochos import score
from stochos.music.instrument import Instrument
from stochos.music.pitch import Key
from stochos.music.time import QUARTER, Meter, Tempo
from stochos.process.chain import learn
from stochos.process.cloud import Cloud
from stochos.process.exponential import Exponential
from stochos.process.markov import Markov
from stochos.process.normal import Normal
from stochos.process.passage import Token
from stochos.process.poisson import Poisson
from stochos.process.value import Constant, Span
from stochos.realize import realize
from stochos.realize.frame import Place, Take, frame_of

NOTES = 100_000
DENSITY = 20.0
BAR = 4 * QUARTER


def passage(process: object, notes: int, velocity: object = None) -> score.Passage:
    low, high = Constant(21.0), Constant(108.0)
    return score.Passage(
        0, duration(notes), None, process, low, high, None, velocity, ("bench",), False, None, "x", "1"
    )


def duration(notes: int) -> int:
    return round(notes / DENSITY / 4) * BAR


def cloud(notes: int) -> score.Passage:
    pitch, length = Span(Constant(40.0), Constant(90.0)), Exponential(Constant(0.5))
    return passage(Cloud(Poisson(Constant(DENSITY)), pitch, length), notes, Normal(Constant(64.0), Constant(12.0)))


def piece(item: score.Passage) -> score.Score:
    meter, key = Meter(4, 4), Key("C")
    bars = tuple(score.Bar(at, BAR, meter, key, at // BAR + 1) for at in range(0, item.duration, BAR))
    tempo = Tempo(0, 120.0, 0, 120.0, "", "", QUARTER)
    section = score.Section("A", bars, (tempo,), (score.Line("piano", ((item,),)),), QUARTER // 4, (3,))
    piano = score.Part("piano", Instrument("Piano", "Pno.", 0, 21, 108, "treble"), 21, 108, None)
    return score.Score("", "", "", 1, (piano,), {"A": section}, (score.FormEntry("A", 0, 1),))


def numpy_alone(notes: int) -> None:
    """The numbers of a cloud by NumPy's own laws: gaps, pitches, lengths, velocities; and the onsets sorted."""
    rng = np.random.default_rng(1)
    onsets = rng.uniform(0.0, notes / DENSITY, notes)
    rng.uniform(40.0, 90.0, notes)
    rng.exponential(0.5, notes)
    rng.normal(64.0, 12.0, notes)
    onsets.sort()


def best(work: Callable[[], object], times: int = 5) -> float:
    """Seconds of the quickest of some runs."""
    runs = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        runs.append(time.perf_counter() - started)
    return min(runs)


def tune(rng: np.random.Generator, notes: int) -> list[Token]:
    """A melody in steps through C major, in four lengths."""
    steps = rng.choice([-2, -1, 0, 1, 2], notes, p=[0.15, 0.3, 0.1, 0.3, 0.15])
    degrees = 14 + np.abs((np.cumsum(steps) + 14) % 56 - 28) - 14
    lengths = rng.choice([0.25, 0.5, 1.0, 2.0], notes, p=[0.2, 0.5, 0.25, 0.05])
    scale = (0, 2, 4, 5, 7, 9, 11)
    return [
        Token((48 + 12 * (degree // 7) + scale[degree % 7],), length)
        for degree, length in zip(degrees.tolist(), lengths.tolist(), strict=True)
    ]


def main() -> None:
    made = piece(cloud(NOTES))
    take = Take(made.sections["A"], 1, 0, lambda model: None)  # type: ignore[arg-type,return-value]
    item = cloud(NOTES)
    floor = best(lambda: numpy_alone(NOTES))
    drawn = best(lambda: item.process.play(frame_of(item, take, Place(), (), "")))
    whole = best(lambda: realize(made, lambda model: None), 3)  # type: ignore[arg-type,return-value]
    print(f"NumPy draws and sorts the numbers of {NOTES:,} notes: {floor * 1000:.1f} ms")
    print(f"a cloud draws them: {drawn * 1000:.1f} ms, {drawn / floor:.1f} times that")
    print(f"realized, with a place on the page: {whole * 1000:.0f} ms, {whole / NOTES * 1e6:.1f} µs a note")
    small = piece(cloud(NOTES // 4))
    quarter = best(lambda: realize(small, lambda model: None), 3)  # type: ignore[arg-type,return-value]
    print(f"four times the notes take {whole / quarter:.2f} times as long")
    tracemalloc.start()
    kept = realize(made, lambda model: None)  # type: ignore[arg-type,return-value]
    held, peak = (size / 2**20 for size in tracemalloc.get_traced_memory())
    tracemalloc.stop()
    print(f"{len(kept.parts[0].notes):,} notes hold {held:.0f} MB, {peak:.0f} MB at the most")
    rng = np.random.default_rng(1)
    tokens = tuple(tune_note for _ in range(1_000) for tune_note in tune(rng, 200))
    chain = learn(tokens, 3)
    walk = Markov(chain=chain)
    places = np.linspace(0.0, 1.0, 2 * NOTES)
    walked = best(lambda: walk.sampler(frame_of(item, take, Place(), (), "").context)(places), 3)
    print(f"a chain of order 3, learned from 1,000 tunes of 200 notes in {best(lambda: learn(tokens, 3), 3):.2f} s, "
          f"draws {len(places) / walked:,.0f} states a second")  # fmt: skip


if __name__ == "__main__":
    main()
