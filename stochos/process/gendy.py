"""A walk whose speed walks."""

from __future__ import annotations

from dataclasses import dataclass

from stochos.process.value import EDGES, Bounds, Context, Floats, Quantity, Sampler, Span, Value, parameter
from stochos.process.walls import forward, walk


@dataclass(frozen=True, slots=True)
class Gendy:
    """Chance pushes the speed and not the place: curves that swell and turn, as in Xenakis' GENDYN.

    start   the first value, in the unit of what is drawn
    step    what is added to the speed each time: any value, best a law round 0 (`-1st..1st`)
    speed   the fastest: elastic walls of the speed, >= 0
    within  walls of the value, which may move
    edge    how the value is brought back; the speed is always thrown back
    Source: Xenakis, Formalized Music (1992), ch. XIII and XIV; Hoffmann, Computer Music Journal 24 (2000).
    """

    start: Value = parameter(Quantity.SAME, "the first value")
    step: Value = parameter(Quantity.SPREAD, "what is added to the speed each time, round 0")
    speed: Value = parameter(Quantity.SPREAD, "the fastest, up or down", at_least=0.0)
    within: Bounds | None = parameter(Quantity.BOUNDS, "walls that bring it back", default=None)
    edge: str = parameter(Quantity.CHOICE, "how walls bring it back", default="reflect", words=EDGES)

    def sampler(self, context: Context) -> Sampler:
        """The walk goes on from call to call; walls and speeds are those of each place."""
        speed = Speed(self.step, self.speed)
        return walk(context, start=self.start, step=speed, move=forward, within=self.within, edge=self.edge)


@dataclass(frozen=True, slots=True)
class Speed:
    """The walk of the speed; it begins anywhere between its walls."""

    step: Value
    most: Value

    def sampler(self, context: Context) -> Sampler:
        """The speed at each place, between its walls there."""
        here, down = context.at("speed"), Negative(self.most)
        return walk(
            here, start=Span(down, self.most), step=self.step, move=forward, within=Bounds(down, self.most),
            edge="reflect",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Negative:
    """A value with its sign turned; drawn from the same stream as the value."""

    value: Value

    def sampler(self, context: Context) -> Sampler:
        """Below 0 where the value is above."""
        value = self.value.sampler(context)

        def draw(places: Floats) -> Floats:
            return -value(places)

        return draw
