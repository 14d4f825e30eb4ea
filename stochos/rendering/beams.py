"""Beams: which short notes hang together, and by how many strokes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from stochos.music.time import QUARTER
from stochos.rendering.rhythm import KINDS
from stochos.rendering.symbols import Bracket, Symbol

_FLAGS = {"eighth": 1, "16th": 2, "32nd": 3, "64th": 4, "128th": 5}
_TICKS = {name: ticks for ticks, name in KINDS.items()}
_EIGHTH = QUARTER // 2


def set_beams(symbols: list[Symbol], bar_onset: int) -> None:
    """Beam the symbols of one bar and voice, and free of their brackets the tuplets that a beam already shows."""
    for group in _groups(symbols):
        joints = _joints(group, bar_onset)
        for index, symbol in enumerate(group):
            backward = (symbol.onset - bar_onset) % (2 * _TICKS[symbol.kind]) != 0
            hook = "right" if index == 0 else "left" if index == len(group) - 1 or backward else "right"
            levels = range(1, _FLAGS[symbol.kind] + 1)
            symbol.beams = tuple(_stroke(joints[index] >= n, joints[index + 1] >= n, hook) for n in levels)
    _free_brackets(symbols)


def _groups(symbols: list[Symbol]) -> Iterator[list[Symbol]]:
    """Neighbouring short notes of one window, two or more."""
    group: list[Symbol] = []
    for symbol in symbols:
        short = bool(symbol.notes) and symbol.kind in _FLAGS
        if group and not (short and symbol.window == group[0].window):
            if len(group) > 1:
                yield group
            group = []
        if short:
            group.append(symbol)
    if len(group) > 1:
        yield group


def _joints(group: list[Symbol], bar_onset: int) -> list[int]:
    """How many beams join each note to the one before; where there are 32nds, one at the edge of an eighth."""
    flags = [_FLAGS[symbol.kind] for symbol in group]
    divided = max(flags) > 2
    inner = [
        1 if divided and (symbol.onset - bar_onset) % _EIGHTH == 0 else min(before, after)
        for (before, after), symbol in zip(pairwise(flags), group[1:], strict=True)
    ]
    return [0, *inner, 0]


def _stroke(left: bool, right: bool, hook: str) -> str:
    """What one beam does at a note that it joins to its left or right neighbour, or neither."""
    if left and right:
        return "continue"
    return "stop" if left else "start" if right else hook


def _free_brackets(symbols: list[Symbol]) -> None:
    members: dict[int, tuple[Bracket, list[Symbol]]] = {}
    for symbol in symbols:
        for level, (bracket, _) in enumerate(symbol.brackets):
            if level == len(symbol.brackets) - 1:
                members.setdefault(id(bracket), (bracket, []))[1].append(symbol)
            else:
                members[id(bracket)] = (bracket, [])  # holds another: keeps its bracket
    for bracket, own in members.values():
        strokes = [symbol.beams[0] if symbol.beams else "" for symbol in own]
        bracket.is_plain = strokes == ["start", *["continue"] * (len(own) - 2), "stop"] and _is_whole(own)


def _is_whole(own: list[Symbol]) -> bool:
    return own[0].brackets[-1][1] == "start" and own[-1].brackets[-1][1] == "stop"
