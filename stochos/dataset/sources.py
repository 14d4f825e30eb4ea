"""Which files a dataset is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stochos.dataset.reading import ABC, ENDINGS
from stochos.diagnostics import nearest
from stochos.neural.melodies import FOLK

COLLECTIONS = {"essen": FOLK[0], "ryan": FOLK[1], "oneill": FOLK[2], "aird": FOLK[3], "chorales": "bach"}
"""Short names of what the networks that come with stochos learned from."""


class SourceError(Exception):
    """A file or a name that nothing can be read from; one line."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and the name that its pieces begin with."""

    name: str
    path: Path


def sources(files: Iterable[str], corpora: Iterable[str]) -> list[Source]:
    """Files, those in folders, and those of music21's corpus, in order and each once; SourceError for what is none."""
    found: dict[Path, Source] = {}
    for each in (*_of_files(files), *_of_corpora(corpora)):
        found.setdefault(each.path.resolve(), each)
    return list(found.values())


def _of_files(files: Iterable[str]) -> Iterator[Source]:
    for name in files:
        path = Path(name)
        if path.is_dir():
            root = path.resolve().parent
            inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in ENDINGS and each.is_file())
            if not inside:
                raise SourceError(f"in `{name}` there are no files of music ({' '.join(ENDINGS)})")
            yield from (Source(each.resolve().relative_to(root).as_posix(), each) for each in inside)
        elif not path.exists():
            raise SourceError(f"there is no file `{name}`")
        elif path.suffix.lower() not in ENDINGS:
            raise SourceError(f"`{name}` is not a kind of file that can be read; these can: {' '.join(ENDINGS)}")
        else:
            yield Source(path.name, path)


def _of_corpora(names: Iterable[str]) -> Iterator[Source]:
    """Files of whole collections, or single pieces, of music21's corpus; ABC under its name without ending."""
    names = list(names)
    if not names:
        return
    from stochos.neural.corpus import corpus_folder

    corpus = corpus_folder()
    folders = {path.name for path in corpus.iterdir() if path.is_dir() and not path.name.startswith("_")}
    for name in names:
        place = COLLECTIONS.get(name.lower(), name)
        if place in folders:
            inside = [path for path in (corpus / place).rglob("*") if path.suffix in ENDINGS]
        else:
            inside = [path for path in corpus.glob(f"{place}.*") if path.suffix in ENDINGS]
        if not inside or ".." in place:
            guess = nearest(name, [*COLLECTIONS, *folders])
            hint = f"did you mean `{guess}`?" if guess else f"there are {', '.join(COLLECTIONS)}"
            raise SourceError(f"no collection of the corpus is called `{name}`; {hint}")
        for path in sorted(inside):
            named = path.relative_to(corpus)
            yield Source((named.with_suffix("") if path.suffix in ABC else named).as_posix(), path)
