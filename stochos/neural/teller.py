"""A network that says what it would play next, among others that may have other plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from stochos.neural.bundle import Model
from stochos.neural.cells import Array
from stochos.neural.sampling import NetworkStepper, softmax
from stochos.neural.vocabulary import HIGHEST_PITCH, clean, squash, squash_amount

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COLDEST = 1e-6


class NetworkTeller:
    """A network in the middle of a melody: a `distribution.Foreteller`.

    heard          events before, as `sampling.continue_melody` takes them
    temperature    at places 0..1
    transposition  semitones to the network's key; None finds them as `continue_melody` does
    What lies outside its range it hears by octaves moved.
    """

    def __init__(
        self, model: Model, heard: Sequence[int], temperature: Callable[[float], float], transposition: int | None
    ) -> None:
        self._encoding, self._temperature = model.encoding, temperature
        events = clean(heard)
        self._moved = squash_amount(events, self._encoding) if transposition is None else transposition
        self._has_begun = any(event >= 0 for event in events)
        self._stepper = NetworkStepper(model)
        for index in self._encoding.encode(squash(events, self._encoding, self._moved)):
            self._stepper.advance([index])
        told = np.array([self._encoding.event(index) for index in range(self._encoding.classes)])
        self._places = np.where(told < 0, told, told - self._moved) + 2  # of each class among all events
        self._speaks = (told < 0) | ((self._places >= 2) & (self._places <= HIGHEST_PITCH + 2))

    def chances(self, place: float, permitted: NDArray[np.bool_]) -> Array:
        """What comes next, [130]."""
        told: Array = np.zeros(HIGHEST_PITCH + 3)
        classes = np.flatnonzero(self._speaks)
        classes = classes[permitted[self._places[classes]]]
        heat = max(self._temperature(place), _COLDEST)
        told[self._places[classes]] = softmax(self._stepper.logits[0][classes] / heat)
        return told

    def hear(self, event: int) -> None:
        """What did come, 0..129."""
        meant = event - 2
        self._has_begun = self._has_begun or meant >= 0
        if meant == -1 and not self._has_begun:
            meant = -2
        self._stepper.advance(self._encoding.encode(squash([meant], self._encoding, self._moved)))
