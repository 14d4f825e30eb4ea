"""Every process by its name in a score: one row each."""

from __future__ import annotations

from stochos.process.bernoulli import Bernoulli
from stochos.process.brown import Brown
from stochos.process.cloud import Cloud
from stochos.process.exponential import Exponential
from stochos.process.lstm import Lstm
from stochos.process.markov import Markov
from stochos.process.normal import Normal
from stochos.process.poisson import Poisson
from stochos.process.pulse import Pulse
from stochos.process.uniform import Uniform

VALUES: dict[str, type] = {
    "uniform": Uniform,
    "normal": Normal,
    "exponential": Exponential,
    "brown": Brown,
    "markov": Markov,
}
"""Say what: legal wherever a number is."""

ONSETS: dict[str, type] = {
    "poisson": Poisson,
    "bernoulli": Bernoulli,
    "pulse": Pulse,
}
"""Say when."""

MELODIES: dict[str, type] = {
    "cloud": Cloud,
    "markov": Markov,
    "lstm": Lstm,
}
"""Play whole notes."""

PROCESSES: dict[str, type] = VALUES | ONSETS | MELODIES
