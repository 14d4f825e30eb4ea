"""The library of a score: the files, corpus and networks that its text may refer to. The only reader of imports."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TypeVar

from stochos import tree, tunes
from stochos.check.library import NetworkFacts, Unavailable
from stochos.diagnostics import Diagnostic, nearest
from stochos.music.tune import Tune
from stochos.process.passage import Network
from stochos.source import Source

MOST_BYTES = 16 * 2**20
"""Largest score or import, where the environment's STOCHOS_MAX_BYTES does not say otherwise."""
_MOST_GUESSES = 1_000

_Read = TypeVar("_Read")


class Files:
    """Answers a checker from the disk, each question once.

    root           folder of the main score: nothing outside its tree is read …
    allow_outside  … unless this is set
    """

    def __init__(self, root: Path, allow_outside: bool = False) -> None:
        self.root = root.resolve()
        self.allow_outside = allow_outside
        self._scores: dict[Path, tuple[Source, tree.Score, tuple[Diagnostic, ...]]] = {}
        self._tunes: dict[tuple[str, str], Tune | Unavailable] = {}
        self._networks: dict[str, Network] = {}

    def score(self, path: str, source: Source) -> tuple[Source, tree.Score, tuple[Diagnostic, ...]]:
        """Read another score, parsed as far as it can be. Raises Unavailable."""
        from stochos.parse import parse_partial

        found = self._find(path, source)
        if found not in self._scores:
            name = os.path.normpath(Path(source.name).parent / path)
            imported = Source(name, read_text(found, name), found)
            self._scores[found] = (imported, *parse_partial(imported))
        return self._scores[found]

    def source(self, name: str) -> Source:
        """A score that was read before, by its name in messages; KeyError where none was."""
        return {source.name: source for source, _, _ in self._scores.values()}[name]

    def tune(self, path: str, source: Source) -> Tune:
        """Read a MIDI, MusicXML or ABC file. Raises Unavailable."""
        found = self._find(path, source)

        def read() -> Tune:
            ending = found.suffix.lower()
            if ending not in tunes.MIDI_ENDINGS + tunes.SCORE_ENDINGS and not found.is_dir():
                known = ", ".join((".stoch", *tunes.MIDI_ENDINGS, *tunes.SCORE_ENDINGS))
                message = f"`{path}` is not a kind of file that can be imported"
                raise Unavailable("STO602", message, f"these can: {known}")
            data = read_bytes(found, path)
            return tunes.read_midi(data, path) if ending in tunes.MIDI_ENDINGS else tunes.read_musicxml_or_abc(found)

        return _once(self._tunes, ("file", str(found)), read)

    def corpus(self, name: str) -> Tune:
        """Read a piece of music21's corpus. Raises Unavailable."""
        return _once(self._tunes, ("corpus", name), lambda: tunes.read_corpus(name))

    def network(self, name: str, source: Source) -> NetworkFacts:
        """Find a network by its name, or by the path of its folder, and see that it is whole. Raises Unavailable."""
        from stochos.neural import bundle, shelf
        from stochos.neural.vocabulary import HIGHEST_PITCH

        folder = self._find(name, source) if shelf.is_path(name) else self._on_shelf(name, source)
        try:
            self.load_network(str(folder))
            config = shelf.read_config(folder)
        except bundle.BundleError as error:
            raise Unavailable("STO604", str(error)) from error
        plays = bundle.plays(config)
        low, high = (0, HIGHEST_PITCH) if plays == "harmony" else (config.lowest, config.highest)  # in any octave
        return NetworkFacts(str(folder), low, high, plays)

    def _on_shelf(self, name: str, source: Source) -> Path:
        """The network of a name: beside the file that names it, beside the main score, or elsewhere."""
        from stochos.neural import bundle, shelf

        beside = dict.fromkeys((self._base(source), self.root))
        for folder in beside:
            if name in bundle.names([folder / shelf.BESIDE]):
                return self._inside(folder / shelf.BESIDE / name, f"{shelf.BESIDE}/{name}")
        known = bundle.names(shelf.shelves(*beside))
        if name not in known:
            guess = nearest(name, known)
            hint = f"did you mean `{guess}`?" if guess else f"there are {', '.join(known)}"
            raise Unavailable("STO603", f"no model is called `{name}`", hint)
        return bundle.find(name, shelf.shelves())

    def load_network(self, folder: str) -> Network:
        """The network of a name, in a folder or in a bundle, read once; `bundle.BundleError` where it is damaged."""
        from stochos.neural import bundle, shelf
        from stochos.neural.player import Player

        if folder not in self._networks:
            found = bundle.find(folder) if folder in bundle.names() else Path(folder)
            self._networks[folder] = Player(shelf.load(found))
        return self._networks[folder]

    def _base(self, source: Source) -> Path:
        return source.path.parent if source.path else self.root

    def _find(self, path: str, source: Source) -> Path:
        """Where a path of a score leads, through links, if that is allowed and there."""
        base = self._base(source)
        try:
            found = self._inside(base / path, path)
            if found.exists():
                return found
        except (OSError, RuntimeError, ValueError):  # a name too long, a circle of links, a NUL
            pass
        raise _missing(base, path)

    def _inside(self, path: Path, name: str) -> Path:
        """Where a path leads, through links, if that is allowed."""
        found = path.resolve()
        if not self.allow_outside and not found.is_relative_to(self.root):
            hint = "move it into the score's folder, or allow it with `--allow-outside`"
            raise Unavailable("STO606", f"`{name}` lies outside the score's folder", hint)
        return found


def _once(known: dict[tuple[str, str], Tune | Unavailable], key: tuple[str, str], read: Callable[[], Tune]) -> Tune:
    """The answer to a question that may have been asked before, refusals included."""
    if key not in known:
        try:
            known[key] = read()
        except Unavailable as refusal:
            known[key] = refusal
    answer = known[key]
    if isinstance(answer, Unavailable):
        raise answer
    return answer


@cache
def most_bytes() -> int:
    """Largest file that is read: STOCHOS_MAX_BYTES, or the default where that is not a number above 0."""
    setting = os.environ.get("STOCHOS_MAX_BYTES", "")
    return int(setting) if setting.isdecimal() and int(setting) > 0 else MOST_BYTES


def read_bytes(path: Path, name: str) -> bytes:
    """Read a file, whole. Raises Unavailable; `name` is what messages call it."""
    limit = most_bytes()
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise Unavailable("STO601", f"there is no file `{name}`") from error
    except IsADirectoryError as error:
        raise Unavailable("STO602", f"`{name}` is a folder, not a file") from error
    except PermissionError as error:
        raise Unavailable("STO602", f"`{name}` may not be read: permission denied") from error
    except OSError as error:
        reason = (error.strerror or "the system refuses").lower()
        raise Unavailable("STO602", f"`{name}` cannot be read: {reason}") from error
    if len(data) > limit:
        hint = "the limit is set by STOCHOS_MAX_BYTES in the environment"
        raise Unavailable("STO609", f"`{name}` is larger than {limit:,} bytes, which is the limit", hint)
    return data


def read_score(path: Path) -> str:
    """Read the text of a main score. Raises Unavailable, with a guess where there is none."""
    try:
        return read_text(path, str(path))
    except Unavailable as refusal:
        raise (_missing(Path(), str(path), ".stoch") if refusal.code == "STO601" else refusal) from refusal


def read_text(path: Path, name: str) -> str:
    """Read a text, whole: UTF-8 with or without mark, line ends as newlines. Raises Unavailable."""
    return decode(read_bytes(path, name), name)


def decode(data: bytes, name: str) -> str:
    """The text of a file's bytes. Raises Unavailable where they are not UTF-8 text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unavailable("STO602", f"`{name}` is in UTF-16, not in UTF-8", "save it as UTF-8 in your editor")
    if b"\0" in data:
        raise Unavailable("STO602", f"`{name}` is not a text file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"`{name}` is not UTF-8 text: line {line} has a character in another encoding"
        raise Unavailable("STO602", message, "save it as UTF-8 in your editor") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _missing(base: Path, path: str, ending: str = "") -> Unavailable:
    """That there is no such file, and which was meant: the nearest where the path leads to, or in `base`."""
    guess = None
    for folder in dict.fromkeys([(base / path).parent, base]):
        try:
            inside = Path(path).parent if folder != base else Path()
            names = sorted(inside / entry.name for entry in islice(folder.iterdir(), _MOST_GUESSES))
        except (OSError, ValueError):
            continue
        # Without endings: these are alike, and would make all names so.
        known = {name.stem: name for name in names if name.name.endswith(ending)}
        found = nearest(Path(path).stem, known)
        guess = guess or (known[found].as_posix() if found and known[found] != Path(path) else None)
    return Unavailable("STO601", f"there is no file `{path}`", f"did you mean `{guess}`?" if guess else None)
