"""The words of the melody networks: what happens at each sixteenth, and how a network counts it.

A melody is a list of events, one integer a step: `NO_EVENT` (hold, or rest), `NOTE_OFF`, or a MIDI pitch 0..127 that
starts. A network sees classes: 0 no event, 1 note off, then one class a pitch from its lowest to its highest.
Source: Magenta, note_seq/melodies_lib.py and melody_encoder_decoder.py (MelodyOneHotEncoding).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NO_EVENT = -2
NOTE_OFF = -1
HIGHEST_PITCH = 127
STEPS_PER_QUARTER = 4
_MAJOR = (0, 2, 4, 5, 7, 9, 11)


@dataclass(frozen=True, slots=True)
class Encoding:
    """What one kind of network can hear and say.

    lowest   MIDI pitch of class 2
    highest  MIDI pitch of the last class, inclusive
    key      pitch class that melodies are transposed to; None leaves them where they are
    """

    name: str
    lowest: int
    highest: int
    key: int | None

    @property
    def classes(self) -> int:
        """Number of classes: two special events and one a pitch."""
        return self.highest - self.lowest + 3

    def encode(self, events: Iterable[int]) -> list[int]:
        """Classes 0..classes-1 of events; ValueError where a pitch is outside the range."""
        return [self._index(event) for event in events]

    def decode(self, indexes: Iterable[int]) -> list[int]:
        """Events of classes; the inverse of `encode`."""
        return [self.event(index) for index in indexes]

    def event(self, index: int) -> int:
        """The event that a class 0..classes-1 stands for."""
        if not 0 <= index < self.classes:
            raise ValueError(f"class {index} is outside 0 to {self.classes - 1}")
        return index - 2 if index < 2 else index - 2 + self.lowest

    def _index(self, event: int) -> int:
        if event in (NO_EVENT, NOTE_OFF):
            return event + 2
        if not self.lowest <= event <= self.highest:
            raise ValueError(f"pitch {event} is outside {self.lowest} to {self.highest}")
        return event - self.lowest + 2


ENCODINGS = {encoding.name: encoding for encoding in (Encoding("basic", 48, 83, key=0),)}


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
        for degree in _MAJOR:
            counts[(pitch - degree) % 12] += 1
    return counts.index(max(counts))


def squash_amount(events: Iterable[int], encoding: Encoding) -> int:
    """Semitones that bring a melody to the key of the encoding and to the middle of its range; 0 without notes.

    Source: Magenta, Melody.squash; a half octave rounds to the even octave, as Python does.
    """
    pitches = [event for event in events if event >= 0]
    if not pitches or encoding.key is None:
        return 0
    to_key = encoding.key - major_key(pitches)
    centre = (min(pitches) + max(pitches)) / 2
    return to_key + 12 * round(((encoding.lowest + encoding.highest) / 2 - (centre + to_key)) / 12)


def squash(events: Iterable[int], encoding: Encoding, amount: int) -> list[int]:
    """The melody transposed by `amount` semitones, notes still out of range brought in by octaves."""
    low, high = encoding.lowest, encoding.highest + 1
    squashed = []
    for event in events:
        moved = event + amount
        if event < 0:
            moved = event
        elif moved < low:
            moved = low + (moved - low) % 12
        elif moved >= high:
            moved = high - 12 + (moved - high) % 12
        squashed.append(moved)
    return squashed


def unsquash(events: Iterable[int], amount: int) -> list[int]:
    """The melody transposed back; notes that `squash` brought in by octaves stay where it brought them."""
    return [event if event < 0 else event - amount for event in events]
