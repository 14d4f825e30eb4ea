import numpy as np
from evidence import ALARM, WRONG, context, of_count

from stochos.process.markov import Markov
from stochos.process.mix import Mix
from stochos.process.passage import Frame, Token
from stochos.process.value import Constant, Ramp, Value

STEPS = 20_000


def played(weights: tuple[Value, ...]) -> np.ndarray:
    """Whether each sixteenth was the first chain's, of two that play one note each."""
    chains = tuple(Markov(from_=(Token((pitch,), 0.25),)) for pitch in (60, 62))
    there = Frame(
        context(STEPS / 4), None, Constant(0.0), Constant(127.0), np.ones(128, dtype=bool), 0, (), lambda model: None
    )  # fmt: skip
    events = Mix(chains, weights).play(there)
    assert len(events.pitch) == STEPS
    return events.pitch == 60


def test_processes_are_heard_as_often_as_they_weigh() -> None:
    def chance(share: float) -> float:
        return of_count(found.sum(), STEPS * share, STEPS * share * (1 - share))

    found = played((Constant(1.2), Constant(0.8)))
    assert chance(0.6) > ALARM
    assert chance(0.6 * WRONG) < ALARM


def test_weights_that_move_are_those_of_each_place() -> None:
    found = played((Ramp((0.0, 1.0), (Constant(0.0), Constant(1.0)), ("", "")), Constant(0.25)))
    places = np.arange(STEPS) / STEPS
    law = places / (places + 0.25)

    def chance(law: np.ndarray) -> float:
        parts = np.array_split(np.arange(STEPS), 5)
        each = [of_count(found[p].sum(), law[p].sum(), (law * (1 - law))[p].sum()) for p in parts]
        return min(5 * min(each), of_count(found.sum(), law.sum(), (law * (1 - law)).sum()))

    assert chance(law) > ALARM
    assert chance(law * WRONG) < ALARM
