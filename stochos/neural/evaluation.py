"""How well a network foretells pieces that it never learned from, piece by piece, beside what it must beat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stochos.neural.baselines import ORDERS, Foretold, foretell
from stochos.neural.bundle import BARS, Config, Model
from stochos.neural.encoding import Encoding
from stochos.neural.encodings import ENCODINGS
from stochos.neural.harmony import CHORD, FRAME
from stochos.neural.melodies import Tune
from stochos.neural.sampling import Stepper, softmax
from stochos.neural.vocabulary import HIGHEST_PITCH, NO_EVENT, STEPS_PER_QUARTER

_TAKES = 64  # pieces that are heard together
_LEAST = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Pieces, and how they were foretold.

    steps    how many of each piece are foretold: all but those that are told, and but the first where the network
             needs one to begin
    notes    how many of these begin a note
    rows     by what foretold them: `network`, where it is told chords also without and with wrong ones, `unigram`,
             `markov order N`; the last is the best order on these pieces
    markov   mean nats a step of every order
    """

    pieces: tuple[str, ...]
    steps: tuple[int, ...]
    notes: tuple[int, ...]
    rows: dict[str, Foretold]
    markov: dict[int, float]

    def by_piece(self, row: str) -> Iterator[Foretold]:
        """What became of each piece."""
        ends = np.cumsum(self.steps).tolist()
        for start, end in zip([0, *ends], ends, strict=False):
            yield self.rows[row][start:end]


def evaluate(
    model: Model, train: Sequence[Tune], test: Sequence[Tune], progress: Callable[[int, int], None]
) -> Evaluation:
    """Foretell the pieces of `test`, all in the key and range of the network's encoding.

    train     what the Markov chains learn from
    progress  told how many pieces are done, and of how many
    """
    found = unlearned(model.config, train, test)
    pieces = [tune.events for tune in _longer(model.config, test)]
    heard = {"network": hear(model, pieces, progress)}
    if model.encoding.is_bare(0):
        others = [*pieces[1:], *pieces[:1]]
        heard["not told the chords"] = hear(model, [_told(piece, (CHORD,)) for piece in pieces], progress)
        heard["told those of another piece"] = hear(
            model, [_told(*both) for both in zip(pieces, (piece[::FRAME] for piece in others), strict=True)], progress
        )
    return replace(found, rows={**heard, **found.rows})


def _told(piece: Sequence[int], chords: Sequence[int]) -> list[int]:
    """A melody over other chords, which begin anew as often as they have to."""
    return [event for step, said in enumerate(piece[1::FRAME]) for event in (chords[step % len(chords)], said)]


def unlearned(config: Config, train: Sequence[Tune], test: Sequence[Tune]) -> Evaluation:
    """What a network must beat, as `evaluate` gives it; there is no row of a network."""
    encoding, pieces = ENCODINGS[config.encoding], _longer(config, test)
    counted = [_counted(encoding, len(tune.events), not config.start) for tune in pieces]
    if encoding.is_bare(0):
        foretold = _over_chords(encoding, train, pieces)
    else:
        known, heard = ([[encoding.index[event] for event in tune.events] for tune in part] for part in (train, pieces))
        counts = np.concatenate(counted)
        foretold = {
            order: steps[counts] for order, steps in foretell(known, heard, len(encoding.said), ORDERS).items()
        }
    markov = {order: float(steps.nats.mean()) for order, steps in foretold.items()}
    best = min((order for order in markov if order), key=markov.__getitem__)
    rows = {"unigram": foretold[0], f"markov order {best}": foretold[best]}
    notes = tuple(
        sum(0 <= event <= HIGHEST_PITCH and counts for event, counts in zip(tune.events, own.tolist(), strict=True))
        for tune, own in zip(pieces, counted, strict=True)
    )
    names = tuple(tune.identity for tune in pieces)
    return Evaluation(names, tuple(int(own.sum()) for own in counted), notes, rows, markov)


def _over_chords(encoding: Encoding, train: Sequence[Tune], test: Sequence[Tune]) -> dict[int, Foretold]:
    """Markov chains of melodies that know the chord and the place in the beat as well, by order."""
    sides = (train, test)
    known, heard = ([[encoding.index[event] for event in tune.events[1::FRAME]] for tune in side] for side in sides)
    told, told_test = (
        [[event * STEPS_PER_QUARTER + step % STEPS_PER_QUARTER for step, event in enumerate(tune.events[::FRAME])]
         for tune in side] for side in sides
    )  # fmt: skip
    return foretell(known, heard, len(encoding.said), ORDERS, (told, told_test))


def must_beat(config: Config, train: Sequence[Tune], test: Sequence[Tune]) -> Evaluation | None:
    """`unlearned`; None where the network foretells nothing."""
    return None if config.cell == BARS else unlearned(config, train, test)


def _longer(config: Config, pieces: Sequence[Tune]) -> list[Tune]:
    """Those of which something is foretold."""
    return [tune for tune in pieces if len(tune.events) > (not config.start)]


def _counted(encoding: Encoding, steps: int, first: int) -> NDArray[np.bool_]:
    """Which steps of a piece are foretold."""
    counts = np.arange(steps) >= first
    for place in encoding.given:
        counts[place :: len(encoding.places)] = False
    return counts


def hear(model: Model, pieces: Sequence[Sequence[int]], progress: Callable[[int, int], None]) -> Foretold:
    """What a network foretells of pieces, in events of its key and range; several are heard together."""
    first = 0 if model.config.start else 1
    order = sorted(range(len(pieces)), key=lambda number: len(pieces[number]))
    found: dict[int, Foretold] = {}
    for start in range(0, len(order), _TAKES):
        numbers = order[start : start + _TAKES]
        found |= zip(numbers, _together(model, [pieces[number] for number in numbers], first), strict=True)
        progress(len(found), len(pieces))
    parts = [found[number] for number in range(len(pieces))]
    return Foretold(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("nats", "right")))


def _silence(encoding: Encoding, start: int, end: int) -> list[int]:
    """What may be heard from one step of a piece, when it is over, to another."""
    if not encoding.places:
        return [NO_EVENT] * (end - start)
    any_of = [encoding.said[place[0]] if place else 0 for place in encoding.places]
    return [any_of[step % len(any_of)] for step in range(start, end)]


def _together(model: Model, pieces: Sequence[Sequence[int]], first: int) -> list[Foretold]:
    """Of pieces of about one length, which go on in silence once they are over."""
    steps, takes = max(map(len, pieces)), np.arange(len(pieces))
    events = np.array([[*piece, *_silence(model.encoding, len(piece), steps)] for piece in pieces])
    means = np.array([model.encoding.right(row.tolist()) for row in events], dtype=bool)
    nats, right = np.zeros(events.shape), np.zeros(events.shape, dtype=bool)
    stepper = Stepper(model, len(pieces))
    for step in range(steps):
        if step >= first and means[:, step].any():
            chances = softmax(stepper.logits)
            told = np.where(means[:, step], chances, 0.0).sum(axis=1)
            nats[:, step] = -np.log(np.maximum(told, _LEAST))
            right[:, step] = means[takes, step, stepper.logits.argmax(axis=1)]
        stepper.hear(events[:, step].tolist())
    return [
        Foretold(nats[row, : len(piece)], right[row, : len(piece)])[_counted(model.encoding, len(piece), first)]
        for row, piece in enumerate(pieces)
    ]
