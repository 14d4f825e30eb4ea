"""Material: written music, files and corpus pieces as tokens, for chains to learn from and networks to hear."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import PurePath

from stochos import score, tree
from stochos.check.cursor import QUARTERS, Cursor, Sheet
from stochos.check.grid import Grid
from stochos.check.kinds import kind_of
from stochos.check.library import Library, Unavailable
from stochos.check.motifs import cut as bars_cut
from stochos.check.music import Music
from stochos.check.names import Bound, BoundTune, Scope, look_up, walk
from stochos.check.report import Report
from stochos.check.settings import Settings
from stochos.check.sounding import sounding
from stochos.check.streams import Streams
from stochos.check.values import Place
from stochos.music.instrument import Instrument
from stochos.music.melody import HIGHEST, LOWEST, from_martin
from stochos.music.tune import Tune
from stochos.process.passage import Token

TUNE_FILES = {".mid", ".midi", ".xml", ".musicxml", ".mxl", ".abc"}
ANYTHING = score.Part("material", Instrument("material", "", 0, 0, 127, "treble"), 0, 127, None)
_SIXTEENTH = 0.25
_HOLD = -2  # what sounds goes on


class Material:
    """Turns music of any kind into tokens."""

    def __init__(self, report: Report, library: Library, music: Music) -> None:
        self._report, self._library, self._music = report, library, music

    def tokens(self, node: tree.Value | tree.Group, place: Place, is_primer: bool) -> tuple[Token, ...] | None:
        """The tokens; None where there are none to be had (reported). A primer may also be `off` or integers."""
        match node:
            case tree.Word(word="off") if is_primer:
                return ()
            case tree.Sequence() if is_primer:
                return self._integers(node, place)
            case tree.Text():
                tune = self._file(node, place)
                return None if tune is None else self._some(tokens_of(tune, 0, None), node, place)
            case tree.Notation():
                return self._some(self._written(tree.Group(node.voices, node.span), place.scope, place), node, place)
            case tree.Reference():
                return self._named(node, place, is_primer)
            case tree.Pipe() | tree.Group():
                return self._some(self._written(node, place.scope, place), node, place)
        self._report.add(
            "STO401", place.scope.source, node.span, f"music is wanted; this is {kind_of(node)}",
            hint="write notes between backticks `` `D4:8 E4` ``, a `$motif`, or a file's name in quotes",
        )  # fmt: skip
        return None

    def _named(self, node: tree.Reference, place: Place, is_primer: bool) -> tuple[Token, ...] | None:
        bound = look_up(node.name, place.scope, node.span, self._report)
        match bound:
            case BoundTune():
                cut = self._music.notes.tune_bars(bound, node, place.scope)
                return None if cut is None else self._some(tokens_of(bound.tune, bound.part, cut), node, place)
            case Bound(let=tree.Let(value=tree.Pipe() | tree.Repeat() | tree.Group() as music)):
                return self._some(self._written(music, bound.scope, place), node, place)
            case Bound(let=tree.Let(value=tree.Notation() as notation)) if node.bars:
                some = bars_cut(notation, *node.bars)
                if some is None:
                    self._music.passages.no_bars(notation, node, place.scope)
                    return None
                kept, start = some
                return self._some(self._written(tree.Group(kept.voices), bound.scope, place, start), node, place)
            case Bound():
                value = bound.let.value
                assert not isinstance(value, tree.Pipe | tree.Repeat | tree.Group)
                return self.tokens(value, replace(place, scope=bound.scope), is_primer)
        return None

    def _some(
        self, tokens: tuple[Token, ...] | None, node: tree.Value | tree.Group, place: Place
    ) -> tuple[Token, ...] | None:
        if tokens is not None and not any(t.pitches for t in tokens):
            self._report.add("STO504", place.scope.source, node.span, "there are no notes in this")
            return None
        return tokens

    def _file(self, node: tree.Text, place: Place) -> Tune | None:
        try:
            if PurePath(node.text).suffix.lower() in TUNE_FILES:
                return self._library.tune(node.text, place.scope.source)
            return self._library.corpus(node.text)
        except Unavailable as unavailable:
            self._report.add(unavailable.code, place.scope.source, node.span, str(unavailable), hint=unavailable.hint)
            return None

    def _written(
        self, item: tree.Item, scope: Scope, place: Place, start: tree.Duration = QUARTERS
    ) -> tuple[Token, ...] | None:
        """Tokens of written music; None where some of it is generated (reported)."""
        percussion = place.part.instrument.is_percussion if place.part is not None else is_drummed(item)
        part = replace(ANYTHING, instrument=replace(ANYTHING.instrument, is_percussion=percussion))
        sheet = Sheet(part, Grid(Settings(meter=place.meter, key=place.key), {}, 0))
        cursor = Cursor(0, base=None, duration=start)
        self._music.items((item,), cursor, sheet, scope, Streams(("material",)))
        notes = sorted(sounding(item for items in sheet.voices.values() for item in items))
        if any(_is_generated(item) for items in sheet.voices.values() for item in items):
            self._report.add(
                "STO504",
                scope.source,
                item.span,
                "this music is generated: there is nothing written in it to learn from",
            )
            return None
        return _tokens(notes, cursor.at)

    def _integers(self, node: tree.Sequence, place: Place) -> tuple[Token, ...] | None:
        """A list of Magenta's or Martin's: one integer a sixteenth, as `music.melody` says."""
        integers = []
        for item in node.items:
            if not isinstance(item, tree.Number) or item.unit or not _is_event(item.value):
                self._report.add(
                    "STO403",
                    place.scope.source,
                    item.span,
                    "in a list of integers, -2 goes on, -1 stops, 0 to 127 starts a note",
                )
                return None
            integers.append(int(item.value))
        events = from_martin(integers)
        notes: list[tuple[int, int, int]] = []
        for step, event in enumerate(events):
            if event >= 0:
                length = next((i for i, e in enumerate(events[step + 1 :], 1) if e != _HOLD), len(events) - step)
                notes.append((step, length, event))
        return _tokens(notes, len(events), _SIXTEENTH)


def _is_event(number: Fraction) -> bool:
    return LOWEST <= number <= HIGHEST and number % 1 == 0


def is_drummed(item: tree.Item) -> bool:
    """Whether percussion is written there."""
    notes = (node for node in walk(item) if isinstance(node, tree.Note))
    return any(note.pitches and note.pitches[0][:1].islower() for note in notes)


def _is_generated(item: score.Item) -> bool:
    return isinstance(item, score.Passage) or (isinstance(item, score.Group) and any(map(_is_generated, item.items)))


def tokens_of(tune: Tune, part: int, cut: tuple[int, int] | None) -> tuple[Token, ...]:
    """A part of a tune, or what begins in the time from `cut` to its end, as one line of tokens."""
    if not tune.parts:
        return ()
    start, end = cut or (0, tune.bars[-1].onset + tune.bars[-1].length if tune.bars else 0)
    notes = [
        (n.onset - start, min(n.duration, end - n.onset), n.pitch)
        for n in tune.parts[part].notes if start <= n.onset < end
    ]  # fmt: skip
    return _tokens(notes, end - start)


def _tokens(notes: list[tuple[int, int, int]], end: int, unit: float = 1 / 10080) -> tuple[Token, ...]:
    """Notes (onset, duration, pitch), by onset, as one line of tokens: chords at one onset, rests where nothing sounds.

    end, unit  where the music ends; quarter notes of one step of time
    """
    chords: dict[int, list[tuple[int, int]]] = {}
    for onset, duration, pitch in sorted(notes):
        chords.setdefault(onset, []).append((duration, pitch))
    onsets = list(chords)
    tokens: list[Token] = []
    at = 0
    for onset, following in zip(onsets, (*onsets[1:], end), strict=True) if onsets else ():
        chord = chords[onset]
        length = min(max(d for d, _ in chord), following - onset)
        if onset > at:
            tokens.append(Token((), (onset - at) * unit))
        if length > 0:
            tokens.append(Token(tuple(sorted({p for _, p in chord})), length * unit))
        at = onset + length
    if at < end:
        tokens.append(Token((), (end - at) * unit))
    return tuple(tokens)
