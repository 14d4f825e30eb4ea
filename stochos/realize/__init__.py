"""From what was meant to what will sound."""

from stochos.realize.realize import realize

__all__ = ["realize"]
