"""There and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stochos.process.urn import in_order, in_rounds
from stochos.process.value import Context, Quantity, Sampler, Value, parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Palindrome:
    """A list from its first item to its last and back, over and over.

    of           the items
    repeat_ends  the first and the last come twice running
    Source: the palindrome pattern of Taube, Notes from the Metalevel (2004).
    """

    of: tuple[Value, ...] = parameter(Quantity.ITEMS, "the items")
    repeat_ends: bool = parameter(Quantity.FLAG, "the ends come twice running", default=False)

    def sampler(self, context: Context) -> Sampler:
        """It begins with the first item, and goes on from call to call."""
        there = np.arange(len(self.of))
        back = there[::-1] if self.repeat_ends else there[-2:0:-1]
        both = np.concatenate((there, back))

        def rounds(number: int) -> NDArray[np.intp]:
            return np.tile(both, number)

        return in_order(self.of, context, in_rounds(len(both), rounds))
