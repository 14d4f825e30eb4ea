"""A network that says what it would play next, among others that may have other plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from stochos.neural.bundle import Model
from stochos.neural.cells import Array
from stochos.neural.encodings import squash, squash_amount
from stochos.neural.sampling import Stepper, softmax
from stochos.neural.vocabulary import HIGHEST_PITCH, NO_EVENT, NOTE_OFF, clean

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COLDEST = 1e-6


class NetworkTeller:
    """A network in the middle of a melody: a `distribution.Foreteller`.

    heard          events before, as `sampling.continue_melodies` takes them
    temperature    at places 0..1
    transposition  semitones to the network's key; None finds them as `continue_melodies` does
    What lies outside its range it hears by octaves moved.
    """

    def __init__(
        self, model: Model, heard: Sequence[int], temperature: Callable[[float], float], transposition: int | None
    ) -> None:
        self._encoding, self._temperature = model.encoding, temperature
        events = clean(heard)
        self._moved = squash_amount(events, self._encoding) if transposition is None else transposition
        self._has_begun = any(event >= 0 for event in events)
        self._stepper = Stepper(model)
        for event in squash(events, self._encoding, self._moved) or [NO_EVENT] * (not model.config.start):
            self._stepper.hear([event])

    def chances(self, place: float, permitted: NDArray[np.bool_]) -> Array:
        """What comes next, [130]."""
        (meant,) = self._stepper.meant()
        places = np.where(meant < 0, meant, meant - self._moved) + 2  # of each class among all events
        speaks = (meant < 0) | ((places >= 2) & (places <= HIGHEST_PITCH + 2))
        classes = np.flatnonzero(speaks)
        classes = classes[permitted[places[classes]]]
        heat = max(self._temperature(place), _COLDEST)
        told: Array = np.zeros(HIGHEST_PITCH + 3)
        np.add.at(told, places[classes], softmax(self._stepper.logits[0][classes] / heat))
        return told

    def hear(self, event: int) -> None:
        """What did come, 0..129."""
        meant = event - 2
        self._has_begun = self._has_begun or meant >= 0
        if meant == NOTE_OFF and not self._has_begun:
            meant = NO_EVENT
        self._stepper.hear(squash([meant], self._encoding, self._moved))
