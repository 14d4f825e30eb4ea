"""What is edited changes, and nothing else; and a take is the same in years to come."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from building import BAR, Q, group, music, passage, piece, section

from stochos import compose, score
from stochos.process.brown import Brown
from stochos.process.cloud import Cloud
from stochos.process.markov import Markov
from stochos.process.normal import Normal
from stochos.process.passage import Token
from stochos.process.poisson import Poisson
from stochos.process.value import Constant, Span
from stochos.realization import Note, Realization
from stochos.realize import realize
from stochos.realize.streams import stream, uniform
from stochos.transform.touch import Humanize

TAKES = Path(__file__).parent / "golden" / "realize"
SCORES = sorted(TAKES.glob("*.stoch"))


def rain() -> Cloud:
    return Cloud(Poisson(Span(Constant(1.0), Constant(3.0))), Brown(Constant(60.0), Constant(2.0)))


def chain() -> Markov:
    return Markov(from_=tuple(Token((pitch,), 0.5) for pitch in (60, 62, 64, 62, 67, 60, 64)), primer=())


def flute(name: str) -> tuple[score.Item, ...]:
    chancy = tuple(
        replace(n, chance=0.5, path=(name, "flute", str(n.onset))) for n in music("C4:8 D4 E4 F4 G4 A4 B4 C5")
    )
    human = group(music("C5:4 D5 E5 F5"), 3 * BAR, BAR, Humanize(), path=(name, "flute", ">>"))
    return (
        *chancy,
        passage(rain(), BAR, BAR, name, "flute", "cloud", "1", velocity=Normal(Constant(60.0), Constant(9.0))),
        passage(chain(), 2 * BAR, BAR, "label", "wind"),
        human,
    )


def cello(name: str) -> tuple[score.Item, ...]:
    return (passage(rain(), 0, 4 * BAR, name, "cello", "cloud", "1"),)


def notes(made: score.Score, part: str, name: str) -> list[Note]:
    """A part's notes in a section, from its start."""
    realization = realize(made, lambda model: None)
    start = next(bar.onset for bar in realization.bars if bar.section == name)
    found = next(p for p in realization.parts if p.name == part).notes
    return [
        replace(n, onset=n.onset - start, written_onset=n.written_onset - start)
        for n in found if start <= n.onset < start + 4 * BAR
    ]  # fmt: skip


def two(form: str = "A B A'", **more: tuple[score.Item, ...]) -> score.Score:
    first = section("A", flute=flute("A"), cello=cello("A"), **more)
    return piece(first, section("B", flute=flute("B"), cello=cello("B")), form=form)


@pytest.mark.parametrize("name", ["A", "B", "A'"])
@pytest.mark.parametrize("part", ["flute", "cello"])
def test_adding_a_part_or_moving_a_section_changes_no_note(part: str, name: str) -> None:
    before = notes(two(), part, name)
    assert len(before) > 5
    assert notes(two(horn=flute("horn")), part, name) == before
    assert notes(two("A' A A B"), part, name) == before
    assert notes(two("B*3 A' A"), part, name) == before


def test_editing_one_bar_changes_no_other() -> None:
    def without(bar: int) -> score.Score:
        line = tuple(item for item in flute("A") if item.onset // BAR != bar)
        return piece(section("A", flute=line))

    whole = notes(piece(section("A", flute=flute("A"))), "flute", "A")
    for bar in range(4):
        assert notes(without(bar), "flute", "A") == [n for n in whole if n.onset // BAR != bar]


def test_a_labelled_passage_keeps_its_draw_wherever_it_goes() -> None:
    def played(part: str, onset: int) -> list[tuple[int, int, int]]:
        wind = passage(chain(), onset, BAR, "label", "wind")
        made = piece(section("A", **{part: (passage(rain(), 0, Q, "A", part, "1"), wind)}))
        found = realize(made, lambda model: None).parts[0].notes
        return [(n.onset - onset, n.duration, n.pitch) for n in found if n.origin.label == "wind"]

    assert played("flute", BAR) == played("horn", 3 * BAR)
    assert played("flute", BAR)


def test_renaming_what_a_passage_is_called_changes_no_note() -> None:
    wind = passage(rain(), 0, BAR, "label", "wind", name="cloud")
    renamed = replace(wind, name="storm")
    first, second = (
        realize(piece(section("A", flute=(w,))), lambda model: None).parts[0].notes for w in (wind, renamed)
    )
    assert [(n.onset, n.pitch) for n in first] == [(n.onset, n.pitch) for n in second]


def test_lengthening_a_passage_keeps_its_beginning() -> None:
    def onsets(bars: int) -> list[int]:
        cloud = Cloud(Poisson(Constant(3.0)), Constant(60.0))
        made = piece(section("A", flute=(passage(cloud, 0, bars * BAR, "p"),)))
        return [n.onset for n in realize(made, lambda model: None).parts[0].notes]

    assert onsets(4)[: len(onsets(2))] == onsets(2)


def test_streams_are_named_and_never_move() -> None:
    """The very numbers: a change here changes every piece that was ever written."""
    assert stream(7, "A", "flute").random(3).tolist() == [0.5417282526388053, 0.861344521632122, 0.39950699839758375]
    assert uniform(7, "A", "flute") == 0.34021462654159906


def test_no_two_names_share_a_stream() -> None:
    paths = [("a", "bc"), ("ab", "c"), ("abc",), ("a", "b", "c"), ("a\n2:bc",), ()]
    assert len({stream(1, *path).random() for path in paths}) == len(paths)
    assert len({uniform(seed, "a") for seed in range(-50, 50)}) == 100


def test_the_numbers_of_a_name_are_even() -> None:
    found = np.array([uniform(1, str(i)) for i in range(20_000)])
    assert abs(found.mean() - 0.5) < 5 / np.sqrt(12 * 20_000)
    assert np.histogram(found, bins=10)[0].min() > 1_750


def rows(piece: Realization) -> Iterator[str]:
    """A line for each note, times in ticks."""
    yield "part onset duration written written_duration pitch velocity section"
    for part in piece.parts:
        for note in part.notes:
            times = f"{note.onset} {note.duration} {note.written_onset} {note.written_duration}"
            yield f"{part.name} {times} {note.pitch} {note.velocity or '-'} {note.origin.section}"


@pytest.mark.parametrize("path", SCORES, ids=[path.stem for path in SCORES])
def test_a_take_is_as_recorded(path: Path, golden: Callable[[Path, str], None]) -> None:
    golden(path.with_suffix(".notes"), "\n".join(rows(compose(path))) + "\n")


def test_every_recorded_take_has_its_score() -> None:
    assert set(TAKES.iterdir()) == {*SCORES, *(path.with_suffix(".notes") for path in SCORES)}
