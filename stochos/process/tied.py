"""Draws that go together: laws tied to one source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from stochos.process.quantile import normal_chance, normal_quantile, open_uniforms
from stochos.process.value import Constant, Context, Floats, Sampler, Value


@dataclass(frozen=True, slots=True)
class Tied:
    """A law whose draws rise and fall with those of others, and still come as often as the law says.

    The n-th draw shares a number with the n-th draw of every law that is tied to the same source.
    source       its name
    correlation  with the source, -1 to 1, of numbers made normal: 1 goes along wholly, 0 not at all, -1 the other way.
                 Two laws tied by r and s correlate by r * s
    Source: the Gaussian copula; Nelsen, An Introduction to Copulas (2006).
    """

    value: Value
    source: str
    correlation: Value = Constant(1.0)

    def sampler(self, context: Context) -> Sampler:
        """The law, by tied chances in place of its own; its parameters have streams of their own, as ever."""
        pair = _Pair(context.rng(), context.shared(self.source))
        correlation = self.correlation.sampler(context.at("correlation"))

        def stream(name: str) -> np.random.Generator:
            return cast("np.random.Generator", pair) if name == context.name else context.stream(name)

        value = self.value.sampler(replace(context, stream=stream))

        def draw(places: Floats) -> Floats:
            pair.correlations = correlation(places)
            return value(places)

        return draw


class _Pair:
    """A generator's stand-in: uniform numbers made of its own and of a source's.

    correlations  of the draws that come next
    """

    def __init__(self, own: np.random.Generator, source: np.random.Generator) -> None:
        self._own, self._source = own, source
        self.correlations: Floats = np.ones(1)

    def random(self, count: int) -> Floats:
        """Numbers in (0, 1)."""
        own, source = (normal_quantile(open_uniforms(rng, count)) for rng in (self._own, self._source))
        given = self.correlations if len(self.correlations) == count else self.correlations[-1:]
        share = np.clip(given, -1.0, 1.0)
        return normal_chance(share * source + np.sqrt(1.0 - share * share) * own)
