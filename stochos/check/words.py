"""Musical words for messages: beats, note values, pitches."""

from __future__ import annotations

from fractions import Fraction

from stochos.music.time import QUARTER, Meter

_PARTS = {
    Fraction(1, 2): "½", Fraction(1, 4): "¼", Fraction(3, 4): "¾", Fraction(1, 3): "⅓", Fraction(2, 3): "⅔",
    Fraction(1, 8): "⅛", Fraction(3, 8): "⅜", Fraction(5, 8): "⅝", Fraction(7, 8): "⅞",
}  # fmt: skip
_MANY = 8
_NAMES = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


def amount(number: Fraction) -> str:
    """A number as a musician writes it: 3, 2½, 7/5."""
    whole, rest = divmod(number, 1)
    if rest == 0:
        return str(whole)
    if rest in _PARTS:
        return f"{whole or ''}{_PARTS[rest]}"
    return f"{float(number):.3g}" if rest.denominator > 99 else str(number)


def beats(ticks: int, meter: Meter) -> str:
    """A length in beats: "1 beat", "2½ beats"."""
    count = Fraction(ticks, meter.beat)
    return f"{amount(count)} beat{'' if 0 < count <= 1 else 's'}"


def spelled_beats(ticks: int, meter: Meter) -> str:
    """As `beats`, small whole numbers in words: "one beat is", "two beats are"."""
    count = Fraction(ticks, meter.beat)
    number = _NAMES.get(int(count), amount(count)) if count.denominator == 1 else amount(count)
    return f"{number} beat{' is' if count <= 1 else 's are'}"


def in_meter(ticks: int, meter: Meter) -> str:
    """A length as a meter would write it, with a space before: " (5/8)"; nothing where no note value divides it."""
    share = Fraction(ticks, 4 * QUARTER)
    below = max(share.denominator, meter.denominator)
    if share.denominator & (share.denominator - 1) or below > 64:
        return ""
    return f" ({share.numerator * below // share.denominator}/{below})"


def duration(ticks: int) -> str | None:
    """How a duration is written after the colon: `4.`, `2+8`; None where no sum of two values gives it."""
    single = _single(ticks)
    if single:
        return single
    for denominator in (1, 2, 4, 8, 16, 32, 64):
        plain = 4 * QUARTER // denominator
        if plain < ticks:
            rest = _single(ticks - plain)
            if rest:
                return f"{denominator}+{rest}"
    return None


def _single(ticks: int) -> str | None:
    for denominator in (1, 2, 4, 8, 16, 32, 64):
        plain = Fraction(4 * QUARTER, denominator)
        for dots in (0, 1, 2):
            if plain * (2 - Fraction(1, 2**dots)) == ticks:
                return f"{denominator}{'.' * dots}"
    return None


def some(names: list[str]) -> str:
    """All of a few names, or the first of many."""
    if len(names) <= _MANY:
        return listed(names, "and")
    return f"{', '.join(f'`{name}`' for name in names[:_MANY])} … (`stochos list generators`)"


def listed(names: list[str], last: str = "or") -> str:
    """`a`, `b` or `c`."""
    quoted = [f"`{name}`" for name in names] or ["nothing"]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
