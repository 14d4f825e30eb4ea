"""MusicXML: the score as a player reads it."""

from __future__ import annotations

from stochos.realization import Realization


def write_musicxml(realization: Realization) -> bytes:
    """Write a piece as a concert score. The same piece gives the same bytes, wherever and whenever.

    The layout is ours, note by note; music21 only puts it into words. It is loaded here, as it takes a while.
    """
    from stochos.rendering.engraving import ScoreWriter

    return ScoreWriter(realization).write()
