from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from building import BAR, Q, group, music, passage, piece, section
from hypothesis import given, settings
from hypothesis import strategies as st

from stochos import score
from stochos.music.harmony import Harmony, parse_chord
from stochos.music.pitch import Key
from stochos.music.time import Tempo
from stochos.process.bernoulli import Bernoulli
from stochos.process.chain import learn
from stochos.process.cloud import Cloud
from stochos.process.lstm import Lstm
from stochos.process.markov import Markov
from stochos.process.passage import Events, Frame, Token
from stochos.process.poisson import Poisson
from stochos.process.pulse import Pulse
from stochos.process.value import Constant, PerSecond, Ramp, Sequence, Span
from stochos.realization import Dynamic, Hairpin, Note, Realization, Slur, Tuplet
from stochos.realize import realize
from stochos.realize.excerpt import only_section
from stochos.transform import HELD
from stochos.transform.pitch import Transpose
from stochos.transform.time import Augment, Diminish, Quantize, Retrograde, Rotate
from stochos.transform.touch import Humanize, Legato, Staccato, Swing

EVERY = [
    Transpose(3.0), Retrograde(), Augment(2.0), Augment(1.5), Diminish(2.0), Diminish(3.0), Rotate(2.0), Quantize(0.5),
    Swing(), Humanize(0.1), Legato(), Staccato(0.3),
]  # fmt: skip


def performed(*sections: score.Section, form: str = "", seed: int = 7) -> Realization:
    return realize(piece(*sections, form=form, seed=seed), lambda model: None)


def heard(*sections: score.Section, form: str = "", part: int = 0) -> list[tuple[int, int, int]]:
    return [(n.onset, n.duration, n.pitch) for n in performed(*sections, form=form).parts[part].notes]


def rain(density: float = 2.0) -> Cloud:
    return Cloud(Poisson(Constant(density)), Span(Constant(50.0), Constant(80.0)))


# --- written music ---


def test_written_notes_sound_where_they_are_written() -> None:
    notes = performed(section("A", piano=music("C4:4 r <E4,G#4>:2"))).parts[0].notes
    assert [(n.onset, n.duration, n.pitch, str(n.spelling)) for n in notes] == [
        (0, Q, 60, "C4"), (2 * Q, 2 * Q, 64, "E4"), (2 * Q, 2 * Q, 68, "G#4"),
    ]  # fmt: skip
    assert all((n.written_onset, n.written_duration) == (n.onset, n.duration) for n in notes)
    assert {n.origin.generator for n in notes} == {"written"}


def test_tied_notes_are_one() -> None:
    assert heard(section("A", piano=music("C4:2~ C4:4~ C4 D4~ E4"))) == [
        (0, 4 * Q, 60), (4 * Q, Q, 62), (5 * Q, Q, 64),
    ]  # fmt: skip


def test_chords_tie_note_by_note() -> None:
    assert heard(section("A", piano=music("<C4,E4>:4~ <C4,F4>"))) == [(0, 2 * Q, 60), (0, Q, 64), (Q, Q, 65)]


def test_a_tie_reaches_into_generated_material_and_out_of_a_group() -> None:
    chain = Markov(chain=learn((Token((62,), 1.0),), 1))
    tied = (*music("D4:4~"), passage(chain, Q, 2 * Q, "p"))
    assert heard(section("A", piano=tied)) == [(0, 2 * Q, 62), (2 * Q, Q, 62)]
    grouped = (group(music("C4:4~"), 0, Q, Transpose(2.0)), *music("D4:4", Q))
    assert heard(section("A", piano=grouped)) == [(0, 2 * Q, 62)]


def test_no_tie_is_left_over() -> None:
    for note in performed(section("A", piano=music("C4:1~"))).parts[0].notes:
        assert HELD not in note.articulations


def test_chance_on_a_written_note_is_its_own() -> None:
    line = tuple(replace(note, chance=0.5, path=("A", str(i))) for i, note in enumerate(music("C4:16 " * 64)))
    all_of_them = heard(section("A", piano=line))
    assert 15 < len(all_of_them) < 49
    assert heard(section("A", piano=line[10:])) == [n for n in all_of_them if n[0] >= 10 * Q // 4]
    certain = tuple(replace(note, chance=1.0) for note in line)
    assert len(heard(section("A", piano=certain))) == 64


def test_a_choice_sounds_one_of_its_pitches() -> None:
    line = tuple(replace(note, path=("A", str(i))) for i, note in enumerate(music("[C4|E4|G4]:16 " * 64)))
    counts = np.bincount([pitch for _, _, pitch in heard(section("A", piano=line))], minlength=128)
    assert counts.sum() == 64
    assert min(counts[60], counts[64], counts[67]) > 8


def test_voices_keep_to_themselves() -> None:
    both = section("A", piano=[music("C4:4~ C4"), music("C4:2", 2 * Q)])
    assert [(n.onset, n.voice) for n in performed(both).parts[0].notes] == [(0, 0), (2 * Q, 1)]


# --- form ---


def test_bars_are_counted_through_the_piece() -> None:
    first, second = section("A", 2, pickup=Q, piano=()), section("B", 1, piano=())
    bars = performed(first, second, form="A B*2").bars
    assert [bar.number for bar in bars] == [0, 1, 2, 3, 4]
    assert [bar.onset for bar in bars] == [0, Q, Q + BAR, Q + 2 * BAR, Q + 3 * BAR]
    assert [bar.section for bar in bars] == ["A", "", "", "B", "B"]


def test_variations_are_named_with_their_apostrophes() -> None:
    bars = performed(section("A", 1, piano=()), form="A A''").bars
    assert [bar.section_of for bar in bars] == ["A", "A''"]


def test_a_tempo_is_marked_once_while_it_lasts() -> None:
    slow, quick = section("A", 1, bpm=60.0, piano=()), section("B", 1, bpm=90.0, piano=())
    ramp = replace(slow, name="C", tempos=(Tempo(0, 90.0, BAR, 60.0, "", "", Q),))
    tempos = performed(slow, quick, ramp, form="A A B C A").tempos
    assert [(t.onset // BAR, t.bpm) for t in tempos] == [(0, 60.0), (2, 90.0), (3, 90.0), (4, 60.0)]


def test_a_section_repeats_its_take_and_a_variation_draws_anew() -> None:
    made = section("A", piano=(passage(rain(), 0, 4 * BAR, "A", "rain"),))
    notes = heard(made, form="A A*2 A' A''")
    takes = [[(o % (4 * BAR), d, p) for o, d, p in notes if o // (4 * BAR) == i] for i in range(5)]
    assert takes[0] == takes[1] == takes[2]
    assert len({str(take) for take in takes}) == 3


def test_the_seed_changes_every_draw() -> None:
    made = section("A", piano=(passage(rain(), 0, 4 * BAR, "A", "rain"),))
    first, second = performed(made), performed(made, seed=8)
    assert not {n.onset for n in first.parts[0].notes} & {n.onset for n in second.parts[0].notes}
    assert realize(piece(made), lambda model: None, seed=8) == second
    assert (first.seed, second.seed) == (7, 8)


def test_a_passage_may_have_a_seed_of_its_own() -> None:
    made = section("A", piano=(passage(rain(), 0, 4 * BAR, "A", "rain", seed=3),))
    assert performed(made, seed=1).parts == performed(made, seed=2).parts


def test_shared_material_is_the_same_everywhere() -> None:
    shared = passage(rain(), 0, BAR, "let", "wind", shared=True)
    first = section("A", 2, piano=(shared, replace(shared, onset=BAR)))
    notes = heard(first, form="A A'")
    bars = [[(o % BAR, d, p) for o, d, p in notes if o // BAR == i] for i in range(4)]
    assert bars[0]
    assert bars[0] == bars[1] == bars[2] == bars[3]


# --- passages ---


def test_passages_stay_in_their_place_their_bounds_and_their_scale() -> None:
    scale = tuple(pitch % 12 in {0, 2, 4, 5, 7, 9, 11} for pitch in range(128))
    wild = Cloud(Poisson(Constant(20.0)), Span(Constant(0.0), Constant(127.0)), Span(Constant(0.0), Constant(9.0)))
    low = Ramp((0.0, 1.0), (Constant(40.0), Constant(60.0)), ("", ""))
    made = passage(wild, BAR, 2 * BAR, "A", "wild", low=low, high=Constant(72.0), scale=scale)
    notes = heard(section("A", piano=(made,)))
    assert len(notes) > 100
    for onset, duration, pitch in notes:
        assert BAR <= onset < onset + duration <= 3 * BAR
        assert 40.0 + 20.0 * (onset - BAR) / (2 * BAR) - 0.01 <= pitch <= 72
        assert scale[pitch]


@settings(max_examples=30)
@given(
    density=st.floats(0.1, 30.0), length=st.floats(0.001, 5.0), start=st.integers(0, 3), bars=st.integers(1, 3),
    low=st.integers(21, 100), width=st.integers(0, 30), count=st.none() | st.integers(1, 20),
)  # fmt: skip
def test_notes_lie_within_extent_and_range(  # noqa: PLR0917  each is drawn
    density, length, start, bars, low, width, count
) -> None:
    cloud = Cloud(Poisson(Constant(density)), Span(Constant(0.0), Constant(127.0)), Constant(length))
    bounds = {"low": Constant(float(low)), "high": Constant(float(low + width))}
    made = passage(cloud, start * Q, bars * BAR, "p", count=count, **bounds)
    notes = performed(section("A", piano=(made,))).parts[0].notes
    assert count is None or len(notes) <= count
    for note in notes:
        assert start * Q <= note.onset < note.onset + note.duration <= start * Q + bars * BAR
        assert start * Q <= note.written_onset
        assert note.written_duration > 0
        assert note.written_onset + note.written_duration <= start * Q + bars * BAR
        assert low <= note.pitch <= low + width


def test_velocities_are_drawn_where_they_are_asked_for() -> None:
    loud = passage(rain(8.0), 0, BAR, "p", velocity=Ramp((0.0, 1.0), (Constant(-9.0), Constant(140.0)), ("", "")))
    velocities = [n.velocity for n in performed(section("A", piano=(loud,))).parts[0].notes]
    assert velocities == sorted(velocities)
    assert (velocities[0], velocities[-1]) == (1, 127)
    assert {n.velocity for n in performed(section("A", piano=(passage(rain(), 0, BAR, "p"),))).parts[0].notes} == {None}


def test_what_lies_on_the_page_is_written_as_it_sounds() -> None:
    coins = Cloud(Bernoulli(Constant(0.5), Constant(0.25)), length=Constant(0.25))
    melody = Markov(from_=(Token((60,), 0.5), Token((62,), 1.5), Token((), 0.125)))
    line = (passage(coins, 0, BAR, "p"), passage(melody, BAR, BAR, "q"))
    part = performed(section("A", piano=line)).parts[0]
    assert all((n.written_onset, n.written_duration) == (n.onset, n.duration) for n in part.notes)
    assert not part.tuplets


def test_free_time_keeps_its_ticks_and_is_written_on_the_grid() -> None:
    part = performed(section("A", piano=(passage(rain(), 0, 4 * BAR, "p"),))).parts[0]
    assert any(note.onset % (Q // 4) for note in part.notes)
    assert all(note.written_onset % (Q // 4) == 0 or note.written_onset % (Q // 3) == 0 for note in part.notes)
    assert all(abs(note.written_onset - note.onset) <= Q // 2 for note in part.notes)


def test_triplets_of_a_pulse_get_their_brackets() -> None:
    pulse = Cloud(Pulse(Constant(1 / 3)), Constant(60.0))
    part = performed(section("A", 1, piano=(passage(pulse, 0, BAR, "p"),))).parts[0]
    assert [note.written_onset for note in part.notes] == [note.onset for note in part.notes]
    assert part.tuplets == tuple(Tuplet(i * Q, Q, 3, 2, 0) for i in range(4))


def test_a_network_hears_what_its_own_voice_has_just_played_in_this_section() -> None:
    asked = []

    class Silent:
        def continue_tokens(self, primer, *_: object) -> Events:
            asked.append(primer)
            return Events(*[np.empty(0)] * 3, None)

    other, line = music("G5:4"), (*music("C4:4 r:8 <D4,F4>:8~ <D4,F4>:4 r:4"), passage(Lstm("net"), BAR, BAR, "p"))
    made = piece(section("A", piano=[line, other]), form="A A'")
    realize(made, lambda model: Silent())
    assert asked == [(Token((60,), 1.0), Token((), 0.5), Token((62, 65), 1.5), Token((), 1.0))] * 2


def test_a_rate_by_the_clock_follows_the_tempo_of_the_section() -> None:
    cloud = Cloud(Poisson(PerSecond(Constant(20.0))), Constant(60.0))
    made = section("A", 40, bpm=60.0, piano=(passage(cloud, 0, 40 * BAR, "p"),))
    quick = replace(
        made, tempos=(Tempo(0, 60.0, 0, 60.0, "", "", Q), Tempo(20 * BAR, 240.0, 20 * BAR, 240.0, "", "", Q))
    )
    counts = np.histogram([onset for onset, _, _ in heard(quick)], bins=[0, 20 * BAR, 40 * BAR])[0]
    assert abs(counts[0] - 1600) < 5 * 40
    assert abs(counts[1] - 400) < 5 * 20


def test_a_network_is_told_the_major_key_of_the_signature() -> None:
    keys = []

    class Silent:
        def continue_tokens(self, primer, freedom, allowed, key, harmony, rngs) -> Events:  # noqa: PLR0917
            keys.append(key)
            return Events(*[np.empty(0)] * 3, None)

    made = section("A", 2, piano=(passage(Lstm("net"), 0, BAR, "p"), passage(Lstm("net"), BAR, BAR, "q")))
    bars = (replace(made.bars[0], key=Key("D", "minor")), replace(made.bars[1], key=Key("Eb")))
    realize(piece(replace(made, bars=bars)), lambda model: Silent())
    assert keys == [5, 3]


# --- groups ---


def test_a_group_is_transformed_with_its_marks_and_brackets() -> None:
    triplet = tuple(score.Note(i * Q // 3, Q // 3, (60 + i,), (None,)) for i in range(3))
    items = (score.Dynamic(0, "p"), score.Hairpin(0, "cresc"), *triplet, score.Tuplet(0, Q, 3, 2), score.Slur(0, Q))
    part = performed(section("A", piano=(group(items, Q, Q, Transpose(12.0), Augment(2.0)),))).parts[0]
    assert [(n.onset, n.duration, n.pitch) for n in part.notes] == [
        (Q + i * 2 * Q // 3, 2 * Q // 3, 72 + i) for i in range(3)
    ]
    assert part.tuplets == (Tuplet(Q, 2 * Q, 3, 2, 0),)
    assert part.dynamics == (Dynamic(Q, "p"),)
    assert part.hairpins == (Hairpin(Q, 4 * BAR, "cresc"),)
    assert part.slurs == (Slur(Q, Q + 4 * Q // 3, 0),)


def test_a_generated_group_turns_round() -> None:
    inner = (passage(rain(), 0, BAR, "p"),)
    forward = heard(section("A", piano=(group(inner, 0, BAR),)))
    backward = heard(section("A", piano=(group(inner, 0, BAR, Retrograde()),)))
    assert sorted(backward) == sorted((BAR - o - d, d, p) for o, d, p in forward)


def test_a_group_made_three_times_as_quick_is_written_in_triplets() -> None:
    part = performed(section("A", 1, piano=(group(music("C4:4 D4 E4"), 0, 3 * Q, Augment(1 / 3)),))).parts[0]
    assert [(n.onset, n.written_onset, n.written_duration) for n in part.notes] == [
        (i * Q // 3, i * Q // 3, Q // 3) for i in range(3)
    ]
    assert part.tuplets == (Tuplet(0, Q, 3, 2, 0),)


def test_a_bracket_that_comes_to_lie_over_a_barline_is_written_anew() -> None:
    triplet = tuple(score.Note(i * Q // 3, Q // 3, (60 + i,), (None,)) for i in range(3))
    items = (*triplet, score.Tuplet(0, Q, 3, 2))
    part = performed(section("A", 2, piano=(group(items, 3 * Q, Q, Augment(2.0)),))).parts[0]
    assert [n.onset for n in part.notes] == [3 * Q, 3 * Q + 2 * Q // 3, 4 * Q + Q // 3]
    assert all(abs(n.written_onset - n.onset) <= Q // 8 for n in part.notes)
    assert all(bracket.onset + bracket.duration in {BAR, BAR + Q} for bracket in part.tuplets)


@settings(max_examples=40)
@given(
    density=st.floats(0.5, 12.0),
    chosen=st.lists(st.sampled_from(EVERY), min_size=1, max_size=3),
    written=st.booleans(),
)
def test_transformed_rain_stays_on_the_page(density: float, chosen: list, written: bool) -> None:
    items = (*(music("C4:4 D4:8 E4") if written else ()), passage(rain(density), 2 * Q, BAR, "p"))
    made = section("A", 200, piano=(group(items, Q, 2 * Q + BAR, *chosen),))
    part = performed(made).parts[0]
    for note in part.notes:
        assert 0 <= note.onset < note.onset + note.duration <= 200 * BAR
        assert 0 <= note.written_onset < note.written_onset + note.written_duration <= 200 * BAR
    for bracket in part.tuplets:
        assert bracket.onset // BAR == (bracket.onset + bracket.duration - 1) // BAR


# --- marks ---


def marks(*texts: str) -> list[tuple[int, str]]:
    """Dynamics of a part that plays a bar for each text, with a mark at its start, or none."""
    sections = [
        section(chr(65 + i), 1, piano=(*([score.Dynamic(0, text)] if text else []), *music("C4:1")))
        for i, text in enumerate(texts)
    ]
    return [(mark.onset // BAR, mark.name) for mark in performed(*sections).parts[0].dynamics]


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["", ""], []),
        (["p", ""], [(0, "p"), (1, "mf")]),
        (["mf", ""], [(0, "mf")]),
        (["p", "f", "", ""], [(0, "p"), (1, "f"), (2, "mf")]),
        (["sfz", ""], [(0, "sfz"), (1, "mf")]),
    ],
)
def test_every_section_begins_at_mezzo_forte(texts: list[str], found: list[tuple[int, str]]) -> None:
    assert marks(*texts) == found


def test_no_mezzo_forte_stands_where_nothing_is_played_before_the_next_mark() -> None:
    late = section("B", 1, piano=(score.Dynamic(Q, "p"), *music("r:4 C4")))
    first = section("A", 1, piano=(score.Dynamic(0, "f"), *music("C4:1")))
    assert performed(first, late).parts[0].dynamics == (Dynamic(0, "f"), Dynamic(BAR + Q, "p"))


def test_hairpins_reach_to_the_next_mark_of_any_voice() -> None:
    line = [(score.Hairpin(0, "cresc"), score.Hairpin(2 * Q, "dim"), *music("C4:1")), (score.Dynamic(3 * Q, "p"),)]
    part = performed(section("A", 1, piano=line), section("B", 1, piano=music("C4:1"))).parts[0]
    assert part.hairpins == (Hairpin(0, 2 * Q, "cresc"), Hairpin(2 * Q, 3 * Q, "dim"))
    assert part.dynamics == (Dynamic(3 * Q, "p"), Dynamic(BAR, "mf"))


def test_a_hairpin_to_the_end_of_a_section_leads_nowhere_else() -> None:
    open_ended = section("A", 1, piano=(score.Hairpin(Q, "cresc"), *music("C4:1")))
    part = performed(open_ended, section("B", 1, piano=music("C4:1"))).parts[0]
    assert part.hairpins == (Hairpin(Q, BAR, "cresc"),)
    assert part.dynamics == (Dynamic(BAR, "mf"),)


def test_a_slur_joins_the_notes_that_are_there() -> None:
    line = (*music("r:4 C4 D4 r"), score.Slur(0, BAR), score.Slur(Q, 2 * Q))
    assert performed(section("A", 1, piano=line)).parts[0].slurs == (Slur(Q, 2 * Q, 0),)


def test_parts_come_sorted() -> None:
    voices = [(passage(rain(9.0), 0, 4 * BAR, "p"),), (passage(rain(9.0), 0, 4 * BAR, "q"),)]

    def place(note: Note) -> tuple[int, int, int]:
        return note.onset, note.voice, note.pitch

    notes = performed(section("A", piano=voices)).parts[0].notes
    assert list(notes) == sorted(notes, key=place)


def test_rhythms_of_a_list_are_kept_to_the_tick() -> None:
    third = Cloud(Pulse(Sequence((Constant(1 / 3), Constant(1 / 6)))), Constant(60.0))
    onsets = [onset for onset, _, _ in heard(section("A", piano=(passage(third, 0, 4 * BAR, "p"),)))]
    assert onsets == [i * Q // 2 + extra for i in range(32) for extra in (0, Q // 3)]


# --- harmony ---


@dataclass(frozen=True)
class Listening:
    """Plays nothing, and keeps what it was told of chords."""

    told: list[tuple[tuple[float, str], ...]] = field(default_factory=list)

    def play(self, frame: Frame) -> Events:
        self.told.append(tuple((onset, str(chord or "N.C.")) for onset, chord in frame.harmony))
        return Events(*np.zeros((3, 0)), None)


def changes(*symbols: str, every: int = 2 * Q) -> tuple[Harmony, ...]:
    return tuple(Harmony(i * every, (i + 1) * every, parse_chord(name)) for i, name in enumerate(symbols))


def test_a_passage_sees_the_chords_that_are_in_force() -> None:
    listening = Listening()
    line = (passage(listening, Q, 5 * Q), passage(listening, 8 * Q, Q), passage(listening, 6 * Q, 2 * Q))
    performed(replace(section("A", piano=line), harmony=changes("Dm", "A7/C#", "N.C.", "C")))
    assert listening.told == [((0.0, "Dm"), (1.0, "A7/C#"), (3.0, "N.C.")), (), ((0.0, "C"),)]


def test_a_passage_that_is_stretched_sees_them_in_its_own_time() -> None:
    listening = Listening()
    line = group((passage(listening, Q, 3 * Q),), 0, 4 * Q, Augment(2.0))
    performed(replace(section("A", piano=(line,)), harmony=changes("Dm", "A7", "C", "F")))
    assert listening.told == [((0.0, "A7"), (1.0, "C"), (2.0, "F"))]


def test_a_section_without_harmony_has_no_chords() -> None:
    listening = Listening()
    performed(section("A", piano=(passage(listening, 0, Q),)))
    assert listening.told == [()]


def test_chords_come_again_with_their_section_and_its_variations() -> None:
    first = replace(section("A", 1, piano=()), harmony=changes("Dm", "A7"))
    piece = performed(first, section("B", 1, piano=()), form="A B A' A")
    told = [(h.onset // BAR, str(h.chord)) for h in piece.harmony]
    assert told == [(0, "Dm"), (0, "A7"), (2, "Dm"), (2, "A7"), (3, "Dm"), (3, "A7")]
    assert [(h.onset, h.end) for h in only_section(piece, "A'").harmony] == [(0, 2 * Q), (2 * Q, BAR)]
