"""Chords as a lead sheet names them: a root, a kind, perhaps another bass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from stochos.music.pitch import pitch_class

NO_CHORD = "N.C."
"""What stands where no chord is played."""

# Semitones above the root, the tones of a stack of thirds rising past the octave | the kind, then its other spellings.
# What stands in brackets may also be written without.
_TABLE = """
0 4 7 | - maj M
0 3 7 | m min mi -
0 3 6 | dim o °
0 4 8 | aug +
0 5 7 | sus4 sus
0 2 7 | sus2
0 7 | 5
0 4 7 9 | 6 maj6 M6
0 3 7 9 | m6 min6 mi6 -6
0 4 7 9 14 | 69 6/9 6add9
0 4 7 10 | 7 dom7
0 4 7 11 | maj7 M7 Maj7 ma7 Δ7 Δ
0 3 7 10 | m7 min7 mi7 -7
0 3 7 11 | mMaj7 mmaj7 mM7 minMaj7 minmaj7 -maj7 -M7
0 3 6 9 | dim7 o7 °7
0 3 6 10 | m7b5 min7b5 mi7b5 -7b5 ø7 ø
0 4 8 10 | aug7 +7 7#5
0 4 6 10 | 7b5
0 5 7 10 | 7sus4 7sus
0 4 7 14 | add9 add2
0 3 7 14 | madd9 minadd9 madd2
0 4 7 10 14 | 9
0 4 7 11 14 | maj9 M9 Maj9 ma9 Δ9
0 3 7 10 14 | m9 min9 mi9 -9
0 4 7 10 13 | 7b9
0 4 7 10 15 | 7#9
0 5 7 10 14 | 9sus4 9sus
0 4 7 10 18 | 7#11
0 4 7 11 18 | maj7#11 M7#11 Maj7#11
0 4 7 10 14 17 | 11
0 3 7 10 14 17 | m11 min11 mi11 -11
0 4 7 10 14 17 21 | 13
"""


def _read_table() -> Iterator[tuple[tuple[int, ...], list[str]]]:
    for row in _TABLE.strip().splitlines():
        tones, _, names = row.partition(" | ")
        first, *others = names.split()
        yield tuple(map(int, tones.split())), ["" if first == "-" else first, *others]


KINDS: dict[str, tuple[int, ...]] = {names[0]: tones for tones, names in _read_table()}
"""Semitones above the root, rising from 0, of each kind of chord, as symbols spell it: "" is major."""

SPELLINGS: dict[str, str] = {name: names[0] for _, names in _read_table() for name in names}
"""The kind that each spelling means."""

_SYMBOL = re.compile(r"([A-G](?:##?|bb?)?)(.*?)(?:/([A-G](?:##?|bb?)?))?")
_BRACKETS = str.maketrans("", "", "()")


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord by its symbol, as it is spelt.

    tonic    its root: "F#", "Bb"
    kind     one of `KINDS`
    lowest   the bass where the symbol says one, spelt like the root; "" where it is the root
    """

    tonic: str
    kind: str = ""
    lowest: str = ""

    @property
    def root(self) -> int:
        """Pitch class of the root, 0..11."""
        return pitch_class(self.tonic)

    @property
    def bass(self) -> int:
        """Pitch class of the bass, 0..11."""
        return pitch_class(self.lowest or self.tonic)

    @property
    def pitch_classes(self) -> frozenset[int]:
        """What belongs to it, 0..11, the bass too."""
        return _pitch_classes(self)

    def __str__(self) -> str:
        return f"{self.tonic}{self.kind}" + (f"/{self.lowest}" if self.lowest else "")


@dataclass(frozen=True, slots=True)
class Harmony:
    """A chord where it stands.

    onset, end  ticks
    chord       None: there is none, `N.C.`
    """

    onset: int
    end: int
    chord: Chord | None


@cache
def _pitch_classes(chord: Chord) -> frozenset[int]:
    return frozenset({(chord.root + tone) % 12 for tone in KINDS[chord.kind]} | {chord.bass})


@cache
def parse_chord(symbol: str) -> Chord | None:
    """The chord of a symbol in one of the usual spellings (`Dm`, `F#m7b5`, `Bb/D`); None where it is none."""
    match = _SYMBOL.fullmatch(symbol)
    kind = SPELLINGS.get(match[2].translate(_BRACKETS)) if match else None
    if match is None or kind is None:
        return None
    return Chord(match[1], kind, match[3] or "")
