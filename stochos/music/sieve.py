"""Sieves: Xenakis' residue classes, a language for scales and rhythms.

    8@0 | (3@2 & 4@1) | -5@1 ^ 7@2

`8@3` is every eighth number, counting from 3 (`8` alone is `8@0`); `|` joins, `&` keeps what both have, `^` what one
of the two has, `-` or `!` turns inside out; brackets are `( )` or `{ }`. Complement binds tightest, then `&`, `^`, `|`.
A sieve of pitches counts semitones from the lowest MIDI note, C-1 = 0 (so C4 = 60); a sieve of time counts grid steps.

Source: Xenakis, Formalized Music (1992), ch. VII, XI and XII.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import reduce
from math import lcm
from operator import xor
from typing import NoReturn, TypeAlias, assert_never

MOST_PERIOD = 1_000_000
"""Longest period that a sieve may have."""
DEEPEST = 50
"""How deep brackets and complements may nest."""

_CLOSING = {"(": ")", "{": "}"}
_OPERATORS = "|^&"  # loosest first
_TOKEN = re.compile(r"\s*(?:(\d+)\s*(?:@\s*(-?\s*\d+))?|(\S))")
_MOST_DIGITS = 9


class SieveError(Exception):
    """An expression that is not a sieve.

    message  one line, lower case
    offset   the character of the expression that is to blame, from 0
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message, self.offset = message, offset


@dataclass(frozen=True, slots=True)
class Residue:
    """Every `modulus`-th number, through `shift`, which lies in 0..modulus-1."""

    modulus: int
    shift: int


@dataclass(frozen=True, slots=True)
class Complement:
    """All that `item` leaves out."""

    item: Expression


@dataclass(frozen=True, slots=True)
class Joined:
    """`items` joined by one `operator`: | ^ &."""

    operator: str
    items: tuple[Expression, ...]


Expression: TypeAlias = "Residue | Complement | Joined"


@dataclass(frozen=True, slots=True)
class Sieve:
    """A set of whole numbers that repeats for ever both ways.

    period  after how many numbers it surely repeats: the least common multiple of its moduli
    """

    text: str
    expression: Expression = field(repr=False)
    period: int = field(repr=False)

    def contains(self, number: int) -> bool:
        """Whether the sieve lets a number through."""
        return _holds(self.expression, number)

    def points(self, low: int, high: int) -> tuple[int, ...]:
        """The numbers of the sieve from `low` up to and including `high`, rising."""
        return tuple(number for number in range(low, high + 1) if self.contains(number))

    def mask(self) -> tuple[bool, ...]:
        """Say of each MIDI number 0..127 whether the sieve lets it through; C-1 counts as 0."""
        return tuple(self.contains(number) for number in range(128))


def parse_sieve(text: str) -> Sieve:
    """Read an expression; SieveError where it is not one, or its period is above `MOST_PERIOD`."""
    expression = _Reader(text).whole()
    period = 1
    for residue in _residues(expression):
        period = lcm(period, residue.modulus)
        if period > MOST_PERIOD:
            raise SieveError(f"the sieve repeats only after more than {MOST_PERIOD:,} numbers, which is the limit", 0)
    return Sieve(text, expression, period)


def _holds(expression: Expression, number: int) -> bool:
    match expression:
        case Residue(modulus, shift):
            return number % modulus == shift
        case Complement(item):
            return not _holds(item, number)
        case Joined("|", items):
            return any(_holds(item, number) for item in items)
        case Joined("&", items):
            return all(_holds(item, number) for item in items)
        case Joined(_, items):
            return reduce(xor, (_holds(item, number) for item in items))
        case _ as never:
            assert_never(never)


def _residues(expression: Expression) -> list[Residue]:
    match expression:
        case Residue():
            return [expression]
        case Complement(item):
            return _residues(item)
        case Joined(_, items):
            return [residue for item in items for residue in _residues(item)]
        case _ as never:
            assert_never(never)


class _Reader:
    """Recursive descent over one expression: a level for each operator, a limit on the depth."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_TOKEN.finditer(text))
        self.at = 0
        self.depth = 0

    def whole(self) -> Expression:
        expression = self.joined(0)
        if self.at < len(self.tokens):
            self.fail(f"`{self.tokens[self.at][0].strip()}` is not expected here")
        return expression

    def joined(self, level: int) -> Expression:
        if level == len(_OPERATORS):
            return self.single()
        items = [self.joined(level + 1)]
        while self.sign() == _OPERATORS[level]:
            self.at += 1
            items.append(self.joined(level + 1))
        return items[0] if len(items) == 1 else Joined(_OPERATORS[level], tuple(items))

    def single(self) -> Expression:
        sign, start = self.sign(), self.at
        if sign in ("-", "!"):
            self.at += 1
            with _Deeper(self):
                return Complement(self.single())
        if sign in _CLOSING:
            self.at += 1
            with _Deeper(self):
                inner = self.joined(0)
            if self.sign() != _CLOSING[sign]:
                self.at = start
                self.fail(f"`{sign}` is not closed")
            self.at += 1
            return inner
        return self.residue()

    def residue(self) -> Residue:
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        if token is None or token[1] is None:
            self.fail("a residue class such as `8@3` is missing here")
        if len(token[1]) > _MOST_DIGITS or len(token[2] or "") > _MOST_DIGITS:
            self.fail(f"a number has more than {_MOST_DIGITS} digits")
        modulus, shift = int(token[1]), int((token[2] or "0").replace(" ", ""))
        if modulus == 0:
            self.fail("the modulus is 0, and must be 1 or more")
        self.at += 1
        return Residue(modulus, shift % modulus)

    def sign(self) -> str:
        """The operator or bracket that comes next; "" for a residue class or the end."""
        return (self.tokens[self.at][3] or "") if self.at < len(self.tokens) else ""

    def fail(self, message: str) -> NoReturn:
        """Blame the token that comes next, or the end."""
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            raise SieveError(message, token.start(1 if token[1] else 3))
        raise SieveError(message, len(self.text))


class _Deeper:
    """One level deeper, for as long as the `with` lasts."""

    def __init__(self, reader: _Reader) -> None:
        self.reader = reader

    def __enter__(self) -> None:
        self.reader.depth += 1
        if self.reader.depth > DEEPEST:
            self.reader.fail(f"brackets are nested more than {DEEPEST} deep, which is the limit")

    def __exit__(self, *_: object) -> None:
        self.reader.depth -= 1
