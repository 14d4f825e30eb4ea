"""Foretelling melodies sixteenth by sixteenth: what chains and networks can both speak of.

Every step has one event, counted as networks count: `HOLD` goes on, `OFF` ends a note, `FIRST + p` starts MIDI pitch p.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from stochos.process.chain import Chain, Memory
from stochos.process.distribution import permit, temper
from stochos.process.morph import Mixed, Morph
from stochos.process.passage import Frame, Freedom, Token
from stochos.process.scale import Changes
from stochos.process.value import Constant, Context, Floats, Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOLD, OFF, FIRST = 0, 1, 2
EVENTS = 130
STEPS = 4
"""To a quarter note: the grid that networks play on."""

At: TypeAlias = Callable[[float], float]
"""A number at each place 0..1."""

_SLACK = 1e-9
_COLDEST = 1e-6


class ChainTeller:
    """A chain in the middle of a melody: notes last as its states do, and every step may end them.

    Where others play what it does not know, it begins anew.
    order, temperature   at places 0..1
    least, most  how often it lets a state come in succession, at places; None: as it falls
    likens       at a dead end it goes on as after what is most like it; else memory shortens
    restarts     or it forgets all
    """

    def __init__(  # noqa: PLR0913  all that a walk hangs on
        self, chain: Chain | Morph, order: At, temperature: At, heard: Sequence[int],
        *, least: At | None = None, most: At | None = None, likens: bool = False, restarts: bool = False,
    ) -> None:  # fmt: skip
        self._chain: Chain | Mixed = chain.at(0.0) if isinstance(chain, Morph) else chain
        self._morph = chain if isinstance(chain, Morph) else None
        self._order, self._temperature = order, temperature
        self._least, self._most, self._likens, self._restarts = least, most, likens, restarts
        self._last, self._run = -1, 0  # the state that ended last, and how often it came running
        self._deepest = chain.order
        self._sounds = [event_of(state) for state in chain.states]
        self._steps = [steps_of(state) for state in chain.states]
        self._gone: Memory = tuple(heard)[-chain.order :] if chain.order else ()
        self._place = 0.0
        self._now: dict[int, float] = {}  # what sounds may be these states
        self._is_known = True
        self._age = 0

    def chances(self, place: float, permitted: NDArray[np.bool_]) -> Floats:
        """What comes next: `Foreteller.chances`."""
        self._place = place
        if self._morph is not None:
            self._chain = self._morph.at(place)
        told = np.zeros(EVENTS)
        ending = self._ending()
        going_on = sum(chance for state, chance in self._now.items() if self._steps[state] > self._age)
        total = sum(ending.values()) + going_on
        if going_on:
            told[HOLD] = going_on / total
        may = [bool(permitted[sound]) for sound in self._sounds]
        for (gone, last), chance in ending.items():
            for state, likely in self._bounded(gone, may, self._running(last)).items():
                told[self._sounds[state]] += chance / total * likely
        whole = told.sum()
        return told / whole if whole > 0 else told

    def hear(self, event: int) -> None:
        """What did come: `Foreteller.hear`."""
        if event == HOLD:
            self._age += 1
            return
        if self._now:
            nearest = min(self._now, key=lambda state: (abs(self._steps[state] - self._age), -self._now[state]))
            self._gone = self._following(nearest)
            self._last, self._run = self._running(nearest)
        alike = [sound == event for sound in self._sounds]
        self._is_known = any(alike)
        self._now = self._bounded(self._gone, alike if self._is_known else [True] * len(alike), (self._last, self._run))
        self._age = 1

    def _ending(self) -> dict[tuple[Memory, int], float]:
        """The memories that there are if what sounds ends now, and which state did; with their weights.

        At the beginning all ends, and no state did: -1.
        """
        if not self._now:
            return {(self._gone, -1): 1.0}
        age = min(self._age, max(self._steps[state] for state in self._now))
        return {
            (self._following(state), state): chance for state, chance in self._now.items() if self._steps[state] == age
        }

    def _following(self, state: int) -> Memory:
        """The memory once a state has ended; nothing is left of it at a dead end that all begins anew at."""
        if not self._is_known or not self._deepest:
            return ()
        memory = (*self._gone, state)[-self._deepest :]
        depth = min(math.ceil(self._order(self._place)), len(memory))
        return () if self._restarts and self._chain.row(memory[len(memory) - depth :]) is None else memory

    def _running(self, state: int) -> tuple[int, int]:
        """A state that ends, and how often it came running by then; -1 and 0: nobody knows."""
        if state < 0 or not self._is_known:
            return -1, 0
        return state, self._run + 1 if state == self._last else 1

    def _bounded(self, gone: Memory, permitted: Sequence[bool], running: tuple[int, int]) -> dict[int, float]:
        """As `_next`, where a state comes as often running as it is bound to, if that can be."""
        last, run = running
        if last >= 0 and self._least is not None and run < self._least(self._place) and permitted[last]:
            return {last: 1.0}
        if last >= 0 and self._most is not None and run >= self._most(self._place):
            others = self._next(gone, [may and state != last for state, may in enumerate(permitted)])
            if others:
                return others
        return self._next(gone, permitted)

    def _next(self, gone: Memory, permitted: Sequence[bool]) -> dict[int, float]:
        """Chances of the permitted states after others; a fractional order is the mean of its neighbours."""
        asked = self._order(self._place)
        whole = math.floor(asked)
        found: dict[int, float] = {}
        for order, weight in ((whole, 1.0 - (asked - whole)), (whole + 1, asked - whole)):
            if weight > 0.0:
                for state, chance in self._by_order(gone, order, permitted).items():
                    found[state] = found.get(state, 0.0) + weight * chance
        return found

    def _by_order(self, gone: Memory, order: int, permitted: Sequence[bool]) -> dict[int, float]:
        """The longest memory that knows a permitted state, bent; nothing where none does."""
        longest = min(order, len(gone))
        for depth in range(longest, -1, -1):
            row = self._chain.row(gone[len(gone) - depth :])
            if row is None and self._likens and depth == longest:
                like = self._chain.nearest(gone[len(gone) - depth :])
                row = None if like is None else self._chain.row(like)
            fitting = permit(row, permitted) if row is not None else None
            if fitting is not None:
                return dict(zip(fitting[0], temper(fitting[1], self._temperature(self._place)), strict=True))
        return {}


def event_of(token: Token) -> int:
    """The event that a token begins with: of a chord its highest note."""
    return FIRST + token.pitches[-1] if token.pitches else OFF


def steps_of(token: Token) -> int:
    """Steps that a token lasts, at least one; a quarter note where it does not say."""
    return max(1, round((token.length or 1.0) * STEPS))


def on_grid(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Music as one voice of whole steps."""
    return tuple(Token(token.pitches[-1:], steps_of(token) / STEPS) for token in tokens)


def notes_of(events: Sequence[int]) -> list[tuple[float, float, float]]:
    """(onset, duration, pitch) of events, in quarter notes; what is never ended sounds to the last step."""
    notes: list[tuple[float, float, float]] = []
    start, sounding = 0, OFF
    for step, event in enumerate([*events, OFF]):
        if event == HOLD:
            continue
        if sounding != OFF:
            notes.append((start / STEPS, (step - start) / STEPS, float(sounding - FIRST)))
        start, sounding = step, event
    return notes


class Free(Protocol):
    """A process whose composer says how freely a network chooses."""

    @property
    def temperature(self) -> Value:
        """Below 1 tamer, above 1 wilder."""

    @property
    def top(self) -> Value | None:
        """So many of the likeliest events; None: all."""

    @property
    def nucleus(self) -> Value | None:
        """The likeliest events that have this share of the chances; None: all."""


def freedom_of(process: Free, context: Context, places: Floats) -> Freedom:
    """How freely a network chooses at some places 0..1."""
    nucleus, top = (
        None if value is None else value.sampler(context.at(name))(places)
        for name, value in (("nucleus", process.nucleus), ("top", process.top))
    )
    heat = process.temperature.sampler(context.at("temperature"))(places)
    return Freedom(
        tuple(np.maximum(heat, _COLDEST).tolist()),
        None if top is None else tuple(np.rint(np.maximum(top, 1.0)).astype(int).tolist()),
        None if nucleus is None else tuple(nucleus.tolist()),
    )


def steps_in(quarters: float) -> int:
    """Steps that a passage takes."""
    return max(math.ceil(quarters * STEPS - _SLACK), 0)


def pitches_within(frame: Frame) -> NDArray[np.bool_]:
    """The pitches of the scale between the widest bounds."""
    places = np.linspace(0.0, 1.0, 65)
    low = float(frame.low.sampler(frame.context.at("low"))(places).min())
    high = float(frame.high.sampler(frame.context.at("high"))(places).max())
    pitches = np.arange(128)
    return _in_scale((pitches >= low) & (pitches <= high), frame.allowed)


def pitches_at(frame: Frame, places: Floats) -> NDArray[np.bool_]:
    """As `pitches_within`, at each of some places 0..1, [places, 128]; [128] where bounds and chords do not move.

    Where no pitch lies between the bounds, those between the widest.
    """
    widest = pitches_within(frame)
    still = isinstance(frame.low, Constant) and isinstance(frame.high, Constant)
    if still and not isinstance(frame.scales, Changes):
        return widest
    low, high = (
        value.sampler(frame.context.at(name))(places) for name, value in (("low", frame.low), ("high", frame.high))
    )
    pitches = np.arange(128)
    ruling = frame.ruling()
    rows = [
        _in_scale((pitches >= bottom) & (pitches <= top), ruling(place))
        for bottom, top, place in zip(low, high, places.tolist(), strict=True)
    ]
    return np.array([row if row.any() else widest for row in rows]).reshape(-1, 128)


def _in_scale(within: NDArray[np.bool_], allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of some pitches those of the scale; where it has none of them, all."""
    return within & allowed if (within & allowed).any() else within
