"""Names of random streams: what makes a draw the same draw, whatever else is edited."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Streams:
    """Gives every place of chance its own name.

    prefix   section and part, or the `let` that holds the music
    shared   the draws are the same in every place and variation
    by_bar   written notes are named by their bar, so that editing one bar changes no other
    """

    prefix: tuple[str, ...]
    shared: bool = False
    by_bar: bool = True
    _count: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def of_note(self, voice: int, bar: int) -> tuple[str, ...]:
        """The next written note with chance in it."""
        place = (f"voice {voice}", f"bar {bar}") if self.by_bar else ()
        return (*self.prefix, *place, self._ordinal("note", *place))

    def of_passage(self, name: str, label: str | None, *, own_label: bool) -> tuple[tuple[str, ...], str]:
        """The next passage of that name, and its label or ordinal.

        own_label  the label stands at the passage itself and is the only one of its kind: it alone is the name
        """
        if label is not None and own_label:
            return ("label", label), label
        if label is not None:
            ordinal = self._ordinal("label", label)
            return (*self.prefix, "label", label, ordinal), label
        ordinal = self._ordinal("passage", name)
        return (*self.prefix, name, ordinal), ordinal

    def of_joint(self, name: str) -> tuple[str, ...]:
        """The next passage of that name, whatever part plays it."""
        whole = self.prefix if self.shared else (*self.prefix[:1], *self.prefix[2:])
        return (*whole, "joint", name, self._ordinal("joint", name))

    def of_transform(self) -> tuple[str, ...]:
        """The next group of transformations."""
        return (*self.prefix, ">>", self._ordinal(">>"))

    def of_repeat(self) -> Streams:
        """The same draws for every repetition of a group."""
        return Streams((*self.prefix, "repeat", self._ordinal("repeat")), self.shared, by_bar=False)

    def restarted(self) -> Streams:
        """The same names once more."""
        return Streams(self.prefix, self.shared, self.by_bar)

    def _ordinal(self, *key: str) -> str:
        self._count[key] += 1
        return str(self._count[key])
