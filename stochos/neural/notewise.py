"""Let a network of notes go on with a melody: pitch, step and duration of one note after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from stochos.neural.bundle import Model
from stochos.neural.encodings import squash_amount
from stochos.neural.note import DURATION, FRAME, STEP, TIMES, stream_of
from stochos.neural.sampling import Choice, Mask, Stepper, draw
from stochos.neural.vocabulary import HIGHEST_PITCH, Tone, events_from_tones, tones_from_events

MOST_TOGETHER = 8
"""Notes that may begin at once, so that time goes on."""


def continue_notes(  # noqa: PLR0913  all that a continuation hangs on
    model: Model,
    primer: Sequence[Tone],
    begins: int,
    choice: Choice,
    *,
    allowed: Mask,
    moved: int | None,
    rng: Generator,
) -> list[Tone]:
    """Notes that begin from a sixteenth on, the end of the primer, at the pitch they sound.

    primer   by onset; what it has beyond the categories of the network is heard as the nearest
    choice   how freely at each sixteenth from `begins`: no note begins after the last
    allowed  which MIDI pitches 0..127 may begin, [128], or [sixteenths, 128] where they change; all where none may
    moved    semitones to the network's key; None finds them as for other melodies
    rng      one uniform number is drawn for each event
    """
    encoding, stepper = model.encoding, Stepper(model)
    amount = squash_amount((tone.pitch for tone in primer), encoding) if moved is None else moved
    said = np.array(encoding.said)
    for event in stream_of([Tone(t.onset, t.duration, _inside(t.pitch + amount)) for t in primer]):
        stepper.hear([event])
    may = [encoding.may(place) for place in range(FRAME)]
    steps = np.where(may[1], np.array([_time(event) for event in encoding.said]), -1)
    onset = max((tone.onset for tone in primer), default=begins)
    together, notes = 0, list[Tone]()
    ends = begins + len(choice.temperature)

    def say(permitted: Mask, at: int) -> int:
        weights = choice.chances(stepper.logits, permitted, min(at, len(choice.temperature) - 1))
        event = int(said[draw(weights, np.array([rng.random()]))[0]])
        stepper.hear([event])
        return event

    while True:
        at = max(onset - begins, 0)
        now = allowed[min(at, len(allowed) - 1)] if allowed.ndim == 2 else allowed
        pitch = say(may[0] & _pitches(said, now, amount), at)
        least = max(begins - onset, 1 if together >= MOST_TOGETHER else 0)
        late = may[1] & (steps >= least) if primer or notes else may[1] & (steps == 0)
        step = TIMES[say(late if late.any() else may[1] & (steps == max(TIMES)), at) - STEP]
        together = together + 1 if step == 0 else 0
        onset += step
        duration = TIMES[say(may[2], at) - DURATION]
        if onset >= ends:
            return notes
        notes.append(Tone(max(onset, begins), duration, pitch - amount))


def one_at_a_time(notes: Sequence[Tone]) -> list[Tone]:
    """Of notes that begin together the last, each as long as the next one lets it."""
    last = {note.onset: note for note in notes}
    return sorted(last.values(), key=lambda note: note.onset)


def continued_by_notes(  # noqa: PLR0913, PLR0917 - as `turing.continued`
    model: Model, openings: Sequence[Sequence[int]], lengths: Sequence[int], rng: Generator, temperature: float,
    progress: Callable[[int, int], None],
) -> list[list[int]]:  # fmt: skip
    """What a network plays after each opening, in sixteenths, at the pitch of the opening."""
    made = []
    for opening, length in zip(openings, lengths, strict=True):
        notes = continue_notes(
            model, tones_from_events(opening), len(opening), Choice(np.full(length - len(opening), temperature)),
            allowed=np.ones(HIGHEST_PITCH + 1, dtype=bool), moved=0, rng=rng,
        )  # fmt: skip
        own = [replace(note, onset=note.onset - len(opening)) for note in one_at_a_time(notes)]
        made.append(events_from_tones(own, length - len(opening)))
        progress(len(made), len(openings))
    return made


def _pitches(said: NDArray[np.int64], allowed: Mask, moved: int) -> Mask:
    """Classes whose pitch may sound; any that can where none may."""
    sounding = said - moved
    inside: Mask = (said <= HIGHEST_PITCH) & (sounding >= 0) & (sounding <= HIGHEST_PITCH)
    kept: Mask = inside & allowed[np.clip(sounding, 0, HIGHEST_PITCH)]
    return kept if kept.any() else inside


def _time(event: int) -> int:
    return TIMES[event - STEP] if STEP <= event < STEP + len(TIMES) else -1


def _inside(pitch: int) -> int:
    """A pitch among the MIDI pitches, by octaves."""
    return pitch % 12 if pitch < 0 else pitch - 12 * -(-max(pitch - HIGHEST_PITCH, 0) // 12)
