"""Named random streams: the same names always give the same draws, whatever else is drawn."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np


def stream(seed: int, *path: str) -> np.random.Generator:
    """A fresh generator for a seed and a path of names."""
    return np.random.Generator(np.random.PCG64(int.from_bytes(_digest(seed, path), "big")))


def uniform(seed: int, *path: str) -> float:
    """One number in [0, 1) for a seed and a path: quicker than a whole stream."""
    return (int.from_bytes(_digest(seed, path)[:8], "big") >> 11) * 2.0**-53


def _digest(seed: int, path: tuple[str, ...]) -> bytes:
    """16 bytes that no other seed and path have; lengths keep `a, bc` and `ab, c` apart."""
    text = str(seed) + "".join(f"\n{len(name)}:{name}" for name in path)
    return blake2b(text.encode(), digest_size=16).digest()
