"""Chord symbols: which chord is meant, and what could have been; and scales that follow chords."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stochos import tree
from stochos.check.names import Scope
from stochos.check.report import Report
from stochos.check.words import duration
from stochos.diagnostics import Fix, nearest
from stochos.music.harmony import KINDS, NO_CHORD, SPELLINGS, Chord, parse_chord
from stochos.music.pitch import Key, parse_pitch
from stochos.music.scale import key_mask
from stochos.music.time import QUARTER, Meter
from stochos.process.scale import Allowed, Changes
from stochos.source import Span
from stochos.tree import HARMONY

if TYPE_CHECKING:
    from stochos.check.values import Place

BASS = "bass"
"""The scale of the lowest tones of the chords."""

OFF = (True,) * 128
"""Every pitch."""

_SILENCES = {"NC", "NC.", "N.C", "Nc", "None"}
_SIGNS = str.maketrans({"\u266d": "b", "\u266f": "#", "\u25b3": "\u0394"})
_PARTS = re.compile(r"([A-Ha-h])(##?|bb?|)(.*?)(/[A-Ha-h].*)?")


def chord_of(symbol: tree.ChordSymbol, scope: Scope, report: Report) -> Chord | None:
    """The chord, None for `N.C.`; for one that nobody knows (reported) a stand-in."""
    if symbol.symbol == NO_CHORD:
        return None
    chord = parse_chord(symbol.symbol)
    if chord is not None:
        return chord
    span = Span(symbol.span.start, symbol.span.start + len(symbol.symbol))
    meant = _meant(symbol.symbol)
    pitch = parse_pitch(symbol.symbol)
    known = "symbols look like `C`, `Dm`, `F#m7b5`, `Bb/D`: `stochos list chords`"
    report.add(
        "STO317", scope.source, span,
        f"`{symbol.symbol}` is a pitch: a chord has no octave" if pitch else f"no chord is called `{symbol.symbol}`",
        hint=f"write `{meant}`" if pitch else f"did you mean `{meant}`?" if meant else known,
        fix=Fix(span, meant) if meant else None,
    )  # fmt: skip
    return Chord("C")


def tell_timeless(symbol: tree.ChordSymbol, meter: Meter, scope: Scope, report: Report) -> None:
    """Reports that the first chord of a line does not say how long it lasts."""
    whole = duration(meter.bar) or "2"
    end = Span(symbol.span.end, symbol.span.end)
    report.add(
        "STO218", scope.source, symbol.span, f"how long `{symbol.symbol}` lasts is not said",
        hint=f"write `{symbol.symbol}:{whole}`; the chords after it last as long until another length is written",
        fix=Fix(end, f":{whole}"),
    )  # fmt: skip


def following(word: str, node: tree.Value, place: Place, report: Report) -> Changes | Allowed | None:
    """What a passage may play as chords change: their tones (`harmony`), or only the lowest (`bass`).

    Where there is no chord, that is the key, or its tonic. None in a section without chords (reported).
    """
    if place.harmony is None:
        return OFF
    if not place.harmony:
        report.add(
            "STO510", place.scope.source, node.span, f"`{word}` follows the chords of the section, and it has none",
            hint="write them above the lines of the parts: `harmony | Dm:1 | A7 | … |`, or `scale: key`",
        )  # fmt: skip
        return None
    masks = [_mask(word, one.chord, place.key) for one in place.harmony]
    scales = tuple(dict.fromkeys(masks))
    onsets = tuple(one.onset / QUARTER for one in place.harmony)
    return Changes(onsets, tuple(map(scales.index, masks)), scales)


def _mask(word: str, chord: Chord | None, key: Key) -> Allowed:
    if chord is None and word == HARMONY:
        return key_mask(key)
    bass = key.pitch_class if chord is None else chord.bass
    classes = chord.pitch_classes if chord and word == HARMONY else frozenset({bass})
    return tuple(midi % 12 in classes for midi in range(128))


def _meant(symbol: str) -> str | None:
    """The symbol that a writer most likely meant: in plain signs and capitals, of a kind that is known."""
    if symbol in _SILENCES:
        return NO_CHORD
    if pitch := parse_pitch(symbol):
        return symbol[: -len(str(pitch.octave))]
    found = _PARTS.fullmatch(symbol.translate(_SIGNS))
    if found is None:
        return None
    letter, accidental, kind, bass = found.groups()
    close = kind if kind in SPELLINGS else nearest(kind, KINDS) or nearest(kind, SPELLINGS)
    lowest = f"/{_capital(bass[1])}{bass[2:]}" if bass else ""
    meant = f"{_capital(letter)}{accidental}{close}{lowest}"
    return meant if close is not None and parse_chord(meant) else None


def _capital(letter: str) -> str:
    """The letter of a root; the German H is a B."""
    return "B" if letter in "Hh" else letter.upper()
