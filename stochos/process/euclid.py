"""The evenest rhythms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np

from stochos.process.certainty import each
from stochos.process.pulse import grid
from stochos.process.value import Constant, Context, Floats, Quantity, Value, parameter

MOST = 1024
"""The longest cycle, steps."""

Group: TypeAlias = tuple[bool, ...]
"""Steps that belong together: whether each is struck."""


@dataclass(frozen=True, slots=True)
class Euclid:
    """So many strokes spread over so many steps as evenly as can be: tresillo, cinquillo, son clave and bossa nova.

    hits      strokes in a cycle, 0 or more; drawn anew for each cycle, as are the next two
    steps     steps of a cycle, 1 to `MOST`
    every     from step to step, quarter notes, > 0
    rotation  how many steps later in the cycle it begins
    Source: Toussaint, The Euclidean Algorithm Generates Traditional Musical Rhythms (2005), after Bjorklund (2003).
    """

    hits: Value = parameter(Quantity.NUMBER, "strokes in a cycle", at_least=0.0, at_most=MOST)
    steps: Value = parameter(Quantity.NUMBER, "steps of a cycle", at_least=1.0, at_most=MOST)
    every: Value = parameter(Quantity.LENGTH, "from step to step", above=0.0)
    rotation: Value = parameter(Quantity.NUMBER, "steps left out at the beginning", default=Constant(0.0))

    def onsets(self, context: Context, count: int | None) -> Floats:
        """Onsets in quarter notes, rising, in [0, context.duration); at most `count`."""
        points = grid(self.every, context.at("every"), context.duration)
        drawn = [each(getattr(self, name), context.at(name)) for name in ("hits", "steps", "rotation")]
        struck: list[bool] = []
        while len(struck) < len(points):
            hits, steps, rotation = (round(draw(points[len(struck)] / context.duration)) for draw in drawn)
            cycle = euclidean(hits, min(max(steps, 1), MOST))
            turn = rotation % len(cycle)
            struck += cycle[turn:] + cycle[:turn]
        return points[np.array(struck[: len(points)], dtype=np.bool_)][:count]


@cache
def euclidean(hits: int, steps: int) -> Group:
    """Say of each step of a cycle whether it is struck; more hits than steps strike all.

    Rests are put behind strokes, one each; what is left over, of either, is put behind those groups in turn, until
    one or none is left over.
    """
    hits = min(max(hits, 0), steps)
    heads: list[Group] = [(True,)] * hits
    tails: list[Group] = [(False,)] * (steps - hits)
    while heads and len(tails) > (heads[0] != (True,)):
        paired = min(len(heads), len(tails))
        longer = [head + tail for head, tail in zip(heads, tails, strict=False)]
        heads, tails = longer, heads[paired:] or tails[paired:]
    return tuple(stroke for group in (*heads, *tails) for stroke in group)
