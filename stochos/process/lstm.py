"""A trained network that goes on from what it hears."""

from __future__ import annotations

from dataclasses import dataclass

from stochos.process.passage import Events, Frame, Token
from stochos.process.value import Constant, Quantity, Value, parameter


@dataclass(frozen=True, slots=True)
class Lstm:
    """A network with a memory, trained on melodies, improvises on sixteenths.

    model        folder of the network
    primer       what it goes on from; None: what the part has just played; empty: nothing
    temperature  below 1 tamer, above 1 wilder, > 0
    play_primer  the primer itself sounds first
    Source: Hochreiter and Schmidhuber, Neural Computation 9 (1997); Magenta, melody_rnn (2016).
    """

    model: str = parameter(Quantity.MODEL, "a trained network")
    primer: tuple[Token, ...] | None = parameter(Quantity.PRIMER, "what it goes on from", default=None)
    temperature: Value = parameter(Quantity.RATIO, "below 1 tamer, above 1 wilder", default=Constant(1.0), above=0.0)
    play_primer: bool = parameter(Quantity.FLAG, "the primer sounds first", default=False)

    def play(self, frame: Frame) -> Events:
        """The melody, all within the frame."""
        raise NotImplementedError
