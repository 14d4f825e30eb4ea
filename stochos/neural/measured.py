"""The figures of a card, measured anew: `python -m stochos.neural.measured basic` writes them into that of `basic`.

The pieces are those that the network was trained and tested on; `stochos model card NAME --data DIR` takes any others.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from stochos.neural import bundle, card, lessons
from stochos.neural.bundle import Model
from stochos.neural.dataset import in_encoding
from stochos.neural.evaluation import evaluate, hear
from stochos.neural.judged import judged
from stochos.neural.melodies import TooFewError, Tune
from stochos.neural.turing import figures, told
from stochos.neural.vocabulary import HIGHEST_PITCH

Progress = Callable[[int, int], None]


def sections(
    model: Model, learned: Sequence[Tune], held_out: Sequence[Tune], data: str | None, progress: Progress
) -> str:
    """How well a network foretells held-out pieces, and how well what it plays can be told from them.

    learned, held_out  in events of the network's encoding
    data               the dataset that they are of; None: what the network was trained on
    progress           told how many pieces are done, and of how many, of each of several rounds
    """
    if model.bars is not None:
        return _told(model, learned, held_out, progress)
    text = card.foretelling(model.config, evaluate(model, learned, held_out, progress), data=data)
    try:
        return f"{text}\n{_told(model, learned, held_out, progress)}"
    except TooFewError:
        return text


def _told(model: Model, learned: Sequence[Tune], held_out: Sequence[Tune], progress: Progress) -> str:
    """Whether what the network plays can be told from music; with some encodings, beside what another plays."""
    own = figures(model, learned, held_out, progress=progress)
    head, rows, ahead = ["", "this network"], [[name, value] for name, value in told(own)], ""
    beside = card.prose_of(model.config).beside
    if beside is not None:
        other = bundle.load(bundle.find(beside))
        train, test = (in_encoding(_melodies(model, side), other.encoding) for side in (learned, held_out))
        theirs = dict(told(figures(other, train, test, progress=progress)))
        head, rows = [*head, f"`{beside}`"], [[name, value, theirs[name]] for name, value in rows]
        if model.bars is None:
            ahead = f"`{beside}`, which foretells the same tunes by sixteenths, to their last, needs "
            ahead += f"**{_nats_a_note(other, test, progress):.3f} nats a note**.\n\n"
    table = "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---" for _ in head], *rows))
    size = len(judged(model.encoding).lines(held_out[0].events))
    several = "" if size == 1 else f"\nEach of {size} voices is judged as a melody, and so are their chords together."
    return f"""## Told from music

{ahead}It hears the first bar of {own.pieces} held-out pieces and goes on, and is held beside how these pieces go on.
A classifier that guesses is right in 0.5 of the cases; the interval holds its true share with a chance of 95 % or more.
Distances are Jensen-Shannon divergences from the held-out continuations, 0 to 1 bit.{several}

{table}
"""


def _melodies(model: Model, pieces: Sequence[Tune]) -> list[Tune]:
    """Pieces of an encoding of one voice, an event a sixteenth."""
    return [replace(piece, events=tuple(judged(model.encoding).lines(piece.events)[0])) for piece in pieces]


def _nats_a_note(model: Model, pieces: Sequence[Tune], progress: Progress) -> float:
    """What the notes of some melodies cost, with all that is between them."""
    nats = hear(model, [piece.events for piece in pieces], progress).nats
    return float(nats.sum()) / sum(0 <= event <= HIGHEST_PITCH for piece in pieces for event in piece.events)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=bundle.names())
    parser.add_argument("--models", type=Path, default=Path("models"), help="where the folder of the network lies")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where what is read of the corpus is kept")
    arguments = parser.parse_args()
    folder = arguments.models / arguments.name
    model = bundle.load(folder)
    tunes, _ = lessons.of_corpus(model.encoding, arguments.runs / arguments.name)
    found = sections(model, *card.sides(tunes), None, lambda _done, _of: None)
    path = folder / bundle.CARD
    path.write_text(card.with_figures(path.read_text("utf-8"), found), "utf-8")


if __name__ == "__main__":
    main()
