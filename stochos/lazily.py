"""Loading NumPy when it is first used: most scores are checked without a single number drawn."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """Stands in for a module until something of it is asked for; from then on it has all that the module has."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        module = import_module(self.__name__)
        self.__dict__.update(module.__dict__)
        return getattr(module, name)


def load_numpy_later() -> None:
    """From here on `import numpy` costs nothing until it is used."""
    if "numpy" not in sys.modules:
        later = _Later("numpy")
        later.__spec__ = find_spec("numpy")  # others look whether it is there
        sys.modules["numpy"] = later
