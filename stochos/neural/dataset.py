"""A dataset on disk: pieces to learn from, in lines of JSON, and how they came to be.

    dataset.json  what its pieces are, a table of `Heading`'s fields
    pieces.jsonl  a piece a line: `id`, `group`, `held_out`, and the fields of its kind
    report.json   what was kept and dropped, and why
    read.jsonl    what each file gave, so that a build goes on where it stopped; it may be deleted

Pitches are as they sound: key, range and classes are the business of an encoding. Only numbers and names are read.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stochos.neural.encoding import Encoding
from stochos.neural.encodings import squash, squash_amount
from stochos.neural.heading import read_heading
from stochos.neural.melodies import HELD_OUT, Tune
from stochos.neural.vocabulary import HIGHEST_PITCH, NO_EVENT, STEPS_PER_QUARTER

VERSION = 1
HEADING, PIECES, REPORT, READ = "dataset.json", "pieces.jsonl", "report.json", "read.jsonl"
VOICES = 4
MOST_STEPS_PER_QUARTER = 96
CHORDS: Mapping[str, tuple[int, ...]] = {
    "": (0, 4, 7), "m": (0, 3, 7), "7": (0, 4, 7, 10), "m7": (0, 3, 7, 10), "maj7": (0, 4, 7, 11),
    "dim": (0, 3, 6), "dim7": (0, 3, 6, 9), "m7b5": (0, 3, 6, 10), "aug": (0, 4, 8), "sus4": (0, 5, 7),
    "5": (0, 7),
}  # fmt: skip
"""Kinds of chords, and their semitones above the root."""


class DatasetError(Exception):
    """A folder that is not a dataset that stochos can learn from; one line that says why."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the pieces of a dataset are.

    kind               name in `KINDS`
    steps_per_quarter  steps in a quarter note
    eval_ratio         share 0..1 of the pieces that is held out
    rules              how they were cut out of the files, by name
    """

    kind: str
    steps_per_quarter: int = STEPS_PER_QUARTER
    eval_ratio: float = HELD_OUT
    rules: Mapping[str, float | bool | None] | None = None
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Chorale:
    """A piece for four voices on a grid.

    voices    events of soprano, alto, tenor and bass, of one length
    fermatas  steps at which a note with a fermata starts, ascending
    tonic     pitch class 0..11
    """

    identity: str
    voices: tuple[tuple[int, ...], ...]
    fermatas: tuple[int, ...]
    tonic: int
    is_minor: bool
    group: str
    held_out: bool

    @property
    def events(self) -> tuple[int, ...]:
        """The soprano, by which versions of a piece are known."""
        return self.voices[0]


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord: its root, a pitch class 0..11, and its kind, a name in `CHORDS`."""

    root: int
    kind: str

    @property
    def classes(self) -> frozenset[int]:
        """Its pitch classes."""
        return frozenset((self.root + interval) % 12 for interval in CHORDS[self.kind])


@dataclass(frozen=True, slots=True)
class Harmony:
    """A melody and its chords, one a quarter note; None where nothing sounds."""

    identity: str
    events: tuple[int, ...]
    chords: tuple[Chord | None, ...]
    group: str
    held_out: bool


Piece = Tune | Chorale | Harmony


def load(folder: Path) -> list[Tune]:
    """The melodies of a dataset; `DatasetError` where there is none, or where it holds something else."""
    return [piece for piece in pieces(folder) if isinstance(piece, Tune)] if _is_of(folder, "melody") else []


def load_chorales(folder: Path) -> list[Chorale]:
    """The pieces for four voices of a dataset; `DatasetError` as `load`."""
    return [piece for piece in pieces(folder) if isinstance(piece, Chorale)] if _is_of(folder, "chorale") else []


def load_harmonies(folder: Path) -> list[Harmony]:
    """The melodies with chords of a dataset; `DatasetError` as `load`."""
    return [piece for piece in pieces(folder) if isinstance(piece, Harmony)] if _is_of(folder, "harmony") else []


def in_encoding(tunes: Iterable[Tune], encoding: Encoding) -> list[Tune]:
    """Tunes in the key and range of an encoding, as networks hear them; those that are wider are left out."""
    fitting = []
    for tune in tunes:
        pitches = [event for event in tune.events if event >= 0]
        if pitches and max(pitches) - min(pitches) <= encoding.highest - encoding.lowest:
            events = tuple(squash(tune.events, encoding, squash_amount(tune.events, encoding)))
            fitting.append(Tune(tune.identity, events, tune.group, tune.held_out))
    return fitting


def _is_of(folder: Path, kind: str) -> bool:
    found = heading(folder).kind
    if found != kind:
        raise DatasetError(f"the dataset `{folder}` holds pieces of the kind {found}, and {kind} is needed")
    return True


# --- reading ----------------------------------------------------------------------------------


def heading(folder: Path) -> Heading:
    """What the dataset in a folder is; `DatasetError` where there is none that can be read."""
    try:
        return _checked(read_heading(folder / HEADING, VERSION))
    except OSError as error:
        made = "`stochos dataset build` makes one"
        raise DatasetError(f"`{folder}` has no {HEADING} that can be read, so it is no dataset; {made}") from error
    except ValueError as error:
        raise DatasetError(f"the {HEADING} of `{folder}` is damaged: {error}") from error


def _checked(fields: Mapping[str, Any]) -> Heading:
    kind, steps, ratio = (fields.get(name) for name in ("kind", "steps_per_quarter", "eval_ratio"))
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"its kind {kind!r} is not one of {', '.join(KINDS)}")
    if type(steps) is not int or not 1 <= steps <= MOST_STEPS_PER_QUARTER:
        raise ValueError(f"its steps_per_quarter is not a number from 1 to {MOST_STEPS_PER_QUARTER}")
    if not isinstance(ratio, int | float) or not 0 <= ratio <= 1:
        raise ValueError("its eval_ratio is not a share from 0 to 1")
    rules = fields.get("rules")
    return Heading(kind, steps, float(ratio), rules if isinstance(rules, dict) else None)


def pieces(folder: Path) -> Iterator[Piece]:
    """The pieces of a dataset, one after another; `DatasetError` names the first line that is none."""
    decode = KINDS[heading(folder).kind]
    try:
        with (folder / PIECES).open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield decode(json.loads(line))
                except (ValueError, TypeError, KeyError, RecursionError) as error:
                    reason = " ".join(str(error).split())[:100]
                    message = f"line {number} of {PIECES} in `{folder}` is no {heading(folder).kind}"
                    raise DatasetError(f"{message}: {reason}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"`{folder}` has no {PIECES} that can be read") from error


def report(folder: Path) -> dict[str, int]:
    """What was found, kept and dropped; empty where that cannot be read."""
    try:
        told = json.loads((folder / REPORT).read_text("utf-8"))["report"]
        return {str(reason): int(count) for reason, count in told.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _tune(fields: Mapping[str, Any]) -> Tune:
    return Tune(_name(fields, "id"), _events(fields["events"]), _name(fields, "group"), _is(fields, "held_out"))


def _chorale(fields: Mapping[str, Any]) -> Chorale:
    voices = tuple(_events(voice) for voice in fields["voices"])
    if len(voices) != VOICES or len({len(voice) for voice in voices}) != 1:
        raise ValueError("it has not four voices of one length")
    fermatas = _numbers(fields["fermatas"], 0, len(voices[0]) - 1)
    (tonic,) = _numbers([fields["tonic"]], 0, 11)
    return Chorale(
        _name(fields, "id"), voices, fermatas, tonic, _is(fields, "is_minor"), _name(fields, "group"),
        _is(fields, "held_out"),
    )  # fmt: skip


def _harmony(fields: Mapping[str, Any]) -> Harmony:
    chords = tuple(None if chord is None else _chord(*chord) for chord in fields["chords"])
    events = _events(fields["events"])
    return Harmony(_name(fields, "id"), events, chords, _name(fields, "group"), _is(fields, "held_out"))


KINDS: Mapping[str, Callable[[Mapping[str, Any]], Piece]] = {
    "melody": _tune, "chorale": _chorale, "harmony": _harmony,
}  # fmt: skip


def _name(fields: Mapping[str, Any], field: str) -> str:
    if not isinstance(fields[field], str):
        raise ValueError(f"its {field} is not a name")
    return str(fields[field])


def _is(fields: Mapping[str, Any], field: str) -> bool:
    if not isinstance(fields[field], bool):
        raise ValueError(f"its {field} is not true or false")
    return bool(fields[field])


def _events(numbers: Any) -> tuple[int, ...]:
    return _numbers(numbers, NO_EVENT, HIGHEST_PITCH)


def _numbers(numbers: Any, lowest: int, highest: int) -> tuple[int, ...]:
    if not isinstance(numbers, list) or not all(type(n) is int and lowest <= n <= highest for n in numbers):
        raise ValueError(f"a number is not one of {lowest} to {highest}")
    return tuple(numbers)


def _chord(root: Any, kind: Any) -> Chord:
    if kind not in CHORDS:
        raise ValueError(f"{kind!r} is no kind of chord")
    return Chord(_numbers([root], 0, 11)[0], kind)


# --- writing ----------------------------------------------------------------------------------


def heading_text(heading: Heading) -> str:
    """The text of `dataset.json`."""
    return json.dumps(asdict(heading), indent=2) + "\n"
