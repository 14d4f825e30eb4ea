"""What is found on disk is what is found in memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stochos.dataset import versions
from stochos.dataset.versions import Versions
from stochos.neural.melodies import group_versions

RNG = np.random.Generator(np.random.PCG64(3))


def melodies() -> dict[str, tuple[int, ...]]:
    """Melodies of which some borrow from others, in another key."""
    made: list[np.ndarray] = []
    for _ in range(120):
        events = RNG.choice([-2, -1, *range(60, 72)], size=RNG.integers(5, 60))
        if made and RNG.random() < 0.5:
            borrowed = made[RNG.integers(len(made))]
            borrowed = np.where(borrowed >= 0, borrowed + RNG.integers(-5, 6), borrowed)
            events = np.concatenate((events, borrowed[RNG.integers(0, 9) :]))
        made.append(events)
    return {f"{number:03}": tuple(events.tolist()) for number, events in enumerate(made)}


@pytest.mark.parametrize("full", [1, 100, 65_536])
def test_versions_are_those_found_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: int) -> None:
    monkeypatch.setattr(versions, "_FULL", full)
    found = melodies()
    with Versions(tmp_path / "runs") as compared:
        for events in found.values():
            compared.add(events)
        compared.compare()
        names = list(found)
        groups = [names[compared.first(number)] for number in range(len(names))]
    expected = [tune.group for tune in group_versions(found)]
    assert groups == expected
    assert 10 < len(set(groups)) < 110
    assert list((tmp_path / "runs").iterdir()) == []
