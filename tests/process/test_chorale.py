"""Chorales as scores write them."""

from __future__ import annotations

from typing import Any

import pytest

from stochos.pipeline import check_source, realize_checked
from stochos.realization import Realization
from stochos.source import Source

BAR = 4 * 10_080
PARTS = ("soprano", "alto", "tenor", "bass")
TUNE = "| C5:4 D5 E5 C5 | E5 D5 C5:2'fermata | C5:4 D5 E5 F5 | E5 D5 C5:2'fermata |"
HYMN = "let hymn = @chorale(parts: [soprano, alto, tenor, bass]{})"
UNDER = "let under = @chorale(parts: [alto, tenor, bass], melody: soprano{})"

Notes = list[tuple[int, int, int]]


def played(lines: str, let: str, *, form: str = "A", instruments: dict[str, str] | None = None) -> Realization:
    names = {part: part.capitalize() for part in PARTS} | (instruments or {})
    parts = "\n".join(f'part {part} = "{name}"' for part, name in names.items())
    text = f"{parts}\n{let}\nsection A 4 bars {{ {lines} }}\nform {form}"
    score = check_source(Source("s", text))
    return realize_checked(score)


def sung(lines: str, let: str, **more: Any) -> dict[str, Notes]:
    """Onset, duration and pitch of every note of each part."""
    return {p.name: sorted((n.onset, n.duration, n.pitch) for n in p.notes) for p in played(lines, let, **more).parts}


def all_sing(name: str, but: dict[str, str] | None = None) -> str:
    return " ".join(f"{part}: {(but or {}).get(part, f'@{name} fill')}" for part in PARTS)


def test_four_voices_fill_the_section_on_sixteenths() -> None:
    made = sung(all_sing("hymn"), HYMN.format(""))
    for notes in made.values():
        assert notes[0][0] == 0
        assert max(onset + duration for onset, duration, _ in notes) == 4 * BAR
        assert all(onset % 2520 == duration % 2520 == 0 for onset, duration, _ in notes)
    assert [sum(n[2] for n in made[part]) / len(made[part]) for part in PARTS] == sorted(
        (sum(n[2] for n in made[part]) / len(made[part]) for part in PARTS), reverse=True
    )


def test_a_given_melody_stays_and_the_others_hang_on_it_up_to_now() -> None:
    lines = all_sing("under", {"soprano": TUNE})
    made = sung(lines, UNDER.format(""))
    changed = sung(lines.replace("E5 F5 |", "G5 A5 |"), UNDER.format(""))
    late = 2 * BAR + BAR // 2
    for part in ("alto", "tenor", "bass"):
        early = [[(o, p) for o, _, p in notes[part] if o < late] for notes in (made, changed)]
        assert early[0] == early[1]
    assert made != changed
    assert [pitch for _, _, pitch in made["soprano"]][:4] == [72, 74, 76, 72]


def test_what_sounds_under_a_fermata_of_the_melody_has_one_too() -> None:
    made = played(all_sing("under", {"soprano": TUNE}), UNDER.format(""))
    for part in made.parts:
        held = [(note.onset, note.onset + note.duration) for note in part.notes if "fermata" in note.articulations]
        assert [end for _, end in held] == [2 * BAR, 4 * BAR]
    plain = played(all_sing("under", {"soprano": TUNE.replace("'fermata", "")}), UNDER.format(""))
    sung_alone = played(all_sing("hymn"), HYMN.format(""))
    assert not any(note.articulations for piece in (plain, sung_alone) for part in piece.parts for note in part.notes)


def test_a_generated_melody_is_set_as_well() -> None:
    walk = "@cloud(onsets: @pulse(every: 1/4), pitch: @brown(start: C5, step: 2st, within: G4..G5), scale: key) fill"
    made = sung(all_sing("under", {"soprano": walk}), UNDER.format(", temperature: 0.5"))
    assert all(made.values())


def test_a_voice_keeps_to_the_range_of_its_part() -> None:
    made = sung(all_sing("hymn"), HYMN.format(""), instruments={"tenor": 'Viola" in G3..D4 //"'})
    assert {pitch for _, _, pitch in made["tenor"]} <= set(range(55, 63))


def test_variations_are_sung_afresh_and_phrases_where_they_are_asked() -> None:
    made = sung(all_sing("hymn"), HYMN.format(""), form="A A'")
    first, second = ([n for n in made["bass"] if (n[0] >= 4 * BAR) == late] for late in (False, True))
    assert [(o + 4 * BAR, d, p) for o, d, p in first] != second
    short = sung(all_sing("hymn"), HYMN.format(", phrase: 1/1"))["soprano"]
    held = {onset: duration for onset, duration, _ in short}
    assert all(held.get(bar * BAR + 3 * 10_080) == 10_080 for bar in range(4))


@pytest.mark.parametrize("limit", ["top: 1", "nucleus: 0%", "temperature: 0.000001"])
def test_the_likeliest_come_alone_however_that_is_said(limit: str) -> None:
    assert sung(all_sing("hymn"), HYMN.format(f", {limit}")) == sung(all_sing("hymn"), HYMN.format(", top: 1"))
