"""A build reads everything once, keeps what it can, tells what it drops, and goes on where it was stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from midi_files import line_of, midi_of

from stochos.dataset import reading
from stochos.dataset.build import Built, build
from stochos.dataset.rules import Rules
from stochos.dataset.sources import Source, SourceError, sources
from stochos.neural import corpus, dataset
from stochos.neural.encodings import ENCODINGS
from stochos.neural.melodies import is_held_out, never_learned

ROOT = Path(__file__).parents[2]
SCALE = [60, 62, 64, 65, 67, 69, 71, 72]


def tune(number: int) -> list[int]:
    """64 pitches, unlike those of any other number."""
    state, pitches = number + 1, []
    for _ in range(64):
        state = state * 1103515245 + 12345 & 0x7FFFFFFF
        pitches.append(SCALE[state >> 16 & 7])
    return pitches


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files with a melody each, one of them damaged, one of them another in a higher key, one the same file again."""
    folder = tmp_path / "music"
    (folder / "deep").mkdir(parents=True)
    for number in range(12):
        (folder / f"{number:02}.mid").write_bytes(midi_of(line_of(tune(number))))
    (folder / "deep" / "higher.mid").write_bytes(midi_of(line_of([pitch + 2 for pitch in tune(3)])))
    (folder / "deep" / "again.midi").write_bytes(midi_of(line_of(tune(4))))
    (folder / "again.mid").write_bytes(midi_of(line_of(tune(4))))
    (folder / "torn.mid").write_bytes(midi_of(line_of(tune(5)))[:-30])
    (folder / "notes.txt").write_text("no music")
    return folder


def built(files: Sequence[Path | str], out: Path, **options: object) -> Built:
    return build(sources(map(str, files), []), out, "melody", Rules(), **options)


def test_each_melody_is_kept_once(folder: Path, tmp_path: Path) -> None:
    made = built([folder], tmp_path / "data", jobs=1)
    tunes = dataset.load(tmp_path / "data")
    assert made.pieces == len(tunes) == 12
    assert {event for event in tunes[0].events if event >= 0} == set(tune(0))
    assert made.report == {
        "damaged": 1, "dropped: the same as another": 2, "files": 16, "files: the same as another": 1,
        "music: found": 14, "music: kept": 12,
    }  # fmt: skip
    assert made.damaged == {"music/torn.mid": "it is cut short"}
    assert json.loads((tmp_path / "data" / "report.json").read_text())["report"] == made.report


def test_the_sides_are_those_of_the_groups(folder: Path, tmp_path: Path) -> None:
    for number in range(5):
        theme = midi_of(line_of(tune(number)[:40] + [pitch + 1 for pitch in tune(number + 20)[:30]]))
        (folder / f"version-{number}.mid").write_bytes(theme)
    made = built([folder], tmp_path / "data", jobs=1, eval_ratio=0.3)
    tunes = dataset.load(tmp_path / "data")
    assert {t.identity: t.group for t in tunes if "version" in t.identity} == {
        f"music/version-{number}.mid": tunes[number].identity for number in range(5)
    }
    assert all(t.held_out == is_held_out(t.group, 0.3) for t in tunes)
    assert made.held_out == sum(t.held_out for t in tunes) > 0


def test_processes_change_nothing(folder: Path, tmp_path: Path) -> None:
    for jobs in (1, 3):
        built([folder], tmp_path / f"{jobs}", jobs=jobs)
    for name in (dataset.PIECES, dataset.REPORT, dataset.HEADING):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "3" / name).read_bytes()
    assert {path.name for path in (tmp_path / "1").iterdir()} == {
        dataset.PIECES, dataset.REPORT, dataset.HEADING, dataset.READ,
    }  # fmt: skip


class Killed(BaseException):
    """As by the system."""


@pytest.mark.parametrize("torn", [0, 25])
def test_a_build_that_was_killed_goes_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torn: int
) -> None:
    out = tmp_path / "data"

    def until_seven(done: int, of: int) -> None:
        if done == 7:
            raise Killed

    with pytest.raises(Killed):
        built([folder], out, jobs=1, progress=until_seven)
    assert not (out / dataset.HEADING).exists()
    read = (out / dataset.READ).read_bytes()
    (out / dataset.READ).write_bytes(read[: len(read) - torn])
    seen: list[str] = []
    whole = reading.read

    def remembered(path: Path, *rest: object) -> object:
        seen.append(path.name)
        return whole(path, *rest)

    monkeypatch.setattr(reading, "read", remembered)
    built([folder], out, jobs=1)
    assert len(seen) == 16 - 1 - 7 + bool(torn)  # one file has the same bytes as another
    built([folder], tmp_path / "unbroken", jobs=1)
    assert (out / dataset.PIECES).read_bytes() == (tmp_path / "unbroken" / dataset.PIECES).read_bytes()
    assert (out / dataset.REPORT).read_bytes() == (tmp_path / "unbroken" / dataset.REPORT).read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_a_build_that_the_system_kills_goes_on(tmp_path: Path) -> None:
    """Processes and all, in the middle of its reading; what comes of it in the end is as if nothing had been."""
    folder, out = tmp_path / "music", tmp_path / "data"
    folder.mkdir()
    for number in range(1500):
        (folder / f"{number:04}.mid").write_bytes(midi_of(line_of(tune(number))))
    command = [sys.executable, "-m", "stochos", "dataset", "build", str(folder), "-o", str(out), "--jobs", "2"]
    working = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    while not (out / dataset.READ).exists() or (out / dataset.READ).stat().st_size < 50_000:
        assert working.poll() is None
        time.sleep(0.002)
    os.killpg(working.pid, signal.SIGKILL)
    working.wait()
    read = (out / dataset.READ).read_bytes().count(b"\n")
    assert 10 < read < 1400
    assert not (out / dataset.HEADING).exists()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    built([folder], tmp_path / "unbroken", jobs=2)
    for name in (dataset.PIECES, dataset.REPORT):
        assert (out / name).read_bytes() == (tmp_path / "unbroken" / name).read_bytes()


def test_other_rules_begin_anew(folder: Path, tmp_path: Path) -> None:
    built([folder], tmp_path / "data", jobs=1)
    made = build(sources([str(folder)], []), tmp_path / "data", "melody", Rules(least_classes=12), jobs=1)
    assert made.pieces == 0
    assert dataset.load(tmp_path / "data") == []


def test_a_file_that_cannot_be_opened_is_named(folder: Path, tmp_path: Path) -> None:
    found = [*sources([str(folder)], []), Source("gone.mid", folder / "gone.mid")]
    made = build(found, tmp_path / "data", "melody", Rules(), jobs=1)
    assert made.damaged["gone.mid"] == "no such file or directory"


@pytest.mark.parametrize(
    ("files", "corpora", "reason"),
    [
        (["none.mid"], [], "no file `none.mid`"),
        ([__file__], [], "not a kind of file"),
        ([str(Path(__file__).parent)], [], "no files of music"),
        ([], ["essn"], "did you mean `essen`"),
        ([], ["../../etc"], "no collection"),
    ],
)
def test_what_is_no_source_is_named(files: list[str], corpora: list[str], reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        sources(files, corpora)


# --- other files ------------------------------------------------------------------------------

ABC = "X:1\nT:One\nM:3/4\nL:1/8\nK:C\n" + "CDEFGA|BcdefG|" * 6 + "\n\nX:2\nM:C\nK:C\n(3ABc d2|\n"


def test_abc_is_read_in_its_meter(tmp_path: Path) -> None:
    (tmp_path / "tunes.abc").write_bytes(ABC.replace("\n", "\r\n").encode())
    made = built([tmp_path / "tunes.abc"], tmp_path / "data", jobs=1)
    (one,) = dataset.load(tmp_path / "data")
    assert one.identity == "tunes.abc/1"
    assert len(one.events) == 12 * 12
    assert made.report["dropped: not on the grid of sixteenths"] == 1


def test_the_corpus_has_the_names_that_the_shipped_networks_know() -> None:
    (first, *_) = sources([], ["aird"])
    identity, _ = next(corpus._read_collection("airdsAirs"))
    assert identity == f"{first.name}/0001"
    (kern,) = (each.name for each in sources([], ["palestrina/Agnus_00"]))
    assert kern == "palestrina/Agnus_00.krn"


def test_no_tune_that_a_shipped_network_learned_from_is_held_out(tmp_path: Path) -> None:
    made = build(sources([], ["aird"]), tmp_path / "data", "melody", Rules())
    tunes = dataset.load(tmp_path / "data")
    apart = {t.group for t in tunes if t.identity in never_learned()}
    assert {t.group for t in tunes if t.held_out} == apart
    assert 60 < made.held_out == sum(t.held_out for t in tunes) < 140


def test_what_was_never_learned_is_what_a_network_never_learns(tmp_path: Path) -> None:
    """Its tunes are read and grouped here as `training` does, but for the tunes of the other collections."""
    tunes, _ = corpus.load_tunes(ENCODINGS["basic"], ["airdsAirs"], tmp_path / "tunes.json")
    alone = {t.identity for t in tunes if t.held_out}
    listed = {name for name in never_learned() if name.startswith("airdsAirs/")}
    assert len(alone & listed) > 0.8 * len(alone | listed)


def test_a_chorale_has_four_voices_fermatas_and_a_key(tmp_path: Path) -> None:
    build(sources([], ["bach/bwv66.6", "bach/bwv7.7"]), tmp_path / "data", "chorale", Rules(), jobs=1)
    pieces = {piece.identity: piece for piece in dataset.load_chorales(tmp_path / "data")}
    chorale = pieces["bach/bwv66.6.mxl"]
    assert [voice[0] for voice in chorale.voices] == [73, 64, 57, 57]
    assert (chorale.tonic, chorale.is_minor) == (6, True)
    assert chorale.fermatas == (12, 28, 44, 76, 108, 140)


def test_a_harmony_has_the_chords_that_sound(tmp_path: Path) -> None:
    melody = line_of([76, 77, 79, 74] * 8, length=4)
    triads = {0: (48, 52, 55), 1: (53, 57, 60), 2: (48, 52, 55), 3: (55, 59, 62)}
    chords = [(4 * k, 4 * k + 4, pitch) for k in range(32) for pitch in triads[k % 4]]
    (tmp_path / "song.mid").write_bytes(midi_of(melody, chords))
    build(sources([str(tmp_path / "song.mid")], []), tmp_path / "data", "harmony", Rules(), jobs=1)
    (song,) = dataset.load_harmonies(tmp_path / "data")
    assert [(chord.root, chord.kind) for chord in song.chords if chord][:4] == [(0, ""), (5, ""), (0, ""), (7, "")]
    assert song.events[:5] == (76, -2, -2, -2, 77)
