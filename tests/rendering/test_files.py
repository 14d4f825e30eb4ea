"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from stochos.rendering.files import CannotWrite, write_whole


def failing(code: int, *, on_call: int, real: Callable[..., object]) -> Callable[..., object]:
    """`real`, but its nth call fails as the system would."""
    calls = iter(range(1, 1000))

    def call(*args: object, **kwargs: object) -> object:
        if next(calls) == on_call:
            raise OSError(code, os.strerror(code))
        return real(*args, **kwargs)

    return call


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_are_written_and_replaced_and_folders_made(tmp_path: Path) -> None:
    new = tmp_path / "a" / "b" / "storm.mid"
    old = tmp_path / "a" / "storm.musicxml"
    old.parent.mkdir()
    old.write_bytes(b"old")
    write_whole({new: b"new", old: b"newer"})
    assert contents(new.parent) == {"storm.mid": b"new"}
    assert old.read_bytes() == b"newer"
    assert {path.name for path in old.parent.iterdir()} == {"b", "storm.musicxml"}


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_the_mode_of_an_old_file_is_kept(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "storm.mid"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_whole({path: b"new"})
    assert path.stat().st_mode & 0o777 == mode


def test_a_new_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "usual").write_bytes(b"")
    write_whole({tmp_path / "storm.mid": b""})
    assert (tmp_path / "storm.mid").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.mid", tmp_path / "link.mid"
    real.write_bytes(b"old")
    link.symlink_to("real.mid")
    write_whole({link: b"new"})
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("function", "code", "on_call", "reason"),
    [
        ("os.fsync", errno.ENOSPC, 1, "the disk is full"),
        ("os.fsync", errno.ENOSPC, 2, "the disk is full"),
        ("os.open", errno.EACCES, 2, "no permission"),
        ("pathlib.Path.replace", errno.EACCES, 1, "no permission"),
        ("pathlib.Path.replace", errno.EIO, 2, "input/output error"),
        ("pathlib.Path.replace", errno.EIO, 3, "input/output error"),
    ],
)
def test_old_files_survive_a_failure(  # noqa: PLR0917
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, code: int, on_call: int, reason: str
) -> None:
    first, fresh, last = (tmp_path / name for name in ("first.mid", "fresh.xml", "last.txt"))
    first.write_bytes(b"old first")
    last.write_bytes(b"old last")
    owner, _, name = function.rpartition(".")
    real = getattr(os if owner == "os" else Path, name)
    with monkeypatch.context() as patch:
        patch.setattr(function, failing(code, on_call=on_call, real=real))
        with pytest.raises(CannotWrite, match=reason):
            write_whole({first: b"new", fresh: b"new", last: b"new"})
    assert contents(tmp_path) == {"first.mid": b"old first", "last.txt": b"old last"}


def test_without_second_names_nothing_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, last = tmp_path / "first.mid", tmp_path / "last.mid"
    first.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "link", failing(errno.EPERM, on_call=1, real=os.link))
        patch.setattr(Path, "replace", failing(errno.EIO, on_call=2, real=Path.replace))
        with pytest.raises(CannotWrite):
            write_whole({first: b"new", last: b"new"})
    assert contents(tmp_path) == {"first.mid": b"new"}  # whole, though not the old one: the disk has no second names


def _folder(at: Path) -> Path:
    (at / "folder").mkdir()
    return at / "folder"


def _under_file(at: Path) -> Path:
    (at / "file").write_bytes(b"old")
    return at / "file" / "storm.mid"


def _far_under_file(at: Path) -> Path:
    return _under_file(at) / "deeper" / "storm.mid"


def _long(at: Path) -> Path:
    return at / ("s" * 300)


def _circle(at: Path) -> Path:
    (at / "circle").symlink_to("circle")
    return at / "circle"


def _pipe(at: Path) -> Path:
    os.mkfifo(at / "pipe")
    return at / "pipe"


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (_folder, "it is a folder"),
        (_under_file, "its folder is a file"),
        (_far_under_file, "its folder is a file"),
        (_long, "the name is too long"),
        (lambda at: at / "a\0b", "not one that a file can have"),
        (_circle, "not an ordinary file"),
        (_pipe, "not an ordinary file"),
    ],
)
def test_what_cannot_be_written_is_said_before_anything_is(
    tmp_path: Path, place: Callable[[Path], Path], reason: str
) -> None:
    good, bad = tmp_path / "good.mid", place(tmp_path)
    good.write_bytes(b"old")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(CannotWrite, match=reason) as caught:
        write_whole({good: b"new", bad: b"new"})
    assert caught.value.path == bad
    assert good.read_bytes() == b"old"
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
@pytest.mark.parametrize("locked", ["folder", "file"])
def test_permissions_are_respected(tmp_path: Path, locked: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "storm.mid"
    path.write_bytes(b"old")
    (folder if locked == "folder" else path).chmod(0o500)
    try:
        with pytest.raises(CannotWrite, match="no permission"):
            write_whole({path: b"new"})
    finally:
        folder.chmod(0o700)
    assert contents(folder) == {"storm.mid": b"old"}


def test_an_interruption_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(handle: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_whole({tmp_path / "storm.mid": b"new"})
    assert contents(tmp_path) == {}
