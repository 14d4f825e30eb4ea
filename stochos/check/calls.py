"""Calls: from `@name(argument: value)` to a process that can play."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from stochos import score, tree
from stochos.check import arguments as args
from stochos.check.arguments import Given
from stochos.check.chains import Chains
from stochos.check.library import Library, NetworkFacts, Unavailable
from stochos.check.limits import Limits
from stochos.check.names import Bound, Scope, look_up
from stochos.check.report import Report
from stochos.check.scales import resolve_scale
from stochos.check.values import Place, Values, difference, kind_of, reach
from stochos.check.words import listed
from stochos.diagnostics import Fix, nearest
from stochos.music.pitch import Key, spell
from stochos.music.time import Meter
from stochos.process.chain import Chain
from stochos.process.passage import Process, Token
from stochos.process.table import MELODIES, ONSETS, PROCESSES, VALUES
from stochos.process.value import Bounded, Bounds, Constant, Parameter, Quantity, Snapped, Value

NEVER = object()  # an argument that could not be resolved; reported already


@dataclass(frozen=True)
class Played:
    """A resolved passage: the process and what is common to all of them."""

    process: Process
    within: Bounds | None
    scale: tuple[bool, ...] | None
    velocity: Value | None
    seed: int | None
    label: str | None
    label_span: tree.Span | None
    network: NetworkFacts | None


class Calls:
    """Resolves calls in all the places where they may stand."""

    def __init__(self, report: Report, library: Library, limits: Limits) -> None:
        self._report, self._library, self._limits = report, library, limits
        self.values = Values(report, self)
        self._chains = Chains(report, self.values)
        self.material: Callable[[tree.Value, Place, bool], tuple[Token, ...] | None]
        """Tokens of written music, a file or a corpus piece; set by the checker (music needs calls and calls music)."""

    # --- by place ---

    def value(self, call: tree.Call, wanted: Parameter, place: Place) -> Value | None:
        """A process that draws single values, where `wanted` is asked for."""
        found = self._find(call, place.scope)
        if found is None:
            return None
        name, given, scope, process = found
        if process not in VALUES.values():
            self._report.add(
                "STO401", place.scope.source, call.span, f"`{name}` says when notes come, not what `{wanted.name}` is",
                hint=f"value processes: {listed(list(VALUES), 'and')}",
            )  # fmt: skip
            return None
        known = args.declared(process, args.OF_VALUES if wanted.quantity is Quantity.PITCH else (args.WITHIN,))
        paired = args.pair(given, known, call, place.scope.source, self._report)
        resolved = {n: self._argument(known[n], g, replace(place, scope=g.scope), wanted) for n, g in paired.items()}
        if args.missing(known, paired, call, place.scope.source, self._report) or NEVER in resolved.values():
            return None
        own = args.field_names(process)
        if not self._one_of(process, paired, call, place.scope.source):
            return None
        value: Value = process(**{own[n]: v for n, v in resolved.items() if n in own})
        if "within" not in own and isinstance(resolved.get("within"), Bounds):
            value = Bounded(value, resolved["within"].low, resolved["within"].high)
        if "scale" not in own and resolved.get("scale"):
            value = Snapped(value, resolved["scale"])
        return value

    def passage(self, call: tree.Call, place: Place, quarters: float) -> Played | None:
        """A process that plays whole notes, for at most `quarters` quarter notes."""
        found = self._find(call, place.scope)
        if found is None:
            return None
        name, given, scope, process = found
        if process in ONSETS.values() and process not in MELODIES.values():
            return self._onsets_alone(call, given, process, place, quarters)
        if process not in MELODIES.values():
            self._report.add(
                "STO503", place.scope.source, call.span, f"`{name}` says what notes are, not when they come",
                hint=f"put it in a cloud: `@cloud(onsets: @poisson(density: 2/beat), pitch: @{name}(…))`",
            )  # fmt: skip
            return None
        known = args.declared(process, args.OF_PASSAGES)
        return self._played(process, known, given, call, place, quarters)

    def anywhere(self, call: tree.Call, place: Place) -> None:
        """What can be said of a call whose place is not known: names and arguments."""
        found = self._find(call, place.scope)
        if found is not None and (found[3] in MELODIES.values() or found[3] in ONSETS.values()):
            self.passage(call, place, place.meter.bar / 10080)

    # --- finding what is called ---

    def _find(self, call: tree.Call, scope: Scope) -> tuple[str, list[Given], Scope, type] | None:
        """The process behind a name, with the arguments of every `let` on the way, oldest first."""
        given = [Given(a, scope) for a in call.arguments]
        name, at, span = call.name, scope, call.name_span
        while name in at.lets or "." in name or name in at.broken or name in at.imports:
            bound = look_up(name, at, span, self._report, "@")
            if not isinstance(bound, Bound):
                return None
            value = bound.let.value
            if isinstance(value, tree.Reference):
                name, at, span = value.name, bound.scope, value.span
                continue
            if not isinstance(value, tree.Call):
                self._not_a_process(call, bound, scope)
                return None
            given = [Given(a, bound.scope) for a in value.arguments] + given
            name, at, span = value.name, bound.scope, value.name_span
        if name in PROCESSES:
            return call.name, given, at, PROCESSES[name]
        close = nearest(name, (*PROCESSES, *at.lets))
        self._report.add(
            "STO305", at.source, span, f"no generator is called `{name}`",
            hint=f"did you mean `@{close}`?" if close else f"generators: {listed(sorted(PROCESSES), 'and')}",
            fix=Fix(span, close) if close else None,
        )  # fmt: skip
        return None

    def _not_a_process(self, call: tree.Call, bound: Bound, scope: Scope) -> None:
        kind = kind_of(bound.let.value) if not isinstance(bound.let.value, tree.Pipe | tree.Repeat | tree.Group) else "music"
        fix = Fix(call.span, f"${call.name}") if not call.arguments else None
        self._report.add(
            "STO305", scope.source, call.span, f"`{call.name}` is {kind}, not a process",
            hint=f"write `${call.name}`: nothing in it is drawn afresh", fix=fix,
        )  # fmt: skip

    # --- arguments ---

    def _played(
        self, process: type, known: dict[str, Parameter], given: list[Given], call: tree.Call, place: Place,
        quarters: float, **more: Any,
    ) -> Played | None:  # fmt: skip
        source = place.scope.source
        paired = args.pair(given, known, call, source, self._report)
        facts = self._network(paired, known)
        resolved = {n: self._argument(known[n], g, replace(place, scope=g.scope), None) for n, g in paired.items()}
        fits = [
            self._fits(known[n], v, paired[n], quarters) for n, v in resolved.items()
            if v is not NEVER and n not in {"seed", "label"}
        ]  # fmt: skip
        if place.part is not None and place.part.instrument.is_percussion and "pitch" in known:
            known["pitch"] = replace(known["pitch"], required=True, doc="a percussion name, such as `kick`")
        absent = args.missing(known, paired, call, source, self._report)
        chosen = self._one_of(process, paired, call, source)
        if absent or NEVER in resolved.values() or not chosen or not all(fits):
            return None
        self._pitches_fit(known, resolved, paired, place.part)
        own = args.field_names(process)
        if isinstance(resolved.get("chain"), Chain) and not self._primer_known(resolved["chain"], resolved, paired):
            return None
        if facts is not None and not self._primer_fits(resolved.get("primer"), paired, facts):
            return None
        label = paired.get("label")
        built = {own[n]: v for n, v in resolved.items() if n in own}
        return Played(
            process(**built, **more), resolved.get("within"), resolved.get("scale") or None, resolved.get("velocity"),
            None if "seed" not in resolved else int(resolved["seed"].number),
            resolved.get("label"), label.argument.value.span if label and label.argument in call.arguments else None,
            facts,
        )  # fmt: skip

    def _onsets_alone(
        self, call: tree.Call, given: list[Given], process: type, place: Place, quarters: float
    ) -> Played | None:
        """`@poisson(density: …, pitch: …)`: short for a cloud over it."""
        cloud = MELODIES["cloud"]
        of_onsets = args.declared(process, ())
        known = {**args.declared(cloud, args.OF_PASSAGES), **of_onsets}
        del known["onsets"]
        source = place.scope.source
        paired = args.pair(given, known, call, source, self._report)
        absent = args.missing(of_onsets, paired, call, source, self._report)
        inner = {n: g for n, g in paired.items() if n in of_onsets}
        resolved = {n: self._argument(known[n], g, replace(place, scope=g.scope), None) for n, g in inner.items()}
        fits = [self._fits(known[n], v, inner[n], quarters) for n, v in resolved.items() if v is not NEVER]
        ready = not absent and NEVER not in resolved.values() and all(fits)
        own = args.field_names(process)
        onsets = process(**{own[n]: v for n, v in resolved.items()}) if ready else None
        rest = [g for n, g in paired.items() if n not in of_onsets]
        known = {n: p for n, p in known.items() if n not in of_onsets}
        played = self._played(cloud, known, rest, call, place, quarters, onsets=onsets)
        return played if ready else None

    def _argument(self, known: Parameter, given: Given, place: Place, target: Parameter | None) -> Any:
        """What an argument becomes; NEVER where it cannot be. `target`: what a value process is drawn for."""
        node = given.argument.value
        match known.quantity:
            case Quantity.SAME if target is not None:
                known = replace(target, name=known.name, above=_most(known.above, None), at_least=known.at_least)
            case Quantity.SAME:
                known = replace(known, quantity=Quantity.PITCH)
            case Quantity.SPREAD:
                known = replace(known, quantity=difference(target.quantity if target else Quantity.PITCH))
        match known.name, known.quantity:
            case "label", _:
                return self._label(node, place)
            case "seed", _:
                number = self.values.constant(node, known, place, "a seed")
                if number is not None and number != int(number):
                    self._report.add("STO403", place.scope.source, node.span, "a seed is a whole number")
                    number = None
                return NEVER if number is None else Constant(number)
        result: Any
        match known.quantity:
            case Quantity.BOUNDS:
                result = self._bounds(node, target or replace(known, quantity=Quantity.PITCH), place)
            case Quantity.SCALE:
                result = resolve_scale(node, place, self._report)
                return NEVER if result is None else result
            case Quantity.CHAIN:
                result = self._chains.resolve(node, target, place)
            case Quantity.MATERIAL | Quantity.PRIMER:
                result = self.material(node, place, known.quantity is Quantity.PRIMER)
            case Quantity.MODEL:
                facts = self._facts(node, place)
                result = facts.folder if facts else None
            case Quantity.ONSETS:
                result = self._onsets(node, place)
            case Quantity.FLAG:
                return self._flag(node, known, place)
            case _:
                result = self.values.resolve(node, known, place)
        return NEVER if result is None else result

    def _label(self, node: tree.Value, place: Place) -> Any:
        if isinstance(node, tree.Word | tree.Text):
            return node.word if isinstance(node, tree.Word) else node.text
        self._report.add("STO401", place.scope.source, node.span, f"a label is a word; this is {kind_of(node)}")
        return NEVER

    def _flag(self, node: tree.Value, known: Parameter, place: Place) -> Any:
        if isinstance(node, tree.Word) and node.word in {"yes", "no"}:
            return node.word == "yes"
        self._report.add("STO401", place.scope.source, node.span, f"`{known.name}` is `yes` or `no`")
        return NEVER

    def _bounds(self, node: tree.Value, wanted: Parameter, place: Place) -> Bounds | None:
        """`C3..C5`, or a ramp of such spans, as a lower and an upper value."""
        if isinstance(node, tree.Reference):
            bound = look_up(node.name, place.scope, node.span, self._report)
            if isinstance(bound, Bound):
                return self._bounds(bound.let.value, wanted, replace(place, scope=bound.scope))  # type: ignore[arg-type]
            return None
        spans = [node] if isinstance(node, tree.Interval) else []
        if isinstance(node, tree.Ramp):
            spans = [v for v in (node.start, *(p.value for p in node.points)) if isinstance(v, tree.Interval)]
            if len(spans) != len(node.points) + 1:
                spans = []
        if not spans:
            self._report.add(
                "STO401", place.scope.source, node.span, f"`within` wants a span such as `C3..C5`; this is {kind_of(node)}"
            )
            return None
        if self.values.resolve(node, wanted, place) is None:
            return None
        ends = []
        for side in ("low", "high"):
            if isinstance(node, tree.Ramp):
                points = tuple(replace(p, value=getattr(p.value, side)) for p in node.points)
                ends.append(self.values.resolve(replace(node, start=getattr(node.start, side), points=points), wanted, place))
            else:
                ends.append(self.values.resolve(getattr(node, side), wanted, place))
        low, high = ends
        return Bounds(low, high) if low and high else None

    def _onsets(self, node: tree.Value, place: Place) -> Any:
        call = tree.Call(node.name, (), node.span, node.span) if isinstance(node, tree.Reference) else node
        if not isinstance(call, tree.Call):
            self._report.add(
                "STO503", place.scope.source, node.span, f"`onsets` wants a process that says when; this is {kind_of(node)}",
                hint=f"onset processes: {listed(list(ONSETS), 'and')}",
            )  # fmt: skip
            return None
        found = self._find(call, place.scope)
        if found is None:
            return None
        name, given, scope, process = found
        if process not in ONSETS.values():
            self._report.add(
                "STO503", place.scope.source, node.span, f"`{name}` does not say when notes come",
                hint=f"onset processes: {listed(list(ONSETS), 'and')}",
            )  # fmt: skip
            return None
        known = args.declared(process, ())
        paired = args.pair(given, known, call, place.scope.source, self._report)
        resolved = {n: self._argument(known[n], g, replace(place, scope=g.scope), None) for n, g in paired.items()}
        if args.missing(known, paired, call, place.scope.source, self._report) or NEVER in resolved.values():
            return None
        own = args.field_names(process)
        return process(**{own[n]: v for n, v in resolved.items()})

    def _one_of(self, process: type, paired: dict[str, Given], call: tree.Call, source: Any) -> bool:
        for names in getattr(process, "ONE_OF", ()):
            said = [n for n in names if n in paired]
            if len(said) == 1:
                continue
            if said:
                self._report.add(
                    "STO411", source, call.span, f"`{call.name}` takes only one of {listed(list(names), 'and')}"
                )
            else:
                self._report.add(
                    "STO407", source, call.span, f"`{call.name}` needs {listed(list(names))}",
                    hint=f"write `@{call.name}({names[0]}: …)`",
                )  # fmt: skip
            return False
        return True

    # --- ranges ---

    def bounds(self, played: Played, part: score.Part, call: tree.Call, place: Place) -> tuple[Value, Value]:
        """Lowest and highest pitch of a passage, checked against the part and, if there is one, the network."""
        low, high = (played.within.low, played.within.high) if played.within else (Constant(part.low), Constant(part.high))
        least, most = reach(low)[0], reach(high)[1]
        source = place.scope.source
        if played.within and part.low < part.high and not part.low <= least <= most <= part.high:
            self._report.add(
                "STO405", source, call.span,
                f"`within` reaches {spell(int(least), 0)} to {spell(int(most), 0)}, beyond the range of {part.name} "
                f"({part.instrument.name}, {spell(part.low, 0)} to {spell(part.high, 0)})",
                hint=f"keep `within` inside {spell(part.low, 0)}..{spell(part.high, 0)}, or widen the part: "
                f"`in {spell(min(part.low, int(least)), 0)}..{spell(max(part.high, int(most)), 0)}`",
            )  # fmt: skip
        facts = played.network
        if facts and (most < facts.low or least > facts.high):
            self._report.add(
                "STO506", source, call.span,
                f"the network plays {spell(facts.low, 0)} to {spell(facts.high, 0)}, and none of that lies within "
                f"{spell(int(least), 0)} to {spell(int(most), 0)}",
                hint="pipe it: `>> octave(-1)`, or choose another range",
            )  # fmt: skip
        elif played.scale and not any(played.scale[max(int(least), 0) : int(most) + 1]):
            self._report.add("STO506", source, call.span, "no pitch of the scale lies within its bounds")
        return low, high

    def _pitches_fit(self, known: dict[str, Parameter], resolved: dict[str, Any], paired: dict[str, Given], part: score.Part | None) -> None:
        """Reports pitches that a passage asks for and the part does not have."""
        if part is None or part.instrument.is_percussion:
            return
        bounds = resolved.get("within")
        low, high = (reach(bounds.low)[0], reach(bounds.high)[1]) if isinstance(bounds, Bounds) else (part.low, part.high)
        for name, value in resolved.items():
            pitches: list[float] = []
            if isinstance(value, Chain):
                pitches = [p for state in value.states for p in state.pitches]
            elif known[name].quantity is Quantity.PITCH and hasattr(value, "sampler"):
                pitches = [p for p in reach(value) if abs(p) != float("inf")]
            outside = next((int(p) for p in pitches if not low <= p <= high), None)
            if outside is not None:
                whose = "`within`" if isinstance(bounds, Bounds) else f"the range of {part.name}"
                self._report.add(
                    "STO408", paired[name].source, paired[name].argument.value.span,
                    f"`{name}` reaches {spell(outside, 0)}, outside {whose} ({spell(int(low), 0)} to {spell(int(high), 0)})",
                    hint=f"choose other pitches, or widen {'it' if isinstance(bounds, Bounds) else 'the range of the part'}",
                )  # fmt: skip

    # --- networks ---

    def _facts(self, node: tree.Value, place: Place) -> NetworkFacts | None:
        match node:
            case tree.Word(word=name) | tree.Text(text=name):
                try:
                    return self._library.network(name, place.scope.source)
                except Unavailable as u:
                    self._report.add(u.code, place.scope.source, node.span, str(u), hint=u.hint)
                    return None
        self._report.add(
            "STO401", place.scope.source, node.span, f"a model is named, `model: basic`; this is {kind_of(node)}"
        )
        return None

    def _network(self, paired: dict[str, Given], known: dict[str, Parameter]) -> NetworkFacts | None:
        for name, given in paired.items():
            if known[name].quantity is Quantity.MODEL:
                with self._report.muted():
                    return self._facts(given.argument.value, _place_of(given))
        return None

    def _primer_known(self, chain: Chain, resolved: dict[str, Any], paired: dict[str, Given]) -> bool:
        """Whether a written chain can go on from the primer that is given."""
        primer = resolved.get("primer") or ()
        states = {state.pitches for state in chain.states}
        if not primer or primer[-1].pitches in states:
            return True
        given = paired["primer"]
        self._report.add(
            "STO505", given.source, given.argument.value.span, "the chain has no state for the end of this primer",
            hint="end it on one of the chain's states",
        )  # fmt: skip
        return False

    def _primer_fits(self, primer: Any, paired: dict[str, Given], facts: NetworkFacts) -> bool:
        outside = [p for token in primer or () for p in token.pitches if not facts.low <= p <= facts.high]
        if outside:
            given = paired["primer"]
            self._report.add(
                "STO605", given.source, given.argument.value.span,
                f"this primer goes outside the model's range, MIDI {facts.low} to {facts.high} "
                f"({len(outside)} notes, the first is {outside[0]})",
                hint="transpose the primer by octaves, or choose another model",
            )  # fmt: skip
        return not outside

    # --- limits ---

    def _fits(self, known: Parameter, value: Any, given: Given, quarters: float) -> bool:
        """Whether a rate or a grid asks for no more notes than the limit allows."""
        if known.quantity not in {Quantity.RATE, Quantity.LENGTH} or not hasattr(value, "sampler"):
            return True
        low, high = reach(value)
        expected = high * quarters if known.quantity is Quantity.RATE else quarters / low if low > 0 else 0
        if expected != float("inf") and expected > self._limits.notes:
            self._report.add(
                "STO609", given.source, given.argument.value.span,
                f"this asks for some {expected:,.0f} notes; the limit is {self._limits.notes:,}",
                hint="ask for fewer, or set STOCHOS_MAX_NOTES",
            )  # fmt: skip
            return False
        return True


def _most(a: float | None, b: float | None) -> float | None:
    return a if b is None else b if a is None else max(a, b)


def _place_of(given: Given) -> Place:
    return Place(given.scope, Meter(4, 4), Key("C"), 60.0, None)
