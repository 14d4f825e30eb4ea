"""Bundles as Magenta writes them: protocol buffers, a checkpoint in one sorted table, a graph cut to what matters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stochos.neural.bundle import Config
from stochos.neural.encodings import ENCODINGS

Arrays = Mapping[str, np.ndarray]
GENERATORS = {"basic": "basic_rnn", "mono": "mono_rnn", "lookback": "lookback_rnn", "attention": "attention_rnn"}


# --- protocol buffers ---------------------------------------------------------------------------


def varint(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value % 2**64)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def shape(sizes: Iterable[int]) -> bytes:
    return b"".join(field(2, field(1, size)) for size in sizes)


# --- a checkpoint -------------------------------------------------------------------------------


def divided(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (0x82F63B78 * (byte & 1))
    return byte


REMAINDERS = [divided(byte) for byte in range(256)]


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = REMAINDERS[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def sealed(block: bytes, compression: int = 0) -> bytes:
    content = block + bytes([compression])
    crc = crc32c(content)
    return content + (((crc >> 15 | crc << 17) + 0xA282EAD8) % 2**32).to_bytes(4, "little")


def block(entries: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Keys share their beginnings with the key before, but for every sixteenth."""
    content, restarts, before = b"", [], b""
    for number, (key, value) in enumerate(entries):
        shared = 0
        if number % 16 == 0:
            restarts.append(len(content))
        else:
            shared = next((k for k in range(min(len(key), len(before))) if key[k] != before[k]), len(before))
        content += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        before = key
    ends = [*(restarts or [0]), len(restarts or [0])]
    return content + b"".join(number.to_bytes(4, "little") for number in ends)


def table(entries: Sequence[tuple[bytes, bytes]], each: int = 3) -> bytes:
    """A sorted table of blocks of so many entries."""
    file, index = b"", []
    for start in range(0, len(entries), each):
        part = entries[start : start + each]
        content = block(part)
        index.append((part[-1][0] + b"~", varint(len(file)) + varint(len(content))))
        file += sealed(content)
    handles = b""
    for content in (block([]), block(index)):
        handles += varint(len(file)) + varint(len(content))
        file += sealed(content)
    return file + handles.ljust(40, b"\0") + 0xDB4775248B80FB57.to_bytes(8, "little")


def entries(arrays: Arrays, shapes: Mapping[str, Sequence[int]] = {}) -> list[tuple[bytes, bytes]]:
    """Keys and values: first what there is, with other shapes where some are given, then the numbers of each tensor."""
    types = {np.dtype("float32"): (1, 5), np.dtype("int64"): (9, 10)}
    listed = b""
    for name, array in arrays.items():
        kind, _ = types[array.dtype]
        sizes = shape(shapes.get(name, array.shape))
        listed += field(1, field(1, name) + field(2, sizes) + field(3, kind) + field(4, field(1, b"") * array.ndim))
    values = [(b"", field(1, listed + field(2, field(1, 1))))]
    for name in sorted(arrays):
        array = arrays[name]
        kind, place = types[array.dtype]
        content = array.tobytes() if kind == 1 else b"".join(varint(int(number)) for number in array.reshape(-1))
        tensor = field(1, kind) + field(2, shape(array.shape)) + field(place, content)
        saved = field(1, name) + field(2, field(1, b"") * array.ndim) + field(3, tensor)
        values.append((b"\0" + name.encode() + b"\0\1", field(2, saved)))
    return values


def checkpoint(arrays: Arrays) -> bytes:
    return table(entries(arrays))


# --- a bundle -----------------------------------------------------------------------------------


def graph(widths: Mapping[str, int]) -> bytes:
    """A graph of which only the state at the beginning is told: the width of each of its tensors."""
    names = b"".join(field(1, f"{name}:0") for name in widths)
    nodes = [field(1, field(1, "Placeholder") + field(2, "Placeholder"))]
    for name, width in widths.items():
        shapes = field(1, field(7, shape([1, width])))
        nodes.append(field(1, field(1, name) + field(5, field(1, "_output_shapes") + field(2, shapes))))
    collections = (field(4, field(1, key) + field(2, field(1, names))) for key in ("final_state", "initial_state"))
    return field(2, b"".join(nodes)) + b"".join(collections)


def bundle(generator: str, checkpoints: Sequence[bytes], metagraph: bytes | None, about: str = "") -> bytes:
    details = field(1, generator) + field(2, "Melody RNN.")
    files = b"".join(field(2, file) for file in checkpoints)
    described = field(4, field(1, about)) if about else b""
    return field(1, details) + files + (b"" if metagraph is None else field(3, metagraph)) + described


@dataclass(frozen=True)
class Names:
    """How a version of TensorFlow calls the variables.

    prefixes  of plain cells, of the first cell inside attention, of attention
    """

    cell: str
    inside: str
    attention: str
    kernel: str
    bias: str
    looking: tuple[str, str, str, str, str]


OLD = Names(
    "RNN/MultiRNNCell/Cell{}/BasicLSTMCell/", "RNN/AttentionCellWrapper/MultiRNNCell/Cell{}/BasicLSTMCell/",
    "RNN/AttentionCellWrapper/", "Linear/Matrix", "Linear/Bias",
    ("", "Attention/", "AttnOutputProjection/", "Attention/AttnW", "Attention/AttnV"),
)  # fmt: skip
NEW = Names(
    "rnn/multi_rnn_cell/cell_{}/basic_lstm_cell/", "rnn/multi_rnn_cell/cell_{}/attention_cell_wrapper/basic_lstm_cell/",
    "rnn/multi_rnn_cell/cell_0/attention_cell_wrapper/", "kernel", "bias",
    ("", "attention/", "attn_output_projection/", "attention/attn_w", "attention/attn_v"),
)  # fmt: skip


def variables(config: Config, names: Names, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Variables as Magenta has them for a network of this shape, at random."""
    made: dict[str, np.ndarray] = {}
    encoding = ENCODINGS[config.encoding]

    def add(name: str, *sizes: int) -> None:
        made[name] = (rng.normal(size=sizes) * 0.5).astype(np.float32)

    inputs = encoding.inputs
    if config.attention:
        wrapped = config.layers if config.wraps == "all" else config.layers[:1]
        width = wrapped[-1]
        mix, query, out, memory, score = (names.attention + name for name in names.looking)
        for name, above, below in (
            (mix, inputs + width, inputs), (query, 2 * sum(wrapped), width), (out, 2 * width, width)
        ):  # fmt: skip
            add(name + names.kernel, above, below)
            add(name + names.bias, below)
        add(memory, 1, 1, width, width)
        add(score, width)
    for number, units in enumerate(config.layers):
        is_inside = config.attention and (config.wraps == "all" or number == 0)
        cell = (names.inside if is_inside else names.cell).format(number)
        add(cell + names.kernel, inputs + units, 4 * units)
        add(cell + names.bias, 4 * units)
        inputs = units
    add("fully_connected/weights", inputs, encoding.classes)
    add("fully_connected/biases", encoding.classes)
    return made


def state_widths(config: Config) -> dict[str, int]:
    """The tensors of the state: one where attention wraps all, else each by itself."""
    states = [units for units in config.layers for _ in range(2)]
    if config.attention is None:
        return {f"zeros_{number}": width for number, width in enumerate(states)}
    width = config.layers[-1] if config.wraps == "all" else config.layers[0]
    if config.wraps == "all":
        return {"zeros": sum(states) + width + config.attention * width}
    widths = [*states[:2], width, config.attention * width, *states[2:]]
    return {f"zeros_{number}": width for number, width in enumerate(widths)}


# --- what TensorFlow makes of it ----------------------------------------------------------------


def logits(config: Config, names: Names, of: Arrays, events: Sequence[int]) -> np.ndarray:
    """Logits after each event, [events, classes], by the formulas of BasicLSTMCell and AttentionCellWrapper."""

    def linear(name: str, *inputs: np.ndarray) -> np.ndarray:
        total: np.ndarray = np.concatenate(inputs) @ of[name + names.kernel].astype(float) + of[name + names.bias]
        return total

    def sigmoid(x: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-x))

    def lstm(number: int, x: np.ndarray) -> np.ndarray:
        is_inside = config.attention and (config.wraps == "all" or number == 0)
        c, h = states[number]
        i, j, f, o = np.split(linear((names.inside if is_inside else names.cell).format(number), x, h), 4)
        c = c * sigmoid(f + 1.0) + sigmoid(i) * np.tanh(j)
        states[number] = c, np.tanh(c) * sigmoid(o)
        return states[number][1]

    states = [(np.zeros(units), np.zeros(units)) for units in config.layers]
    wrapped = 0 if not config.attention else len(config.layers) if config.wraps == "all" else 1
    width = config.layers[wrapped - 1]
    attns, history = np.zeros(width), np.zeros((config.attention or 1, width))
    mix, query, out, memory, score = (names.attention + name for name in names.looking)
    told = []
    for x in ENCODINGS[config.encoding].heard(events)[1:].astype(float):
        if wrapped:
            x = linear(mix, x, attns)  # noqa: PLW2901  what goes up
            for number in range(wrapped):
                x = lstm(number, x)  # noqa: PLW2901
            asked = linear(query, *(part for state in states[:wrapped] for part in state))
            fit = np.tanh(history @ of[memory][0, 0] + asked) @ of[score]
            attns = (np.exp(fit) / np.exp(fit).sum()) @ history
            x = linear(out, x, attns)  # noqa: PLW2901
            history = np.vstack([history[1:], x])
        for number in range(wrapped, len(config.layers)):
            x = lstm(number, x)  # noqa: PLW2901
        told.append(x @ of["fully_connected/weights"].astype(float) + of["fully_connected/biases"])
    return np.array(told)
