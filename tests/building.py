"""Checked scores, built by hand: what `check` would hand on."""

from __future__ import annotations

from fractions import Fraction

from stochos import score
from stochos.music.instrument import Instrument
from stochos.music.pitch import Key, parse_pitch
from stochos.music.time import QUARTER, Meter, Tempo
from stochos.process.value import Constant

Q = QUARTER
BAR = 4 * Q
PIANO = Instrument("Piano", "Pno.", 0, 21, 108, "treble")
FREE = {"low": Constant(21.0), "high": Constant(108.0), "scale": None, "velocity": None, "shared": False, "seed": None}


def music(text: str, onset: int = 0, **changes: object) -> tuple[score.Note, ...]:
    """`C4:4 r:8 <C4 E4>:2~ [C4|E4]:4`: written notes one after the other, sticky durations."""
    notes, length = [], 4
    for word in text.split():
        name, _, given = word.rstrip("~").partition(":")
        length = int(given or length)
        ticks = int(Fraction(4 * Q, length))
        if name != "r":
            names = name.strip("<>[]").replace("|", ",").split(",")
            spellings = tuple(parse_pitch(n) for n in names)
            pitches = tuple(s.midi for s in spellings if s)
            choose, tied = name.startswith("["), word.endswith("~")
            notes.append(score.Note(onset, ticks, pitches, spellings, choose, tied, **changes))
        onset += ticks
    return tuple(notes)


def passage(process: object, onset: int, duration: int, *path: str, **changes: object) -> score.Passage:
    plain = FREE | {"count": None, "name": "process", "label": path[-1] if path else "1"} | changes
    return score.Passage(onset=onset, duration=duration, process=process, path=path, **plain)


def group(items: tuple[score.Item, ...], onset: int, inner: int, *transforms: object, **changes: object) -> score.Group:
    duration = Fraction(inner)
    for transform in transforms:
        duration *= transform.stretch
    return score.Group(onset, int(duration), inner, items, transforms, **({"path": ("group",)} | changes))


def section(name: str, bars: int = 4, pickup: int = 0, bpm: float = 120.0, **lines: object) -> score.Section:
    """lines: a tuple of items, or a list of voices, by part."""
    meter, key = Meter(4, 4), Key("C")
    found = [score.Bar(0, pickup, meter, key, 0)] if pickup else []
    found += [score.Bar(pickup + i * BAR, BAR, meter, key, i + 1) for i in range(bars)]
    voices = {part: tuple(music if isinstance(music, list) else [music]) for part, music in lines.items()}
    written = tuple(score.Line(part, music) for part, music in voices.items())
    return score.Section(name, tuple(found), (Tempo(0, bpm, 0, bpm, "", "", Q),), written, Q // 4, (3,))


def piece(*sections: score.Section, form: str = "", seed: int = 7) -> score.Score:
    """form: as written, `A A' B*2`; by default each section once."""
    entries = []
    for word in form.split() or [s.name for s in sections]:
        name, _, times = word.partition("*")
        plain = name.rstrip("'")
        entries.append(score.FormEntry(plain, len(name) - len(plain), int(times or 1)))
    names = dict.fromkeys(line.part for s in sections for line in s.lines)
    parts = tuple(score.Part(name, PIANO, 21, 108, None) for name in names)
    return score.Score("A piece", "", "", seed, parts, {s.name: s for s in sections}, tuple(entries))
