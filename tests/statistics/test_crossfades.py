"""Scales and sieves that go over into others: at place x a note is under the second with probability x."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from evidence import ALARM, WRONG, context, of_count
from scipy import stats

from stochos.process.cloud import Cloud
from stochos.process.compass import settle
from stochos.process.joint import Drawn
from stochos.process.normal import Normal
from stochos.process.passage import Frame
from stochos.process.residues import Residues
from stochos.process.scale import Crossfade, Scale, Snapped
from stochos.process.value import Constant, Floats, Span, Value

NOTES = 60_000
LOW, HIGH = 48, 83  # three octaves of C: every scale has whole octaves
FIRST, SECOND = {0, 2, 4, 5, 7}, {0, 1, 3, 7, 8, 10}  # 0 and 7 lie in both
PLACES = (np.arange(NOTES) + 0.5) / NOTES


def mask(steps: set[int]) -> tuple[bool, ...]:
    return tuple(pitch % 12 in steps for pitch in range(128))


def fade(curve: str = "") -> Crossfade:
    return Crossfade((0.0, 1.0), (mask(FIRST), mask(SECOND)), ("", curve))


def played(scale: Scale, pitch: Value | None = None) -> Floats:
    """Pitches as a passage plays them: drawn under their scales, and settled in them."""
    several = scale if isinstance(scale, Crossfade) else None
    allowed = np.array(several.any if several else scale)
    low, high = Constant(float(LOW)), Constant(float(HIGH))
    frame = Frame(context(1.0), None, low, high, allowed, 0, (), pytest.fail, scales=several)
    events = Cloud(Drawn(PLACES), pitch).play(frame)
    ends = np.full(NOTES, float(LOW)), np.full(NOTES, float(HIGH))
    return frame.by_scale(PLACES, lambda flags: settle(events.pitch, *ends, flags)).astype(np.float64)


def lies_only_in(pitches: Floats, steps: set[int], others: set[int]) -> np.ndarray:
    return np.isin(np.mod(pitches, 12), list(steps - others))


def of_shares(hits: np.ndarray, expected: Floats) -> float:
    """Chance of yes and no, each with its own probability: in all, early against late, and in forty stretches."""
    spread = expected * (1.0 - expected)
    late = PLACES - 0.5
    pearson = [
        (hits[part].sum() - expected[part].sum()) ** 2 / spread[part].sum()
        for part in np.array_split(np.arange(NOTES), 40)
    ]
    return 3.0 * min(
        of_count(hits.sum(), expected.sum(), spread.sum()),
        of_count((hits * late).sum(), (expected * late).sum(), (spread * late**2).sum()),
        float(stats.chi2.sf(sum(pearson), 40)),
    )


@pytest.mark.parametrize(("curve", "way"), [
    ("", lambda x: x),
    ("sine", lambda x: 0.5 - 0.5 * np.cos(np.pi * x)),
])  # fmt: skip
def test_at_place_x_a_pitch_is_drawn_under_the_second_scale_with_probability_x(
    curve: str, way: Callable[[Floats], Floats]
) -> None:
    x, pitches = way(PLACES), played(fade(curve))
    assert of_shares(lies_only_in(pitches, FIRST, SECOND), (1.0 - x) * 3 / 5) > ALARM
    assert of_shares(lies_only_in(pitches, SECOND, FIRST), x * 4 / 6) > ALARM
    assert of_shares(lies_only_in(pitches, SECOND, FIRST), np.minimum(WRONG * x, 1.0) * 4 / 6) < ALARM
    other = PLACES if curve else 0.5 - 0.5 * np.cos(np.pi * PLACES)
    assert of_shares(lies_only_in(pitches, SECOND, FIRST), other * 4 / 6) < ALARM


def test_a_union_that_is_let_through_all_the_time_is_caught() -> None:
    pitches = played(tuple(map(bool, fade().any)))
    assert of_shares(lies_only_in(pitches, SECOND, FIRST), PLACES * 4 / 6) < ALARM


def test_under_each_scale_every_pitch_is_as_likely() -> None:
    pitches = played(fade())
    for steps, others in ((FIRST, SECOND), (SECOND, FIRST)):
        only = pitches[lies_only_in(pitches, steps, others)]
        found = np.unique(only, return_counts=True)[1]
        assert len(found) == 3 * len(steps - others)
        assert stats.chisquare(found).pvalue > ALARM


def test_no_note_lies_in_neither_scale() -> None:
    pitches = played(fade(), Normal(Constant(66.0), Constant(20.0)))
    assert set(np.mod(pitches, 12)) == FIRST | SECOND


def test_a_value_process_snaps_to_the_scale_that_rules_each_number() -> None:
    value = Snapped(Span(Constant(LOW - 0.5), Constant(HIGH + 0.5)), fade())
    pitches = value.sampler(context())(PLACES)
    even = np.linspace(LOW - 0.5, HIGH + 0.5, 200_001)
    alone = Snapped(Ordered(tuple(even)), mask(SECOND)).sampler(context())(even)
    share = lies_only_in(alone, SECOND, FIRST).mean()
    hits = lies_only_in(pitches, SECOND, FIRST)
    assert of_shares(hits, PLACES * share) > ALARM
    assert of_shares(hits, np.minimum(PLACES * WRONG, 1.0) * share) < ALARM


class Ordered:
    """Numbers as they come."""

    def __init__(self, numbers: tuple[float, ...]) -> None:
        self.numbers = np.array(numbers)

    def sampler(self, where: object) -> Callable[[Floats], Floats]:
        return lambda places: self.numbers


def test_points_of_a_grid_go_over_from_one_sieve_of_time_to_another() -> None:
    first, second = (True, False, False), (True, False, True, False)
    way = Residues(Crossfade((0.0, 1.0), (first, second), ("", "")), Constant(1.0))
    played = np.isin(np.arange(NOTES), way.onsets(context(float(NOTES)), None))
    x, at = np.arange(NOTES) / NOTES, np.arange(NOTES)
    for here, chance in (
        ((at % 3 == 0) & (at % 2 == 1), 1.0 - x),
        ((at % 3 > 0) & (at % 2 == 0), x),
    ):
        assert of_count(played[here].sum(), chance[here].sum(), (chance * (1 - chance))[here].sum()) > ALARM
        wrong = WRONG * chance[here].sum()
        assert of_count(played[here].sum(), wrong, (chance * (1 - chance))[here].sum()) < ALARM
        late = (x - 0.5)[here]
        spread = ((chance * (1 - chance))[here] * late**2).sum()
        assert of_count((played[here] * late).sum(), (chance[here] * late).sum(), spread) > ALARM
    assert played[at % 6 == 0].all()
    assert not played[(at % 3 > 0) & (at % 2 == 1)].any()


def test_through_three_scales_only_neighbours_mix() -> None:
    three = Crossfade((0.0, 0.25, 1.0), (mask({0}), mask({1}), mask({2})), ("", "", ""))
    pitches = np.mod(played(three), 12)
    early = PLACES < 0.25
    assert set(pitches[early]) == {0, 1}
    assert set(pitches[~early]) == {1, 2}
    share = (PLACES[~early] - 0.25) / 0.75
    assert of_count((pitches == 2).sum(), share.sum(), (share * (1.0 - share)).sum()) > ALARM
    assert of_count((pitches == 2).sum(), WRONG * share.sum(), (share * (1.0 - share)).sum()) < ALARM


def test_a_curve_of_one_step_changes_all_at_once() -> None:
    step = replace(fade("step"), places=(0.0, 1.0))
    assert not lies_only_in(played(step), SECOND, FIRST).any()
