"""`stochos compile`: which files it writes, where, and what it says of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import mido
import pytest

from stochos.neural.sampling import continue_melodies

Run = Callable[..., object]


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {"two.stoch"}


def keys(midi: bytes) -> dict[str, Counter[tuple[int, int]]]:
    """(tick, key) of what each track strikes, by the track's name."""
    found = {}
    for track in mido.MidiFile(file=BytesIO(midi)).tracks:
        clock, struck = 0, Counter()
        for message in track:
            clock += message.time
            if message.type == "note_on" and message.velocity:
                struck[clock, message.note] += 1
        if struck:
            found[track.name] = struck
    return found


# --- where files go ---------------------------------------------------------------------------


def test_without_output_the_files_lie_beside_the_score(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "two.stoch").rename(tmp_path / "deep" / "two.stoch")
    assert stochos("compile", "deep/two.stoch").code == 0
    assert files(tmp_path) == {"deep/two.stoch", "deep/two.mid", "deep/two.musicxml"}


def test_a_folder_is_made_where_it_is_missing(stochos: Run, tmp_path: Path) -> None:
    assert stochos("compile", "two.stoch", "-o", "some/where").code == 0
    assert files(tmp_path) == {"some/where/two.mid", "some/where/two.musicxml"}


@pytest.mark.parametrize(
    ("output", "start"), [("a.mid", b"MThd"), ("a.MIDI", b"MThd"), ("a.musicxml", b"<?xml"), ("a.xml", b"<?xml")]
)
def test_an_output_with_a_known_ending_is_that_one_file(
    stochos: Run, tmp_path: Path, output: str, start: bytes
) -> None:
    assert stochos("compile", "two.stoch", "-o", f"some/{output}").code == 0
    assert files(tmp_path) == {f"some/{output}"}
    assert (tmp_path / "some" / output).read_bytes().startswith(start)


def test_a_folder_may_have_the_ending_of_a_file(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "old.mid").mkdir()
    assert stochos("compile", "two.stoch", "-o", "old.mid").code == 0
    assert files(tmp_path) == {"old.mid/two.mid", "old.mid/two.musicxml"}


@pytest.mark.parametrize(
    ("formats", "expected"),
    [
        ("midi", {"two.mid"}),
        ("musicxml", {"two.musicxml"}),
        ("MusicXML, midi,midi", {"two.mid", "two.musicxml"}),
    ],
)
def test_formats_choose_the_files(stochos: Run, tmp_path: Path, formats: str, expected: set[str]) -> None:
    assert stochos("compile", "two.stoch", "--formats", formats).code == 0
    assert files(tmp_path) == expected


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--formats", "muscxml"], "did you mean `musicxml`?"),
        (["--formats", ","], "name at least one of midi, musicxml"),
        (["-o", "a.pdf"], "`.pdf` files cannot be written; these can: .mid .midi .musicxml .xml"),
        (["-o", "a.mid", "--formats", "musicxml"], "`a.mid` is midi, and --formats asks for musicxml"),
        (["--takes", "0"], "0 is not in the range"),
        (["--seed", "-1"], "-1 is not in the range"),
        (["--seed", "storm"], "'storm' is not a valid int"),
        (["--part", "fulte"], "the score has no part `fulte`; did you mean `flute`?"),
        (["--section", "Z"], "the score has no section `Z`; it has `A`, `B`, `A'`"),
        (["--sedion", "A"], "--section"),
    ],
)
def test_wrong_usage_is_said_in_a_line_and_writes_nothing(
    stochos: Run, tmp_path: Path, arguments: list[str], said: str
) -> None:
    ran = stochos("compile", "two.stoch", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err.splitlines()[-1]
    assert files(tmp_path) == set()


def test_standard_input_needs_a_place_to_go(stochos: Run, tmp_path: Path) -> None:
    score = (tmp_path / "two.stoch").read_text()
    ran = stochos("compile", "-", stdin=score)
    assert ran.code == 2
    assert "needs a place to go" in ran.err
    assert stochos("compile", "-", "-o", "out", stdin=score).code == 0
    assert files(tmp_path) == {"out/stdin.mid", "out/stdin.musicxml"}
    stochos("compile", "two.stoch")
    assert (tmp_path / "out/stdin.mid").read_bytes() == (tmp_path / "two.mid").read_bytes()


# --- what is compiled -------------------------------------------------------------------------


def test_takes_have_seeds_that_make_them_again(stochos: Run, tmp_path: Path) -> None:
    ran = stochos("compile", "two.stoch", "--takes", 3, "-o", "takes")
    assert ran.code == 0
    assert files(tmp_path) == {f"takes/two-{take}{ending}" for take in (1, 2, 3) for ending in (".mid", ".musicxml")}
    seeds = re.findall(r"^take \d: .*`--seed (\d+)` makes it again", ran.out, re.M)
    assert seeds == ["3", "4", "5"]
    for take, seed in enumerate(seeds, 1):
        stochos("compile", "two.stoch", "--seed", seed, "-o", "again")
        for ending in (".mid", ".musicxml"):
            again = (tmp_path / f"again/two{ending}").read_bytes()
            assert again == (tmp_path / f"takes/two-{take}{ending}").read_bytes()
    assert len({(tmp_path / f"takes/two-{take}.mid").read_bytes() for take in (1, 2, 3)}) == 3


NETWORKS = """
meter 4/4
key D major
part flute = "Flute"
part oboe = "Oboe"
let dawn = @lstm(model: basic, primer: `D5:4 F#5`)

section A 4 bars {
  flute: D5:4 E5 F#5 A5 @lstm(model: basic, temperature: 0.7, scale: key) for 2 bars @lstm(model: basic) fill
  oboe:  $dawn for 1 bar @lstm(model: basic, temperature: 0.5..1.5, primer: off) for 1 bar
         @lstm(model: basic, seed: 4) for 1 bar @lstm(model: basic) for 1 bar until max_leap 12st
}

form A A'
"""


def test_takes_of_networks_are_those_made_alone(
    stochos: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = []
    drawn = lambda *args, rngs, **named: batches.append(len(rngs)) or continue_melodies(*args, rngs=rngs, **named)  # noqa: E731
    monkeypatch.setattr("stochos.neural.player.continue_melodies", drawn)
    (tmp_path / "nets.stoch").write_text(NETWORKS)
    assert stochos("compile", "nets.stoch", "--takes", 5, "--formats", "midi", "-o", "takes").err == ""
    at_once, melodies = max(batches), sum(batches)
    batches.clear()
    together = [(tmp_path / f"takes/nets-{take}.mid").read_bytes() for take in range(1, 6)]
    for seed, take in enumerate(together, 1):
        assert stochos("compile", "nets.stoch", "--seed", seed, "-o", "alone.mid").code == 0
        assert (tmp_path / "alone.mid").read_bytes() == take
    assert (at_once, max(batches)) == (5, 1)
    assert melodies == sum(batches)  # nothing was drawn in vain
    assert len(set(together)) == 5


def test_takes_of_one_file_are_numbered(stochos: Run, tmp_path: Path) -> None:
    assert stochos("compile", "two.stoch", "--takes", 2, "-o", "a.mid", "--seed", 9).code == 0
    assert files(tmp_path) == {"a-1.mid", "a-2.mid"}


def test_a_seed_changes_what_is_drawn_and_nothing_written(stochos: Run, tmp_path: Path) -> None:
    found = {}
    for seed in (3, 4):
        assert f"seed {seed}\n" in stochos("compile", "two.stoch", "--seed", seed, "-o", "a.mid").out
        found[seed] = keys((tmp_path / "a.mid").read_bytes())
    stochos("compile", "two.stoch", "-o", "own.mid")
    assert keys((tmp_path / "own.mid").read_bytes()) == found[3]
    assert found[3]["flute"] == found[4]["flute"]
    assert found[3]["cello"] != found[4]["cello"]


def test_a_part_alone_plays_what_it_plays_in_the_whole(stochos: Run, tmp_path: Path) -> None:
    stochos("compile", "two.stoch", "-o", "whole.mid")
    whole = keys((tmp_path / "whole.mid").read_bytes())
    for part in ("flute", "cello"):
        assert stochos("compile", "two.stoch", "--part", part, "-o", "part.mid").code == 0
        assert keys((tmp_path / "part.mid").read_bytes()) == {part: whole[part]}


def test_a_section_alone_plays_what_it_plays_in_the_whole(stochos: Run, tmp_path: Path) -> None:
    stochos("compile", "two.stoch", "-o", "whole.mid")
    whole = keys((tmp_path / "whole.mid").read_bytes())
    bar = 4 * 10_080
    for section, first, end in [("A", 0, 2 * bar), ("B", 2 * bar, 3 * bar), ("A'", 3 * bar, 5 * bar)]:
        assert stochos("compile", "two.stoch", "--section", section, "-o", "part.mid").code == 0
        assert keys((tmp_path / "part.mid").read_bytes()) == {
            part: Counter({(tick - first, key): n for (tick, key), n in struck.items() if first <= tick < end})
            for part, struck in whole.items()
        }


def test_a_part_of_a_section(stochos: Run, tmp_path: Path) -> None:
    assert stochos("compile", "two.stoch", "--section", "B", "--part", "cello", "-o", "a.mid").code == 0
    assert keys((tmp_path / "a.mid").read_bytes()) == {"cello": Counter({(0, 48): 1})}


# --- what is said -----------------------------------------------------------------------------


def test_the_summary_tells_what_was_made(stochos: Run) -> None:
    ran = stochos("compile", "two.stoch")
    lines = ran.out.splitlines()
    assert ran.err == ""
    assert lines[0] == "Two"
    assert lines[1] == "2 parts, 5 bars, 0:10"
    written, drawn = re.fullmatch(r"41 notes: (\d+) written, (\d+) poisson", lines[2]).groups()
    assert (int(written), int(drawn)) == (13, 28)
    assert lines[3] == "seed 3"
    assert lines[-1] == "wrote two.mid and two.musicxml"
    roll = lines[4:-1]
    assert roll
    assert roll[-1].split() == ["A", "B", "A'"]
    assert all(len(line) <= 100 for line in roll)


def test_a_warning_goes_to_standard_error_and_the_piece_is_written(stochos: Run, tmp_path: Path) -> None:
    with (tmp_path / "two.stoch").open("a") as score:
        score.write("section C 1 bar {\n  flute: | C5:1 |\n}\n")
    ran = stochos("compile", "two.stoch")
    assert ran.code == 0
    assert "STO311 warning: the form never plays section `C`" in ran.err
    assert "STO311" not in ran.out
    assert files(tmp_path) == {"two.mid", "two.musicxml"}


def test_problems_go_to_standard_error_and_old_files_survive(stochos: Run, tmp_path: Path) -> None:
    stochos("compile", "two.stoch")
    old = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    score = tmp_path / "two.stoch"
    score.write_text(score.read_text().replace("G5:1 |", "G5:2 |").replace("form A B", "form A Q"))
    ran = stochos("compile", "two.stoch")
    assert (ran.code, ran.out) == (1, "")
    assert re.findall(r"^STO\d+", ran.err, re.M) == ["STO201", "STO311", "STO303"]
    assert ran.err.splitlines()[-1].startswith("2 errors, 1 warning; `stochos explain STO201`")
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == old


def test_the_same_score_gives_the_same_bytes(stochos: Run, tmp_path: Path) -> None:
    for place in ("a", "b"):
        stochos("compile", "two.stoch", "-o", place)
    for name in ("two.mid", "two.musicxml"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
