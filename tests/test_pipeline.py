"""From a file to notes: reading, refusing, excerpts, and what a score may and may not reach."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

import stochos
from stochos import library
from stochos.diagnostics import Diagnostic, SourceError
from stochos.music.time import QUARTER
from stochos.pipeline import NotInScore, check_source, compose, read_source, render, source_of
from stochos.realization import Note, Realization

ROOT = Path(__file__).parent.parent
SCORE = """\
tempo 90
part flute = "Flute"
part cello = "Cello"
section A 2 bars { flute: f | C5:1 | D5 |  cello: @poisson(density: 4/bar, pitch: C3..G3) fill }
section B 2 bars, tempo 60 { flute: @poisson(density: 6/bar, pitch: C5..G5) fill  cello: p | C3:1 | D3 | }
section C 1 bar { flute: @poisson(density: 6/bar, pitch: C5..G5) fill  cello: | C3:1 | }
form A B A' B*2
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file into the test's folder."""

    def put(text: str | bytes, name: str = "score.stoch") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return put


def problem(path: Path | str) -> Diagnostic:
    """The one problem of a score."""
    with pytest.raises(SourceError) as raised:
        compose(path)
    (found,) = raised.value.diagnostics
    return found


def music(piece: Realization, part: str, start: int = 0, end: int | None = None) -> list[tuple[int, int, int]]:
    """Notes of a part from `start` to `end`, as times from `start`."""
    (found,) = (each for each in piece.parts if each.name == part)
    until = piece.duration if end is None else end
    return [(n.onset - start, n.duration, n.pitch) for n in found.notes if start <= n.onset < until]


# --- reading ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (b"", "STO110", "no music in this score"),
        (b" \n\t\r\n", "STO110", "no music in this score"),
        (b"part\x00flute", "STO602", "is not a text file"),
        (b"\xff\xfep\x00", "STO602", "UTF-16"),
        ('title "Caf\xe9"'.encode("latin-1"), "STO602", "line 1 has a character in another encoding"),
        (b"\n\n// \x80", "STO602", "line 3"),
    ],
)
def test_what_is_no_score_is_one_problem(data: bytes, code: str, says: str, write: Write) -> None:
    found = problem(write(data))
    assert found.code == code
    assert says in found.message


@pytest.mark.parametrize("name", ["nowhere.stoch", "no/where.stoch", "x" * 300 + ".stoch", "nul\0.stoch", ""])
def test_a_file_that_is_not_there_is_one_problem(name: str, tmp_path: Path) -> None:
    assert problem(f"{tmp_path}/{name}").code in ("STO601", "STO602")


def test_a_folder_is_no_score(tmp_path: Path) -> None:
    assert "is a folder" in problem(tmp_path).message


def test_a_file_that_may_not_be_read_is_one_problem(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(SCORE)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    found = problem(path)
    assert (found.code, "permission denied" in found.message) == ("STO602", True)


def test_a_file_above_the_limit_is_one_problem(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOCHOS_MAX_BYTES", "100")
    library.most_bytes.cache_clear()
    try:
        found = problem(write(SCORE))
    finally:
        monkeypatch.undo()
        library.most_bytes.cache_clear()
    assert (found.code, "100 bytes" in found.message) == ("STO609", True)
    assert "STOCHOS_MAX_BYTES" in (found.hint or "")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no endless file here")
def test_an_endless_file_is_one_problem() -> None:
    assert problem("/dev/zero").code == "STO609"


@pytest.mark.parametrize(
    "change", [lambda t: t.replace("\n", "\r\n"), lambda t: t.replace("\n", "\r"), lambda t: "\ufeff" + t]
)
def test_line_ends_and_byte_order_marks_do_not_matter(change: Callable[[str], str], write: Write) -> None:
    path = write(SCORE)
    plain = compose(path)
    write(change(SCORE))
    assert read_source(path).text == SCORE
    assert compose(path) == plain


def test_standard_input_is_read_the_same_way() -> None:
    assert source_of("<stdin>", SCORE.encode()).text == SCORE
    with pytest.raises(SourceError):
        source_of("<stdin>", b"\xff")


# --- composing --------------------------------------------------------------------------------


def test_the_package_offers_what_its_page_says(write: Write) -> None:
    piece = stochos.compose(write(SCORE))
    files = stochos.render(piece)
    assert list(files) == ["midi", "musicxml"]
    assert files["midi"].startswith(b"MThd")
    assert b"<score-partwise" in files["musicxml"]
    assert stochos.SourceError is SourceError
    with pytest.raises(AttributeError, match="colour"):
        _ = stochos.colour  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="pdf"):
        render(piece, ["pdf"])


def test_the_public_functions_outlive_their_first_use() -> None:
    """A stage of the same name, once loaded, would hide one behind it."""
    twice = "import stochos; [stochos.render(stochos.compose('scores/01-one-note.stoch')) for _ in range(2)]"
    check = "assert callable(stochos.compose) and callable(stochos.render) and stochos.SourceError"
    subprocess.run([sys.executable, "-c", f"{twice}; {check}"], cwd=ROOT, check=True)


def test_the_bytes_are_the_same_in_every_process() -> None:
    """Hashes of names differ from run to run; nothing may follow their order."""
    code = (
        "import hashlib, stochos; files = stochos.render(stochos.compose('scores/11-storm.stoch'));"
        "print(*(hashlib.sha256(data).hexdigest() for data in files.values()))"
    )
    command = [sys.executable, "-c", code]
    runs = [
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    here = render(compose(ROOT / "scores" / "11-storm.stoch"))
    assert set(runs) == {" ".join(sha256(data).hexdigest() for data in here.values()) + "\n"}


def test_a_seed_changes_what_is_drawn_and_nothing_else(write: Write) -> None:
    path = write(SCORE)
    ours, other = compose(path), compose(path, seed=99)
    assert other.seed == 99
    assert compose(path, seed=ours.seed) == ours
    assert [n for n in notes(other) if n.origin.generator == "written"] == [
        n for n in notes(ours) if n.origin.generator == "written"
    ]
    assert music(other, "cello") != music(ours, "cello")


def notes(piece: Realization) -> list[Note]:
    return [note for part in piece.parts for note in part.notes]


# --- excerpts ---------------------------------------------------------------------------------

BAR = 4 * QUARTER


@pytest.mark.parametrize(("name", "first"), [("A", 0), ("B", 2), ("A'", 4)])
def test_a_section_alone_has_the_notes_that_it_has_in_the_piece(name: str, first: int, write: Write) -> None:
    path = write(SCORE)
    whole, alone = compose(path), compose(path, section=name)
    assert alone.duration == 2 * BAR
    for part in ("flute", "cello"):
        assert music(alone, part)
        assert music(alone, part) == music(whole, part, first * BAR, (first + 2) * BAR)
    assert {bar.section_of for bar in alone.bars} == {name}
    assert [bar.number for bar in alone.bars] == [first + 1, first + 2]


def test_a_section_alone_has_its_tempo_and_dynamics(write: Write) -> None:
    path = write(SCORE.replace("section B 2 bars, tempo 60", "section B 2 bars"))
    assert [(tempo.onset, tempo.bpm) for tempo in compose(path, section="B").tempos] == [(0, 90.0)]
    alone = compose(write(SCORE), section="B")
    assert [(tempo.onset, tempo.bpm) for tempo in alone.tempos] == [(0, 60.0)]
    assert [(mark.onset, mark.name) for mark in alone.parts[1].dynamics] == [(0, "p")]
    render(alone)


def test_a_section_that_the_form_does_not_play_can_be_heard_alone(write: Write) -> None:
    assert compose(write(SCORE), section="C").duration == BAR
    assert music(compose(write(SCORE), section="C'"), "flute") != music(compose(write(SCORE), section="C"), "flute")


def test_a_part_alone_has_the_notes_that_it_has_in_the_piece(write: Write) -> None:
    path = write(SCORE)
    alone = compose(path, part="cello")
    assert [part.name for part in alone.parts] == ["cello"]
    assert alone.parts[0] == compose(path).parts[1]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"section": "Z"}, "no section `Z`; it has `A`, `B`, `A'`, `C`"),
        ({"part": "chello"}, "no part `chello`; did you mean `cello`?"),
    ],
)
def test_an_excerpt_that_is_not_there_names_what_is(asked: dict[str, str], says: str, write: Write) -> None:
    with pytest.raises(NotInScore, match="the score has ") as refused:
        compose(write(SCORE), **asked)  # type: ignore[arg-type]
    assert says in str(refused.value)


# --- what a score may reach -------------------------------------------------------------------

MOTIFS = "let sigh = | D5:4 C5 B4 A4 |\n"
USER = 'import "{path}" as m\npart flute = "Flute"\nsection A 1 bar {{ flute: $m.sigh }}\n'


def test_an_import_is_looked_up_from_the_file_that_asks(write: Write) -> None:
    write(MOTIFS, "parts/deep/motifs.stoch")
    write('import "deep/motifs.stoch" as inner\nlet sigh = $inner.sigh >> transpose(2)\n', "parts/all.stoch")
    piece = compose(write(USER.format(path="parts/all.stoch")))
    assert [note.pitch for note in notes(piece)] == [76, 74, 73, 71]


@pytest.mark.parametrize("path", ["../motifs.stoch", "{root}/motifs.stoch", "sub/../../motifs.stoch", "link.stoch"])
def test_nothing_outside_the_folder_is_read_unless_allowed(path: str, write: Write, tmp_path: Path) -> None:
    write(MOTIFS, "motifs.stoch")
    score = write(USER.format(path=path.format(root=tmp_path)), "piece/score.stoch")
    (tmp_path / "piece" / "sub").mkdir()
    (tmp_path / "piece" / "link.stoch").symlink_to(tmp_path / "motifs.stoch")
    found = problem(score)
    assert found.code == "STO606"
    assert "--allow-outside" in (found.hint or "")
    assert len(notes(compose(score, allow_outside=True))) == 4


def test_an_import_of_an_import_may_not_leave_the_folder_either(write: Write) -> None:
    write(MOTIFS, "motifs.stoch")
    write('import "../../motifs.stoch" as n\nlet sigh = $n.sigh\n', "piece/sub/inner.stoch")
    found = problem(write(USER.format(path="sub/inner.stoch"), "piece/score.stoch"))
    assert (found.code, found.source.name.endswith("piece/sub/inner.stoch")) == ("STO606", True)


@pytest.mark.parametrize(
    ("path", "code", "says", "help_"),
    [
        ("motif.stoch", "STO601", "no file `motif.stoch`", "did you mean `motifs.stoch`?"),
        ("parts/motif.stoch", "STO601", "no file `parts/motif.stoch`", "did you mean `motifs.stoch`?"),
        ("deep/mtifs.stoch", "STO601", "no file", "did you mean `deep/motifs.stoch`?"),
        ("deep", "STO602", "folder", None),
        ("x" * 400, "STO601", "no file", None),
        ("loop.stoch", "STO601", "no file", None),
        ("song.wav", "STO602", "not a kind of file that can be imported", ".musicxml"),
        ("cut.mid", "STO602", "cannot be read", None),
    ],
)
def test_an_import_that_fails_says_why(  # noqa: PLR0917
    path: str, code: str, says: str, help_: str | None, write: Write, tmp_path: Path
) -> None:
    for name in ("motifs.stoch", "deep/motifs.stoch", "song.wav"):
        write(MOTIFS, name)
    write(b"MThd\0\0", "cut.mid")
    (tmp_path / "loop.stoch").symlink_to("loop.stoch")
    found = problem(write(USER.format(path=path)))
    assert found.code == code
    assert says in found.message
    assert found.source.text[found.span.start : found.span.end].strip('"') == path
    assert (found.hint is None) if help_ is None else help_ in (found.hint or "")


def test_an_empty_import_is_no_traceback(write: Write) -> None:
    write("", "empty.stoch")
    with pytest.raises(SourceError):
        compose(write(USER.format(path="empty.stoch")))


NETWORK = 'part flute = "Flute"\nsection A 1 bar {{ flute: @lstm(model: {model}) fill }}\n'


def test_a_network_can_lie_beside_the_score(write: Write, tmp_path: Path) -> None:
    shipped = Path(__file__).parent.parent / "models" / "basic"
    (tmp_path / "mine").mkdir()
    for name in ("config.json", "weights.safetensors"):
        os.link(shipped / name, tmp_path / "mine" / name)
    score = write(NETWORK.format(model='"./mine"'))
    ours, theirs = compose(score), compose(write(NETWORK.format(model="basic")))
    assert [n.pitch for n in notes(ours)] == [n.pitch for n in notes(theirs)]


def test_a_damaged_network_is_a_problem_of_the_score(write: Write) -> None:
    shipped = Path(__file__).parent.parent / "models" / "basic"
    write((shipped / "config.json").read_bytes(), "mine/config.json")
    write((shipped / "weights.safetensors").read_bytes()[:-1], "mine/weights.safetensors")
    found = problem(write(NETWORK.format(model='"./mine"')))
    assert (found.code, "cut short" in found.message) == ("STO604", True)


def test_an_unknown_network_is_guessed(write: Write) -> None:
    found = problem(write(NETWORK.format(model="basik")))
    assert (found.code, found.hint) == ("STO603", "did you mean `basic`?")


def test_checking_twice_gives_the_same(write: Write) -> None:
    source = read_source(write(SCORE))
    assert check_source(source).score == check_source(source).score
