"""Dynamics and articulations: their names and what they weigh."""

from __future__ import annotations

VELOCITIES = {
    "pppp": 10, "ppp": 20, "pp": 33, "p": 48, "mp": 62, "mf": 76, "f": 92, "ff": 108, "fff": 120, "ffff": 127,
    "sf": 108, "sfz": 112, "fp": 92,
}  # fmt: skip
"""MIDI velocity of a dynamic mark."""

DEFAULT_DYNAMIC = "mf"

ARTICULATIONS = {
    "staccato": "staccato", "stacc": "staccato", "staccatissimo": "staccatissimo", "stacciss": "staccatissimo",
    "tenuto": "tenuto", "ten": "tenuto", "accent": "accent", "acc": "accent", "marcato": "marcato",
    "marc": "marcato", "fermata": "fermata", "trill": "trill", "tr": "trill",
    "glissando": "glissando", "gliss": "glissando",
}  # fmt: skip
"""What a composer may write after an apostrophe, and its full name."""
