"""Writing files whole or not at all: an old file survives whatever goes wrong with the new one."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

_REASONS = {
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.EROFS: "the disk is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file is too large for this disk",
    errno.EISDIR: "it is a folder",
    errno.EEXIST: "its folder is a file",
    errno.ENOTDIR: "its folder is a file",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ELOOP: "it is a link to itself",
}


class CannotWrite(Exception):
    """A file that could not be written, and why.

    path    the file
    reason  lower case, one line
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot write {path}: {reason}")
        self.path = path
        self.reason = reason


def write_whole(files: Mapping[Path, bytes]) -> None:
    """Write several files, all of them or none, making folders that are missing.

    Each is first written beside its place and forced to disk; only when all are there do they take their places.
    An existing file keeps its permissions; a link keeps pointing at the file that is replaced.
    Raises CannotWrite, with every old file as it was.
    """
    with ExitStack() as leftovers:
        ready = [(path, *_prepared(path, content, leftovers)) for path, content in files.items()]
        with ExitStack() as undo:
            for path, target, temporary in ready:
                is_new = not target.exists()
                old = None if is_new else _second_name(target, leftovers)
                try:
                    temporary.replace(target)
                except OSError as error:
                    raise CannotWrite(path, _reason(error)) from error
                if old is not None:
                    undo.callback(old.replace, target)
                elif is_new:
                    undo.callback(target.unlink)
            undo.pop_all()


def _prepared(path: Path, content: bytes, leftovers: ExitStack) -> tuple[Path, Path]:
    """Write `content` to a temporary file beside `path`: the place it is for, and where it lies."""
    try:
        target = Path(os.path.realpath(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = _mode(path, target)
        temporary = _beside(target)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        leftovers.callback(temporary.unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(mode)
    except OSError as error:
        raise CannotWrite(path, _reason(error)) from error
    except ValueError as error:  # a null character in the name
        raise CannotWrite(path, "the name is not one that a file can have") from error
    return target, temporary


def _mode(path: Path, target: Path) -> int | None:
    """Permissions of the file that will be replaced, or None where there is none."""
    try:
        found = target.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        raise CannotWrite(path, "it is a folder")
    if not stat.S_ISREG(found.st_mode):
        raise CannotWrite(path, "it is not an ordinary file")
    if not os.access(target, os.W_OK):
        raise CannotWrite(path, "no permission: the file there is read-only")
    return stat.S_IMODE(found.st_mode)


def _second_name(target: Path, leftovers: ExitStack) -> Path | None:
    """Give the old file another name, to bring it back by; None where the disk knows no such thing."""
    old = _beside(target)
    with suppress(OSError):
        old.hardlink_to(target)
        leftovers.callback(old.unlink, missing_ok=True)
        return old
    return None


def _beside(target: Path) -> Path:
    return target.with_name(f".stochos-{secrets.token_hex(8)}")


def _reason(error: OSError) -> str:
    known = _REASONS.get(error.errno or 0)
    return known or (error.strerror or str(error)).lower()
