"""From what was meant to what will sound: the form is unrolled, and every draw made.

A draw hangs on the seed and on names alone: section, take, part, and the passage's label or place among its like. It
never hangs on the order of drawing, so that what is added, moved or edited changes nothing but itself. A passage that
goes on from what its voice has just played hears only its own section.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from stochos import score
from stochos.music.time import Tempo
from stochos.process.passage import NetworkLoader
from stochos.realization import Bar, Dynamic, Hairpin, Harmony, Note, Part, Realization, Slur, Trial, Tuplet
from stochos.realize.ensemble import Ensemble
from stochos.realize.frame import Take
from stochos.realize.marks import Level, slurs_of
from stochos.realize.phrase import Phrase, shifted


@dataclass
class _Music:
    """What a part plays: in one take of a section, or so far in the piece."""

    notes: list[Note] = field(default_factory=list)
    slurs: list[Slur] = field(default_factory=list)
    tuplets: list[Tuplet] = field(default_factory=list)
    dynamics: list[Dynamic] = field(default_factory=list)
    hairpins: list[Hairpin] = field(default_factory=list)
    level: Level = field(default_factory=Level)

    def append(self, line: _Line, start: int, duration: int) -> None:
        """Adds a take of a section that begins at `start`."""
        self.notes += shifted(line.notes, start)
        self.slurs += [Slur(s.onset + start, s.last + start, s.voice) for s in line.slurs]
        self.tuplets += [replace(t, onset=t.onset + start) for t in line.tuplets]
        first = min((note.written_onset for note in line.notes), default=None)
        dynamics, hairpins = self.level.section(line.marks, first, duration)
        self.dynamics += [Dynamic(d.onset + start, d.name) for d in dynamics]
        self.hairpins += [Hairpin(h.onset + start, h.end + start, h.kind) for h in hairpins]


@dataclass(frozen=True, slots=True)
class _Line:
    """What a part plays in one take of a section, ticks from its start."""

    notes: list[Note]
    slurs: list[Slur]
    tuplets: list[Tuplet]
    marks: list[score.Dynamic | score.Hairpin]


def realize(
    score: score.Score, network: NetworkLoader, seed: int | None = None, later: Sequence[int] = ()
) -> Realization:
    """The piece with all its notes, for a seed: that of the score where none is given.

    network  loads a trained network by its folder
    later    seeds that the same score is to be drawn from next, with the same networks: it changes no note
    Raises Starved for a passage that is never as asked.
    """
    used = score.seed if seed is None else seed
    parts = {part.name: _Music() for part in score.parts}
    ranges = {part.name: (part.low, part.high) for part in score.parts}
    bars: list[Bar] = []
    tempos: list[Tempo] = []
    takes: dict[tuple[str, int], dict[str, _Line]] = {}
    trials: dict[Trial, None] = {}
    harmony: list[Harmony] = []
    for entry in score.form:
        section, name = score.sections[entry.section], entry.section + "'" * entry.variation
        key = entry.section, entry.variation
        if key not in takes:
            take = Take(section, used, entry.variation, network, ranges, later=later)
            takes[key] = _lines(take, name)
            trials.update(dict.fromkeys(take.trials))
        for _ in range(entry.times):
            start = bars[-1].onset + bars[-1].length if bars else 0
            _append_bars(bars, section, name, start)
            _append_tempos(tempos, section, start)
            harmony += [Harmony(h.onset + start, h.end + start, h.chord) for h in section.harmony]
            for part, line in takes[key].items():
                parts[part].append(line, start, bars[-1].onset + bars[-1].length - start)
    return Realization(
        score.title, score.composer, score.copyright, used,
        tuple(_part(part, parts[part.name]) for part in score.parts), tuple(bars), tuple(tempos), tuple(trials),
        tuple(harmony),
    )  # fmt: skip


def _lines(take: Take, name: str) -> dict[str, _Line]:
    """What every part plays in a take."""
    ensemble = Ensemble(take, name)
    return {line.part: _line(ensemble.phrases(line.part)) for line in take.section.lines}


def _line(phrases: list[Phrase]) -> _Line:
    whole = _Line([], [], [], [])
    for number, phrase in enumerate(phrases):
        whole.notes.extend(phrase.notes)
        whole.slurs.extend(slurs_of((m for m in phrase.marks if isinstance(m, score.Slur)), phrase.notes, number))
        whole.marks.extend(mark for mark in phrase.marks if not isinstance(mark, score.Slur))
        whole.tuplets.extend(Tuplet(t.onset, t.duration, t.actual, t.normal, number) for t in phrase.tuplets)
    return whole


def _part(part: score.Part, music: _Music) -> Part:
    return Part(
        part.name, part.instrument, part.clef,
        tuple(sorted(music.notes, key=lambda note: (note.onset, note.voice, note.pitch))),
        tuple(music.dynamics), tuple(music.hairpins), tuple(music.slurs), tuple(music.tuplets),
    )  # fmt: skip


def _append_bars(bars: list[Bar], section: score.Section, name: str, start: int) -> None:
    """Adds a section's bars. Bars are counted through the piece; a pickup is number 0 and is not counted."""
    number = max((bar.number for bar in bars[-2:]), default=0)
    for i, bar in enumerate(section.bars):
        number += bar.number > 0
        mark = name if i == 0 else ""
        printed = number if bar.number > 0 else 0
        bars.append(Bar(start + bar.onset, bar.length, printed, bar.meter, bar.key, mark, name))


def _append_tempos(tempos: list[Tempo], section: score.Section, start: int) -> None:
    """Adds a section's tempos, but not once more the plain one that is in force already."""
    for i, tempo in enumerate(section.tempos):
        before = tempos[-1] if tempos else None
        is_plain = tempo.end == tempo.onset and before is not None and before.end == before.onset
        if i == 0 and is_plain and before is not None and replace(tempo, onset=before.onset, end=before.end) == before:
            continue
        tempos.append(replace(tempo, onset=tempo.onset + start, end=tempo.end + start))
