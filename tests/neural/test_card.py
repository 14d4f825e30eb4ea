from dataclasses import replace

from stochos.neural import card
from stochos.neural.baselines import Score
from stochos.neural.bundle import Config
from stochos.neural.melodies import Tune, is_held_out
from stochos.neural.recipes import Recipe

NAMES = [f"essenFolksong/a/{k}" for k in range(40)]
TUNES = [Tune(name, (60, -2, 62), name, is_held_out(name)) for name in NAMES]
REPORT = {"essenFolksong: found": 43, "essenFolksong: kept": 40, "dropped: too long": 2, "dropped: several voices": 1}
MARKOV = {0: Score(1.5, 0.5), 1: Score(1.25, 0.6), 2: Score(1.0, 0.7), 3: Score(1.1, 0.65)}
RUN = card.Run("basic", Config("basic", "lstm", (12, 8), 48, 83), Recipe(epochs=9), TUNES, REPORT, MARKOV)


def test_the_figures_of_a_card_can_be_read_back() -> None:
    text = card.write(RUN, epoch=4, score=Score(0.75, 0.8))
    assert card.figures(text) == {"network": Score(0.75, 0.8), "unigram": MARKOV[0], "markov order 2": MARKOV[2]}


def test_a_card_tells_data_size_and_training() -> None:
    text = card.write(RUN, epoch=4, score=Score(0.75, 0.8))
    held_out = sum(tune.held_out for tune in TUNES)
    assert "25.0 % fewer nats" in text
    assert "40 of 43 tunes" in text
    assert "2 too long; 1 several voices" in text
    assert f"{held_out} versions with {3 * held_out} steps are held out" in text
    assert "Epoch 4 of at most 9" in text
    assert "permission for non-commercial" in text


def test_a_card_of_a_dataset_tells_of_it_and_of_the_command() -> None:
    report = {"files": 3, "dropped: too short": 2}
    run = replace(RUN, report=report, data="mine", command="stochos train --config basic --data mine --run lute")
    text = card.write(run, epoch=4, score=Score(0.75, 0.8))
    assert "The dataset `mine`" in text
    assert "files: 3; dropped: too short: 2" in text
    assert "`stochos train --config basic --data mine --run lute`" in text
    assert "folk" not in text
    assert card.figures(text)["network"] == Score(0.75, 0.8)
