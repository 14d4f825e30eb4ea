"""What is said by state: `{calm: 1/4, wild: 1/16}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stochos import tree
from stochos.check.kinds import kind_of
from stochos.check.report import Report
from stochos.check.values import Place
from stochos.music.dynamics import VELOCITIES
from stochos.music.instrument import PERCUSSION
from stochos.process.value import ByName, Parameter, Quantity

if TYPE_CHECKING:
    from stochos.check.values import Values


def stated(node: tree.Value, known: Parameter, place: Place) -> tuple[tree.ByState, Place] | None:
    """What is said by state, names followed; None where something else is written."""
    match node:
        case tree.Reference(name=name):
            match place.scope.lets.get(name):
                case tree.Let(value=(tree.ByState() | tree.Weights() | tree.Reference()) as bound):
                    return stated(bound, known, place)
        case tree.ByState():
            return node, place
        case tree.Weights(entries=entries, span=span):
            names = [key.word for key, _ in entries if isinstance(key, tree.Word)]
            if len(names) == len(entries) and all(said for _, said in entries):
                has = VELOCITIES if known.quantity is Quantity.VELOCITY else PERCUSSION
                return None if set(names) <= set(has) else (tree.ByState(entries, span), place)
    return None


def by_state(node: tree.ByState, known: Parameter, place: Place, values: Values, report: Report) -> ByName | None:
    """What is drawn in each state."""
    names, items = [], []
    for key, said in node.entries:
        if not isinstance(key, tree.Word):
            report.add("STO401", place.scope.source, key.span, f"a state is named by a word; this is {kind_of(key)}")
            return None
        if key.word in names:
            report.add("STO411", place.scope.source, key.span, f"`{key.word}` is said twice", hint="keep one")
            return None
        if said is None:
            report.add(
                "STO401", place.scope.source, key.span, f"nothing is said for `{key.word}`",
                hint=f"write `{key.word}: …`",
            )  # fmt: skip
            return None
        names.append(key.word)
        is_silent = known.silent and isinstance(said, tree.Word) and said.word == "off"
        items.append(None if is_silent else values.resolve(said, known, place))
        if items[-1] is None and not is_silent:
            return None
    if not any(items):
        report.add("STO401", place.scope.source, node.span, "nothing ever sounds: every state is `off`")
        return None
    return ByName(tuple(names), tuple(items))
