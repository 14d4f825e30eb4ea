"""What comes next depends on what came last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stochos.process.chain import Chain
from stochos.process.passage import Events, Frame, Token
from stochos.process.value import Constant, Context, Quantity, Sampler, Value, parameter


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
        """The walk as notes, chords and rests, one after the other."""
        raise NotImplementedError

    def sampler(self, context: Context) -> Sampler:
        """The walk as numbers."""
        raise NotImplementedError
