"""Melodies as a network learns them: in one key and range, each tune once, its versions known as one."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from stochos.neural.encoding import Encoding
from stochos.neural.encodings import squash, squash_amount
from stochos.neural.vocabulary import Tone, events_from_tones
from stochos.shipped import shipped

FEWEST_TONES = 16
FEWEST_PITCHES = 4
MOST_STEPS = 1024
SHARED_RUN = 12  # notes in a row, in any key, that make two tunes versions of one
FOLK = ("essenFolksong", "ryansMammoth", "oneills1850", "airdsAirs")  # what the melody networks learned from
_NEVER_LEARNED = "held_out.txt"
HELD_OUT = 0.1  # share of the tunes that is never trained on


@dataclass(frozen=True, slots=True)
class Tune:
    """One melody in the key and range of an encoding.

    identity  collection/file/number
    events    one a sixteenth
    group     identity of the first tune of which this is a version; itself where it is the only one
    held_out  whether it is for testing only; versions of one tune are all held out or all trained on
    """

    identity: str
    events: tuple[int, ...]
    group: str
    held_out: bool


def is_held_out(group: str, share: float = HELD_OUT) -> bool:
    """Whether a group is among the share 0..1 that is held out; a larger share holds a smaller one in it.

    The tenth that it takes is decided by the last digit of a hash, and what is finer by its other digits.
    """
    tens, digit = divmod(int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big"), 10)
    return digit + tens % 10_000 / 10_000 < 10 * share


def sides(identities: Sequence[str], groups: Sequence[str], share: float = HELD_OUT) -> dict[str, bool]:
    """Whether each group is held out.

    At the usual share the folk tunes that the shipped networks have not learned from are, with all their versions, and
    no others of these collections; so that no network is tested on what another, or itself, was shown.
    """
    found = {group: is_held_out(group, share) for group in groups}
    folk = [(i, group) for i, group in zip(identities, groups, strict=True) if i.partition("/")[0] in FOLK]
    if share == HELD_OUT and folk:
        apart = never_learned()
        found |= dict.fromkeys((group for _, group in folk), False)
        found |= dict.fromkeys((group for identity, group in folk if identity in apart), True)
    return found


def never_learned() -> frozenset[str]:
    """Tunes of the folk collections that no network that comes with stochos has learned from."""
    return frozenset((shipped("models") / _NEVER_LEARNED).read_text("utf-8").split())


class DroppedError(Exception):
    """A tune that cannot be learned from, and why."""


class TooFewError(Exception):
    """Fewer pieces than a test needs; one line."""


def fit(tones: Sequence[Tone], encoding: Encoding) -> tuple[int, ...]:
    """Events in the key and range of the encoding; `DroppedError` for too short, too plain, too wide."""
    pitches = {tone.pitch for tone in tones}
    if len(tones) < FEWEST_TONES or len(pitches) < FEWEST_PITCHES:
        raise DroppedError("too short or too plain")
    if max(pitches) - min(pitches) > encoding.highest - encoding.lowest:
        raise DroppedError("wider than the range")
    first = tones[0].onset
    events = events_from_tones([Tone(tone.onset - first, tone.duration, tone.pitch) for tone in tones])
    if len(events) > MOST_STEPS:
        raise DroppedError("too long")
    return tuple(squash(events, encoding, squash_amount(events, encoding)))


def group_versions(melodies: Mapping[str, tuple[int, ...]]) -> list[Tune]:
    """Tunes with their groups: two that share a run of `SHARED_RUN` notes, in any key, are versions."""
    parent = {identity: identity for identity in melodies}

    def root(identity: str) -> str:
        while parent[identity] != identity:
            parent[identity] = parent[parent[identity]]
            identity = parent[identity]
        return identity

    seen: dict[tuple[tuple[int, int], ...], str] = {}
    for identity, events in melodies.items():
        for run in _runs(events):
            a, b = sorted((root(seen.setdefault(run, identity)), root(identity)))
            parent[b] = a
    groups = [root(identity) for identity in melodies]
    held_out = sides(list(melodies), groups)
    parts = zip(melodies.items(), groups, strict=True)
    return [Tune(identity, events, group, held_out[group]) for (identity, events), group in parts]


def _runs(events: tuple[int, ...]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every run of intervals and gaps in steps, by which versions of a tune are known."""
    onsets = [(step, event) for step, event in enumerate(events) if event >= 0]
    moves = [(q - p, t - s) for (s, p), (t, q) in pairwise(onsets)]
    for start in range(len(moves) - SHARED_RUN + 2):
        yield tuple(moves[start : start + SHARED_RUN - 1])
