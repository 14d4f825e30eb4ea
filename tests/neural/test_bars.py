"""Bars made of noise: what is heard before them, what they are drawn with, and how they are judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.random import PCG64, Generator

from stochos.neural import bundle
from stochos.neural.bars import BAR, HEARD, Bars
from stochos.neural.beam import Beam, takes
from stochos.neural.bundle import Config, Model
from stochos.neural.melodies import Tune
from stochos.neural.sampling import Choice, begin, continue_melodies
from stochos.neural.turing import figures, nearness

Weights = Callable[[Config], dict[str, np.ndarray]]
SMALL = Config("basic", "bars", (4, 12, 9, 5), 48, 83, noise=6)
PRIMER = [60, -2, 62, -2, 64]


@pytest.fixture
def small(random_weights: Weights) -> Model:
    return bundle.assemble(SMALL, random_weights(SMALL))


@pytest.fixture(scope="module")
def gan() -> Model:
    return bundle.load(bundle.find("gan"))


def play(model: Model, *seeds: int, steps: int = 70, heat: float = 1.0, primer: list[int] = PRIMER, **more) -> list:
    rngs = [Generator(PCG64(seed)) for seed in seeds]
    return continue_melodies(model, primer, Choice(np.full(steps, heat)), rngs=rngs, **more)


def written(model: Model, heard: np.ndarray, noise: np.ndarray) -> np.ndarray:
    assert model.bars is not None
    return model.bars.write(heard, noise)


def test_a_bar_is_written_as_its_definition_says(small: Model, random_weights: Weights) -> None:
    weights = {name: array.astype(float) for name, array in random_weights(SMALL).items()}
    rng = np.random.default_rng(3)
    heard, noise = rng.integers(0, 38, (2, HEARD)), rng.uniform(-1, 1, (2, 6))

    def layer(name: str, below: np.ndarray) -> np.ndarray:
        return below @ weights[f"{name}.kernel"] + weights[f"{name}.bias"]

    for take in range(2):
        before = [np.maximum(layer("layer_0", np.eye(38)[number]), 0) for number in heard[take]]
        output = np.concatenate([*before, noise[take]])
        for number in (1, 2, 3):
            output = np.maximum(layer(f"layer_{number}", output), 0)
        expected = [layer("dense", output[5 * step : 5 * step + 5]) for step in range(BAR)]
        assert np.allclose(written(small, heard, noise)[take], expected, rtol=0, atol=1e-12)


def test_a_bar_hangs_on_the_three_before_it_and_on_nothing_earlier(small: Model) -> None:
    tail = np.random.default_rng(2).choice([-2, 60, 64, 67], HEARD).tolist()

    def logits(before: list[int]) -> np.ndarray:
        stepper = begin(small, [Generator(PCG64(1))])
        for event in before:
            stepper.hear([event])
        return stepper.logits

    assert np.array_equal(logits([72, 50, *tail]), logits([-2, 49, *tail]))
    assert not np.array_equal(logits([72, *tail[1:]]), logits([71, *tail[1:]]))


def test_a_bar_begins_where_the_primer_ends_and_the_next_hears_what_did_come(small: Model) -> None:
    stepper = begin(small, [Generator(PCG64(1))])
    for event in PRIMER:
        stepper.hear([event])
    bars = []
    for event in (60, 72):  # the same noise and beginning, another first event
        other = begin(small, [Generator(PCG64(1))])
        for heard in [*PRIMER, event]:
            if len(other.before[0]) >= len(PRIMER):
                assert np.array_equal(other.logits, stepper.logits)
            other.hear([heard])
        logits = []
        for _ in range(BAR):
            logits.append(other.logits)
            other.hear([-2])
        bars.append(logits)
    assert all(np.array_equal(one, two) for one, two in zip(bars[0][: BAR - 1], bars[1], strict=False))
    assert not np.array_equal(bars[0][BAR - 1], bars[1][BAR - 1])


def test_takes_in_a_batch_are_those_played_alone(small: Model) -> None:
    assert play(small, 1, 2, 3) == [play(small, seed)[0] for seed in (1, 2, 3)]


def test_the_same_seed_gives_the_same_bars_and_later_steps_change_no_earlier_ones(small: Model) -> None:
    assert play(small, 1) == play(small, 1) != play(small, 2)
    assert play(small, 1)[0][:37] == play(small, 1, steps=37)[0]


def test_kept_takes_go_on_as_they_would_have(small: Model) -> None:
    whole, some = (begin(small, [Generator(PCG64(seed)) for seed in (1, 2, 3)]) for _ in range(2))
    for step in range(40):
        assert np.array_equal(whole.logits[[2, 0]] if step >= 20 else whole.logits, some.logits)
        whole.hear([60, 62, 64])
        some.hear([64, 60] if step >= 20 else [60, 62, 64])
        if step == 19:
            some.keep([2, 0])


@pytest.mark.parametrize("heat", [1e-9, 0.5, 1.0, 40.0])
def test_only_allowed_pitches_start(small: Model, heat: float) -> None:
    mask = np.isin(np.arange(128), [55, 59, 62, 67])
    (events,) = play(small, 5, heat=heat, allowed=mask)
    assert {event for event in events if event >= 0} <= {55, 59, 62, 67}
    assert any(event >= 0 for event in events)


def test_cold_bars_are_still_of_chance_but_each_has_its_likeliest_events(small: Model) -> None:
    """Noise makes a bar, temperature draws it."""
    assert play(small, 1, heat=1e-9) != play(small, 2, heat=1e-9)
    steps = 40
    likeliest = Choice(np.full(steps, 1.0), np.ones(steps, dtype=np.int64))
    rngs = [Generator(PCG64(1))]
    assert continue_melodies(small, PRIMER, likeliest, rngs=rngs) == play(small, 1, steps=steps, heat=1e-9)


def test_takes_have_no_likelihood_and_none_is_searched_for(small: Model) -> None:
    made = takes(small, PRIMER, Choice(np.ones(30)), 2, 7, Beam())
    rngs = [Generator(PCG64([7, number])) for number in range(2)]
    assert [list(take.events) for take in made] == continue_melodies(small, PRIMER, Choice(np.ones(30)), rngs=rngs)
    assert [take.likelihood for take in made] == [None, None]
    with pytest.raises(ValueError, match="no likelihoods"):
        takes(small, PRIMER, Choice(np.ones(30)), 2, 7, Beam(2, 1, 1))


# --- the one that ships -------------------------------------------------------------------------


def pieces(model: Model, count: int, seed: int, length: int = 160) -> list[Tune]:
    rngs = [Generator(PCG64([seed, number])) for number in range(count)]
    made = continue_melodies(model, [], Choice(np.ones(length)), transposition=0, rngs=rngs)
    return [Tune(f"{seed}/{n}", tuple(events), f"{seed}/{n}", seed == 2) for n, events in enumerate(made)]


def twin(model: Model, pitch: int, more: float) -> Model:
    """One that likes a pitch more than it should."""
    bias = model.dense.bias.copy()
    bias[model.encoding.index[pitch]] += more
    said = replace(model.dense, bias=bias)
    assert isinstance(model.bars, Bars)
    return replace(model, dense=said, bars=replace(model.bars, said=said))


def test_it_passes_among_what_it_played_itself_and_a_broken_twin_does_not(gan: Model) -> None:
    learned, held_out = pieces(gan, 120, 1), pieces(gan, 120, 2)
    own, other = (figures(model, learned, held_out, seed=3) for model in (gan, twin(gan, 66, 4.0)))
    assert own.told.passes
    assert not other.told.passes
    for name, (distance, floor) in own.distances.items():
        assert distance < 2 * floor + 0.01
        assert other.distances[name][0] >= distance or name == "lengths"
    near, far = (nearness(model, [tune.events for tune in held_out]) for model in (gan, twin(gan, 66, 4.0)))
    assert near[0] < far[0]
    assert near[1] < far[1]


def test_noise_and_what_is_before_make_its_bars(gan: Model) -> None:
    """After one beginning most bars differ, though no event is drawn; after scales in two octaves they lie in these."""
    assert len({tuple(take) for take in play(gan, *range(40), steps=BAR, heat=1e-9)}) > 20
    scale = [event for pitch in (60, 62, 64, 65, 67, 65, 64, 62) for event in (pitch, -2)] * 3
    high = [event if event < 0 else event + 12 for event in scale]
    means = []
    for primer in (scale, high):
        made = play(gan, *range(60), steps=BAR, primer=primer, transposition=0)
        means.append(np.mean([event for take in made for event in take if event >= 0]))
    assert 5 < means[1] - means[0] < 15
