"""A walk that remembers several values."""

from __future__ import annotations

from collections.abc import Sequence as Values
from dataclasses import dataclass

from stochos.process.inverse import FARTHEST
from stochos.process.normal import Normal
from stochos.process.value import EDGES, Bounds, Constant, Context, Quantity, Sampler, Sequence, Value, parameter
from stochos.process.walls import walk


@dataclass(frozen=True, slots=True)
class Autoregressive:
    """Each value is made of the last few and something new: smooth, jagged or swinging by its coefficients.

    centre        what values stray from, in the unit of what is drawn; it may move
    coefficients  shares of how far the last value, the one before it, … strayed; a list of up to 64, or a single one.
                  [0.9] is smooth, [-0.9] jumps from side to side, [1.6, -0.9] swings
    step          standard deviation of what is new, >= 0
    start         the first value; None: the centre
    within        walls, which may move
    edge          how it is brought back
    Source: Yule, Phil. Trans. Royal Society A 226 (1927).
    """

    centre: Value = parameter(Quantity.SAME, "what values stray from")
    coefficients: Value = parameter(Quantity.NUMBER, "shares of the last value, the one before it, …")
    step: Value = parameter(Quantity.SPREAD, "standard deviation of what is new", at_least=0.0)
    start: Value | None = parameter(Quantity.SAME, "the first value; by default the centre", default=None)
    within: Bounds | None = parameter(Quantity.BOUNDS, "walls that bring it back", default=None)
    edge: str = parameter(Quantity.CHOICE, "how walls bring it back", default="reflect", words=EDGES)

    def sampler(self, context: Context) -> Sampler:
        """The walk goes on from call to call; centre and coefficients are those of each place."""
        shares = self.coefficients.items if isinstance(self.coefficients, Sequence) else (self.coefficients,)
        fields = {f"coefficients.{i}": share for i, share in enumerate(shares)}
        return walk(
            context, start=self.start or self.centre, step=Normal(Constant(0.0), self.step), move=_move,
            within=self.within, edge=self.edge, centre=self.centre, **fields,
        )  # fmt: skip


def _move(gone: Values[float], step: float, centre: float, *shares: float) -> float:
    """Coefficients that blow up stop at `FARTHEST`."""
    strayed = sum(share * (value - centre) for share, value in zip(shares, reversed(gone), strict=False))
    return centre + min(max(strayed + step, -FARTHEST), FARTHEST)
