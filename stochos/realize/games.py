"""Games: what the parts of a score choose, turn by turn, without a note being played."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stochos import score
from stochos.process.game import Game, Turns
from stochos.process.passage import NetworkLoader
from stochos.realize.frame import Place, Take, frame_of


@dataclass(frozen=True, slots=True)
class Match:
    """A game in one take of a section.

    section  its name, with apostrophes
    name     as the score calls the game
    """

    section: str
    name: str
    game: Game
    turns: Turns


def matches(score: score.Score, network: NetworkLoader, seed: int | None = None) -> tuple[Match, ...]:
    """Every game that the form plays, each once, for a seed: that of the score where none is given."""
    used = score.seed if seed is None else seed
    found: dict[tuple[str, ...], Match] = {}
    for entry in score.form:
        take = Take(score.sections[entry.section], used, entry.variation, network)
        name = entry.section + "'" * entry.variation
        for line in take.section.lines:
            for passage, place in (found for items in line.voices for found in _passages(items, Place())):
                if isinstance(passage.process, Game) and passage.duration > 0:
                    frame = frame_of(passage, take, place, (), line.part)
                    match = Match(name, passage.name, passage.process, passage.process.turns(frame.shared))
                    found.setdefault((name, *passage.joint), match)
    return tuple(found.values())


def _passages(items: tuple[score.Item, ...], place: Place) -> Iterator[tuple[score.Passage, Place]]:
    for item in items:
        match item:
            case score.Passage():
                yield item, place
            case score.Group():
                yield from _passages(item.items, place.within(item))
