"""Let a network continue melodies: the next event's chances, step by step, and a draw from them."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from stochos.neural.barwise import Barwise
from stochos.neural.bundle import Model
from stochos.neural.cells import Array, State
from stochos.neural.encoding import Ear, Encoding
from stochos.neural.encodings import squash, squash_amount
from stochos.neural.vocabulary import HIGHEST_PITCH, NO_EVENT, clean

_LEAST_TEMPERATURE = 1e-6
Mask = NDArray[np.bool_]


class Stepper:
    """A network in the middle of some takes.

    logits  of each class to come next, [takes, classes], float64
    before  what each take heard, in the key and range of the network
    A network that learned how melodies begin can be asked at once; any other needs an event first.
    """

    def __init__(self, model: Model, takes: int = 1) -> None:
        self._model, self._index = model, model.encoding.index
        picks = model.encoding.one_hot and not model.attention  # what is heard is one row of the first layer
        self._ears = None if picks else [model.encoding.ear() for _ in range(takes)]
        self._said = np.array(model.encoding.meant([]))
        self._states = [layer.rest(takes) for layer in model.layers]
        self._attention = model.attention.rest(takes) if model.attention else ()
        self.before: list[list[int]] = [[] for _ in range(takes)]
        self.logits: Array = np.zeros((takes, model.encoding.classes))
        if model.config.start:
            self._step()

    def hear(self, events: Sequence[int]) -> None:
        """One event for each take."""
        for number, event in enumerate(events):
            self.before[number].append(event)
            if self._ears:
                self._ears[number].hear(event)
        self._step()

    def keep(self, numbers: Sequence[int] | NDArray[np.intp]) -> None:
        """Go on with these of the takes, in their order; one that is named twice goes on in two ways."""
        self.before = [list(self.before[number]) for number in numbers]
        self._ears = self._ears and [_twin(self._ears[number]) for number in numbers]
        self._states = [tuple(part[numbers] for part in state) for state in self._states]
        self._attention = tuple(part[numbers] for part in self._attention)
        self.logits = self.logits[numbers]

    def _step(self) -> None:
        model, states = self._model, self._states
        after: list[State] = []
        if model.attention:
            first = model.config.wrapped
            after, self._attention = model.attention.step(
                self._rows(), model.layers[:first], states[:first], self._attention
            )
            output = self._attention[0]
        elif self._ears:
            output = self._rows()
        else:
            latest = np.array([self._index[take[-1] if take else NO_EVENT] for take in self.before])
            after.append(model.layers[0].pick(latest, states[0]))
            output = after[0][0]
        for number in range(len(after), len(states)):
            after.append(model.layers[number].step(output, states[number]))
            output = after[-1][0]
        self._states = after
        self.logits = model.dense(output)

    def _rows(self) -> Array:
        return np.array([ear.row() for ear in self._ears or ()], dtype=np.float64)

    def meant(self) -> NDArray[np.int64]:
        """The event that each class stands for now, [takes, classes]."""
        encoding = self._model.encoding
        meant = self._said[np.newaxis].repeat(len(self.before), axis=0)
        for number in range(len(encoding.said), encoding.classes):
            meant[:, number] = [encoding.event(number, before) for before in self.before]
        return meant


def _twin(ear: Ear) -> Ear:
    """One that has heard the same; what ears remember is flat."""
    twin = copy(ear)
    vars(twin).update({name: copy(value) for name, value in vars(ear).items()})
    return twin


def begin(model: Model, rngs: Sequence[Generator]) -> Stepper | Barwise:
    """A network before anything was heard, in as many takes as generators are given; only bars draw from them."""
    return Stepper(model, len(rngs)) if model.bars is None else Barwise(model, model.bars, rngs)


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """How freely the next class is chosen, at each of some steps.

    temperature  [steps], > 0; towards 0 the likeliest class always comes
    top          [steps]: only so many of the likeliest classes may come; None lets all
    nucleus      [steps], 0..1: only the fewest likeliest classes may come that have this share of the chances together;
                 at least one. None lets all
    Source: Fan et al. (2018), section 5.4; Holtzman et al. (2020), section 3.1.
    """

    temperature: Array
    top: NDArray[np.int64] | None = None
    nucleus: Array | None = None

    def __post_init__(self) -> None:
        if not np.all((self.temperature > 0) & np.isfinite(self.temperature)):
            raise ValueError("a temperature is not above 0")
        for limits in (self.top, self.nucleus):
            if limits is not None and len(limits) != len(self.temperature):
                raise ValueError(f"{len(self.temperature)} steps need as many limits")

    def chances(self, logits: Array, permitted: Mask, step: int) -> Array:
        """Weights of the classes [takes, classes] that may come at a step, the likeliest 1; those not permitted 0.

        permitted  [takes, classes] or [classes], at least one true for each take
        """
        told = np.where(permitted, logits, -np.inf)
        told -= np.maximum.reduce(told, axis=-1, keepdims=True)
        told /= max(float(self.temperature[step]), _LEAST_TEMPERATURE)
        np.exp(told, out=told)
        if self.top is not None or self.nucleus is not None:
            top = told.shape[-1] if self.top is None else int(self.top[step])
            told *= _likeliest(told, top, 1.0 if self.nucleus is None else float(self.nucleus[step]))
        return told


def _likeliest(chances: Array, top: int, nucleus: float) -> Mask:
    """Which of the classes [takes, classes] are among the `top` likeliest and in the nucleus; equal ones by number."""
    order = np.argsort(-chances, axis=-1, kind="stable")
    ranked = np.take_along_axis(chances, order, axis=-1)
    before = ranked.cumsum(axis=-1) - ranked
    kept = before < nucleus * ranked.sum(axis=-1, keepdims=True)
    kept[..., max(top, 1) :] = False
    kept[..., 0] = True
    mask: Mask = np.empty_like(kept)
    np.put_along_axis(mask, order, kept, axis=-1)
    return mask


def softmax(logits: Array) -> Array:
    """Chances from logits along the last axis."""
    chances: Array = np.exp(logits - logits.max(axis=-1, keepdims=True))
    chances /= chances.sum(axis=-1, keepdims=True)
    return chances


def draw(chances: Array, uniform: Array) -> NDArray[np.intp]:
    """A class for each take, from chances [takes, classes] in any measure and a number [takes] in [0, 1) for each."""
    cumulated = chances.cumsum(axis=-1)
    below = uniform * cumulated[:, -1]  # below the sum: no number below 1 times another is rounded up to that other
    drawn: NDArray[np.intp] = (cumulated > below[:, None]).argmax(axis=-1)
    return drawn


def continue_melodies(  # noqa: PLR0913  everything that a composer may set, once
    model: Model,
    primer: Sequence[int],
    choice: Choice,
    *,
    allowed: Mask | None = None,
    transposition: int | None = None,
    told: Sequence[int] = (),
    rngs: Sequence[Generator],
) -> list[list[int]]:
    """Events that follow a primer, one a sixteenth, at the pitch they sound, in as many takes as generators are given.

    primer         events; may be empty; it is not among those returned
    choice         how freely, and how many steps
    allowed        which MIDI pitches 0..127 may start, [128], or [steps, 128] where they change (at a step that has
                   none in the network's range, any of another step may); holding and ending a note always may. None
                   allows all
    transposition  semitones from the primer to the network's key; None finds them as Magenta does, 0 without notes
    told           what a network that is told of chords is told at each step, those of the primer too, in its key
    rngs           one uniform number is drawn from each a step; before that one number, if bars are made of noise
    The same generator gives the same events; between machines only the last of 53 bits of a chance can differ, where
    their libraries sum a product in another order.
    ValueError for a primer that is no melody.
    """
    encoding, takes = model.encoding, len(rngs)
    events = clean(primer)
    moved = squash_amount(events, encoding) if transposition is None else transposition
    may = speakable(moved, allowed, encoding)
    stepper = begin(model, rngs)
    for step, event in enumerate(squash(events, encoding, moved) or [NO_EVENT] * (not model.config.start)):
        if told:
            stepper.hear([told[step]] * takes)
        stepper.hear([event] * takes)
    meant = stepper.meant()
    permitted = may[0][meant + 2]
    rows, first = np.arange(takes), len(stepper.before[0])
    uniforms = np.column_stack([rng.random(len(choice.temperature)) for rng in rngs])
    for step, uniform in enumerate(uniforms):
        if told:
            stepper.hear([told[len(events) + step]] * takes)
        if encoding.repeats:
            meant = stepper.meant()
        if encoding.repeats or len(may) > 1:
            permitted = may[min(step, len(may) - 1)][meant + 2]
        chances = choice.chances(stepper.logits, permitted, step)
        stepper.hear(meant[rows, draw(chances, uniform)].tolist())
    said = slice(first + 1, None, 2) if told else slice(first, None)
    return [[event if event < 0 else event - moved for event in take[said]] for take in stepper.before]


def speakable(moved: int, allowed: Mask | None, encoding: Encoding) -> Mask:
    """Whether events -2..127, in the key of the network, may come: [1, 130], or [steps, 130] where that changes."""
    sounding = np.arange(HIGHEST_PITCH + 1) - moved
    inside = (sounding >= 0) & (sounding <= HIGHEST_PITCH)
    wanted = np.ones((1, HIGHEST_PITCH + 1), dtype=bool) if allowed is None else np.atleast_2d(allowed)
    may = inside & wanted[:, np.clip(sounding, 0, HIGHEST_PITCH)]
    silent = ~may[:, encoding.lowest : encoding.highest + 1].any(axis=1)
    may[silent] = may.any(axis=0)
    return np.pad(may, ((0, 0), (2, 0)), constant_values=True)
