"""Bad input: a clear line and an exit code, never a traceback, and nothing half written."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stochos import library

Run = Callable[..., object]
ROOT = Path(__file__).parents[2]
HEADING = 'part flute = "Flute"\n'
SECTION = "section A 1 bar {{\n  flute: {} fill\n}}\n"


def codes(err: str) -> list[str]:
    return [line.split(": ")[1].split()[0] for line in err.splitlines() if ": STO" in line]


# --- scores -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (b"", "STO110", "there is no music in this score"),
        (b" \n\t\r\n", "STO110", "there is no music in this score"),
        (b"// nothing\n// but comments\n", "STO", ""),
        (bytes(range(256)), "STO602", "`bad.stoch` is not a text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "STO602", "`bad.stoch` is not a text file"),
        (b"part flute = \x00", "STO602", "`bad.stoch` is not a text file"),
        (HEADING.encode() + 'title "Étude"'.encode("latin-1"), "STO602", "line 2 has a character in another encoding"),
        (HEADING.encode("utf-16"), "STO602", "`bad.stoch` is in UTF-16, not in UTF-8"),
        (HEADING.encode("utf-16-be"), "STO602", "`bad.stoch` is not a text file"),
        (b"\xff\xfe", "STO602", "UTF-16"),
        ("title “Storm”".encode(), "STO1", ""),
        (b"\x1b[2J\x1b[31m", "STO1", ""),
    ],
    ids=[
        "empty", "blank", "comments", "every byte", "picture", "NUL", "Latin-1", "UTF-16", "UTF-16 without mark",
        "only a mark", "curly quotes", "escape codes",
    ],
)  # fmt: skip
def test_what_is_no_score_is_said_to_be_none(stochos: Run, tmp_path: Path, text: bytes, code: str, said: str) -> None:
    (tmp_path / "bad.stoch").write_bytes(text)
    ran = stochos("check", "--output-format", "concise", "bad.stoch")
    assert (ran.code, ran.out) == (1, "")
    assert codes(ran.err)[0].startswith(code)
    assert said in ran.err
    assert "\x1b" not in ran.err
    for command in ("compile", "fmt"):
        full = stochos(command, "bad.stoch")
        assert "\x1b" not in full.err
        assert all(len(line) < 400 for line in full.err.splitlines())
    assert {path.name for path in tmp_path.iterdir()} == {"bad.stoch", "two.stoch"}
    assert (tmp_path / "bad.stoch").read_bytes() == text


@pytest.mark.parametrize("ends", [b"\r\n", b"\r"])
def test_other_line_ends_are_line_ends(stochos: Run, tmp_path: Path, ends: bytes) -> None:
    text = (tmp_path / "two.stoch").read_bytes()
    (tmp_path / "other.stoch").write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", ends))
    assert stochos("show", "--json", "other.stoch").json == stochos("show", "--json", "two.stoch").json


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        b"{" * 10_000_000,
        b"{" * 100_000 + b"}" * 100_000,
        b'part p = "Piano"\nsection A {\n p: ' + b"{ " * 100_000 + b"C4:4 " + b"} " * 100_000 + b"\n}",
        b'part p = "Piano"\nsection A {\n p: @poisson(density: ' + b"(" * 100_000 + b")" * 100_000 + b") fill\n}",
        b'part p = "Piano"\nsection A {\n p: |' + b" C4:4" * 200_000 + b"\n}",
        b"// " + b"a" * 1_000_000,
        b'title "' + b"a" * 1_000_000,
    ],
    ids=[
        "10 MB of braces",
        "braces in braces",
        "deep tuplets",
        "deep values",
        "a bar of 1 MB",
        "a comment of 1 MB",
        "a text of 1 MB",
    ],
)
def test_huge_and_deep_scores_end_soon(stochos: Run, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "bad.stoch").write_bytes(text)
    start = time.perf_counter()
    ran = stochos("check", "--output-format", "concise", "bad.stoch")
    assert time.perf_counter() - start < 30
    assert ran.code == 1
    assert codes(ran.err)
    assert len(ran.err) < 100_000


def test_a_score_over_the_limit_is_not_read(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "big.stoch").write_bytes(HEADING.encode() + b"//\n" * 7_000_000)
    ran = stochos("check", "big.stoch")
    assert (ran.code, ran.out) == (1, "")
    assert "STO609 `big.stoch` is larger than 16,777,216 bytes, which is the limit" in ran.err
    assert "STOCHOS_MAX_BYTES" in ran.err


def test_the_limit_on_bytes_can_be_set(stochos: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOCHOS_MAX_BYTES", "100")
    library.most_bytes.cache_clear()
    try:
        assert "STO609 `two.stoch` is larger than 100 bytes" in stochos("check", "two.stoch").err
    finally:
        library.most_bytes.cache_clear()


@pytest.mark.parametrize(("limit", "value"), [("NOTES", "10"), ("BARS", "2"), ("REPEATS", "2")])
def test_other_limits_can_be_set(
    stochos: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: str
) -> None:
    score = tmp_path / "two.stoch"
    score.write_text(score.read_text().replace("form A B A'", "form A*3 B A'"))
    assert stochos("check", "two.stoch").code == 0
    monkeypatch.setenv(f"STOCHOS_MAX_{limit}", value)
    ran = stochos("check", "two.stoch")
    assert ran.code == 1
    assert "STO609" in ran.err


# --- places -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["check", "compile", "fmt", "show"])
@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("tow.stoch", "STO601 there is no file `tow.stoch`"),
        ("two", "STO601 there is no file `two`"),
        ("no/where.stoch", "STO601 there is no file `no/where.stoch`"),
        ("two.stoch/in.stoch", "STO601 there is no file `two.stoch/in.stoch`"),
        (".", "STO602 `.` is a folder, not a file"),
        ("x" * 300, "cannot be read: file name too long"),
    ],
)
def test_what_cannot_be_read_is_said(stochos: Run, command: str, file: str, said: str) -> None:
    ran = stochos(command, file)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_a_missing_score_is_guessed(stochos: Run, tmp_path: Path) -> None:
    assert "help: did you mean `two.stoch`?" in stochos("check", "tow.stoch").err
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "storm.stoch").write_text("")
    (tmp_path / "deep" / "strom.mid").write_text("")
    assert "help: did you mean `deep/storm.stoch`?" in stochos("check", "deep/strom.stoch").err


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read anything")
def test_a_score_that_may_not_be_read(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "two.stoch").chmod(0)
    ran = stochos("check", "two.stoch")
    assert ran.code == 1
    assert "STO602 `two.stoch` may not be read: permission denied" in ran.err


def test_a_refused_score_is_said_to_be(stochos: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, mode: str = "r") -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    ran = stochos("check", "two.stoch")
    assert ran.code == 1
    assert "STO602 `two.stoch` may not be read: permission denied" in ran.err


@pytest.mark.parametrize("output", ["file/deeper", "file/a.mid", "file", "folder/two.mid"])
def test_an_output_that_cannot_be_is_said(stochos: Run, tmp_path: Path, output: str) -> None:
    (tmp_path / "file").write_text("here")
    (tmp_path / "folder" / "two.mid").mkdir(parents=True)
    ran = stochos("compile", "two.stoch", "-o", "folder" if output == "folder/two.mid" else output)
    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    assert line.startswith("stochos: cannot write ")
    assert (tmp_path / "file").read_text() == "here"
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["two.mid"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_may_not_be_written(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    ran = stochos("compile", "two.stoch", "-o", "locked")
    assert ran.code == 2
    assert ran.err.endswith(": no permission\n")


@pytest.mark.parametrize("command", [["compile", "two.stoch"], ["fmt", "two.stoch"], ["new", "two", "--force"]])
def test_old_files_survive_a_full_disk(
    stochos: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    stochos("compile", "two.stoch")
    with (tmp_path / "two.stoch").open("a") as score:
        score.write("\n\n\n")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = stochos(*command, *(["--seed", "9"] if command[0] == "compile" else []))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-1].startswith("stochos: cannot write two.")
    assert ran.err.endswith(": the disk is full\n")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


# --- imports ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Files that can be imported."""
    from stochos.pipeline import compose, render

    piece = compose(ROOT / "scores" / "02-a-melody.stoch")
    files = render(piece)
    return {
        "tune.mid": files["midi"],
        "tune.musicxml": files["musicxml"],
        "tune.abc": (ROOT / "scores" / "tune.abc").read_bytes(),
    }


def importing(name: str) -> str:
    return f'import "{name}" as tune\n{HEADING}section A 64 bars {{\n  flute: $tune\n}}\n'


@pytest.mark.parametrize("name", ["tune.mid", "tune.musicxml", "tune.abc"])
def test_a_whole_import_is_read(stochos: Run, tmp_path: Path, whole: dict[str, bytes], name: str) -> None:
    (tmp_path / name).write_bytes(whole[name])
    (tmp_path / "it.stoch").write_text(importing(name))
    found = codes(stochos("check", "it.stoch", "--output-format", "concise").err)
    assert not {"STO601", "STO602", "STO606"} & set(found)


@pytest.mark.parametrize("name", ["tune.mid", "tune.musicxml"])
@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.9])
def test_an_import_cut_short_is_said_to_be(
    stochos: Run, tmp_path: Path, whole: dict[str, bytes], name: str, share: float
) -> None:
    (tmp_path / name).write_bytes(whole[name][: int(share * len(whole[name]))])
    (tmp_path / "it.stoch").write_text(importing(name))
    ran = stochos("check", "it.stoch", "--output-format", "concise")
    assert (ran.code, ran.out) == (1, "")
    line = ran.err.splitlines()[0]
    assert line.startswith("it.stoch:1:")
    assert "STO602" in line
    assert f"`{name}` cannot be read: " in line


@pytest.mark.parametrize(
    "text", ["", "X:1\n", "X:1\nT:Nothing\nK:C\n", "no tune at all", "\x00\x01\x02", "X:1\nK:Q9\n[[[["]
)
def test_an_abc_file_without_notes_is_said_to_have_none(stochos: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "tune.abc").write_text(text)
    (tmp_path / "it.stoch").write_text(importing("tune.abc"))
    ran = stochos("check", "it.stoch", "--output-format", "concise")
    assert ran.code == 1
    assert codes(ran.err)[0] == "STO602"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.mid", b"RIFF"),
        ("a.mxl", b"PK\3\4 no archive"),
        ("a.xml", b"<html></html>"),
        ("a.pdf", b"%PDF"),
        ("a.stoch", b"\0"),
    ],
)
def test_imports_of_other_kinds_are_said_to_be(stochos: Run, tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "it.stoch").write_text(importing(name))
    ran = stochos("check", "it.stoch", "--output-format", "concise")
    assert ran.code == 1
    assert "STO602" in codes(ran.err)


def test_a_missing_import_is_guessed(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "tune.abc").write_bytes((ROOT / "scores" / "tune.abc").read_bytes())
    (tmp_path / "it.stoch").write_text(importing("tuen.abc"))
    ran = stochos("check", "it.stoch")
    assert ran.code == 1
    assert "STO601 there is no file `tuen.abc`" in ran.err
    assert "did you mean `tune.abc`?" in ran.err


def test_an_import_from_outside_is_allowed_only_when_asked(stochos: Run, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "tune.abc").write_bytes((ROOT / "scores" / "tune.abc").read_bytes())
    (inner / "link.abc").symlink_to("../tune.abc")
    text = f"{HEADING}section A 8 bars {{\n  flute: $tune\n}}\n"
    for place in ("../tune.abc", "link.abc", str(tmp_path / "tune.abc")):
        (inner / "it.stoch").write_text(f'import "{place}" as tune\n{text}')
        for command in (["check"], ["compile"], ["show"]):
            ran = stochos(*command, "inner/it.stoch")
            assert (ran.code, ran.out) == (1, "")
            assert f"STO606 `{place}` lies outside the score's folder" in ran.err
            assert "--allow-outside" in ran.err
            assert stochos(*command, "inner/it.stoch", "--allow-outside").code == 0


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("weights.safetensors", lambda data: data[: len(data) // 2]),
        ("weights.safetensors", lambda _: b""),
        ("weights.safetensors", lambda data: b"\xff" * 8 + data[8:]),
        ("config.json", lambda data: data[:20]),
        ("config.json", lambda _: b"[]"),
        ("config.json", lambda _: b"\x80"),
        ("weights.safetensors", None),
        ("config.json", None),
    ],
)
def test_a_damaged_model_is_said_to_be(
    stochos: Run, tmp_path: Path, file: str, change: Callable[[bytes], bytes] | None
) -> None:
    model = tmp_path / "mine"
    shutil.copytree(ROOT / "models" / "basic", model)
    (tmp_path / "it.stoch").write_text(HEADING + SECTION.format('@lstm(model: "./mine")'))
    assert stochos("check", "it.stoch").code == 0
    if change:
        (model / file).write_bytes(change((model / file).read_bytes()))
    else:
        (model / file).unlink()
    ran = stochos("check", "it.stoch", "--output-format", "concise")
    assert (ran.code, ran.out) == (1, "")
    assert codes(ran.err)[0] == "STO604"


def test_a_model_that_is_none_is_guessed(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "it.stoch").write_text(HEADING + SECTION.format("@lstm(model: basik)"))
    ran = stochos("check", "it.stoch")
    assert ran.code == 1
    assert "STO603 no model is called `basik`" in ran.err
    assert "did you mean `basic`?" in ran.err
