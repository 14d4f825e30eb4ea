"""Let a network continue a melody: the next event's chances, step by step, and a draw from them."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from stochos.neural.bundle import Model
from stochos.neural.cells import Array
from stochos.neural.vocabulary import HIGHEST_PITCH, NO_EVENT, clean, squash, squash_amount

_LEAST_TEMPERATURE = 1e-6


class Stepper(Protocol):
    """Anything that foretells the next event of some takes of a melody."""

    def distribution(self) -> Array:
        """Chances of each class to come next, [takes, classes]; rows sum to 1."""

    def advance(self, classes: Sequence[int]) -> None:
        """Hear what came, one class for each take."""


class NetworkStepper:
    """A network in the middle of some takes.

    It starts at rest and hears first one step of no event, as it did before every tune in training; so it can begin
    without a primer. State and logits are [takes, ...] in float64.
    """

    def __init__(self, model: Model, takes: int = 1) -> None:
        self._model = model
        self._states = [(np.zeros((takes, layer.units)),) * 2 for layer in model.layers]
        self.logits: Array = np.zeros((takes, model.encoding.classes))
        self.advance([NO_EVENT + 2] * takes)

    def distribution(self) -> Array:
        """Chances of each class to come next, [takes, classes]."""
        return softmax(self.logits)

    def advance(self, classes: Sequence[int]) -> None:
        """Hear one class for each take."""
        first, *others = self._model.layers
        states = [first.hear(np.asarray(classes, dtype=np.intp), *self._states[0])]
        for layer, state in zip(others, self._states[1:], strict=True):
            states.append(layer.follow(states[-1][0], *state))
        self._states = states
        self.logits = self._model.dense(states[-1][0])


def softmax(logits: Array) -> Array:
    """Chances from logits along the last axis."""
    chances: Array = np.exp(logits - logits.max(axis=-1, keepdims=True))
    chances /= chances.sum(axis=-1, keepdims=True)
    return chances


def draw(logits: Array, temperature: float, permitted: NDArray[np.bool_], uniform: float) -> int:
    """A class from logits [classes]: the likelier ones the more so, the lower the temperature, finite and > 0.

    permitted  [classes], at least one true; the others never come
    uniform    a number in [0, 1): the place in the cumulated chances of the permitted classes
    """
    chances = np.where(permitted, logits, -np.inf)
    chances -= chances.max()
    chances /= max(temperature, _LEAST_TEMPERATURE)
    cumulated = np.exp(chances, out=chances).cumsum()
    total = cumulated[-1]
    index = int(cumulated.searchsorted(uniform * total, side="right"))
    return index if index < len(cumulated) else int(cumulated.searchsorted(total))  # the product was rounded up


def continue_melody(  # noqa: PLR0913  everything that a composer may set, once
    model: Model,
    primer: Sequence[int],
    steps: int,
    *,
    temperature: NDArray[np.float64],
    allowed: NDArray[np.bool_] | None = None,
    transposition: int | None = None,
    rng: Generator,
) -> list[int]:
    """Events that follow a primer, one a sixteenth, at the pitch they sound; the primer itself is not among them.

    primer         events; may be empty
    steps          how many events to add
    temperature    one a step, > 0; towards 0 the likeliest event always comes
    allowed        which MIDI pitches 0..127 may start, [128]; holding and ending a note always may. None allows all
    transposition  semitones from the primer to the network's key; None finds them as Magenta does, 0 without notes
    rng            one uniform number is drawn a step
    The same generator gives the same events; between machines only the last of 53 bits of a chance can differ, where
    their libraries sum a product in another order.
    ValueError for a primer that is no melody and for temperatures that are not above 0.
    """
    if len(temperature) != steps or not np.all((temperature > 0) & np.isfinite(temperature)):
        raise ValueError(f"{steps} steps need as many temperatures above 0")
    encoding = model.encoding
    events = clean(primer)
    moved = squash_amount(events, encoding) if transposition is None else transposition
    permitted = np.ones(encoding.classes, dtype=bool)
    for index in range(2, encoding.classes):
        pitch = encoding.event(index) - moved
        permitted[index] = 0 <= pitch <= HIGHEST_PITCH and (allowed is None or bool(allowed[pitch]))
    stepper = NetworkStepper(model)
    for index in encoding.encode(squash(events, encoding, moved)):
        stepper.advance([index])
    added = []
    for heat in temperature:
        index = draw(stepper.logits[0], float(heat), permitted, rng.random())
        stepper.advance([index])
        event = encoding.event(index)
        added.append(event if event < 0 else event - moved)
    return added
