"""A small network with random weights, in memory and on disk."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from stochos.neural import bundle
from stochos.neural.bundle import Config, Model

Weights = dict[str, np.ndarray]


@pytest.fixture
def small() -> Config:
    return Config("basic", "lstm", (12, 8), 48, 83)


@pytest.fixture
def random_weights() -> Callable[[Config], Weights]:
    def weights(config: Config) -> Weights:
        rng = np.random.default_rng(7)
        return {name: (rng.normal(size=shape) * 0.6).astype(np.float32) for name, shape in config.shapes().items()}

    return weights


@pytest.fixture
def model(small: Config, random_weights: Callable[[Config], Weights]) -> Model:
    return bundle.assemble(small, random_weights(small))


@pytest.fixture
def folder(tmp_path: Path, small: Config, random_weights: Callable[[Config], Weights]) -> Path:
    bundle.save(tmp_path / "small", small, random_weights(small))
    return tmp_path / "small"
