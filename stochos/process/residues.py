"""Sieves of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stochos.process.pulse import grid
from stochos.process.scale import Crossfade, Scale
from stochos.process.value import Context, Floats, Quantity, Value, parameter


@dataclass(frozen=True, slots=True)
class Residues:
    """Points of a grid that a sieve lets through: rhythms made of several pulses at once, as in Psappha.

    residues  one period of the sieve, from number 0 on, which is the beginning of the passage; or several sieves that
              it goes through, one of which rules each point
    every     from point to point, quarter notes, > 0
    Source: Xenakis, Formalized Music (1992), ch. VII, XI and XII.
    """

    residues: Scale = parameter(Quantity.SIEVE, "residue classes of grid points")
    every: Value = parameter(Quantity.LENGTH, "from point to point", above=0.0)

    def onsets(self, context: Context, count: int | None) -> Floats:
        """Onsets in quarter notes, rising, in [0, context.duration); at most `count`."""
        points = grid(self.every, context.at("every"), context.duration)
        if not isinstance(self.residues, Crossfade):
            return points[np.resize(np.array(self.residues, dtype=np.bool_), len(points))][:count]
        under = self.residues.under(context.at("residues"))(points / context.duration)
        through = np.stack([np.resize(np.array(sieve, dtype=np.bool_), len(points)) for sieve in self.residues.scales])
        return points[through[under, np.arange(len(points))]][:count]
