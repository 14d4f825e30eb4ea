"""Parts: instruments, ranges, clefs, and how many there may be."""

from __future__ import annotations

from stochos import score, tree
from stochos.check.names import Scope
from stochos.check.report import Report
from stochos.diagnostics import Fix, Related, nearest
from stochos.music.instrument import INSTRUMENT_NAMES, find_instrument
from stochos.music.pitch import parse_pitch

CLEFS = ("treble", "bass", "alto", "tenor", "soprano", "treble8vb", "treble8va", "bass8vb", "grand", "percussion")
MOST_MELODIC = 15


def check_parts(parts: list[tree.Part], scope: Scope, report: Report) -> dict[str, score.Part]:
    """The parts by name, in order. A part with a mistake in it stays, as well as it can be understood."""
    found: dict[str, score.Part] = {}
    written: dict[str, tree.Part] = {}
    for part in parts:
        first = written.setdefault(part.name, part)
        if first is not part:
            report.add(
                "STO310", scope.source, part.name_span, f"there is a part `{part.name}` already",
                hint="give it another name", related=(Related(first.name_span, "the first one"),),
            )  # fmt: skip
            continue
        found[part.name] = _part(part, scope, report)
    melodic = [p for p in found.values() if not p.instrument.is_percussion]
    if len(melodic) > MOST_MELODIC:
        extra = written[melodic[MOST_MELODIC].name]
        report.add(
            "STO608", scope.source, extra.name_span,
            f"MIDI has channels for {MOST_MELODIC} melodic parts; there are {len(melodic)}",
            hint="join parts that play in turns, or split the score in two files",
        )  # fmt: skip
    return found


def _part(part: tree.Part, scope: Scope, report: Report) -> score.Part:
    instrument = find_instrument(part.instrument.text)
    if instrument is None:
        close = nearest(part.instrument.text, INSTRUMENT_NAMES)
        report.add(
            "STO304", scope.source, part.instrument.span, f"no instrument is called \"{part.instrument.text}\"",
            hint=f'did you mean "{close}"?' if close else "`stochos list instruments` names all",
            fix=Fix(part.instrument.span, f'"{close}"') if close else None,
        )  # fmt: skip
        instrument = find_instrument("Piano")
        assert instrument is not None
    low, high = (0, 127) if instrument.is_percussion else (instrument.low, instrument.high)
    if part.range is not None:
        low, high = _range(part.range, low, high, scope, report)
    clef = part.clef.word if part.clef else None
    if part.clef and clef not in CLEFS:
        close = nearest(part.clef.word, CLEFS)
        report.add(
            "STO307", scope.source, part.clef.span, f"no clef is called `{clef}`",
            hint=f"did you mean `{close}`?" if close else "clefs: " + ", ".join(CLEFS),
            fix=Fix(part.clef.span, close) if close else None,
        )  # fmt: skip
        clef = None
    return score.Part(part.name, instrument, low, high, clef)


def _range(interval: tree.Interval, low: int, high: int, scope: Scope, report: Report) -> tuple[int, int]:
    ends = [parse_pitch(end.name) if isinstance(end, tree.PitchName) else None for end in (interval.low, interval.high)]
    if ends[0] is None or ends[1] is None or not (0 <= ends[0].midi <= 127 and 0 <= ends[1].midi <= 127):
        report.add("STO401", scope.source, interval.span, "a range goes from pitch to pitch", hint="write `in C2..A4`")
        return low, high
    if ends[0].midi > ends[1].midi:
        turned = f"{ends[1]}..{ends[0]}"
        report.add(
            "STO404", scope.source, interval.span, "this range is empty: it ends below its start",
            hint=f"did you mean `{turned}`?", fix=Fix(interval.span, turned),
        )  # fmt: skip
        return low, high
    return ends[0].midi, ends[1].midi
