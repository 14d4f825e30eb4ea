"""Making datasets: from files of music to pieces that a network can learn from."""

from stochos.dataset.build import BuildError, Built, Progress, build

__all__ = ["BuildError", "Built", "Progress", "build"]
