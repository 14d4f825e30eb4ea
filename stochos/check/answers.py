"""Answers: parts that hear each other have to play one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from stochos import score
from stochos.check.report import Report
from stochos.music.time import QUARTER
from stochos.process.passage import hears
from stochos.source import Source, Span

Written: TypeAlias = dict[tuple[str, ...], tuple[Source, Span]]
"""Where the passages that answer stand in the text, by the names of their streams."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """A passage that answers. heard: ticks of the section, until where the other part is heard."""

    part: str
    to: str
    heard: int
    path: tuple[str, ...]


@dataclass
class _Line:
    """A voice.

    answers     its answers, and when what they stand in begins
    played      how many of these are
    is_playing  whether the next one is under way
    """

    answers: list[tuple[int, list[_Answer]]]
    played: int = 0
    is_playing: bool = False


def check_answers(section: score.Section, parts: dict[str, score.Part], written: Written, report: Report) -> None:
    """Reports answers to what nobody plays, and the first that run in a circle."""
    lines = {
        line.part: [_Line([(i.onset, a) for i in v if (a := list(_answers(i, line.part)))]) for v in line.voices]
        for line in section.lines
    }
    found = [answer for voices in lines.values() for voice in voices for _, some in voice.answers for answer in some]
    for answer in dict.fromkeys(found):
        said = _nothing(answer, section, parts)
        if said and answer.path in written:
            source, span = written[answer.path]
            report.add("STO508", source, span, said[0], hint=said[1])
    circle = next((c for part in lines if (c := _circle(part, section.bars[-1], lines))), ()) if section.bars else ()
    if circle and circle[-1].path in written:
        source, span = written[circle[-1].path]
        way = ", and ".join(f"{answer.part} answers {answer.to}" for answer in circle)
        report.add(
            "STO509", source, span, f"nobody can begin: {way}",
            hint="answer what is over: leave out `after`, or make it at least as long as the answer",
        )  # fmt: skip


def _answers(
    item: score.Item, part: str, base: Fraction = Fraction(0), ratio: Fraction = Fraction(1)
) -> Iterator[_Answer]:
    """The answers in an item of music whose tick t is tick base + ratio * t of the section."""
    match item:
        case score.Passage() if hears(item.process):
            start = int(base + ratio * item.onset) - round(item.process.later(item.duration / QUARTER) * QUARTER)
            yield _Answer(part, item.process.to, start + item.duration, item.path)
        case score.Group():
            inner = ratio * Fraction(item.duration, max(item.inner, 1))
            for each in item.items:
                yield from _answers(each, part, base + ratio * item.onset, inner)


def _nothing(answer: _Answer, section: score.Section, parts: dict[str, score.Part]) -> tuple[str, str] | None:
    """Why there is nothing to answer, and what to write; None where there may be something."""
    if answer.to not in {line.part for line in section.lines}:
        return f"{answer.to} plays nothing in section {section.name}", "give it a line there, or name another part"
    if answer.part in parts and answer.to in parts:
        one, other = (parts[name].instrument.is_percussion for name in (answer.part, answer.to))
        if one != other:
            drums = answer.part if one else answer.to
            return f"{drums} plays percussion, which has no pitches to answer or be answered by", "answer another part"
    if answer.heard <= 0:
        hint = "an answer stands after its call, `R*2 @answer(…) for 2 bars`; `after: 1/4` says how long after"
        return f"what this answers would lie before the section begins: {answer.to} is not heard there", hint
    return None


def _circle(part: str, last: score.Bar, lines: dict[str, list[_Line]]) -> tuple[_Answer, ...]:
    """Plays a part to the end, and whom it hears as far as it hears them; the answers that wait for each other."""
    waiting: list[_Answer] = []

    def play(part: str, until: int) -> tuple[_Answer, ...]:
        for voice in lines.get(part, ()):
            while voice.played < len(voice.answers) and voice.answers[voice.played][0] < until:
                if voice.is_playing:
                    first = next(i for i, answer in enumerate(waiting) if answer.part == part)
                    return tuple(waiting[first:])
                voice.is_playing = True
                for answer in voice.answers[voice.played][1]:
                    waiting.append(answer)
                    if circle := play(answer.to, answer.heard):
                        return circle
                    waiting.pop()
                voice.played, voice.is_playing = voice.played + 1, False
        return ()

    return play(part, last.onset + last.length)
