"""The words of the melody networks: what happens at each sixteenth.

A melody is a list of events, one integer a step: `NO_EVENT` (hold, or rest), `NOTE_OFF`, or a MIDI pitch 0..127 that
starts.
Source: Magenta, note_seq/melodies_lib.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NO_EVENT = -2
NOTE_OFF = -1
HIGHEST_PITCH = 127
STEPS_PER_QUARTER = 4
MAJOR = (0, 2, 4, 5, 7, 9, 11)


@dataclass(frozen=True, slots=True)
class Tone:
    """One note of a melody on the grid of steps.

    onset     step, >= 0
    duration  steps, >= 1
    pitch     MIDI, 0..127
    """

    onset: int
    duration: int
    pitch: int


def clean(events: Iterable[int]) -> list[int]:
    """The melody, note-offs before its first note made rests as in Magenta; ValueError for what is no event."""
    cleaned: list[int] = []
    started = False
    for event in events:
        if not NO_EVENT <= event <= HIGHEST_PITCH:
            raise ValueError(f"event {event} is outside {NO_EVENT} to {HIGHEST_PITCH}")
        started = started or event >= 0
        cleaned.append(NO_EVENT if event == NOTE_OFF and not started else int(event))
    return cleaned


def events_from_tones(tones: Sequence[Tone], length: int | None = None) -> list[int]:
    """Events of a melody, `length` steps long (by default to the end of its last note).

    Tones come in order of onset; one that is still sounding is cut by the next. ValueError where two start together.
    """
    end = max((tone.onset + tone.duration for tone in tones), default=0)
    events = [NO_EVENT] * max(end, length or 0)
    onsets = [*(tone.onset for tone in tones[1:]), len(events)]
    for tone, following in zip(tones, onsets, strict=False):
        if tone.onset < 0 or tone.duration < 1 or following <= tone.onset:
            raise ValueError(f"the note at step {tone.onset} has no place of its own")
        events[tone.onset] = tone.pitch
        if tone.onset + tone.duration < following:
            events[tone.onset + tone.duration] = NOTE_OFF
    return events if length is None else events[:length]


def tones_from_events(events: Sequence[int]) -> list[Tone]:
    """The notes of a melody; one that is never ended sounds to the last step."""
    tones: list[Tone] = []
    sounding: tuple[int, int] | None = None
    for step, event in enumerate([*events, NOTE_OFF]):
        if event == NO_EVENT:
            continue
        if sounding is not None:
            tones.append(Tone(sounding[0], step - sounding[0], sounding[1]))
        sounding = (step, event) if event >= 0 else None
    return tones


def major_key(pitches: Iterable[int]) -> int:
    """Pitch class 0..11 of the major key that holds most of the notes, the lowest where several do."""
    counts = [0] * 12
    for pitch in pitches:
        for degree in MAJOR:
            counts[(pitch - degree) % 12] += 1
    return counts.index(max(counts))


def unsquash(events: Iterable[int], amount: int) -> list[int]:
    """The melody transposed back; notes that `squash` brought in by octaves stay where it brought them."""
    return [event if event < 0 else event - amount for event in events]
