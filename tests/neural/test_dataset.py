from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stochos.neural import dataset
from stochos.neural.dataset import CHORDS, Chorale, Chord, DatasetError, Harmony, Heading
from stochos.neural.encodings import ENCODINGS
from stochos.neural.melodies import Tune, is_held_out

EVENTS = st.lists(st.integers(-2, 127), min_size=1, max_size=40).map(tuple)
NAMES = st.text(min_size=1, max_size=20)
CHORD = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(CHORDS)))
VOICES = st.integers(1, 30).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(-2, 127), min_size=n, max_size=n).map(tuple)] * 4)
)
TUNE = Tune("a/1", (60, -2, 62, -1), "a/1", False)


def line_of(piece: dataset.Piece) -> str:
    """A piece as `stochos dataset build` writes it."""
    fields = {"id": piece.identity, **asdict(piece)}
    if isinstance(piece, Harmony):
        fields["chords"] = [chord and (chord.root, chord.kind) for chord in piece.chords]
    return json.dumps(fields, ensure_ascii=False) + "\n"


def written(folder: Path, kind: str, *pieces: dataset.Piece) -> Path:
    (folder / dataset.HEADING).write_text(dataset.heading_text(Heading(kind)))
    (folder / dataset.PIECES).write_text("".join(map(line_of, pieces)), "utf-8")
    return folder


@given(st.builds(Tune, NAMES, EVENTS, NAMES, st.booleans()))
def test_a_tune_is_read_as_it_was_written(tune: Tune) -> None:
    assert dataset.KINDS["melody"](json.loads(line_of(tune))) == tune


@given(
    st.builds(
        Chorale, NAMES, VOICES, st.just((0,)), st.integers(0, 11), st.booleans(), NAMES, st.booleans()
    )
)  # fmt: skip
def test_a_chorale_is_read_as_it_was_written(chorale: Chorale) -> None:
    assert dataset.KINDS["chorale"](json.loads(line_of(chorale))) == chorale


@given(st.builds(Harmony, NAMES, EVENTS, st.lists(st.none() | CHORD).map(tuple), NAMES, st.booleans()))
def test_a_harmony_is_read_as_it_was_written(harmony: Harmony) -> None:
    assert dataset.KINDS["harmony"](json.loads(line_of(harmony))) == harmony


def test_a_folder_is_read_in_order(tmp_path: Path) -> None:
    other = Tune("b", (127, -2), "a/1", True)
    assert dataset.load(written(tmp_path, "melody", TUNE, other)) == [TUNE, other]


def test_a_dataset_of_another_kind_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "melody", TUNE)
    with pytest.raises(DatasetError, match="kind melody, and chorale is needed"):
        dataset.load_chorales(tmp_path)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 2"),
        ('{"id": "a"}', "line 2"),
        ('{"id": "a", "group": "a", "held_out": 1, "events": [60]}', "held_out is not true or false"),
        ('{"id": "a", "group": "a", "held_out": true, "events": [128]}', "not one of -2 to 127"),
        ('{"id": "a", "group": "a", "held_out": true, "events": [60.0]}', "not one of -2 to 127"),
        ('{"id": "a", "group": "a", "held_out": true, "events": "60"}', "not one of -2 to 127"),
        ('{"id": 3, "group": "a", "held_out": true, "events": [60]}', "id is not a name"),
        ("[" * 100_000, "line 2"),
    ],
)
def test_a_line_that_is_no_tune_is_named(tmp_path: Path, line: str, reason: str) -> None:
    written(tmp_path, "melody", TUNE)
    with (tmp_path / dataset.PIECES).open("a") as file:
        file.write(line)
    with pytest.raises(DatasetError, match=reason):
        dataset.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "damaged"),
        ("[" * 60_000, "nested too deeply"),
        ("[" * 70_000, "too long"),
        ("[]", "not a table"),
        ('{"version": 2}', "version is 2"),
        ('{"version": 1, "kind": "pickle"}', "not one of melody"),
        ('{"version": 1, "kind": "melody", "steps_per_quarter": 0}', "steps_per_quarter"),
        ('{"version": 1, "kind": "melody", "steps_per_quarter": 4, "eval_ratio": 3}', "eval_ratio"),
    ],
)
def test_a_heading_that_is_none_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / dataset.HEADING).write_text(text)
    with pytest.raises(DatasetError, match=reason):
        dataset.load(tmp_path)


def test_no_folder_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="`stochos dataset build` makes one"):
        dataset.load(tmp_path / "none")


def test_a_tune_goes_to_the_key_of_an_encoding_and_a_wide_one_is_left_out() -> None:
    scale = Tune("d", (74, -2, 76, 78, 79, 81, 83, 85, 86), "d", True)
    wide = Tune("w", (40, 60, 90), "w", False)
    assert dataset.in_encoding([scale, wide], ENCODINGS["basic"]) == [
        Tune("d", (60, -2, 62, 64, 65, 67, 69, 71, 72), "d", True)
    ]


@given(NAMES, st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_holds_a_smaller_one(group: str, one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert is_held_out(group, large) or not is_held_out(group, small)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.033, 1.0])
def test_a_share_is_held_out(share: float) -> None:
    held_out = sum(is_held_out(f"essen/{k}", share) for k in range(4000))
    assert abs(held_out - 4000 * share) <= 5 * (4000 * share * (1 - share)) ** 0.5
