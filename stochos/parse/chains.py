"""Rows of a written chain: looked at line by line, because the grammar takes a row for as long as it can.

The grammar reads `A4 C5` on one line and `C5: A4` on the next as one row of three states.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stochos.diagnostics import Fix
from stochos.parse.slip import Slip
from stochos.source import Span

_CHAIN = re.compile(r"@chain\s*\{([^{}]*)\}")
_WORD = re.compile(r"[^\W\d][\w#]*-?\d*:\d+\.*(?:\+\d+\.*)*(?![\w.+])|[^\s,:]+|[,:]")
_STATE = re.compile(r"[,:]|[^\W\d][\w#]*-?\d*(?::\S+)?|[-+]?[\d.]+(?:/\d+|/?[a-z%]+)?")
_WEIGHT = re.compile(r"(?:\d*\.)?\d+%?")
_EXAMPLE = "a row of a chain is written like `C4: A3 0.6, E4 0.4`"

_Words = list[re.Match[str]]


def check_chains(code: str, piece: Span) -> None:
    """Raises the first Slip in the rows of the chains of a piece.

    code  as from `pieces.spoken`
    """
    for chain in _CHAIN.finditer(code, *piece):
        words = list(_WORD.finditer(code, *chain.span(1)))
        if not words:
            raise Slip("STO107", Span(*chain.span()), "this chain has no rows", _EXAMPLE)
        if all(_STATE.fullmatch(word.group()) for word in words):
            rows = list(_rows(code, words))
            order = next((_colon(row) for row in rows if _colon(row) > 0), 1)
            for row in rows:
                _check_row(row, order)


def _rows(code: str, words: _Words) -> Iterator[_Words]:
    """Words up to the next line that begins with a state."""
    row: _Words = []
    for word in words:
        if row and "\n" in code[row[-1].end() : word.start()] and _begins_row(code, row, word, words[-1].end()):
            yield row
            row = []
        row.append(word)
    yield row


def _begins_row(code: str, row: _Words, first: re.Match[str], end: int) -> bool:
    """Whether a row begins with the first word of a line. `end`: of the chain's last word."""
    word = first.group()
    if row[-1].group() in (",", ":") or word in (",", ":"):
        return False
    if not _WEIGHT.fullmatch(word):
        return True
    ends = code.find("\n", first.end(), end)
    line = code[first.end() : ends if ends >= 0 else end]
    is_weighted = len(row) > 1 and row[-2].group() not in (",", ":") and _WEIGHT.fullmatch(row[-1].group())
    return ":" in line or bool(is_weighted)


def _colon(row: _Words) -> int:
    """How many words stand before the colon; -1 without one."""
    return next((number for number, word in enumerate(row) if word.group() == ":"), -1)


def _check_row(row: _Words, order: int) -> None:
    colons = sum(word.group() == ":" for word in row)
    if colons == 0:
        state = row[min(order, len(row)) - 1]
        fix = Fix(Span(state.end(), state.end()), ":") if len(row) > order else None
        span = Span(row[0].start(), row[-1].end())
        hint = f"write `{' '.join(w.group() + ':' * (w is state) for w in row)}`" if fix else _EXAMPLE
        raise Slip("STO107", span, f"a colon is missing after `{state.group()}`", hint, fix)
    if colons == 1:
        target: _Words = []
        for word in [*row[_colon(row) + 1 :], None]:
            if word is None or word.group() == ",":
                _check_target(target)
                target = []
            else:
                target.append(word)


def _check_target(words: _Words) -> None:
    """A state that follows, and its weight."""
    if len(words) < 2:
        return
    state, weight = words[0], words[1]
    if weight.group()[0] == "-" and len(words) == 2:
        message = f"`{weight.group()}` is no weight"
        raise Slip("STO406", Span(*weight.span()), message, "a weight is 0 or more, as in `C4: A3 0.6, E4 0.4`")
    before = weight if _WEIGHT.fullmatch(weight.group()) else state
    if before is words[-1]:
        return
    after = words[words.index(before) + 1]
    fix = Fix(Span(before.end(), before.end()), ",")
    raise Slip("STO107", Span(*after.span()), f"a comma is missing before `{after.group()}`", _EXAMPLE, fix)
