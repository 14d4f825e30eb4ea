"""What was written: the syntax tree of a score. Spans never count for equality."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from stochos.source import Span

NOWHERE = Span(0, 0)

HARMONY = "harmony"
"""The word before a section's chords; no part can be called so."""


# --- values -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit, as in `84`, `-12`, `0.5`, `2st`, `30%`, `20ms`, `3/bar`.

    value  exact
    unit   "" or one of st % ms s /bar /beat /quarter /s st/s
    """

    value: Fraction
    unit: str = ""
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NoteValue:
    """A length written as a fraction of a whole note: `1/8`, `3/16`; as a value also `-1/32`."""

    numerator: int
    denominator: int
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PitchName:
    """A pitch as a value or chain state: `C#4`."""

    name: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Text:
    r"""A quoted string, without its quotes and with `\"` and `\\` undone."""

    text: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word as a value: `mf`, `key`, `off`, `yes`, `lookback`, `kick`, or a pitch class `F#`."""

    word: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ScaleName:
    """`dorian on D`: a scale by name, on a tonic."""

    name: str
    tonic: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sieve:
    """`sieve "8@0 | 8@3"`: the expression, unread."""

    text: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)  # of the quoted text


@dataclass(frozen=True, slots=True)
class Interval:
    """A span of values, `low..high`."""

    low: Value
    high: Value
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, taken in order: `[1/8, 1/8, 1/4]`; also Magenta's integer list."""

    items: tuple[Value, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Weights:
    """A weighted choice, `{C4: 3, G4: 1}` (also written `choice {…}`).

    entries  value and its weight (None where none is written: 1)
    """

    entries: tuple[tuple[Value, Number | None], ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ByState:
    """What is said in each state, `{calm: C4..G4, wild: C3..C7}`.

    entries  a state and what it says (None where nothing is written)
    """

    entries: tuple[tuple[Value, Value | None], ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RampPoint:
    """`-> 1.4 exp at 50%`: where the ramp goes next.

    value  the value reached
    curve  the curve that leads to it: "" (linear), "exp", "sine", "step"
    at     the place in the extent, a Number in % ; None = evenly spaced
    """

    value: Value
    curve: str = ""
    at: Number | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Ramp:
    """`0.6 -> 1.4 at 50% -> 0.8`: a start and the points after it."""

    start: Value
    points: tuple[RampPoint, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Combined:
    """`$a & $b`: sets of pitches put together.

    operator  "|" both, "^" what one of the two has, "&" what both have, "-" what the second does not have
    """

    operator: str
    first: Value
    second: Value
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Complement:
    """`!$a`, `-$a`: all pitches but those of a set."""

    item: Value
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Argument:
    """`name: value` in a call."""

    name: str
    value: Value
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ChainRow:
    """`C4: A3 0.6, E4 0.4`: from a state (several for a higher order) to others.

    origin   the states that lead on, oldest first
    targets  next states and their probabilities (None where none is written)
    """

    origin: tuple[Value, ...]
    targets: tuple[tuple[Value, Number | None], ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Chain:
    """`@chain { … }`: a hand-written Markov chain.

    States are PitchName, Word (`r`, percussion, …), Number, NoteValue, or a one-note Notation (`A3:8`).
    """

    rows: tuple[ChainRow, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """`$name`, `$m.sighs`, `$tune[bars 5..8]`: the same notes, or the same value, each time.

    name  dotted where imported: "m.sighs"
    bars  first and last bar asked for, or None
    """

    name: str
    bars: tuple[int, int] | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """`@name(argument: value, …)`: a process, or a bound one drawn afresh."""

    name: str
    arguments: tuple[Argument, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Notation:
    """`` `D4:8 E4` `` as a value, or `| … |` bound by `let`: written music."""

    voices: tuple[Voice, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Value: TypeAlias = (
    "Number | NoteValue | PitchName | Text | Word | ScaleName | Sieve | Interval | Sequence | Weights | ByState | "
    "Combined | Complement | Ramp | Chain | Reference | Call | Notation | Pipe"
)

# --- music ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Duration:
    """`:4.`, `:4+16`: note values added up. values: (denominator, dots) each, at least one."""

    values: tuple[tuple[int, int], ...]

    @property
    def quarters(self) -> Fraction:
        """Length in quarter notes, exact."""
        return sum((Fraction(4, d) * (2 - Fraction(1, 2**dots)) for d, dots in self.values), Fraction(0))


@dataclass(frozen=True, slots=True)
class Note:
    """A note, chord, choice or rest, with all that hangs on it.

    kind           "note", "chord" `<C4 E4>`, "choice" `[C4|E4]`, "rest" `r`
    pitches        as written: "C#4", or a percussion name; empty for a rest
    duration       None = as the note before (sticky)
    tied           `~`: held into the next note
    articulations  names after apostrophes
    chance         `?` is 1/2, `?0.7` is 7/10; None = certain
    """

    kind: str
    pitches: tuple[str, ...]
    duration: Duration | None = None
    tied: bool = False
    articulations: tuple[str, ...] = ()
    chance: Fraction | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ChordSymbol:
    """`Bb/D:2` in the harmony of a section: a chord as its symbol names it.

    symbol    as written, also `N.C.`
    duration  None = as the one before (sticky)
    """

    symbol: str
    duration: Duration | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class BarRest:
    """`R*4`: whole-bar rests."""

    bars: int
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Barline:
    """`|`: here a bar must end."""

    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Dynamic:
    """`ppp … fff sfz`: from here on."""

    name: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Hairpin:
    """`cresc` or `dim`, to the next dynamic."""

    kind: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Slur:
    """`(` (opens) or `)`."""

    opens: bool
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Tuplet:
    """`{3:2 C4:8 D4 E4}`: `actual` in the time of `normal`."""

    actual: int
    normal: int
    items: tuple[Item, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Group:
    """`{ … & … }`: voices that sound together, or a passage to be piped or repeated as one."""

    voices: tuple[Voice, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Extent:
    """`for 4 bars`, `for 12 notes`, `for 3 beats`, `fill`.

    unit  "bars", "beats", "notes" or "fill" (then count is 0)
    """

    unit: str
    count: Fraction = Fraction(0)
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Constraint:
    """`max_leap 12st`: what every draw of a passage has to be like to be kept."""

    name: str
    value: Value
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Until:
    """`until no_repeat 3, max_leap 12st in 5000 attempts`: draws again until all of these hold.

    attempts  the most; None where none are written
    """

    constraints: tuple[Constraint, ...]
    attempts: Number | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Passage:
    """`@call(…) for 4 bars`, or `$name fill`: generated (or shared generated) music; or `$name` alone.

    extent  None where none is written: right for `$motif`, an error for a process
    until   what is asked of it, or None
    """

    what: Call | Reference
    extent: Extent | None = None
    until: Until | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Pipe:
    """`item >> transpose(-12) >> augment(2)`.

    item        Group or Passage: what is transformed
    transforms  calls, in order; their arguments may be unnamed (name "")
    """

    item: Group | Passage
    transforms: tuple[Call, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Repeat:
    """`$sighs*3`, `{ … }*2`: the same notes again and again."""

    item: Group | Passage | Pipe
    times: int
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Item: TypeAlias = (
    "Note | ChordSymbol | BarRest | Barline | Dynamic | Hairpin | Slur | Tuplet | Group | Passage | Pipe | Repeat"
)


@dataclass(frozen=True, slots=True)
class Voice:
    """Music one after the other."""

    items: tuple[Item, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


# --- structure --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Setting:
    """A `name value` line of the heading, or a `, name value` of a section.

    name    title composer copyright tempo meter key seed pickup grid tuplets
    values  what follows, by name:
            title composer copyright  Text
            tempo    Number | Ramp, then perhaps Text ("Allegro"); first a NoteValue where `tempo 3/8 = 60` is written
            meter    NoteValue, unreduced (6/8)
            key      Word tonic, Word mode
            seed     Number
            pickup   NoteValue
            grid     NoteValue
            tuplets  Numbers
    """

    name: str
    values: tuple[Value, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """`part cello = "Violoncello" in C2..A4 clef bass`. range and clef None where not written."""

    name: str
    instrument: Text
    range: Interval | None = None
    clef: Word | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Let:
    """`let name = …`. A Notation for `| … |`; a Pipe, Repeat, or Group for piped references; otherwise a value."""

    name: str
    value: Value | Pipe | Repeat | Group
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Import:
    """`import "motifs.stoch" as m`."""

    path: Text
    name: str
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """`flute: music & music` in a section; its chords, `harmony | Dm:1 |`, are a line of a part called "harmony"."""

    part: str
    voices: tuple[Voice, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Change:
    """`at bar 5: meter 3/4, key G major`: settings that change at a barline of a section."""

    bar: int
    settings: tuple[Setting, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    bar_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Section:
    """`section calm 8 bars, tempo 84 -> 140 { … }`. bars is None where not written.

    harmony  its chords, in lines of chord symbols, bars and groups; only one can be meant
    """

    name: str
    bars: Number | None
    settings: tuple[Setting, ...]
    changes: tuple[Change, ...]
    lines: tuple[Line, ...]
    harmony: tuple[Line, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    name_span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FormEntry:
    """`calm''*2` in the form: a section, how often varied (apostrophes), how often played."""

    section: str
    variation: int = 0
    times: int = 1
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """`form calm storm calm'`."""

    entries: tuple[FormEntry, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Expect:
    """`expect mean(length of vln in A) in 1/16..1/8`: what a take is to be like, tested after it is drawn.

    measure     "density", "mean", "law", …
    quantity    what of the notes: "pitch", "length"; None where the measure has but one
    part        a name, or `tutti`
    section     None = the whole piece
    comparison  "in" (two limits), or one of < <= > >= (one limit); of a law's p-value
    unit        "octaves" or "bit" where it is written after the limits
    law         what the quantity is to be distributed by, or None; a word where its arguments are to be estimated
    """

    measure: str
    quantity: Word | None
    part: Word
    section: FormEntry | None
    comparison: str
    limits: tuple[Value, ...]
    unit: Word | None = None
    law: Call | Word | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    measure_span: Span = field(default=NOWHERE, compare=False, repr=False)


Statement: TypeAlias = "Setting | Part | Let | Import | Section | Form | Expect"


@dataclass(frozen=True, slots=True)
class Score:
    """A whole file, statements in the order they were written.

    unread  names whose definitions have syntax errors and are left out: nobody is to be told that they are unknown
    """

    statements: tuple[Statement, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    unread: frozenset[str] = field(default=frozenset(), compare=False)
