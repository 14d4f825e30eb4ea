"""A walk on a leash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stochos.process.normal import Normal
from stochos.process.value import EDGES, Bounds, Constant, Context, Quantity, Sampler, Value, parameter
from stochos.process.walls import walk


@dataclass(frozen=True, slots=True)
class OrnsteinUhlenbeck:
    """A particle on a spring: it wanders, and is drawn back to a centre all the while.

    centre  where it is drawn to, in the unit of what is drawn; it may move
    pull    share of the way back that it goes at each step, 0 (as brown) to 1 (as normal)
    step    standard deviation of a step, >= 0; in the long run values stray by step / √(1 - (1 - pull)²)
    start   the first value; None: the centre
    within  walls, which may move
    edge    how it is brought back
    Source: Uhlenbeck and Ornstein, Physical Review 36 (1930), in steps.
    """

    centre: Value = parameter(Quantity.SAME, "where it is drawn to")
    pull: Value = parameter(Quantity.CHANCE, "share of the way back at each step", at_least=0.0, at_most=1.0)
    step: Value = parameter(Quantity.SPREAD, "standard deviation of a step", at_least=0.0)
    start: Value | None = parameter(Quantity.SAME, "the first value; by default the centre", default=None)
    within: Bounds | None = parameter(Quantity.BOUNDS, "walls that bring it back", default=None)
    edge: str = parameter(Quantity.CHOICE, "how walls bring it back", default="reflect", words=EDGES)

    def sampler(self, context: Context) -> Sampler:
        """The walk goes on from call to call; centre and pull are those of each place."""
        return walk(
            context, start=self.start or self.centre, step=Normal(Constant(0.0), self.step), move=_move,
            within=self.within, edge=self.edge, centre=self.centre, pull=self.pull,
        )  # fmt: skip


def _move(gone: Sequence[float], step: float, centre: float, pull: float) -> float:
    return gone[-1] + min(max(pull, 0.0), 1.0) * (centre - gone[-1]) + step
