"""Every process by its name in a score: one row each."""

from __future__ import annotations

from stochos.process.arcsine import Arcsine
from stochos.process.autoregressive import Autoregressive
from stochos.process.bernoulli import Bernoulli
from stochos.process.beta import Beta
from stochos.process.binomial import Binomial
from stochos.process.brown import Brown
from stochos.process.cauchy import Cauchy
from stochos.process.cells import Cells
from stochos.process.chi_square import ChiSquare
from stochos.process.cloud import Cloud
from stochos.process.cycle import Cycle
from stochos.process.euclid import Euclid
from stochos.process.exponential import Exponential
from stochos.process.gamma import Gamma
from stochos.process.gendy import Gendy
from stochos.process.grids import Grids
from stochos.process.heap import Heap
from stochos.process.laplace import Laplace
from stochos.process.levy import Levy
from stochos.process.linear import Linear
from stochos.process.logistic import Logistic
from stochos.process.lognormal import Lognormal
from stochos.process.lstm import Lstm
from stochos.process.markov import Markov
from stochos.process.maxwell import Maxwell
from stochos.process.normal import Normal
from stochos.process.ou import OrnsteinUhlenbeck
from stochos.process.palindrome import Palindrome
from stochos.process.pareto import Pareto
from stochos.process.perlin import Perlin
from stochos.process.pink import Pink
from stochos.process.poisson import Poisson
from stochos.process.poisson_count import PoissonCount
from stochos.process.pulse import Pulse
from stochos.process.renewal import Renewal
from stochos.process.residues import Residues
from stochos.process.rhythm import Rhythm
from stochos.process.series import Series
from stochos.process.triangular import Triangular
from stochos.process.uniform import Uniform
from stochos.process.urn import Urn
from stochos.process.weibull import Weibull
from stochos.process.weighted import Runs

VALUES: dict[str, type] = {
    "uniform": Uniform,
    "normal": Normal,
    "exponential": Exponential,
    "linear": Linear,
    "triangular": Triangular,
    "laplace": Laplace,
    "logistic": Logistic,
    "cauchy": Cauchy,
    "lognormal": Lognormal,
    "gamma": Gamma,
    "weibull": Weibull,
    "pareto": Pareto,
    "maxwell": Maxwell,
    "chi_square": ChiSquare,
    "beta": Beta,
    "arcsine": Arcsine,
    "poisson_count": PoissonCount,
    "binomial": Binomial,
    "brown": Brown,
    "ou": OrnsteinUhlenbeck,
    "levy": Levy,
    "autoregressive": Autoregressive,
    "gendy": Gendy,
    "pink": Pink,
    "perlin": Perlin,
    "weighted": Runs,
    "urn": Urn,
    "heap": Heap,
    "cycle": Cycle,
    "palindrome": Palindrome,
    "series": Series,
    "markov": Markov,
}
"""Say what: legal wherever a number is."""

ONSETS: dict[str, type] = {
    "poisson": Poisson,
    "bernoulli": Bernoulli,
    "pulse": Pulse,
    "renewal": Renewal,
    "euclid": Euclid,
    "rhythm": Rhythm,
    "sieve": Residues,
    "grids": Grids,
}
"""Say when."""

MELODIES: dict[str, type] = {
    "cloud": Cloud,
    "cells": Cells,
    "markov": Markov,
    "lstm": Lstm,
}
"""Play whole notes."""

PROCESSES: dict[str, type] = VALUES | ONSETS | MELODIES
