"""How a number is spelt on the page, and which accidentals are printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from stochos.music.pitch import STEPS, Key, Pitch, spell

_NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHARPS, _FLATS = "FCGDAEB", "BEADGCF"


@cache
def signature(fifths: int) -> dict[str, int]:
    """What a key signature of so many sharps (+) or flats (-) does to each step."""
    order, alter = (_SHARPS, 1) if fifths > 0 else (_FLATS, -1)
    marked = order[: abs(fifths)]
    return {step: alter if step in marked else 0 for step in STEPS}


@cache
def spell_in_melody(midi: int, following: int | None, key: Key) -> Pitch:
    """Spell a number as a reader of the melody expects it.

    following  the next different number of the voice, or None

    A note outside the key that leads up a semitone is raised from below, one that leads down is lowered from above;
    the seventh of a minor key leads up unless it falls by a semitone.
    """
    plain = spell(midi, key.fifths)
    if signature(key.fifths)[plain.step] == plain.alter:
        return plain
    step = following - midi if following is not None else 0
    if key.mode == "minor" and (midi - key.pitch_class) % 12 == 11 and step != -1:
        return _beside(midi, spell(midi + 1, key.fifths), -1) or plain
    if abs(step) == 1:
        goal = spell(midi + step, key.fifths)
        beside = _beside(midi, goal, -step)
        if beside is not None and signature(key.fifths)[goal.step] == goal.alter and _is_common(beside):
            return beside
    return plain


def _beside(midi: int, goal: Pitch, distance: int) -> Pitch | None:
    """Spell `midi` on the step next to `goal`, or None where that takes more than a double accidental."""
    index = STEPS.index(goal.step) + distance
    step, octave = STEPS[index % 7], goal.octave + index // 7
    alter = midi - Pitch(step, 0, octave).midi
    return Pitch(step, alter, octave) if abs(alter) <= 2 else None


def _is_common(pitch: Pitch) -> bool:
    return abs(pitch.alter) <= 1 and (pitch.step, pitch.alter) not in {("E", 1), ("B", 1), ("C", -1), ("F", -1)}


class Accidentals:
    """The accidentals of one staff, read from left to right.

    A sign holds to the end of its bar, on its own line or space. Where it has just stopped holding, in the next bar or
    in another octave, the first note on that step is reminded of it.
    """

    def __init__(self) -> None:
        self._key: dict[str, int] = signature(0)
        self._now: dict[tuple[str, int], int] = {}
        self._tied: dict[tuple[str, int], int] = {}
        self._before: dict[tuple[str, int], int] = {}
        self._reminded: set[tuple[str, int]] = set()

    def begin_bar(self, fifths: int) -> None:
        """Go on to the next bar, whose key signature has `fifths` sharps."""
        self._before, self._now, self._tied, self._reminded = self._tied | self._now, {}, {}, set()
        if signature(fifths) is not self._key:
            self._before = {}  # the new signature says it
        self._key = signature(fifths)

    def tie(self, pitch: Pitch) -> None:
        """Pass a note that is tied from the bar or the chord before: it has no sign of its own."""
        place = (pitch.step, pitch.octave)
        if place not in self._now and pitch.alter != self._key[pitch.step]:
            self._before[place] = self._tied[place] = pitch.alter

    def shows(self, pitch: Pitch) -> bool:
        """Whether a note that starts here needs a sign."""
        place = (pitch.step, pitch.octave)
        needed = self._now.get(place, self._key[pitch.step]) != pitch.alter or self._is_reminder(pitch, place)
        if needed:
            self._now[place] = pitch.alter
        self._reminded.add(place)
        return needed

    def _is_reminder(self, pitch: Pitch, place: tuple[str, int]) -> bool:
        if place in self._now or place in self._reminded:
            return False
        if self._before.get(place, pitch.alter) != pitch.alter:
            return True
        return any(step == pitch.step and alter != pitch.alter for (step, _), alter in self._now.items())


def followers(pitches: Sequence[Iterable[int]]) -> list[int | None]:
    """For each chord of a voice, the next different number of its outline, or None.

    pitches  the numbers of each chord, in order of time
    """
    tops = [max(chord) for chord in pitches]
    answer: list[int | None] = [None] * len(tops)
    for index in range(len(tops) - 2, -1, -1):
        answer[index] = tops[index + 1] if tops[index + 1] != tops[index] else answer[index + 1]
    return answer
