"""MusicXML: the score as a player reads it."""

from __future__ import annotations

from stochos.realization import Realization
from stochos.render.marks import by_bar, part_marks, score_marks
from stochos.render.staff import lay_out


def write_musicxml(realization: Realization) -> bytes:
    """Write a piece as a concert score. The same piece gives the same bytes, wherever and whenever.

    The layout is ours, note by note; music21 only puts it into words. It is loaded here, as it takes a while.
    """
    from stochos.render.engraving import ScoreWriter

    staves = [lay_out(part, realization.bars) for part in realization.parts]
    marks = [part_marks(part) for part in realization.parts]
    if marks:
        marks[0] += score_marks(realization)
    return ScoreWriter(realization, staves, [by_bar(own, realization.bars) for own in marks]).write()
