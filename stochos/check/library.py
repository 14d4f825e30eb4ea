"""What a score may refer to outside itself: other files, the corpus, trained networks.

The checker asks; the pipeline, the only reader of files, answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from stochos import tree
from stochos.diagnostics import Diagnostic
from stochos.music.tune import Tune
from stochos.source import Source


class Unavailable(Exception):
    """Something referred to cannot be had.

    code, message, hint  as of the Diagnostic that the checker makes of it, at the place of the reference
    """

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What the checker needs of a trained network.

    folder     where it lies; names it for `Frame.network`
    low, high  MIDI numbers that it can play
    plays      "melody", or what else it has learned: "chorale", "note", "harmony", "bars"
    """

    folder: str
    low: int
    high: int
    plays: str = "melody"


class Library(Protocol):
    """Everything outside the text. `source` is the file that refers; paths are relative to it."""

    def score(self, path: str, source: Source) -> tuple[Source, tree.Score, tuple[Diagnostic, ...]]:
        """Another score, parsed as far as it can be. Raises Unavailable."""

    def tune(self, path: str, source: Source) -> Tune:
        """A MIDI, MusicXML or ABC file. Raises Unavailable."""

    def corpus(self, name: str) -> Tune:
        """A piece of music21's corpus: `bach/bwv66.6`. Raises Unavailable."""

    def network(self, name: str, source: Source) -> NetworkFacts:
        """A trained network by name, or by the path of its folder. Raises Unavailable."""
