"""Headings in JSON, of networks and of datasets, read without trusting them."""

import json
from pathlib import Path
from typing import Any

_MOST_BYTES = 65_536


def read_heading(path: Path, version: int) -> dict[str, Any]:
    """The settings in a file; OSError where it is not there, ValueError says what is wrong with it."""
    with path.open("rb") as file:
        text = file.read(_MOST_BYTES + 1)
    if len(text) > _MOST_BYTES:
        raise ValueError("it is too long")
    try:
        fields = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(fields, dict):
        raise ValueError("it is not a table")
    if fields.get("version") != version:
        raise ValueError(f"its version is {fields.get('version')!r}, and this stochos reads version {version}")
    return fields
