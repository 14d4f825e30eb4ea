"""Chains under chords: of what may follow, what the chord in force has, with the same odds as ever."""

from dataclasses import replace

import numpy as np
import pytest
from evidence import ALARM, DRAWS, WRONG, context, of_counts

from stochos.process.chain import Chain
from stochos.process.cloud import Cloud
from stochos.process.markov import Markov
from stochos.process.passage import Frame, Process, Token
from stochos.process.pulse import Pulse
from stochos.process.scale import Changes
from stochos.process.value import Constant

ODDS = {60: 0.1, 64: 0.2, 65: 0.3, 67: 0.25, 69: 0.15}
C, F = {0, 4, 7}, {5, 9, 0}
NOTES = 8 * DRAWS
BEFORE = 3.0  # quarter notes of the section before the passage


def played(process: Process) -> list[dict[int, int]]:
    """How often each pitch comes under C and under F, which take turns every two quarters of the section."""
    masks = tuple(tuple(pitch % 12 in chord for pitch in range(128)) for chord in (C, F))
    count = NOTES // 2 + 2
    changes = Changes(tuple(2.0 * i for i in range(count)), tuple(i % 2 for i in range(count)), masks)
    here = replace(context(float(NOTES)), stretch=(BEFORE, BEFORE + NOTES))
    frame = Frame(
        here, None, Constant(60.0), Constant(69.0), np.array(changes.any), 0, (), pytest.fail, scales=changes
    )  # fmt: skip
    events = process.play(frame)
    under = ((events.onset + BEFORE) // 2 % 2).astype(int)
    return [{pitch: int(((events.pitch == pitch) & (under == i)).sum()) for pitch in range(60, 70)} for i in (0, 1)]


def chance(found: list[dict[int, int]], odds: dict[int, float]) -> float:
    """Chance of counts by what is left of the odds under each chord; none where a pitch strays."""
    chances = []
    for chord, counts in zip((C, F), found, strict=True):
        if any(count for pitch, count in counts.items() if pitch % 12 not in chord):
            return 0.0
        left = {pitch: odd for pitch, odd in odds.items() if pitch % 12 in chord}
        chances.append(of_counts([counts[pitch] for pitch in left], list(left.values())))
    return min(chances)


def test_a_chain_keeps_its_odds_among_the_tones_of_each_chord() -> None:
    tokens = {pitch: Token((pitch,), 1.0) for pitch in ODDS}
    row = [(tokens[pitch], odd) for pitch, odd in ODDS.items()]
    found = played(Markov(chain=Chain.written([((token,), row) for token in tokens.values()])))
    assert chance(found, ODDS) > ALARM
    assert chance(found, ODDS | {67: ODDS[67] * WRONG}) < ALARM


def test_a_cloud_draws_the_tones_of_each_chord_equally_often() -> None:
    found = played(Cloud(Pulse(Constant(1.0))))
    even = dict.fromkeys(range(60, 70), 1.0)
    assert chance(found, even) > ALARM
    assert chance(found, even | {60: WRONG}) < ALARM
