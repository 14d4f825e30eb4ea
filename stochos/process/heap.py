"""Shuffled rounds that never stutter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stochos.process.urn import in_order, in_rounds, shuffles
from stochos.process.value import Context, Quantity, Sampler, Value, parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Heap:
    """Every item once, in any order, before any comes again; and the last of a round never begins the next one.

    of  the items; one that is written twice counts as two
    Source: the heap pattern of Taube, Notes from the Metalevel (2004).
    """

    of: tuple[Value, ...] = parameter(Quantity.BALLS, "what is in it")

    def sampler(self, context: Context) -> Sampler:
        """The heap goes on from call to call."""
        size, swaps = len(self.of), context.at("swap").rng()
        shuffled = shuffles(context.rng(), size)
        last = -1

        def rounds(number: int) -> NDArray[np.intp]:
            nonlocal last
            found = shuffled(number).reshape(number, size)
            others = 1 + np.floor(swaps.random(number) * (size - 1)).astype(np.intp)
            for row, other in zip(found, others.tolist(), strict=True):
                if row[0] == last and size > 1:  # so each order that begins otherwise stays as likely
                    row[0], row[other] = row[other], row[0]
                last = int(row[-1])
            return found.ravel()

        return in_order(self.of, context, in_rounds(size, rounds))
