import numpy as np
import pytest
from evidence import ALARM, context, of_counts

from stochos.process.couple import ALPHA, BETA, Couple
from stochos.process.passage import Frame
from stochos.process.value import ByName, Constant, Sequence, Span

ANALOGIQUE = ((0.0, -1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0))
STEPS = 120_000

HEARD = {  # Formalized Music: which matrix each state of another part proposes
    "f": {"g0": BETA, "g1": ALPHA, "d0": ALPHA, "d1": BETA},
    "g": {"f0": ALPHA, "f1": BETA, "d0": ALPHA, "d1": BETA},
    "d": {"f0": ALPHA, "f1": BETA, "g0": ALPHA, "g1": BETA},
}


def couple(coupling: tuple[tuple[float, ...], ...] = ANALOGIQUE, **said: object) -> Couple:
    return Couple(("f", "g", "d"), Constant(1.0), Constant(1.0), coupling=coupling, **said)


def by_hand(heard: dict = HEARD) -> np.ndarray:
    """The matrix of the eight screens A to H, written out from the table."""
    matrix = np.empty((8, 8))
    for start in range(8):
        now = dict(zip("fgd", (start >> 2 & 1, start >> 1 & 1, start & 1), strict=True))
        for end in range(8):
            then = dict(zip("fgd", (end >> 2 & 1, end >> 1 & 1, end & 1), strict=True))
            chance = 1.0
            for part, table in heard.items():
                proposals = [table[f"{other}{now[other]}"][now[part]][then[part]] for other in "fgd" if other != part]
                chance *= np.mean(proposals)
            matrix[start, end] = chance
    return matrix


def screens(process: Couple, seed: int = 20) -> np.ndarray:
    return process.states(context(seed=seed), STEPS) @ np.array([4, 2, 1])


def chance_of_steps(found: np.ndarray, matrix: np.ndarray) -> float:
    """Of the transitions that were counted: each row by chi-square, the oddest of the eight."""
    counts = np.zeros((8, 8))
    np.add.at(counts, (found[:-1], found[1:]), 1)
    return 8.0 * min(of_counts(counts[i], matrix[i]) for i in range(8))


def stationary(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eig(matrix.T)
    vector = np.real(vectors[:, np.argmin(abs(values - 1.0))])
    return vector / vector.sum()


def test_the_screens_are_those_of_the_table() -> None:
    assert couple().screens() == pytest.approx(by_hand(), abs=1e-15)
    assert couple().screens().sum(axis=1) == pytest.approx(np.ones(8))


def test_the_parts_go_from_screen_to_screen_as_the_product_says() -> None:
    found = screens(couple())
    assert chance_of_steps(found, by_hand()) > ALARM
    swapped = HEARD | {"f": {"g0": ALPHA, "g1": BETA, "d0": ALPHA, "d1": BETA}}
    assert chance_of_steps(found, by_hand(swapped)) < ALARM
    near = 0.95 * by_hand() + 0.05 / 8
    assert chance_of_steps(found, near) < ALARM


def test_screens_come_as_often_as_the_stationary_law_says() -> None:
    """Every 25th, so that they hardly know of each other."""
    found = np.concatenate([screens(couple(), seed)[24::25] for seed in range(6)])
    counts = np.bincount(found, minlength=8)
    law = stationary(by_hand())
    assert of_counts(counts, law) > ALARM
    assert of_counts(counts, np.roll(law, 1)) < ALARM
    assert of_counts(counts, np.full(8, 1 / 8)) < ALARM


def test_who_hears_nobody_goes_by_alpha() -> None:
    deaf = couple(((0.0, 0.0, 0.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)))
    for state in range(8):
        now = (state >> 2 & 1, state >> 1 & 1, state & 1)
        assert deaf.rises(now)[0] == pytest.approx(ALPHA[now[0]][1])


def test_a_weight_is_a_share_of_the_say() -> None:
    assert couple(((0, -3, 1), (1, 0, 1), (1, 1, 0))).rises((0, 0, 0))[0] == pytest.approx(0.75 * 0.15 + 0.25 * 0.8)


def test_an_absorbing_state_is_never_left() -> None:
    stays = ((1.0, 0.0), (0.0, 1.0))
    states = couple(alpha=stays, beta=stays).states(context(), 100)
    assert (states == states[0]).all()


def test_each_state_has_its_own_density_and_pitches() -> None:
    field = Couple(
        ("f", "g"), Constant(5.0), Sequence((Constant(1.0), Constant(4.0))),
        pitch=Sequence((Span(Constant(40.0), Constant(50.0)), Constant(80.0))),
    )  # fmt: skip
    place = context(20_000.0)
    frame = Frame(place, None, Constant(0), Constant(127), np.ones(128, dtype=bool), 0, (), None, "g")
    high = field.states(frame.shared, 4_000)[:, 1]
    events = field.play(frame)
    there = high[(events.onset // 5.0).astype(int)]
    assert (events.pitch[there] == 80).all()
    assert (events.pitch[~there] <= 50).all()
    assert of_counts([there.sum(), (~there).sum()], [4.0 * high.sum(), (~high).sum()]) > ALARM
    assert of_counts([there.sum(), (~there).sum()], [3.6 * high.sum(), (~high).sum()]) < ALARM


@pytest.mark.parametrize("by_name", [False, True])
def test_velocity_and_length_go_by_the_state_of_their_moment(by_name: bool) -> None:
    def said(low: object, high: object) -> object:
        return ByName(("high", "low"), (high, low)) if by_name else Sequence((low, high))

    field = Couple(
        ("f", "g"), Constant(5.0), said(Constant(2.0), Constant(4.0)), length=said(Constant(0.5), Constant(0.125)),
        velocity=said(Span(Constant(20.0), Constant(50.0)), Constant(100.0)),
    )  # fmt: skip
    place = context(2_000.0)
    frame = Frame(place, None, Constant(0), Constant(127), np.ones(128, dtype=bool), 0, (), None, "f")
    high = field.states(frame.shared, 400)[:, 0]
    events = field.play(frame)
    there = high[(events.onset // 5.0).astype(int)]
    assert events.velocity is not None
    assert (events.velocity[there] == 100.0).all()
    assert ((events.velocity[~there] >= 20.0) & (events.velocity[~there] <= 50.0)).all()
    assert events.duration[:-4][there[:-4]] == pytest.approx(0.125)
    assert events.duration[:-4][~there[:-4]] == pytest.approx(0.5)


@pytest.mark.parametrize("name", ["density", "pitch", "length", "velocity"])
def test_what_is_said_by_state_names_both(name: str) -> None:
    rate = {"density": Constant(1.0)}
    one = Constant(1.0)
    for wrong in (Sequence((one,) * 3), ByName(("low",), (one,)), ByName(("low", "hi"), (one, one))):
        found = Couple(("f", "g"), Constant(1.0), **(rate | {name: wrong})).flaw("f")
        assert found is not None
        assert found[0] == name
