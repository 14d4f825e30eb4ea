"""What will sound: every note of a score in exact time, after chance has had its say.

Times are ticks (`music.time.QUARTER` a quarter note) from the start of the first bar, repeats and
variations unrolled. Renderers read this and nothing else of a score.
"""

from __future__ import annotations

from dataclasses import dataclass

from stochos.music.harmony import Harmony
from stochos.music.instrument import Instrument
from stochos.music.pitch import Key, Pitch
from stochos.music.time import Meter, Tempo

__all__ = [
    "Bar", "Dynamic", "Hairpin", "Harmony", "Note", "Origin", "Part", "Realization", "Slur", "Tempo", "Trial", "Tuplet",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """What made a note.

    section    name of the section, with its apostrophes
    generator  "written", or the process as the score calls it ("markov", "wind")
    label      label or ordinal of the passage: with section and part it names the random stream
    """

    section: str
    generator: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One sounding note. Notes that were tied are one note here.

    onset, duration                  when it sounds, ticks; duration > 0
    written_onset, written_duration  where it stands in notation: equal to the above, or their quantised twin
                                     for free stochastic time
    pitch                            MIDI number; on a percussion part the General MIDI drum key
    spelling                         as the composer wrote it, or None: by the key
    velocity                         1..127 where a generator fixed it, or None: from the dynamics in force
    voice                            0, 1, … within the part
    articulations                    staccato tenuto accent marcato fermata trill staccatissimo glissando …
    origin                           what made it
    glide                            semitones that it has risen by its end (below 0: fallen), evenly; 0 where it stays
    """

    onset: int
    duration: int
    written_onset: int
    written_duration: int
    pitch: int
    spelling: Pitch | None
    velocity: int | None
    voice: int
    articulations: tuple[str, ...]
    origin: Origin
    glide: float = 0.0


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A dynamic mark at `onset`: `ppp` … `fff`, `sfz`, `fp`. Marks apply to all voices of a part."""

    onset: int
    name: str


@dataclass(frozen=True, slots=True)
class Hairpin:
    """A hairpin from `onset` to `end`: `kind` "cresc" or "dim". The dynamic it leads to stands at `end`, if any."""

    onset: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Slur:
    """A slur from the note at written time `onset` to the last note that starts at `last`, in one voice."""

    onset: int
    last: int
    voice: int


@dataclass(frozen=True, slots=True)
class Tuplet:
    """A bracket: in `voice`, written time `onset` to `onset + duration` holds `actual` in the time of `normal`.

    Never crosses a barline. Tuplets nest; inside, local lengths are real lengths times actual/normal.
    Where notes do not fill it, rests do.
    """

    onset: int
    duration: int
    actual: int
    normal: int
    voice: int


@dataclass(frozen=True, slots=True)
class Part:
    """One instrument's music.

    name        as the score calls it ("cello")
    instrument  what plays it: name for the page, MIDI program or drum kit
    clef        forced clef, or None: chosen by the notes
    notes       sorted by (onset, voice, pitch)
    """

    name: str
    instrument: Instrument
    clef: str | None
    notes: tuple[Note, ...]
    dynamics: tuple[Dynamic, ...] = ()
    hairpins: tuple[Hairpin, ...] = ()
    slurs: tuple[Slur, ...] = ()
    tuplets: tuple[Tuplet, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the whole piece.

    onset, length   ticks; a pickup bar is shorter than its meter and has number 0
    number          as printed, from 1
    meter, key      in force
    section         "calm'" on the first bar of a section (its rehearsal mark), else ""
    section_of      the section that it belongs to, with its apostrophes
    """

    onset: int
    length: int
    number: int
    meter: Meter
    key: Key
    section: str
    section_of: str


@dataclass(frozen=True, slots=True)
class Trial:
    """How a passage came about that is drawn until it is as asked.

    part, passage  who plays, and what: "markov 1"
    section        with its apostrophes
    attempts       so often it was drawn; the last draw is the one that sounds
    held           each constraint as written, and of how many of these draws it held
    """

    part: str
    section: str
    passage: str
    attempts: int
    held: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Realization:
    """A piece, realised: what `render` writes.

    seed      the seed that it was drawn with
    duration  ticks, the end of the last bar
    trials    of every passage that is drawn until it is as asked
    harmony   the chords that stand above it, by onset
    """

    title: str
    composer: str
    copyright: str
    seed: int
    parts: tuple[Part, ...]
    bars: tuple[Bar, ...]
    tempos: tuple[Tempo, ...]
    trials: tuple[Trial, ...] = ()
    harmony: tuple[Harmony, ...] = ()

    @property
    def duration(self) -> int:
        """Length of the piece, ticks."""
        return self.bars[-1].onset + self.bars[-1].length if self.bars else 0
