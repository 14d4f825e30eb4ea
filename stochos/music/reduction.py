"""Sieves made simple: the fewest residue classes that say the same, and metabolae.

A sieve is taken as one whole number whose bit n says whether n is in it, for one period: set operations are then bit
operations, and the classes of a modulus that lie wholly in the sieve are found by folding that number.

Source: Xenakis, Formalized Music (1992), ch. XI.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import and_, or_, xor
from typing import assert_never

from stochos.music.sieve import Complement, Expression, Joined, Residue, Sieve

MOST_CLASSES = 200
"""More residue classes than this are no simple form."""

_FOLD = {"|": or_, "&": and_, "^": xor}
_TIGHTNESS = {"|": 0, "^": 1, "&": 2}


def primitive(sieve: Sieve) -> tuple[Residue, ...] | None:
    """The residue classes whose union is the sieve, the widest first, none of them needless; () where it is empty.

    Intersections become one class each, by the Chinese remainder theorem: `3@2&4@7` is `12@11`. None where more than
    `MOST_CLASSES` would be needed: nothing would be simpler then.
    """
    wanted = _bits(sieve.expression, sieve.period)
    chosen: list[Residue] = []
    covered = 0
    for modulus, whole in sorted(_whole_classes(wanted, sieve.period).items()):
        for shift in _ones(whole):
            points = _class_bits(modulus, shift, sieve.period)
            if points & ~covered:
                chosen.append(Residue(modulus, shift))
                covered |= points
                if len(chosen) > MOST_CLASSES:
                    return None
        if covered == wanted:
            break
    return tuple(_needed(chosen, sieve.period))


def period(sieve: Sieve) -> int:
    """After how many numbers a sieve really repeats: its moduli may promise more than they keep."""
    length = sieve.period
    bits = _bits(sieve.expression, length)
    for prime in tuple(_primes(length)):
        while length % prime == 0 and bits == _class_of(bits & ((1 << length // prime) - 1), length // prime, length):
            length //= prime
            bits &= (1 << length) - 1
    return length


def metabola(expression: Expression, add: int) -> Expression:
    """The same sieve with `add` added to every index."""
    match expression:
        case Residue(modulus, shift):
            return Residue(modulus, (shift + add) % modulus)
        case Complement(item):
            return Complement(metabola(item, add))
        case Joined(operator, items):
            return Joined(operator, tuple(metabola(item, add) for item in items))
        case _ as never:
            assert_never(never)


def written(expression: Expression, within: int = 0) -> str:
    """An expression as a composer writes it; `within`: how tightly what stands around it binds."""
    match expression:
        case Residue(modulus, shift):
            return f"{modulus}@{shift}"
        case Complement(item):
            return f"-{written(item, 3)}"
        case Joined(operator, items):
            tightness = _TIGHTNESS[operator]
            text = operator.join(written(item, tightness + 1) for item in items)
            return f"({text})" if tightness < within else text
        case _ as never:
            assert_never(never)


# --- sets as bits -----------------------------------------------------------------------------


def _bits(expression: Expression, period: int) -> int:
    match expression:
        case Residue(modulus, shift):
            return _class_bits(modulus, shift, period)
        case Complement(item):
            return _bits(item, period) ^ ((1 << period) - 1)
        case Joined(operator, items):
            return reduce(_FOLD[operator], (_bits(item, period) for item in items))
        case _ as never:
            assert_never(never)


def _class_bits(modulus: int, shift: int, period: int) -> int:
    return _class_of(1 << shift, modulus, period)


def _class_of(pattern: int, length: int, period: int) -> int:
    """A pattern of bits over and over, up to a multiple of its length."""
    while length < period:
        pattern |= pattern << length
        length *= 2
    return pattern & ((1 << period) - 1)


def _whole_classes(wanted: int, period: int) -> dict[int, int]:
    """By each modulus that divides the period: the shifts, as bits, whose whole class is wanted."""
    found = {period: wanted}
    pending = [period]
    primes = list(_primes(period))
    while pending:
        modulus = pending.pop()
        for prime in primes:
            smaller = modulus // prime
            if modulus % prime == 0 and smaller not in found:
                found[smaller] = _folded(found[modulus], smaller, prime)
                pending.append(smaller)
    return found


def _folded(bits: int, length: int, times: int) -> int:
    """What all of `times` stretches of `length` bits share; halves may overlap, as a bit shared twice is shared."""
    while times > 1:
        kept = (times + 1) // 2
        bits &= bits >> (times - kept) * length
        times = kept
    return bits & ((1 << length) - 1)


def _needed(classes: list[Residue], period: int) -> Iterator[Residue]:
    """Those without which a number would be missing, asked from the first on."""
    points = [_class_bits(c.modulus, c.shift, period) for c in classes]
    after = [0]
    for bits in reversed(points):
        after.append(after[-1] | bits)
    kept = 0
    for i, (residue, bits) in enumerate(zip(classes, points, strict=True)):
        if bits & ~(kept | after[len(classes) - i - 1]):
            kept |= bits
            yield residue


def _ones(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _primes(number: int) -> Iterator[int]:
    """The primes that divide a number."""
    divisor = 2
    while divisor * divisor <= number:
        if number % divisor == 0:
            yield divisor
            while number % divisor == 0:
                number //= divisor
        divisor += 1
    if number > 1:
        yield number
