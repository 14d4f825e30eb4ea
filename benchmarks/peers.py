"""The same work by stochos and by other Python libraries for algorithmic composition, in one run.

python -m benchmarks.peers [--full]     10,000 notes, or 100,000: a minute or two, nearly all of it isobar's clock

A cloud: gaps and lengths exponential, pitch and loudness uniform, drawn and written as a MIDI file; stochos begins with
the text of a score. isobar plays it on its timeline, whose clock counts 480 ticks a beat; musx runs a generator of its
own. A chain: of order 3, learned from 1,000 tunes of 200 notes; isobar's look back one state, which is a triple here.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.realize import Place, Take, cloud, frame_of, piece, tune
from stochos.pipeline import check_source, realize_checked, render
from stochos.process.chain import learn
from stochos.process.markov import Markov
from stochos.process.passage import Token
from stochos.source import Source

DENSITY, MEAN, LOW, HIGH = 20, 0.5, 40.0, 90.0  # notes a quarter; quarter notes; MIDI numbers
STEPS = 100_000
PEERS = ("isobar", "musx")


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


# --- a cloud ----------------------------------------------------------------------------------


def stochos_cloud(notes: int, path: Path) -> None:
    text = (
        f"tempo 120\npart piano = \"Piano\"\nsection A {round(notes / DENSITY / 4)} bars {{\n"
        f"  piano: @cloud(onsets: @poisson(density: {DENSITY}/beat), pitch: E2..F#6,"
        " length: @exponential(mean: 1/8), velocity: 40..90) fill\n}\n"
    )  # fmt: skip
    path.write_bytes(render(realize_checked(check_source(Source("cloud", text))), ["midi"])["midi"])


def isobar_cloud(notes: int, path: Path) -> None:
    import isobar

    device = isobar.MidiFileOutputDevice(str(path))
    timeline = isobar.Timeline(120, output_device=device, clock_source=isobar.DummyClock())
    timeline.stop_when_done = True
    gaps = isobar.PFunc(lambda: random.expovariate(DENSITY))
    gates = isobar.PFunc(lambda: random.expovariate(1 / MEAN / DENSITY))  # of the gap
    drawn = {"note": isobar.PInt(isobar.PWhite(LOW, HIGH)), "amplitude": isobar.PInt(isobar.PWhite(40, 90))}
    timeline.schedule({**drawn, "duration": gaps, "gate": gates}, count=notes)
    timeline.run()
    device.write()


def musx_cloud(notes: int, path: Path) -> None:
    import musx

    track = musx.Seq()
    score = musx.Score(out=track)

    def composer() -> Iterator[float]:
        for _ in range(notes):
            length, pitch, loud = random.expovariate(1 / MEAN), random.uniform(LOW, HIGH), random.uniform(0.3, 0.7)
            score.add(musx.Note(score.now, length, round(pitch), loud))
            yield random.expovariate(DENSITY)

    score.compose(composer())
    musx.MidiFile(str(path), [track]).write()


# --- a chain ----------------------------------------------------------------------------------


def stochos_chain(tokens: tuple[Token, ...]) -> tuple[float, float]:
    """Seconds to learn it, and to draw `STEPS` states."""
    chains = []
    learned = seconds(lambda: chains.append(learn(tokens, 3)))
    item = cloud(1_000)
    take = Take(piece(item).sections["A"], 1, 0, lambda model: None)  # type: ignore[arg-type,return-value]
    draw = Markov(chain=chains[0]).sampler(frame_of(item, take, Place(), (), "").context)
    return learned, seconds(lambda: draw(np.linspace(0.0, 1.0, STEPS)))


def isobar_chain(tokens: tuple[Token, ...]) -> tuple[float, float]:
    import isobar

    chains = []
    states = [(token.pitches[0], token.length) for token in tokens]
    triples = list(zip(states, states[1:], states[2:], strict=False))
    learned = seconds(lambda: chains.append(isobar.PMarkov(triples)))
    return learned, _drawn(lambda: [*islice(chains[0], STEPS)])


def musx_chain(tokens: tuple[Token, ...]) -> tuple[float, float]:
    import musx

    chains = []
    states = [(token.pitches[0], token.length) for token in tokens]
    learned = seconds(lambda: chains.append(musx.Markov.analyze(states, 3)))
    return learned, _drawn(lambda: chains[0].next(STEPS))


def _drawn(work: Callable[[], list[object]]) -> float:
    found: list[list[object]] = []
    took = seconds(lambda: found.append(work()))
    assert len(found[0]) == STEPS
    return took


def main() -> None:
    notes = 100_000 if "--full" in sys.argv[1:] else 10_000
    rng = np.random.default_rng(1)
    tokens = tuple(token for _ in range(1_000) for token in tune(rng, 200))
    clouds = {"stochos": stochos_cloud, "isobar": isobar_cloud, "musx": musx_cloud}
    chains = {"stochos": stochos_chain, "isobar": isobar_chain, "musx": musx_chain}
    with TemporaryDirectory() as folder:
        stochos_cloud(200, Path(folder) / "warm.mid")
        ours = min(seconds(partial(stochos_cloud, notes, Path(folder) / "cloud.mid")) for _ in range(3))
        print(f"a cloud of {notes:,} notes, from its score to a MIDI file: stochos {ours:.2f} s")
        for name in PEERS:
            if _is_there(name):
                theirs = seconds(partial(clouds[name], notes, Path(folder) / f"{name}.mid"))
                print(f"  {name} {theirs:.2f} s, {theirs / ours:.1f} times as long")
    learned, drawn = chains["stochos"](tokens)
    print(f"a chain of order 3 from 1,000 tunes: learned in {learned:.2f} s, {STEPS / drawn:,.0f} states a second")
    for name in PEERS:
        if _is_there(name):
            took, drew = chains[name](tokens)
            print(f"  {name} {took:.2f} s, {took / learned:.1f} times as long; {STEPS / drew:,.0f} states a second, "
                  f"{drew / drawn:.1f} times as long for each")  # fmt: skip


def _is_there(name: str) -> bool:
    try:
        import_module(name)
    except ImportError as missing:
        print(f"  {name} is left out ({missing}): `pip install -r requirements-bench.lock`")
        return False
    return True


if __name__ == "__main__":
    main()
