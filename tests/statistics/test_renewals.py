"""Onset processes beyond rain and coins: renewals, even rhythms, borrowed rhythms, sieves and grids."""

import numpy as np
import pytest
from evidence import ALARM, DRAWS, WRONG, context, of_count, of_counts, of_law
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from stochos.music.sieve import parse_sieve
from stochos.process.euclid import Euclid, euclidean
from stochos.process.exponential import Exponential
from stochos.process.gamma import Gamma
from stochos.process.grids import Grids
from stochos.process.passage import OnsetProcess, Token
from stochos.process.renewal import Renewal
from stochos.process.residues import Residues
from stochos.process.rhythm import Rhythm
from stochos.process.uniform import Uniform
from stochos.process.value import Constant, Floats, Ramp, Sequence, Span, Value, Weighted
from stochos.process.weibull import Weibull


def C(number: float) -> Constant:  # noqa: N802  reads as the value that it makes
    return Constant(number)


def onsets(process: OnsetProcess, duration: float = 16.0, count: int | None = None) -> Floats:
    return process.onsets(context(duration), count)


# --- renewal ----------------------------------------------------------------------------------

GAPS = {
    "gamma": (lambda wrong: Gamma(C(0.5 * wrong), C(4.0)), stats.gamma(4.0, 0.0, 0.125)),
    "weibull": (lambda wrong: Weibull(C(0.5 * wrong), C(2.0)), stats.weibull_min(2.0, 0.0, 0.5)),
    "uniform": (lambda wrong: Uniform(C(0.25), C(0.75 * wrong)), stats.uniform(0.25, 0.5)),
    "exponential": (lambda wrong: Exponential(C(0.5 * wrong)), stats.expon(0.0, 0.5)),
}


@pytest.mark.parametrize("name", GAPS)
def test_gaps_of_a_renewal_follow_their_law(name: str) -> None:
    gap, law = GAPS[name]

    def chance(wrong: float) -> float:
        return of_law(np.diff(onsets(Renewal(gap(wrong)), 0.5 * DRAWS), prepend=0.0), law)

    assert chance(1.0) > ALARM
    assert chance(WRONG) < ALARM


def test_a_renewal_scatters_less_the_evener_its_gaps() -> None:
    """Counts have variance mean / shape: with shape 25 and 20,000 expected, an sd of 28."""
    found = len(onsets(Renewal(Gamma(C(0.5), C(25.0))), 0.5 * DRAWS))
    assert of_count(found, DRAWS, DRAWS / 25.0) > ALARM
    assert of_count(found, DRAWS * WRONG, DRAWS / 25.0) < ALARM


def test_a_moving_gap_is_drawn_where_it_begins() -> None:
    """With a mean that grows with time, every gap is exponential by the mean at its beginning."""

    def chance(wrong: float) -> float:
        mean = Ramp((0.0, 1.0), (C(1e-3 * wrong), C(1.001 * wrong)), ("", ""))
        found = onsets(Renewal(Exponential(mean)), 1000.0, DRAWS)
        begins = np.append(0.0, found[:-1])
        return of_law((found - begins) / (1e-3 + begins / 1000.0), stats.expon)

    assert chance(1.0) > ALARM
    assert chance(WRONG) < ALARM


@pytest.mark.parametrize("gap", [C(0.0), C(-3.0), Ramp((0.0, 1.0), (C(-1.0), C(-1.0)), ("", ""))])
def test_gaps_of_0_come_to_an_end(gap: Value) -> None:
    found = onsets(Renewal(gap), 2.0)
    assert len(found) <= 20_000
    assert (np.diff(found) >= 0.0).all()


def test_a_gap_of_0_now_and_then_makes_chords() -> None:
    found = onsets(Renewal(Weighted((C(0.0), C(1.0)), (1.0, 3.0))), 1000.0)
    assert set(found.tolist()) <= {float(i) for i in range(1, 1000)}
    assert len(set(found.tolist())) < len(found)


# --- euclid -----------------------------------------------------------------------------------

TOUSSAINT = {  # of his paper's list, those whose rotation it prints
    (1, 2): "x.", (1, 3): "x..", (1, 4): "x...", (2, 3): "x.x", (2, 5): "x.x..", (3, 4): "x.xx", (3, 5): "x.x.x",
    (3, 7): "x.x.x..", (3, 8): "x..x..x.", (4, 7): "x.x.x.x", (4, 9): "x.x.x.x..", (4, 11): "x..x..x..x.",
    (5, 6): "x.xxxx", (5, 7): "x.xx.xx", (5, 8): "x.xx.xx.", (5, 9): "x.x.x.x.x", (5, 11): "x.x.x.x.x..",
    (5, 12): "x..x.x..x.x.", (5, 16): "x..x..x..x..x...", (7, 8): "x.xxxxxx", (7, 12): "x.xx.x.xx.x.",
    (7, 16): "x..x.x.x..x.x.x.", (9, 16): "x.xx.x.x.xx.x.x.", (11, 24): "x..x.x.x.x.x..x.x.x.x.x.",
    (13, 24): "x.xx.x.x.x.x.xx.x.x.x.x.",
}  # fmt: skip


@pytest.mark.parametrize(("hits", "steps"), TOUSSAINT)
def test_even_rhythms_are_those_of_the_world(hits: int, steps: int) -> None:
    assert "".join(".x"[stroke] for stroke in euclidean(hits, steps)) == TOUSSAINT[hits, steps]


@given(st.integers(0, 40), st.integers(1, 40))
def test_even_rhythms_are_even(hits: int, steps: int) -> None:
    cycle = euclidean(hits, steps)
    assert len(cycle) == steps
    assert sum(cycle) == min(hits, steps)
    struck = np.flatnonzero(cycle)
    if len(struck) > 1:
        for apart in range(1, len(struck)):  # maximally even: any so many strokes span at most two widths
            widths = (np.roll(struck, -apart) - struck) % steps
            assert widths.max() - widths.min() <= 1


def test_a_cycle_goes_round_turns_and_moves() -> None:
    assert (onsets(Euclid(C(3.0), C(8.0), C(0.25)), 4.0) * 4).tolist() == [0, 3, 6, 8, 11, 14]
    assert (onsets(Euclid(C(3.0), C(8.0), C(0.25), C(2.0)), 2.0) * 4).tolist() == [1, 4, 6]
    assert (onsets(Euclid(C(3.0), C(8.0), C(0.25), C(-1.0)), 2.0) * 4).tolist() == [1, 4, 7]
    assert (onsets(Euclid(Sequence((C(1.0), C(4.0))), C(4.0), C(1.0)), 8.0)).tolist() == [0, 4, 5, 6, 7]
    assert onsets(Euclid(C(0.0), C(4.0), C(1.0))).tolist() == []
    assert len(onsets(Euclid(C(99.0), C(0.0), C(1.0)), 8.0)) == 8


# --- rhythm, sieve ----------------------------------------------------------------------------


def test_a_borrowed_rhythm_repeats_and_keeps_its_rests() -> None:
    heard = (Token((60,), 1.0), Token((), 0.5), Token((62, 65), 0.5))
    assert onsets(Rhythm(heard), 5.0).tolist() == [0.0, 1.5, 2.0, 3.5, 4.0]
    assert onsets(Rhythm((Token((), 1.0),))).tolist() == []
    assert onsets(Rhythm((Token((60,), 0.0),))).tolist() == []
    assert onsets(Rhythm(())).tolist() == []


PSAPPHA = "(8@0|8@1|8@7)&(5@1|5@3) | (8@0|8@1|8@2)&5@0 | 8@3 | 8@4 | (8@5|8@6)&(5@2|5@3|5@4) | 8@1&5@2 | 8@6&5@1"


@pytest.mark.parametrize("text", ["3@2 & 4@1", "5@4|3@2|7@3", PSAPPHA])
def test_a_sieve_of_time_strikes_its_numbers(text: str) -> None:
    sieve = parse_sieve(text)
    period = tuple(sieve.contains(number) for number in range(sieve.period))
    found = onsets(Residues(period, C(0.25)), 100.0)
    assert (found * 4).tolist() == list(sieve.points(0, 399))


def test_a_sieve_of_nothing_is_silent() -> None:
    assert onsets(Residues((False, False), C(0.25))).tolist() == []
    assert onsets(Residues((), C(0.25))).tolist() == []


# --- grids ------------------------------------------------------------------------------------

THREE_FOUR_FIVE = Sequence((C(3.0), C(4.0), C(5.0)))


def test_divisions_by_3_4_and_5_share_only_their_beginning() -> None:
    found = onsets(Grids(THREE_FOUR_FIVE, C(4.0)), 8.0)
    once = sorted({k / d for d in (3, 4, 5) for k in range(d)})
    assert found / 4.0 == pytest.approx([*once, *(1.0 + point for point in once)])
    assert len(found) == 20


def test_a_coin_at_every_point_of_the_grids() -> None:
    def chance(odds: float) -> float:
        found = onsets(Grids(THREE_FOUR_FIVE, C(4.0), C(odds)), 4.0 * 4 * DRAWS)
        points = np.searchsorted(sorted({k / d for d in (3, 4, 5) for k in range(d)}), found / 4.0 % 1.0 - 1e-9) % 10
        even = of_counts(np.bincount(points, minlength=10), [1.0] * 10)
        return 2.0 * min(even, of_count(len(found), 12.0 * DRAWS, 40 * DRAWS * 0.3 * 0.7))

    assert chance(0.3) > ALARM
    assert chance(0.3 * WRONG) < ALARM


def test_cycles_may_change_and_end_early() -> None:
    assert onsets(Grids(C(2.0), Sequence((C(1.0), C(3.0)))), 6.0).tolist() == [0.0, 0.5, 1.0, 2.5, 4.0, 4.5, 5.0]
    assert (
        onsets(Grids(Sequence((Span(C(-5.0), C(0.5)), C(1e9))), C(1.0)), 1.0).tolist() == (np.arange(64) / 64).tolist()
    )


EVERY: dict[str, OnsetProcess] = {
    "renewal": Renewal(Exponential(C(0.3))),
    "moving renewal": Renewal(Ramp((0.0, 1.0), (C(1.0), Exponential(C(0.1))), ("", ""))),
    "euclid": Euclid(C(5.0), C(8.0), C(1 / 3)),
    "rhythm": Rhythm((Token((60,), 1 / 3), Token((62,), 2 / 3))),
    "sieve": Residues((True, False, True), C(0.2)),
    "grids": Grids(THREE_FOUR_FIVE, C(1 / 3), C(0.5)),
}


@pytest.mark.parametrize("name", EVERY)
def test_a_count_takes_the_first_onsets_and_none_is_late(name: str) -> None:
    everything = onsets(EVERY[name], 100.0)
    assert np.array_equal(onsets(EVERY[name], 100.0, 12), everything[:12])
    assert (np.diff(everything) > 0.0).all()
    assert everything[0] >= 0.0
    assert 98.0 < everything[-1] < 100.0
