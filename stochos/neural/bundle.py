"""A network on disk: a folder of `config.json`, `weights.safetensors` and `card.md`, read without trusting it.

Only numbers are read: no code can travel in a folder, and shapes are checked against the configuration, in the few
bytes that head the weights, before memory is taken for them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stochos.neural.cells import Dense, Lstm
from stochos.neural.vocabulary import ENCODINGS, STEPS_PER_QUARTER, Encoding
from stochos.shipped import shipped

VERSION = 1
CELLS = ("lstm",)
MOST_UNITS = 2048
MOST_LAYERS = 8
_CONFIG, _WEIGHTS, CARD = "config.json", "weights.safetensors", "card.md"
_MOST_CONFIG_BYTES = 65_536
_MOST_HEADER_BYTES = 1_048_576

Shapes = dict[str, tuple[int, ...]]
Weights = Mapping[str, NDArray[np.floating]]


class BundleError(Exception):
    """A folder that is not a network that stochos can play; one line that says why."""


@dataclass(frozen=True, slots=True)
class Config:
    """The shape of a network and what it hears.

    encoding           name in `ENCODINGS`
    cell               name in `CELLS`
    layers             units of each recurrent layer, the lowest first
    lowest, highest    MIDI pitches that it can play, inclusive
    steps_per_quarter  events in a quarter note
    """

    encoding: str
    cell: str
    layers: tuple[int, ...]
    lowest: int
    highest: int
    steps_per_quarter: int = STEPS_PER_QUARTER
    version: int = VERSION

    def shapes(self) -> Shapes:
        """Name and shape of each array of weights, gates and axes in the order of Keras."""
        classes = ENCODINGS[self.encoding].classes
        shapes: Shapes = {}
        inputs = classes
        for number, units in enumerate(self.layers):
            shapes[f"layer_{number}.kernel"] = (inputs, 4 * units)
            shapes[f"layer_{number}.recurrent_kernel"] = (units, 4 * units)
            shapes[f"layer_{number}.bias"] = (4 * units,)
            inputs = units
        return shapes | {"dense.kernel": (inputs, classes), "dense.bias": (classes,)}


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A network ready to play; weights in float64."""

    config: Config
    layers: tuple[Lstm, ...]
    dense: Dense

    @property
    def encoding(self) -> Encoding:
        """How events become classes."""
        return ENCODINGS[self.config.encoding]


def names(roots: Iterable[Path] | None = None) -> list[str]:
    """Networks that can be found, by name; by default those that come with stochos."""
    folders = (folder for root in _roots(roots) if root.is_dir() for folder in root.iterdir())
    return sorted({folder.name for folder in folders if (folder / _CONFIG).is_file()})


def find(name: str, roots: Iterable[Path] | None = None) -> Path:
    """Folder of the network called `name`, in the first root that has it; `BundleError` where none does."""
    if name in names(roots):
        for root in _roots(roots):
            if (root / name / _CONFIG).is_file():
                return root / name
    raise BundleError(f"no network is called `{name}`")


def _roots(roots: Iterable[Path] | None) -> list[Path]:
    return [shipped("models")] if roots is None else list(roots)


def read_config(folder: Path) -> Config:
    """The configuration of the network in a folder; `BundleError` where it is missing, damaged or not for us."""
    try:
        with (folder / _CONFIG).open("rb") as file:
            text = file.read(_MOST_CONFIG_BYTES + 1)
    except OSError as error:
        raise BundleError(f"the network `{folder.name}` has no {_CONFIG} that can be read") from error
    try:
        if len(text) > _MOST_CONFIG_BYTES:
            raise ValueError("it is too long")
        return _checked(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise BundleError(f"the {_CONFIG} of the network `{folder.name}` is damaged: {_line(error)}") from error


def _checked(fields: object) -> Config:
    """A valid configuration; ValueError names the first thing that is not."""
    if not isinstance(fields, dict):
        raise ValueError("it is not a table of settings")
    if fields.get("version") != VERSION:
        raise ValueError(f"its version is {fields.get('version')!r}, and this stochos reads version {VERSION}")
    encoding = ENCODINGS.get(str(fields.get("encoding")))
    if encoding is None:
        raise ValueError(f"its encoding {fields.get('encoding')!r} is not one of {', '.join(ENCODINGS)}")
    if fields.get("cell") not in CELLS:
        raise ValueError(f"its cell {fields.get('cell')!r} is not one of {', '.join(CELLS)}")
    layers = fields.get("layers")
    if not isinstance(layers, list) or not 1 <= len(layers) <= MOST_LAYERS:
        raise ValueError(f"its layers are not a list of 1 to {MOST_LAYERS} sizes")
    if not all(type(units) is int and 1 <= units <= MOST_UNITS for units in layers):
        raise ValueError(f"its layers are not all of 1 to {MOST_UNITS} units")
    if (fields.get("lowest"), fields.get("highest")) != (encoding.lowest, encoding.highest):
        raise ValueError(f"its range is not the {encoding.lowest} to {encoding.highest} of its encoding")
    if fields.get("steps_per_quarter") != STEPS_PER_QUARTER:
        raise ValueError(f"it does not count {STEPS_PER_QUARTER} steps a quarter")
    return Config(encoding.name, str(fields["cell"]), tuple(layers), encoding.lowest, encoding.highest)


def load(folder: Path) -> Model:
    """The network in a folder, weights as float64; `BundleError` where anything in it is missing or damaged."""
    config = read_config(folder)
    shapes = config.shapes()
    path = folder / _WEIGHTS
    try:
        _check_header(path, shapes)
        from safetensors.numpy import load_file

        weights = {name: array.astype(np.float64) for name, array in load_file(path).items()}
    except OSError as error:
        raise BundleError(f"the network `{folder.name}` has no {_WEIGHTS} that can be read") from error
    except Exception as error:  # whatever safetensors raises on bytes that are not its own
        raise BundleError(f"the {_WEIGHTS} of the network `{folder.name}` is damaged: {_line(error)}") from error
    if not all(np.isfinite(array).all() for array in weights.values()):
        raise BundleError(f"the {_WEIGHTS} of the network `{folder.name}` is damaged: a weight is not a finite number")
    return assemble(config, weights)


def _check_header(path: Path, shapes: Shapes) -> None:
    """ValueError unless the file holds float32 arrays of these shapes, end to end, and nothing else."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > min(_MOST_HEADER_BYTES, size - 8):
            raise ValueError("its heading is cut short")
        header = json.loads(file.read(length))
    if not isinstance(header, dict):
        raise ValueError("its heading is not a table")
    header.pop("__metadata__", None)
    if set(header) != set(shapes):
        raise ValueError("its arrays are not those of its configuration")
    for name, shape in shapes.items():
        entry = header[name]
        if not isinstance(entry, dict) or entry.get("dtype") != "F32" or entry.get("shape") != list(shape):
            raise ValueError(f"`{name}` is not float32 of {' by '.join(map(str, shape))}")
    if size != 8 + length + 4 * sum(int(np.prod(shape)) for shape in shapes.values()):
        raise ValueError("it is cut short or has more in it than its arrays")


def assemble(config: Config, weights: Weights) -> Model:
    """A model from arrays named and shaped as `Config.shapes` says."""
    layers = tuple(
        Lstm.from_keras(*(weights[f"layer_{number}.{part}"] for part in ("kernel", "recurrent_kernel", "bias")))
        for number in range(len(config.layers))
    )
    return Model(config, layers, Dense.from_keras(weights["dense.kernel"], weights["dense.bias"]))


def save(folder: Path, config: Config, weights: Weights) -> None:
    """Write the configuration and the weights, as float32; the same weights give the same bytes."""
    from safetensors.numpy import save as serialized

    folder.mkdir(parents=True, exist_ok=True)
    arrays = {name: np.ascontiguousarray(weights[name], dtype=np.float32) for name in config.shapes()}
    for name, content in (
        (_WEIGHTS, serialized(arrays)),
        (_CONFIG, (json.dumps(asdict(config), indent=2) + "\n").encode()),
    ):
        part = folder / f".{name}.part"
        part.write_bytes(content)
        part.replace(folder / name)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
