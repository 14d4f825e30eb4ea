"""What is wrong with a score: the values that every stage reports with.

The closed list of codes is `CODES`; `docs/diagnostics.md` has an entry for each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from stochos.source import Source, Span


@dataclass(frozen=True, slots=True)
class Related:
    """A second place where one is to blame ("set here").

    span     the place
    message  what is there
    source   the file, where it is another one than the diagnostic's
    """

    span: Span
    message: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """The text to write when it is nearly certain: replace `span` by `text`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem of a score.

    code     a key of `CODES`
    span     where; (0, 0) for a problem of the whole file
    message  lower case, names the thing and says what is
    source   the file it stands in
    label    a few words under the carets ("3 beats here"), or ""
    hint     what to write, or None
    related  second places
    place    musical place: "section calm, part cello, bar 2", or ""
    fix      a replacement that is nearly certain
    """

    code: str
    span: Span
    message: str
    source: Source
    label: str = ""
    hint: str | None = None
    related: tuple[Related, ...] = ()
    place: str = ""
    fix: Fix | None = None

    @property
    def is_warning(self) -> bool:
        """Whether the score still compiles."""
        return CODES[self.code].warning


class SourceError(Exception):
    """The problems of a score, in source order; raised once by a stage that found errors."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(diagnostics, key=lambda d: (d.source.name, d.span, d.code)))
        super().__init__(f"{len(self.diagnostics)} problems")


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of problem: its title, and whether it is only a warning."""

    title: str
    warning: bool = False


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name a writer most likely meant, or None."""
    by_folded = {candidate.casefold(): candidate for candidate in sorted(known, reverse=True)}
    matches = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


CODES: dict[str, Code] = {
    # 1xx: syntax
    "STO101": Code("unexpected text"),
    "STO102": Code("something is not closed"),
    "STO103": Code("closing sign without its opening"),
    "STO104": Code("missing octave"),
    "STO105": Code("unknown heading word"),
    "STO106": Code("unknown character"),
    "STO107": Code("missing name, colon or value"),
    "STO108": Code("reserved word"),
    "STO109": Code("malformed note"),
    "STO110": Code("empty score"),
    "STO111": Code("nested too deeply"),
    # 2xx: bars and time
    "STO201": Code("bar too short"),
    "STO202": Code("bar too long"),
    "STO203": Code("part and section differ in length"),
    "STO204": Code("tuplet does not fill"),
    "STO205": Code("section without a length"),
    "STO206": Code("extent of unknown length before other music"),
    "STO207": Code("generator without an extent"),
    "STO208": Code("ramp without an extent"),
    "STO209": Code("impossible duration"),
    "STO210": Code("tie to nothing"),
    "STO211": Code("hairpin without an end", warning=True),
    "STO212": Code("slur across itself"),
    "STO213": Code("change at a bar that is not there"),
    "STO214": Code("bars asked for are not there"),
    "STO215": Code("tuplet crosses a barline"),
    "STO216": Code("not in a tuplet"),
    "STO217": Code("voices differ in length"),
    "STO218": Code("chord without a length"),
    # 3xx: names
    "STO301": Code("unknown part"),
    "STO302": Code("unknown name"),
    "STO303": Code("unknown section"),
    "STO304": Code("unknown instrument"),
    "STO305": Code("unknown generator"),
    "STO306": Code("unknown argument"),
    "STO307": Code("unknown scale, mode or clef"),
    "STO308": Code("unknown articulation or dynamic"),
    "STO309": Code("unknown percussion name"),
    "STO310": Code("name defined twice"),
    "STO311": Code("name never used", warning=True),
    "STO312": Code("circular definition"),
    "STO313": Code("unknown transformation"),
    "STO314": Code("label used twice"),
    "STO315": Code("unknown unit or word"),
    "STO316": Code("tied to nothing else", warning=True),
    "STO317": Code("unknown chord"),
    # 4xx: values and units
    "STO401": Code("wrong kind of value"),
    "STO402": Code("wrong or missing unit"),
    "STO403": Code("value out of bounds"),
    "STO404": Code("empty span"),
    "STO405": Code("contradictory bounds"),
    "STO406": Code("weights that cannot be used"),
    "STO407": Code("missing argument"),
    "STO408": Code("note outside the instrument's range"),
    "STO409": Code("ramp that cannot be drawn"),
    "STO410": Code("empty scale, sieve or set"),
    "STO411": Code("argument given twice"),
    "STO412": Code("glissando without a pitch", warning=True),
    # 5xx: processes
    "STO501": Code("chain row does not sum to 1"),
    "STO502": Code("state that leads nowhere"),
    "STO503": Code("not an onset process"),
    "STO504": Code("nothing to learn from"),
    "STO505": Code("primer outside the chain"),
    "STO506": Code("no note can be drawn"),
    "STO507": Code("impossible constraint"),
    "STO508": Code("nothing to answer"),
    "STO509": Code("answers in a circle"),
    "STO510": Code("no chords to follow"),
    # 6xx: models and files
    "STO601": Code("file not found"),
    "STO602": Code("file cannot be read"),
    "STO603": Code("unknown model"),
    "STO604": Code("damaged model"),
    "STO605": Code("primer outside the model's range"),
    "STO606": Code("import outside the score's folder"),
    "STO607": Code("circular import"),
    "STO608": Code("more than 15 melodic parts"),
    "STO609": Code("limit reached"),
    "STO610": Code("unknown piece of the corpus"),
    # 7xx: takes
    "STO701": Code("expectation not met"),
    "STO702": Code("constraints not met"),
}
