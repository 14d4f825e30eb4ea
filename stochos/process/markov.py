"""What comes next depends on what came last."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from stochos.process.certainty import ceiling, each, is_certain, uniforms
from stochos.process.chain import Chain, end_of, learn
from stochos.process.climb import MIDDLE, Climb, in_steps
from stochos.process.course import Course, Permitted
from stochos.process.distribution import Foreteller
from stochos.process.foretelling import ChainTeller, on_grid
from stochos.process.morph import Morph
from stochos.process.passage import Events, Frame, Token
from stochos.process.pulse import SHORTEST, certain_sum
from stochos.process.scale import Changes
from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Value, parameter
from stochos.process.walk import Walk, recognised

DEEPEST = 12
"""The most states that a chain looks back."""

DEAD_ENDS = ("shorten", "nearest", "restart", "error")
"""What is done where nothing followed what came last: `dead_end:`."""

PLAIN = 1.0
"""Quarter notes: the length of a state that does not say, where the score does not say either."""

_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Markov:
    """A walk through states: the last few say how likely each next one is.

    chain        written rows, or several chains to pass through; a state may be a step from the last pitch
    from_        or: music to learn the rows from
    order        how many states back it looks, 0 to 12; 1.4 looks back 2 in 4 of 10 steps, else 1.
                 None: 1, or as many as the longest row of the chain
    temperature  below 1 the likely gets likelier, above 1 all gets alike; 0 always takes the likeliest
    length       quarter notes of every state, > 0; None: as the states say, a quarter note where they do not
    start        the first state (the nearest that there is); of steps the pitch that they begin at, None: the last that
                 was heard, or middle C
    primer       what it goes on from; None: what the part has just played; empty: nothing
    least, most  how often a state comes in succession, >= 1; None: as it falls
    wrap         music to learn from leads from its end on to its beginning
    states       what music to learn from is made of: "note", or "interval": steps from note to note
    dead_end     where nothing followed the last states: "shorten" asks a shorter memory (the shortest: any state, as
                 often as it came), "nearest" goes on as after the states most like them, "restart" begins anew;
                 "error": there is none
    Source: Xenakis, Formalized Music (1992), ch. II and III.
    """

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("chain", "from"),)
    FORETELLS: ClassVar[tuple[str, ...]] = (
        "chain", "from", "order", "temperature", "wrap", "least", "most", "dead_end",
    )  # fmt: skip

    chain: Chain | Morph | None = parameter(Quantity.CHAIN, "rows, written", default=None)
    from_: tuple[Token, ...] | None = parameter(Quantity.MATERIAL, "music to learn from", default=None)
    order: Value | None = parameter(
        Quantity.NUMBER, "states it looks back; 1.4 mixes 1 and 2", default=None, at_least=0.0, at_most=12.0
    )
    temperature: Value = parameter(
        Quantity.RATIO, "below 1 likelier, above 1 wilder", default=Constant(1.0), at_least=0.0
    )
    length: Value | None = parameter(Quantity.LENGTH, "of every state", default=None, above=0.0)
    start: Value | None = parameter(Quantity.SAME, "the first state", default=None)
    primer: tuple[Token, ...] | None = parameter(Quantity.PRIMER, "what it goes on from", default=None)
    least: Value | None = parameter(Quantity.NUMBER, "a state comes so often in succession", default=None, at_least=1.0)
    most: Value | None = parameter(Quantity.NUMBER, "and no oftener", default=None, at_least=1.0)
    wrap: bool = parameter(Quantity.FLAG, "the end of the music leads to its beginning", default=False)
    states: str = parameter(
        Quantity.CHOICE, "of music to learn from: its notes, or its steps", default="note", words=("note", "interval")
    )
    dead_end: str = parameter(Quantity.CHOICE, "where nothing followed", default="shorten", words=DEAD_ENDS)

    def play(self, frame: Frame) -> Events:
        """The walk as notes, chords and rests, one after the other; in bounds and scale where it can be."""
        chain, context = self._states(frame.context), frame.context
        primer = frame.before if self.primer is None else self.primer
        climb = self._climb(chain, context, primer)
        low, high = (each(bound, context.at(side)) for bound, side in ((frame.low, "low"), (frame.high, "high")))
        state = self._course(chain, context, primer, _within(frame, chain.states, climb))
        length = each(self.length, context.at("length")) if self.length is not None else None
        lengths = [max(token.length or PLAIN, SHORTEST) for token in chain.states]
        notes: list[tuple[float, float, float]] = []
        end, most = context.duration - _SLACK, math.inf if frame.count is None else frame.count
        now, sounded = 0.0, 0
        while now < end and sounded < most:
            place = now / context.duration
            if climb.moves and self.start is not None and not notes:
                pitches, lasting = climb.at, PLAIN
            else:
                index = state(place)
                pitches, lasting = climb.to(index, low(place), high(place)), lengths[index]
            lasting = lasting if length is None else max(length(place), SHORTEST)
            notes += [(now, min(lasting, context.duration - now), pitch) for pitch in pitches]
            sounded += bool(pitches)
            now += lasting
        onset, duration, pitch = np.array(notes, dtype=np.float64).reshape(-1, 3).T
        return Events(onset, duration, pitch, None)

    def quarters(self, count: int) -> float | None:
        """How long `count` notes last, where all lengths are given and no state rests; None: chance decides."""
        states = self.chain.states if self.chain is not None else self.from_ or ()
        rests = any(not state.pitches and state.step is None for state in states)
        return None if rests else certain_sum(self.length, count)

    def sampler(self, context: Context) -> Sampler:
        """The walk as numbers: what states of numbers say, else pitches (a chord's lowest), else lengths.

        In a chain that has numbers or pitches, rests are passed over. Steps are added up.
        """
        chain = self._states(context)
        climb = self._climb(chain, context, self.primer or ())
        if climb.moves:
            return self._steps(chain, context, climb)
        said = [state.pitches[0] if state.number is None and state.pitches else state.number for state in chain.states]
        speaking = [number is not None for number in said]
        numbers = np.array([s.length if n is None else n for n, s in zip(said, chain.states, strict=True)], dtype=float)
        permitted = (speaking, "speaking") if any(speaking) and not all(speaking) else (None, None)
        state = self._course(chain, context, self.primer or (), lambda place: permitted)
        return lambda places: numbers[[state(place) for place in places.tolist()]]

    def _steps(self, chain: Chain | Morph, context: Context, climb: Climb) -> Sampler:
        """The pitches that steps lead to, the first of them where they begin; rests are passed over."""
        sounding = [bool(climb.would_be(i)) for i in range(len(chain.states))]
        permitted = (None, None) if all(sounding) else (sounding, "sounding")
        state = self._course(chain, context, self.primer or (), lambda place: permitted)
        begins = self.start is not None

        def draw(places: Floats) -> Floats:
            nonlocal begins
            drawn = []
            for place in places.tolist():
                drawn.append(climb.pitch if begins else climb.to(state(place), -math.inf, math.inf)[-1])
                begins = False
            return np.array(drawn, dtype=np.float64)

        return draw

    def _climb(self, chain: Chain | Morph, context: Context, primer: tuple[Token, ...]) -> Climb:
        """Where steps begin."""
        last = next((float(token.pitches[-1]) for token in reversed(primer) if token.pitches), MIDDLE)
        climb = Climb(chain.states, last)
        if climb.moves and self.start is not None:
            climb.pitch = each(self.start, context.at("start"))(0.0)
        return climb

    def foreteller(self, frame: Frame, primer: tuple[Token, ...], name: str) -> Foreteller:
        """The chain among others, on sixteenths, about to go on from a primer."""
        context = frame.context.at(name)
        own = self if self.from_ is None else replace(self, from_=on_grid(self.from_))
        chain = own._states(context)
        order = each(self.order or Constant(float(chain.order)), context.at("order"))
        temperature = each(self.temperature, context.at("temperature"))
        least, most = (
            None if bound is None else each(bound, context.at(said))
            for bound, said in ((self.least, "least"), (self.most, "most"))
        )
        return ChainTeller(
            chain, order, temperature, recognised(on_grid(primer), chain.states), least=least, most=most,
            likens=self.dead_end == "nearest", restarts=self.dead_end == "restart",
        )  # fmt: skip

    def flaw(self, part: str) -> tuple[str, str] | None:
        """The argument that does not fit the others, and why."""
        if self.chain is None:
            return None
        if self.wrap:
            return "wrap", "`wrap` is for music to learn `from`: a written chain has no end"
        if self.states != "note":
            return "states", "`states` is for music to learn `from`: a written chain has its own"
        return None

    def dead_ends(self) -> tuple[Token, ...]:
        """The states that music to learn from ends on, where the score says that something follows them; else none."""
        if self.dead_end != "error" or self.from_ is None or self.wrap:
            return ()
        order = self.order if isinstance(self.order, Constant) else Constant(1.0)
        return end_of(self._heard(), math.ceil(order.number))

    def _heard(self) -> tuple[Token, ...]:
        """Music to learn from; without lengths where all states get the same."""
        music = self.from_ or ()
        heard = (in_steps(music) if self.states == "interval" else music) or (Token((), 0.0),)
        return heard if self.length is None else tuple(token._replace(length=0.0) for token in heard)

    def _states(self, context: Context) -> Chain | Morph:
        """The chain, as written or learned."""
        if self.chain is not None:
            return self.chain
        order = Constant(1.0) if self.order is None else self.order
        deepest = ceiling(order, context) if is_certain(order) else DEEPEST
        return learn(self._heard(), min(math.ceil(deepest), DEEPEST), wrapped=self.wrap)

    def _course(
        self, chain: Chain | Morph, context: Context, primer: tuple[Token, ...], permitted: Callable[[float], Permitted]
    ) -> Course:
        """The states, one after the other."""
        climbs = any(state.step is not None for state in chain.states)
        first = each(self.start, context.at("start")) if self.start is not None and not climbs else None
        return Course(
            Walk(
                chain.at(0.0) if isinstance(chain, Morph) else chain,
                recognised(in_steps(primer) if climbs else primer, chain.states), likens=self.dead_end == "nearest",
            ),
            chain if isinstance(chain, Morph) else None,
            order=each(self.order or Constant(float(chain.order)), context.at("order")),
            temperature=each(self.temperature, context.at("temperature")),
            permitted=permitted,
            least=each(self.least, context.at("least")) if self.least is not None else None,
            most=each(self.most, context.at("most")) if self.most is not None else None,
            start=(lambda place: _nearest(chain.states, first(place))) if first is not None else None,
            restarts=self.dead_end == "restart",
            chances=uniforms(context.rng()), coins=uniforms(context.at("coin").rng()),
        )  # fmt: skip


def _within(frame: Frame, states: Sequence[Token], climb: Climb) -> Callable[[float], Permitted]:
    """The states whose pitches all lie in the scale and between the bounds of a place; rests always do."""
    low = each(frame.low, frame.context.at("low"))
    high = each(frame.high, frame.context.at("high"))
    ruling = frame.ruling()
    found: dict[tuple[int, int, float, bytes], Permitted] = {}

    def permitted(place: float) -> Permitted:
        allowed = ruling(place)
        key = math.ceil(low(place)), math.floor(high(place)), climb.pitch if climb.moves else 0.0, allowed.tobytes()
        if key not in found:
            fits = [
                all(key[0] <= p <= key[1] and allowed[round(p)] for p in climb.would_be(i))
                for i in range(len(states))
            ]
            found[key] = (None, None) if all(fits) else (fits, key)
        return found[key]

    still = isinstance(frame.low, Constant) and isinstance(frame.high, Constant)
    if still and not climb.moves and not isinstance(frame.scales, Changes):
        always = permitted(0.0)
        return lambda place: always
    return permitted


def _nearest(states: Sequence[Token], number: float) -> int:
    """The state that is nearest to a pitch or number."""

    def apart(state: Token) -> float:
        said = state.number if state.number is not None else state.pitches[0] if state.pitches else math.inf
        return abs(said - number)

    return min(range(len(states)), key=lambda i: apart(states[i]))
