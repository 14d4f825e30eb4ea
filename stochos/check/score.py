"""Checking a whole score: from what was written to what was meant."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace

from stochos import score, tree
from stochos.check.calls import Calls
from stochos.check.expectations import Expectations
from stochos.check.library import Library
from stochos.check.limits import Limits
from stochos.check.material import Material
from stochos.check.measure import measure
from stochos.check.music import Music
from stochos.check.names import Scope, build_scope
from stochos.check.parts import check_parts
from stochos.check.report import LimitReached, Report
from stochos.check.section import Sections
from stochos.check.settings import Reader, Settings
from stochos.check.unused import check_sources, check_unused
from stochos.diagnostics import Diagnostic, Fix, Related, SourceError, nearest
from stochos.source import Source, Span


def check(
    source: Source, written: tree.Score, library: Library, diagnostics: tuple[Diagnostic, ...] = (),
    limits: Limits | None = None,
) -> tuple[score.Score, tuple[Diagnostic, ...]]:  # fmt: skip
    """The score that was meant, and warnings; SourceError with everything that is wrong.

    library      answers for files, corpus pieces and networks
    diagnostics  what parsing found already: reported with the rest
    limits       how much the score may ask for; None: the environment's
    """
    report = Report(diagnostics)
    meant: score.Score | None = None
    with suppress(LimitReached):
        meant = _Checker(source, written, library, report, limits or Limits.from_environment()).meant()
    found = report.diagnostics
    if meant is None or any(not d.is_warning for d in found):
        raise SourceError(found)
    return meant, found


@dataclass
class _Checker:
    source: Source
    written: tree.Score
    library: Library
    report: Report
    limits: Limits
    sections: dict[str, tree.Section] = field(default_factory=dict)

    def meant(self) -> score.Score:
        scope = build_scope(self.source, self.written, self.library, self.report)
        measure(scope, self.limits, self.report)
        statements = self.written.statements
        settings = Reader(self.report, scope).apply(
            Settings(), tuple(s for s in statements if isinstance(s, tree.Setting)), None, has_extent=False
        )
        parts = check_parts([s for s in statements if isinstance(s, tree.Part)], scope, self.report)
        calls = Calls(self.report, self.library, self.limits)
        music = Music(self.report, calls, self.limits)
        calls.forms.parts = tuple(parts)
        calls.forms.material = Material(self.report, self.library, music).tokens
        self._gather_sections()
        calls.forms.sections = self.sections
        form = self._form()
        sections = Sections(self.report, music, scope, parts, self.limits)
        meant, notes = {}, {}
        for name, section in self.sections.items():
            opens = bool(form) and form[0].section == name
            own = settings if opens else replace(settings, pickup=0)
            before = music.written + calls.ranges.expected
            meant[name] = sections.check(section, own)
            notes[name] = music.written + calls.ranges.expected - before
        self._never_played(calls.forms.taken)
        check_unused(scope, self.written, music, calls, settings, self.report)
        check_sources(calls, self.report)
        self._length(form, {name: len(section.bars) for name, section in meant.items()}, "bars", self.limits.bars)
        self._length(form, notes, "notes", self.limits.notes)
        return score.Score(
            settings.title, settings.composer, settings.copyright, settings.seed, tuple(parts.values()), meant, form,
            self._expected(calls, scope, form),
        )  # fmt: skip

    def _expected(
        self, calls: Calls, scope: Scope, form: tuple[score.FormEntry, ...]
    ) -> tuple[score.Expectation, ...]:
        statements = self.written.statements
        parts = tuple(s.name for s in statements if isinstance(s, tree.Part))
        played = frozenset(entry.section + "'" * entry.variation for entry in form)
        reader = Expectations(self.report, calls, scope, parts, self.sections, played)
        return tuple(reader.read(s for s in statements if isinstance(s, tree.Expect)))

    def _gather_sections(self) -> None:
        for statement in self.written.statements:
            if not isinstance(statement, tree.Section):
                continue
            first = self.sections.setdefault(statement.name, statement)
            if first is not statement:
                self.report.add(
                    "STO310", self.source, statement.name_span, f"there is a section `{statement.name}` already",
                    hint="give it another name; a second time is written in the form",
                    related=(Related(first.name_span, "the first one"),),
                )  # fmt: skip
        if not self.sections and not self.report.diagnostics:
            end = len(self.source.text)
            self.report.add(
                "STO110", self.source, Span(0, min(end, 1)), "there is no music in this score",
                hint='write a part and a section: `part flute = "Flute"`, `section A { flute: C5:1 }`',
            )  # fmt: skip

    def _form(self) -> tuple[score.FormEntry, ...]:
        forms = [s for s in self.written.statements if isinstance(s, tree.Form)]
        for other in forms[1:]:
            self.report.add("STO310", self.source, other.span, "the form is written twice", hint="keep one of them")
        if not forms:
            return tuple(score.FormEntry(name, 0, 1) for name in self.sections)
        found = []
        for entry in forms[0].entries:
            if entry.section not in self.sections:
                self._no_section(entry)
            elif not 1 <= entry.times <= self.limits.repeats:
                most = f"{self.limits.repeats:,}"
                self.report.add("STO609", self.source, entry.span, f"a section is played 1 to {most} times")
            else:
                found.append(score.FormEntry(entry.section, entry.variation, entry.times))
        return tuple(found)

    def _no_section(self, entry: tree.FormEntry) -> None:
        if entry.section in self.written.unread:
            return
        close = nearest(entry.section, self.sections)
        at = Span(entry.span.start, entry.span.start + len(entry.section))
        self.report.add(
            "STO303", self.source, at, f"no section is called `{entry.section}`",
            hint=f"did you mean `{close}`?" if close else "sections: " + ", ".join(self.sections),
            fix=Fix(at, close) if close else None,
        )  # fmt: skip

    def _never_played(self, taken: set[str]) -> None:
        """Warns of sections that neither the form plays nor anything else."""
        forms = [s for s in self.written.statements if isinstance(s, tree.Form)]
        if not forms:
            return
        played = {entry.section for entry in forms[0].entries} | taken
        meant = {nearest(name, self.sections) for name in played - set(self.sections)}
        for name, section in self.sections.items():
            if name not in played | meant and self.report.is_whole:
                self.report.add(
                    "STO311", self.source, section.name_span, f"the form never plays section `{name}`",
                    hint="add it to `form`, or take it out",
                )  # fmt: skip

    def _length(self, form: tuple[score.FormEntry, ...], sizes: dict[str, int], things: str, limit: int) -> None:
        """Reports a piece that is too long, repeats unrolled."""
        total = sum(sizes[entry.section] * entry.times for entry in form)
        if total > limit and not any(d.code == "STO609" for d in self.report.diagnostics):
            at = next((s.span for s in self.written.statements if isinstance(s, tree.Form)), tree.NOWHERE)
            self.report.add(
                "STO609", self.source, at, f"the piece has some {total:,} {things}; the limit is {limit:,}",
                hint=f"set STOCHOS_MAX_{things.upper()} to allow more",
            )  # fmt: skip
