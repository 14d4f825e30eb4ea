"""A process looked at and listened to: 10,000 draws of it, and some notes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from stochos import tree
from stochos.diagnostics import Diagnostic, SourceError, nearest
from stochos.process.formula import Formula, formula
from stochos.process.passage import OnsetProcess
from stochos.process.table import MELODIES, ONSETS, PROCESSES, VALUES
from stochos.process.value import Context, Floats, Parameter, Quantity, Value
from stochos.realization import Realization
from stochos.realize.streams import stream
from stochos.source import Source, Span

DRAWS = 10_000
BEATS = 1_000.0
"""That the draws are spread over."""
HEARD = 30
BARS = 4
"""Of four beats, a second each, that onsets are shown in; whole notes are shown in twice as many."""
_MOST_BEATS = 100_000.0
# What a number may be measured in, the likeliest first.
_MEASURES = (Quantity.NUMBER, Quantity.PITCH, Quantity.LENGTH, Quantity.INTERVAL)


@dataclass(frozen=True, slots=True)
class Number:
    """What is drawn by a process that says what, in one of the quantities that a number may be."""

    value: Value
    quantity: Quantity


Asked: TypeAlias = Number | OnsetProcess | None
"""What a call means: numbers, onsets, or (None) whole notes, which only a score has."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A process looked at.

    text      the call
    quantity  what the draws are: those of a law, or the gaps between onsets
    draws     empty where whole notes are played, or there are no gaps
    heard     `HEARD` more of them, four a beat
    formula   None where none is known
    takes     of onsets: where they are in some takes of `BARS` bars, quarter notes
    piece     notes to hear: draws four a beat, pitches as they are and all else spread over four octaves; onsets as
              strokes of a woodblock; whole notes as they are
    """

    process: type
    text: str
    quantity: Quantity
    draws: Floats
    heard: Floats
    formula: Formula | None
    takes: tuple[Floats, ...]
    piece: Realization


# --- reading ----------------------------------------------------------------------------------


def see(text: str, seed: int) -> Seen:
    """Look at a call; SourceError with what is wrong with it."""
    call, asked = read(text)
    process, name = PROCESSES[call.name], call.name
    none = np.empty(0)
    match asked:
        case Number(value, quantity):
            draws = drawn(value, seed, DRAWS, BEATS)
            heard = drawn(value, seed, HEARD, HEARD / 4)
            piece = _piece(text, name, np.arange(HEARD) / 4, _pitches(heard), is_struck=False)
            return Seen(process, text, quantity, draws, heard, formula(value), (), piece)
        case None:
            return Seen(process, text, Quantity.PITCH, none, none, None, (), _played(text, call, seed))
        case _:
            gaps = np.diff(_many(asked, seed))
            takes = tuple(_onsets(asked, seed + i, 4.0 * BARS) for i in range(4))
            piece = _piece(text, name, takes[0], [_CLICK] * len(takes[0]), is_struck=True)
            return Seen(process, text, Quantity.LENGTH, gaps, none, None, takes, piece)


def read(text: str) -> tuple[tree.Call, Asked]:
    """A call, and what it means; SourceError with what is wrong with it."""
    from stochos.parse import parse

    head = "let law = "
    source = Source("law", head + text)
    call = next((s.value for s in parse(source).statements if isinstance(s, tree.Let)), None)
    if not isinstance(call, tree.Call) or call.name not in PROCESSES:
        name = call.name if isinstance(call, tree.Call) else text
        close = nearest(name, PROCESSES)
        hint = f"did you mean `{close}`?" if close else "`stochos list generators` lists those that there are"
        at = Span(len(head), len(source.text))
        raise SourceError([Diagnostic("STO305", at, f"no process is called `{name}`", source, hint=hint)])
    if call.name not in VALUES:
        return call, _meant(source, call, Quantity.ONSETS) if call.name in ONSETS else None
    refused = None
    for quantity in _MEASURES:
        try:
            return call, Number(_meant(source, call, quantity), quantity)
        except SourceError as error:
            refused = refused or error
    if call.name in MELODIES:  # a chain of notes is no chain of numbers
        return call, None
    assert refused is not None
    raise refused


def _meant(source: Source, call: tree.Call, quantity: Quantity) -> Any:
    from stochos.check.calls import Calls
    from stochos.check.limits import Limits
    from stochos.check.material import Material
    from stochos.check.music import Music
    from stochos.check.names import Scope
    from stochos.check.report import Report
    from stochos.check.values import Place
    from stochos.library import Files
    from stochos.music.pitch import Key
    from stochos.music.time import Meter

    report = Report()
    files, limits = Files(Path.cwd()), Limits()
    calls = Calls(report, files, limits)
    calls.forms.parts = ()
    calls.forms.material = Material(report, files, Music(report, calls, limits)).tokens
    place = Place(Scope(source), Meter(4, 4), Key("C"), 60.0, None)
    if quantity is Quantity.ONSETS:
        value = calls.onsets(call, place)
    else:
        value = calls.values.resolve(call, Parameter("law", quantity, required=True), place)
    if value is None or report.diagnostics:
        raise SourceError(report.diagnostics)
    return value


# --- drawing ----------------------------------------------------------------------------------


def drawn(value: Value, seed: int, count: int, beats: float) -> Floats:
    """`count` draws, one after the other, over so many beats."""
    return value.sampler(_context(seed, beats))((np.arange(count) + 0.5) / count)


def _context(seed: int, beats: float) -> Context:
    """So many beats of a second each."""
    return Context(beats, lambda places: np.ones(len(places)), lambda name: stream(seed, "law", name), "law")


def _onsets(process: OnsetProcess, seed: int, beats: float) -> Floats:
    return process.onsets(_context(seed, beats), None)


def _many(process: OnsetProcess, seed: int) -> Floats:
    """Onsets enough for `DRAWS` gaps, or as many as there are in a very long time."""
    found = _onsets(process, seed, BEATS)
    beats = min(1.1 * BEATS * DRAWS / max(len(found), 1), _MOST_BEATS)
    return process.onsets(_context(seed, beats), DRAWS + 1)


# --- notes ------------------------------------------------------------------------------------

_CLICK = 76  # high woodblock
_CALL = "@pulse(every: [1/4, 1/8, 1/8], pitch: @brown(start: C5, step: 3st, within: C4..C6))"


def _piece(text: str, name: str, onsets: Floats, pitches: list[int], *, is_struck: bool) -> Realization:
    """Sixteenths at some onsets, in quarter notes: draws on a piano, onsets on a woodblock."""
    from stochos.music.instrument import INSTRUMENTS
    from stochos.music.pitch import Key
    from stochos.music.time import QUARTER, Meter, Tempo
    from stochos.realization import Bar, Note, Origin, Part

    step, made = QUARTER // 4, Origin("", name)
    notes = tuple(
        Note(at, step, at, step, pitch, None, 80, 0, (), made)
        for at, pitch in zip(np.rint(onsets * QUARTER).astype(int).tolist(), pitches, strict=True)
    )
    bar, meter = 4 * QUARTER, Meter(4, 4)
    count = BARS if is_struck else -(-HEARD * step // bar)
    bars = tuple(Bar(i * bar, bar, i + 1, meter, Key("C"), "", "") for i in range(count))
    player = next(found for found in INSTRUMENTS.values() if found.is_percussion == is_struck)
    bpm = 60.0 if is_struck else 120.0
    return Realization(
        text, "", "", 0, (Part("law", player, None, notes),), bars, (Tempo(0, bpm, 0, bpm, "", "", QUARTER),)
    )


def _played(text: str, call: tree.Call, seed: int) -> Realization:
    """Whole notes, in a score of a few bars: a part for each one that the call names, or a piano; and one to answer."""
    from stochos.music.instrument import find_instrument
    from stochos.pipeline import check_source, realize_checked

    said = {a.name: a.value for a in call.arguments}
    parts, caller = said.get("parts"), said.get("to")
    named = parts.items if isinstance(parts, tree.Sequence) else ()
    names = [item.word for item in named if isinstance(item, tree.Word)] or ["piano"]
    called = [caller.word] if isinstance(caller, tree.Word) else []
    lines = [
        *(f'part {name} = "{name if find_instrument(name) else "Piano"}"' for name in (*called, *names)),
        f"let law = {text}",
        f"section A {2 * BARS} bars {{",
        *(f"  {name}: {_CALL} fill" for name in called),
        *(f"  {name}: @law fill" for name in names),
        "}",
    ]
    return realize_checked(check_source(Source("law", "\n".join(lines) + "\n")), seed)


def _pitches(draws: Floats) -> list[int]:
    low, high = draws.min(), draws.max()
    if not (low >= 12 and high <= 120 and high - low >= 1):
        draws = 48 + 48 * (draws - low) / (high - low if high > low else 1.0)
    return [int(pitch) for pitch in np.clip(np.rint(draws), 0, 127)]
