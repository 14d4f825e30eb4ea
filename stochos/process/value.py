"""Values: what any numeric argument may be, and how it is drawn.

A value is a frozen dataclass that turns into a *sampler*: a function from places in the passage to numbers.
Constants, spans, lists, weighted choices and ramps stand here; laws and walks, one rule a file, are values too.

Numbers inside are plain floats in the quantity's base unit: MIDI numbers, semitones, quarter notes, events per
quarter note, chances 0..1, velocities 1..127.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Sequence as Listed
from dataclasses import MISSING, dataclass, field, fields, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from stochos.process import compass
from stochos.process.compass import Flags, anywhere, clip, reflect, wrap

if TYPE_CHECKING:
    from numpy.typing import NDArray

Floats: TypeAlias = compass.Floats

Sampler: TypeAlias = Callable[[Floats], Floats]
"""Places 0..1 in the passage, in playing order -> one number each. Keeps its own state between calls."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where a value is drawn: the passage's length, clock, and its named random streams.

    duration  quarter notes
    seconds   seconds that a quarter note lasts, at places 0..1
    stream    a fresh generator for a name; the same name always gives the same one
    name      the quantity being drawn: "pitch", "pitch.sd", …
    longest   no quarter note here lasts longer, seconds
    allowed   [128]: where pitches are drawn, those that there are; else None
    source    a fresh generator for a name that laws of any passage are tied to; None: `stream`
    stretch   from where to where it plays, quarter notes from the section's start; None: it begins there
    later     fresh generators for a name, as `stream`, of the seeds that are to be drawn from next
    """

    duration: float
    seconds: Callable[[Floats], Floats]
    stream: Callable[[str], np.random.Generator]
    name: str = ""
    longest: float = 60.0
    allowed: Flags | None = None
    source: Callable[[str], np.random.Generator] | None = None
    stretch: tuple[float, float] | None = None
    later: Callable[[str], Iterator[np.random.Generator]] = lambda name: iter(())

    def at(self, name: str) -> Context:
        """The same place, one name deeper: another quantity."""
        return replace(self, name=f"{self.name}.{name}" if self.name else name, allowed=None)

    def item(self, number: int) -> Context:
        """The same place and quantity, for one of several values that it is drawn from."""
        return replace(self.at(str(number)), allowed=self.allowed)

    def rng(self) -> np.random.Generator:
        """The random stream of this very quantity."""
        return self.stream(self.name)

    def rngs(self) -> Iterator[np.random.Generator]:
        """The random stream of this very quantity, then those that it has under the seeds to come."""
        yield self.rng()
        yield from self.later(self.name)

    def shared(self, source: str) -> np.random.Generator:
        """The random stream of a source, the same for all that are tied to it."""
        return (self.source or self.stream)(source)


class Value(Protocol):
    """Anything that can be drawn."""

    def sampler(self, context: Context) -> Sampler:
        """A fresh sampler for one passage."""


@dataclass(frozen=True, slots=True)
class Constant:
    """One number, always."""

    number: float

    def sampler(self, context: Context) -> Sampler:
        """The number, everywhere."""
        return lambda places: np.full(len(places), self.number)


@dataclass(frozen=True, slots=True)
class Span:
    """Anywhere between two values, evenly; the ends may move (a tendency mask).

    Of pitches each one that the scale has is as likely, the ends too.
    """

    low: Value
    high: Value

    def sampler(self, context: Context) -> Sampler:
        """Uniform between the ends at each place."""
        low, high, rng = self.low.sampler(context.at("low")), self.high.sampler(context.at("high")), context.rng()

        def draw(places: Floats) -> Floats:
            bottom, top, chance = low(places), high(places), rng.random(len(places))
            if context.allowed is not None:
                return anywhere(bottom, top, context.allowed, chance)
            return bottom + (top - bottom) * chance

        return draw


@dataclass(frozen=True, slots=True)
class Sequence:
    """Values in order, round and round."""

    items: tuple[Value, ...]

    def sampler(self, context: Context) -> Sampler:
        """Each place takes the next item."""
        samplers = [item.sampler(context.item(i)) for i, item in enumerate(self.items)]
        played = 0

        def draw(places: Floats) -> Floats:
            nonlocal played
            which = (played + np.arange(len(places))) % len(samplers)
            played += len(places)
            return pick(samplers, which, places)

        return draw


@dataclass(frozen=True, slots=True)
class Weighted:
    """One of several values, by weight (0 or more, one above 0)."""

    items: tuple[Value, ...]
    weights: tuple[float, ...]

    def sampler(self, context: Context) -> Sampler:
        """Each place chooses anew."""
        samplers = [item.sampler(context.item(i)) for i, item in enumerate(self.items)]
        edges = np.cumsum(self.weights) / np.sum(self.weights)
        rng = context.rng()

        def draw(places: Floats) -> Floats:
            which = np.minimum(np.searchsorted(edges, rng.random(len(places)), side="right"), len(samplers) - 1)
            return pick(samplers, which, places)

        return draw


def pick(samplers: list[Sampler], which: NDArray[np.intp], places: Floats) -> Floats:
    """A draw at each place from the sampler that `which` says, each sampler in playing order."""
    drawn = np.empty(len(places))
    for i, sampler in enumerate(samplers):
        chosen = which == i
        if chosen.any():
            drawn[chosen] = sampler(places[chosen])
    return drawn


def curved(share: Floats, curve: str, low: Floats, high: Floats) -> Floats:
    """From `low` to `high` as `share` goes from 0 to 1.

    curve  "" straight; "exp" by equal ratios (both ends on one side of 0); "sine" slow, quick, slow;
           "step" stays at `low` until the end
    """
    match curve:
        case "exp":
            return low * (high / low) ** share
        case "sine":
            return low + (high - low) * (0.5 - 0.5 * np.cos(np.pi * share))
        case "step":
            return np.where(share < 1.0, low, high)
        case _:
            return low + (high - low) * share


@dataclass(frozen=True, slots=True)
class Ramp:
    """Values that the passage moves through.

    places  where each value is reached, 0..1, rising; the first is 0 and the last 1
    values  as many
    curves  the curve that leads to each value (the first is unused)
    """

    places: tuple[float, ...]
    values: tuple[Value, ...]
    curves: tuple[str, ...]

    def sampler(self, context: Context) -> Sampler:
        """Between the two neighbours at each place; a ramp of spans is a span whose ends move.

        All values draw from one stream, place by place, so that chance falls alike in both neighbours.
        """
        spans = [value for value in self.values if isinstance(value, Span)]
        if len(spans) == len(self.values):
            low, high = tuple(span.low for span in spans), tuple(span.high for span in spans)
            return Span(replace(self, values=low), replace(self, values=high)).sampler(context)
        samplers = [value.sampler(context) for value in self.values]
        edges = np.array(self.places)

        def draw(places: Floats) -> Floats:
            leg = np.clip(np.searchsorted(edges, places, side="right") - 1, 0, len(edges) - 2)
            reached = np.stack([sampler(places) for sampler in samplers])
            drawn = np.empty(len(places))
            for i in range(len(edges) - 1):
                chosen = leg == i
                share = np.clip((places[chosen] - edges[i]) / (edges[i + 1] - edges[i]), 0.0, 1.0)
                drawn[chosen] = curved(share, self.curves[i + 1], reached[i, chosen], reached[i + 1, chosen])
            return drawn

        return draw


@dataclass(frozen=True, slots=True)
class PerSecond:
    """A rate by the clock (`2/s`), whatever the tempo does."""

    rate: Value

    def sampler(self, context: Context) -> Sampler:
        """Events per quarter note at each place."""
        rate = self.rate.sampler(context)
        return lambda places: rate(places) * np.minimum(context.seconds(places), context.longest)


@dataclass(frozen=True, slots=True)
class ByName:
    """What is said for each of some states: `{calm: 1/4, wild: 1/16}`. Whoever has the states says which one holds.

    names  each once
    items  as many; None: nothing sounds
    """

    names: tuple[str, ...]
    items: tuple[Value | None, ...]

    def __getitem__(self, name: str) -> Value | None:
        return self.items[self.names.index(name)]

    def flaw(self, states: Listed[str], needed: Listed[str] | None = None) -> str | None:
        """What is wrong with it, beside the states that there are; something has to be said for the needed ones."""
        for name in self.names:
            if name not in states:
                return f"no state is called `{name}`: there {'are' if len(states) > 1 else 'is'} {', '.join(states)}"
        absent = next((state for state in needed or states if state not in self.names), None)
        return f"nothing is said for the state `{absent}`" if absent else None


@dataclass(frozen=True, slots=True)
class Bounds:
    """A lowest and a highest value, which may move: `G3..E6`, `C5..C5 -> C4..C7`."""

    low: Value
    high: Value


EDGES = ("reflect", "clip", "wrap", "resample")
"""What becomes of a number that strays beyond bounds: `edge:`."""

TRIES = 15
"""How often a stray is drawn again before it falls anywhere; Xenakis, Formalized Music (1992), ch. V."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """A value kept between bounds (`within:`), and how strays come back (`edge:`).

    edge  "reflect" throws them back elastically, "clip" leaves them at the bound, "wrap" lets them in at the other one,
          "resample" draws them again, at most `TRIES` times, then anywhere in bounds
    """

    value: Value
    low: Value
    high: Value
    edge: str = "reflect"

    def sampler(self, context: Context) -> Sampler:
        """Value and bounds at each place; every redraw has a stream of its own, so that draws stay where they are."""
        low, high = self.low.sampler(context.at("low")), self.high.sampler(context.at("high"))
        value = self.value.sampler(context)
        if self.edge != "resample":
            bring_back = {"clip": clip, "wrap": wrap}.get(self.edge, reflect)
            return lambda places: bring_back(value(places), low(places), high(places))
        again = [self.value.sampler(replace(context.at(f"again{i}"), allowed=context.allowed)) for i in range(TRIES)]
        chance = context.at("anywhere").rng()

        def draw(places: Floats) -> Floats:
            drawn, bottom, top = np.array(value(places)), low(places), high(places)
            stray = np.flatnonzero((drawn < bottom) | (drawn > top))
            for sampler in again:
                if not len(stray):
                    return drawn
                drawn[stray] = sampler(places[stray])
                stray = stray[(drawn[stray] < bottom[stray]) | (drawn[stray] > top[stray])]
            drawn[stray] = bottom[stray] + np.maximum(top - bottom, 0.0)[stray] * chance.random(len(stray))
            return drawn

        return draw


# --- declared parameters ----------------------------------------------------------------------


class Quantity(Enum):
    """What a parameter measures: the checker reads units and bounds from it.

    The first group takes any value; the second takes one form each.
    """

    PITCH = "pitch"  # MIDI number; written as a pitch, or a percussion name
    INTERVAL = "interval"  # semitones: `2st`
    LENGTH = "length"  # quarter notes; written `1/8`
    RATE = "rate"  # events per quarter note; written `3/bar 5/beat 2/s`
    CHANCE = "chance"  # 0..1, or %
    SPEED = "speed"  # semitones a second, below 0 down; written `6st/s`
    VELOCITY = "velocity"  # 1..127, or a dynamic
    NUMBER = "number"  # plain
    SAME = "same"  # as whatever is being drawn: a mean, a start
    SPREAD = "spread"  # a difference of that: an sd of pitches is an interval
    RATIO = "ratio"  # plain, above 0: a temperature

    BOUNDS = "bounds"  # a span, or a ramp of spans: of what is being drawn
    SCALE = "scale"  # key | harmony | bass | dorian on D | $sieve | off, or a ramp of these; arrives as scale.Scale
    CHAIN = "chain"  # @chain { … }
    MOODS = "moods"  # @chain { … } whose states are words
    MATERIAL = "material"  # $motif, "file", "corpus piece"
    RHYTHM = "rhythm"  # as MATERIAL, of pitches or percussion alike: only its lengths count
    PRIMER = "primer"  # notation, $motif, "file", integers, off
    MODEL = "model"  # a network's name or folder
    ONSETS = "onsets"  # an onset process
    FLAG = "flag"  # yes | no
    CHOICE = "choice"  # one of `Parameter.words`; arrives as that str
    CHOICES = "choices"  # a word, a list or weights of words; arrives as Value: places in `Parameter.words`
    BALLS = "balls"  # as ITEMS, or `{C4: 3, D4: 1}`: three of one, one of the other
    ITEMS = "items"  # a list of values of what is being drawn; arrives as tuple[Value, ...], at least one
    WEIGHTS = "weights"  # `{C4: 3, G4: 1}` of what is being drawn; arrives as Weighted
    LABEL = "label"  # a word
    SEED = "seed"  # a whole number, 0 or more
    SIEVE = "sieve"  # $steps or sieve "…", or a ramp of these; arrives as scale.Scale: periods, from number 0
    PARTS = "parts"  # names of parts, `[flute, cello]`; arrives as tuple[str, ...], the playing one among them
    PART = "part"  # the name of a part; arrives as str
    MATRIX = "matrix"  # `[[-1, 1], [1, -1]]`; arrives as tuple[tuple[float, ...], ...], all rows as long, at least one
    FORETELLERS = "foretellers"  # `[@markov(…), @lstm(…)]`; arrives as tuple[mix.Foretelling, ...], at least one
    NUMBERS = "numbers"  # a list of plain values, `[0.3, 0.7 -> 0.1]`; arrives as tuple[Value, ...], at least one
    COUNT = "count"  # a whole number; arrives as int
    COUNTS = "counts"  # a whole number or a span of them, `5..9`; arrives as tuple[int, int], least and most
    GOAL = "goal"  # a pitch, or a pitch class, `D`; arrives as tuple[int, ...], every MIDI number that is meant
    TACTICS = "tactics"  # `[$lento, $furioso]`: a list of music; arrives as tuple[tuple[Token, ...], ...], at least one


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a process, as a composer meets it.

    name             in the score
    quantity         what it measures
    required         whether it must be written
    above, at_least, below, at_most   bounds in the base unit, or None
    doc              a few words for `stochos list` and messages
    words            those that a CHOICE takes
    by_state         it may be said for each state of something, `{calm: 1/4, wild: 1/16}`; arrives as ByName
    silent           a state may also be `off`
    """

    name: str
    quantity: Quantity
    required: bool
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None
    doc: str = ""
    words: tuple[str, ...] = ()
    by_state: bool = False
    silent: bool = False


def parameter(  # noqa: PLR0913  all that composers may be told of an argument
    quantity: Quantity, doc: str, *, default: Any = MISSING, words: tuple[str, ...] = (), by_state: bool = False,
    silent: bool = False, **bounds: float,
) -> Any:  # fmt: skip
    """A dataclass field that composers may write as an argument; words and bounds as in `Parameter`."""
    told = {"quantity": quantity, "doc": doc, "words": words, "by_state": by_state, "silent": silent, **bounds}
    return field(default=default, metadata=told)


def parameters(process: type) -> tuple[Parameter, ...]:
    """The arguments that a process declares, in order. A trailing `_` is not part of the name (`from_`)."""
    return tuple(
        Parameter(f.name.rstrip("_"), required=f.default is MISSING, **f.metadata)
        for f in fields(process)
        if "quantity" in f.metadata
    )
