"""Scales: which pitches a generator may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from stochos import tree
from stochos.check.kinds import kind_of
from stochos.check.names import Bound, look_up
from stochos.check.ramps import ramp_places
from stochos.check.report import Report
from stochos.check.values import Place
from stochos.diagnostics import Fix, nearest
from stochos.music.pitch import is_pitch_class, pitch_class
from stochos.music.scale import SCALES, key_mask, scale_mask
from stochos.music.sieve import Sieve, SieveError, parse_sieve
from stochos.process.scale import Allowed, Crossfade, Scale
from stochos.source import Span

OFF = (True,) * 128


def resolve_scale(node: tree.Value, place: Place, report: Report) -> Scale | None:
    """128 flags for a scale or sieve; for a ramp of these a way from each to the next; None where it is none (told)."""
    if isinstance(node, tree.Ramp):
        return crossfade(node, lambda point: resolve_scale(point, place, report), "scale", place, report)
    if isinstance(node, tree.Reference):
        bound = look_up(node.name, place.scope, node.span, report)
        if isinstance(bound, Bound) and not isinstance(bound.let.value, tree.Pipe | tree.Repeat | tree.Group):
            return resolve_scale(bound.let.value, replace(place, scope=bound.scope), report)
        if bound is not None:
            source = place.scope.source
            report.add("STO401", source, node.span, f"a scale is wanted; `${node.name}` is music")
        return None
    return _one_scale(node, place, report)


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
                hint="write `key`, `off`, a scale such as `dorian on D`, or a sieve",
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
    inner = next((p for p, scale in zip(points, scales, strict=True) if isinstance(scale, Crossfade)), None)
    if inner is not None:
        report.add(
            "STO409", source, inner.span, f"{kind_of(inner)} is a ramp itself: a ramp leads from one {what} to another",
            hint="write all its points in one ramp: `$a -> $b -> $c`",
        )  # fmt: skip
        return None
    solid = [scale for scale in scales if scale is not None and not isinstance(scale, Crossfade)]
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
    close = nearest(name, (*SCALES, "key", "off"))
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
