"""What a compiled piece is, in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stochos.cli.output import listed
from stochos.cli.roll import piano_roll
from stochos.cli.screen import Screen
from stochos.realization import Realization
from stochos.rendering.tempo import performed, seconds

if TYPE_CHECKING:
    from stochos.expect import Result
    from stochos.intended import Fit

_MOST_WIDTH = 100


def summary(piece: Realization, files: Iterable[Path], screen: Screen) -> str:
    """Parts, bars, duration, notes by generator, seed, files, and a piano roll."""
    lasting = seconds(performed(piece), 0, piece.duration)
    lines = [
        screen.paint(piece.title, "strong"),
        f"{_counted(len(piece.parts), 'part')}, {_counted(len(piece.bars), 'bar')}, {clock(lasting)}",
        notes(piece),
        attempts(piece),
        f"seed {piece.seed}",
        *piano_roll(piece, min(screen.width, _MOST_WIDTH), screen.unicode),
        f"wrote {listed(list(files))}",
    ]
    return "\n".join(line for line in lines if line)


def take_line(number: int, piece: Realization, files: Iterable[Path]) -> str:
    """One take of several, on one line."""
    return f"take {number}: {notes(piece)}; `--seed {piece.seed}` makes it again; wrote {listed(list(files))}"


def notes(piece: Realization) -> str:
    """How many notes, and what made them: "120 notes: 80 written, 40 markov"."""
    made = Counter(note.origin.generator for part in piece.parts for note in part.notes)
    total = _counted(sum(made.values()), "note")
    ranked = sorted(made.items(), key=lambda entry: (entry[0] != "written", -entry[1], entry[0]))
    return f"{total}: {', '.join(f'{count} {name}' for name, count in ranked)}" if made else total


def attempts(piece: Realization) -> str:
    """How many draws the constraints took: "2 passages drawn until they are as asked: 38 attempts, 5.3% kept"."""
    if not piece.trials:
        return ""
    kept, tried = len(piece.trials), sum(trial.attempts for trial in piece.trials)
    return f"{_counted(kept, 'passage')} drawn until as asked: {_counted(tried, 'attempt')}, {kept / tried:.3g} kept"


def trial_table(piece: Realization) -> Iterator[str]:
    """Every constraint of every passage, a line each: in what share of its attempts it held, all held in one."""
    rows = [("part", "section", "passage", "constraint", "held", "attempts")]
    for trial in piece.trials:
        where = (trial.part, trial.section, trial.passage)
        held = [*trial.held, ("all", 1)][: len(trial.held) + (len(trial.held) > 1)]
        rows += [(*where, words, f"{met / trial.attempts:.3g}", str(trial.attempts)) for words, met in held]
    if piece.trials:
        yield from _columns(rows)


def clock(duration: float) -> str:
    """Seconds as minutes and seconds: 1:05."""
    whole = round(duration)
    return f"{whole // 60}:{whole % 60:02}"


def expectations(found: Iterable[Result], screen: Screen) -> Iterator[str]:
    """What was expected beside what was observed, a line each."""
    rows = [(result.holds, result.expectation.asked, result.said) for result in found]
    width = max((len(asked) for _, asked, _ in rows), default=0)
    for holds, asked, said in rows:
        verdict = screen.paint("as asked ", "help") if holds else screen.paint("not asked", "error")
        yield f"{verdict}  {asked:{width}}  {said}"


def fit_table(found: Iterable[Fit]) -> Iterator[str]:
    """What was meant beside what is, a line for each quantity of each cloud."""
    rows = [("part", "section", "passage", "quantity", "law", "meant", "is", "notes", "p")]
    for fit in found:
        p = "" if fit.p is None else f"{fit.p:.3f}"
        means = f"{fit.intended:.4g}", f"{fit.observed:.4g}"
        rows.append((*fit.place, fit.quantity, fit.law, *means, str(fit.notes), p))
    yield from _columns(rows)


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
