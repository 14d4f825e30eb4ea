"""`stochos sample`: a network goes on with a primer, without a score; Magenta's workflow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from stochos.cli.table import table
from stochos.music.melody import HIGHEST, LOWEST, from_martin, to_martin
from stochos.rendering import smf

if TYPE_CHECKING:
    from stochos.neural.beam import Take
    from stochos.neural.sampling import Choice
    from stochos.neural.vocabulary import Tone

_DIVISION = 480
_VELOCITY = 100  # Magenta's
MIDDLE_C = "[60]"


class Threshold(StrEnum):
    """How events come of chances."""

    SOFT = "soft"
    HARD = "hard"


class Integers(StrEnum):
    """As whose a list of integers is written."""

    MAGENTA = "magenta"
    MARTIN = "martin"


def primer_of(text: str) -> list[int]:
    """Events of a list of Magenta's or Martin's, or of notes; SourceError or BadParameter for what is neither."""
    if text.strip().startswith("["):
        return _integers(text)
    from stochos.neural.player import events_from_tokens

    return events_from_tokens(_tokens(text))


def _integers(text: str) -> list[int]:
    try:
        events = json.loads(text)
    except (ValueError, RecursionError):
        events = None
    if not isinstance(events, list) or not all(type(event) is int and LOWEST <= event <= HIGHEST for event in events):
        raise typer.BadParameter(
            "a list of events is like [60, -2, 62, -2]: -2 goes on, -1 stops, 0 to 127 starts a note",
            param_hint="--primer",
        )
    return from_martin(events)


def _tokens(text: str):  # type: ignore[no-untyped-def] # tokens of passages, which are only loaded here
    from stochos import tree
    from stochos.check.calls import Calls
    from stochos.check.limits import Limits
    from stochos.check.material import Material
    from stochos.check.music import Music
    from stochos.check.names import Scope
    from stochos.check.report import Report
    from stochos.check.values import Place
    from stochos.diagnostics import SourceError
    from stochos.library import Files
    from stochos.music.pitch import Key
    from stochos.music.time import Meter
    from stochos.parse import parse
    from stochos.source import Source

    source = Source("--primer", f"let primer = `{text}`")
    node = next((s.value for s in parse(source).statements if isinstance(s, tree.Let)), None)
    if not isinstance(node, tree.Notation):
        raise typer.BadParameter("write notes, such as 'C4:8 D4 E4:4', or a list", param_hint="--primer")
    report, files, limits = Report(), Files(Path.cwd()), Limits()
    music = Music(report, Calls(report, files, limits), limits)
    place = Place(Scope(source), Meter(4, 4), Key("C"), 60.0, None)
    tokens = Material(report, files, music).tokens(node, place, is_primer=True)
    if tokens is None or report.diagnostics:
        raise SourceError(report.diagnostics)
    return tokens


def over(text: str | None, heard: Sequence[int], steps: int) -> tuple[list[int], list[int], int | None]:
    """What a network hears and is told that plays over chords, and how it is transposed; SourceError for what is none.

    text   chords as in a score, which begin anew as often as they have to; None: there are none
    heard  the primer
    """
    if text is None:
        return list(heard), [], None
    from stochos.music.time import QUARTER
    from stochos.neural.harmony import HIGHEST, LOWEST, at_steps, led_on, to_network
    from stochos.neural.vocabulary import STEPS_PER_QUARTER
    from stochos.pipeline import check_source
    from stochos.source import Source

    source = Source("--harmony", f"section A {{ harmony | {text.strip().strip('|').strip()} | }}")
    section = check_source(source).score.sections["A"]
    found = tuple((harmony.onset / QUARTER, harmony.chord) for harmony in section.harmony)
    once = at_steps(found, section.harmony[-1].end * STEPS_PER_QUARTER // QUARTER)
    chords = [once[step % len(once)] for step in range(steps)]
    pitches = [event for event in heard if event >= 0] or [LOWEST, HIGHEST]
    semitones = to_network(chords, 0, (min(pitches) + max(pitches)) / 2)
    return (*led_on(heard, chords, semitones), semitones)


def primer_in(path: Path) -> list[int]:
    """Events of the first part of a MIDI file with notes, of several together the highest, in its first bar from 0."""
    from stochos.dataset.extraction import melodies
    from stochos.dataset.music import Music
    from stochos.dataset.rules import Report, Rules
    from stochos.dataset.smf import DamagedError, read_midi

    whole = Rules(
        gap_bars=float("inf"), least_bars=0, least_classes=1, most_steps=2**31, lowest=0, highest=127,
        least_filled=0.0, top_voice=True,
    )  # fmt: skip
    try:
        music = read_midi(path.read_bytes())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise typer.BadParameter(f"`{path}` cannot be read: {reason}", param_hint="--primer-midi") from None
    except DamagedError as error:
        raise typer.BadParameter(f"`{path}` cannot be read: {error}", param_hint="--primer-midi") from None
    found = next(melodies(Music(music.division, music.parts, {}), whole, Report()), None)
    if found is None:
        raise typer.BadParameter(f"in `{path}` there are no notes", param_hint="--primer-midi")
    return list(found)


def steps_after(primer: Sequence[int], steps: int) -> int:
    """How many steps are drawn so that there are so many with the primer; BadParameter where there is no room."""
    if len(primer) >= steps:
        raise typer.BadParameter(
            f"the primer has {len(primer)} steps, which count among the {steps}: ask for more", param_hint="--steps"
        )
    return steps - len(primer)


def midi_of(events: Sequence[int], name: str, tempo: float) -> bytes:
    """A melody as a file of one track, as Magenta writes it: on the piano, each note as loud as the others.

    tempo  quarter notes a minute
    """
    from stochos.neural.vocabulary import STEPS_PER_QUARTER, tones_from_events

    step = _DIVISION // STEPS_PER_QUARTER
    heading = [(0, smf.text(smf.TRACK_NAME, name)), (0, smf.tempo(min(round(6e7 / tempo), 0xFFFFFF)))]
    return smf.file_bytes([heading, _track(tones_from_events(events), step)], _DIVISION, len(events) * step)


def _track(tones: Sequence[Tone], step: int) -> list[tuple[int, bytes]]:
    ends = [((tone.onset + tone.duration) * step, smf.note_off(0, tone.pitch)) for tone in tones]
    starts = [(tone.onset * step, smf.note_on(0, tone.pitch, _VELOCITY)) for tone in tones]
    return [(0, smf.program(0, 0)), *sorted(ends + starts, key=lambda event: (event[0], event[1][0] >= 0x90))]


def chosen(temperature: float, threshold: Threshold, steps: int) -> Choice:
    """How freely each step is chosen."""
    import numpy as np

    from stochos.neural.sampling import Choice

    heat = np.full(steps, temperature)
    return Choice(heat, np.ones(steps, dtype=np.int64) if threshold is Threshold.HARD else None)


def files_of(  # noqa: PLR0913, PLR0917 - what a file tells
    takes: Sequence[Take], before: Sequence[int], model: str, seed: int, tempo: float, folder: Path
) -> dict[Path, bytes]:
    """A file for each take, named after the network and the seed; `before` is written before each."""
    digits, name = len(str(len(takes))), Path(model).stem
    return {
        folder / f"{name}-{seed}-{number:0{digits}}.mid": midi_of([*before, *take.events], name, tempo)
        for number, take in enumerate(takes, 1)
    }


def told(paths: Iterable[Path], takes: Sequence[Take]) -> Iterator[str]:
    """What was written, and how likely it was."""
    rows = [
        (f"wrote {path}", sum(event >= 0 for event in take.events), take.likelihood)
        for path, take in zip(paths, takes, strict=True)
    ]
    yield from table(("", "notes", "log-likelihood"), rows, 2)


def listed(takes: Iterable[Take], before: Sequence[int], whose: Integers) -> Iterator[str]:
    """Each take as a list of integers, a line each; `before` comes before each."""
    for take in takes:
        events = [*before, *take.events]
        yield json.dumps(to_martin(events) if whose is Integers.MARTIN else events)
