"""Calls to see each process with."""

from __future__ import annotations

EXAMPLES = {
    "uniform": "low: C3, high: C6",
    "normal": "mean: C4, sd: 6st",
    "exponential": "mean: 1/4",
    "linear": "likely: 0st, rare: 12st",
    "triangular": "low: C3, high: C6",
    "laplace": "mean: C4, spread: 4st",
    "logistic": "mean: C4, spread: 3st",
    "cauchy": "median: C4, spread: 2st",
    "lognormal": "median: 1/4, sd: 0.5",
    "gamma": "mean: 1/4, shape: 3",
    "weibull": "spread: 1/4, shape: 2",
    "pareto": "least: 1/8, shape: 3",
    "maxwell": "spread: 4st",
    "chi_square": "freedom: 4, spread: 1/16",
    "beta": "low: C3, high: C6, alpha: 2, beta: 5",
    "arcsine": "low: C3, high: C6",
    "poisson_count": "mean: 4",
    "binomial": "trials: 12, chance: 30%, from: C4, step: 2st",
    "brown": "start: C4, step: 2st, within: C2..C6",
    "ou": "centre: C4, pull: 20%, step: 3st",
    "levy": "start: C4, step: 1st, tail: 1.2, within: C2..C6",
    "autoregressive": "centre: C4, coefficients: [1.6, -0.9], step: 2st",
    "gendy": "start: C4, step: -1st..1st, speed: 3st, within: C2..C6",
    "pink": "mean: C4, sd: 6st",
    "perlin": "low: C3, high: C6, period: 1/1",
    "weighted": "of: {C4: 3, E4: 1, G4: 2}, most: 2",
    "urn": "of: [C4, D4, F4, G4, A4]",
    "heap": "of: [C4, D4, F4, G4, A4]",
    "cycle": "of: [C4, D4, F4, G4, A4], by: 2",
    "palindrome": "of: [C4, D4, F4, G4, A4]",
    "series": "of: [C4, C#4, E4, F#4], form: inversion",
    "group": "of: [C4, D4, E4, F4, G4, A4, B4, C5]",
    "markov": "chain: @chain { C4: D4 0.7, G4 0.3  D4: C4 0.5, G4 0.5  G4: C4 1 }",
    "hidden": "chain: @chain { calm: calm 0.9, wild 0.1  wild: wild 0.8, calm 0.2}, says: {calm: C4..G4, wild: G4..C6}",
    "poisson": "density: 2/beat",
    "bernoulli": "chance: 40%, every: 1/16",
    "pulse": "every: [3/16, 3/16, 1/8]",
    "renewal": "gap: @gamma(mean: 1/8, shape: 10)",
    "euclid": "hits: 5, steps: 16, every: 1/16",
    "rhythm": "of: `C4:8. C4:8. C4:8 r:8 C4:8 C4:4`",
    "sieve": 'residues: sieve "8@0|8@3|8@6|5@2", every: 1/16',
    "grids": "divisions: [3, 4, 5], every: 1/2, chance: 50%",
    "cloud": "onsets: @poisson(density: 1/beat -> 6/beat), pitch: C4..C5 -> C2..C7, length: @exponential(mean: 1/8)",
    "cells": "parts: [flute, viola, tuba], density: 2/beat, columns: 16, mean: 0.6",
    "couple": "parts: [flute, cello], every: 1/2, density: [1/beat, 5/beat], coupling: [[0, 1], [1, 0]]",
    "game": "parts: [oboe, cello], every: 1/1, payoff: [[2, -1], [-1, 1]], tactics: [`C4:8 G4 C5:4`, `E4:4`]",
    "answer": "to: flute, after: 1/1, transpose: -12st, vary: 30%, by: -5st..5st",
    "st": "parts: [flute, cello], sequence: 4s, density: 1.5/s, breath: 2s, classes: [[0.7, 0.2], [0.3, 0.8]]",
    "chorale": "parts: [soprano, alto, tenor, bass], temperature: 0.6",
    "lstm": "model: basic, primer: `D4:8 E4 F4 A4`, temperature: 0.9",
    "mix": "of: [@markov(from: `D4:8 E4 F4 A4 G4:4 E4`, order: 1, wrap: yes), @lstm(model: basic)]",
}
"""Arguments to see a process with that is asked for by its bare name."""


def complete(text: str) -> str:
    """A process as a call: with its `@`, and with example arguments where it stands alone."""
    text = text.strip().removeprefix("@")
    name = text.partition("(")[0].strip()
    if text == name and name in EXAMPLES:
        text = f"{name}({EXAMPLES[name]})"
    return f"@{text}"
