"""Sets of pitches: what an expression holds, beside Python's sets and a reading of its own of the same text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stochos.diagnostics import SourceError
from stochos.music.pitch import spell
from stochos.pipeline import check_source
from stochos.process.scale import Crossfade
from stochos.process.value import Constant, Weighted
from stochos.source import Source

KEYS = frozenset(range(21, 109))  # a piano's, which the complement takes from
NAMED = {"a": frozenset({21, 24, 39, 64, 67}), "b": frozenset({64, 67, 72}), "c": frozenset(range(60, 80))}
SIEVED = frozenset(key for key in KEYS if key % 7 in {0, 2})


def written(pitches: frozenset[int]) -> str:
    return "{" + ", ".join(str(spell(pitch, 0)) for pitch in sorted(pitches)) + "}"


def passage(argument: str, instrument: str = "Piano"):
    lets = "\n".join(f"let {name} = {written(pitches)}" for name, pitches in NAMED.items())
    text = f"""part p = "{instrument}"\n{lets}\nlet s = sieve "7@0 | 7@2"
section A 1 bar {{ p: @pulse(every: 1/8, {argument}) fill }}"""
    return check_source(Source("score.stoch", text)).score.sections["A"].lines[0].voices[0][0]


def problems(error: SourceError) -> list[str]:
    """Codes, without the names that the expression does not use."""
    return [d.code for d in error.diagnostics if d.code != "STO311"]


def held(expression: str) -> frozenset[int]:
    """What the checker finds in an expression; nothing where it says that nothing is."""
    try:
        pitch = passage(f"pitch: {expression}").process.pitch
    except SourceError as error:
        if problems(error) == ["STO410"]:
            return frozenset()
        raise
    assert isinstance(pitch, Weighted)
    assert len(set(pitch.weights)) == 1
    found = [item.number for item in pitch.items if isinstance(item, Constant)]
    assert found == sorted(set(found))
    return frozenset(map(int, found))


def meant(words: list[str]) -> frozenset[int]:
    """The same, by cutting the text at its loosest operator: | then ^, then & and - from left to right, then !."""
    for sign, join in (("|", frozenset.union), ("^", frozenset.symmetric_difference)):
        if sign in words:
            at = words.index(sign)
            return join(meant(words[:at]), meant(words[at + 1 :]))
    cuts = [i for i, word in enumerate(words) if word in {"&", "-"}]
    if cuts:
        left, right = meant(words[: cuts[-1]]), meant(words[cuts[-1] + 1 :])
        return left & right if words[cuts[-1]] == "&" else left - right
    if words[0] == "!":
        return KEYS - meant(words[1:])
    return OPERANDS[words[0]]


OPERANDS = {f"${name}": pitches for name, pitches in NAMED.items()} | {
    "$s": SIEVED, "C4..E4": frozenset(range(60, 65)), "[C5, G4]": frozenset({72, 67}), "A0": frozenset({21}),
    "major on C": frozenset(key for key in KEYS if key % 12 in {0, 2, 4, 5, 7, 9, 11}),
}  # fmt: skip
operands = st.builds(
    lambda signs, name: [*signs, name], st.lists(st.just("!"), max_size=3), st.sampled_from([*OPERANDS])
)
flat = st.builds(
    lambda first, rest: [*first, *(word for sign, item in rest for word in (sign, *item))],
    operands, st.lists(st.tuples(st.sampled_from("|^&-"), operands), min_size=1, max_size=6),
)  # fmt: skip


@settings(max_examples=150)
@given(flat)
def test_operators_bind_as_in_sieves(words: list[str]) -> None:
    assert held(" ".join(words)) == meant(words)


trees = st.recursive(
    st.sampled_from([*OPERANDS]).map(lambda name: (name, OPERANDS[name])),
    lambda inner: st.one_of(
        inner.map(lambda item: (f"!({item[0]})", KEYS - item[1])),
        st.tuples(inner, st.sampled_from("|^&-"), inner).map(
            lambda three: (
                f"({three[0][0]}) {three[1]} ({three[2][0]})",
                {"|": three[0][1] | three[2][1], "^": three[0][1] ^ three[2][1], "&": three[0][1] & three[2][1],
                 "-": three[0][1] - three[2][1]}[three[1]],
            )
        ),
    ),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=100)
@given(trees)
def test_brackets_make_the_sets_that_python_makes(both: tuple[str, frozenset[int]]) -> None:
    text, pitches = both
    if text not in OPERANDS:
        assert held(text) == pitches


def test_the_function_of_herma() -> None:
    a, b, c = NAMED.values()
    once = "$a & $b & $c | $a & !$b & !$c | !$a & $b & !$c | !$a & !$b & $c"
    odd = frozenset(key for key in KEYS if ((key in a) + (key in b) + (key in c)) % 2)
    assert held(once) == held("$a ^ $b ^ $c") == odd


def test_the_complement_is_taken_among_what_the_part_can_play() -> None:
    flute = passage("pitch: !C5", "Flute").process.pitch
    assert [item.number for item in flute.items] == [key for key in range(59, 99) if key != 72]


def test_a_set_is_a_scale_too_and_goes_over_into_another() -> None:
    scale = passage("scale: $a | $b -> !$c").scale
    assert isinstance(scale, Crossfade)
    found = [{pitch for pitch, is_in in enumerate(flags) if is_in} for flags in scale.scales]
    assert found == [NAMED["a"] | NAMED["b"], KEYS - NAMED["c"]]


def test_an_urn_of_a_set_holds_each_pitch_once() -> None:
    urn = passage("pitch: @urn(of: $a - $b)").process.pitch
    assert {item.number for item in urn.of} == NAMED["a"] - NAMED["b"]


def test_a_thousand_sets_are_not_too_deep() -> None:
    assert held(" | ".join(["$a"] * 2000)) == NAMED["a"]
    assert held("!" * 1001 + "$a") == KEYS - NAMED["a"]


@pytest.mark.parametrize(("argument", "code"), [
    ("pitch: $a & {A1, B1}", "STO410"),
    ("pitch: $a | {C4: 3, D4: 1}", "STO406"),
    ("pitch: $a | 60", "STO401"),
    ("pitch: $a | C5..C4", "STO404"),
    ("pitch: $a | @normal(mean: C4, sd: 2st)", "STO401"),
    ("pitch: $a | $b -> $c", "STO409"),
    ("velocity: $a | $b", "STO401"),
    ("scale: {C4: 3, D4: 1}", "STO406"),
    ("pitch: $nothing & $a", "STO302"),
])  # fmt: skip
def test_what_is_no_set_is_told_once(argument: str, code: str) -> None:
    with pytest.raises(SourceError) as told:
        passage(argument)
    assert problems(told.value) == [code]
