"""Expectations: what is measured of a take, against counts by hand and SciPy's tests."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from stochos import tree
from stochos.diagnostics import SourceError
from stochos.expect import fit, kolmogorov
from stochos.format import format_score
from stochos.parse import parse
from stochos.pipeline import check_source, observe, realize_checked, unmet
from stochos.process.exponential import Exponential
from stochos.process.value import Constant, Span
from stochos.source import Source

SCORE = """\
part flute = "Flute"
part cello = "Violoncello"
section A 2 bars, tempo 60 {
  flute: | C5:4 D5 E5 F5 | G5:2 C5 |
  cello: | C3:1 | r |
}
section B 1 bar, tempo 120 { flute: | C6:1 | }
form A*2 B A'
"""


def results(expected: str, score: str = SCORE) -> list[tuple[float, int, bool]]:
    checked = check_source(Source("score.stoch", f"{score}expect {expected}\n"))
    return [(r.observed, r.notes, r.holds) for r in observe(checked, realize_checked(checked))]


@pytest.mark.parametrize(
    ("expected", "observed", "holds"),
    [
        ("count(flute) in 19..19", 19, True),
        ("count(flute in A) > 12", 12, False),
        ("count(flute in A) >= 12", 12, True),
        ("count(flute in A') <= 6", 6, True),
        ("count(tutti) in 1..21", 22, False),
        ("count(cello in B) < 1", 0, True),
        ("density(flute in A) in 0.7..0.8/s", 12 / 16, True),
        ("density(flute in B) <= 0.5/s", 1 / 2, True),
        ("density(flute in A) in 2..3/bar", 3, True),
        ("density(flute in A) in 0.5..1/beat", 0.75, True),
        ("range(flute in A) < 7st", 7, False),
        ("range(flute) <= 1 octave", 12, True),
        ("mean(pitch of flute in A) in C5..E5", (72 + 74 + 76 + 77 + 79 + 72) / 6, True),
        ("least(pitch of tutti) >= C3", 48, True),
        ("most(length of flute in A) <= 1/2", 2, True),
        ("least(gap of flute in A') in 1/4..1/4", 1, True),
        ("most(interval of flute in A') < 2st", 2, False),
        ("spread(pitch of cello) <= 0", 0, True),
        ("entropy(length of flute in A) > 0.9 bit", -(2 / 3 * np.log2(2 / 3) + 1 / 3 * np.log2(1 / 3)), True),
        ("entropy(pitch of cello) < 0.1 bit", 0, True),
    ],
)
def test_a_measure_is_what_one_counts_by_hand(expected: str, observed: float, holds: bool) -> None:
    [(found, _, held)] = results(expected)
    assert found == pytest.approx(observed)
    assert held is holds


def test_where_there_is_no_note_nothing_is_met() -> None:
    [(found, notes, held)] = results("mean(pitch of cello in B) > C-1")
    assert np.isnan(found)
    assert (notes, held) == (0, False)


CLOUD = """\
part vln = "Violin"
section A 100 bars {
  vln: @cloud(onsets: @poisson(density: 4/beat), pitch: G3..E6, length: @exponential(mean: 1/8)) fill
}
"""


def test_a_law_is_told_from_another_a_little_wrong() -> None:
    assert results("law(length of vln, @exponential(mean: 1/8)) p > 0.001", CLOUD)[0][2]
    assert not results("law(length of vln, @exponential(mean: 11/80)) p > 0.001", CLOUD)[0][2]
    assert results("law(gap of vln, @exponential(mean: 1/16)) p > 0.001", CLOUD)[0][2]
    assert results("law(pitch of vln, @uniform(low: G3, high: E6)) p > 0.001", CLOUD)[0][2]
    assert not results("law(pitch of vln, @uniform(low: G3, high: C6)) p > 0.001", CLOUD)[0][2]


def test_a_law_by_its_name_is_fitted_first() -> None:
    for met in ("length of vln, exponential", "gap of vln, @exponential", "gap of vln, gamma", "pitch of vln, uniform"):
        assert results(f"law({met}) p > 0.01", CLOUD)[0][2], met
    for other in ("length of vln, normal", "gap of vln, maxwell", "pitch of vln, exponential"):
        assert not results(f"law({other}) p > 0.01", CLOUD)[0][2], other
    [(found, notes, held)] = results("law(pitch of cello, normal) p > 0.01")
    assert (np.isnan(found), notes, held) == (True, 3, False)


def test_the_test_of_a_law_is_scipys() -> None:
    for distance in (0.21, 0.4, 0.8, 1.3, 2.0):
        assert kolmogorov(distance) == pytest.approx(stats.kstwobign.sf(distance), abs=1e-9)
    found = np.random.Generator(np.random.PCG64(3)).exponential(1.04, 4_000)
    assert fit(found, Exponential(Constant(1.0)), False) == pytest.approx(stats.kstest(found, "expon").pvalue, abs=0.1)


def test_p_values_of_the_right_law_are_uniform_and_of_a_wrong_one_are_not() -> None:
    rng = np.random.Generator(np.random.PCG64(5))
    law = Span(Constant(0.0), Constant(1.0))
    right = [fit(rng.random(200), law, False) for _ in range(60)]
    wrong = [fit(rng.random(200) ** 1.3, law, False) for _ in range(60)]
    assert stats.kstest(right, "uniform").pvalue > 1e-4
    assert stats.kstest(wrong, "uniform").pvalue < 1e-4


WRONG = [
    ("densty(flute) > 3/s", "STO315"),
    ("density(flut) > 3/s", "STO301"),
    ("density(flute in C) > 3/s", "STO303"),
    ("density(flute in A'') > 3/s", "STO303"),
    ("density(flute) > 3", "STO402"),
    ("density(flute) in 3/s..4/bar", "STO402"),
    ("mean(flute) > 3", "STO407"),
    ("mean(pich of flute) > C4", "STO315"),
    ("mean(pitch of flute) > 1/4", "STO402"),
    ("mean(length of flute) > C4", "STO402"),
    ("mean(pitch of flute) in C5..C4", "STO404"),
    ("count(pitch of flute) > 3", "STO401"),
    ("law(pitch of flute) > 3", "STO407"),
    ("range(flute) > 3", "STO402"),
    ("law(pitch of flute, @normal(mean: C4)) p > 0.1", "STO407"),
    ("law(pitch of flute, @norml(mean: C4, sd: 1st)) p > 0.1", "STO305"),
    ("law(pitch of flute, norml) p > 0.1", "STO305"),
    ("law(pitch of flute, urn) p > 0.1", "STO407"),
    ("law(pitch of flute, @beta) p > 0.1", "STO407"),
]


@pytest.mark.parametrize(("expected", "code"), WRONG)
def test_what_cannot_be_measured_is_one_problem(expected: str, code: str) -> None:
    with pytest.raises(SourceError) as raised:
        results(expected)
    assert [d.code for d in raised.value.diagnostics] == [code]


def test_an_unmet_expectation_is_a_problem_at_its_line() -> None:
    source = Source("score.stoch", f"{SCORE}expect count(flute) > 3\nexpect count(cello  in A) in 4..6\n")
    checked = check_source(source)
    [problem] = unmet(checked, observe(checked, realize_checked(checked)), 1)
    assert problem.message == "expected count(cello in A) in 4..6; this take has 2"
    assert source.text[slice(*problem.span)] == "expect count(cello  in A) in 4..6"


def test_expectations_are_laid_out_and_read_again() -> None:
    lines = "expect   count( flute in A' )in 4 .. 6\n\nexpect law(gap of flute,@exponential(mean:1/8))p>.1"
    lines += "\nexpect law(gap of flute,  normal )p>.1"
    text = format_score(Source("score.stoch", f"{SCORE}{lines}\n"))
    assert "expect count(flute in A') in 4..6\n" in text
    assert "expect law(gap of flute, @exponential(mean: 1/8)) p > .1\n" in text
    assert "expect law(gap of flute, normal) p > .1\n" in text
    first, second = (parse(Source("score.stoch", t)).statements for t in (text, f"{SCORE}{lines}\n"))
    assert first == second
    assert sum(isinstance(statement, tree.Expect) for statement in first) == 3
