"""A network of bars in the middle of some takes: what `sampling.Stepper` is to networks of single events."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

import numpy as np
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

from stochos.neural.bars import BAR, HEARD, Bars
from stochos.neural.bundle import Model
from stochos.neural.cells import Array
from stochos.neural.vocabulary import NO_EVENT


class Barwise:
    """Takes that are written bar by bar, and drawn event by event.

    before  what each take heard, in the key and range of the network
    rngs    one for each take: of each a whole number is drawn at once, which all noise of the take comes from
    A bar is written when the first event of it is asked for, and begins there: after what was heard, wherever that
    ends. What its events are is drawn as those of other networks; the next bar hears what did come.
    """

    def __init__(self, model: Model, bars: Bars, rngs: Sequence[Generator]) -> None:
        self._model, self._bars = model, bars
        self._noise = [Generator(PCG64(rng.bit_generator.random_raw())) for rng in rngs]
        self.before: list[list[int]] = [[] for _ in rngs]
        self._begun = 0
        self._bar: Array | None = None

    @property
    def logits(self) -> Array:
        """Of each class to come next, [takes, classes], float64."""
        now = len(self.before[0])
        if self._bar is None or now - self._begun >= BAR:
            self._begun, self._bar = now, self._written()
        return self._bar[:, now - self._begun]

    def hear(self, events: Sequence[int]) -> None:
        """One event for each take."""
        for take, event in zip(self.before, events, strict=True):
            take.append(event)

    def keep(self, numbers: Sequence[int] | NDArray[np.intp]) -> None:
        """Go on with these of the takes, in their order; one that is named twice has the same noise in both ways."""
        self.before = [list(self.before[number]) for number in numbers]
        self._noise = [deepcopy(self._noise[number]) for number in numbers]
        self._bar = None if self._bar is None else self._bar[numbers]

    def meant(self) -> NDArray[np.int64]:
        """The event that each class stands for, [takes, classes]."""
        return np.tile(np.array(self._model.encoding.said, dtype=np.int64), (len(self.before), 1))

    def _written(self) -> Array:
        index = self._model.encoding.index
        heard = [[*[NO_EVENT] * HEARD, *take[-HEARD:]][-HEARD:] for take in self.before]
        noise = np.array([rng.random(self._model.config.noise) for rng in self._noise])
        classes = np.array([[index[event] for event in take] for take in heard], dtype=np.intp)
        return self._bars.write(classes, 2.0 * noise - 1.0)
