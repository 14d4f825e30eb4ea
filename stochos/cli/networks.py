"""What there is to tell of trained networks, and their files to write."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stochos.music.pitch import spell
from stochos.neural import bundle, magenta, shelf
from stochos.neural.bundle import BundleError
from stochos.shipped import shipped

if TYPE_CHECKING:
    from stochos.neural.bundle import Config
    from stochos.neural.card import Row

_MOST_CARD_BYTES = 65_536
_BARE = re.compile(r"[^\W\d]\w*")  # a name that needs no quotes in a score


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to tell of a network.

    facts   for programs: numbers as numbers
    kind    what it is, in a few words; or why it cannot be read
    scores  how well it foretells, by row of its card
    """

    facts: dict[str, Any]
    kind: str
    scores: Mapping[str, Row]

    def lines(self) -> Iterator[str]:
        """All of it, line by line."""
        facts = self.facts
        rows = {
            "network": self.kind,
            "weights": f"{facts['weights']:,}",
            "lies in": facts["path"],
            "begins": "by itself, or after a primer" if facts["start"] else "after a primer, or a sixteenth of rest",
        }
        for row, score in self.scores.items():
            note = "" if score.a_note is None else f"{score.a_note:.3f} a note, "
            rows[f"{row}:"] = f"{score.nats:.4f} nats a step, {note}{score.accuracy:.1%} right"
        for name, said in rows.items():
            yield f"{name:16} {said}"


def on_shelves(beside: Path) -> list[Told]:
    """Every network that a score in a folder may name; damaged ones too."""
    roots = shelf.shelves(beside)
    found = []
    for name in bundle.names(roots):
        path = bundle.find(name, roots)
        try:
            found.append(described(path))
        except BundleError as error:
            found.append(Told({"name": name, "path": str(path), "problem": str(error)}, str(error), {}))
    return found


def described(path: Path) -> Told:
    """What a network is; `BundleError` where it is damaged."""
    from stochos.neural import card

    config = shelf.read_config(path)
    scores = card.figures(_card_text(path))
    facts: dict[str, Any] = {
        "name": path.stem, "path": str(path), "encoding": config.encoding, "cell": config.cell,
        "layers": list(config.layers), "attention": config.attention,
        "wraps": config.wraps if config.attention else None,
        "weights": _weights(config), "noise": config.noise, "lowest": config.lowest, "highest": config.highest,
        "start": config.start,
        "figures": {row: asdict(score) for row, score in scores.items()},
    }  # fmt: skip
    return Told(facts, kind(config), scores)


def kind(config: Config) -> str:
    """A network in a few words: `lstm 128+128 and attention over 40 steps, attention encoding, C3..B5`."""
    looking = "" if config.attention is None else f" and attention over {config.attention} steps"
    looking += f" of {config.noise} numbers of noise" * (config.noise > 0)
    sizes = "+".join(map(str, config.layers))
    compass = f"{spell(config.lowest, 0)}..{spell(config.highest, 0)}"
    return f"{config.cell} {sizes}{looking}, {config.encoding} encoding, {compass}"


def table(found: Sequence[Told]) -> Iterator[str]:
    """A line for each network: its name, what it is, and where it lies."""
    width = max((len(told.facts["name"]) for told in found), default=0)
    for told in found:
        yield f"{told.facts['name']:{width}}  {told.kind} ({_shelf(Path(told.facts['path']))})"


def _shelf(path: Path) -> str:
    if path.parent.resolve() == shipped("models").resolve():
        return "comes with stochos"
    return "your own" if path.parent == shelf.own() else str(path.parent)


def as_json(told: object) -> str:
    """For programs."""
    return json.dumps(told, indent=2, ensure_ascii=False)


def card_of(path: Path) -> str:
    """The card of a network; `BundleError` where it has none."""
    text = _card_text(path)
    if not text:
        raise BundleError(f"the network `{path.stem}` has no {bundle.CARD}")
    return text


def measured(path: Path, name: str, data: Path, progress: Callable[[int, int], None]) -> dict[Path, bytes]:
    """The card of a network with its figures measured on a dataset, by file; `BundleError` where it can have none."""
    from stochos.cli.opened import tunes_of
    from stochos.neural import card
    from stochos.neural.measured import sections

    if not path.is_dir():
        raise BundleError(f"`{name}` is a file, which holds no card; `stochos model import` makes a folder of it")
    model = bundle.load(path)
    found = sections(model, *tunes_of(data, model.config), data.resolve().name, progress)
    text = _card_text(path) or f"# {path.resolve().name}\n"
    return {path / bundle.CARD: card.with_figures(text, found).encode()}


def _card_text(path: Path) -> str:
    """What can be printed of a card, empty where there is none."""
    try:
        with (path / bundle.CARD).open("rb") as file:
            text = file.read(_MOST_CARD_BYTES).decode(errors="replace")
    except OSError:
        return ""
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)


def _weights(config: Config) -> int:
    return sum(prod(shape) for shape in config.shapes().values())


# --- in and out ---------------------------------------------------------------------------------


def name_for(file: Path) -> str:
    """A name that a score can write without quotes, after a file."""
    name = re.sub(r"[^a-z0-9]+", "_", file.stem.lower()).strip("_")[:64]
    return name if _BARE.fullmatch(name) else f"model_{name}"[:64].rstrip("_")


def in_score(name: str) -> str:
    """The name as a score writes it."""
    return name if _BARE.fullmatch(name) else f'"{name}"'


def imported(file: Path, name: str, output: Path | None) -> tuple[Path, dict[Path, bytes], str]:
    """Folder and files of a bundle of Magenta's, brought in, and what it is in a few words.

    output  the folder of networks that it goes to, None: the user's own
    `BundleError` where it cannot be read, or be called so.
    """
    if not shelf.is_name(name):
        raise BundleError(f"a network cannot be called `{name}`: letters, digits, `_` and `-` make a name")
    if name in bundle.names([shipped("models")]):
        raise BundleError(f"`{name}` comes with stochos; choose another name with --name")
    found = magenta.read(file)
    folder = (shelf.own() if output is None else output) / name
    files = bundle.contents(found.config, found.weights) | {bundle.CARD: magenta.card(found, name, file).encode()}
    return folder, {folder / part: content for part, content in files.items()}, kind(found.config)


def keras_file(path: Path) -> bytes:
    """A network as a file of Keras; `BundleError` where it is damaged, or TensorFlow is not there."""
    from tempfile import TemporaryDirectory

    config, weights = shelf.read(path)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        from stochos.neural import network
    except ImportError as error:
        raise BundleError("exporting needs TensorFlow: `pip install stochos[train]`") from error
    model = network.build(config)
    network.set_weights(model, weights)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "network.keras"
        model.save(file)
        return file.read_bytes()
