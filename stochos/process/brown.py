"""A walk in small steps between elastic walls."""

from __future__ import annotations

from dataclasses import dataclass

from stochos.process.normal import Normal
from stochos.process.value import EDGES, Bounds, Constant, Context, Quantity, Sampler, Value, parameter
from stochos.process.walls import forward, walk


@dataclass(frozen=True, slots=True)
class Brown:
    """A particle in a fluid: every value is the last one and a Gaussian step.

    start   the first value, in the unit of what is drawn
    step    standard deviation of a step, > 0
    within  walls, which may move; a step that crosses one is brought back
    drift   added to every step
    edge    how it is brought back: "reflect" (by as much), "clip", "wrap", or "resample" (other steps are tried)
    Source: Xenakis, Formalized Music (1992), ch. IX and XIV; walls as in GENDYN.
    """

    start: Value = parameter(Quantity.SAME, "the first value")
    step: Value = parameter(Quantity.SPREAD, "standard deviation of a step", above=0.0)
    within: Bounds | None = parameter(Quantity.BOUNDS, "walls that bring it back", default=None)
    drift: Value = parameter(Quantity.SPREAD, "added to every step", default=Constant(0.0))
    edge: str = parameter(Quantity.CHOICE, "how walls bring it back", default="reflect", words=EDGES)

    def sampler(self, context: Context) -> Sampler:
        """The walk goes on from call to call; the walls are those of each place."""
        step = Normal(self.drift, self.step)
        return walk(context, start=self.start, step=step, move=forward, within=self.within, edge=self.edge)
