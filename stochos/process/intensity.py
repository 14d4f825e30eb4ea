"""The 44 forms of intensity of the ST program."""

from __future__ import annotations

from itertools import product

ZONES = ("ppp", "p", "f", "ff")
"""Soft to loud."""


def _form(first: int, second: int, third: int) -> tuple[int, ...]:
    """Three steps as they are heard: a step that repeats the last is none, nor is one on the way between its two."""
    if (first < second < third) or (first > second > third) or second in {first, third}:
        return (first,) if first == third else (first, third)
    return first, second, third


_HEARD = dict.fromkeys(_form(*steps) for steps in product(range(len(ZONES)), repeat=3))
FORMS: tuple[tuple[str, ...], ...] = tuple(tuple(ZONES[zone] for zone in form) for form in _HEARD)
"""The ways through three zones, of 64 those that sound different; 44 of them.

Source: Xenakis, Formalized Music (1992), ch. V.
"""
