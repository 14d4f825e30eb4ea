"""Speeds of glissandi follow their law, whatever the tempo does."""

from itertools import pairwise

import numpy as np
import pytest
from building import BAR, passage, piece, section
from evidence import ALARM, DRAWS, WRONG, of_law
from scipy import integrate, stats

from stochos.music.time import QUARTER, Tempo
from stochos.process.cloud import Cloud
from stochos.process.normal import Normal
from stochos.process.pulse import Pulse
from stochos.process.value import Constant
from stochos.realization import Note
from stochos.realize import realize
from stochos.realize.glide import seconds

SPEED = 6.0


def glided(sd: float = SPEED, bars: int = DRAWS // 16, **bounds: object) -> tuple[Note, ...]:
    """Sixteenths at a tempo of 120, an eighth of a second each."""
    cloud = Cloud(Pulse(Constant(0.25)), Constant(60.0))
    law = Normal(Constant(0.0), Constant(sd))
    played = passage(cloud, 0, bars * BAR, "A", "piano", "cloud", "1", glissando=law, **bounds)
    return realize(piece(section("A", bars, piano=(played,))), lambda model: None).parts[0].notes


def speeds(notes: tuple[Note, ...]) -> np.ndarray:
    return np.array([note.glide / (note.duration / QUARTER * 0.5) for note in notes])


def test_speeds_of_a_cloud_follow_their_law() -> None:
    law = stats.norm(0.0, SPEED)
    assert len(speeds(glided())) == DRAWS
    assert of_law(speeds(glided()), law) > ALARM
    assert of_law(speeds(glided(SPEED * WRONG)), law) < ALARM


def test_no_glissando_leaves_the_bounds() -> None:
    notes = glided(100.0, 40, low=Constant(57.0), high=Constant(62.0))
    assert {min(note.glide for note in notes), max(note.glide for note in notes)} == {-3.0, 2.0}


@pytest.mark.parametrize("curve", ["", "exp", "sine", "step"])
def test_seconds_are_those_of_the_tempo(curve: str) -> None:
    tempos = (Tempo(0, 60, 0, 60, "", "", QUARTER), Tempo(2 * QUARTER, 80, 9 * QUARTER, 200, curve, "", QUARTER),
              Tempo(10 * QUARTER, 50, 10 * QUARTER, 50, "", "", QUARTER))  # fmt: skip

    def bpm(tick: float) -> float:
        share = (tick / QUARTER - 2) / 7
        if tick < 2 * QUARTER:
            return 60
        if tick >= 10 * QUARTER:
            return 50
        if share >= 1:
            return 200
        match curve:
            case "exp":
                return 80 * 2.5**share
            case "sine":
                return 80 + 120 * (0.5 - 0.5 * np.cos(np.pi * share))
            case "step":
                return 80
            case _:
                return 80 + 120 * share

    edges = [2 * QUARTER, 9 * QUARTER, 10 * QUARTER]
    starts, ends = np.array([0.0, 1.5, 3.0, 8.9, 2.0]) * QUARTER, np.array([1.0, 11.0, 4.2, 9.1, 9.0]) * QUARTER
    for start, end, found in zip(starts, ends, seconds(tempos, starts, ends), strict=True):
        cuts = [start, *(e for e in edges if start < e < end), end]
        expected = sum(
            integrate.quad(lambda t: 60 / bpm(t) / QUARTER, a, np.nextafter(b, a))[0] for a, b in pairwise(cuts)
        )
        assert found == pytest.approx(expected, rel=1e-9)
