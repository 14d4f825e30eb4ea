"""A generator of bars and its critic learn: needs the `train` extra."""

from __future__ import annotations

import importlib
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.random import PCG64, Generator

from stochos.neural import bundle, card, lessons
from stochos.neural.bars import BAR, HEARD
from stochos.neural.bundle import Config
from stochos.neural.melodies import TooFewError, Tune
from stochos.neural.recipes import RECIPES, Recipe
from stochos.neural.sampling import Choice, continue_melodies

pytestmark = pytest.mark.keras
SMALL = Config("basic", "bars", (4, 24, 12), 48, 83, noise=4)
RECIPE = Recipe(epochs=2, rate=2e-3, dropout=0.1, batch=32, window=96, loss="duel")


@pytest.fixture(scope="module")
def training() -> ModuleType:
    pytest.importorskip("tensorflow", reason="training needs the `train` extra")
    return importlib.import_module("stochos.neural.training")


def bar(in_eighths: bool, rng: Generator) -> list[int]:
    """Quarters or eighths, of any of five pitches."""
    step = 2 if in_eighths else 4
    pitches = rng.choice([60, 62, 64, 65, 67], BAR // step).tolist()
    return [event for pitch in pitches for event in (pitch, *[-2] * (step - 1))]


def melodies(count: int, bars: int, seed: int = 1) -> list[list[int]]:
    rng = Generator(PCG64(seed))
    return [[event for kind in rng.integers(0, 2, bars) for event in bar(bool(kind), rng)] for _ in range(count)]


def test_stretches_begin_with_every_bar_after_what_was_before_it(training: ModuleType) -> None:
    adversary = importlib.import_module("stochos.neural.adversary")
    (tune,) = melodies(1, 5)
    index = {event: number for number, event in enumerate([-2, -1, *range(48, 84)])}
    stretches = [part.tolist() for part in adversary.stretches([*tune, 60, 62], SMALL)]
    padded = [0] * HEARD + [index[event] for event in tune]
    assert stretches == [padded[start : start + HEARD + 3 * BAR] for start in (0, BAR, 2 * BAR)]
    assert adversary.stretches(tune[: 3 * BAR - 1], SMALL) == []


class Stopped(Exception):
    """As if it had been killed."""


def test_a_stopped_duel_goes_on_as_if_nothing_had_been(training: ModuleType, tmp_path: Path) -> None:
    tunes = melodies(24, 8)

    def trained(folder: str, stop: int | None = None) -> list[tuple]:
        def tell(done: int, _of: int) -> None:
            if done == stop:
                raise Stopped

        run = training.Run(tmp_path / folder, "a duel", tell, 0.0)
        found = []
        with pytest.raises(Stopped) if stop else nullcontext():
            for epoch, loss, score, model in training.fit(SMALL, RECIPE, tunes, [], run):
                found.append((epoch, loss, score, training.network.weights_of(model)))
        return found

    whole = trained("whole")
    before, after = trained("stopped", 4), trained("stopped")
    assert [(epoch, loss, score) for epoch, loss, score, _ in whole] == [each[:3] for each in (*before, *after)]
    assert all(np.array_equal(array, after[-1][3][name]) for name, array in whole[-1][3].items())


def test_held_out_pieces_are_not_asked(training: ModuleType) -> None:
    """Whatever is held out, the same is learned and chosen by."""
    tunes, recipe = melodies(24, 8), Recipe(epochs=1, batch=32, window=96, loss="duel")
    runs = [list(training.fit(SMALL, recipe, tunes, held_out)) for held_out in ([], melodies(3, 8, seed=9))]
    assert runs[0][0][:3] == runs[1][0][:3]
    assert {len(side) for side in training.Duellist.sides(tunes, [])} == {12}
    with pytest.raises(TooFewError, match="twenty pieces"):
        next(training.fit(SMALL, recipe, tunes[:18], []))


def test_a_run_writes_bars_and_a_card_without_likelihoods(
    training: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tunes = [Tune(f"x/{k}", tuple(tune), f"x/{k}", k % 10 == 0) for k, tune in enumerate(melodies(30, 8))]
    monkeypatch.setattr(lessons, "of_corpus", lambda *_: (tunes, {"essenFolksong: found": 30}))
    monkeypatch.setitem(RECIPES, "gan", (SMALL, RECIPE))
    monkeypatch.setattr("sys.argv", ["training", "gan", "--out", str(tmp_path / "mine"), "--runs", str(tmp_path)])
    training.main()
    printed = capsys.readouterr().out.splitlines()
    best = min(float(line.split("critic, ")[1].split()[0]) for line in printed)
    text = (tmp_path / "mine" / "card.md").read_text()
    assert f"What it plays is {best:.4f} bits from the pieces" in text
    assert "the held-out ones were not asked" in text
    assert card.figures(text) == {}
    assert bundle.load(tmp_path / "mine").config == SMALL


@pytest.mark.slow
def test_quarters_of_ten_pitches_are_learned_of_the_critic_alone(training: ModuleType) -> None:
    """Where notes begin, and which: before that hardly a bar of a million is of this kind."""
    adversary = importlib.import_module("stochos.neural.adversary")
    rng, pitches = Generator(PCG64(1)), [60, 62, 64, 65, 67, 72, 74, 76, 77, 79]
    tunes = [[event for pitch in rng.choice(pitches, 36).tolist() for event in (pitch, -2, -2, -2)] for _ in range(60)]
    config = Config("basic", "bars", (4, 64, 64, 16), 48, 83, noise=8)
    duel = adversary.Duel(config, 1e-3, 32, 0.0, 1)
    stretches = np.array([part for tune in tunes for part in adversary.stretches(tune, config)])

    def played() -> list[list[int]]:
        model = bundle.assemble(config, training.network.weights_of(duel.model))
        rngs = [Generator(PCG64(seed)) for seed in range(100)]
        takes = continue_melodies(model, [], Choice(np.ones(3 * BAR)), transposition=0, rngs=rngs)
        return [take[k : k + BAR] for take in takes for k in (0, BAR, 2 * BAR)]

    def right(bars: list[list[int]]) -> float:
        return float(np.mean([[step for step, event in enumerate(bar) if event >= 0] == [0, 4, 8, 12] for bar in bars]))

    assert right(played()) == 0
    for _ in range(300):
        duel.learn(stretches[rng.permutation(len(stretches))[:32]])
    bars = played()
    assert right(bars) > 0.8
    found = Counter(event for bar in bars for event in bar if event >= 0)
    assert sum(found[pitch] for pitch in pitches) > 0.95 * found.total()
    assert min(found[pitch] for pitch in pitches) > 0.02 * found.total()
