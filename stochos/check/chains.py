"""Hand-written Markov chains: rows that sum to 1 and lead somewhere."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from stochos import tree
from stochos.check.kinds import kind_of
from stochos.check.names import Bound, look_up
from stochos.check.ramps import ramp_places
from stochos.check.report import Report
from stochos.check.values import Place
from stochos.diagnostics import Fix
from stochos.music.instrument import PERCUSSION
from stochos.music.pitch import parse_pitch
from stochos.process.chain import Chain
from stochos.process.morph import Morph
from stochos.process.passage import Token
from stochos.process.value import Constant, Parameter, Quantity
from stochos.source import Span

if TYPE_CHECKING:
    from stochos.check.values import Values

WORDS = Parameter("state", Quantity.LABEL, required=False)
"""In place of what is drawn: the states of this chain are words."""

_PITCHES = Parameter("state", Quantity.PITCH, required=False)
_STEPS = Parameter("state", Quantity.INTERVAL, required=False)
_ROUNDING = Fraction(1, 10**6)


def states_of(chain: tree.Chain) -> list[tree.Value]:
    """All that stands in its rows."""
    return [state for row in chain.rows for state in (*row.origin, *(s for s, _ in row.targets))]


def is_worded(chain: tree.Chain) -> bool:
    """Whether all its states are words."""
    return all(isinstance(state, tree.Word) for state in states_of(chain))


def _plural(quantity: Quantity) -> str:
    return "pitches" if quantity is Quantity.PITCH else f"{quantity.value}s"


def _is_step(node: tree.Value) -> bool:
    """Whether it is an interval, counted from the last pitch."""
    return isinstance(node, tree.Number) and node.unit == "st"


class Chains:
    """Checks `@chain { … }`."""

    def __init__(self, report: Report, values: Values) -> None:
        self._report, self._values = report, values

    def resolve(self, node: tree.Value, target: Parameter | None, place: Place) -> Chain | Morph | None:
        """The chain, or the way through several; its states are numbers where values other than pitches are drawn."""
        if isinstance(node, tree.Reference):
            bound = look_up(node.name, place.scope, node.span, self._report)
            if bound is None:
                return None
            if isinstance(bound, Bound) and isinstance(bound.let.value, tree.Chain | tree.Ramp | tree.Reference):
                return self.resolve(bound.let.value, target, replace(place, scope=bound.scope))
        if isinstance(node, tree.Ramp):
            return self._morph(node, target, place)
        if not isinstance(node, tree.Chain):
            self._report.add(
                "STO401", place.scope.source, node.span, f"`chain` wants `@chain {{ … }}`; this is {kind_of(node)}",
                hint="to learn a chain from music, write `from: $theme`",
            )  # fmt: skip
            return None
        return self._chain(node, target, place)

    def _morph(self, node: tree.Ramp, target: Parameter | None, place: Place) -> Morph | None:
        """`$calm -> $storm`: chains that a passage moves through."""
        chains = [self.resolve(value, target, place) for value in (node.start, *(p.value for p in node.points))]
        places = ramp_places(node)
        if places is None:
            said = "the points of a ramp must follow each other between 0% and 100%"
            self._complain("STO409", node.span, said, place)
            return None
        bent = next((point for point in node.points if point.curve == "exp"), None)
        if bent is not None:
            self._complain("STO409", bent.span, "a chain cannot change by equal ratios", place, hint="leave out `exp`")
            return None
        solid = [chain for chain in chains if isinstance(chain, Chain)]
        if len(solid) < len(chains):
            return None
        if places[-1] < 1:
            return Morph.between((*places, 1.0), (*solid, solid[-1]), ("", *(p.curve for p in node.points), ""))
        return Morph.between(places, solid, ("", *(p.curve for p in node.points)))

    def _chain(self, node: tree.Chain, target: Parameter | None, place: Place) -> Chain | None:
        rows: dict[tuple[Any, ...], list[tuple[Any, float]]] = {}
        sound = bool(node.rows)
        order = len(node.rows[0].origin) if node.rows else 1
        if self._is_of_another_kind(node, target, place):
            return None
        for row in node.rows:
            origin = tuple(self._state(s, target, place) for s in row.origin)
            targets = [self._state(s, target, place) for s, _ in row.targets]
            weights = self._weights(row, place)
            if len(origin) != order:
                self._complain(
                    "STO501", row.span, f"this row comes from {len(origin)} states, the first from {order}", place
                )
                sound = False
            if origin in rows and None not in origin:
                self._complain("STO310", row.span, "this state has a row already", place, hint="join the two rows")
                sound = False
            if None in origin or None in targets or weights is None:
                sound = False
                continue
            rows[origin] = list(zip(targets, weights, strict=True))
        if not node.rows:
            self._complain("STO502", node.span, "this chain has no rows", place, hint="write `C4: D4 0.5, E4 0.5`")
        if not sound or not self._leads_on(node, rows, target, place):
            return None
        return Chain.written(tuple((origin, tuple(row)) for origin, row in rows.items()))

    def _is_of_another_kind(self, node: tree.Chain, target: Parameter | None, place: Place) -> bool:
        """Whether no state at all is what is being drawn; reported at the first, for it is one mistake."""
        wanted = target.quantity if target else Quantity.PITCH
        kinds: tuple[type, ...] = (tree.Number, tree.Word, tree.NoteValue)
        if wanted is Quantity.LABEL:
            kinds = (tree.Word,)
        elif wanted is Quantity.PITCH:
            kinds = (tree.PitchName, tree.Word, tree.Notation)
        states = states_of(node)
        if wanted is Quantity.PITCH and any(_is_step(state) for state in states):
            return False
        words = {state.word for state in states if isinstance(state, tree.Word)}
        if wanted is Quantity.PITCH and is_worded(node) and not words & {"r", *PERCUSSION}:
            said = "the states of this chain are words, and pitches are drawn here"
            hint = "`@hidden(chain: …, says: {calm: C4..G4, wild: C3..C6})` says what each state sounds like"
            self._complain("STO401", node.span, said, place, hint=hint)
            return True
        if not states or any(isinstance(state, kinds) for state in states):
            return False
        if wanted is Quantity.LABEL:
            said = f"hidden states are words, such as `calm`; this is {kind_of(states[0])}"
            self._complain("STO401", states[0].span, said, place)
            return True
        name = target.name if target else "pitch"
        self._complain(
            "STO401", states[0].span, f"`{name}` is drawn here, and its states are no {_plural(wanted)}", place,
            hint=f"{kind_of(states[0])} cannot be one",
        )  # fmt: skip
        return True

    def _weights(self, row: tree.ChainRow, place: Place) -> list[float] | None:
        """Probabilities of a row; none written: all the same."""
        written = [w for _, w in row.targets if w is not None]
        if not written:
            return [1 / len(row.targets)] * len(row.targets)
        exact = [Fraction(0) if w is None else w.value / (100 if w.unit == "%" else 1) for _, w in row.targets]
        if any(w < 0 for w in exact):
            self._complain("STO406", row.span, "a probability cannot be below 0", place)
            return None
        total = sum(exact, Fraction(0))
        if len(written) < len(exact):
            self._complain(
                "STO501", row.span, "some states of this row have a probability and some have none", place,
                hint=f"the others sum to {float(total):g}: {float(1 - total):g} is left",
            )  # fmt: skip
            return None
        if abs(total - 1) > _ROUNDING:
            self._off_sum(row, exact, total, place)
            return None
        return [float(w / total) for w in exact]

    def _off_sum(self, row: tree.ChainRow, exact: list[Fraction], total: Fraction, place: Place) -> None:
        text = place.scope.source.text
        said = f"{float(abs(total - 1)):g} too {'much' if total > 1 else 'little'}"
        fix = None
        if total > 0:
            shares = [f"{float(w / total):.4g}" for w in exact]
            names = [text[slice(*state.span)] for state, _ in row.targets]
            first, last = row.targets[0][0].span.start, row.span.end
            new = ", ".join(f"{n} {w}" for n, w in zip(names, shares, strict=True))
            if sum(Fraction(w) for w in shares) == 1:
                fix = Fix(Span(first, last), new)
        self._report.add(
            "STO501", place.scope.source, row.span, f"this row sums to {float(total):g}: {said}",
            label=f"{float(total):g}, not 1", hint=f"in the same proportions: `{fix.text}`" if fix else None, fix=fix,
        )  # fmt: skip

    def _leads_on(
        self,
        node: tree.Chain,
        rows: dict[tuple[Any, ...], list[tuple[Any, float]]],
        target: Parameter | None,
        place: Place,
    ) -> bool:
        """Whether every state that can be reached has a row."""
        sound = True
        told: set[tuple[Any, ...]] = set()
        with self._report.muted():
            keys = [(row, tuple(self._state(s, target, place) for s in row.origin)) for row in node.rows]
        for row, origin in keys:
            for (state, _), (reached, weight) in zip(row.targets, rows.get(origin, ()), strict=False):
                following = (*origin[1:], reached)
                if weight > 0 and following not in rows and following not in told:
                    told.add(following)
                    names = " ".join(place.scope.source.text[slice(*s.span)] for s in (*row.origin[1:], state))
                    self._complain(
                        "STO502", state.span, f"`{names}` leads nowhere: it has no row", place,
                        hint=f"add a row `{names}: …`",
                    )  # fmt: skip
                    sound = False
        return sound

    def _state(self, node: tree.Value, target: Parameter | None, place: Place) -> Any:
        if target is WORDS:
            if isinstance(node, tree.Word):
                return Token((), 0.0, None, node.word)
            said = f"hidden states are words, such as `calm`; this is {kind_of(node)}"
            self._complain("STO401", node.span, said, place)
            return None
        if _is_step(node) and (target is None or target.quantity is Quantity.PITCH):
            value = self._values.resolve(node, _STEPS, place)
            return Token((), 0.0, step=value.number) if isinstance(value, Constant) else None
        if target is not None:
            value = self._values.resolve(node, target, place)
            if value is not None and not isinstance(value, Constant):
                self._complain("STO401", node.span, "a state is one fixed value", place)
                return None
            if value is None:
                return None
            return (
                Token((int(value.number),), 0.0) if target.quantity is Quantity.PITCH else Token((), 0.0, value.number)
            )
        match node:
            case tree.Word(word="r"):
                return Token((), 0.0)
            case tree.Notation(voices=(tree.Voice(items=(tree.Note() as note,)),)):
                return self._note_state(note, place)
        value = self._values.resolve(node, _PITCHES, place)
        return Token((int(value.number),), 0.0) if isinstance(value, Constant) else None

    def _note_state(self, note: tree.Note, place: Place) -> Token | None:
        length = float(note.duration.quarters) if note.duration else 0.0
        pitches = []
        for name in note.pitches:
            node = (
                tree.PitchName(name, note.span)
                if parse_pitch(name) or name not in PERCUSSION
                else tree.Word(name, note.span)
            )
            value = self._values.resolve(node, _PITCHES, place)
            if not isinstance(value, Constant):
                return None
            pitches.append(int(value.number))
        return Token(tuple(sorted(pitches)), length)

    def _complain(self, code: str, span: Span, message: str, place: Place, hint: str | None = None) -> None:
        self._report.add(code, place.scope.source, span, message, hint=hint)
