"""What comes with stochos and is not code: grammar, models, docs, scores.

In a checkout these folders lie beside the package, where writers look for them; an installed package has them inside,
so that no name but `stochos` is taken from other packages, nor theirs for ours.
"""

from __future__ import annotations

from pathlib import Path


def shipped(name: str) -> Path:
    """The folder called `name` that comes with this stochos."""
    package = Path(__file__).parent
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
