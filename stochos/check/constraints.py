"""Constraints: what `until` asks of a passage, with every name, unit and bound checked."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, floor
from typing import TYPE_CHECKING

from stochos import score, tree
from stochos.check.reach import reach
from stochos.check.report import Report
from stochos.check.values import Place
from stochos.check.words import listed
from stochos.diagnostics import Fix, nearest
from stochos.process.chain import Chain
from stochos.process.cloud import Cloud
from stochos.process.constraint import CONSTRAINTS, Constraint, Possible
from stochos.process.morph import Morph
from stochos.process.scale import Moving
from stochos.process.value import Quantity, Value, parameters
from stochos.source import Span

if TYPE_CHECKING:
    from stochos.check.calls import Played
    from stochos.check.forms import Forms

ATTEMPTS = 1_000
"""So often is a passage drawn where nothing is said."""
_MOST = 1_000_000


class Constraints:
    """Reads `until`."""

    def __init__(self, report: Report, forms: Forms) -> None:
        self._report, self._forms = report, forms

    def read(self, until: tree.Until, place: Place) -> score.Until | None:
        """What is asked; None where any of it is wrong (reported)."""
        source, known = place.scope.source, dict[str, Constraint | None]()
        for asked in until.constraints:
            if asked.name in known:
                self._add("STO411", asked.name_span, f"`{asked.name}` is asked twice", place, "keep one of the two")
                known[asked.name] = None
                continue
            known[asked.name] = self._constraint(asked, place)
        attempts = self._attempts(until.attempts, place)
        found = tuple(
            (" ".join(source.text[slice(*asked.span)].split()), constraint)
            for asked in until.constraints
            if (constraint := known[asked.name]) is not None
        )
        if attempts is None or len(found) < len(until.constraints):
            return None
        return score.Until(found, attempts, source.name, (until.span.start, until.span.end))

    def fits(  # noqa: PLR0913, PLR0917 - what is asked, and all that is known of what is to be drawn
        self, until: tree.Until, meant: score.Until, played: Played, low: Value, high: Value, count: int | None,
        place: Place,
    ) -> None:  # fmt: skip
        """Reports what no draw of a passage can meet."""
        possible = _possible(played, low, high, count)
        for asked, (words, constraint) in zip(until.constraints, meant.constraints, strict=True):
            if reason := constraint.never(possible):
                said = f"`{words}` never holds here: {reason}"
                self._add("STO507", asked.span, said, place, "ask for what it can play")

    def _constraint(self, asked: tree.Constraint, place: Place) -> Constraint | None:
        if asked.name not in CONSTRAINTS:
            close = nearest(asked.name, CONSTRAINTS)
            self._add(
                "STO315", asked.name_span, f"no constraint is called `{asked.name}`", place,
                f"did you mean `{close}`?" if close else f"there are {listed(list(CONSTRAINTS), 'and')}",
                Fix(asked.name_span, close) if close else None,
            )  # fmt: skip
            return None
        kind = CONSTRAINTS[asked.name]
        (known,) = parameters(kind)
        node = asked.value
        if known.quantity is Quantity.INTERVAL and isinstance(node, tree.Number) and not node.unit:
            node = replace(node, unit="st")  # `within_hand 9`: semitones, as in `transpose(9)`
        known = replace(known, name=asked.name)
        if known.quantity is Quantity.INTERVAL:
            value = self._forms.constant(node, known, place, f"`{asked.name}`")
        else:
            value = self._forms.resolve(node, known, place, None)
        return None if value is None else kind(value)

    def _attempts(self, written: tree.Number | None, place: Place) -> int | None:
        if written is None:
            return ATTEMPTS
        if 1 <= written.value <= _MOST:
            return int(written.value)
        self._add("STO403", written.span, f"a passage is drawn 1 to {_MOST:,} times", place, "write `in 5000 attempts`")
        return None

    def _add(  # noqa: PLR0913, PLR0917 - the fields of a Diagnostic
        self, code: str, span: Span, message: str, place: Place, hint: str, fix: Fix | None = None
    ) -> None:
        self._report.add(code, place.scope.source, span, message, hint=hint, fix=fix)


def _possible(played: Played, low: Value, high: Value, count: int | None) -> Possible:
    """What a passage can play, as far as its bounds, its scale and its chain or pitch say so."""
    process = played.process
    least, most = reach(low)[0], reach(high)[1]
    if isinstance(process, Cloud) and process.pitch is not None:
        drawn = reach(process.pitch)
        least, most = max(least, drawn[0]), min(most, drawn[1])
    scale = played.scale.any if isinstance(played.scale, Moving) else played.scale or (True,) * 128
    pitches = frozenset(p for p in range(max(0, floor(least)), min(127, ceil(most)) + 1) if scale[p])
    chain = getattr(process, "chain", None)
    tokens = chain.states if isinstance(chain, Chain | Morph) else getattr(process, "from_", None) or ()
    chords = tuple(token.pitches for token in tokens if token.pitches)
    states = frozenset(pitch for chord in chords for pitch in chord)
    if states and states <= pitches:  # others would be moved to where they may sound
        return Possible(states, chords, count)
    return Possible(pitches, (), count)
