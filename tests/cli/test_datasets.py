"""`stochos dataset build`: what is kept, what is dropped and why, and what cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from stochos.neural import dataset

Run = Callable[..., object]

BAR = "C5:8 D5 E5 F5 G5 F5 E5 D5 |"


def compiled(stochos: Run, name: str, part: str = "") -> None:
    bars = " ".join([BAR] * 7)
    Path(f"{name}.stoch").write_text(f'part flute = "Flute"\nsection A 8 bars {{ flute: | {bars} {part or BAR} }}\n')
    assert stochos("compile", f"{name}.stoch", "--formats", "midi,musicxml").code == 0


def test_files_become_a_dataset(stochos: Run) -> None:
    compiled(stochos, "one")
    compiled(stochos, "two", "A5:4 B5 A5 B5 |")
    Path("torn.mid").write_bytes(Path("one.mid").read_bytes()[:99])
    ran = stochos("dataset", "build", "one.mid", "two.musicxml", "torn.mid", "-o", "data")
    assert ran.code == 0
    assert ran.out.splitlines()[-1].startswith("wrote data: 2 pieces, ")
    assert ran.err == "left out: torn.mid: it is cut short\n"
    assert [tune.identity for tune in dataset.load(Path("data"))] == ["one.mid", "two.musicxml"]
    assert len({tune.group for tune in dataset.load(Path("data"))}) == 1


def test_the_table_says_why_music_is_dropped(stochos: Run) -> None:
    compiled(stochos, "one")
    compiled(stochos, "chords", "<C5 E5>:1 |")
    ran = stochos("dataset", "build", "one.mid", "chords.mid", "-o", "data", "--least-classes", 6)
    counts = dict(line.rsplit(maxsplit=1) for line in ran.out.splitlines()[1:-1])
    assert counts == {
        "dropped: polyphonic": "1", "dropped: too few pitch classes": "1", "files": "2", "files: found": "2",
    }  # fmt: skip
    assert "--top-voice" in ran.err
    assert "--least-bars" in stochos("dataset", "build", "one.mid", "-o", "few", "--least-bars", 9).err
    ran = stochos("dataset", "build", "chords.mid", "-o", "more", "--top-voice")
    assert "wrote more: 1 piece" in ran.out


def test_what_is_no_music_is_wrong_usage(stochos: Run) -> None:
    for arguments, reason in (
        ([], "name at least one file"),
        (["none.mid"], "there is no file `none.mid`"),
        (["two.stoch"], "not a kind of file"),
        (["--corpus", "essn"], "did you mean `essen`?"),
    ):
        ran = stochos("dataset", "build", *arguments, "-o", "data")
        assert (ran.code, reason in " ".join(ran.err.split())) == (2, True), ran.err
    assert not Path("data").exists()


def test_a_place_that_cannot_be_written_is_named(stochos: Run) -> None:
    compiled(stochos, "one")
    ran = stochos("dataset", "build", "one.mid", "-o", "one.mid")
    assert ran.code == 2
    assert "no dataset can be built in `one.mid`" in " ".join(ran.err.split())
