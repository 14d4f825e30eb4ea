"""A trained network as passages play it: music in, music out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

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

_Asked: TypeAlias = tuple[tuple[int, ...], Freedom, bytes, "int | None", tuple[int, ...]]
"""What a melody hangs on, beside chance: primer, freedom, allowed pitches, transposition, what chords tell."""

_MIDDLE = (LOWEST + HIGHEST) / 2
_TOGETHER = 64
"""As many takes are drawn at once, at most."""
_KEPT = 4096
"""Melodies that are kept, about."""


class Player:
    """Lets a model continue melodies; a `passage.Network`."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._sung: tuple[Song, list[list[Tone]]] | None = None
        self._drawn: dict[_Asked, dict[tuple[int, ...], list[int]]] = {}

    def continue_tokens(  # noqa: PLR0913, PLR0917  all that a continuation hangs on
        self, primer: Sequence[Token], freedom: Freedom, allowed: NDArray[np.bool_],
        key: int, harmony: Chords, rngs: Iterator[np.random.Generator],
    ) -> Events:  # fmt: skip
        """Music that goes on after `primer`, its onsets on sixteenths; arguments as of `passage.Network`.

        A primer whose middle lies outside the allowed pitches is first moved among them by octaves; without any note
        in it, what the network knows as its own key sounds in the tonic's.
        """
        ever = np.asarray(np.atleast_2d(allowed).any(axis=0))
        heard = _moved(events_from_tokens(primer), ever)
        moved = None if any(event >= 0 for event in heard) else _to_key(self._model.encoding, key, ever)
        if self._model.encoding.name == "harmony":
            tones = self._over(at_steps(harmony, len(freedom.temperature)), heard, freedom, allowed, key, rngs)
        elif self._model.encoding.places:
            tones = self._notes(heard, choice_of(freedom), allowed, moved, next(rngs))
        else:
            tones = tones_from_events(self._melody(heard, freedom, allowed, moved, (), rngs))
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
        self, chords: Sequence[Sounding | None], heard: Sequence[int], freedom: Freedom, allowed: NDArray[np.bool_],
        key: int, rngs: Iterator[np.random.Generator],
    ) -> list[Tone]:  # fmt: skip
        """What a network plays over chords, from a beat on; what is before, it hears without any."""
        ever = np.flatnonzero(np.atleast_2d(allowed).any(axis=0))
        semitones = to_network(chords, key, float(ever[0] + ever[-1]) / 2 if len(ever) else _MIDDLE)
        primer, told = led_on(heard, chords, semitones)
        return tones_from_events(self._melody(primer, freedom, allowed, semitones, told, rngs))

    def _melody(  # noqa: PLR0913, PLR0917  all that a continuation hangs on
        self, primer: Sequence[int], freedom: Freedom, allowed: NDArray[np.bool_], moved: int | None,
        told: Sequence[int], rngs: Iterator[np.random.Generator],
    ) -> list[int]:  # fmt: skip
        """Events that follow a primer. Asked for the second time, with another generator, it draws those to come too.

        Where what is asked was itself drawn, it comes but once, and nothing is drawn in vain.
        """
        asked = tuple(primer), freedom, allowed.tobytes(), moved, tuple(told)
        drawn = self._drawn.setdefault(asked, {})
        own = next(rngs)
        name = _name(own)
        if name not in drawn:
            batch = [own, *islice(rngs, _TOGETHER - 1 if drawn else 0)]
            names = [_name(rng) for rng in batch]
            played = continue_melodies(
                self._model, primer, choice_of(freedom), allowed=allowed, transposition=moved, told=told, rngs=batch
            )
            drawn.update(zip(names, played, strict=True))
            while sum(map(len, self._drawn.values())) > _KEPT:
                del self._drawn[next(iter(self._drawn))]
        return drawn[name]

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


def _name(rng: np.random.Generator) -> tuple[int, ...]:
    """What a generator is about to draw hangs on this alone."""
    return tuple(rng.bit_generator.state["state"].values())


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
