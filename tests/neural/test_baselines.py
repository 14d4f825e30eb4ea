import numpy as np
import pytest

from stochos.neural.baselines import score_markov


def plain_witten_bell(train: list[list[int]], test: list[list[int]], classes: int, order: int) -> float:
    """The same smoothing, one count at a time."""

    def chance(context: tuple[int, ...], wanted: int) -> float:
        below = 1 / classes if not context else chance(context[1:], wanted)
        if not context:
            followers = [c for tune in train for c in tune]
        else:
            followers = [c for before, c in pairs if before[len(before) - len(context) :] == context]
            if not followers:
                return below
        kinds = len(set(followers))
        return (followers.count(wanted) + kinds * below) / (len(followers) + kinds)

    def contexts(tunes: list[list[int]]) -> list[tuple[tuple[int, ...], int]]:
        padded = [[classes] * order + tune for tune in tunes]
        return [(tuple(tune[k - order : k]), tune[k]) for tune in padded for k in range(order, len(tune))]

    pairs = contexts(train)
    return float(np.mean([-np.log(chance(context, wanted)) for context, wanted in contexts(test)]))


def test_scores_equal_those_counted_by_hand() -> None:
    rng = np.random.default_rng(2)
    train = [rng.integers(0, 3, 30).tolist() for _ in range(3)]
    test = [rng.integers(0, 4, 12).tolist() for _ in range(2)]
    scores = score_markov(train, test, 4, range(1, 5))
    assert set(scores) == {0, 1, 2, 3, 4}
    for order, score in scores.items():
        assert score.nats == pytest.approx(plain_witten_bell(train, test, 4, order), abs=1e-12)


def test_a_pattern_of_two_is_foretold_by_order_two_and_not_by_one() -> None:
    tunes = [[0, 0, 1, 1] * 40]
    scores = score_markov(tunes, tunes, 2, (1, 2))
    assert scores[2].accuracy > 0.95
    assert scores[1].accuracy < 0.7
    assert scores[2].nats < 0.2 < scores[1].nats
