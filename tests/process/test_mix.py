import itertools
from fractions import Fraction

import numpy as np
import pytest
from stage import frame

from stochos.diagnostics import SourceError
from stochos.neural import bundle
from stochos.neural.player import Player
from stochos.pipeline import check_source, realize_checked
from stochos.process.chain import Chain, learn
from stochos.process.foretelling import EVENTS, FIRST, HOLD, OFF, ChainTeller, notes_of, on_grid
from stochos.process.lstm import Lstm
from stochos.process.markov import Markov
from stochos.process.mix import Mix
from stochos.process.passage import Token
from stochos.process.value import Constant, Ramp
from stochos.source import Source

ALL = np.ones(EVENTS, dtype=bool)
SONG = (
    Token((60,), 0.5), Token((62,), 0.25), Token((60,), 0.25), Token((60,), 0.5), Token((), 0.25), Token((62,), 0.5),
    Token((60,), 0.25), Token((), 0.5), Token((62,), 0.25), Token((62,), 0.25), Token((60,), 0.25),
)  # fmt: skip


def teller(
    chain: Chain, order: float | None = None, heat: float = 1.0, heard: tuple[int, ...] = (), **bounds: object
) -> ChainTeller:
    asked = float(chain.order) if order is None else order
    return ChainTeller(chain, lambda place: asked, lambda place: heat, heard, **bounds)


def told(events: tuple[int, ...], chain: Chain, **bounds: object) -> float:
    """The chance of a run of events, as a chain foretells it step by step."""
    foretold, chance = teller(chain, **bounds), 1.0
    for event in events:
        chance *= foretold.chances(0.0, ALL)[event]
        foretold.hear(event)
    return chance


def walked(chain: Chain, steps: int) -> dict[tuple[int, ...], float]:
    """The chance of every run of so many events, from the walks that make them: cut where the time is over."""
    found: dict[tuple[int, ...], float] = {}

    def go(gone: tuple[int, ...], events: tuple[int, ...], chance: float) -> None:
        if len(events) >= steps:
            found[events[:steps]] = found.get(events[:steps], 0.0) + chance
            return
        memories = (gone[len(gone) - depth :] for depth in range(min(len(gone), chain.order), -1, -1))
        row = next(row for row in map(chain.row, memories) if row is not None)
        for state, likely in zip(*row, strict=True):
            token = chain.states[state]
            begins = FIRST + token.pitches[0] if token.pitches else OFF
            go((*gone, state), (*events, begins, *[HOLD] * (round(token.length * 4) - 1)), chance * likely)

    go((), (), 1.0)
    return found


@pytest.mark.parametrize("order", [0, 1, 2])
def test_a_chain_foretells_on_sixteenths_just_what_it_plays(order: int) -> None:
    chain = learn(SONG, order)
    found = walked(chain, 5)
    assert sum(found.values()) == pytest.approx(1.0)
    for events, chance in found.items():
        assert told(events, chain) == pytest.approx(chance)
    every = itertools.product([HOLD, OFF, FIRST + 60, FIRST + 62], repeat=5)
    assert sum(told(events, chain) for events in every if events[0] != HOLD) == pytest.approx(1.0)


def bounded(
    chain: Chain, steps: int, least: int = 0, most: int = 99, dead_end: str = "shorten"
) -> dict[tuple[int, ...], float]:
    """As `walked`, with states that come so often running, and what is done at dead ends."""
    found: dict[tuple[int, ...], float] = {}

    def choices(gone: tuple[int, ...], run: int) -> list[tuple[int, float]]:
        if gone and run < least:
            return [(gone[-1], 1.0)]
        depth = min(len(gone), chain.order)
        memories = [gone[len(gone) - back :] for back in range(depth, -1, -1)]
        if dead_end == "nearest" and chain.row(memories[0]) is None:
            memories.insert(1, chain.nearest(memories[0]) or ())
        rows = [list(zip(*row, strict=True)) for row in map(chain.row, memories) if row is not None]
        others = [[(s, c) for s, c in row if not (gone and run >= most and s == gone[-1])] for row in rows]
        row = next((row for row in others if row), rows[0])
        return [(state, chance / sum(c for _, c in row)) for state, chance in row]

    def go(gone: tuple[int, ...], run: int, events: tuple[int, ...], chance: float, last: int) -> None:
        if len(events) >= steps:
            found[events[:steps]] = found.get(events[:steps], 0.0) + chance
            return
        if dead_end == "restart" and chain.row(gone[len(gone) - min(len(gone), chain.order) :]) is None:
            gone = ()
        for state, likely in choices(gone, run):
            token = chain.states[state]
            begins = FIRST + token.pitches[0] if token.pitches else OFF
            held = (*events, begins, *[HOLD] * (round(token.length * 4) - 1))
            go((*gone, state), run + 1 if state == last else 1, held, chance * likely, state)

    go((), 0, (), 1.0, -1)
    return found


@pytest.mark.parametrize(
    ("order", "said"), [(1, {"least": 2}), (1, {"most": 1}), (2, {"most": 1}), (1, {"least": 2, "most": 2})]
)  # fmt: skip
def test_a_chain_is_bound_as_when_it_plays_alone(order: int, said: dict[str, int]) -> None:
    chain = learn(SONG, order, wrapped=True)
    found = bounded(chain, 6, **said)
    assert found != pytest.approx(bounded(chain, 6))
    bounds = {name: (lambda place, number=number: float(number)) for name, number in said.items()}
    for events, chance in found.items():
        assert told(events, chain, **bounds) == pytest.approx(chance)


@pytest.mark.parametrize(
    ("dead_end", "said", "song", "order"),
    [("nearest", {"likens": True}, (60, 64, 65, 64, 67), 1),
     ("restart", {"restarts": True}, (60, 64, 67, 60, 65, 67), 2)],
)  # fmt: skip
def test_at_a_dead_end_a_chain_does_as_when_it_plays_alone(
    dead_end: str, said: dict[str, bool], song: tuple[int, ...], order: int
) -> None:
    chain = learn(tuple(Token((pitch,), 0.25) for pitch in song), order)
    found = bounded(chain, 6, dead_end=dead_end)
    assert set(found) != set(bounded(chain, 6))
    for events, chance in found.items():
        assert told(events, chain, **said) == pytest.approx(chance)


def test_a_chain_goes_on_where_others_took_over() -> None:
    chain = learn(SONG, 1, wrapped=True)
    foretold = teller(chain)
    for event in (FIRST + 60, *[HOLD] * 9):
        foretold.hear(event)
    assert foretold.chances(0.0, ALL)[HOLD] == 0.0, "longer than any of its notes: it ends now"
    foretold = teller(chain)
    foretold.hear(FIRST + 99)
    chances = foretold.chances(0.0, ALL)
    assert chances.sum() == pytest.approx(1.0)
    assert 0.0 < chances[HOLD] < 1.0, "a pitch that it does not know lasts as its own do"
    foretold.hear(OFF)
    assert foretold.chances(0.0, ALL).sum() == pytest.approx(1.0)


def test_only_what_is_permitted_is_foretold() -> None:
    permitted = ALL.copy()
    permitted[FIRST + 60] = False
    foretold = teller(learn(SONG, 2))
    for _ in range(20):
        chances = foretold.chances(0.0, permitted)
        assert chances[FIRST + 60] == 0.0
        assert chances.sum() == pytest.approx(1.0)
        foretold.hear(int(np.argmax(chances)))
    nothing = np.zeros(EVENTS, dtype=bool)
    assert teller(learn(SONG, 2)).chances(0.0, nothing).sum() == 0.0


def test_a_fractional_order_is_the_mean_of_its_neighbours() -> None:
    chain = learn(SONG, 2)
    index = {state: i for i, state in enumerate(chain.states)}
    heard = (index[SONG[0]], index[SONG[1]])
    one, two, between = (teller(chain, order, heard=heard).chances(0.0, ALL) for order in (1.0, 2.0, 1.25))
    assert not np.allclose(one, two)
    assert between == pytest.approx(0.75 * one + 0.25 * two)


def test_events_are_notes() -> None:
    assert notes_of([HOLD, FIRST + 60, HOLD, OFF, OFF, FIRST + 62, FIRST + 62]) == [
        (0.25, 0.5, 60.0), (1.25, 0.25, 62.0), (1.5, 0.25, 62.0),
    ]  # fmt: skip
    assert on_grid((Token((60, 64), 0.05), Token((), 0.0))) == (Token((64,), 0.25), Token((), 1.0))


@pytest.fixture(scope="module")
def network() -> Player:
    return Player(bundle.load(bundle.find("basic")))


@pytest.mark.parametrize("primer", [(), SONG[:4], (Token((100,), 1.0),)])
def test_a_network_alone_plays_what_it_plays_without_a_mixture(network: Player, primer: tuple[Token, ...]) -> None:
    allowed = np.array([pitch % 12 in {0, 2, 4, 5, 7, 9, 11} for pitch in range(128)])
    there = frame(16.0, network=lambda model: network, allowed=allowed, key=5, low=Constant(50.0), high=Constant(80.0))
    alone = Lstm("basic", primer, Constant(1.2)).play(there)
    mixed = Mix((Lstm("basic", temperature=Constant(1.2)),), primer=primer).play(there)
    assert len(alone.onset) > 4
    assert all(np.array_equal(a, b) for a, b in zip(alone[:3], mixed[:3], strict=True))


def test_a_chain_and_a_network_play_together(network: Player) -> None:
    there = frame(32.0, network=lambda model: network)
    parts = (Markov(from_=(Token((90,), 0.25),)), Lstm("basic"))
    weights = (Ramp((0.0, 1.0), (Constant(0.0), Constant(1.0)), ("", "")), Constant(0.5))
    played = Mix(parts, weights).play(there)
    of_chain = played.onset[played.pitch == 90]
    assert 0 < len(of_chain) < len(played.onset)
    assert np.median(of_chain) > 16
    assert (played.onset[:-1] + played.duration[:-1] <= played.onset[1:]).all()
    assert len(Mix(parts, weights).play(frame(32.0, network=lambda model: network, count=7)).onset) == 7


def test_notes_last_as_a_chain_of_them_says() -> None:
    chain = Chain.written(
        [((Token((60,), 0.0),), [(Token((62,), 0.5), 1.0)]), ((Token((62,), 0.5),), [(Token((60,), 0.0), 1.0)])]
    )
    played = Mix((Markov(chain=chain),), primer=(Token((62,), 0.5),)).play(frame(3.0))
    assert played.pitch.tolist() == [60, 62, 60, 62]
    assert [Fraction(length) for length in played.duration] == [1, Fraction(1, 2), 1, Fraction(1, 2)]


SCORE = 'part flute = "Flute"\nlet tune = | C5:4 D5 E5:8 F5 G5:4 |\nsection A 4 bars {{ flute: {} fill }}\n'


@pytest.mark.parametrize(
    "call",
    [
        "@mix(of: [@markov(from: $tune, order: 1 -> 2), @lstm(model: basic)], weights: [0.3, 0.7 -> 0.1])",
        "@mix(of: [@markov(from: $tune, wrap: yes)], scale: key, primer: `C5:4`)",
    ],
)
def test_a_score_may_mix(call: str) -> None:
    piece = realize_checked(check_source(Source("s.stoch", SCORE.format(call))))
    assert len(piece.parts[0].notes) > 3


@pytest.mark.parametrize(
    ("call", "code", "said"),
    [
        ("@mix(of: [@markov(from: $tune), @lstm(model: basic)], weights: [1])", "STO401", "2 processes and 1 weights"),
        ("@mix(of: [@markov(from: $tune)], weights: [0])", "STO401", "above 0"),
        ("@mix(of: [@markov(from: $tune)], weights: [-1])", "STO403", "weights"),
        ("@mix(of: [@poisson(density: 1/beat)])", "STO401", "cannot say what it would play next"),
        ("@mix(of: [C4])", "STO401", "cannot say what it would play next"),
        ("@mix(of: [@lstm(model: gan)])", "STO401", "learned to write whole bars"),
        ("@mix(of: @markov(from: $tune))", "STO401", "list"),
        ("@mix(of: [@markov(from: $tune, length: 1/8)])", "STO306", "length"),
        ("@mix(of: [@markov(from: $tune, dead_end: error)])", "STO502", "nowhere"),
        ("@mix(of: [@markov(chain: @chain { 2st: 2st })])", "STO401", "intervals"),
        ("@mix(of: [@lstm(model: basix)])", "STO603", "basix"),
        ("@mix(of: [])", "STO", ""),
    ],
)
def test_a_mixture_is_checked(call: str, code: str, said: str) -> None:
    with pytest.raises(SourceError) as raised:
        check_source(Source("s.stoch", SCORE.format(call)))
    problems = [d for d in raised.value.diagnostics if not d.is_warning]
    assert len(problems) == 1
    assert problems[0].code.startswith(code)
    assert said in problems[0].message
