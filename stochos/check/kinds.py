"""Kinds of values, in words."""

from __future__ import annotations

from stochos import tree

_UNITS = {"": "a plain number", "st": "an interval", "%": "a share", "ms": "a time", "s": "a time", "st/s": "a speed"}
_KINDS: dict[type, str] = {
    tree.NoteValue: "a length",
    tree.PitchName: "a pitch",
    tree.Text: "a quoted text",
    tree.ScaleName: "a scale",
    tree.Sieve: "a sieve",
    tree.Interval: "a span",
    tree.Sequence: "a list",
    tree.Weights: "a weighted choice",
    tree.ByState: "a choice by state",
    tree.Ramp: "a ramp",
    tree.Combined: "a set of pitches",
    tree.Complement: "a set of pitches",
    tree.Chain: "a chain",
}


def kind_of(node: tree.Value) -> str:
    """What a value is, as a message says it; music, where it is none."""
    match node:
        case tree.Number(unit=unit):
            return _UNITS.get(unit, "a rate")
        case tree.Word(word=word):
            return f"the word `{word}`"
        case tree.Reference(name=name):
            return f"`${name}`"
        case tree.Call(name=name):
            return f"`@{name}`"
    return _KINDS.get(type(node), "music")
