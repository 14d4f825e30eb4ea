"""Where networks stand: in `models/` beside a score, among the user's own files, and with stochos; the first is meant.

A network is a folder, as `bundle` reads it, or one of Magenta's bundles as it is.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from stochos.neural import bundle, magenta
from stochos.neural.bundle import BundleError, Config, Model
from stochos.neural.cells import Weights
from stochos.shipped import shipped

BESIDE = "models"
"""The folder beside a score."""


def own() -> Path:
    """The folder of the networks that the user has brought in, which need not be there."""
    home = Path("~").expanduser()
    if os.environ.get("XDG_DATA_HOME"):
        data = Path(os.environ["XDG_DATA_HOME"])
    elif sys.platform == "win32":
        data = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        data = home / "Library" / "Application Support"
    else:
        data = home / ".local" / "share"
    return data / "stochos" / "models"


def shelves(*beside: Path) -> list[Path]:
    """Folders of networks, in the order in which they are searched; `beside`: folders of scores."""
    return [*(folder / BESIDE for folder in beside), own(), shipped("models")]


def is_path(text: str) -> bool:
    """Whether a text is where a network lies, and not its name."""
    return "/" in text or "\\" in text or text.lower().endswith(magenta.ENDING)


def is_name(text: str) -> bool:
    """Whether a network may have this name: what a file may be called everywhere, and no path."""
    return re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}", text) is not None


def find(text: str, *beside: Path) -> Path:
    """The network of a name or at a path; `BundleError` where there is none."""
    if not is_path(text):
        return bundle.find(text, shelves(*beside))
    path = Path(text)
    if not path.exists():
        raise BundleError(f"there is no network at `{text}`")
    return path


def read_config(path: Path) -> Config:
    """The configuration of a network; `BundleError` where it is damaged."""
    return bundle.read_config(path) if path.is_dir() else magenta.read(path).config


def read(path: Path) -> tuple[Config, Weights]:
    """Configuration and weights of a network; `BundleError` where it is damaged."""
    if path.is_dir():
        return bundle.read(path)
    imported = magenta.read(path)
    return imported.config, imported.weights


def load(path: Path) -> Model:
    """A network ready to play; `BundleError` where it is damaged."""
    return bundle.assemble(*read(path))
