import numpy as np
import pytest
from evidence import ALARM, WRONG, context, of_count, of_counts
from scipy import stats

from stochos.process.cells import Cells, poisson
from stochos.process.passage import Frame
from stochos.process.value import Constant, Ramp

ROWS = ("piccolo", "oboe", "trombone", "xylophone", "violin", "cello", "bass")


def cells(parts: tuple[str, ...] = ROWS, **said: object) -> Cells:
    return Cells(parts, Constant(2.0), **said)


def chance_of_kinds(matrix: np.ndarray, mean: float) -> float:
    counts = np.bincount(np.minimum(matrix.ravel(), 4), minlength=5)
    law = stats.poisson(mean)
    return of_counts(counts, [*law.pmf(range(4)), law.sf(3)])


def test_a_cell_holds_as_many_clouds_as_the_law_of_poisson_says() -> None:
    matrix = np.concatenate([cells(columns=Constant(1000.0)).matrix(context(seed=seed)) for seed in range(9)])
    assert matrix.size == 63_000
    assert chance_of_kinds(matrix, 0.6) > ALARM
    assert chance_of_kinds(matrix, 0.6 * WRONG) < ALARM
    assert chance_of_kinds(matrix, 0.6 / WRONG) < ALARM


def test_the_law_is_that_of_scipy() -> None:
    means = np.array([0.0, 1e-9, 0.6, 3.0, 50.0])
    assert poisson(means) == pytest.approx(stats.poisson(means[:, None]).pmf(np.arange(200)), abs=1e-13)


def test_dealt_out_there_are_the_numbers_of_achorripsis() -> None:
    matrix = cells(dealt=True).matrix(context())
    assert matrix.shape == (7, 28)
    assert np.bincount(matrix.ravel()).tolist() == [107, 65, 19, 4, 1]


def test_each_kind_lies_by_poisson_over_the_columns_when_dealt() -> None:
    """Xenakis' second table: how many columns have 0, 1, 2, … single cells, where there are 65 over 28."""
    found = np.concatenate([(cells(dealt=True).matrix(context(seed=s)) == 1).sum(axis=0) for s in range(600)])
    exact = stats.hypergeom(196, 65, 7)  # without putting back; Poisson is its neighbour
    assert of_counts(np.bincount(found, minlength=8), exact.pmf(range(8))) > ALARM
    assert of_counts(np.bincount(found, minlength=8), stats.hypergeom(196, 62, 7).pmf(range(8))) < ALARM


def test_a_ramp_of_the_mean_moves_over_the_columns() -> None:
    ramp = Ramp((0.0, 1.0), (Constant(0.0), Constant(3.0)), ("", ""))
    matrix = np.concatenate([cells(columns=Constant(100.0), mean=ramp).matrix(context(seed=s)) for s in range(100)])
    for column in (0, 50, 99):
        mean = 3.0 * (column + 0.5) / 100
        assert of_count(matrix[:, column].sum(), 700 * mean, 700 * mean) > ALARM
    assert of_count(matrix[:, 50].sum(), 700 * 1.2, 700 * 1.2) < ALARM


def test_a_cell_of_so_many_clouds_is_so_many_times_as_dense() -> None:
    field = cells(parts=("flute",), columns=Constant(40.0), mean=Constant(1.5))
    place, quarters = context(8_000.0), 200.0
    frame = Frame(place, None, Constant(60), Constant(72), np.ones(128, dtype=bool), 0, (), None, "flute")
    kinds = field.matrix(frame.shared)[0]
    notes = np.histogram(field.play(frame).onset, bins=40, range=(0.0, 8_000.0))[0]
    assert set(kinds) >= {0, 1, 2, 3}
    assert not notes[kinds == 0].any()
    for kind in (1, 2, 3):
        expected = 2.0 * kind * quarters * (kinds == kind).sum()
        assert of_count(notes[kinds == kind].sum(), expected, expected) > ALARM
        assert of_count(notes[kinds == kind].sum(), expected * 1.2, expected * 1.2) < ALARM
