import re
from dataclasses import replace
from pathlib import Path

import pytest

from stochos.neural import card
from stochos.neural.baselines import Score
from stochos.neural.bundle import BARS, Config
from stochos.neural.encodings import ENCODINGS
from stochos.neural.evaluation import unlearned
from stochos.neural.melodies import Tune, is_held_out
from stochos.neural.recipes import RECIPES, Recipe

NAMES = [f"essenFolksong/a/{k}" for k in range(40)]
TUNES = [Tune(name, (60, -2, 62, 62 + k % 4), name, is_held_out(name)) for k, name in enumerate(NAMES)]
REPORT = {"essenFolksong: found": 43, "essenFolksong: kept": 40, "dropped: too long": 2, "dropped: several voices": 1}
CONFIG = Config("basic", "lstm", (12, 8), 48, 83)
BEATEN = unlearned(CONFIG, *card.sides(TUNES))
RUN = card.Run("basic", CONFIG, Recipe(epochs=9), TUNES, REPORT, BEATEN)


def test_the_figures_of_a_card_can_be_read_back() -> None:
    found = card.figures(card.write(RUN, epoch=4, score=Score(0.75, 0.8)))
    assert list(found) == ["network", *BEATEN.rows]
    assert found["network"] == card.Row(0.75, 1.0, 0.8)
    for row, foretold in BEATEN.rows.items():
        assert found[row].nats == pytest.approx(foretold.score.nats, abs=1e-4)
        assert found[row].a_note == pytest.approx(foretold.nats.sum() / sum(BEATEN.notes), abs=1e-3)


def test_a_card_without_nats_a_note_can_be_read_too() -> None:
    assert card.figures("| markov order 4  | 1.0335 | 0.6989 |") == {"markov order 4": card.Row(1.0335, None, 0.6989)}


def test_a_card_tells_data_size_and_training() -> None:
    *_, markov = BEATEN.rows.values()
    text = card.write(RUN, epoch=4, score=Score(0.75 * markov.score.nats, 0.8))
    held_out = sum(tune.held_out for tune in TUNES)
    assert "25.0 % fewer nats" in text
    assert "40 of 43 pieces" in text
    assert "2 too long; 1 several voices" in text
    assert f"{held_out} versions with {4 * held_out} events are held out" in text
    assert f"{held_out} pieces with {4 * held_out} steps and {3 * held_out} notes" in text
    assert "Epoch 4 of at most 9" in text
    assert "permission for non-commercial" in text


def test_a_card_of_a_dataset_tells_of_it_and_of_the_command() -> None:
    report = {"files": 3, "dropped: too short": 2}
    run = replace(RUN, report=report, data="mine", command="stochos train --config basic --data mine --run lute")
    text = card.write(run, epoch=4, score=Score(0.75, 0.8))
    assert "The dataset `mine`" in text
    assert "files: 3; dropped: too short: 2" in text
    assert "$ stochos train --config basic --data mine --run lute" in text
    assert "folk" not in text
    assert card.figures(text)["network"].nats == 0.75


def test_a_card_of_several_events_a_step_tells_of_all_of_them_together() -> None:
    note = [60, 128, 164, 62, 130, 164]
    tunes = [Tune(f"x/{k}", (*note, 60 + k % 4, 130, 164), f"x/{k}", k < 6) for k in range(30)]
    beaten = unlearned(RECIPES["note"][0], *card.sides(tunes))
    assert sum(beaten.notes) == 3 * 6
    assert sum(beaten.steps) == 9 * 6
    text = card.write(card.Run("note", *RECIPES["note"], tunes, {}, beaten, "mine"), 2, Score(0.5, 0.75))
    assert "**1.500 nats a note**" in text
    assert card.figures(text)["network"] == card.Row(0.5, 1.5, 0.75)
    assert "stretches of 192 events" in text


def test_figures_are_written_anew_and_nothing_else() -> None:
    text = card.write(RUN, epoch=4, score=Score(0.75, 0.8))
    anew = card.foretelling(CONFIG, BEATEN, Score(0.5, 0.9)) + "\n## Told from music\n\n| | this |\n|---|---|\n"
    once = card.with_figures(text, anew)
    before, after = text.split("## Held-out pieces")[0], text[text.index("## Data") :]
    assert once == f"{before}{anew.rstrip()}\n\n{after}"
    assert card.with_figures(once, anew) == once
    assert card.with_figures(text.replace("Held-out pieces", "Held-out tunes"), anew) == once
    assert card.with_figures(once, card.foretelling(CONFIG, BEATEN, Score(0.75, 0.8))) == text
    assert card.with_figures("# mine\n", anew) == f"# mine\n\n{anew}"
    assert card.with_figures(f"# mine\n\n{anew}", anew) == f"# mine\n\n{anew}"


def test_the_users_page_lists_every_recipe() -> None:
    page = (Path(__file__).parents[2] / "docs" / "networks.md").read_text("utf-8")
    rows = page.split("| `--config` |")[1].split("\n\n")[0].splitlines()[2:]
    assert {name for row in rows for name in re.findall("`([a-z]+)`", row.split("|")[1])} == set(RECIPES)


def test_there_is_something_to_say_of_every_encoding() -> None:
    assert set(card.PROSE) == {*ENCODINGS, BARS}
    for name, encoding in ENCODINGS.items():
        foretold = len(encoding.places) - len(encoding.given)
        assert len(card.PROSE[name].voices) == (foretold if foretold > 1 else 0)
