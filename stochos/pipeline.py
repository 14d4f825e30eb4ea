"""The stages, wired: a file of text in, notes and files out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stochos.check.library import Unavailable
from stochos.diagnostics import Diagnostic, SourceError, nearest
from stochos.source import Source, Span

if TYPE_CHECKING:
    from stochos.expect import Result
    from stochos.intended import Fit
    from stochos.library import Files
    from stochos.realization import Realization
    from stochos.realize import Starved
    from stochos.score import Score

FORMATS: dict[str, tuple[str, ...]] = {"midi": (".mid", ".midi"), "musicxml": (".musicxml", ".xml")}
"""What a piece can be written as, and the endings of such a file; the first is ours."""


_ANOTHER = "another seed may meet it: `--takes 8` draws eight; or ask for what the music is to be"


class NotInScore(Exception):
    """A section or part asked for that the score does not have.

    message, hint  as a diagnostic would say it
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = list(known)
        guess = nearest(name, names)
        self.message = f"the score has no {kind} `{name}`"
        self.hint = f"did you mean `{guess}`?" if guess else f"it has {', '.join(f'`{other}`' for other in names)}"
        super().__init__(f"{self.message}; {self.hint}")


@dataclass(frozen=True, slots=True)
class Checked:
    """A score without errors, and what it needs to be played.

    warnings  what its writer may want to know
    files     the library that it was checked against
    """

    source: Source
    score: Score
    warnings: tuple[Diagnostic, ...]
    files: Files


def compose(
    path: str | Path, seed: int | None = None, *, section: str | None = None, part: str | None = None,
    allow_outside: bool = False,
) -> Realization:  # fmt: skip
    """Read a score and draw its notes.

    seed           instead of the score's own
    section, part  only these, with the notes that they have in the piece
    allow_outside  let it import from outside its folder
    Raises SourceError with every problem of the score, or with constraints that no draw meets; NotInScore for a section
    or part that is not there.
    """
    checked = check_source(read_source(path), allow_outside)
    return realize_checked(checked, seed, section, part)


def render(realization: Realization, formats: Iterable[str] = tuple(FORMATS)) -> dict[str, bytes]:
    """The bytes of a piece in each of some `FORMATS`."""
    return {name: _render_one(realization, name) for name in formats}


def read_source(path: str | Path) -> Source:
    """Read the text of a score; SourceError where it cannot be had."""
    from stochos.library import read_score

    return _source_of(str(path), Path(path), lambda: read_score(Path(path)))


def source_of(name: str, data: bytes) -> Source:
    """The text of a score that came as bytes, from standard input; SourceError where it is not text."""
    from stochos.library import decode

    return _source_of(name, None, lambda: decode(data, name))


def check_source(source: Source, allow_outside: bool = False) -> Checked:
    """Parse and check a score; SourceError with every problem."""
    from stochos.check import check
    from stochos.library import Files
    from stochos.parse import parse_partial

    files = Files(source.path.parent if source.path else Path.cwd(), allow_outside)
    tree, problems = parse_partial(source)
    score, warnings = check(source, tree, files, problems)
    return Checked(source, score, warnings, files)


def realize_checked(
    checked: Checked, seed: int | None = None, section: str | None = None, part: str | None = None,
    later: Sequence[int] = (),
) -> Realization:  # fmt: skip
    """Draw the notes of a checked score; arguments as of `compose` and `realize`.

    SourceError for constraints that no draw meets.
    """
    from stochos.realize import Starved, excerpt, realize

    score = checked.score
    played = [name for name in _played(score) if section is None or name == section]
    if section is not None and not played:
        score = _section_alone(score, section)
    try:
        realization = realize(score, checked.files.load_network, seed, later)
    except Starved as starved:
        used = checked.score.seed if seed is None else seed
        raise SourceError([_starved(starved, checked, used)]) from starved
    if section is not None:
        realization = excerpt.only_section(realization, section)
    if part is not None:
        names = [known.name for known in realization.parts]
        if part not in names:
            raise NotInScore("part", part, names)
        realization = excerpt.only_part(realization, part)
    return realization


def observe(checked: Checked, realization: Realization) -> tuple[Result, ...]:
    """What a whole piece is like, beside what its score expects."""
    if not checked.score.expected:
        return ()
    from stochos import expect

    return expect.observe(realization, checked.score.expected)


def fits(checked: Checked, realization: Realization) -> tuple[Fit, ...]:
    """What each cloud of a whole piece was meant to be, beside what it is."""
    from stochos import intended

    return tuple(intended.fits(checked.score, realization))


def unmet(checked: Checked, results: Iterable[Result], seed: int) -> tuple[Diagnostic, ...]:
    """The expectations that a piece drawn from `seed` does not meet, as problems of its score."""
    return tuple(
        Diagnostic(
            "STO701", Span(*found.expectation.at), found.message, checked.source, hint=_ANOTHER, place=f"seed {seed}"
        )
        for found in results
        if not found.holds
    )


def _starved(starved: Starved, checked: Checked, seed: int) -> Diagnostic:
    """Constraints that no draw of a passage meets, as a problem of the score."""
    trial, until = starved.trial, starved.until
    source = checked.source if until.file == checked.source.name else checked.files.source(until.file)
    worst, least = min(trial.held, key=lambda held: held[1])
    more = f", or write `in {10 * until.attempts} attempts`" if least else ""  # where there is hope
    alone = ", ".join(f"`{words}` holds in {held:,}" for words, held in trial.held)
    return Diagnostic(
        "STO702", Span(*until.at),
        f"none of {trial.attempts:,} draws is kept: `{worst}` blocks most", source,
        hint=f"alone, {alone}; ask for less, make the passage shorter{more}",
        place=f"section {trial.section}, part {trial.part}, seed {seed}",
    )  # fmt: skip


def _played(score: Score) -> list[str]:
    """Names of the sections of the form, with their apostrophes."""
    return [entry.section + "'" * entry.variation for entry in score.form]


def _section_alone(score: Score, name: str) -> Score:
    """The score with one section, which the form does not play, as its form."""
    from stochos.score import FormEntry

    plain = name.rstrip("'")
    if plain not in score.sections:
        raise NotInScore("section", name, dict.fromkeys([*_played(score), *score.sections]))
    return replace(score, form=(FormEntry(plain, len(name) - len(plain), 1),))


def _render_one(realization: Realization, name: str) -> bytes:
    match name:
        case "midi":
            from stochos.rendering.midi import write_midi

            return write_midi(realization)
        case "musicxml":
            from stochos.rendering.notation import write_musicxml

            return write_musicxml(realization)
        case _:
            raise ValueError(f"no format is called {name!r}: {', '.join(FORMATS)}")


def _source_of(name: str, path: Path | None, read: Callable[[], str]) -> Source:
    try:
        return Source(name, read(), path)
    except Unavailable as refusal:
        problem = Diagnostic(refusal.code, Span(0, 0), refusal.message, Source(name, "", path), hint=refusal.hint)
        raise SourceError([problem]) from refusal
