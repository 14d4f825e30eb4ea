"""Melodies over chords: what is heard of both, and how a network follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import PCG64, Generator

from stochos.music.harmony import parse_chord
from stochos.neural import bundle
from stochos.neural.baselines import foretell
from stochos.neural.beam import Beam, takes
from stochos.neural.bundle import Config
from stochos.neural.encodings import ENCODINGS
from stochos.neural.evaluation import evaluate, hear
from stochos.neural.harmony import (
    CHORD,
    HIGHEST,
    LOWEST,
    Sounding,
    at_steps,
    chord_of,
    led_on,
    moved,
    parted,
    plainer,
    to_c,
    to_network,
    told,
    woven,
)  # fmt: skip
from stochos.neural.melodies import Tune
from stochos.neural.sampling import Choice, Stepper, continue_melodies, softmax
from stochos.neural.vocabulary import tones_from_events

HARMONY = ENCODINGS["harmony"]
SMALL = Config("harmony", "lstm", (9, 7), LOWEST, HIGHEST)
Weights = Callable[[Config], dict[str, np.ndarray]]

chords = st.none() | st.builds(Sounding, st.integers(0, 11), st.frozensets(st.integers(0, 11), min_size=1))
frames = st.lists(st.tuples(st.sampled_from((-2, -1, *range(LOWEST, HIGHEST + 1))), chords), min_size=1, max_size=40)


def chord(symbol: str) -> Sounding:
    """In one octave."""
    found = parse_chord(symbol)
    assert found is not None
    return Sounding(found.root, found.pitch_classes)


# --- the stream ---------------------------------------------------------------------------------


@given(frames)
def test_a_stream_is_its_melody_and_its_chords_again(frames: list[tuple[int, Sounding | None]]) -> None:
    melody, heard = map(list, zip(*frames, strict=True))
    stream = woven(melody, heard)
    assert parted(stream) == (melody, heard)
    classes = HARMONY.encode(stream)
    assert HARMONY.decode(classes) == stream
    right = HARMONY.right(stream)
    assert not right[::2].any()
    assert np.argmax(right[1::2], axis=1).tolist() == classes[1::2]
    assert right[1::2].sum() == len(melody)


@given(chords, st.integers(-24, 24))
def test_a_chord_that_is_moved_is_moved_back(heard: Sounding | None, semitones: int) -> None:
    event = told(heard)
    assert moved(moved(event, semitones), -semitones) == event
    found = chord_of(moved(event, semitones))
    if heard is None:
        assert found is None
    else:
        assert found == Sounding(
            (heard.root + semitones) % 12, frozenset((tone + semitones) % 12 for tone in heard.classes)
        )


def test_what_is_heard_is_the_pitch_how_long_it_sounds_the_chord_and_the_beat() -> None:
    """D minor is told, and a C held for the third sixteenth."""
    rows = HARMONY.heard([*woven([72, -2, -2], [None, None, None]), told(chord("Dm"))])
    pitches, melody, roots = 25, 43, 55
    sounding = {72 - LOWEST, pitches + 0, pitches + 14, pitches + 15}
    assert set(np.flatnonzero(rows[-1]).tolist()) == sounding | {melody + 2, melody + 5, melody + 9, roots + 2, 68, 72}
    assert np.flatnonzero(rows[0]).tolist() == [pitches + 12, 67, 69]
    assert rows[2][pitches + 13] == 1
    assert rows[4][pitches + 13] == 0


@pytest.mark.parametrize(("progression", "to_key"), [("Dm Gm A7 Dm", 7), ("F Bb C7 F", 7), ("C F G7 C", 0)])
def test_chords_say_the_key(progression: str, to_key: int) -> None:
    """D minor and F major go down a fourth or up a fifth."""
    assert to_c([chord(symbol) for symbol in progression.split()]) == to_key


def test_without_chords_the_key_is_the_score_s_and_the_middle_is_nearest() -> None:
    assert to_c([None]) is None
    assert [to_network([None], key, 72.0) for key in (0, 2, 7, 11)] == [0, -2, 5, 1]
    assert to_network([None], 0, 48.0) == 24
    assert to_network([chord("G"), chord("D7"), chord("G")], 0, 72.0) == 5


def test_a_chord_lasts_until_the_next() -> None:
    dm, a7 = parse_chord("Dm"), parse_chord("A7")
    heard = at_steps(((0.0, dm), (0.5, None), (1.0 - 1e-9, a7)), 6)
    assert heard == [chord("Dm")] * 2 + [None] * 2 + [chord("A7")] * 2
    assert at_steps(((0.25, dm),), 2) == [None, chord("Dm")]


def test_a_primer_ends_on_a_beat_and_is_heard_without_chords() -> None:
    primer, heard = led_on([60, -2, 62], [chord("Dm"), None], 2)
    assert primer == [-2, 60, -2, 62]
    assert heard == [*[CHORD] * 4, told(chord("Em")), CHORD]


def test_some_stretches_have_plainer_chords_and_the_melody_stays() -> None:
    """Chords that all differ show which were heard: of each stretch in how many groups they came."""
    names = [Sounding(step % 12, frozenset({step % 12, step // 12 % 12, step // 144})) for step in range(0, 640)]
    stream = woven([60] * 640, names)
    rng = Generator(PCG64(1))
    lengths = []
    for _ in range(400):
        melody, heard = parted(plainer(stream, 0.4, rng))
        assert melody == [60] * 640
        inside = heard[80:560]
        runs = [step for step in range(1, 480) if inside[step] != inside[step - 1]]
        lengths.append((sum(c is None for c in inside) / 480, len(runs) / 480))
        assert all(c is None or names.index(c) <= 80 + step for step, c in enumerate(inside))
    silent, changes = np.mean(lengths, axis=0)
    assert silent == pytest.approx(0.4 / 3, abs=0.02)
    assert changes == pytest.approx(0.6 + 0.4 / 3 * (1 / 8 + 1 / 16), abs=0.03)
    assert plainer(stream, 0.0, rng) == stream


# --- playing ------------------------------------------------------------------------------------


def test_each_event_is_drawn_with_the_chord_known(random_weights: Weights) -> None:
    """Shares of the first event after a primer beside the network asked by hand, and asked of another chord."""
    model = bundle.assemble(SMALL, random_weights(SMALL))
    heard = [CHORD, told(chord("G7")), told(chord("Dm"))]

    class Draws:
        def __init__(self, uniform: float) -> None:
            self.uniform = uniform

        def random(self, size: int) -> np.ndarray:
            return np.full(size, self.uniform)

    evenly = [Draws(u) for u in (np.arange(2000) + 0.5) / 2000]
    made = continue_melodies(model, [67, -2], Choice(np.ones(1)), transposition=0, told=heard, rngs=evenly)
    shares = np.array([sum(event == [said] for event in made) for said in HARMONY.said]) / 2000

    def asked(last: int) -> np.ndarray:
        stepper = Stepper(model)
        for event in (CHORD, 67, told(chord("G7")), -2, last):
            stepper.hear([event])
        return softmax(stepper.logits[0])

    assert np.abs(shares - asked(told(chord("Dm")))).max() < 1e-3
    assert np.abs(shares - asked(told(chord("Db")))).max() > 1e-3


def test_takes_of_a_beam_of_one_are_continuations(random_weights: Weights) -> None:
    model, choice = bundle.assemble(SMALL, random_weights(SMALL)), Choice(np.ones(30))
    heard = [CHORD] * 4 + [told(chord("F"))] * 30
    made = takes(model, [65, -2, -2, -2], choice, 3, 5, Beam(), heard, -1)
    rngs = [Generator(PCG64([5, number])) for number in range(3)]
    plain = continue_melodies(model, [65, -2, -2, -2], choice, transposition=-1, told=heard, rngs=rngs)
    assert [list(take.events) for take in made] == plain
    assert len(takes(model, [], choice, 2, 5, Beam(3, 2, 4), heard, 0)[1].events) == 30


PROGRESSION = (
    "C", "Am", "Dm", "G7", "Em", "F", "Dm7", "G", "C", "E7", "Am", "Dm",
    "B7", "Em", "A7", "Dm", "G7", "C", "F", "Bb", "G7", "C", "F", "C",
)  # fmt: skip


def shares_on_beats(per: int, seed: int) -> tuple[float, float]:
    """Of what a shipped network sounds where chords begin, how much belongs to them, and how much to shuffled ones.

    per  quarters that each chord lasts
    """
    model, steps = bundle.load(bundle.find("harmony")), 4 * per * len(PROGRESSION)
    sounding = [chord(PROGRESSION[step // (4 * per)]) for step in range(steps)]
    rngs = [Generator(PCG64([seed, number])) for number in range(12)]
    made = continue_melodies(
        model, [], Choice(np.ones(steps)), transposition=0, told=[told(c) for c in sounding], rngs=rngs
    )
    rng = Generator(PCG64(seed))
    own, twin = [], []
    for events in made:
        shuffled = [PROGRESSION[number] for number in rng.permutation(len(PROGRESSION))]
        for tone in tones_from_events(events):
            for step in range(tone.onset, tone.onset + tone.duration):
                if step % (4 * per) == 0:
                    own.append(tone.pitch % 12 in sounding[step].classes)
                    twin.append(tone.pitch % 12 in chord(shuffled[step // (4 * per)]).classes)
    return float(np.mean(own)), float(np.mean(twin))


@pytest.mark.parametrize(("per", "least"), [(1, 0.78), (2, 0.78), (4, 0.7)])
def test_the_shipped_network_follows_its_chords_and_not_shuffled_ones(per: int, least: float) -> None:
    own, twin = shares_on_beats(per, 7)
    assert own > least
    assert twin < 0.55


# --- foretelling --------------------------------------------------------------------------------


def plain_chances(train: list[list[int]], known: list[list[int]], order: int) -> Callable[..., float]:
    """Markov chains of two classes that are told numbers as well, one count at a time."""

    def followers(context: tuple[int, ...], number: int | None) -> list[int]:
        return [
            tune[k]
            for tune, numbers in zip(train, known, strict=True)
            for k in range(len(tune))
            if tuple(([2] * order + tune)[k + order - len(context) : k + order]) == context
            and (number is None or numbers[k] == number)
        ]

    def chance(context: tuple[int, ...], number: int | None, wanted: int) -> float:
        if number is not None:
            below = chance(context, None, wanted)
        else:
            below = chance(context[1:], None, wanted) if context else 1 / 2
        found = followers(context, number)
        return (found.count(wanted) + len(set(found)) * below) / (len(found) + len(set(found))) if found else below

    return chance


def test_chains_that_are_told_chords_are_those_counted_by_hand() -> None:
    rng = np.random.default_rng(2)
    train, known = ([rng.integers(0, k, 25).tolist() for _ in range(3)] for k in (2, 3))
    test, told_test = rng.integers(0, 2, 12).tolist(), rng.integers(0, 4, 12).tolist()
    found = foretell(train, [test], 2, (1, 2), (known, [told_test]))
    for order in (0, 1, 2):
        chance = plain_chances(train, known, order)
        expected = [
            -log(chance(tuple(([2] * order + test)[k : k + order]), told_test[k] if order else None, test[k]))
            for k in range(12)
        ]
        np.testing.assert_allclose(found[order].nats, expected, atol=1e-12)


def tune(name: str, rng: Generator) -> Tune:
    """Each chord is repeated by the melody."""
    roots = rng.integers(0, 12, 30).tolist()
    melody = [event for root in roots for event in (LOWEST + root, -2, -2, -2)]
    heard = [Sounding(root, frozenset({root})) for root in roots for _ in range(4)]
    return Tune(name, tuple(woven(melody, heard)), name, False)


def test_the_network_is_asked_again_without_chords_and_with_wrong_ones(random_weights: Weights) -> None:
    model, rng = bundle.assemble(SMALL, random_weights(SMALL)), Generator(PCG64(2))
    train, test = ([tune(f"{k}", rng) for k in range(count)] for count in (40, 3))
    found = evaluate(model, train, test, lambda _done, _of: None)
    assert found.steps == (120,) * 3
    assert found.notes == (30,) * 3
    names = ["network", "not told the chords", "told those of another piece", "unigram"]
    assert list(found.rows)[:-1] == names
    bare = [[event if k % 2 else CHORD for k, event in enumerate(piece.events)] for piece in test]
    np.testing.assert_array_equal(
        found.rows[names[1]].nats, hear(model, bare, lambda _done, _of: None).nats
    )
    other = [event if k % 2 else test[1].events[k] for k, event in enumerate(test[0].events)]
    np.testing.assert_allclose(
        found.rows[names[2]].nats[:120], hear(model, [other], lambda _done, _of: None).nats, atol=1e-9
    )
    best = list(found.rows.values())[-1].score
    assert best.nats < 0.1 < found.rows["unigram"].score.nats
    blind = [replace(piece, events=tuple(events)) for piece, events in zip(test, bare, strict=True)]
    assert evaluate(model, train, blind, lambda _done, _of: None).markov[1] > 10 * best.nats
