"""Attempts: how often a passage is drawn until it is as asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stochos import score
from stochos.process.constraint import Sounding
from stochos.realization import Trial


class Tally:
    """Counts the draws of a passage, and of how many of them each of its constraints held."""

    def __init__(self, until: score.Until) -> None:
        self._until = until
        self._attempts = 0
        self._held: Counter[str] = Counter()

    def counts(self, notes: Sequence[Sounding]) -> bool:
        """Whether a draw is kept; it is counted."""
        met = [words for words, constraint in self._until.constraints if constraint.holds(notes)]
        self._attempts += 1
        self._held.update(met)
        return len(met) == len(self._until.constraints)

    def trial(self, part: str, section: str, passage: score.Passage) -> Trial:
        """What came of it."""
        held = tuple((words, self._held[words]) for words, _ in self._until.constraints)
        return Trial(part, section, f"{passage.name} {passage.label}".strip(), self._attempts, held)


class Starved(Exception):
    """No draw of a passage was as asked, in all the attempts that it may take."""

    def __init__(self, trial: Trial, until: score.Until) -> None:
        self.trial, self.until = trial, until
        super().__init__(f"{trial.passage} in {trial.section}: none of {trial.attempts} attempts is kept")
