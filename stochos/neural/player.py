"""A trained network as passages play it: music in, music out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stochos.neural.bundle import Model
from stochos.neural.choir import choice_of, sing
from stochos.neural.encoding import Encoding
from stochos.neural.harmony import HIGHEST, LOWEST, Sounding, at_steps, led_on, to_network
from stochos.neural.notewise import continue_notes
from stochos.neural.sampling import Choice, continue_melodies
from stochos.neural.teller import NetworkTeller
from stochos.neural.vocabulary import NO_EVENT, NOTE_OFF, STEPS_PER_QUARTER, Tone, tones_from_events
from stochos.process.passage import Chords, Events, Freedom, Song, Token

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MIDDLE = (LOWEST + HIGHEST) / 2


class Player:
    """Lets a model continue melodies; a `passage.Network`."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._sung: tuple[Song, list[list[Tone]]] | None = None

    def continue_tokens(  # noqa: PLR0913, PLR0917  all that a continuation hangs on
        self, primer: Sequence[Token], freedom: Freedom, allowed: NDArray[np.bool_],
        key: int, harmony: Chords, rng: np.random.Generator,
    ) -> Events:  # fmt: skip
        """Music that goes on after `primer`, its onsets on sixteenths; arguments as of `passage.Network`.

        A primer whose middle lies outside the allowed pitches is first moved among them by octaves; without any note
        in it, what the network knows as its own key sounds in the tonic's.
        """
        ever = np.asarray(np.atleast_2d(allowed).any(axis=0))
        heard = _moved(events_from_tokens(primer), ever)
        choice = choice_of(freedom)
        moved = None if any(event >= 0 for event in heard) else _to_key(self._model.encoding, key, ever)
        if self._model.encoding.name == "harmony":
            tones = self._over(at_steps(harmony, len(freedom.temperature)), heard, choice, allowed, key, rng)
        elif self._model.encoding.places:
            tones = self._notes(heard, choice, allowed, moved, rng)
        else:
            (events,) = continue_melodies(self._model, heard, choice, allowed=allowed, transposition=moved, rngs=[rng])
            tones = tones_from_events(events)
        columns = [(tone.onset, tone.duration, tone.pitch) for tone in tones]
        onset, duration, pitch = np.array(columns, dtype=np.float64).reshape(-1, 3).T
        return Events(onset / STEPS_PER_QUARTER, duration / STEPS_PER_QUARTER, pitch, None)

    def _notes(
        self, heard: Sequence[int], choice: Choice, allowed: NDArray[np.bool_], moved: int | None,
        rng: np.random.Generator,
    ) -> list[Tone]:  # fmt: skip
        """What a network of notes plays after a melody, from its own beginning."""
        primer = tones_from_events(heard)
        begins = len(heard) if primer else 0
        notes = continue_notes(self._model, primer, begins, choice, allowed=allowed, moved=moved, rng=rng)
        return [replace(note, onset=note.onset - begins) for note in notes]

    def _over(  # noqa: PLR0913, PLR0917  all that a continuation hangs on
        self, chords: Sequence[Sounding | None], heard: Sequence[int], choice: Choice, allowed: NDArray[np.bool_],
        key: int, rng: np.random.Generator,
    ) -> list[Tone]:  # fmt: skip
        """What a network plays over chords, from a beat on; what is before, it hears without any."""
        ever = np.flatnonzero(np.atleast_2d(allowed).any(axis=0))
        semitones = to_network(chords, key, float(ever[0] + ever[-1]) / 2 if len(ever) else _MIDDLE)
        primer, told = led_on(heard, chords, semitones)
        (events,) = continue_melodies(
            self._model, primer, choice, allowed=allowed, transposition=semitones, told=told, rngs=[rng]
        )
        return tones_from_events(events)

    def sing(self, song: Song) -> Sequence[Sequence[tuple[int, int, int]]]:
        """Four voices; the last song is kept, as each part of it asks for the same."""
        if self._sung is None or self._sung[0] != song:
            self._sung = song, sing(self._model, song)
        return [[(tone.onset, tone.duration, tone.pitch) for tone in voice] for voice in self._sung[1]]

    def foreteller(
        self, primer: Sequence[Token], temperature: Callable[[float], float], allowed: NDArray[np.bool_], key: int
    ) -> NetworkTeller:
        """The network about to go on after `primer`, as `continue_tokens` does."""
        heard = _moved(events_from_tokens(primer), allowed)
        has_notes = any(event >= 0 for event in heard)
        return NetworkTeller(
            self._model, heard, temperature, None if has_notes else _to_key(self._model.encoding, key, allowed)
        )


def events_from_tokens(tokens: Sequence[Token]) -> list[int]:
    """Tokens as events, one a sixteenth: of a chord its highest note, of two in one step the later."""
    starts = np.concatenate(([0.0], np.cumsum([token.length for token in tokens])))
    grid = np.rint(starts * STEPS_PER_QUARTER).astype(int).tolist()
    events = [NO_EVENT] * grid[-1]
    for start, end, token in zip(grid[:-1], grid[1:], tokens, strict=True):
        if end > start:
            events[start] = max(token.pitches) if token.pitches else NOTE_OFF
    return events


def _moved(events: list[int], allowed: NDArray[np.bool_]) -> list[int]:
    """Events by octaves nearer to the allowed pitches, where the middle of the melody lies outside them."""
    pitches = [event for event in events if event >= 0]
    if not pitches or not allowed.any():
        return events
    lowest, highest = np.flatnonzero(allowed)[[0, -1]].tolist()
    middle = (min(pitches) + max(pitches)) / 2
    if lowest <= middle <= highest:
        return events
    shift = 12 * round(((lowest + highest) / 2 - middle) / 12)
    fits = all(0 <= pitch + shift <= 127 for pitch in pitches)
    return [event + shift if event >= 0 else event for event in events] if fits else events


def _to_key(encoding: Encoding, key: int, allowed: NDArray[np.bool_]) -> int:
    """Semitones from a tonic to the network's key, in the octave that brings the allowed pitches to its middle."""
    if encoding.key is None or not allowed.any():
        return 0
    lowest, highest = np.flatnonzero(allowed)[[0, -1]].tolist()
    to_middle: float = (encoding.lowest + encoding.highest) / 2 - (lowest + highest) / 2
    to_key = encoding.key - key
    return to_key + 12 * round((to_middle - to_key) / 12)
