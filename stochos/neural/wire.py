"""Protocol buffers read field by field, with no schema and no trust: what Magenta's bundles are written in.

Source: Protocol Buffers, "Encoding" (protobuf.dev/programming-guides/encoding).
"""

from collections.abc import Iterator

MOST_FIELDS = 20_000
"""Most fields of one message; the graph of a melody network has a few hundred."""
MOST_TEXT = 4_096
"""Longest text, in bytes."""

Field = tuple[int, int | memoryview]

_VARINT, _EIGHT_BYTES, _COUNTED, _FOUR_BYTES = 0, 1, 2, 5
_WIDTHS = {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}
_VARINT_BITS = 64


def varint(data: memoryview, at: int) -> tuple[int, int]:
    """A number >= 0 of at most 64 bits, and the place after it; ValueError where it is cut off or longer."""
    number = 0
    for shift in range(0, _VARINT_BITS, 7):
        if at >= len(data):
            raise ValueError("it is cut short")
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            if number >> _VARINT_BITS:
                break
            return number, at
    raise ValueError("a number in it has no end")


def fields(message: memoryview) -> Iterator[Field]:
    """Number of each field, and what it holds: a varint as a number, all else as its bytes, nothing copied.

    ValueError for what is no message.
    """
    at = count = 0
    while at < len(message):
        count += 1
        if count > MOST_FIELDS:
            raise ValueError(f"it has more than {MOST_FIELDS:,} fields in one message")
        tag, at = varint(message, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = varint(message, at)
            yield number, value
            continue
        if kind == _COUNTED:
            width, at = varint(message, at)
        elif kind in _WIDTHS:
            width = _WIDTHS[kind]
        else:
            raise ValueError("it is not made of fields")
        if width > len(message) - at:
            raise ValueError("it is cut short")
        yield number, message[at : at + width]
        at += width


def messages(message: memoryview, *path: int) -> Iterator[memoryview]:
    """Whatever bytes lie under a path of field numbers, in their order."""
    number, *rest = path
    for found, value in fields(message):
        if found == number and isinstance(value, memoryview):
            if rest:
                yield from messages(value, *rest)
            else:
                yield value


def number(message: memoryview, *path: int) -> int:
    """The last varint under a path of field numbers, 0 where there is none."""
    *path_to, last = path
    found = 0
    for parent in messages(message, *path_to) if path_to else (message,):
        for here, value in fields(parent):
            if here == last and isinstance(value, int):
                found = value
    return found


def text(message: memoryview, *path: int) -> str:
    """The last text under a path of field numbers, empty where there is none; ValueError where it is no text."""
    found = memoryview(b"")
    for value in messages(message, *path):
        found = value
    return decoded(found)


def decoded(value: memoryview) -> str:
    """Bytes as text, on one line; ValueError where they are too long or not UTF-8."""
    if len(value) > MOST_TEXT:
        raise ValueError(f"a text in it is longer than {MOST_TEXT:,} bytes")
    try:
        return one_line(str(value, "utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError("a text in it is not UTF-8") from error


def one_line(text: str) -> str:
    """A text that no terminal takes for a command: on one line, what cannot be printed as `?`."""
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))
