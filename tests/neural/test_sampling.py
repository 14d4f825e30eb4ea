import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import PCG64, Generator
from scipy import stats

from stochos.neural import bundle
from stochos.neural.bundle import Config, Model
from stochos.neural.sampling import Choice, Stepper, continue_melodies, draw, softmax
from stochos.neural.vocabulary import NO_EVENT, NOTE_OFF

PRIMER = [60, NO_EVENT, 62, NO_EVENT, 64, NOTE_OFF]
FALSE_ALARM = 1e-6
EVERY = np.ones(38, dtype=bool)


def play(model: Model, steps: int = 40, seed: int = 1, heat: float = 1.0, primer: list[int] = PRIMER, **more) -> list:
    (events,) = continue_melodies(model, primer, Choice(np.full(steps, heat)), rngs=[Generator(PCG64(seed))], **more)
    return events


def reference_logits(model: Model, weights: dict[str, np.ndarray], classes: list[int]) -> np.ndarray:
    """The network as its definition reads, gate by gate."""

    def sigmoid(z: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-z))

    sequence = list(np.eye(38)[classes])
    for number, units in enumerate(model.config.layers):
        kernel, recurrent, bias = (
            weights[f"layer_{number}.{part}"].astype(float) for part in ("kernel", "recurrent_kernel", "bias")
        )
        output = cell = np.zeros(units)
        for step, heard in enumerate(sequence):
            i, f, c, o = np.split(heard @ kernel + output @ recurrent + bias, 4)
            cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(c)
            sequence[step] = output = sigmoid(o) * np.tanh(cell)
    return np.array(sequence) @ weights["dense.kernel"].astype(float) + weights["dense.bias"]


def test_the_stepper_computes_what_the_definition_says(model: Model, small: Config, random_weights: Callable) -> None:
    classes = [0, 14, 0, 16, 1, 37, 2]
    stepper = Stepper(model)
    logits = [stepper.logits[0]]
    for event in model.encoding.decode(classes[1:]):
        stepper.hear([event])
        logits.append(stepper.logits[0])
    assert np.allclose(logits, reference_logits(model, random_weights(small), classes), rtol=0, atol=1e-12)


def test_takes_do_not_hear_one_another(model: Model) -> None:
    together, alone = Stepper(model, 3), Stepper(model)
    for row in ([60, -2, 51], [-2, -1, 66], [62, 60, -2]):
        together.hear(row)
        alone.hear([row[1]])
    assert np.allclose(together.logits[1], alone.logits[0], rtol=0, atol=1e-14)


def test_takes_in_a_batch_are_those_played_alone(model: Model) -> None:
    choice = Choice(np.linspace(0.5, 1.5, 40), top=np.full(40, 9), nucleus=np.full(40, 0.9))
    rngs = [Generator(PCG64(seed)) for seed in (1, 2, 3)]
    together = continue_melodies(model, PRIMER, choice, rngs=rngs)
    alone = [continue_melodies(model, PRIMER, choice, rngs=[Generator(PCG64(seed))])[0] for seed in (1, 2, 3)]
    assert together == alone


def test_the_same_seed_gives_the_same_events_and_another_seed_others(model: Model) -> None:
    assert play(model, seed=1) == play(model, seed=1) != play(model, seed=2)


def test_later_steps_change_no_earlier_ones(model: Model) -> None:
    assert play(model, steps=40)[:25] == play(model, steps=25)


def test_the_shipped_network_plays_on_without_a_primer() -> None:
    shipped = bundle.load(bundle.find("basic"))
    events = play(shipped, steps=64, primer=[])
    assert len(events) == 64
    assert sum(event >= 0 for event in events) > 8


def test_a_transposed_primer_gives_a_transposed_continuation() -> None:
    shipped = bundle.load(bundle.find("basic"))
    tune = [60, -2, 62, -2, 64, -2, 65, -2, 67, -2, 65, -2, 64, -2, 62, -2, 59, -2, 60, -2]
    fourth = [event if event < 0 else event + 5 for event in tune]
    expected = [event if event < 0 else event + 5 for event in play(shipped, primer=tune)]
    assert play(shipped, primer=fourth) == expected


def test_a_set_transposition_is_kept(model: Model) -> None:
    higher = [event if event < 0 else event + 3 for event in PRIMER]
    expected = [event if event < 0 else event + 3 for event in play(model, primer=PRIMER, transposition=0)]
    assert play(model, primer=higher, transposition=-3) == expected


@settings(max_examples=40)
@given(allowed=st.sets(st.integers(0, 127)), heat=st.sampled_from([1e-9, 0.1, 1.0, 50.0, 1e12]), seed=st.integers(0, 9))
def test_only_allowed_pitches_start(allowed: set[int], heat: float, seed: int) -> None:
    mask = np.isin(np.arange(128), list(allowed))
    events = play(bundle.load(bundle.find("basic")), steps=24, seed=seed, heat=heat, allowed=mask)
    assert {event for event in events if event >= 0} <= allowed


UNIFORMS = np.linspace(0, 1, 5000, endpoint=False)


def shares(logits: np.ndarray, choice: Choice, mask: np.ndarray) -> np.ndarray:
    """How often each class is drawn."""
    chances = np.repeat(choice.chances(logits[None], mask, 0), len(UNIFORMS), axis=0)
    return np.bincount(draw(chances, UNIFORMS), minlength=len(logits)) / len(UNIFORMS)


def test_a_mask_changes_the_chances_and_not_only_the_notes(model: Model) -> None:
    logits = Stepper(model).logits[0]
    mask = np.isin(np.arange(38), [0, 1, 14])
    expected = softmax(logits) * mask / (softmax(logits) * mask).sum()
    assert np.allclose(shares(logits, Choice(np.ones(1)), mask), expected, atol=1e-3)


def test_cold_is_the_likeliest_event(model: Model) -> None:
    logits = Stepper(model).logits[0]
    assert shares(logits, Choice(np.array([1e-300])), EVERY)[logits.argmax()] == 1


def naive_limits(chances: np.ndarray, top: int, nucleus: float) -> np.ndarray:
    """The same as `Choice` says, class by class."""
    kept, share = np.zeros(len(chances)), 0.0
    for index in sorted(range(len(chances)), key=lambda k: (-chances[k], k))[:top]:
        kept[index] = chances[index]
        share += chances[index]
        if share >= nucleus:
            break
    return kept / kept.sum()


@pytest.mark.parametrize(("top", "nucleus"), [(3, 1.0), (38, 0.6), (5, 0.5), (1, 1.0), (38, 0.0)])
def test_only_the_likeliest_come_where_that_is_asked(top: int, nucleus: float) -> None:
    logits = Generator(PCG64(3)).normal(size=38)
    choice = Choice(np.array([0.8]), top=np.array([top]), nucleus=np.array([nucleus]))
    chances = choice.chances(logits[None], EVERY, 0)[0]
    expected = naive_limits(softmax(logits / 0.8), top, nucleus)
    assert np.allclose(chances / chances.sum(), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("uniform", [0.0, np.nextafter(1.0, 0.0)])
def test_the_ends_of_chance_draw_only_what_can_come(uniform: float) -> None:
    chances = np.array([[0.0, 0.3, 0.7, 0.0], [0.1, 0.0, 0.0, 0.0]])
    first, second = draw(chances, np.full(2, uniform))
    assert first in (1, 2)
    assert second == 0


@pytest.mark.parametrize("heat", [0.0, -1.0, np.nan, np.inf])
def test_a_temperature_is_above_zero(heat: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Choice(np.array([1.0, heat]))


def test_every_step_has_its_limits() -> None:
    with pytest.raises(ValueError, match="3 steps"):
        Choice(np.ones(3), top=np.ones(2, dtype=np.int64))


def chi_square(logits: np.ndarray, drawn_at: float, expected_at: float, seed: int) -> float:
    """Chance of counts as far off as those of 20,000 draws, were they of the expected temperature."""
    chances = np.repeat(Choice(np.array([drawn_at])).chances(logits[None], EVERY, 0), 20_000, axis=0)
    counts = np.bincount(draw(chances, Generator(PCG64(seed)).random(20_000)), minlength=38)
    expected = softmax(logits / expected_at) * 20_000
    rare = expected < 5
    pooled = np.append(counts[~rare], counts[rare].sum()), np.append(expected[~rare], expected[rare].sum())
    kept = pooled[1] > 0
    return float(stats.chisquare(pooled[0][kept], pooled[1][kept]).pvalue)


@pytest.mark.parametrize("heat", [0.5, 1.0, 1.5])
def test_draws_follow_the_temperature_and_no_other(heat: float) -> None:
    logits = Generator(PCG64(3)).normal(size=38)
    assert chi_square(logits, heat, heat, seed=11) > FALSE_ALARM
    assert chi_square(logits, heat * 1.15, heat, seed=11) < FALSE_ALARM


def test_playing_needs_no_tensorflow_keras_music21_or_scipy() -> None:
    program = (
        "import sys; from stochos.neural import bundle, cells, sampling, vocabulary;"
        "bundle.read_config(bundle.find('basic'));"
        "assert 'safetensors' not in sys.modules;"
        "bundle.load(bundle.find('basic'));"
        "assert not {'tensorflow', 'keras', 'music21', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
