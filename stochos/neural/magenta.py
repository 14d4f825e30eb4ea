"""Networks of Magenta's Melody RNN: a `.mag` bundle read without TensorFlow, and without running what is in it.

A bundle is a checkpoint, the graph that TensorFlow would run, and the name of a configuration. The weights are
taken from the checkpoint by the names that TensorFlow gave them, in all its versions; of the graph only the width of
the state is read, which says how far back attention looks.
Source: Magenta, models/melody_rnn and models/shared/events_rnn_graph.py; TensorFlow 0.12 to 2, BasicLSTMCell and
contrib.rnn.AttentionCellWrapper.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stochos.neural import checkpoint, wire
from stochos.neural.bundle import MOST_ATTENTION, MOST_LAYERS, MOST_UNITS, BundleError, Config
from stochos.neural.checkpoint import Arrays
from stochos.neural.encodings import ENCODINGS
from stochos.neural.wire import decoded, messages, number, text

ENDING = ".mag"
GENERATORS = {"basic_rnn": "basic", "mono_rnn": "mono", "lookback_rnn": "lookback", "attention_rnn": "attention"}
"""The configurations that can be read, and the encoding of each."""
MOST_BYTES = 128 * 2**20
_MOST_GRAPH_BYTES = 4 * 2**20
_ATTENTION = 40  # steps that attention looks back, where the graph does not say

# Numbers of fields: GeneratorBundle, its details, MetaGraphDef, CollectionDef, NodeDef, AttrValue, TensorShapeProto
_DETAILS, _CHECKPOINT, _GRAPH, _ABOUT = 1, 2, 3, 4
_ID, _DESCRIPTION = 1, 2
_ABOUT_TEXT = 1
_GRAPH_DEF, _COLLECTION, _NODE = 2, 4, 1
_KEY, _VALUE = 1, 2
_NODE_NAMES = (1, 1)
_NODE_NAME, _ATTRIBUTE = 1, 5
_SHAPES, _DIMENSION, _SIZE = (1, 7), 2, 1

Named = dict[str, NDArray[np.float32]]

_TRAINING = re.compile(r"(^|/)(adam(_1)?|beta[12]_power|global_step)$")
_FORGET_BIAS = np.float32(1.0)  # BasicLSTMCell adds it when it runs


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """A network that somebody else trained.

    generator  Magenta's name of its configuration
    about      what its makers wrote into the bundle, one line; may be empty
    weights    named and shaped as `Config.shapes` says
    """

    generator: str
    about: str
    config: Config
    weights: Named


def read(path: Path) -> Imported:
    """The network in a bundle; `BundleError` where it is damaged, or of a kind that stochos does not play."""
    data = _bytes(path)
    try:
        found = next(messages(data, _DETAILS), None)
        if found is None:
            raise ValueError("it does not say what network is in it")
        generator = text(found, _ID)
        about = text(data, _ABOUT, _ABOUT_TEXT)
    except ValueError as error:
        raise BundleError(f"`{path.name}` is not a bundle of Magenta's: {error}") from error
    if generator not in GENERATORS:
        known = ", ".join(GENERATORS)
        raise BundleError(f"`{path.name}` is a bundle of `{generator}`, and these can be read: {known}")
    try:
        files = list(messages(data, _CHECKPOINT))
        if len(files) != 1:
            raise ValueError(f"it holds {len(files)} files, not one")
        arrays = {_canonical(name): array for name, array in checkpoint.read(files[0]).items()}
    except ValueError as error:
        raise BundleError(f"the checkpoint in `{path.name}` cannot be read: {error}") from error
    try:
        config, weights = _network(GENERATORS[generator], arrays, _state_width(data))
    except ValueError as error:
        raise BundleError(f"the network in `{path.name}` cannot be read: {error}") from error
    return Imported(generator, about, config, weights)


def card(imported: Imported, name: str, file: Path) -> str:
    """The text of `card.md`: where the network comes from, and what is not known of it."""
    config = imported.config
    sizes = " + ".join(map(str, config.layers))
    count = sum(array.size for array in imported.weights.values())
    looking = "" if config.attention is None else f", attention over {config.attention} steps"
    words = f"its makers wrote into it: \"{imported.about}\"" if imported.about else "its makers wrote nothing into it"
    return f"""# {name}

Continues a melody, one sixteenth at a time: {config.cell} layers of {sizes} units{looking}, {count:,} weights, the
`{config.encoding}` encoding (MIDI {config.lowest} to {config.highest}).

## Where it comes from

Imported from `{wire.one_line(file.name)}`, a bundle of Magenta's `{imported.generator}`; {words}.
It was trained by others. On what music, and how well it foretells music that it has not heard, the bundle does not say.

## Licence

Unknown: a bundle names none. Ask who made it before you give it away, or publish what rests on it.

## Limits

One voice on a grid of sixteenths, four to a quarter note. It was trained without hearing how a melody begins: without a
primer it goes on from one sixteenth of rest.
"""


def _bytes(path: Path) -> memoryview:
    try:
        if not path.is_file():
            raise BundleError(f"`{path}` is a folder, not a file" if path.is_dir() else f"there is no file `{path}`")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise BundleError(f"`{path.name}` has {size:,} bytes, and {MOST_BYTES:,} are the limit")
        with path.open("rb") as file:
            return memoryview(file.read(size))
    except (OSError, ValueError) as error:
        raise BundleError(f"`{path.name}` cannot be read") from error


# --- weights ------------------------------------------------------------------------------------


def _canonical(name: str) -> str:
    """A name of TensorFlow 0.12 or 1.0 as later versions say it: `RNN/MultiRNNCell/Cell0/…/Linear/Matrix`."""
    parts = [re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", part).lower() for part in name.split("/")]
    parts = [re.sub(r"^cell(?=\d+$)", "cell_", part) for part in parts if part != "linear"]
    parts[-1] = {"matrix": "kernel", "weights": "kernel", "biases": "bias"}.get(parts[-1], parts[-1])
    return "/".join(parts)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where attention lies: nowhere, around the first layer, or around all.

    attention, cells  beginnings of the names of their variables
    """

    wraps: str | None
    attention: str = ""
    cells: str = "rnn/multi_rnn_cell/"

    def cell(self, number: int) -> str:
        """Beginning of the names of a layer's variables."""
        inside = "attention_cell_wrapper/" if self.wraps == "first" and number == 0 else ""
        return f"{self.cells}cell_{number}/{inside}basic_lstm_cell/"


_LAYOUTS = (
    _Layout("all", "rnn/attention_cell_wrapper/", "rnn/attention_cell_wrapper/multi_rnn_cell/"),
    _Layout("first", "rnn/multi_rnn_cell/cell_0/attention_cell_wrapper/"),
    _Layout(None),
)


_DIRECT = {"dense.kernel": "fully_connected/kernel", "dense.bias": "fully_connected/bias"}
_LOOKING = {
    "attention_mix.kernel": "kernel",
    "attention_mix.bias": "bias",
    "attention_query.kernel": "attention/kernel",
    "attention_query.bias": "attention/bias",
    "attention_out.kernel": "attn_output_projection/kernel",
    "attention_out.bias": "attn_output_projection/bias",
    "attention.memory": "attention/attn_w",
    "attention.score": "attention/attn_v",
}


def _network(encoding: str, arrays: Arrays, state: int | None) -> tuple[Config, Named]:
    """Configuration and weights; ValueError where the variables are not those of a melody network.

    state  numbers in the whole state of the network, None where that is not known
    """
    arrays = {name: array for name, array in arrays.items() if not _TRAINING.search(name)}
    fits = (layout for layout in _LAYOUTS if any(name.startswith(layout.attention) for name in arrays))
    layout = next(fits, _LAYOUTS[-1])  # that of no variables at all
    layers = tuple(islice(_layers(layout, arrays), MOST_LAYERS + 1))
    if not 1 <= len(layers) <= MOST_LAYERS or not all(1 <= units <= MOST_UNITS for units in layers):
        raise ValueError(f"it has not 1 to {MOST_LAYERS} layers of 1 to {MOST_UNITS} units")
    known = ENCODINGS[encoding]
    config = Config(encoding, "lstm", layers, known.lowest, known.highest, start=False)
    if layout.wraps is not None:
        config = replace(config, wraps=layout.wraps)
        config = replace(config, attention=_length(config, state))
    weights = _weights(config, layout, arrays)
    if arrays:
        raise ValueError(f"it has a variable that is not known: `{next(iter(arrays))}`")
    return config, weights


def _layers(layout: _Layout, arrays: Arrays) -> Iterator[int]:
    """Units of each layer."""
    for place in count():
        bias = arrays.get(layout.cell(place) + "bias")
        if bias is None:
            return
        yield bias.size // 4


def _length(config: Config, state: int | None) -> int:
    """How many outputs attention keeps; ValueError where that does not fit the state."""
    if state is None:
        return _ATTENTION
    wrapped = config.layers if config.wraps == "all" else config.layers[:1]
    width = wrapped[-1]
    length, rest = divmod(state - 2 * sum(config.layers) - width, width)
    if rest or not 1 <= length <= MOST_ATTENTION:
        raise ValueError(f"the {state} numbers of its state do not fit its layers")
    return length


def _weights(config: Config, layout: _Layout, arrays: Arrays) -> Named:
    """The weights as we name them, taken out of the arrays; ValueError where one is missing or of another shape."""
    shapes = config.shapes()
    weights: Named = {}
    for place, units in enumerate(config.layers):
        name, cell = f"layer_{place}", layout.cell(place)
        inputs, _ = shapes[f"{name}.kernel"]
        kernel = _reordered(_taken(arrays, f"{cell}kernel", (inputs + units, 4 * units)))
        bias = _reordered(_taken(arrays, f"{cell}bias", (4 * units,)))
        bias[units : 2 * units] += _FORGET_BIAS
        parts = {"kernel": kernel[:inputs], "recurrent_kernel": kernel[inputs:], "bias": bias}
        weights |= {f"{name}.{part}": array for part, array in parts.items()}
    looking = {ours: layout.attention + theirs for ours, theirs in _LOOKING.items()} if layout.wraps else {}
    for ours, theirs in (_DIRECT | looking).items():
        shape = shapes[ours]
        tensor = (1, 1, *shape) if ours == "attention.memory" else shape
        weights[ours] = _taken(arrays, theirs, tensor).reshape(shape)
    return weights


def _taken(arrays: Arrays, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    if name not in arrays:
        raise ValueError(f"its variable `{name}` is missing")
    array = arrays.pop(name)
    if array.shape != shape:
        sizes, asked = (" by ".join(map(str, size)) or "one number" for size in (array.shape, shape))
        raise ValueError(f"its variable `{name}` is {sizes}, not {asked}")
    if not np.isfinite(array).all():
        raise ValueError(f"a number of its variable `{name}` is not finite")
    return array


def _reordered(gates: NDArray[np.float32]) -> NDArray[np.float32]:
    """Columns from TensorFlow's input, candidate, forget, output to Keras' input, forget, candidate, output."""
    i, c, f, o = np.split(gates, 4, axis=-1)
    return np.concatenate((i, f, c, o), axis=-1)


# --- graph --------------------------------------------------------------------------------------


def _state_width(data: memoryview) -> int | None:
    """Numbers in the whole state of a network, by its graph; None where that does not say."""
    graph = next(messages(data, _GRAPH), memoryview(b""))
    if len(graph) > _MOST_GRAPH_BYTES:
        raise ValueError(f"its graph is larger than {_MOST_GRAPH_BYTES:,} bytes")
    names = {
        decoded(name).partition(":")[0]
        for collection in messages(graph, _COLLECTION)
        if text(collection, _KEY) == "initial_state"
        for name in messages(collection, _VALUE, *_NODE_NAMES)
    }
    widths = {}
    for node in messages(graph, _GRAPH_DEF, _NODE):
        name = text(node, _NODE_NAME)
        if name in names:
            for attribute in messages(node, _ATTRIBUTE):
                if text(attribute, _KEY) == "_output_shapes":
                    for size in messages(attribute, _VALUE, *_SHAPES, _DIMENSION):
                        widths[name] = number(size, _SIZE)  # the last stays: batches come before
    return sum(widths.values()) if names and widths.keys() == names else None
