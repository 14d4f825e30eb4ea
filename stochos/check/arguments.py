"""Arguments: pairing what a call says with what a process declares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from stochos import tree
from stochos.check.report import Report
from stochos.check.words import listed
from stochos.diagnostics import Fix, nearest
from stochos.process.value import Parameter, Quantity, parameters
from stochos.source import Source

WITHIN = Parameter("within", Quantity.BOUNDS, required=False, doc="bounds of pitch, a span or a ramp of spans")
SCALE = Parameter("scale", Quantity.SCALE, required=False, doc="key, harmony, `dorian on D`, $sieve or off")
VELOCITY = Parameter("velocity", Quantity.VELOCITY, required=False, doc="1..127 or a dynamic")
SEED = Parameter("seed", Quantity.SEED, required=False, at_least=0, doc="draws from this seed, not the score's")
LABEL = Parameter("label", Quantity.LABEL, required=False, doc="names the random stream")
GLISSANDO = Parameter(
    "glissando", Quantity.SPEED, required=False, doc="glides at this speed, `-6st/s`; by default none"
)
OF_PASSAGES = (WITHIN, SCALE, VELOCITY, SEED, LABEL, GLISSANDO)
EDGE = Parameter(
    "edge", Quantity.CHOICE, required=False, doc="what is done with what strays",
    words=("reflect", "clip", "wrap", "resample"),
)  # fmt: skip
WITH = Parameter("with", Quantity.LABEL, required=False, doc="names a source: its draws pair with those tied to it")
CORRELATION = Parameter(
    "correlation", Quantity.NUMBER, required=False, at_least=-1.0, at_most=1.0, doc="with the source; by default 1"
)
OF_VALUES = (WITHIN, EDGE)
TIES = (WITH, CORRELATION)
OF_PITCHES = (WITHIN, EDGE, SCALE)


@dataclass(frozen=True)
class Given:
    """An argument as it was written, and the file it was written in (a `let` may stand in another one)."""

    argument: tree.Argument
    scope: Any  # names.Scope

    @property
    def source(self) -> Source:
        """The file."""
        source: Source = self.scope.source
        return source


def declared(process: type, common: tuple[Parameter, ...]) -> dict[str, Parameter]:
    """Everything that a call of `process` may say, by name; its own declarations come before the common ones."""
    return {p.name: p for p in (*common, *parameters(process))}


def field_names(process: type) -> dict[str, str]:
    """The dataclass field of each parameter: `from` is the field `from_`."""
    return {f.name.rstrip("_"): f.name for f in fields(process) if "quantity" in f.metadata}


_EXAMPLES = {
    Quantity.PITCH: "C5", Quantity.INTERVAL: "2st", Quantity.LENGTH: "1/8", Quantity.RATE: "3/bar",
    Quantity.CHANCE: "30%", Quantity.VELOCITY: "mf", Quantity.NUMBER: "1", Quantity.RATIO: "1.2",
    Quantity.BOUNDS: "C4..C6", Quantity.SCALE: "key", Quantity.CHAIN: "$chain",
    Quantity.MOODS: "$moods", Quantity.MATERIAL: "$motif",
    Quantity.RHYTHM: "$motif",
    Quantity.PRIMER: "$motif", Quantity.MODEL: "basic", Quantity.ONSETS: "@poisson(density: 2/beat)",
    Quantity.FLAG: "yes", Quantity.SIEVE: 'sieve "3@0 | 4@1"', Quantity.ITEMS: "[C5, D5, E5]",
    Quantity.BALLS: "[C5, D5, E5]",
    Quantity.WEIGHTS: "{C5: 3, D5: 1}", Quantity.PARTS: "[flute, cello]", Quantity.MATRIX: "[[1, -1], [-1, 1]]",
    Quantity.PART: "flute", Quantity.TACTICS: "[$lento, $furioso]",
    Quantity.FORETELLERS: "[@markov(from: $tune), @lstm(model: basic)]", Quantity.NUMBERS: "[0.3, 0.7]",
}  # fmt: skip


def example(parameter: Parameter) -> str:
    """An argument as it could be written."""
    if parameter.by_state and parameter.required:
        return f"{parameter.name}: {{calm: C4..G4, wild: C3..C6}}"
    return f"{parameter.name}: {parameter.words[0] if parameter.words else _EXAMPLES.get(parameter.quantity, '…')}"


def bounds_like(drawn: Parameter) -> str:
    """Bounds as they could be written for what is being drawn."""
    low, high = _BOUNDS.get(drawn.quantity, ("0", "1"))
    return f"within: {low}..{high}"


_BOUNDS = {
    Quantity.PITCH: ("C4", "C6"), Quantity.LENGTH: ("1/16", "1/4"), Quantity.VELOCITY: ("p", "f"),
    Quantity.INTERVAL: ("-12st", "12st"), Quantity.RATE: ("1/bar", "4/bar"), Quantity.SPEED: ("-6st/s", "6st/s"),
}  # fmt: skip


def pair(
    given: Iterable[Given], known: dict[str, Parameter], call: tree.Call, source: Source, report: Report
) -> dict[str, Given]:
    """The arguments by name: later ones override those of the `let`; unknown and doubled ones are reported.

    Unnamed arguments take the parameters in their order.
    """
    found: dict[str, Given] = {}
    order = iter(known)
    for g in given:
        name = g.argument.name or next(order, "")
        span = g.argument.name_span if g.argument.name else g.argument.value.span
        if name not in known:
            _unknown(name, g, known, call, report)
        elif name in found and found[name].scope is g.scope and g.source is source and _same_call(found[name], g, call):
            report.add("STO411", g.source, span, f"`{name}` is given twice", hint="keep one of the two")
        else:
            found[name] = g
    return found


def _same_call(first: Given, second: Given, call: tree.Call) -> bool:
    return first.argument in call.arguments and second.argument in call.arguments


def _unknown(name: str, given: Given, known: dict[str, Parameter], call: tree.Call, report: Report) -> None:
    span = given.argument.name_span if given.argument.name else given.argument.value.span
    if name in {tie.name for tie in TIES}:
        report.add(
            "STO306", given.source, span, f"`{call.name}` has no argument `{name}`: only laws can be tied to others",
            hint="tie a value: `velocity: @normal(mean: 70, sd: 10, with: storm)`",
        )  # fmt: skip
        return
    close = nearest(name, known)
    takes = [n for n, p in known.items() if p not in OF_PASSAGES] or list(known)
    report.add(
        "STO306", given.source, span,
        f"`{call.name}` has no argument `{name}`" if name else f"`{call.name}` takes fewer arguments",
        hint=f"did you mean `{close}`?" if close else f"it takes {listed(takes, 'and')}" if takes else "it takes none",
        fix=Fix(span, close) if close and given.argument.name else None,
    )  # fmt: skip


def misspelt(call: tree.Call, known: dict[str, Parameter]) -> set[str]:
    """Arguments that a call means and writes otherwise; told already."""
    return {nearest(a.name, known) or "" for a in call.arguments if a.name not in known}


def missing(
    known: dict[str, Parameter], found: dict[str, Given], call: tree.Call, source: Source, report: Report
) -> bool:
    """Report required arguments that nothing gives; whether there are any."""
    told = misspelt(call, known)
    absent = [p for name, p in known.items() if p.required and name not in found]
    for p in absent:
        if p.name in told:
            continue
        report.add("STO407", source, call.span, f"`{call.name}` needs `{p.name}`: {p.doc}", hint=f"add `{example(p)}`")
    return bool(absent)
