"""Balls without replacement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from stochos.process.value import Context, Floats, Quantity, Sampler, Value, parameter, pick

if TYPE_CHECKING:
    from numpy.typing import NDArray

Order: TypeAlias = "Callable[[int], NDArray[np.intp]]"
"""A number -> as many indexes of items: those that come next."""

_LIGHTEST = 1e-12


@dataclass(frozen=True, slots=True)
class Urn:
    """Every item once, in any order, before any comes again.

    of       the items; one that is written twice comes twice a round
    weights  as many, above 0, drawn once in the beginning: of what is left an item comes next with a chance in
             proportion to its weight. None: all alike
    Source of the weights: Efraimidis and Spirakis, Information Processing Letters 97 (2006): in the order of -ln(u)/w.
    """

    of: tuple[Value, ...] = parameter(Quantity.BALLS, "what is in it")
    weights: tuple[Value, ...] | None = parameter(
        Quantity.NUMBERS, "heavy ones tend to come early", default=None, above=0.0
    )

    def flaw(self, part: str) -> tuple[str, str] | None:
        """The argument that does not fit the others, and why."""
        if self.weights is None or len(self.weights) == len(self.of):
            return None
        return "weights", f"`weights` has a number for each item of the urn: {len(self.of)}, not {len(self.weights)}"

    def sampler(self, context: Context) -> Sampler:
        """The urn is filled again when it is empty; it goes on from call to call."""
        size, rounds = len(self.of), shuffles(context.rng(), len(self.of))
        if self.weights is not None:
            several = [value.sampler(context.at("weights").item(i)) for i, value in enumerate(self.weights)]
            weights = np.maximum([float(sampler(np.zeros(1))[0]) for sampler in several], _LIGHTEST)
            rounds = weighted_shuffles(context.rng(), weights)
        return in_order(self.of, context, in_rounds(size, rounds))


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


def weighted_shuffles(rng: np.random.Generator, weights: Floats) -> Order:
    """Rounds of all items, each drawn by its weight from those that are left."""

    def rounds(number: int) -> NDArray[np.intp]:
        waits = -np.log1p(-rng.random((number, len(weights)))) / weights
        return waits.argsort(axis=1, kind="stable").ravel()

    return rounds


def shuffles(rng: np.random.Generator, size: int) -> Order:
    """Rounds of all items, each order of them as likely."""
    return lambda rounds: rng.random((rounds, size)).argsort(axis=1, kind="stable").ravel()
