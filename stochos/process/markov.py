"""What comes next depends on what came last."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np

from stochos.process.certainty import ceiling, each, is_certain, uniforms
from stochos.process.chain import Chain, learn
from stochos.process.passage import Events, Frame, Token
from stochos.process.pulse import SHORTEST, certain_sum
from stochos.process.value import Constant, Context, Quantity, Sampler, Value, parameter
from stochos.process.walk import Walk, recognised

DEEPEST = 12
"""The most states that a chain looks back."""

PLAIN = 1.0
"""Quarter notes: the length of a state that does not say, where the score does not say either."""

_SLACK = 1e-9

Permitted: TypeAlias = tuple[Sequence[bool] | None, Hashable]
"""Which states may come, by index (None: all), and a name for that."""


@dataclass(frozen=True, slots=True)
class Markov:
    """A walk through states: the last few say how likely each next one is.

    chain        written rows
    from_        or: music to learn the rows from
    order        how many states back it looks, 0 to 12; 1.4 looks back 2 in 4 of 10 steps, else 1.
                 None: 1, or as many as the longest row of the chain
    temperature  below 1 the likely gets likelier, above 1 all gets alike; 0 always takes the likeliest
    length       quarter notes of every state, > 0; None: as the states say, a quarter note where they do not
    start        the first state (the nearest that there is)
    primer       what it goes on from; None: what the part has just played; empty: nothing
    Source: Xenakis, Formalized Music (1992), ch. II and III.
    """

    ONE_OF: ClassVar[tuple[tuple[str, ...], ...]] = (("chain", "from"),)

    chain: Chain | None = parameter(Quantity.CHAIN, "rows, written", default=None)
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

    def play(self, frame: Frame) -> Events:
        """The walk as notes, chords and rests, one after the other; in bounds and scale where it can be."""
        chain, context = self._states(frame.context), frame.context
        primer = frame.before if self.primer is None else self.primer
        state = self._walk(chain, context, primer, _within(frame, chain))
        length = each(self.length, context.at("length")) if self.length is not None else None
        notes: list[tuple[float, float, float]] = []
        now, sounded = 0.0, 0
        while now < context.duration - _SLACK and (frame.count is None or sounded < frame.count):
            place = now / context.duration
            token = chain.states[state(place)]
            lasting = max(length(place) if length else token.length or PLAIN, SHORTEST)
            notes += [(now, min(lasting, context.duration - now), float(pitch)) for pitch in token.pitches]
            sounded += bool(token.pitches)
            now += lasting
        onset, duration, pitch = np.array(notes, dtype=np.float64).reshape(-1, 3).T
        return Events(onset, duration, pitch, None)

    def quarters(self, count: int) -> float | None:
        """How long `count` notes last, where all lengths are given and no state rests; None: chance decides."""
        states = self.chain.states if self.chain is not None else self.from_ or ()
        return certain_sum(self.length, count) if all(state.pitches for state in states) else None

    def sampler(self, context: Context) -> Sampler:
        """The walk as numbers: what states of numbers say, else pitches (a chord's lowest), else lengths.

        In a chain that has numbers or pitches, rests are passed over.
        """
        chain = self._states(context)
        said = [state.pitches[0] if state.number is None and state.pitches else state.number for state in chain.states]
        speaking = [number is not None for number in said]
        numbers = np.array([s.length if n is None else n for n, s in zip(said, chain.states, strict=True)], dtype=float)
        permitted = (speaking, "speaking") if any(speaking) else (None, None)
        state = self._walk(chain, context, self.primer or (), lambda place: permitted)
        return lambda places: numbers[[state(place) for place in places.tolist()]]

    def _states(self, context: Context) -> Chain:
        """The chain, as written or learned; without lengths where all states get the same."""
        if self.chain is not None:
            return self.chain
        heard = self.from_ or (Token((), 0.0),)
        if self.length is not None:
            heard = tuple(token._replace(length=0.0) for token in heard)
        order = Constant(1.0) if self.order is None else self.order
        deepest = ceiling(order, context) if is_certain(order) else DEEPEST
        return learn(heard, min(math.ceil(deepest), DEEPEST))

    def _walk(
        self, chain: Chain, context: Context, primer: tuple[Token, ...], permitted: Callable[[float], Permitted]
    ) -> Callable[[float], int]:
        """The states, one after the other: each is asked for at its place 0..1."""
        walk = Walk(chain, recognised(primer, chain))
        order = each(self.order or Constant(float(chain.order)), context.at("order"))
        temperature = each(self.temperature, context.at("temperature"))
        chances, coins = uniforms(context.rng()), uniforms(context.at("coin").rng())
        first = None if self.start is None else _nearest(chain, each(self.start, context.at("start"))(0.0))

        def state(place: float) -> int:
            nonlocal first
            if first is not None:
                found, first = first, None
                walk.hear(found)
                return found
            asked = order(place)
            whole = math.floor(asked)
            walk.order = whole + (asked > whole and next(coins) < asked - whole)
            return walk.step(temperature(place), *permitted(place), next(chances))

        return state


def _within(frame: Frame, chain: Chain) -> Callable[[float], Permitted]:
    """The states whose pitches all lie in the scale and between the bounds of a place; rests always do."""
    low = each(frame.low, frame.context.at("low"))
    high = each(frame.high, frame.context.at("high"))
    found: dict[tuple[int, int], Permitted] = {}

    def permitted(place: float) -> Permitted:
        key = math.ceil(low(place)), math.floor(high(place))
        if key not in found:
            fits = [all(key[0] <= p <= key[1] and frame.allowed[p] for p in state.pitches) for state in chain.states]
            found[key] = (None, None) if all(fits) else (fits, key)
        return found[key]

    return permitted


def _nearest(chain: Chain, number: float) -> int:
    """The state that is nearest to a pitch or number."""

    def distance(state: Token) -> float:
        said = state.number if state.number is not None else state.pitches[0] if state.pitches else math.inf
        return abs(said - number)

    return min(range(len(chain.states)), key=lambda i: distance(chain.states[i]))
