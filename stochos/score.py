"""What was meant: a score that is checked and can be performed. Nothing in it can fail because of the text.

Times are ticks from the start of the section, or of the group that holds the item.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from stochos.music.harmony import Harmony
from stochos.music.instrument import Instrument
from stochos.music.pitch import Key, Pitch
from stochos.music.time import Meter, Tempo
from stochos.process.constraint import Constraint
from stochos.process.passage import Process
from stochos.process.scale import Scale
from stochos.process.value import Value

if TYPE_CHECKING:
    from stochos.transform import Transform


@dataclass(frozen=True, slots=True)
class Note:
    """A written note or chord, or a choice between pitches. Rests are what is between.

    pitches        MIDI numbers (drum keys on percussion parts)
    spellings      as written, one for each; None on percussion parts
    choose         sounds one of the pitches, not all
    tied           held into the next note of the same pitch
    articulations  names
    chance         that it sounds at all, or None: certain
    path           names its random stream, where it has any chance in it
    shared         the draw is the same in every variation and place (it stands in a `let`)
    """

    onset: int
    duration: int
    pitches: tuple[int, ...]
    spellings: tuple[Pitch | None, ...]
    choose: bool = False
    tied: bool = False
    articulations: tuple[str, ...] = ()
    chance: float | None = None
    path: tuple[str, ...] = ()
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Dynamic:
    """`p`: from here on, in this part's line."""

    onset: int
    name: str


@dataclass(frozen=True, slots=True)
class Hairpin:
    """`cresc` or `dim`, from `onset` to the next dynamic (or the line's end)."""

    onset: int
    kind: str


@dataclass(frozen=True, slots=True)
class Slur:
    """From the first note at or after `onset` to the last note that starts before `end`."""

    onset: int
    end: int


@dataclass(frozen=True, slots=True)
class Tuplet:
    """A written bracket over `duration` ticks; nested ones are listed too."""

    onset: int
    duration: int
    actual: int
    normal: int


@dataclass(frozen=True, slots=True)
class Until:
    """What is asked of a passage: it is drawn again until all of this holds.

    constraints  each beside its words, "max_leap 12st"
    attempts     the most draws that may be tried
    file, at     the text that it stands in, and where, first character and last, for those who report
    """

    constraints: tuple[tuple[str, Constraint], ...]
    attempts: int
    file: str
    at: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """A generator at work.

    duration   ticks: the whole place it may fill
    count      notes asked for, or None
    process    what plays
    low, high  bounds of pitch: its `within`, or the part's range
    scale      128 flags, or several that the passage goes through; None: every pitch
    velocity   drawn at each onset, or None: from the dynamics in force (where the process itself says none)
    path       names its random stream
    shared     the same draw in every variation and place (`$name`)
    seed       its own seed, or None: the score's
    name       as the score calls it: "markov", "wind"
    label      label, or ordinal among its like in the line
    joint      names the random stream that the parts of a joint process share; empty for other processes
    glissando  semitones a second, drawn at each onset; or None: no note glides
    until      what is asked of it, or None: the first draw is kept
    """

    onset: int
    duration: int
    count: int | None
    process: Process
    low: Value
    high: Value
    scale: Scale | None
    velocity: Value | None
    path: tuple[str, ...]
    shared: bool
    seed: int | None
    name: str
    label: str
    joint: tuple[str, ...] = ()
    glissando: Value | None = None
    until: Until | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Items that are transformed as one.

    duration    ticks after the transforms
    inner       ticks before them
    items       times relative to the group
    transforms  in order
    path        names the random stream of transforms that have chance in them
    compass     lowest and highest pitch that what is generated has after all of them; None: no matter
    """

    onset: int
    duration: int
    inner: int
    items: tuple[Item, ...]
    transforms: tuple[Transform, ...]
    path: tuple[str, ...]
    shared: bool = False
    compass: tuple[int, int] | None = None


Item: TypeAlias = "Note | Dynamic | Hairpin | Slur | Tuplet | Passage | Group"


@dataclass(frozen=True, slots=True)
class Line:
    """What one part plays in a section: its voices, each sorted by onset."""

    part: str
    voices: tuple[tuple[Item, ...], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a section; a pickup is shorter than its meter.

    number  within the section, from 1; 0 for a pickup
    """

    onset: int
    length: int
    meter: Meter
    key: Key
    number: int


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its bars, tempos (the first at 0) and a line for each part that plays.

    harmony  its chords, one after the other without gaps, or none
    """

    name: str
    bars: tuple[Bar, ...]
    tempos: tuple[Tempo, ...]
    lines: tuple[Line, ...]
    grid: int
    tuplets: tuple[int, ...]
    harmony: tuple[Harmony, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """An instrument of the score. low, high: what it may play, MIDI numbers."""

    name: str
    instrument: Instrument
    low: int
    high: int
    clef: str | None


@dataclass(frozen=True, slots=True)
class FormEntry:
    """A section in its turn. variation 0 is the section itself; times: how often in a row."""

    section: str
    variation: int
    times: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a take is to be like.

    measure     count density mean spread least most entropy range law
    quantity    pitch length gap interval velocity, or "" where the measure has but one
    parts       names: their notes together
    section     as the form plays it, with its apostrophes; "" the whole piece
    low, high   between which the measure is to lie, in the unit's own terms; perhaps infinite
    strict      the limits themselves are not enough
    unit        as written, "/s", "/bar", "octaves", "bit" … or ""
    law         what the quantity is to be distributed by; the measure is then a p-value. A name where its arguments
                are to be estimated
    asked       as written: "density(vln in A) in 4..6/s"
    at          where it stands in the text, first character and last, for those who report
    """

    measure: str
    quantity: str
    parts: tuple[str, ...]
    section: str
    low: float
    high: float
    strict: bool
    unit: str
    law: Value | str | None
    asked: str
    at: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Score:
    """A whole piece.

    seed      as written, or the default
    sections  by name
    form      as played
    expected  what is tested of every take
    """

    title: str
    composer: str
    copyright: str
    seed: int
    parts: tuple[Part, ...]
    sections: dict[str, Section]
    form: tuple[FormEntry, ...]
    expected: tuple[Expectation, ...] = ()
