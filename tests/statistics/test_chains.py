import numpy as np
import pytest
from evidence import ALARM, WRONG, context, of_count, of_counts, of_law
from scipy import stats

from stochos.process.chain import Chain, learn
from stochos.process.markov import Markov
from stochos.process.morph import Morph
from stochos.process.passage import Token
from stochos.process.value import Constant, Ramp

DRAWS = 20_000
X, Y = Token((60,), 1.0), Token((62,), 1.0)


def walked(markov: Markov, draws: int = DRAWS) -> np.ndarray:
    return markov.sampler(context())(np.linspace(0.0, 1.0, draws)).astype(int)


def of_rows(states: np.ndarray, rows: dict[int, dict[int, float]]) -> float:
    """Chance of what followed each state, by rows of chances."""
    chances = []
    for state, row in rows.items():
        after = states[1:][states[:-1] == state]
        chances.append(of_counts([np.sum(after == target) for target in row], list(row.values())))
    return len(rows) * min(chances)


def beta(stay: float = 0.85) -> Chain:
    """Xenakis' matrix (beta) of Analogique A."""
    return Chain.written([((X,), [(X, stay), (Y, 1.0 - stay)]), ((Y,), [(X, 0.4), (Y, 0.6)])])


BETA = {60: {60: 0.85, 62: 0.15}, 62: {60: 0.4, 62: 0.6}}


def test_a_written_chain_follows_its_rows() -> None:
    assert of_rows(walked(Markov(chain=beta())), BETA) > ALARM
    assert of_rows(walked(Markov(chain=beta(0.85 * WRONG))), BETA) < ALARM


def test_a_chain_settles_into_its_stationary_law() -> None:
    """Its eigenvector; neighbours resemble each other, which widens the count by (1 + r) / (1 - r), r = 0.45."""
    matrix = np.array([[0.85, 0.15], [0.4, 0.6]])
    values, vectors = np.linalg.eig(matrix.T)
    stationary = np.real(vectors[:, np.argmax(values)])
    share = float((stationary / stationary.sum())[0])
    variance = DRAWS * share * (1 - share) * 1.45 / 0.55
    found = int((walked(Markov(chain=beta())) == 60).sum())
    assert of_count(found, DRAWS * share, variance) > ALARM
    assert of_count(found, DRAWS * share * WRONG, variance) < ALARM


def test_temperature_takes_chances_to_a_power() -> None:
    tokens = [Token((pitch,), 1.0) for pitch in range(40, 70)]
    row = [(token, float(np.exp(-0.4 * k))) for k, token in enumerate(tokens)]
    chain = Chain.written([((token,), row) for token in tokens])

    def chance(temperature: float) -> float:
        states = walked(Markov(chain=chain, temperature=Constant(temperature)))[1:] - 40
        law = np.exp(-0.2 * np.arange(30))
        law /= law.sum()
        mean = float(law @ np.arange(30))
        return 2.0 * min(
            of_counts(np.bincount(states, minlength=30), law),
            of_count(states.sum(), len(states) * mean, len(states) * float(law @ (np.arange(30) - mean) ** 2)),
        )

    assert chance(2.0) > ALARM
    assert chance(2.0 * WRONG) < ALARM


def test_at_temperature_0_the_likeliest_state_always_comes() -> None:
    states = walked(Markov(chain=beta(), temperature=Constant(0.0), start=Constant(60.0)), 100)
    assert (states == 60).all()


def in_pairs() -> tuple[Token, ...]:
    """X X Y Y X X Y Y …: two states back all is certain, one back nothing is."""
    return (X, X, Y, Y) * 50


def test_a_fractional_order_looks_farther_back_as_often() -> None:
    """1.4: certain in 4 of 10 steps, even odds in the others: 7 of 10 steps are the certain one."""

    def chance(order: float) -> float:
        states = walked(Markov(from_=in_pairs(), order=Constant(order)))
        as_written = states[2:] != states[:-2]
        return of_count(as_written.sum(), 0.7 * len(as_written), 0.21 * len(as_written))

    assert chance(1.4) > ALARM
    assert chance(1.4 * WRONG) < ALARM


def test_a_ramped_order_grows_surer_towards_the_end() -> None:
    ramp = Ramp((0.0, 1.0), (Constant(1.0), Constant(2.0)), ("", ""))
    states = walked(Markov(from_=in_pairs(), order=ramp))
    places = np.flatnonzero(states[2:] == states[:-2]) / (DRAWS - 2)  # the surprises, ever rarer
    assert of_law(places, stats.beta(1, 2)) > ALARM
    assert of_law(places, stats.uniform) < ALARM


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_learned_chain_draws_as_often_as_it_heard(order: int) -> None:
    """What follows the run of states that begins the walk, next to the chances counted in the piece."""
    rng = np.random.default_rng(5)
    piece = tuple(Token((int(pitch),), 1.0) for pitch in rng.choice([60, 62], 90, p=[0.8, 0.2]))
    heard = [token.pitches[0] for token in piece * 2]
    run = [60] * order
    counts = {60: 0, 62: 0}
    for i in range(len(piece)):
        if heard[i : i + order] == run:
            counts[heard[i + order]] += 1
    chain = learn(piece, order, wrapped=True)
    states = walked(Markov(chain=chain, order=Constant(float(order))), 60_000)
    windows = np.lib.stride_tricks.sliding_window_view(states, order + 1)
    after = windows[(windows[:, :order] == run).all(axis=1)][:, order]
    found = [np.sum(after == pitch) for pitch in counts]
    assert of_counts(found, list(counts.values())) > ALARM
    share = counts[60] / sum(counts.values()) / WRONG
    assert of_counts(found, [share, 1.0 - share]) < ALARM


def test_most_cuts_runs_short_and_least_draws_them_out() -> None:
    """How long X stays: geometric from the least on, and all that would be longer is as long as the most."""
    stay = 0.85
    states = walked(Markov(chain=beta(stay), least=Constant(2.0), most=Constant(5.0)), 60_000)
    edges = np.flatnonzero(np.diff(states)) + 1
    lengths = np.diff(edges)[states[edges[:-1]] == 60]

    def chance(stay: float) -> float:
        law = [1 - stay, stay * (1 - stay), stay**2 * (1 - stay), stay**3]
        return of_counts([np.sum(lengths == run) for run in (2, 3, 4, 5)], law)

    assert set(lengths.tolist()) == {2, 3, 4, 5}
    assert chance(stay) > ALARM
    assert chance(stay * WRONG) < ALARM


def test_a_chain_on_its_way_into_another_has_the_chances_of_each_place() -> None:
    """From staying in 2 of 10 steps to 8 of 10: by tenths of the passage, and in all."""

    def alike(stay: float) -> Chain:
        return Chain.written([((X,), [(X, stay), (Y, 1 - stay)]), ((Y,), [(X, 1 - stay), (Y, stay)])])

    states = walked(Markov(chain=Morph.between((0.0, 1.0), (alike(0.2), alike(0.8)), ("", ""))))
    stays = states[1:] == states[:-1]
    places = np.arange(1, DRAWS) / (DRAWS - 1)

    def chance(end: float) -> float:
        law = 0.2 + (end - 0.2) * places
        tenths = [slice(i * DRAWS // 10, (i + 1) * DRAWS // 10) for i in range(10)]
        chances = [of_count(stays[t].sum(), law[t].sum(), (law * (1 - law))[t].sum()) for t in tenths]
        return min(10 * min(chances), of_count(stays.sum(), law.sum(), (law * (1 - law)).sum()))

    assert chance(0.8) > ALARM
    assert chance(0.8 * WRONG) < ALARM
