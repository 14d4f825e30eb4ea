"""`stochos sample`: Magenta's workflow, but that the primer is heard as it is written and written only when asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import mido
import pytest

from stochos.cli.sample import primer_in, primer_of, steps_after
from stochos.neural.encodings import ENCODINGS, squash, squash_amount

Run = Callable[..., object]

SEMANTICS = Path(__file__).parents[3] / "shared" / "magenta" / "primer_semantics.json"


def notes(path: Path) -> list[tuple[int, int, int]]:
    """Onset and end in sixteenths, and pitch."""
    file, found, sounding = mido.MidiFile(path), [], {}
    for track in file.tracks:
        clock = 0
        for message in track:
            clock += message.time
            at = 4 * clock // file.ticks_per_beat
            if message.type == "note_on":
                sounding[message.note] = at
            elif message.type == "note_off":
                found.append((sounding.pop(message.note), at, message.note))
    return found


def test_takes_are_drawn_together_and_again_by_their_seed(stochos: Run) -> None:
    ran = stochos("sample", "--steps", 48, "--outputs", 3, "-o", "out")
    assert ran.code == 0
    seed = int(ran.out.splitlines()[-1].removeprefix("seed "))
    first = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    assert sorted(first) == [f"basic-{seed}-{number}.mid" for number in (1, 2, 3)]
    assert len(set(first.values())) == 3
    assert stochos("sample", "--steps", 48, "--outputs", 2, "--seed", seed, "-o", "again").code == 0
    assert {path.read_bytes() for path in Path("again").iterdir()} < set(first.values())
    assert set(re.findall(r"out/\S+", ran.out)) == {f"out/{name}" for name in first}


def test_the_primer_is_heard_and_only_written_when_asked(stochos: Run) -> None:
    primer = "[79, -2, -2, -2, 81, -2, 83, -2]"
    for name, more in (("without", []), ("with", ["--include-primer"])):
        stochos("sample", "--steps", 40, "--seed", 1, "--primer", primer, *more, "-o", name)
    with_primer, without = (notes(next(Path(name).iterdir())) for name in ("with", "without"))
    assert with_primer[:2] == [(0, 4, 79), (4, 6, 81)]
    assert with_primer[2][::2] == (6, 83)
    assert [(a + 8, b + 8, pitch) for a, b, pitch in without] == [note for note in with_primer if note[0] >= 8]
    assert max(end for _, end, _ in with_primer) <= 40


def test_notes_and_lists_say_the_same(stochos: Run) -> None:
    assert primer_of("C4:8 D4 r:4 E4:16") == [60, -2, 62, -2, -1, -2, -2, -2, 64]
    assert primer_of(" [60, -2, 62, -2, -1, -2, -2, -2, 64]") == primer_of("C4:8 D4 r:4 E4:16")


def test_lists_are_martins_as_well(stochos: Run) -> None:
    assert primer_of("[60, 129, 62, 128]") == [60, -2, 62, -1]
    takes = []
    for primer, whose in (("[60, -2, -1, 64]", "magenta"), ("[60, 129, 128, 64]", "martin")):
        words = ("sample", "--seed", 3, "--steps", 24, "--primer", primer, "--include-primer", "--integers", whose)
        takes.append(json.loads(stochos(*words).out.splitlines()[-2]))
    ours, his = takes
    assert ours[:4] == [60, -2, -1, 64]
    assert len(ours) == 24
    assert his == [{-2: 129, -1: 128}.get(event, event) for event in ours]
    score, played = 'part flute = "Flute"\nsection A 1 bar {{ flute: @lstm(model: basic, primer: {}) fill }}\n', []
    for primer in ("[60, -2, 64, -1]", "[60, 129, 64, 128]"):
        Path("one.stoch").write_text(score.format(primer))
        played.append(stochos("show", "one.stoch", "--json").out)
    assert played[0] == played[1]


def test_a_midi_file_is_a_primer(stochos: Run) -> None:
    Path("p.stoch").write_text('part f = "Flute"\nsection A { f: | r:4 <C5 E5>:8 G5 A5:2 | }')
    stochos("compile", "p.stoch", "--formats", "midi")
    assert primer_in(Path("p.mid"))[:9] == [-2, -2, -2, -2, 76, -2, 79, -2, 81]
    assert stochos("sample", "--primer-midi", "p.mid", "--steps", 20, "-o", "out").code == 0


def test_hard_takes_are_what_is_likeliest_each_step(stochos: Run) -> None:
    ran = stochos("sample", "--threshold", "hard", "--outputs", 5, "--seed", 1, "--steps", 32, "-o", "hard")
    assert "all takes are one" in ran.err
    stochos("sample", "--temperature", 0.001, "--seed", 9, "--steps", 32, "-o", "cold")
    (hard,), (cold,) = (list(Path(name).iterdir()) for name in ("hard", "cold"))
    assert notes(hard) == notes(cold)


def test_a_beam_is_printed_with_its_likelihood(stochos: Run) -> None:
    likelihoods = []
    for more in ([], ["--beam", 4, "--branch", 3, "--steps-per-iteration", 2]):
        ran = stochos("sample", "--seed", 2, "--steps", 33, "--outputs", 4, *more, "-o", "out")
        likelihoods.append(sum(float(line.split()[-1]) for line in ran.out.splitlines()[1:-1]))
    assert likelihoods[0] < likelihoods[1] < 0


def test_bars_made_of_noise_have_no_likelihood_and_differ_even_where_they_are_likeliest(stochos: Run) -> None:
    ran = stochos("sample", "--model", "gan", "--threshold", "hard", "--outputs", 3, "--seed", 1, "-o", "hard")
    assert ran.code == 0
    assert [line.split()[-1] for line in ran.out.splitlines()[1:-1]] == ["-"] * 3
    takes = [notes(path) for path in sorted(Path("hard").iterdir())]
    assert len({tuple(take) for take in takes}) == 3
    stochos("sample", "--model", "gan", "--threshold", "hard", "--outputs", 1, "--seed", 1, "-o", "one")
    assert notes(next(Path("one").iterdir())) == takes[0]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--model", "gan", "--beam", 3], "cannot say which take is likeliest"),
        (["--model", "gan", "--branch", 3], "cannot say which take is likeliest"),
        (["--primer", "[60, -3]"], "-2 goes on"),
        (["--primer", "[60, 130]"], "-2 goes on"),
        (["--primer", "[60"], "-2 goes on"),
        (["--primer", "[60, 62, 64]", "--steps", 3], "the primer has 3 steps"),
        (["--primer", "C4", "--primer-midi", "a.mid"], "one primer is enough"),
        (["--primer-midi", "none.mid"], "no such file"),
        (["--primer-midi", "two.stoch"], "does not begin as"),
        (["--model", "basik"], "no network is called `basik`"),
    ],
)
def test_what_cannot_be_is_wrong_usage(stochos: Run, arguments: list[object], reason: str) -> None:
    ran = stochos("sample", *arguments)
    assert ran.code == 2
    assert reason in " ".join(re.sub(r"[│╭╰─╮╯]", " ", ran.err).split())


def test_a_primer_that_cannot_be_read_is_shown(stochos: Run) -> None:
    ran = stochos("sample", "--primer", "C4:8 H4")
    assert ran.code == 1
    assert "STO109" in ran.err
    assert stochos("sample", "--primer", "C4 @poisson(density: 2/bar) fill").code == 1


@pytest.mark.skipif(not SEMANTICS.exists(), reason="what Magenta's own program does with primers is not here")
def test_primers_count_as_in_magenta_but_for_the_silence_that_it_adds() -> None:
    """Its program hears a note off and a rest after every primer, and these count too; ours hears what is written."""
    squashing = ENCODINGS["attention"]
    for case in json.loads(SEMANTICS.read_text()):
        primer = case["primer_melody"]
        if "error" in case:
            with pytest.raises(Exception, match="count among the"):
                steps_after(primer, case["steps"])
            continue
        fed = case["primer_fed_to_rnn_squashed"]
        assert squash(primer, squashing, squash_amount(primer, squashing)) == fed[:-2]
        assert fed[-2:] == [-1, -2]
        assert len(primer) + steps_after(primer, case["steps"]) == len(case["generated_squashed"])


def test_a_network_plays_over_chords_again_and_again(stochos: Run) -> None:
    """Two bars of chords, four times: what sounds where they begin belongs to them."""
    ran = stochos(
        "sample", "--model", "harmony", "--harmony", "| F#m:1 | B7:2 E |", "--outputs", 8, "--seed", 2,
        "--temperature", 0.7, "-o", "out",
    )  # fmt: skip
    assert ran.code == 0
    tones = {0: (6, 9, 1), 16: (11, 3, 6, 9), 24: (4, 8, 11)}
    own = [
        pitch % 12 in tones[step % 32]
        for path in Path("out").iterdir()
        for onset, end, pitch in notes(path)
        for step in range(onset, end)
        if step % 32 in tones
    ]
    assert len(own) > 80
    assert sum(own) / len(own) > 0.75


def test_a_primer_comes_before_the_chords_and_says_the_octave(stochos: Run) -> None:
    primer = ["--model", "harmony", "--harmony", "C:1", "--primer", "C3:4 D3 E3 G3", "--include-primer"]
    assert stochos("sample", *primer, "--steps", 80, "--seed", 1, "-o", "out").code == 0
    found = notes(Path("out") / "harmony-1-1.mid")
    assert [pitch for _, _, pitch in found[:4]] == [48, 50, 52, 55]
    assert 43 <= sum(pitch for *_, pitch in found[4:]) / len(found[4:]) <= 64


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--model", "harmony"], "plays over chords: write some, --harmony"),
        (["--model", "basic", "--harmony", "C:1"], "hears no chords: leave out --harmony"),
        (["--model", "harmony", "--harmony", "Dx:1 | A"], "no chord is called `Dx`"),
        (["--model", "harmony", "--harmony", "C"], "how long `C` lasts is not said"),
        (["--model", "harmony", "--harmony", "C:2"], "this bar is too short"),
        (["--model", "harmony", "--harmony", ""], "this section has no length"),
        (["--model", "harmony", "--harmony", "C:1 } "], "closes nothing"),
        (["--model", "chorale", "--harmony", "C:1"], "takes are of melodies"),
    ],
)
def test_chords_that_cannot_be_followed_are_told_of(stochos: Run, arguments: list[str], said: str) -> None:
    ran = stochos("sample", *arguments, "-o", "out")
    assert ran.code in {1, 2}
    assert said in ran.out + ran.err
    assert not Path("out").exists()
