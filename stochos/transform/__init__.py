"""Transformations: what `>>` does to notes. One dataclass and one row of `TRANSFORMS` each.

Arguments are declared as those of processes are, and arrive as plain numbers in base units.
"""

from __future__ import annotations

from stochos.transform.base import HELD, Transform
from stochos.transform.pitch import Invert, Octave, Transpose
from stochos.transform.time import Augment, Diminish, Quantize, Retrograde, Rotate
from stochos.transform.touch import Humanize, Legato, Staccato, Swing

__all__ = ["HELD", "TRANSFORMS", "Transform"]

TRANSFORMS: dict[str, type] = {
    "transpose": Transpose,
    "invert": Invert,
    "retrograde": Retrograde,
    "augment": Augment,
    "diminish": Diminish,
    "octave": Octave,
    "rotate": Rotate,
    "quantize": Quantize,
    "swing": Swing,
    "humanize": Humanize,
    "legato": Legato,
    "staccato": Staccato,
}
