"""stochos: a language for stochastic scores.

`compose("storm.stoch", seed=7)` draws the notes of a score, `render` writes them: {"midi": b"…", "musicxml": b"…"}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stochos.diagnostics import SourceError
    from stochos.pipeline import compose, render

__all__ = ["SourceError", "__version__", "compose", "render"]

__version__ = "0.1.0"

_HOMES = {"compose": "stochos.pipeline", "render": "stochos.pipeline", "SourceError": "stochos.diagnostics"}


def __getattr__(name: str) -> object:
    """What is public is loaded when first asked for, so that importing stochos costs nothing."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
