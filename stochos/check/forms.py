"""Arguments that take one form each: bounds, scales, chains, lists, names … A row of `_FORMS` for each quantity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from stochos import tree
from stochos.check.chains import WORDS, Chains
from stochos.check.joint import matrix, part_name, part_names
from stochos.check.kinds import kind_of
from stochos.check.library import Library, NetworkFacts, Unavailable
from stochos.check.lists import Lists, drawn_in
from stochos.check.names import Bound, look_up
from stochos.check.report import Report
from stochos.check.scales import Scales, crossfade, resolve_sieve
from stochos.check.states import by_state, stated
from stochos.check.tactics import Tactics
from stochos.check.values import Place
from stochos.check.words import listed
from stochos.diagnostics import Fix, nearest
from stochos.music.pitch import is_pitch_class, pitch_class
from stochos.process.passage import Token
from stochos.process.value import Bounds, Constant, Parameter, Quantity, Sequence, Value, Weighted

if TYPE_CHECKING:
    from stochos.check.calls import Calls


class Forms:
    """Resolves what is not a plain value. Every method gives None where it cannot (and has reported why).

    material  tokens of written music, a file or a corpus piece; set by the checker (music needs calls and calls music)
    parts     of the score; set by the checker
    sections  of the score, by name; set by the checker
    taken     sections that something else than the form plays
    """

    def __init__(self, report: Report, library: Library, calls: Calls) -> None:
        self._report, self._library, self._calls = report, library, calls
        self._values = calls.values
        self.chains = Chains(report, calls.values)
        self.scales = Scales(report, calls.values)
        self.material: Callable[[tree.Value | tree.Group, Place, bool], tuple[Token, ...] | None]
        self.parts: tuple[str, ...] = ()
        self.sections: dict[str, tree.Section] = {}
        self.taken: set[str] = set()
        self._lists = Lists(report, calls)
        self._tactics: Tactics = Tactics(report, self)

    def resolve(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> Any:
        """What an argument becomes. target: what a value process is drawn for; None in a passage."""
        form = _FORMS.get(known.quantity)
        said = stated(node, known, place) if known.by_state else None
        if said is not None:
            return by_state(said[0], known, said[1], self._values, self._report)
        if form is None:
            return self._values.resolve(node, known, place)
        while known.quantity in _FOLLOWED and isinstance(node, tree.Reference):
            bound = self._bound_value(node, place)
            if bound is None:
                return None
            node, place = bound
        return form(self, node, known, place, target)

    def constant(self, node: tree.Value, known: Parameter, place: Place, why: str) -> float | None:
        """A single number, where nothing moves. `why` names the place."""
        return self._values.constant(node, known, place, why)

    def _complain(self, node: tree.Value, place: Place, message: str, hint: str | None = None) -> None:
        self._report.add("STO401", place.scope.source, node.span, message, hint=hint)

    def _bounds(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> Bounds | None:
        """`C3..C5`, or a ramp of such spans, as a lower and an upper value."""
        wanted = replace(target, name=known.name) if target else replace(known, quantity=Quantity.PITCH)
        if isinstance(node, tree.Ramp):
            points = tuple(replace(p, value=self._followed(p.value, place)) for p in node.points)
            node = replace(node, start=self._followed(node.start, place), points=points)
        ends = (node.start, *(p.value for p in node.points)) if isinstance(node, tree.Ramp) else (node,)
        other = next((end for end in ends if not isinstance(end, tree.Interval)), None)
        if other is not None:
            self._complain(other, place, f"`{known.name}` wants a span such as `C3..C5`; this is {kind_of(other)}")
            return None
        if self._values.resolve(node, wanted, place) is None:
            return None
        low, high = (self._values.resolve(_side(node, side), wanted, place) for side in ("low", "high"))
        return Bounds(low, high) if low and high else None

    def _followed(self, node: tree.Value, place: Place) -> tree.Value:
        """A span where a name of this file stands for one; else what was written."""
        bound = place.scope.lets.get(node.name) if isinstance(node, tree.Reference) else None
        if bound is None or isinstance(bound.value, tree.Pipe | tree.Repeat | tree.Group):
            return node
        return self._followed(bound.value, place) if isinstance(bound.value, tree.Reference | tree.Interval) else node

    def _bound_value(self, node: tree.Reference, place: Place) -> tuple[tree.Value, Place] | None:
        """What a name is bound to, where it is a value; None where it is not (reported)."""
        bound = look_up(node.name, place.scope, node.span, self._report)
        if bound is None:
            return None
        if not isinstance(bound, Bound) or isinstance(bound.let.value, tree.Pipe | tree.Repeat | tree.Group):
            self._complain(node, place, f"a value is wanted; `${node.name}` is music")
            return None
        return bound.let.value, replace(place, scope=bound.scope)

    def _scale(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> Any:
        return self.scales.scale(node, place)

    def _sieve(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> Any:
        if isinstance(node, tree.Ramp):
            read = partial(self.resolve, known=known, place=place, target=target)
            return crossfade(node, read, "sieve", place, self._report)
        if not isinstance(node, tree.Sieve):
            self._complain(
                node, place, f"`{known.name}` wants a sieve; this is {kind_of(node)}", 'write `sieve "3@0 | 4@1"`'
            )
            return None
        return resolve_sieve(node, place, self._report)

    def _chain(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> Any:
        return self.chains.resolve(node, target, place)

    def _moods(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> Any:
        return self.chains.resolve(node, WORDS, place)

    def _material(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> Any:
        if known.quantity is Quantity.RHYTHM:
            place = replace(place, part=None)  # percussion may take the rhythm of a tune, and a tune that of drums
        return self.material(node, place, known.quantity is Quantity.PRIMER)

    def _onsets(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> Any:
        return self._calls.onsets(node, place)

    def _flag(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> bool | None:
        if isinstance(node, tree.Word) and node.word in {"yes", "no"}:
            return node.word == "yes"
        self._complain(node, place, f"`{known.name}` is `yes` or `no`; this is {kind_of(node)}")
        return None

    def _label(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> str | None:
        if isinstance(node, tree.Word | tree.Text):
            return node.word if isinstance(node, tree.Word) else node.text
        self._complain(node, place, f"a label is a word; this is {kind_of(node)}")
        return None

    def _count(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> int | None:
        wanted = replace(known, quantity=Quantity.NUMBER)
        number = self._values.constant(node, wanted, place, f"`{known.name}`")
        if number is not None and number != int(number):
            self._report.add("STO403", place.scope.source, node.span, f"`{known.name}` wants a whole number")
            return None
        return None if number is None else int(number)

    def _counts(
        self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None
    ) -> tuple[int, int] | None:
        """`8`, or `5..9`."""
        known = replace(known, at_least=0.0)
        if not isinstance(node, tree.Interval):
            number = self._count(node, known, place, target)
            return None if number is None else (number, number)
        if self._values.resolve(node, replace(known, quantity=Quantity.NUMBER), place) is None:
            return None
        low, high = (self._count(end, known, place, target) for end in (node.low, node.high))
        return None if low is None or high is None else (low, high)

    def _goal(
        self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None
    ) -> tuple[int, ...] | None:
        """`D4`, `kick`, or `D` in any octave."""
        drums = place.part is not None and place.part.instrument.is_percussion
        if isinstance(node, tree.Word) and is_pitch_class(node.word) and not drums:
            return tuple(range(pitch_class(node.word), 128, 12))
        pitch = self._values.constant(node, replace(known, quantity=Quantity.PITCH), place, f"`{known.name}`")
        return None if pitch is None else (int(pitch),)

    def _choice(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> str | None:
        if isinstance(node, tree.Word) and node.word in known.words:
            return node.word
        close = nearest(node.word, known.words) if isinstance(node, tree.Word) else None
        said = f"`{known.name}` is {listed(list(known.words))}; this is {kind_of(node)}"
        self._report.add(
            "STO401", place.scope.source, node.span, said,
            hint=f"did you mean `{close}`?" if close else None, fix=Fix(node.span, close) if close else None,
        )  # fmt: skip
        return None

    def _choices(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> Value | None:
        """One of some words, a list of them or a weighted choice: a value of their numbers."""
        if isinstance(node, tree.Sequence) and node.items:
            items = [self.resolve(item, known, place, target) for item in node.items]
            return Sequence(tuple(i for i in items if i)) if None not in items else None
        if isinstance(node, tree.Weights):
            found = [self.resolve(key, known, place, target) for key, _ in node.entries]
            weights = None if None in found else self._values.weights(node, place)
            return Weighted(tuple(i for i in found if i), weights) if weights else None
        word = self._choice(node, known, place, target)
        return None if word is None else Constant(float(known.words.index(word)))

    def _parts(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> Any:
        return part_names(node, known, self.parts, place, self._report)

    def _part(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> str | None:
        return part_name(node, self.parts, place, self._report)

    def _matrix(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> Any:
        return matrix(node, known, place, self._values, self._report)

    def _weights(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> Weighted | None:
        value = self._values.resolve(node, drawn_in(known, target), place)
        if value is None or isinstance(value, Weighted):
            return value
        self._complain(node, place, f"`{known.name}` wants weights such as `{{C4: 3, G4: 1}}`; this is {kind_of(node)}")
        return None

    def _model(self, node: tree.Value, known: Parameter, place: Place, target: Parameter | None) -> str | None:
        facts, wanted = self.network(node, place), known.words or ("melody",)
        if facts is not None and facts.plays not in wanted:
            self._complain(
                node, place, f"this network learned {_LEARNED[facts.plays]}, not {_LEARNED[wanted[0]]}",
                hint=_PLAYERS[facts.plays],
            )  # fmt: skip
            return None
        return facts.folder if facts else None

    def network(self, node: tree.Value, place: Place) -> NetworkFacts | None:
        """The network that is named."""
        match node:
            case tree.Word(word=name) | tree.Text(text=name):
                try:
                    return self._library.network(name, place.scope.source)
                except Unavailable as u:
                    self._report.add(u.code, place.scope.source, node.span, str(u), hint=u.hint)
                    return None
        self._complain(node, place, f"a model is named, `model: basic`; this is {kind_of(node)}")
        return None


_LEARNED = {
    "melody": "melodies", "chorale": "music for four voices", "note": "melodies note by note",
    "harmony": "melodies over chords",
    "bars": "to write whole bars",
}
_PLAYERS = {
    "melody": "`@lstm(model: …)` plays melodies", "chorale": "`@chorale(parts: […])` plays it",
    "note": "it can be played by `@lstm` alone: it does not go sixteenth by sixteenth",
    "harmony": "it can be played by `@lstm` alone, which tells it the chords",
    "bars": "it can be played by `@lstm` alone: it cannot say how likely an event is",
}  # fmt: skip


def _side(node: tree.Value, side: str) -> tree.Value:
    """The lower or upper ends of a span, or of a ramp of spans."""
    if isinstance(node, tree.Ramp):
        points = tuple(replace(p, value=_side(p.value, side)) for p in node.points)
        return replace(node, start=_side(node.start, side), points=points)
    end: tree.Value = getattr(node, side)
    return end


_FORMS: dict[Quantity, Callable[[Forms, tree.Value, Parameter, Place, Parameter | None], Any]] = {
    Quantity.BOUNDS: Forms._bounds,
    Quantity.SCALE: Forms._scale,
    Quantity.SIEVE: Forms._sieve,
    Quantity.CHAIN: Forms._chain,
    Quantity.MOODS: Forms._moods,
    Quantity.MATERIAL: Forms._material,
    Quantity.RHYTHM: Forms._material,
    Quantity.PRIMER: Forms._material,
    Quantity.MODEL: Forms._model,
    Quantity.ONSETS: Forms._onsets,
    Quantity.FLAG: Forms._flag,
    Quantity.CHOICE: Forms._choice,
    Quantity.CHOICES: Forms._choices,
    Quantity.BALLS: lambda forms, *said: forms._lists.balls(*said),
    Quantity.ITEMS: lambda forms, *said: forms._lists.items(*said),
    Quantity.WEIGHTS: Forms._weights,
    Quantity.PARTS: Forms._parts,
    Quantity.PART: Forms._part,
    Quantity.MATRIX: Forms._matrix,
    Quantity.FORETELLERS: lambda forms, *said: forms._lists.listed(*said),
    Quantity.NUMBERS: lambda forms, *said: forms._lists.listed(*said),
    Quantity.TACTICS: lambda forms, node, known, place, _: forms._tactics.resolve(node, known, place),
    Quantity.LABEL: Forms._label,
    Quantity.COUNT: Forms._count,
    Quantity.COUNTS: Forms._counts,
    Quantity.GOAL: Forms._goal,
}
_FOLLOWED = {
    Quantity.BOUNDS, Quantity.SIEVE, Quantity.CHOICES, Quantity.BALLS, Quantity.ITEMS, Quantity.FORETELLERS,
    Quantity.NUMBERS, Quantity.PARTS, Quantity.MATRIX,
}  # fmt: skip
"""That the name of a value may stand for."""
