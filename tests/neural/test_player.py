import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from stochos.neural import bundle
from stochos.neural.player import Player, events_from_tokens
from stochos.neural.sampling import continue_melodies
from stochos.process.passage import Freedom, Token

EVERYTHING = np.ones(128, dtype=bool)


@pytest.fixture(scope="module")
def player() -> Player:
    return Player(bundle.load(bundle.find("basic")))


def played(player: Player, primer=(), *, quarters=16.0, allowed=EVERYTHING, key=0, heat=1.0, seed=1, later=()):
    rngs = (np.random.Generator(np.random.PCG64(each)) for each in (seed, *later))
    return player.continue_tokens(primer, Freedom((heat,) * math.ceil(quarters * 4)), allowed, key, (), rngs)


def test_tokens_become_events_on_sixteenths() -> None:
    tokens = (Token((60,), 0.5), Token((60, 64), 0.25), Token((), 0.5), Token((67,), 0.25))
    assert events_from_tokens(tokens) == [60, -2, 64, -1, -2, 67]
    assert events_from_tokens((Token((60,), 0.05), Token((62,), 0.45))) == [62, -2]
    assert events_from_tokens(()) == []


def test_a_network_plays_on_sixteenths_one_note_at_a_time(player: Player) -> None:
    events = played(player)
    assert len(events.onset) > 8
    assert not np.any((events.onset * 4) % 1)
    assert (events.onset[:-1] + events.duration[:-1] <= events.onset[1:]).all()
    assert events.onset[-1] + events.duration[-1] <= 16.0


def test_only_allowed_pitches_sound(player: Player) -> None:
    allowed = np.array([pitch % 12 in {0, 3, 7} and 55 <= pitch <= 80 for pitch in range(128)])
    pitches = played(player, (Token((60,), 1.0), Token((63,), 1.0)), allowed=allowed, heat=1.5).pitch.astype(int)
    assert len(pitches) > 4
    assert allowed[pitches].all()


def test_without_a_primer_it_plays_in_the_key(player: Player) -> None:
    """The same draw in C and in E flat is the same melody, a minor third apart."""
    wide = np.array([40 <= pitch <= 90 for pitch in range(128)])
    in_c, in_e_flat = played(player, key=0, allowed=wide, heat=0.3), played(player, key=3, allowed=wide, heat=0.3)
    assert (in_e_flat.pitch - in_c.pitch).tolist() == [3.0] * len(in_c.pitch)


def test_a_primer_out_of_range_is_moved_by_octaves(player: Player) -> None:
    low = np.array([28 <= pitch <= 55 for pitch in range(128)])
    high_primer = tuple(Token((pitch,), 0.5) for pitch in (84, 86, 88, 89, 91))
    pitches = played(player, high_primer, allowed=low).pitch
    assert len(pitches) > 4
    assert pitches.max() <= 55


def test_it_plays_alike_for_alike(player: Player) -> None:
    first, second = played(player, seed=3), played(player, seed=3)
    assert all(np.array_equal(a, b) for a, b in zip(first[:3], second[:3], strict=True))
    assert not np.array_equal(first.pitch, played(player, seed=4).pitch)


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many melodies are drawn together, each time that any are."""
    drawn = []

    def counted(*args, rngs, **named):
        drawn.append(len(rngs))
        return continue_melodies(*args, rngs=rngs, **named)

    monkeypatch.setattr("stochos.neural.player.continue_melodies", counted)
    return drawn


def takes(player: Player, asked: Sequence[dict[str, Any]]) -> list[list[list[float]]]:
    """Takes with seeds 0, 1, …, each knowing of those to come."""
    count = len(asked)
    made = [played(player, **each, seed=seed, later=range(seed + 1, count)) for seed, each in enumerate(asked)]
    return [[column.tolist() for column in events[:3]] for events in made]


def test_takes_that_ask_for_the_same_are_drawn_in_one_batch(batches: list[int]) -> None:
    model = bundle.load(bundle.find("basic"))
    together = takes(Player(model), [{}] * 6)
    assert batches == [1, 5]
    alone = [played(Player(model), seed=seed) for seed in range(6)]
    assert together == [[column.tolist() for column in events[:3]] for events in alone]
    assert len({str(take) for take in together}) == 6


LOW = np.arange(128) < 62
OTHERWISE = [{"primer": (Token((62,), 1.0),)}, {"heat": 1.01}, {"allowed": LOW}, {"key": 1}, {"quarters": 15.0}]


@pytest.mark.parametrize("otherwise", OTHERWISE)
def test_takes_that_ask_for_something_else_share_nothing(batches: list[int], otherwise: dict[str, Any]) -> None:
    model = bundle.load(bundle.find("basic"))
    together = takes(Player(model), [{}, {}, otherwise])
    assert batches == [1, 2, 1]
    alone = played(Player(model), **otherwise, seed=2)
    assert together[2] == [column.tolist() for column in alone[:3]]


def test_only_so_many_takes_are_kept(batches: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stochos.neural.player._TOGETHER", 3)
    monkeypatch.setattr("stochos.neural.player._KEPT", 4)
    model = bundle.load(bundle.find("basic"))
    few = takes(Player(model), [{"quarters": 2.0}] * 9)
    assert max(batches) == 3
    assert len(batches) > 4
    assert few == [[c.tolist() for c in played(Player(model), quarters=2.0, seed=seed)[:3]] for seed in range(9)]


def test_part_of_a_sixteenth_and_no_time_at_all(player: Player) -> None:
    assert len(played(player, quarters=0.0).onset) == 0
    assert (played(player, quarters=1.1).onset < 1.25).all()
