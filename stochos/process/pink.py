"""Noise between a walk and a law: 1/f."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stochos.process.certainty import each
from stochos.process.quantile import normal_quantile, open_uniforms
from stochos.process.value import Constant, Context, Floats, Quantity, Sampler, Value, parameter

MOST = 16
"""Octaves: the slowest die of so many is thrown every 65,536 values."""


@dataclass(frozen=True, slots=True)
class Pink:
    """Surprise and order in equal parts at every time scale, as in rivers, heartbeats and most melodies.

    Dice are added up: the first is thrown for every value, the next for every second one, the next for every fourth …

    mean     the centre, in the unit of what is drawn
    sd       standard deviation, >= 0; values follow the normal law
    octaves  how many dice beside the first, 0 (white noise) to `MOST`; the largest time scale doubles with each
    Source: Voss and Clarke, J. Acoustical Society of America 63 (1978); dice thrown in turn, after McCartney.
    """

    mean: Value = parameter(Quantity.SAME, "the centre")
    sd: Value = parameter(Quantity.SPREAD, "how far values stray from it", at_least=0.0)
    octaves: Value = parameter(
        Quantity.NUMBER, "time scales; each doubles the largest", default=Constant(8.0), at_least=0.0, at_most=MOST
    )

    def sampler(self, context: Context) -> Sampler:
        """Mean and sd are drawn at each place, octaves once."""
        mean, sd = self.mean.sampler(context.at("mean")), self.sd.sampler(context.at("sd"))
        octaves = int(min(max(each(self.octaves, context.at("octaves"))(0.0), 0.0), MOST))
        dice = [_die(context.at(f"die{i}").rng(), i) for i in range(octaves)]
        rng = context.rng()
        count = 0

        def draw(places: Floats) -> Floats:
            nonlocal count
            total = normal_quantile(open_uniforms(rng, len(places)))
            for die in dice:
                total = total + die(count, len(places))
            count += len(places)
            spread: Floats = np.maximum(sd(places), 0.0) / np.sqrt(octaves + 1.0)
            return mean(places) + spread * total

        return draw


def _die(rng: np.random.Generator, octave: int) -> Callable[[int, int], Floats]:
    """A die that is thrown where a count has `octave` trailing zeros in binary: its values at `number` counts from one.

    So that no two dice are thrown at once. Counts have to follow each other from call to call.
    """
    thrown, last = 0, np.zeros(1)

    def values(first: int, number: int) -> Floats:
        nonlocal thrown, last
        throws = (np.arange(first, first + number) + (1 << octave)) >> (octave + 1)
        wanted = int(throws[-1]) + 1 if number else thrown
        kept = np.concatenate((last, normal_quantile(open_uniforms(rng, wanted - thrown))))
        found: Floats = kept[throws - thrown + 1]
        thrown, last = wanted, kept[-1:]
        return found

    return values
