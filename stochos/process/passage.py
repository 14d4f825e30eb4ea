"""Passages: what a process gets to play in, and what it plays."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, TypeGuard

import numpy as np

from stochos.process.compass import Flags
from stochos.process.distribution import Foreteller
from stochos.process.scale import Changes, Moving, each_under
from stochos.process.value import Context, Floats, Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

Chords: TypeAlias = "tuple[tuple[float, Chord | None], ...]"
"""Quarter notes, ascending, and the chord that begins there; None: no chord."""


class Token(NamedTuple):
    """One thing played after another: a state of a learned chain, or a step of a primer.

    pitches  MIDI numbers, low to high; empty for a rest
    length   quarter notes to the next token; 0 where the chain does not say
    number   what a state of plain numbers says; None in music
    name     of a state that has one; "" in music
    step     semitones from the last pitch to this one, of a state that is an interval; None in music
    """

    pitches: tuple[int, ...]
    length: float
    number: float | None = None
    name: str = ""
    step: float | None = None


class Events(NamedTuple):
    """Drawn notes, as arrays of one length N, sorted by onset.

    onset, duration  quarter notes from the passage's start; duration > 0
    pitch            MIDI numbers, perhaps between keys: whoever plays them takes the nearest one allowed
    velocity         1..127, or None: from the dynamics in force
    speed            how each note glides, semitones a second; None: it does not, or as the passage says
    intensity        names of the dynamics that each note goes through; None: those in force
    held             which notes have a fermata; None: none
    """

    onset: Floats
    duration: Floats
    pitch: Floats
    velocity: Floats | None
    speed: Floats | None = None
    intensity: tuple[tuple[str, ...], ...] | None = None
    held: Flags | None = None


class Freedom(NamedTuple):
    """How freely a network chooses, at each of some sixteenths, as `neural.sampling.Choice` says.

    temperature  > 0
    top          only so many of the likeliest events may come; None: all
    nucleus      only the likeliest events that have this share of the chances together; None: all
    """

    temperature: tuple[float, ...]
    top: tuple[int, ...] | None = None
    nucleus: tuple[float, ...] | None = None


class Song(NamedTuple):
    """What four voices sing: all that their notes hang on, in sixteenths.

    melody       onset, length and pitch of each note of the soprano; None: it is sung as well
    holds        from where to where phrases end
    ranges       lowest and highest pitch of each voice
    key          pitch class of the tonic of the major key
    freedom      how freely they choose
    chances      four numbers in [0, 1) a sixteenth, one for each voice
    """

    melody: tuple[tuple[int, int, int], ...] | None
    holds: tuple[tuple[int, int], ...]
    ranges: tuple[tuple[int, int], ...]
    key: int
    freedom: Freedom
    chances: tuple[tuple[float, ...], ...]


class Chord(Protocol):
    """A chord as a process sees it."""

    @property
    def root(self) -> int:
        """Pitch class of the root, 0..11."""

    @property
    def bass(self) -> int:
        """Pitch class of the bass, 0..11."""

    @property
    def pitch_classes(self) -> frozenset[int]:
        """What belongs to it, 0..11, the bass too."""


class Network(Protocol):
    """A trained network as a process sees it."""

    def continue_tokens(  # noqa: PLR0913, PLR0917  all that a continuation hangs on
        self, primer: Sequence[Token], freedom: Freedom, allowed: NDArray[np.bool_],
        key: int, harmony: Chords, rngs: Iterator[np.random.Generator],
    ) -> Events:  # fmt: skip
        """Music that goes on after `primer`.

        freedom  how freely at each sixteenth: so many are played
        allowed  [128]: pitches that may sound; or [sixteenths, 128], those that may begin at each
        key      pitch class of the tonic of the major key that it plays in, where the primer says nothing
        harmony  the chords, as `Frame.harmony`
        rngs     its own generator, then those of whoever may ask for the same next
        """

    def foreteller(
        self, primer: Sequence[Token], temperature: Callable[[float], float], allowed: NDArray[np.bool_], key: int
    ) -> Foreteller:
        """It, about to go on after `primer` step by step, at a temperature at places 0..1; arguments as above."""

    def sing(self, song: Song) -> Sequence[Sequence[tuple[int, int, int]]]:
        """Onset, length and pitch of the notes of four voices, soprano to bass, in sixteenths."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a process plays in.

    context    length, clock and random streams
    count      notes asked for (`for 12 notes`), or None: to the end
    low, high  pitch bounds, MIDI numbers
    allowed    [128]: pitches of the scale (all where there is none; of several, those of any); bounds are not in it
    key        pitch class of the tonic of the major key that has the signature in force: 5 in D minor
    before     what the same part has just played, oldest first
    network    loads a trained network by the folder's name
    part       who plays
    scales     those that the passage goes through, or None: always the same
    joint      as `context`, but the same for all parts that a joint process is played by; None for other processes
    heard      what a part played so many quarter notes earlier, as if it were played here, by onset
    ranges     lowest and highest MIDI number that each part may play
    harmony    the chords of the passage: quarter notes from its start, the first at 0, and the chord that begins there
               (None: no chord, `N.C.`); empty where the section has none
    """

    context: Context
    count: int | None
    low: Value
    high: Value
    allowed: NDArray[np.bool_]
    key: int
    before: tuple[Token, ...]
    network: NetworkLoader
    part: str = ""
    scales: Moving | None = None
    joint: Context | None = None
    heard: Callable[[str, float], Events] | None = None
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    harmony: Chords = ()

    @property
    def shared(self) -> Context:
        """Where draws that parts share are made."""
        return self.joint or self.context

    def by_scale(self, places: Floats, drawn: Callable[[Flags], NDArray[Any]]) -> NDArray[Any]:
        """What is drawn for notes at places 0..1, each under the scale that rules it: the same one whenever asked."""
        if self.scales is None:
            return drawn(self.allowed)
        under = self.scales.under(self.context.at("scale"))(places)
        return each_under(under, [drawn(np.array(scale, dtype=np.bool_)) for scale in self.scales.scales])

    def ruling(self) -> Callable[[float], Flags]:
        """[128] at a place 0..1: pitches of the scale in force there, as chords change; else `allowed`."""
        if not isinstance(self.scales, Changes):
            return lambda place: self.allowed
        begins, masks = self.scales.places(self.context), [np.array(s, dtype=np.bool_) for s in self.scales.scales]
        ruled = [masks[which] for which in self.scales.which]
        return lambda place: ruled[max(bisect_right(begins, place) - 1, 0)]


class NetworkLoader(Protocol):
    """Finds a network's folder; keeps it loaded."""

    def __call__(self, model: str, /) -> Network:
        """The network in the folder `model`."""


def is_joint(process: Process) -> bool:
    """Whether parts share its draws: its class says `JOINT`, and it has `parts`."""
    return bool(getattr(process, "JOINT", False))


def hears(process: Process) -> TypeGuard[Hearing]:
    """Whether it plays after another part: it says `HEARS`."""
    return bool(getattr(process, "HEARS", False))


def events_of(tokens: Sequence[Token], quarters: float) -> Events:
    """Tokens played one after the other, cut at `quarters`; those without a length are left out."""
    notes: list[tuple[float, float, float]] = []
    now = 0.0
    for token in tokens:
        if now >= quarters:
            break
        end = min(now + token.length, quarters)
        notes += [(now, end - now, float(pitch)) for pitch in token.pitches if end > now]
        now = end
    onset, duration, pitch = np.array(notes, dtype=np.float64).reshape(-1, 3).T
    return Events(onset, duration, pitch, None)


class OnsetProcess(Protocol):
    """Says when."""

    def onsets(self, context: Context, count: int | None) -> Floats:
        """Onsets in quarter notes, rising, in [0, context.duration); at most `count`."""


class Process(Protocol):
    """Plays whole notes."""

    def play(self, frame: Frame) -> Events:
        """The notes, all within the frame."""


class Hearing(Process, Protocol):
    """Plays after another part."""

    to: str

    def later(self, duration: float) -> float:
        """How much later than the other part, where it plays so many quarter notes; quarter notes."""
