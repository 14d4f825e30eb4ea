"""What writes a bar at once: sixteen sixteenths, of noise and of the three bars before it.

Source: Yang, Chou and Yang, MidiNet (2017); Dong et al., MuseGAN (2018): a generator under the condition of earlier
bars. Here its layers are weighted sums alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stochos.neural.cells import Array, Dense, Weights

BAR = 16
HEARD = 3 * BAR
"""Sixteenths before a bar that it hangs on."""

LEAST_LAYERS = 3


def shapes(layers: tuple[int, ...], noise: int, classes: int) -> dict[str, tuple[int, int]]:
    """Name and shape of each kernel; `layers` and `noise` as of `bundle.Config`."""
    ear, *hidden, page = layers
    inputs = [classes, HEARD * ear + noise, *hidden]
    outputs = [ear, *hidden, BAR * page]
    sums = {f"layer_{number}": shape for number, shape in enumerate(zip(inputs, outputs, strict=True))}
    return sums | {"dense": (page, classes)}


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """A generator of bars.

    ear     what each sixteenth before is to it, [classes] to a few numbers
    hidden  all of these and the noise, made one
    page    some numbers for each sixteenth to be written
    said    logits of each
    What is below nothing counts as nothing, but for logits.
    """

    ear: Dense
    hidden: tuple[Dense, ...]
    page: Dense
    said: Dense

    @classmethod
    def from_keras(cls, weights: Weights, layers: int) -> Bars:
        """From Keras' weights of so many layers."""
        ear, *hidden, page = (Dense.from_keras(weights, f"layer_{number}") for number in range(layers))
        return cls(ear, tuple(hidden), page, Dense.from_keras(weights, "dense"))

    def write(self, heard: NDArray[np.intp], noise: Array) -> Array:
        """Logits of a bar, [takes, BAR, classes].

        heard  classes of the sixteenths before it, the latest last, [takes, HEARD]
        noise  numbers -1..1, [takes, noise]
        """
        takes = len(heard)
        before = np.maximum((self.ear.kernel + self.ear.bias)[heard], 0.0).reshape(takes, -1)
        output = np.concatenate((before, noise), axis=1)
        for layer in (*self.hidden, self.page):
            output = np.maximum(layer(output), 0.0)
        return self.said(output.reshape(takes, BAR, -1))
