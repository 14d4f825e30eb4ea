"""Tendency masks: whatever a passage draws, its notes lie in the corridor of the moment they begin."""

from __future__ import annotations

import pytest

from stochos.pipeline import check_source, realize_checked
from stochos.process.table import VALUES
from stochos.process.value import EDGES
from stochos.realization import Realization
from stochos.source import Source

MASK = "within: A3..C4 -> A5..C6"
HALF = 0.5 + 1e-6  # what is drawn between two keys is played on the nearest
WILD = {
    "uniform": "low: C2, high: C7",
    "normal": "mean: C4, sd: 20st",
    "exponential": "mean: 15st",
    "linear": "likely: C2, rare: C7",
    "triangular": "low: C2, high: C7",
    "laplace": "mean: C4, spread: 12st",
    "logistic": "mean: C4, spread: 12st",
    "cauchy": "median: C4, spread: 9st",
    "lognormal": "median: 20st, sd: 1, from: C2",
    "gamma": "mean: 20st, shape: 2, from: C2",
    "weibull": "spread: 20st, shape: 2, from: C2",
    "pareto": "least: C2, shape: 1",
    "maxwell": "spread: 12st, from: C2",
    "chi_square": "freedom: 3, spread: 5st, from: C2",
    "beta": "low: C2, high: C7, alpha: 0.5, beta: 0.5",
    "arcsine": "low: C2, high: C7",
    "poisson_count": "mean: 12, step: 2st, from: C2",
    "binomial": "trials: 30, chance: 0.5, step: 1st, from: C2",
    "brown": "start: C4, step: 5st",
    "ou": "centre: C4, pull: 0.1, step: 8st",
    "levy": "start: C4, step: 3st, tail: 1.2",
    "autoregressive": "centre: C4, coefficients: [0.5, 0.3], step: 9st",
    "gendy": "start: C4, step: 3st, speed: 2st",
    "pink": "mean: C4, sd: 20st",
    "perlin": "low: C2, high: C7, period: 1/2",
    "weighted": "of: {C2: 1, C3: 2, C5: 3, C7}",
    "urn": "of: [C2, D3, E4, F5, G6]",
    "heap": "of: [C2, D3, E4, F5, G6]",
    "cycle": "of: [C2, D3, E4, F5, G6]",
    "palindrome": "of: [C2, D3, E4, F5, G6]",
    "series": "of: [C2, D3, E4, F5, G6]",
    "group": "of: [C2, D3, E4, F5, G6, A6, B6, C7]",
    "markov": "chain: @chain { C2: D3, E4  D3: E4, G6  E4: F5, C2  F5: G6, C2  G6: C2, F5, D3 }",
    "hidden": "chain: @chain { low: low 0.9, high 0.1  high: high 0.8, low 0.2 }, says: {low: C2..G4, high: G4..C7}",
}
MELODIES = {
    "chain": "@markov(chain: @chain { B3: C4, C5  C4: C5, B5, B3  C5: B3, C4, B5  B5: B3, C4, C5 }, length: 1/16, {})",
    "learned": "@markov(from: $tune, order: 2, length: 1/16, {})",
    "network": "@lstm(model: basic, {})",
    "mixture": "@mix(of: [@markov(from: $tune, wrap: yes), @lstm(model: basic)], {})",
    "rain": "@poisson(density: 8/beat, {})",
    "in a scale": "@poisson(density: 8/beat, scale: octatonic on F#, {})",
}
TUNE = "let tune = | C4:8 E4 G4 B4 C5 E5 G5 B5 | C4 B4 A4 G4 F5 E5 D5 C5 |\n"


def played(generator: str, more: str = "") -> Realization:
    tune = TUNE if "$tune" in generator else ""
    text = f'part piano = "Piano"\n{tune}{more}section A 8 bars {{ piano: {generator} fill }}\n'
    return realize_checked(check_source(Source("score.stoch", text)))


def strays(piece: Realization) -> list[tuple[float, int]]:
    """Place and pitch of the notes outside the corridor; there are notes in both halves."""
    found = [(note.onset / piece.duration, note.pitch) for note in piece.parts[0].notes]
    assert min(place for place, _ in found) < 0.5 < max(place for place, _ in found)
    return [(place, pitch) for place, pitch in found if not 57 - HALF <= pitch - 24 * place <= 60 + HALF]


def test_every_value_process_is_tried() -> None:
    assert list(WILD) == list(VALUES)


@pytest.mark.parametrize("name", WILD)
def test_a_mask_holds_every_value_process(name: str) -> None:
    def line(*more: str, around: str = "") -> str:
        return f"@pulse(every: 1/16, pitch: @{name}({', '.join((WILD[name], *more))}){around})"

    assert strays(played(line())), "it would stay in the corridor anyway"
    assert strays(played(line(around=f", {MASK}"))) == []
    for edge in EDGES:
        assert strays(played(line(MASK, f"edge: {edge}"))) == [], edge


@pytest.mark.parametrize("name", MELODIES)
def test_a_mask_holds_every_melody(name: str) -> None:
    assert strays(played(MELODIES[name].replace(", {}", ""))), "it would stay in the corridor anyway"
    assert strays(played(MELODIES[name].replace("{}", MASK))) == []


def test_a_mask_may_go_from_name_to_name() -> None:
    named = "let low = A3..C4\nlet high = A5..C6\nlet top = $high\n"
    rain = "@poisson(density: 8/beat, within: {})"
    assert played(rain.format("$low -> $top"), named).parts == played(rain.format("A3..C4 -> A5..C6")).parts


def test_a_network_chooses_under_the_mask() -> None:
    """Not anywhere between the widest bounds, to be thrown back: it would hear what nobody plays."""
    line = "@lstm(model: basic, primer: `C3:8 E3 G3 B3`, within: C3..B3{})"
    low = played(line.format(" -> C5..B5 step")).parts[0].notes
    assert low == played(line.format("")).parts[0].notes
    assert len({note.pitch for note in low}) > 3
