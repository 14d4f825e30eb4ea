"""Building a dataset: every file is read once, on all cores, and what it gave is on disk before the next.

So memory does not grow with the files (some 300 bytes a piece are kept, for names and duplicates), and a build that was
stopped goes on where it was: what a file gave is known by a hash of its bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from signal import SIG_IGN, SIGINT, signal
from typing import IO, Any

from stochos.dataset import reading
from stochos.dataset.rules import FOUND, SAME, Report, Rules
from stochos.dataset.smf import DamagedError
from stochos.dataset.sources import Source
from stochos.dataset.versions import Versions
from stochos.neural import dataset
from stochos.neural.dataset import HEADING, PIECES, READ, REPORT, Heading
from stochos.neural.melodies import HELD_OUT, sides

MOST_BYTES = 64 * 2**20
"""Largest file that is read."""
_CHUNK = 32, 100_000  # files and bytes, about, that a process takes at a time
_KEPT, _FILES, _DAMAGED, _AGAIN = "kept", "files", "damaged", "files: the same as another"

Progress = Callable[[int, int], None]
"""Told how many files have been read, and of how many."""


class BuildError(Exception):
    """A folder that no dataset can be built in; one line."""


@dataclass(frozen=True, slots=True)
class Built:
    """What was built.

    pieces   how many there are
    report   what was found, kept and dropped, by what is said of it
    damaged  names of the files that could not be read, and why
    """

    pieces: int
    held_out: int
    report: dict[str, int]
    damaged: dict[str, str]


def build(  # noqa: PLR0913, PLR0917 - what a dataset hangs on
    sources: Sequence[Source], folder: Path, kind: str, rules: Rules, eval_ratio: float = HELD_OUT,
    jobs: int | None = None, progress: Progress = lambda _done, _of: None,
) -> Built:  # fmt: skip
    """Make a dataset in a folder; one that was begun there by the same rules is gone on with.

    jobs  processes that read; None: one a core
    """
    heading = Heading(kind, rules.steps_per_quarter, eval_ratio, asdict(rules))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        read = _Read(folder / READ, {"version": dataset.VERSION, "kind": kind, "rules": asdict(rules)})
        with closing(read):
            digests, closed = _read_all(sources, read, kind, rules, jobs or os.cpu_count() or 1, progress)
            built = _assemble(sources, digests, closed, read, folder, heading)
    except OSError as error:
        raise BuildError(f"no dataset can be built in `{folder}`: {(error.strerror or str(error)).lower()}") from error
    (folder / REPORT).write_text(json.dumps(asdict(built), indent=2, ensure_ascii=False) + "\n", "utf-8")
    (folder / HEADING).write_text(dataset.heading_text(heading), "utf-8")
    return built


# --- reading ----------------------------------------------------------------------------------


class _Read:
    """What each file gave, a line a file; the first line says by what rules. A torn last line is forgotten."""

    def __init__(self, path: Path, rules: dict[str, Any]) -> None:
        first = json.dumps(rules, sort_keys=True) + "\n"
        self.places: dict[str, int] = {}
        self._file: IO[bytes] = path.open("a+b")
        self._file.seek(0)
        if self._file.readline() != first.encode():
            self._file.truncate(0)
            self._file.write(first.encode())
            return
        place = self._file.tell()
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            self.places[line[9:41].decode()] = place
            place += len(line)
        self._file.truncate(place)

    def add(self, digest: str, line: str) -> None:
        self._file.seek(0, os.SEEK_END)
        self.places[digest] = self._file.tell()
        self._file.write(line.encode())
        self._file.flush()

    def find(self, digest: str) -> dict[str, Any]:
        self._file.seek(self.places[digest])
        return dict(json.loads(self._file.readline()))

    def close(self) -> None:
        self._file.close()


_Answer = tuple[int, str, str]
"""Number of a file, hash of its bytes, and what it gave: "" where that is known. Without a hash: why it is not read."""
_Task = Callable[[tuple[int, str]], _Answer]


def _read_all(  # noqa: PLR0913, PLR0917 - of the build
    sources: Sequence[Source], read: _Read, kind: str, rules: Rules, jobs: int, progress: Progress
) -> tuple[list[str], dict[str, str]]:
    """The hash of each file, whose gift is then in `read`; and those that cannot be opened, and why."""
    digests, closed = [""] * len(sources), {}
    tasks = [(number, str(source.path)) for number, source in enumerate(sources)]
    task = partial(_read_one, kind=kind, rules=rules, known=frozenset(read.places))
    for done, (number, digest, line) in enumerate(_answers(task, tasks, min(jobs, len(tasks))), 1):
        digests[number] = digest
        if not digest:
            closed[sources[number].name] = line
        elif line and digest not in read.places:
            read.add(digest, line)
        progress(done, len(sources))
    return digests, closed


def _answers(task: _Task, tasks: Sequence[tuple[int, str]], jobs: int) -> Iterator[_Answer]:
    if jobs <= 1:
        yield from map(task, tasks)
        return
    files, size = _CHUNK
    total = sum(Path(name).stat().st_size for _, name in tasks if Path(name).is_file())
    chunk = max(1, min(files, len(tasks) // (4 * jobs), size * len(tasks) // max(total, 1)))
    with get_context().Pool(jobs, _remember, (task,)) as pool:
        yield from pool.imap_unordered(_do, tasks, chunk)


_remembered: list[_Task] = []


def _remember(task: _Task) -> None:
    """In a process of the pool: what to do with files. Told once, as the known hashes may be many."""
    signal(SIGINT, SIG_IGN)  # it is ended by the process that it works for
    _remembered[:] = [task]


def _do(numbered: tuple[int, str]) -> _Answer:
    return _remembered[0](numbered)


def _read_one(numbered: tuple[int, str], kind: str, rules: Rules, known: frozenset[str]) -> _Answer:
    """What a file gives, as a line; whatever a reader raises on it is only a damaged file."""
    number, name = numbered
    path, report = Path(name), Report()
    found: list[reading.Found] = []
    damage = ""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        return number, "", (error.strerror or str(error)).lower()
    digest = hashlib.blake2b(path.suffix.lower().encode() + b"\0" + data, digest_size=16).hexdigest()
    if digest in known:
        return number, digest, ""
    try:
        if len(data) > MOST_BYTES:
            raise DamagedError(f"it is larger than {MOST_BYTES // 2**20} MB")
        found = reading.read(path, data, kind, rules, report)
    except DamagedError as error:
        damage = str(error)
    except Exception as error:  # whatever a library raises on bytes that are not its own
        damage = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    pieces = [{"place": each.place, "key": _in_any_key(each.fields), **each.fields} for each in found]
    fields = {"hash": digest, "damage": damage, "report": +report, "pieces": pieces}
    return number, digest, json.dumps(fields, separators=(",", ":")) + "\n"


# --- assembling -------------------------------------------------------------------------------


def _assemble(  # noqa: PLR0913, PLR0917 - of the build
    sources: Sequence[Source], digests: Sequence[str], closed: dict[str, str], read: _Read, folder: Path,
    heading: Heading,
) -> Built:  # fmt: skip
    """Write the pieces in the order of the files, each once, with its group and side; and say what became of them."""
    report = Report({_FILES: len(sources)})
    damaged = dict(closed)
    names: list[str] = []
    rough = folder / f".{PIECES}.rough"
    with Versions(folder / ".runs") as versions:
        with rough.open("w", encoding="utf-8") as file:
            for name, fields in _pieces(sources, digests, read, report, damaged):
                number = versions.add(_known_by(heading.kind, fields))
                if number and _piece_of(names[-1]) == _piece_of(name):
                    versions.join(number - 1, number)
                names.append(name)
                file.write(json.dumps(fields, separators=(",", ":")) + "\n")  # not yet with its names
        versions.compare()
        firsts = [versions.first(number) for number in range(len(names))]
        held_out = sides([_piece_of(name) for name in names], [names[first] for first in firsts], heading.eval_ratio)
        with rough.open(encoding="utf-8") as lines, (folder / f".{PIECES}.part").open("w", encoding="utf-8") as out:
            for name, first, line in zip(names, firsts, lines, strict=True):
                fields = {"id": name, "group": names[first], "held_out": held_out[names[first]]}
                out.write(json.dumps(fields, ensure_ascii=False, separators=(",", ":"))[:-1] + "," + line[1:])
    (folder / ".runs").rmdir()
    rough.unlink()
    (folder / f".{PIECES}.part").replace(folder / PIECES)
    report[_DAMAGED] = len(damaged)
    apart = sum(held_out[names[first]] for first in firsts)
    return Built(len(names), apart, dict(sorted((+report).items())), damaged)


def _pieces(
    sources: Sequence[Source], digests: Sequence[str], read: _Read, report: Report, damaged: dict[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and fields of every piece that is not the same as one before, in any key."""
    files, melodies = set(), set()
    for source, digest in zip(sources, digests, strict=True):
        if not digest:
            continue
        if digest in files:
            report[_AGAIN] += 1
            continue
        files.add(digest)
        gift = read.find(digest)
        if gift["damage"]:
            damaged[source.name] = gift["damage"]
            continue
        collection = source.name.partition("/")[0] if "/" in source.name else "files"
        for what, count in gift["report"].items():
            report[f"{collection}: {what}" if what == FOUND else what] += count
        for fields in gift["pieces"]:
            key = bytes.fromhex(fields.pop("key"))
            if key in melodies:
                report[SAME] += 1
                continue
            melodies.add(key)
            report[f"{collection}: {_KEPT}"] += 1
            yield source.name + fields.pop("place"), fields


def _in_any_key(fields: dict[str, Any]) -> str:
    """A hash of the music of a piece, the same in every key."""
    lines = fields["voices"] if "voices" in fields else [fields["events"]]
    lowest = min((event for line in lines for event in line if event >= 0), default=0)
    moved = [[event - lowest if event >= 0 else event for event in line] for line in lines]
    return hashlib.blake2b(repr(moved).encode(), digest_size=12).hexdigest()


def _known_by(kind: str, fields: dict[str, Any]) -> Sequence[int]:
    """The melody by which versions of a piece are known."""
    return list(fields["voices"][0] if kind == "chorale" else fields["events"])


def _piece_of(name: str) -> str:
    """A piece, of which several melodies may have been kept."""
    return name.rpartition("#")[0] or name
