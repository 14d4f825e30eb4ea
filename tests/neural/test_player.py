import math

import numpy as np
import pytest

from stochos.neural import bundle
from stochos.neural.player import Player, events_from_tokens
from stochos.process.passage import Freedom, Token

EVERYTHING = np.ones(128, dtype=bool)


@pytest.fixture(scope="module")
def player() -> Player:
    return Player(bundle.load(bundle.find("basic")))


def played(player: Player, primer=(), *, quarters=16.0, allowed=EVERYTHING, key=0, heat=1.0, seed=1):
    rng = np.random.Generator(np.random.PCG64(seed))
    return player.continue_tokens(primer, Freedom((heat,) * math.ceil(quarters * 4)), allowed, key, (), rng)


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


def test_part_of_a_sixteenth_and_no_time_at_all(player: Player) -> None:
    assert len(played(player, quarters=0.0).onset) == 0
    assert (played(player, quarters=1.1).onset < 1.25).all()
