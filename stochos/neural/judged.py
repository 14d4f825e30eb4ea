"""How pieces of an encoding are heard in the Turing test, as melodies, and how its networks go on with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.random import Generator

from stochos.neural.bundle import Model
from stochos.neural.choir import continue_voices
from stochos.neural.chorale import RANGES, parted
from stochos.neural.encoding import Encoding
from stochos.neural.note import tones_of
from stochos.neural.notewise import continued_by_notes, one_at_a_time
from stochos.neural.sampling import Choice, begin, continue_melodies, draw, speakable
from stochos.neural.telling import BAR, Lines
from stochos.neural.vocabulary import HIGHEST_PITCH, NO_EVENT, NOTE_OFF, events_from_tones

OPENING = BAR
"""Sixteenths of a piece that the network goes on from."""
_TAKES = 100  # that are drawn together


class Continuing(Protocol):
    """Lets a network go on with the openings of pieces."""

    def __call__(  # noqa: PLR0913, PLR0917 - all that continuations hang on
        self, model: Model, pieces: Sequence[Sequence[int]], lengths: Sequence[int], rng: Generator,
        temperature: float, progress: Callable[[int, int], None], /,
    ) -> list[Lines]:  # fmt: skip
        """What it plays after the opening of each piece.

        pieces    in events of the encoding; only their openings are heard, and what the network is told
        lengths   in sixteenths, up to which it goes on; the opening counts
        progress  told how many takes are drawn, and of how many
        """


@dataclass(frozen=True, slots=True)
class Judged:
    """How an encoding is heard in the test.

    lines  the melodies of a piece, an event a sixteenth, all of one length
    play   lets a network go on
    """

    lines: Callable[[Sequence[int]], Lines]
    play: Continuing


def judged(encoding: Encoding) -> Judged:
    """How the pieces of an encoding are heard."""
    return _JUDGED.get(encoding.name, _MELODIES)


# --- melodies -----------------------------------------------------------------------------------


def continued(  # noqa: PLR0913, PLR0917 - as `Continuing`
    model: Model, pieces: Sequence[Sequence[int]], lengths: Sequence[int], rng: Generator, temperature: float,
    progress: Callable[[int, int], None],
) -> list[Lines]:  # fmt: skip
    """What a network plays in its key and range, many takes at a time; a `Continuing`."""
    made: list[Lines] = []
    for start in range(0, len(pieces), _TAKES):
        openings = [piece[:OPENING] for piece in pieces[start : start + _TAKES]]
        made += [(events,) for events in _together(model, openings, lengths[start : start + _TAKES], rng, temperature)]
        progress(len(made), len(pieces))
    return made


def _together(
    model: Model, openings: Sequence[Sequence[int]], lengths: Sequence[int], rng: Generator, temperature: float
) -> list[list[int]]:
    encoding, opening = model.encoding, len(openings[0])
    (may,) = speakable(0, None, encoding)
    stepper = begin(model, [rng] * len(openings))
    for step in range(opening):
        stepper.hear([piece[step] for piece in openings])
    choice = Choice(np.full(max(lengths) - opening, temperature))
    rows = np.arange(len(openings))
    for step in range(max(lengths) - opening):
        meant = stepper.meant()
        drawn = draw(choice.chances(stepper.logits, may[meant + 2], step), rng.random(len(openings)))
        stepper.hear(meant[rows, drawn].tolist())
    return [before[opening:length] for before, length in zip(stepper.before, lengths, strict=True)]


_MELODIES = Judged(lambda events: (events,), continued)

# --- notes and voices ---------------------------------------------------------------------------


def _melody(stream: Sequence[int]) -> Lines:
    """A melody of notes in sixteenths."""
    return (events_from_tones(one_at_a_time(tones_of(stream))),)


def _noted(  # noqa: PLR0913, PLR0917 - as `Continuing`
    model: Model, pieces: Sequence[Sequence[int]], lengths: Sequence[int], rng: Generator, temperature: float,
    progress: Callable[[int, int], None],
) -> list[Lines]:  # fmt: skip
    openings = [_melody(piece)[0][:OPENING] for piece in pieces]
    return [(events,) for events in continued_by_notes(model, openings, lengths, rng, temperature, progress)]


def _sung(  # noqa: PLR0913, PLR0917 - as `Continuing`
    model: Model, pieces: Sequence[Sequence[int]], lengths: Sequence[int], rng: Generator, temperature: float,
    progress: Callable[[int, int], None],
) -> list[Lines]:  # fmt: skip
    """In four voices, under the fermatas of the piece."""
    made: list[Lines] = []
    anywhere = [np.ones(HIGHEST_PITCH + 1, dtype=np.bool_)] * len(RANGES)
    for piece, length in zip(pieces, lengths, strict=True):
        voices, far = parted(piece)
        sung = continue_voices(
            model, far[:length], Choice(np.full(length, temperature)), rng.random((length, len(RANGES))).tolist(),
            ranges=anywhere, moved=0, told=[voice[:OPENING] for voice in voices],
        )  # fmt: skip
        made.append([voice[OPENING:] for voice in sung])
        progress(len(made), len(pieces))
    return made


def _followed(  # noqa: PLR0913, PLR0917 - as `Continuing`
    model: Model, pieces: Sequence[Sequence[int]], lengths: Sequence[int], rng: Generator, temperature: float,
    progress: Callable[[int, int], None],
) -> list[Lines]:  # fmt: skip
    """Over the chords of the piece."""
    made: list[Lines] = []
    for piece, length in zip(pieces, lengths, strict=True):
        melody, chords = piece[1::2], piece[::2]
        choice = Choice(np.full(length - OPENING, temperature))
        made.append(
            continue_melodies(model, melody[:OPENING], choice, transposition=0, told=chords[:length], rngs=[rng])
        )
        progress(len(made), len(pieces))
    return made


_JUDGED: Mapping[str, Judged] = {
    "note": Judged(_melody, _noted),
    "chorale": Judged(lambda events: parted(events)[0], _sung),
    "harmony": Judged(lambda events: (events[1::2],), _followed),
}
"""Of encodings that are not one event a sixteenth."""


def chords(lines: Lines) -> list[int]:
    """Which intervals above the lowest sound together in several lines, whenever one of them changes.

    A chord is a number of twelve bits, as a pitch is a number; so chords are heard as a melody of their own.
    """
    sounding, events = [NOTE_OFF] * len(lines), []
    for frame in zip(*lines, strict=True):
        sounding = [before if event == NO_EVENT else event for before, event in zip(sounding, frame, strict=True)]
        pitches = [pitch for pitch in sounding if pitch >= 0]
        if all(event == NO_EVENT for event in frame):
            events.append(NO_EVENT)
        else:
            above = {(pitch - min(pitches)) % 12 for pitch in pitches}
            events.append(sum(1 << interval for interval in above) if pitches else NOTE_OFF)
    return events
