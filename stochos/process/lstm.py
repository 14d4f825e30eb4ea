"""A trained network that goes on from what it hears."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from stochos.process.certainty import each
from stochos.process.distribution import Foreteller
from stochos.process.foretelling import STEPS, freedom_of, pitches_at, pitches_within, steps_in
from stochos.process.passage import Chords, Events, Frame, Token, events_of
from stochos.process.value import Constant, Quantity, Value, parameter


@dataclass(frozen=True, slots=True)
class Lstm:
    """A network that learned melodies improvises on sixteenths, by notes or by bars, some over chords.

    model        folder of the network
    primer       what it goes on from; None: what the part has just played; empty: nothing
    temperature  below 1 tamer, above 1 wilder, > 0
    top          only so many of the likeliest events may come; None: all
    nucleus      only the likeliest events that have this share of the chances together; None: all
    play_primer  the primer itself sounds first
    Source: Hochreiter and Schmidhuber, Neural Computation 9 (1997); Magenta, melody_rnn (2016); Yang, Chou and Yang,
    MidiNet (2017).
    """

    FORETELLS: ClassVar[tuple[str, ...]] = ("model", "temperature")

    model: str = parameter(Quantity.MODEL, "a trained network", words=("melody", "note", "harmony", "bars"))
    primer: tuple[Token, ...] | None = parameter(Quantity.PRIMER, "what it goes on from", default=None)
    temperature: Value = parameter(Quantity.RATIO, "below 1 tamer, above 1 wilder", default=Constant(1.0), above=0.0)
    top: Value | None = parameter(Quantity.NUMBER, "so many of the likeliest", default=None, at_least=1.0)
    nucleus: Value | None = parameter(
        Quantity.CHANCE, "the likeliest that have this share", default=None, at_least=0.0, at_most=1.0
    )
    play_primer: bool = parameter(Quantity.FLAG, "the primer sounds first", default=False)

    def play(self, frame: Frame) -> Events:
        """The melody, all within the frame."""
        context = frame.context
        primer = frame.before if self.primer is None else self.primer
        head = 0.0
        if self.play_primer:
            head = min(math.ceil(sum(token.length for token in primer) * STEPS) / STEPS, context.duration)
        played = events_of(primer, head)
        network = frame.network(self.model)
        left = context.duration - head
        steps = np.arange(steps_in(left))
        allowed = pitches_at(frame, (head + steps / STEPS) / context.duration)
        freedom = freedom_of(self, context, steps / max(len(steps), 1))
        chords = after(frame.harmony, head)
        later = network.continue_tokens(primer, freedom, allowed, frame.key, chords, context.rngs())
        onset = np.concatenate((played.onset, later.onset + head))
        duration = np.concatenate((played.duration, later.duration))
        kept = np.flatnonzero(onset < context.duration)[: frame.count]
        duration = np.minimum(duration, context.duration - onset)
        return Events(onset[kept], duration[kept], np.concatenate((played.pitch, later.pitch))[kept], None)

    def foreteller(self, frame: Frame, primer: tuple[Token, ...], name: str) -> Foreteller:
        """The network among others, about to go on from a primer."""
        temperature = each(self.temperature, frame.context.at(name).at("temperature"))
        return frame.network(self.model).foreteller(primer, temperature, pitches_within(frame), frame.key)


def after(chords: Chords, quarters: float) -> Chords:
    """What is left of chords after so many quarter notes, counted from there."""
    gone = [chord for onset, chord in chords if onset <= quarters][-1:]
    return (*((0.0, chord) for chord in gone), *((at - quarters, chord) for at, chord in chords if at > quarters))
