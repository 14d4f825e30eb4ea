"""Limits: how much a score may ask for. Each is checked before the work, and named when it is hit."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Limits:
    """Settable through the environment: `notes` by STOCHOS_MAX_NOTES, and so on.

    notes    written and expected generated notes of the whole piece
    bars     bars of the whole piece, repeats unrolled
    repeats  `*N`, and `R*N`
    """

    notes: int = 1_000_000
    bars: int = 20_000
    repeats: int = 10_000

    @classmethod
    def from_environment(cls) -> Limits:
        """The defaults, with what the environment says; unreadable settings are ignored."""
        found = {f.name: os.environ.get(f"STOCHOS_MAX_{f.name.upper()}", "") for f in fields(cls)}
        return cls(**{name: int(text) for name, text in found.items() if text.isdecimal() and int(text) > 0})
