"""Let a network sing in four voices, or put three under a melody: event by event, soprano to bass."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from stochos.neural.bundle import Model
from stochos.neural.chorale import PHRASE, RANGES, distances, parted
from stochos.neural.sampling import Choice, Mask, Stepper, draw
from stochos.neural.vocabulary import HIGHEST_PITCH, NO_EVENT, NOTE_OFF, Tone, events_from_tones, tones_from_events
from stochos.process.passage import Freedom, Song

Voices = tuple[list[int], ...]


def sing(model: Model, song: Song) -> list[list[Tone]]:
    """The notes of soprano, alto, tenor and bass at the pitch they sound, on sixteenths."""
    steps = len(song.freedom.temperature)
    melody = None if song.melody is None else _line(song.melody, steps)
    ranges = [_between(low, high) for low, high in song.ranges]
    moved = nearest_key(song.key, ranges, melody)
    far = distances(song.holds, steps)
    told = [] if melody is None else [melody]
    voices = continue_voices(model, far, choice_of(song.freedom), song.chances, ranges=ranges, moved=moved, told=told)
    return [tones_from_events(voice) for voice in voices]


def choice_of(freedom: Freedom) -> Choice:
    """How freely a network chooses, as arrays."""
    limits = (None if limit is None else np.array(limit) for limit in (freedom.top, freedom.nucleus))
    return Choice(np.array(freedom.temperature), *limits)


def continue_voices(  # noqa: PLR0913  all that four voices hang on
    model: Model,
    far: Sequence[int],
    choice: Choice,
    chances: Sequence[Sequence[float]],
    *,
    ranges: Sequence[Mask],
    moved: int,
    told: Sequence[Sequence[int]] = (),
) -> Voices:
    """Events of the four voices, at the pitch they sound.

    far      quarters to the end of the phrase at each step, 0 under a fermata
    chances  numbers in [0, 1), four a step: what is drawn with
    ranges   which MIDI pitches each voice may begin, [128]; a voice that may none of those the network knows may all
    moved    semitones from what sounds to the network's key
    told     how the voices begin, from the soprano: so many of their events are told, the others sung
    Silence and held notes may always come, but the voices begin with notes and end none that is not sounding, and the
    soprano has one note under a fermata, which begins with it: so these are told.
    """
    encoding, stepper = model.encoding, Stepper(model)
    may = [_may(encoding.may(voice + 1), encoding.said, ranges[voice], moved) for voice in range(len(RANGES))]
    off, hold = encoding.index[NOTE_OFF], encoding.index[NO_EVENT]
    sounds = [False] * len(RANGES)
    stream: list[int] = []
    for step, quarters in enumerate(far):
        _say(stepper, stream, PHRASE + quarters)
        for voice in range(len(RANGES)):
            if voice < len(told) and step < len(told[voice]):
                event = _inside(told[voice][step], voice, moved)
            else:
                permitted = may[voice].copy()
                permitted[off] = sounds[voice]
                permitted[hold] = step > 0
                if voice == 0 and quarters == 0:
                    permitted &= _under_fermata(encoding.said, is_first=step == 0 or far[step - 1] > 0)
                weights = choice.chances(stepper.logits, permitted, step)
                event = encoding.said[int(draw(weights, np.array([chances[step][voice]]))[0])]
            _say(stepper, stream, event)
            sounds[voice] = event >= 0 or (event == NO_EVENT and sounds[voice])
    voices, _ = parted(stream)
    sung = tuple([event if event < 0 else event - moved for event in voice] for voice in voices)
    return tuple([*begun, *voice[len(begun) :]] for begun, voice in zip_longest(told, sung, fillvalue=()))


def _say(stepper: Stepper, stream: list[int], event: int) -> None:
    stepper.hear([event])
    stream.append(event)


def _may(permitted: Mask, said: Sequence[int], pitches: Mask, moved: int) -> Mask:
    """Of the classes that a voice may say those whose pitch sounds in its range; all, where that has none."""
    sounding = np.array(said) - moved
    inside = (sounding >= 0) & (sounding <= HIGHEST_PITCH) & (np.array(said) >= 0)
    kept: Mask = permitted & inside & pitches[np.clip(sounding, 0, HIGHEST_PITCH)]
    any_pitch: Mask = permitted & inside
    return kept if kept.any() else any_pitch


def _under_fermata(said: Sequence[int], is_first: bool) -> Mask:
    """What the soprano may say under a fermata: first a note, then nothing more."""
    begins: Mask = np.array(said) >= 0
    goes_on: Mask = np.array(said) == NO_EVENT
    return begins if is_first else goes_on


def _inside(event: int, voice: int, moved: int) -> int:
    """A note that is told as the network hears it, brought into the range of its voice by octaves."""
    if event < 0:
        return event
    (low, high), pitch = RANGES[voice], event + moved
    return low + (pitch - low) % 12 if pitch < low else high - (high - pitch) % 12 if pitch > high else pitch


def nearest_key(key: int, ranges: Sequence[Mask], melody: Sequence[int] | None) -> int:
    """Semitones to C major from a key, in the octave in which most of a melody, and of the ranges, can be sung."""
    pitches = np.array([event for event in melody or () if event >= 0], dtype=int)
    known = [_between(low, high) for low, high in RANGES]

    def worth(moved: int) -> tuple[int, int, int]:
        low, high = RANGES[0]
        shared = [int(np.count_nonzero(_moved(wide, moved) & own)) for wide, own in zip(ranges, known, strict=True)]
        return int(np.sum((pitches + moved >= low) & (pitches + moved <= high))), sum(shared), -abs(moved)

    return max((octave - key for octave in range(-36, 49, 12)), key=worth)


def _moved(mask: Mask, semitones: int) -> Mask:
    places = np.flatnonzero(mask) + semitones
    moved = np.zeros_like(mask)
    moved[places[(places >= 0) & (places <= HIGHEST_PITCH)]] = True
    return moved


def _between(low: int, high: int) -> Mask:
    pitches = np.arange(HIGHEST_PITCH + 1)
    mask: Mask = (pitches >= low) & (pitches <= high)
    return mask


def _line(melody: Sequence[tuple[int, int, int]], steps: int) -> list[int]:
    """Notes as events of a line: of notes that start together the highest, each to the next one at most."""
    highest = {onset: (duration, pitch) for onset, duration, pitch in sorted(melody, key=lambda note: note[2])}
    tones = [Tone(onset, duration, pitch) for onset, (duration, pitch) in sorted(highest.items()) if onset < steps]
    return events_from_tones(tones, steps)
