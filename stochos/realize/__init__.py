"""From what was meant to what will sound."""

from stochos.realize.attempts import Starved
from stochos.realize.realize import realize

__all__ = ["Starved", "realize"]
