"""Every process by its name in a score: one row each, its module and class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module


class Table(Mapping[str, type]):
    """Processes by name, loaded when first asked for: no start pays for what its score does not use."""

    def __init__(self, rows: Mapping[str, str]) -> None:
        self._rows = dict(rows)

    def __getitem__(self, name: str) -> type:
        module, _, process = self._rows[name].partition(".")
        found: type = getattr(import_module(f"stochos.process.{module}"), process)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __or__(self, other: Table) -> Table:
        return Table(self._rows | other._rows)

    def holds(self, process: type) -> bool:
        """Whether a class stands in a row."""
        return f"{process.__module__.rpartition('.')[2]}.{process.__name__}" in self._rows.values()


LAWS = Table({
    "uniform": "uniform.Uniform",
    "normal": "normal.Normal",
    "exponential": "exponential.Exponential",
    "linear": "linear.Linear",
    "triangular": "triangular.Triangular",
    "laplace": "laplace.Laplace",
    "logistic": "logistic.Logistic",
    "cauchy": "cauchy.Cauchy",
    "lognormal": "lognormal.Lognormal",
    "gamma": "gamma.Gamma",
    "weibull": "weibull.Weibull",
    "pareto": "pareto.Pareto",
    "maxwell": "maxwell.Maxwell",
    "chi_square": "chi_square.ChiSquare",
    "beta": "beta.Beta",
    "arcsine": "arcsine.Arcsine",
    "poisson_count": "poisson_count.PoissonCount",
    "binomial": "binomial.Binomial",
})
"""Say what, each draw by itself."""

VALUES = LAWS | Table({
    "brown": "brown.Brown",
    "ou": "ou.OrnsteinUhlenbeck",
    "levy": "levy.Levy",
    "autoregressive": "autoregressive.Autoregressive",
    "gendy": "gendy.Gendy",
    "pink": "pink.Pink",
    "perlin": "perlin.Perlin",
    "weighted": "weighted.Runs",
    "urn": "urn.Urn",
    "heap": "heap.Heap",
    "cycle": "cycle.Cycle",
    "palindrome": "palindrome.Palindrome",
    "series": "series.Series",
    "group": "group.Group",
    "markov": "markov.Markov",
    "hidden": "hidden.Hidden",
})
"""Say what: legal wherever a number is."""

TIED = LAWS | Table({"weighted": "weighted.Runs"})
"""What can be tied to others: each draw takes one number."""

ONSETS = Table({
    "poisson": "poisson.Poisson",
    "bernoulli": "bernoulli.Bernoulli",
    "pulse": "pulse.Pulse",
    "renewal": "renewal.Renewal",
    "euclid": "euclid.Euclid",
    "rhythm": "rhythm.Rhythm",
    "sieve": "residues.Residues",
    "grids": "grids.Grids",
})
"""Say when."""

MELODIES = Table({
    "cloud": "cloud.Cloud",
    "cells": "cells.Cells",
    "chorale": "chorale.Chorale",
    "couple": "couple.Couple",
    "game": "game.Game",
    "answer": "answer.Answer",
    "st": "st.St",
    "markov": "markov.Markov",
    "hidden": "hidden.Hidden",
    "lstm": "lstm.Lstm",
    "mix": "mix.Mix",
})
"""Play whole notes."""

PROCESSES = VALUES | ONSETS | MELODIES
