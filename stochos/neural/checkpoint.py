"""TensorFlow's first checkpoints: one file, a sorted table of tensors, read without TensorFlow.

Nothing in the file is trusted: blocks lie one after the other and are checked against their sums, and an array is a
view of bytes that are there, so none can be larger than the file.
Source: TensorFlow, core/lib/io/format.cc, block.cc (after LevelDB's table format) and util/saved_tensor_slice.proto.
"""

from collections.abc import Iterator
from itertools import islice
from math import prod

import numpy as np
from numpy.typing import NDArray

from stochos.neural.wire import messages, number, text, varint

MOST_TENSORS = 1_000
_MOST_AXES = 4
_MOST_LIST_BYTES = 2**18
_FOOTER = 48
_MAGIC = 0xDB4775248B80FB57.to_bytes(8, "little")
_TRAILER = 5  # how a block is compressed, and its sum
_FLOAT = 1  # DT_FLOAT
# Numbers of fields: SavedTensorSlices, SavedTensorSliceMeta, SavedSliceMeta, SavedSlice, TensorShapeProto, TensorProto
_META, _DATA = 1, 2
_META_TENSOR = 1
_NAME, _SHAPE, _TYPE = 1, 2, 3
_SLICE_NAME, _SLICE_TENSOR = 1, 3
_DIMENSION, _SIZE = 2, 1
_FLOATS = 5

Arrays = dict[str, NDArray[np.float32]]


def read(data: memoryview) -> Arrays:
    """The arrays of single precision in a checkpoint, by name; ValueError says in a few words what is wrong with it."""
    values = list(_entries(data))
    if not values:
        raise ValueError("it is empty")
    if len(values[0]) > _MOST_LIST_BYTES:
        raise ValueError(f"its list of tensors is longer than {_MOST_LIST_BYTES:,} bytes")
    shapes: dict[str, tuple[int, ...]] = {}
    for tensor in messages(values[0], _META, _META_TENSOR):
        name = text(tensor, _NAME)
        if name in shapes:
            raise ValueError(f"it tells of {_quoted(name)} twice")
        if number(tensor, _TYPE) == _FLOAT:
            shapes[name] = _shape(tensor)
    arrays: Arrays = {}
    for value in values[1:]:
        for saved in messages(value, _DATA):
            name = text(saved, _SLICE_NAME)
            if name in arrays:
                raise ValueError(f"{_quoted(name)} is in it more than once, or in pieces")
            if name in shapes:
                arrays[name] = _array(name, shapes[name], saved)
    for name in shapes:
        if name not in arrays:
            raise ValueError(f"the numbers of {_quoted(name)} are missing")
    return arrays


def _shape(tensor: memoryview) -> tuple[int, ...]:
    """Sizes, all >= 0; ValueError where a tensor has more axes than a network knows."""
    shape = tuple(number(size, _SIZE) for size in islice(messages(tensor, _SHAPE, _DIMENSION), _MOST_AXES + 1))
    if len(shape) > _MOST_AXES:
        raise ValueError(f"a tensor in it has more than {_MOST_AXES} axes")
    return shape


def _array(name: str, shape: tuple[int, ...], saved: memoryview) -> NDArray[np.float32]:
    """What a tensor holds; ValueError where that is not as many numbers as its shape says."""
    stored = list(islice(messages(saved, _SLICE_TENSOR, _FLOATS), 2))
    if len(stored) != 1 or len(stored[0]) != 4 * prod(shape) or not stored[0]:
        raise ValueError(f"{_quoted(name)} has not the numbers that its shape asks for")
    return np.frombuffer(stored[0], dtype="<f4").reshape(shape)


def _quoted(name: str) -> str:
    return f"`{name[:80]}`"


# --- the table ----------------------------------------------------------------------------------


def _entries(data: memoryview) -> Iterator[memoryview]:
    """The values of a table, in the order of their keys."""
    if len(data) < _FOOTER or data[-8:] != _MAGIC:
        raise ValueError("it is cut short, or not a checkpoint in one file (`SaverDef.V1`)")
    footer = data[-_FOOTER:]
    _, _, at = _handle(footer, 0)
    offset, size, _ = _handle(footer, at)
    body = data[:-_FOOTER]
    end = count = 0
    for handle in _values(_block(body, offset, size)):
        offset, size, _ = _handle(handle, 0)
        if offset < end:
            raise ValueError("its blocks lie over each other")
        for value in _values(_block(body, offset, size)):
            count += 1
            if count > MOST_TENSORS:
                raise ValueError(f"it has more than {MOST_TENSORS:,} tensors")
            yield value
        end = offset + size + _TRAILER


def _handle(data: memoryview, at: int) -> tuple[int, int, int]:
    """Where a block begins, how long it is, and the place after this."""
    offset, at = varint(data, at)
    size, at = varint(data, at)
    return offset, size, at


def _block(body: memoryview, offset: int, size: int) -> memoryview:
    """A block of the table, checked against its sum."""
    end = offset + size
    if end + _TRAILER > len(body):
        raise ValueError("it is cut short")
    if body[end]:
        raise ValueError("it is compressed, and only plain ones can be read")
    if _masked(_crc32c(body[offset : end + 1])) != int.from_bytes(body[end + 1 : end + _TRAILER], "little"):
        raise ValueError("its numbers do not add up to its sum")
    return body[offset:end]


def _values(block: memoryview) -> Iterator[memoryview]:
    """The values in a block; keys, of which only the order matters, are passed over."""
    restarts = int.from_bytes(block[-4:], "little") if len(block) >= 4 else 0
    end = len(block) - 4 - 4 * restarts
    if not restarts or end < 0:
        raise ValueError("it is cut short")
    entries, at, count = block[:end], 0, 0
    while at < end:
        _, at = varint(entries, at)  # bytes of the key that are those of the key before
        others, at = varint(entries, at)
        length, at = varint(entries, at)
        at += others
        if length > end - at:
            raise ValueError("it is cut short")
        count += 1
        if count > MOST_TENSORS:
            raise ValueError(f"it has more than {MOST_TENSORS:,} tensors")
        yield entries[at : at + length]
        at += length


def _polynomial(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    return byte


_TABLE = tuple(map(_polynomial, range(256)))


def _crc32c(data: memoryview) -> int:
    """Castagnoli's cyclic sum."""
    crc, table = 0xFFFFFFFF, _TABLE
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _masked(crc: int) -> int:
    """A sum as LevelDB stores it, so that sums of sums stay sums."""
    return (crc >> 15 | crc << 17) + 0xA282EAD8 & 0xFFFFFFFF
