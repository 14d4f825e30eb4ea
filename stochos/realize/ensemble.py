"""Who plays together in a take: each voice is played as far as others have to hear it."""

from __future__ import annotations

from math import inf

from stochos import score
from stochos.realization import Note
from stochos.realize.frame import Place, Take
from stochos.realize.glide import led
from stochos.realize.page import written
from stochos.realize.phrase import Phrase, joined, released
from stochos.realize.voice import Voice


class Ensemble:
    """The voices of all parts in one take of a section. name: the section's, with apostrophes."""

    def __init__(self, take: Take, name: str) -> None:
        self._section = take.section
        self._players = {
            line.part: [_Player(Voice(take, name, i, line.part, self.heard), v) for i, v in enumerate(line.voices)]
            for line in take.section.lines
        }

    def phrases(self, part: str) -> list[Phrase]:
        """The music of a part's voices, every note on the page, ties joined, glissandi led to their goals."""
        return [self._finished(player.until(inf)) for player in self._players[part]]

    def heard(self, part: str, start: int, end: int) -> list[Note]:
        """The notes that a part begins between two ticks, by onset; none where it does not play.

        A score in which answers run in a circle is never played.
        """
        notes = [n for player in self._players.get(part, ()) for n in joined(player.until(end).notes)]
        return sorted((n for n in notes if start <= n.onset < end), key=lambda note: (note.onset, note.pitch))

    def _finished(self, played: Phrase) -> Phrase:
        phrase = written(played, self._section)
        tuplets = sorted(phrase.tuplets, key=lambda tuplet: (tuplet.onset, -tuplet.duration))
        return Phrase(led(released(joined(phrase.notes))), phrase.marks, tuplets)


class _Player:
    """A voice under way."""

    def __init__(self, voice: Voice, items: tuple[score.Item, ...]) -> None:
        self._voice, self._items, self._next, self._phrase = voice, items, 0, Phrase()

    def until(self, tick: float) -> Phrase:
        """What it has played once all that begins before a tick is."""
        while self._next < len(self._items) and self._items[self._next].onset < tick:
            self._next += 1
            self._voice.add(self._items[self._next - 1], Place(), self._phrase, ())
        return self._phrase
