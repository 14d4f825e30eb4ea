"""A law looked at and listened to: what it is, 10,000 draws of it, and thirty notes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stochos import tree
from stochos.diagnostics import Diagnostic, SourceError, nearest
from stochos.process.table import VALUES
from stochos.process.value import Context, Floats, Parameter, Quantity, Value
from stochos.realize.streams import stream
from stochos.source import Source, Span

if TYPE_CHECKING:
    from stochos.cli.screen import Screen

DRAWS = 10_000
BEATS = 1_000.0
"""That the draws are spread over."""
_HEARD = 30
_ROWS = 21
_QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_EIGHTHS = " ▏▎▍▌▋▊▉█"
# What a number may be measured in, the likeliest first.
_MEASURES = (Quantity.NUMBER, Quantity.PITCH, Quantity.LENGTH, Quantity.INTERVAL)
EXAMPLES = {
    "uniform": "low: 0, high: 1",
    "normal": "mean: 60, sd: 12",
    "exponential": "mean: 1",
    "linear": "likely: 0, rare: 12",
    "triangular": "low: 48, high: 84",
    "laplace": "mean: 60, spread: 5",
    "logistic": "mean: 60, spread: 5",
    "cauchy": "median: 60, spread: 2",
    "lognormal": "median: 1, sd: 0.5",
    "gamma": "mean: 1, shape: 3",
    "weibull": "spread: 1, shape: 2",
    "pareto": "least: 1, shape: 3",
    "maxwell": "spread: 1",
    "chi_square": "freedom: 4",
    "beta": "low: 0, high: 1, alpha: 2, beta: 5",
    "arcsine": "low: 0, high: 1",
    "poisson_count": "mean: 4",
    "binomial": "trials: 12",
    "brown": "start: 60, step: 2, within: 36..84",
    "ou": "centre: 60, pull: 0.5, step: 3",
    "levy": "start: 60, step: 2, tail: 1.5, within: 36..84",
    "autoregressive": "centre: 60, coefficients: [0.8, -0.2], step: 3",
    "gendy": "start: 60, step: 1, speed: 3, within: 36..84",
    "pink": "mean: 60, sd: 8",
    "perlin": "low: 48, high: 84, period: 1/1",
    "weighted": "of: {60: 3, 64: 1, 67: 2}",
    "urn": "of: [60, 62, 64, 65, 67]",
    "heap": "of: [60, 62, 64, 65, 67]",
    "cycle": "of: [60, 62, 64, 65, 67], by: 2",
    "palindrome": "of: [60, 62, 64, 65, 67]",
    "series": "of: [60, 61, 64, 66]",
    "group": "of: [60, 62, 64, 65, 67, 69, 71, 72]",
    "markov": "chain: @chain { C4: D4 0.7, G4 0.3  D4: C4 0.5, G4 0.5  G4: C4 1 }",
}
"""Arguments to see a law with that is asked for by its bare name."""


def complete(text: str) -> str:
    """A law as a call: with its `@`, and with example arguments where it stands alone."""
    text = text.strip().removeprefix("@")
    name = text.partition("(")[0].strip()
    if text == name and name in EXAMPLES:
        text = f"{name}({EXAMPLES[name]})"
    return f"@{text}"


def read(text: str) -> tuple[type, Value]:
    """The process that a call names, and what it draws; SourceError with what is wrong with the call."""
    from stochos.parse import parse

    head = "let law = "
    source = Source("law", head + text)
    call = next((s.value for s in parse(source).statements if isinstance(s, tree.Let)), None)
    if not isinstance(call, tree.Call) or call.name not in VALUES:
        name = call.name if isinstance(call, tree.Call) else text
        close = nearest(name, VALUES)
        hint = f"did you mean `{close}`?" if close else "`stochos list laws` lists those that there are"
        at = Span(len(head), len(source.text))
        raise SourceError([Diagnostic("STO305", at, f"no law is called `{name}`", source, hint=hint)])
    refused = None
    for quantity in _MEASURES:
        try:
            return VALUES[call.name], _meant(source, call, quantity)
        except SourceError as error:
            refused = refused or error
    assert refused is not None
    raise refused


def _meant(source: Source, call: tree.Call, quantity: Quantity) -> Value:
    from stochos.check.calls import Calls
    from stochos.check.limits import Limits
    from stochos.check.names import Scope
    from stochos.check.report import Report
    from stochos.check.values import Place
    from stochos.library import Files
    from stochos.music.pitch import Key
    from stochos.music.time import Meter

    report = Report()
    calls = Calls(report, Files(Path.cwd()), Limits())
    place = Place(Scope(source), Meter(4, 4), Key("C"), 60.0, None)
    value = calls.values.resolve(call, Parameter("law", quantity, required=True), place)
    if value is None or report.diagnostics:
        raise SourceError(report.diagnostics)
    return value


def drawn(value: Value, seed: int, count: int, beats: float) -> Floats:
    """`count` draws, one after the other, over so many beats of a second each."""
    context = Context(beats, lambda places: np.ones(len(places)), lambda name: stream(seed, "law", name), "law")
    return value.sampler(context)((np.arange(count) + 0.5) / count)


def card(process: type, text: str, draws: Floats, screen: Screen) -> Iterator[str]:
    """What a law is, and what its draws are like."""
    about = inspect.getdoc(process) or ""
    yield screen.paint(text, "strong")
    yield about.partition("\n")[0]
    if found := re.search(r"^Source: .*?(?=\n\n|\Z)", about, re.M | re.S):
        yield " ".join(found[0].split())
    yield ""
    reach = f"{draws.min():.6g} to {draws.max():.6g}"
    yield f"mean {draws.mean():.6g}   spread {draws.std():.6g}   of {len(draws):,} draws, {reach}"
    yield ""
    yield from _histogram(draws, screen)
    yield ""
    shares = np.quantile(draws, _QUANTILES)
    cells = [(f"{100 * share:g}%", f"{value:.5g}") for share, value in zip(_QUANTILES, shares, strict=True)]
    widths = [max(map(len, cell)) for cell in cells]
    for row in zip(*cells, strict=True):
        yield "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))


def _histogram(draws: Floats, screen: Screen) -> Iterator[str]:
    """A bar for each stretch of values, or each value where there are few; far tails are cut."""
    counts, labels = _bins(draws)
    name = max(map(len, labels))
    width = min(screen.width, 100) - name - 12
    for label, count in zip(labels, counts, strict=True):
        share = count / len(draws)
        yield f"{label:>{name}} {_bar(count / max(counts), width, screen.unicode)} {100 * share:.1f}%"


def _bins(draws: Floats) -> tuple[list[int], list[str]]:
    values, counts = np.unique(draws, return_counts=True)
    if len(values) <= _ROWS:
        return [int(count) for count in counts], [f"{value:.5g}" for value in values]
    low, high = bulk(draws)
    found, edges = np.histogram(draws, bins=_ROWS, range=(low, high))
    return [int(count) for count in found], [f"{edge:.4g}" for edge in edges[:-1]]


def bulk(draws: Floats) -> tuple[float, float]:
    """Between which values to draw: the far tails of a law like Cauchy's would flatten all the rest."""
    low, high = np.quantile(draws, [0.02, 0.98])
    beyond = (high - low) / 2
    return float(max(draws.min(), low - beyond)), float(min(draws.max(), high + beyond))


def _bar(share: float, width: int, unicode: bool) -> str:
    if not unicode:
        return "#" * round(share * width)
    eighths = round(share * width * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def picture(text: str, draws: Floats, kind: str) -> bytes:
    """The histogram as a picture: `kind` is "svg" or "png"."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.hashsalt": "stochos"}):
        figure = Figure(figsize=(6.0, 3.2), layout="constrained")
        axes = figure.add_subplot()
        axes.hist(draws, bins=80, range=bulk(draws), color="#3b5b78")
        axes.set_title(text, fontsize=10)
        axes.set_ylabel(f"of {len(draws):,} draws")
        axes.spines[["top", "right"]].set_visible(False)
        page = BytesIO()
        figure.savefig(page, format=kind, metadata={"Date": None} if kind == "svg" else None)
    return page.getvalue()


def heard(text: str, value: Value, seed: int) -> bytes:
    """Thirty draws as a MIDI file, eight notes a second: pitches as they are, all else spread over four octaves."""
    from stochos.music.instrument import INSTRUMENTS
    from stochos.music.pitch import Key
    from stochos.music.time import QUARTER, Meter, Tempo
    from stochos.realization import Bar, Note, Origin, Part, Realization
    from stochos.rendering.midi import write_midi

    draws = drawn(value, seed, _HEARD, _HEARD / 8)
    pitches = _pitches(draws)
    step = QUARTER // 4
    made = Origin("", text.partition("(")[0].removeprefix("@"))
    notes = tuple(
        Note(i * step, step, i * step, step, pitch, None, 80, 0, (), made) for i, pitch in enumerate(pitches)
    )
    bar = 4 * QUARTER
    bars = tuple(Bar(i * bar, bar, i + 1, Meter(4, 4), Key("C"), "", "") for i in range(-(-_HEARD * step // bar)))
    piano = next(instrument for instrument in INSTRUMENTS.values() if not instrument.is_percussion)
    tempo = Tempo(0, 120, 0, 120, "", "", QUARTER)
    piece = Realization(text, "", "", seed, (Part("law", piano, None, notes),), bars, (tempo,))
    return write_midi(piece)


def _pitches(draws: Floats) -> list[int]:
    low, high = draws.min(), draws.max()
    if not (low >= 12 and high <= 120 and high - low >= 1):
        draws = 48 + 48 * (draws - low) / (high - low if high > low else 1.0)
    return [int(pitch) for pitch in np.clip(np.rint(draws), 0, 127)]
