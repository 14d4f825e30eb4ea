"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("stochos", deadline=None)  # a busy machine is no mistake
settings.load_profile("stochos")

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line has it: threads only wait for each other here


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the expected outputs instead of comparing")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compares a text with a golden file; with --update-golden it rewrites the file."""

    def compare(path: Path, found: str) -> None:
        if request.config.getoption("--update-golden"):
            path.write_text(found, encoding="utf-8")
        assert path.is_file(), f"no {path.name}: run pytest --update-golden and read what it writes"
        assert found == path.read_text(encoding="utf-8")

    return compare
