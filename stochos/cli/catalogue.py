"""Catalogues: everything that a score may name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from stochos.music.pitch import spell
from stochos.process.value import parameters

if TYPE_CHECKING:
    from stochos.music.instrument import Instrument

Row = tuple[str, str]


def rows(kind: str) -> list[Row]:
    """Names, and a few words about each."""
    return _CATALOGUES[kind]()


def _instruments() -> list[Row]:
    from stochos.music.instrument import INSTRUMENTS

    return [(instrument.name, _compass(instrument)) for instrument in INSTRUMENTS.values()]


def _compass(instrument: Instrument) -> str:
    if instrument.is_percussion:
        return "percussion: names, not pitches"
    return f"{spell(instrument.low, 0)}..{spell(instrument.high, 0)}, {instrument.clef} clef"


def _percussion() -> list[Row]:
    from stochos.music.instrument import PERCUSSION

    return [(name, f"General MIDI key {key}") for key, name in sorted((k, n) for n, k in PERCUSSION.items())]


def _generators() -> list[Row]:
    from stochos.process.table import MELODIES, ONSETS, VALUES

    kinds = {"when": ONSETS, "what": VALUES, "whole notes": MELODIES}
    names = dict.fromkeys(name for table in (MELODIES, ONSETS, VALUES) for name in table)
    return [
        (
            _signature(name, _process(name)),
            f"{' and '.join(k for k, table in kinds.items() if name in table)}: {_first_line(_process(name))}",
        )
        for name in names
    ]


def _laws() -> list[Row]:
    from stochos.process.table import VALUES

    return [(_signature(name, law), _first_line(law)) for name, law in VALUES.items()]


def _transforms() -> list[Row]:
    from stochos.transform import TRANSFORMS

    return [(_signature(name, transform), _first_line(transform)) for name, transform in TRANSFORMS.items()]


def _constraints() -> list[Row]:
    from stochos.process.constraint import CONSTRAINTS

    return [(f"{name} {parameters(asked)[0].doc}", _first_line(asked)) for name, asked in CONSTRAINTS.items()]


def _scales() -> list[Row]:
    from stochos.music.scale import SCALES

    return [(name, " ".join(str(step) for step in steps)) for name, steps in SCALES.items()]


_TONES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "G#", "A", "Bb", "B")
_RAISED = {15: "D#", 18: "F#"}  # a ninth and an eleventh


def _chords() -> list[Row]:
    from stochos.music.harmony import KINDS, SPELLINGS

    rows = []
    for kind, tones in KINDS.items():
        others = [f"C{other}" for other, meant in SPELLINGS.items() if meant == kind != other]
        names = " ".join(_RAISED.get(tone, _TONES[tone % 12]) for tone in tones)
        rows.append((f"C{kind}", names + (f"; also {' '.join(others)}" if others else "")))
    return rows


def _dynamics() -> list[Row]:
    from stochos.music.dynamics import VELOCITIES

    return [(name, f"velocity {velocity}") for name, velocity in VELOCITIES.items()]


def _articulations() -> list[Row]:
    from stochos.music.dynamics import ARTICULATIONS

    return [(f"'{name}", "" if name == full else f"short for '{full}") for name, full in ARTICULATIONS.items()]


def _models() -> list[Row]:
    from stochos.cli.networks import on_shelves

    return [(told.facts["name"], told.kind) for told in on_shelves(Path())]


def _process(name: str) -> type:
    from stochos.process.table import PROCESSES

    return PROCESSES[name]


def _signature(name: str, process: type) -> str:
    given = [p.name if p.required else f"{p.name}?" for p in parameters(process)]
    return f"{name}({', '.join(given)})"


def _first_line(thing: type) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]


_CATALOGUES: dict[str, Callable[[], list[Row]]] = {
    "instruments": _instruments,
    "percussion": _percussion,
    "generators": _generators,
    "laws": _laws,
    "transforms": _transforms,
    "constraints": _constraints,
    "scales": _scales,
    "chords": _chords,
    "dynamics": _dynamics,
    "articulations": _articulations,
    "models": _models,
}
