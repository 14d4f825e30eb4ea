"""Scales, sieves and sets of pitches: which pitches a generator may use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from stochos import tree
from stochos.check.harmony import BASS, OFF, following
from stochos.check.kinds import kind_of
from stochos.check.names import Bound, look_up
from stochos.check.ramps import ramp_places
from stochos.check.report import Report
from stochos.diagnostics import Fix, nearest
from stochos.music.instrument import PERCUSSION
from stochos.music.pitch import is_pitch_class, pitch_class
from stochos.music.scale import SCALES, key_mask, scale_mask
from stochos.music.sieve import Sieve, SieveError, parse_sieve
from stochos.process.scale import Allowed, Crossfade, Moving, Scale
from stochos.process.value import Constant, Parameter, Quantity
from stochos.source import Span

if TYPE_CHECKING:
    from stochos.check.values import Place, Values

_FOLLOWING = (tree.HARMONY, BASS)
_SETS = (tree.Combined, tree.Complement, tree.Weights, tree.Sequence, tree.Interval)
_MEMBER = Parameter("a set", Quantity.PITCH, required=True)


class Scales:
    """Reads scales and sets. Every method gives None where it cannot, and has reported why."""

    def __init__(self, report: Report, values: Values) -> None:
        self._report, self._values = report, values

    def scale(self, node: tree.Value, place: Place) -> Scale | None:
        """128 flags for a scale, sieve or set of pitches; for a ramp of these a way from each to the next."""
        if isinstance(node, tree.Ramp):
            return crossfade(node, lambda point: self.scale(point, place), "scale", place, self._report)
        if isinstance(node, tree.Reference):
            inner = self._bound(node, place, "a scale")
            return None if inner is None else self.scale(*inner)
        if isinstance(node, tree.Word) and node.word in _FOLLOWING:
            return following(node.word, node, place, self._report)
        if not isinstance(node, _SETS):
            return _one_scale(node, place, self._report)
        pitches = self.pitches(node, place)
        return None if pitches is None else tuple(pitch in pitches for pitch in range(128))

    def pitches(self, node: tree.Value, place: Place) -> frozenset[int] | None:
        """The pitches of a set, at least one.

        Complements, scales and sieves take from what the part can play: its range, or all percussion that has a name.
        """
        found = self._set(node, place)
        if found is not None and not found:
            self._report.add(
                "STO410", place.scope.source, node.span, "this set is empty: no pitch is left",
                hint="`|` joins sets; `&` keeps only what both have",
            )  # fmt: skip
            return None
        return found

    def _set(self, node: tree.Value, place: Place) -> frozenset[int] | None:
        match node:
            case tree.Combined():
                return self._combined(node, place)
            case tree.Complement():
                return self._complement(node, place)
            case tree.Reference():
                inner = self._bound(node, place, "a set of pitches")
                return None if inner is None else self._set(*inner)
            case tree.Weights(entries=entries):
                weight = next((weight for _, weight in entries if weight is not None), None)
                if weight is not None:
                    source, said = place.scope.source, "a set has no weights: a pitch is in it, or it is not"
                    self._report.add("STO406", source, weight.span, said)
                    return None
                return self._all((value for value, _ in entries), place)
            case tree.Sequence(items=items):
                return self._all(items, place)
            case tree.Interval(low=low, high=high):
                first, last = self._pitch(low, place), self._pitch(high, place)
                return None if first is None or last is None else self._between(node, first, last, place)
            case tree.Sieve() | tree.ScaleName() | tree.Word(word="key" | "off"):
                mask = _one_scale(node, place, self._report)
                return None if mask is None else frozenset(pitch for pitch in _universe(place) if mask[pitch])
            case tree.Word(word=word) if word in _FOLLOWING:
                self._report.add(
                    "STO401", place.scope.source, node.span, f"a set stays the same; `{word}` changes with chords",
                    hint=f"write `scale: {word}`, and no `|`, `&` or `-` beside it",
                )  # fmt: skip
                return None
        pitch = self._pitch(node, place)
        return None if pitch is None else frozenset({pitch})

    def _combined(self, node: tree.Combined, place: Place) -> frozenset[int] | None:
        """From left to right; a row of a thousand names is no thousand calls deep."""
        steps: list[tree.Combined] = []
        first: tree.Value = node
        while isinstance(first, tree.Combined):
            steps.append(first)
            first = first.first
        found = [self._set(item, place) for item in (first, *(step.second for step in reversed(steps)))]
        sets = [one for one in found if one is not None]
        if len(sets) < len(found):
            return None
        whole = sets[0]
        for step, other in zip(reversed(steps), sets[1:], strict=True):
            whole = _OPERATORS[step.operator](whole, other)
        return whole

    def _complement(self, node: tree.Complement, place: Place) -> frozenset[int] | None:
        inside, item = True, node.item
        while isinstance(item, tree.Complement):
            inside, item = not inside, item.item
        found = self._set(item, place)
        if found is None:
            return None
        return frozenset(pitch for pitch in _universe(place) if (pitch in found) is not inside)

    def _all(self, items: Iterable[tree.Value], place: Place) -> frozenset[int] | None:
        found = [self._set(item, place) for item in items]
        sets = [one for one in found if one is not None]
        return frozenset().union(*sets) if len(sets) == len(found) else None

    def _between(self, node: tree.Interval, low: int, high: int, place: Place) -> frozenset[int] | None:
        if low > high:
            self._report.add("STO404", place.scope.source, node.span, "this span is empty: it ends below its start")
            return None
        return frozenset(range(low, high + 1))

    def _pitch(self, node: tree.Value, place: Place) -> int | None:
        if not isinstance(node, tree.PitchName | tree.Word):
            self._report.add(
                "STO401", place.scope.source, node.span, f"a set of pitches is wanted; this is {kind_of(node)}",
                hint="a set is written like `{C4, E4, G4}`; spans, lists, sieves and scales are sets too",
            )  # fmt: skip
            return None
        value = self._values.resolve(node, _MEMBER, place)
        return int(value.number) if isinstance(value, Constant) else None

    def _bound(self, node: tree.Reference, place: Place, wanted: str) -> tuple[tree.Value, Place] | None:
        """What a name stands for, where that is no music."""
        bound = look_up(node.name, place.scope, node.span, self._report)
        if bound is None:
            return None
        if not isinstance(bound, Bound) or isinstance(bound.let.value, tree.Pipe | tree.Repeat | tree.Group):
            is_set = isinstance(bound, Bound) and isinstance(bound.let.value, tree.Group)
            self._report.add(
                "STO401", place.scope.source, node.span, f"{wanted} is wanted; `${node.name}` is music",
                hint="between the pitches of a set stand commas: `{C4, E4, G4}`" if is_set else None,
            )  # fmt: skip
            return None
        return bound.let.value, replace(place, scope=bound.scope)


_OPERATORS: dict[str, Callable[[frozenset[int], frozenset[int]], frozenset[int]]] = {
    "|": frozenset.union, "^": frozenset.symmetric_difference, "&": frozenset.intersection, "-": frozenset.difference,
}  # fmt: skip


def _universe(place: Place) -> Iterable[int]:
    """What the part can play."""
    part = place.part
    if part is None:
        return range(128)
    return sorted(PERCUSSION.values()) if part.instrument.is_percussion else range(part.low, part.high + 1)


def _one_scale(node: tree.Value, place: Place, report: Report) -> Allowed | None:
    """128 flags for `key`, `off`, `dorian on D` or `sieve "…"`."""
    source = place.scope.source
    match node:
        case tree.Word(word="key"):
            return key_mask(place.key)
        case tree.Word(word="off"):
            return OFF
        case tree.Word(word=word):
            _unknown(word, node.span, place, report)
        case tree.ScaleName(name=name, tonic=tonic):
            if name not in SCALES:
                _unknown(name, Span(node.span.start, node.span.start + len(name)), place, report)
            elif not is_pitch_class(tonic):
                report.add("STO307", source, node.span, f"`{tonic}` is no tonic", hint="write `dorian on D`, `on F#` …")
            else:
                return scale_mask(name, pitch_class(tonic))
        case tree.Sieve(text=text):
            return _sieve_mask(text, node.span, place, report)
        case _:
            report.add(
                "STO401", source, node.span, f"a scale is wanted; this is {kind_of(node)}",
                hint="write `key`, `off`, `harmony`, a scale such as `dorian on D`, or a sieve",
            )  # fmt: skip
    return None


def crossfade(
    node: tree.Ramp, resolve: Callable[[tree.Value], Scale | None], what: str, place: Place, report: Report
) -> Crossfade | None:
    """`$low -> $high`: scales that a passage goes through; None where they cannot be (reported)."""
    points = (node.start, *(p.value for p in node.points))
    scales = [resolve(point) for point in points]
    source, places = place.scope.source, ramp_places(node)
    if places is None:
        said = "the points of a ramp must follow each other between 0% and 100%"
        report.add("STO409", source, node.span, said)
        return None
    bent = next((point for point in node.points if point.curve == "exp"), None)
    if bent is not None:
        report.add("STO409", source, bent.span, f"a {what} cannot change by equal ratios", hint="leave out `exp`")
        return None
    inner = next((p for p, scale in zip(points, scales, strict=True) if isinstance(scale, Moving)), None)
    if inner is not None:
        report.add(
            "STO409", source, inner.span,
            f"`{inner.word}` changes with chords: no ramp leads to it or from it" if isinstance(inner, tree.Word)
            else f"{kind_of(inner)} is a ramp itself: a ramp leads from one {what} to another",
            hint=f"write `{what}: {inner.word}` alone" if isinstance(inner, tree.Word)
            else "write all its points in one ramp: `$a -> $b -> $c`",
        )  # fmt: skip
        return None
    solid = [scale for scale in scales if scale is not None and not isinstance(scale, Moving)]
    curves = ("", *(p.curve for p in node.points))
    if len(solid) < len(scales):
        return None
    if places[-1] < 1:
        places, solid, curves = (*places, 1.0), [*solid, solid[-1]], (*curves, "")
    return Crossfade(places, tuple(solid), curves)


def resolve_sieve(node: tree.Sieve, place: Place, report: Report) -> tuple[bool, ...] | None:
    """One period of a sieve, from number 0; None where it cannot be read (reported)."""
    sieve = _read(node.text, node.span, place, report)
    if sieve is None:
        return None
    period = tuple(sieve.contains(number) for number in range(sieve.period))
    if not any(period):
        report.add("STO410", place.scope.source, node.span, "this sieve lets nothing through")
        return None
    return period


def _sieve_mask(text: str, span: Span, place: Place, report: Report) -> tuple[bool, ...] | None:
    sieve = _read(text, span, place, report)
    if sieve is None:
        return None
    mask = sieve.mask()
    if not any(mask):
        report.add("STO410", place.scope.source, span, "this sieve lets no pitch through")
        return None
    return mask


def _read(text: str, span: Span, place: Place, report: Report) -> Sieve | None:
    try:
        return parse_sieve(text)
    except SieveError as error:
        report.add(
            "STO410", place.scope.source, span, f"this sieve cannot be read: {error}",
            hint='a sieve joins residue classes, modulus@residue, by | & - : `sieve "3@0 | 4@1"`',
        )  # fmt: skip
        return None


def _unknown(name: str, span: Span, place: Place, report: Report) -> None:
    close = nearest(name, (*SCALES, *_FOLLOWING, "key", "off"))
    if is_pitch_class(name):
        report.add(
            "STO307", place.scope.source, span, f"`{name}` is a tonic, and the scale on it is not said",
            hint=f"write `major on {name}`, `dorian on {name}` …",
        )  # fmt: skip
        return
    report.add(
        "STO307", place.scope.source, span,
        f"`{name}` needs a tonic" if name in SCALES else f"no scale is called `{name}`",
        hint=f"write `{name} on {place.key.tonic}`" if name in SCALES
        else f"did you mean `{close}`?" if close else "`stochos list scales` names all",
        fix=Fix(span, close) if close and name not in SCALES else None,
    )  # fmt: skip
