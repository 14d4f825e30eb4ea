"""Calls: from `@name(argument: value)` to a process that can play."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from stochos import tree
from stochos.check import arguments as args
from stochos.check.arguments import Given
from stochos.check.endings import leads_on
from stochos.check.forms import Forms
from stochos.check.joint import is_sound
from stochos.check.kinds import kind_of
from stochos.check.library import Library, NetworkFacts
from stochos.check.limits import Limits
from stochos.check.names import Bound, Scope, look_up
from stochos.check.ranges import Ranges, nothing_glides
from stochos.check.report import Report
from stochos.check.values import Place, Values, difference
from stochos.check.words import listed, some
from stochos.diagnostics import Fix, nearest
from stochos.process.passage import Process
from stochos.process.scale import Scale, Snapped
from stochos.process.table import MELODIES, ONSETS, PROCESSES, TIED, VALUES, Table
from stochos.process.tied import Tied
from stochos.process.value import Bounded, Bounds, Constant, Parameter, Quantity, Value
from stochos.source import Source, Span


@dataclass(frozen=True)
class Played:
    """A resolved passage: the process and what is common to all of them.

    label_span  where the label stands, if at the passage itself
    """

    process: Process
    within: Bounds | None
    scale: Scale | None
    velocity: Value | None
    seed: int | None
    label: str | None
    label_span: Span | None
    network: NetworkFacts | None
    glissando: Value | None = None


@dataclass(frozen=True)
class _Found:
    """What a call turned out to be: its process, and the arguments of every `let` on the way, oldest first."""

    call: tree.Call
    process: type
    given: list[Given]
    source: Source

    @property
    def name(self) -> str:
        return self.call.name


class Calls:
    """Resolves calls in all the places where they may stand."""

    def __init__(self, report: Report, library: Library, limits: Limits) -> None:
        self._report = report
        self.values = Values(report, self)
        self.forms = Forms(report, library, self)
        self.ranges = Ranges(report, limits)
        self.sources: dict[str, list[tuple[Source, Span]]] = {}
        """Where laws are tied to sources, by name."""
        self._quarters = 4.0  # of the passage that is being read

    # --- by place ---

    def value(self, call: tree.Call, wanted: Parameter, place: Place) -> Value | None:
        """A process that draws single values, where `wanted` is asked for."""
        found = self._find(call, place.scope)
        if found is None or not self._is_among(VALUES, found, f"says when notes come, not what `{wanted.name}` is"):
            return None
        common = args.OF_PITCHES if wanted.quantity is Quantity.PITCH else args.OF_VALUES
        common = (*common, *args.TIES) if TIED.holds(found.process) else common
        resolved = self._resolved(found, args.declared(found.process, common), place, wanted)
        if resolved is None or not self._is_tied_to_something(found, resolved):
            return None
        own = args.field_names(found.process)
        value: Value = found.process(**{own[n]: v for n, v in resolved.items() if n in own})
        if not leads_on(value, found.given, self._report):
            return None
        given = {g.argument.name: g for g in found.given}
        if "edge" in resolved and "within" not in resolved:
            edge = given["edge"]
            self._report.add(
                "STO407", edge.source, Span(edge.argument.name_span.start, edge.argument.value.span.end),
                f"`edge` says what is done at bounds, and this `{found.name}` has none",
                hint=f"add `{args.bounds_like(wanted)}`, or leave `edge` out",
            )  # fmt: skip
            return None
        if not is_sound(value, given, place, found.call, self._report):
            return None
        within = resolved.get("within")
        if "within" not in own and isinstance(within, Bounds):
            value = Bounded(value, within.low, within.high, resolved.get("edge", "reflect"))
        if "scale" not in own and resolved.get("scale"):
            value = Snapped(value, resolved["scale"])
        tied: str | None = resolved.get("with")
        return Tied(value, tied, resolved.get("correlation", Constant(1.0))) if tied else value

    def _is_tied_to_something(self, found: _Found, resolved: dict[str, Any]) -> bool:
        """Whether a correlation has a source to be with; reported where not. Sources are written down."""
        given = {g.argument.name: g for g in found.given}
        if "with" in resolved:
            at = given["with"]
            self.sources.setdefault(resolved["with"], []).append((at.source, at.argument.value.span))
        elif "correlation" in resolved:
            at = given["correlation"]
            self._report.add(
                "STO407", at.source, at.argument.value.span, f"`{found.name}` does not say what it correlates with",
                hint="name a source, in every law that is to go along: `with: storm`",
            )  # fmt: skip
            return False
        return True

    def onsets(self, node: tree.Value, place: Place) -> Any:
        """A process that says when, as the argument of another."""
        call = tree.Call(node.name, (), node.span, node.span) if isinstance(node, tree.Reference) else node
        if not isinstance(call, tree.Call):
            self._not_among(
                ONSETS,
                place.scope.source,
                node.span,
                f"`onsets` wants a process that says when; this is {kind_of(node)}",
            )
            return None
        found = self._find(call, place.scope)
        if found is None or not self._is_among(ONSETS, found, "does not say when notes come"):
            return None
        resolved = self._resolved(found, args.declared(found.process, ()), place, None)
        own = args.field_names(found.process)
        return None if resolved is None else found.process(**{own[n]: v for n, v in resolved.items()})

    def foreteller(self, node: tree.Value, place: Place) -> Any:
        """A process that can say what it would play next, as one of several."""
        call = tree.Call(node.name, (), node.span, node.span) if isinstance(node, tree.Reference) else node
        found = self._find(call, place.scope) if isinstance(call, tree.Call) else None
        if isinstance(call, tree.Call) and found is None:
            return None
        names = getattr(found.process, "FORETELLS", ()) if found is not None else ()
        if found is None or not names:
            foretelling = [f"@{name}" for name, process in MELODIES.items() if hasattr(process, "FORETELLS")]
            self._report.add(
                "STO401", place.scope.source, node.span, f"{kind_of(node)} cannot say what it would play next",
                hint=f"{listed(foretelling, 'and')} can",
            )  # fmt: skip
            return None
        known = {name: p for name, p in args.declared(found.process, ()).items() if name in names}
        known |= {name: replace(p, words=()) for name, p in known.items() if p.quantity is Quantity.MODEL}
        resolved = self._resolved(found, known, place, None)
        own = args.field_names(found.process)
        process = None if resolved is None else found.process(**{own[n]: v for n, v in resolved.items()})
        given = {g.argument.name: g for g in found.given}
        sound = process is not None and leads_on(process, found.given, self._report)
        return process if sound and is_sound(process, given, place, found.call, self._report) else None

    def passage(self, call: tree.Call, place: Place, quarters: float) -> Played | None:
        """A process that plays whole notes, for at most `quarters` quarter notes."""
        self._quarters = quarters
        found = self._find(call, place.scope)
        if found is None:
            return None
        if MELODIES.holds(found.process):
            return self._played(found, args.declared(found.process, args.OF_PASSAGES), place)
        if ONSETS.holds(found.process):
            return self._onsets_alone(found, place)
        self._report.add(
            "STO503", place.scope.source, call.span, f"`{call.name}` says what notes are, not when they come",
            hint=f"put it in a cloud: `@cloud(onsets: @poisson(density: 2/beat), pitch: @{call.name}(…))`",
        )  # fmt: skip
        return None

    def anywhere(self, call: tree.Call, place: Place) -> None:
        """What can be said of a call whose place is not known: names and arguments."""
        found = self._find(call, place.scope)
        if found is not None and (MELODIES.holds(found.process) or ONSETS.holds(found.process)):
            self.passage(call, place, place.meter.bar / 10080)

    # --- finding what is called ---

    def _find(self, call: tree.Call, scope: Scope) -> _Found | None:
        given = [Given(a, scope) for a in call.arguments]
        name, at, span = call.name, scope, call.name_span
        while name in at.lets or "." in name or name in at.broken or name in at.imports or name in at.unread:
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
            return _Found(call, PROCESSES[name], given, scope.source)
        close = nearest(name, (*PROCESSES, *at.lets))
        self._report.add(
            "STO305", at.source, span, f"no generator is called `{name}`",
            hint=f"did you mean `@{close}`?" if close else f"generators: {some(sorted(PROCESSES))}",
            fix=Fix(span, close) if close else None,
        )  # fmt: skip
        return None

    def _not_a_process(self, call: tree.Call, bound: Bound, scope: Scope) -> None:
        value = bound.let.value
        kind = "music" if isinstance(value, tree.Pipe | tree.Repeat | tree.Group) else kind_of(value)
        is_music = kind == "music"
        self._report.add(
            "STO305", scope.source, call.span, f"`{call.name}` is {kind}, not a process",
            hint=f"write `${call.name}`: nothing in it is drawn afresh" if is_music
            else f"`${call.name}` stands in arguments; a process is bound with `let {call.name} = @poisson(…)`",
            fix=Fix(call.span, f"${call.name}") if is_music and not call.arguments else None,
        )  # fmt: skip

    def _is_among(self, table: Table, found: _Found, said: str) -> bool:
        if table.holds(found.process):
            return True
        self._not_among(table, found.source, found.call.span, f"`{found.name}` {said}")
        return False

    def _not_among(self, table: Table, source: Source, span: Span, message: str) -> None:
        kind, code = ("value", "STO401") if table is VALUES else ("onset", "STO503")
        self._report.add(code, source, span, message, hint=f"{kind} processes: {some(list(table))}")

    # --- arguments ---

    def _resolved(
        self, found: _Found, known: dict[str, Parameter], place: Place, target: Parameter | None
    ) -> dict[str, Any] | None:
        """Every argument of a call that stands inside another, by name; None where any is wrong."""
        paired = args.pair(found.given, known, found.call, found.source, self._report)
        resolved = self._arguments(known, paired, place, target)
        measured = {n: _measured(p, target) for n, p in known.items()}
        absent = args.missing(measured, paired, found.call, found.source, self._report)
        sound = not absent and self._one_of(found, paired, known) and len(resolved) == len(paired)
        if ONSETS.holds(found.process):
            sound = self._fits(known, resolved, paired, place) and sound
        return resolved if sound else None

    def _fits(
        self, known: dict[str, Parameter], resolved: dict[str, Any], paired: dict[str, Given], place: Place
    ) -> bool:
        """Whether a passage of the length that is being read gets no more notes than it may."""
        fits = [self.ranges.fits(known[n], v, paired[n], self._quarters, place.bpm) for n, v in resolved.items()]
        return all(fits)

    def _arguments(
        self, known: dict[str, Parameter], paired: dict[str, Given], place: Place, target: Parameter | None
    ) -> dict[str, Any]:
        """The arguments that can be resolved; the others are reported and left out."""
        resolved = {}
        for name, given in paired.items():
            here = replace(place, scope=given.scope)
            value = self._argument(known[name], given.argument.value, here, target)
            if value is not None:
                resolved[name] = value
        return resolved

    def _argument(self, known: Parameter, node: tree.Value, place: Place, target: Parameter | None) -> Any:
        """What an argument becomes. target: what a value process is drawn for; a passage draws pitches."""
        if known.quantity is Quantity.SEED:
            return self._seed(known, node, place)
        return self.forms.resolve(node, _measured(known, target), place, target)

    def _seed(self, known: Parameter, node: tree.Value, place: Place) -> int | None:
        number = self.values.constant(node, replace(known, quantity=Quantity.NUMBER), place, "a seed")
        if number is not None and number != int(number):
            self._report.add("STO403", place.scope.source, node.span, "a seed is a whole number")
            return None
        return None if number is None else int(number)

    def _one_of(self, found: _Found, paired: dict[str, Given], known: dict[str, Parameter]) -> bool:
        """Whether just one argument of each set that excludes each other is there."""
        for names in getattr(found.process, "ONE_OF", ()):
            said = [n for n in names if n in paired]
            if len(said) == 1:
                continue
            if not said and args.misspelt(found.call, known) & set(names):
                return False
            self._report.add(
                "STO411" if said else "STO407", found.source, found.call.span,
                f"`{found.name}` takes only one of {listed(list(names), 'and')}" if said
                else f"`{found.name}` needs {listed(list(names))}",
                hint="keep one of them" if said else f"add {listed([args.example(known[n]) for n in names])}",
            )  # fmt: skip
            return False
        return True

    # --- passages ---

    def _played(self, found: _Found, known: dict[str, Parameter], place: Place, **more: Any) -> Played | None:
        if place.part is not None and place.part.instrument.is_percussion and "pitch" in known:
            known["pitch"] = replace(known["pitch"], required=True, doc="a percussion name", words=("kick",))
        paired = args.pair(found.given, known, found.call, found.source, self._report)
        facts = self._network(paired, known, place)
        resolved = self._arguments(known, paired, place, None)
        paces = not any(p.quantity is Quantity.ONSETS for p in args.declared(found.process, ()).values())
        fits = not paces or self._fits(known, resolved, paired, place)
        absent = args.missing(known, paired, found.call, found.source, self._report)
        if absent or not self._one_of(found, paired, known) or len(resolved) < len(paired) or not fits:
            return None
        self.ranges.check_pitches(known, resolved, paired, place)
        if not self.ranges.check_primer(resolved, paired, facts):
            return None
        own = args.field_names(found.process)
        process = found.process(**{own[n]: v for n, v in resolved.items() if n in own}, **more)
        if not leads_on(process, found.given, self._report):
            return None
        if not is_sound(process, paired, place, found.call, self._report):
            return None
        thickest = process.thickest() if hasattr(process, "thickest") else 1.0
        if thickest > 1.0 and not self.ranges.fits(
            known["density"], resolved["density"], paired["density"], self._quarters * thickest, place.bpm
        ):
            return None
        if "glissando" in paired and place.part is not None and place.part.instrument.is_percussion:
            at = paired["glissando"]
            span = Span(at.argument.name_span.start, at.argument.value.span.end)
            nothing_glides(place.part, at.source, span, self._report)
        label = paired.get("label")
        at_itself = label is not None and label.argument in found.call.arguments
        return Played(
            process, resolved.get("within"), resolved.get("scale"),
            None if "velocity" in own else resolved.get("velocity"), resolved.get("seed"),
            resolved.get("label"), label.argument.value.span if label and at_itself else None, facts,
            resolved.get("glissando"),
        )  # fmt: skip

    def _onsets_alone(self, found: _Found, place: Place) -> Played | None:
        """`@poisson(density: …, pitch: …)`: short for a cloud over it."""
        cloud, of_onsets = MELODIES["cloud"], args.declared(found.process, ())
        known = {**args.declared(cloud, args.OF_PASSAGES), **of_onsets}
        del known["onsets"]
        paired = args.pair(found.given, known, found.call, found.source, self._report)
        inner = {n: g for n, g in paired.items() if n in of_onsets}
        resolved = self._resolved(replace(found, given=list(inner.values())), of_onsets, place, None)
        own = args.field_names(found.process)
        onsets = None if resolved is None else found.process(**{own[n]: v for n, v in resolved.items()})
        rest = replace(found, process=cloud, given=[g for n, g in paired.items() if n not in of_onsets])
        known = {n: p for n, p in known.items() if n not in of_onsets}
        played = self._played(rest, known, place, onsets=onsets)
        return None if resolved is None else played

    def _network(self, paired: dict[str, Given], known: dict[str, Parameter], place: Place) -> NetworkFacts | None:
        """What is known of the network that a passage names; reported where the argument itself is resolved."""
        for name, given in paired.items():
            if known[name].quantity is Quantity.MODEL:
                with self._report.muted():
                    return self.forms.network(given.argument.value, replace(place, scope=given.scope))
        return None


def _measured(known: Parameter, target: Parameter | None) -> Parameter:
    """A parameter that measures what is being drawn, or a spread of it; a passage draws pitches."""
    drawn = target or replace(known, quantity=Quantity.PITCH)
    match known.quantity:
        case Quantity.SAME:
            return replace(
                drawn, name=known.name, above=known.above or drawn.above, at_least=known.at_least, doc=known.doc,
                required=known.required, by_state=known.by_state, silent=known.silent and target is None,
            )  # fmt: skip
        case Quantity.SPREAD:
            return replace(known, quantity=difference(drawn.quantity))
    return known
