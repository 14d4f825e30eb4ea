"""Ranges: what a passage may reach, beside what its part and its network have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stochos import score, tree
from stochos.check.arguments import Given
from stochos.check.library import NetworkFacts
from stochos.check.limits import Limits
from stochos.check.reach import extremes, is_clocked, is_drawn, reach
from stochos.check.report import Report
from stochos.check.values import Place
from stochos.music.pitch import spell
from stochos.process.chain import Chain
from stochos.process.morph import Morph
from stochos.process.scale import Allowed, Changes, Crossfade, Scale
from stochos.process.value import Bounds, ByName, Constant, Parameter, Quantity, Value
from stochos.source import Source, Span

if TYPE_CHECKING:
    from stochos.check.calls import Played


_DENSEST, _SHORTEST = 10_000.0, 1 / 256  # no process plays more a quarter note, or in smaller steps


class Ranges:
    """Reports what goes too far."""

    def __init__(self, report: Report, limits: Limits) -> None:
        self._report, self._limits = report, limits
        self.expected = 0
        """About how many notes the generators so far will play."""

    def bounds(self, played: Played, part: score.Part, call: tree.Call, place: Place) -> tuple[Value, Value]:
        """Lowest and highest pitch of a passage, checked against the part and, if there is one, the network."""
        low: Value = played.within.low if played.within else Constant(part.low)
        high: Value = played.within.high if played.within else Constant(part.high)
        least, most = reach(low)[0], reach(high)[1]
        source = place.scope.source
        if played.within and not part.low <= least <= most <= part.high:
            self._report.add(
                "STO405", source, call.span,
                f"`within` reaches {_names(least, most)}, beyond the range of {part.name} "
                f"({part.instrument.name}, {_names(part.low, part.high)}{_yet(place)})",
                hint=f"keep `within` inside {spell(part.low, 0)}..{spell(part.high, 0)}, or "
                + ("transpose by other octaves" if place.piped else "widen the part: "
                f"`in {spell(min(part.low, int(least)), 0)}..{spell(max(part.high, int(most)), 0)}`"),
            )  # fmt: skip
        facts = played.network
        if facts and (most < facts.low or least > facts.high):
            self._report.add(
                "STO506", source, call.span,
                f"the network plays {_names(facts.low, facts.high)}, "
                f"and none of that lies within {_names(least, most)}",
                hint="pipe it: `>> octave(-1)`, or choose another range",
            )  # fmt: skip
            return low, high
        scales = _scales(played.scale)
        for number, scale in enumerate(scales, 1):
            if scale and not any(scale[max(int(least), 0) : int(most) + 1]):
                which = "the scale" if len(scales) == 1 else f"scale {number} of the ramp"
                self._report.add("STO506", source, call.span, f"no pitch of {which} lies within its bounds")
        return low, high

    def check_pitches(
        self, known: dict[str, Parameter], resolved: dict[str, Any], paired: dict[str, Given], place: Place
    ) -> None:
        """Reports pitches that a passage asks for and the part, or `within`, does not have."""
        part = place.part
        if part is None or part.instrument.is_percussion:
            return
        bounds = resolved.get("within")
        low, high = (
            (reach(bounds.low)[0], reach(bounds.high)[1]) if isinstance(bounds, Bounds) else (part.low, part.high)
        )
        whose, widen = (
            ("`within`", "it") if isinstance(bounds, Bounds) else (f"the range of {part.name}", "the part's range")
        )
        for name, value in resolved.items():
            pitches: list[float] = []
            if isinstance(value, Chain | Morph):
                pitches = [p for state in value.states for p in state.pitches]
            elif known[name].quantity is Quantity.TACTICS:
                pitches = [p for tactic in value for token in tactic for p in token.pitches]
            elif is_drawn(value) and (known[name].quantity is Quantity.PITCH or _says_pitches(known[name], value)):
                pitches = [p for p in reach(value) if abs(p) != float("inf")]
            outside = next((int(p) for p in pitches if not low <= p <= high), None)
            if outside is not None:
                self._report.add(
                    "STO408", paired[name].source, paired[name].argument.value.span,
                    f"`{name}` reaches {spell(outside, 0)}, outside {whose} ({_names(low, high)}"
                    f"{'' if isinstance(bounds, Bounds) else _yet(place)})",
                    hint="choose other pitches, or "
                    + ("transpose by other octaves" if place.piped and widen != "it" else f"widen {widen}"),
                )  # fmt: skip

    def check_primer(self, resolved: dict[str, Any], paired: dict[str, Given], facts: NetworkFacts | None) -> bool:
        """Whether what is to go on from a primer can do so; reported where not."""
        primer, chain = resolved.get("primer") or (), resolved.get("chain")
        if not primer:
            return True
        source, span = paired["primer"].source, paired["primer"].argument.value.span
        states = chain.states if isinstance(chain, Chain | Morph) else ()
        climbs = any(state.step is not None for state in states)
        if states and not climbs and primer[-1].pitches not in {state.pitches for state in states}:
            self._report.add(
                "STO505", source, span, "the chain has no state for the end of this primer",
                hint="end it on one of the chain's states: " + ", ".join(
                    " ".join(str(spell(p, 0)) for p in state.pitches) or "r" for state in states[:8]
                ),
            )  # fmt: skip
            return False
        outside = [p for token in primer for p in token.pitches if facts and not facts.low <= p <= facts.high]
        if outside and facts:
            self._report.add(
                "STO605", source, span,
                f"this primer goes outside the model's range, {_names(facts.low, facts.high)}: "
                + ", ".join(str(spell(p, 0)) for p in sorted(set(outside))[:4]),
                hint="transpose the primer by octaves, or choose another model",
            )  # fmt: skip
        return not outside

    def fits(self, known: Parameter, value: Any, given: Given, quarters: float, bpm: float) -> bool:
        """Whether a rate or a grid asks for no more notes than the limit allows. What they ask for is added up."""
        if known.quantity not in {Quantity.RATE, Quantity.LENGTH} or not is_drawn(value):
            return True
        least, most = extremes(value)
        if known.quantity is Quantity.RATE:
            expected = min(most * (60 / bpm if is_clocked(value) else 1), _DENSEST) * quarters
        else:
            expected = quarters / max(least, _SHORTEST)
        self.expected += int(expected)
        if expected <= self._limits.notes:
            return True
        self._report.add(
            "STO609", given.source, given.argument.value.span,
            f"this asks for some {expected:,.0f} notes; the limit is {self._limits.notes:,}",
            hint="ask for fewer, or set STOCHOS_MAX_NOTES",
        )  # fmt: skip
        return False


def _scales(scale: Scale | None) -> tuple[Allowed | None, ...]:
    """Those that each have to have a pitch; of chords it is enough that one has."""
    match scale:
        case Crossfade(scales=scales):
            return scales
        case Changes():
            return (scale.any,)
    return (scale,)


def _says_pitches(known: Parameter, value: object) -> bool:
    """Whether it says for each state what is drawn: pitches, in a passage."""
    return known.quantity is Quantity.SAME and isinstance(value, ByName)


def _yet(place: Place) -> str:
    """Before what transformations a range is as it is said to be."""
    return f", before `{place.piped}`" if place.piped else ""


def _names(low: float, high: float) -> str:
    return f"{spell(int(low), 0)} to {spell(int(high), 0)}"


def nothing_glides(part: score.Part, source: Source, span: Span, report: Report) -> None:
    """Warns of a glissando on percussion."""
    report.add(
        "STO412", source, span, f"{part.name} ({part.instrument.name}) does not glide: its strokes have no pitch",
        hint="leave it out, or give the part an instrument with pitches",
    )  # fmt: skip
