"""What a learned chain is made of."""

from enum import StrEnum


class States(StrEnum):
    """States of chains that `learn` writes."""

    NOTE = "note"
    PITCH = "pitch"
    INTERVAL = "interval"
    LENGTH = "length"
