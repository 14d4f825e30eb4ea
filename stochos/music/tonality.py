"""The key of music, by how much each pitch class is heard."""

from __future__ import annotations

from collections.abc import Sequence

_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def key_of(weights: Sequence[float]) -> tuple[int, bool]:
    """Tonic 0..11, and whether it is minor, of music with these weights of its 12 pitch classes.

    Source: Krumhansl and Kessler, Psychological Review 89 (1982), after Schmuckler's correlation.
    """
    chances = {
        (tonic, is_minor): _correlation([weights[(tonic + k) % 12] for k in range(12)], profile)
        for is_minor, profile in ((False, _MAJOR), (True, _MINOR))
        for tonic in range(12)
    }
    return max(chances, key=chances.__getitem__)


def _correlation(found: Sequence[float], profile: Sequence[float]) -> float:
    mean, expected = sum(found) / 12, sum(profile) / 12
    covariance = sum((a - mean) * (b - expected) for a, b in zip(found, profile, strict=True))
    spread = sum((a - mean) ** 2 for a in found) ** 0.5
    return covariance / spread if spread else 0.0
