"""Melodies as lists of integers, one a sixteenth: a MIDI pitch that starts, or that what sounds stops or goes on.

0..127 starts a note for all. Magenta writes -1 for a stop and -2 for what goes on, as stochos does; Martin writes 128
and 129 for them, so either list can be told from the other.
Source: Magenta, note_seq/melodies_lib.py; Martin, notebooks of creative-prediction, 3 (Zeldic musical RNN).
"""

from collections.abc import Iterable

LOWEST, HIGHEST = -2, 129
_FROM_MARTIN = {128: -1, 129: -2}
_TO_MARTIN = {ours: his for his, ours in _FROM_MARTIN.items()}


def from_martin(integers: Iterable[int]) -> list[int]:
    """Events of a list of Martin's; a list of Magenta's stays as it is."""
    return [_FROM_MARTIN.get(integer, integer) for integer in integers]


def to_martin(events: Iterable[int]) -> list[int]:
    """Events as Martin writes them."""
    return [_TO_MARTIN.get(event, event) for event in events]
