"""A network on disk: a folder of `config.json`, `weights.safetensors` and `card.md`, read without trusting it.

Only numbers are read: no code can travel in a folder, and shapes are checked against the configuration, in the few
bytes that head the weights, before memory is taken for them.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stochos.neural import bars
from stochos.neural.bars import Bars
from stochos.neural.cells import Attention, Dense, Gru, Layer, Lstm, Weights
from stochos.neural.encoding import Encoding
from stochos.neural.encodings import ENCODINGS
from stochos.neural.heading import read_heading
from stochos.neural.vocabulary import STEPS_PER_QUARTER
from stochos.shipped import shipped

VERSION = 1
CELLS: dict[str, tuple[int, int, type[Lstm | Gru]]] = {"lstm": (4, 2, Lstm), "gru": (3, 1, Gru)}  # gates, states
BARS = "bars"  # the cell of networks that write a bar at once
WRAPS = ("first", "all")
MOST_UNITS = 2048
MOST_LAYERS = 8
MOST_ATTENTION = 1024
MOST_NOISE = 1024
_CONFIG, _WEIGHTS, CARD = "config.json", "weights.safetensors", "card.md"
_MOST_HEADER_BYTES = 1_048_576
_LATER: dict[str, Any] = {"attention": None, "wraps": "first", "start": True, "noise": 0}  # which old folders lack

Shapes = dict[str, tuple[int, ...]]


class BundleError(Exception):
    """A folder that is not a network that stochos can play; one line that says why."""


@dataclass(frozen=True, slots=True)
class Config:
    """The shape of a network and what it hears.

    encoding           name in `ENCODINGS`
    cell               name in `CELLS`, or `BARS`
    layers             units of each recurrent layer, the lowest first; of bars, the first is for each sixteenth that is
                       heard, the last for each that is written, and those between are for all at once
    lowest, highest    MIDI pitches that it can play, inclusive
    steps_per_quarter  events in a quarter note
    attention          how many of its own outputs it looks back at; None where it does not
    wraps              the layers that look back: the `first`, or `all` of them
    start              whether it hears that nothing was before the first event; else it foretells only from the second
    noise              of bars: how many chance numbers, -1..1, each is made of; 0 for other networks
    """

    encoding: str
    cell: str
    layers: tuple[int, ...]
    lowest: int
    highest: int
    steps_per_quarter: int = STEPS_PER_QUARTER
    version: int = VERSION
    attention: int | None = None
    wraps: str = "first"
    start: bool = True
    noise: int = 0

    @property
    def wrapped(self) -> int:
        """How many of the layers, from the first, look back."""
        return 0 if self.attention is None else 1 if self.wraps == "first" else len(self.layers)

    def shapes(self) -> Shapes:
        """Name and shape of each array of weights, gates and axes in the order of Keras."""
        encoding = ENCODINGS[self.encoding]
        if self.cell == BARS:
            kernels = bars.shapes(self.layers, self.noise, encoding.classes)
            pairs = (((f"{name}.kernel", kernel), (f"{name}.bias", kernel[1:])) for name, kernel in kernels.items())
            return dict(array for pair in pairs for array in pair)
        gates, states, _ = CELLS[self.cell]
        shapes: Shapes = {}
        inputs = encoding.inputs
        if self.wrapped:
            width = self.layers[self.wrapped - 1]
            asked = states * sum(self.layers[: self.wrapped])
            sums = {"mix": (inputs + width, inputs), "query": (asked, width), "out": (2 * width, width)}
            for name, (above, below) in sums.items():
                shapes |= {f"attention_{name}.kernel": (above, below), f"attention_{name}.bias": (below,)}
            shapes |= {"attention.memory": (width, width), "attention.score": (width,)}
        for number, units in enumerate(self.layers):
            shapes[f"layer_{number}.kernel"] = (inputs, gates * units)
            shapes[f"layer_{number}.recurrent_kernel"] = (units, gates * units)
            shapes[f"layer_{number}.bias"] = (gates * units,) if self.cell == "lstm" else (2, gates * units)
            inputs = units
        return shapes | {"dense.kernel": (inputs, encoding.classes), "dense.bias": (encoding.classes,)}


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A network ready to play; weights in float64. One of bars has no other layers."""

    config: Config
    layers: tuple[Layer, ...]
    attention: Attention | None
    dense: Dense
    bars: Bars | None = None

    @property
    def encoding(self) -> Encoding:
        """How events become classes."""
        return ENCODINGS[self.config.encoding]


def plays(config: Config) -> str:
    """What a network plays: "melody", "bars", or its encoding where that has several events a step."""
    if config.cell == BARS:
        return BARS
    return config.encoding if ENCODINGS[config.encoding].places else "melody"


def names(roots: Iterable[Path] | None = None) -> list[str]:
    """Networks that can be found, by name; by default those that come with stochos."""
    found: set[str] = set()
    for root in _roots(roots):
        with suppress(OSError):  # no such folder, or none that may be read
            found |= {folder.name for folder in root.iterdir() if (folder / _CONFIG).is_file()}
    return sorted(found)


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
        return _checked(read_heading(folder / _CONFIG, VERSION))
    except OSError as error:
        raise BundleError(f"the network `{folder.name}` has no {_CONFIG} that can be read") from error
    except ValueError as error:
        raise BundleError(f"the {_CONFIG} of the network `{folder.name}` is damaged: {_line(error)}") from error


def _checked(fields: Mapping[str, Any]) -> Config:
    """A valid configuration; ValueError names the first thing that is not."""
    encoding = ENCODINGS.get(str(fields.get("encoding")))
    if encoding is None:
        raise ValueError(f"its encoding {fields.get('encoding')!r} is not one of {', '.join(ENCODINGS)}")
    cell = fields.get("cell")
    if cell not in (*CELLS, BARS):
        raise ValueError(f"its cell {cell!r} is not one of {', '.join((*CELLS, BARS))}")
    layers = fields.get("layers")
    if not isinstance(layers, list) or not 1 <= len(layers) <= MOST_LAYERS:
        raise ValueError(f"its layers are not a list of 1 to {MOST_LAYERS} sizes")
    if not all(type(units) is int and 1 <= units <= MOST_UNITS for units in layers):
        raise ValueError(f"its layers are not all of 1 to {MOST_UNITS} units")
    if (fields.get("lowest"), fields.get("highest")) != (encoding.lowest, encoding.highest):
        raise ValueError(f"its range is not the {encoding.lowest} to {encoding.highest} of its encoding")
    if fields.get("steps_per_quarter") != STEPS_PER_QUARTER:
        raise ValueError(f"it does not count {STEPS_PER_QUARTER} steps a quarter")
    attention, wraps, start, noise = (fields.get(name, default) for name, default in _LATER.items())
    if attention is not None and not (type(attention) is int and 1 <= attention <= MOST_ATTENTION):
        raise ValueError(f"its attention is not null or 1 to {MOST_ATTENTION} steps")
    if wraps not in WRAPS:
        raise ValueError(f"its wraps is {wraps!r}, not one of {', '.join(WRAPS)}")
    if type(start) is not bool:
        raise ValueError("its start is not true or false")
    config = Config(
        encoding.name, str(cell), tuple(layers), encoding.lowest, encoding.highest,
        attention=attention, wraps=wraps, start=start, noise=noise,
    )  # fmt: skip
    _check_noise(config, encoding)
    return config


def _check_noise(config: Config, encoding: Encoding) -> None:
    """ValueError unless a network of bars, and no other, is one that is made of noise."""
    if config.cell != BARS:
        if type(config.noise) is not int or config.noise:
            raise ValueError(f"its noise is not 0, and its cell is {config.cell}")
        return
    if type(config.noise) is not int or not 1 <= config.noise <= MOST_NOISE:
        raise ValueError(f"its noise is not 1 to {MOST_NOISE} numbers")
    if len(config.layers) < bars.LEAST_LAYERS:
        raise ValueError(f"its layers are fewer than the {bars.LEAST_LAYERS} that bars need")
    if not encoding.one_hot or config.attention is not None or not config.start:
        raise ValueError("bars are written after single events, without attention, and after nothing too")


def load(folder: Path) -> Model:
    """The network in a folder; `BundleError` where anything in it is missing or damaged."""
    return assemble(*read(folder))


def read(folder: Path) -> tuple[Config, Weights]:
    """Configuration and weights in a folder; `BundleError` where anything in it is missing or damaged."""
    config = read_config(folder)
    path = folder / _WEIGHTS
    try:
        _check_header(path, config.shapes())
        from safetensors.numpy import load_file

        weights: Weights = load_file(path)
    except OSError as error:
        raise BundleError(f"the network `{folder.name}` has no {_WEIGHTS} that can be read") from error
    except Exception as error:  # whatever safetensors raises on bytes that are not its own
        raise BundleError(f"the {_WEIGHTS} of the network `{folder.name}` is damaged: {_line(error)}") from error
    if not all(np.isfinite(array).all() for array in weights.values()):
        raise BundleError(f"the {_WEIGHTS} of the network `{folder.name}` is damaged: a weight is not a finite number")
    return config, weights


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
    if config.cell == BARS:
        written = Bars.from_keras(weights, len(config.layers))
        return Model(config, (), None, written.said, written)
    make = CELLS[config.cell][2]
    layers = tuple(make.from_keras(weights, f"layer_{number}") for number in range(len(config.layers)))
    attention = None if config.attention is None else Attention.from_keras(weights, config.attention)
    return Model(config, layers, attention, Dense.from_keras(weights, "dense"))


def contents(config: Config, weights: Weights) -> dict[str, bytes]:
    """The files of a network, by name, the weights first, as float32; the same weights give the same bytes."""
    from safetensors.numpy import save as serialized

    arrays = {name: np.ascontiguousarray(weights[name], dtype=np.float32) for name in config.shapes()}
    return {_WEIGHTS: serialized(arrays), _CONFIG: (json.dumps(asdict(config), indent=2) + "\n").encode()}


def save(folder: Path, config: Config, weights: Weights) -> None:
    """Write the configuration and the weights into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents(config, weights).items():
        part = folder / f".{name}.part"
        part.write_bytes(content)
        part.replace(folder / name)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
