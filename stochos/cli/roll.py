"""A piano roll for the terminal: time goes right, pitch goes up."""

from __future__ import annotations

from dataclasses import dataclass

from stochos.music.pitch import spell
from stochos.realization import Note, Part, Realization

_ROWS = 8
_LABEL = 5
# The dots of a braille cell: column by column, from the top.
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


@dataclass(frozen=True, slots=True)
class _Grain:
    """How finely a character draws: `across` in time, `down` in pitch."""

    across: int
    down: int


_BRAILLE, _ASCII = _Grain(2, 4), _Grain(1, 1)


def piano_roll(piece: Realization, width: int, unicode: bool) -> list[str]:
    """Lines of at most `width` columns: pitched parts in one roll, percussion in a line each, sections under them."""
    columns = max(width - _LABEL - 2, 10)
    grain = _BRAILLE if unicode else _ASCII
    if piece.duration == 0:
        return []
    pitched = [note for part in piece.parts if not part.instrument.is_percussion for note in part.notes]
    lines = _roll(pitched, piece.duration, columns, grain) if pitched else []
    for part in piece.parts:
        if part.instrument.is_percussion and part.notes:
            lines.append(_label(part.name) + _ticks(part, piece.duration, columns, unicode))
    return [*lines, _label("") + _sections(piece, columns)] if lines else []


def _roll(notes: list[Note], duration: int, columns: int, grain: _Grain) -> list[str]:
    low, high = min(note.pitch for note in notes), max(note.pitch for note in notes)
    fine = min(_ROWS * grain.down, high - low + 1)
    rows = -(-fine // grain.down)
    steps = rows * grain.down
    wide = columns * grain.across
    cells = [[0] * columns for _ in range(rows)]
    for note in notes:
        y = steps - 1 - (note.pitch - low) * steps // max(high - low + 1, steps)
        first = note.onset * wide // duration
        last = max(first, ((note.onset + note.duration) * wide - 1) // duration - (1 if grain.across > 1 else 0))
        for x in range(first, min(last, wide - 1) + 1):
            cells[y // grain.down][x // grain.across] |= _DOTS[x % grain.across][y % grain.down]
    names = {0: str(spell(high, 0)), rows - 1: str(spell(low, 0))}
    return [_label(names.get(row, "")) + _drawn(line, grain) for row, line in enumerate(cells)]


def _drawn(cells: list[int], grain: _Grain) -> str:
    if grain == _ASCII:
        return "".join("#" if cell else " " for cell in cells).rstrip()
    return "".join(chr(0x2800 + cell) if cell else " " for cell in cells).rstrip()


def _ticks(part: Part, duration: int, columns: int, unicode: bool) -> str:
    """Strokes of a percussion part."""
    struck = {note.onset * columns // duration for note in part.notes}
    return "".join(("╷" if unicode else "'") if column in struck else " " for column in range(columns)).rstrip()


def _sections(piece: Realization, columns: int) -> str:
    """Names of sections where they begin, as far as there is room."""
    line = ""
    for bar in piece.bars:
        column = bar.onset * columns // piece.duration
        if bar.section and column >= len(line) + (1 if line else 0):
            line = f"{line:<{column}}{bar.section}"[:columns]
    return line


def _label(name: str) -> str:
    return f"{name[:_LABEL]:>{_LABEL}} "
