"""Balls without replacement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from stochos.process.value import Context, Quantity, Sampler, Value, parameter, pick

if TYPE_CHECKING:
    from numpy.typing import NDArray

Order: TypeAlias = "Callable[[int], NDArray[np.intp]]"
"""A number -> as many indexes of items: those that come next."""


@dataclass(frozen=True, slots=True)
class Urn:
    """Every item once, in any order, before any comes again.

    of  the items; one that is written twice comes twice a round
    """

    of: tuple[Value, ...] = parameter(Quantity.ITEMS, "what is in it")

    def sampler(self, context: Context) -> Sampler:
        """The urn is filled again when it is empty; it goes on from call to call."""
        return in_order(self.of, context, in_rounds(len(self.of), shuffles(context.rng(), len(self.of))))


def in_order(items: tuple[Value, ...], context: Context, order: Order) -> Sampler:
    """Items as an order says."""
    samplers = [item.sampler(context.item(i)) for i, item in enumerate(items)]
    return lambda places: pick(samplers, order(len(places)), places)


def in_rounds(size: int, rounds: Order) -> Order:
    """An order that comes in whole rounds of `size`; `rounds` is asked for a number of them."""
    left = np.empty(0, dtype=np.intp)

    def order(number: int) -> NDArray[np.intp]:
        nonlocal left
        ahead = np.concatenate((left, rounds(max(0, -(-(number - len(left)) // size)))))
        left = ahead[number:]
        return ahead[:number]

    return order


def shuffles(rng: np.random.Generator, size: int) -> Order:
    """Rounds of all items, each order of them as likely."""
    return lambda rounds: rng.random((rounds, size)).argsort(axis=1, kind="stable").ravel()
