import numpy as np
import pytest
from stage import context, frame

from stochos.process.chain import Chain
from stochos.process.hidden import Hidden
from stochos.process.passage import Token
from stochos.process.value import ByName, Constant, Sequence, Span

CALM, WILD = (Token((), 0.0, None, name) for name in ("calm", "wild"))
TURNS = Chain.written([([CALM], [(WILD, 1.0)]), ([WILD], [(CALM, 1.0)])])


def said(calm: object, wild: object) -> ByName:
    return ByName(("calm", "wild"), (calm, wild))


def test_length_and_velocity_go_with_the_mood_of_the_note() -> None:
    process = Hidden(
        TURNS, said(Constant(60.0), Constant(72.0)), length=said(Constant(1.0), Constant(0.25)),
        velocity=said(Constant(40.0), Constant(100.0)), start="calm",
    )  # fmt: skip
    events = process.play(frame(5.0))
    assert events.onset.tolist() == [0.0, 1.0, 1.25, 2.25, 2.5, 3.5, 3.75, 4.75]
    assert events.pitch.tolist() == [60.0, 72.0] * 4
    assert events.velocity is not None
    assert events.velocity.tolist() == [40.0, 100.0] * 4


def test_a_silent_mood_takes_its_time_and_plays_nothing() -> None:
    process = Hidden(TURNS, said(Constant(60.0), None), length=said(Constant(1.0), Constant(0.5)), start="calm")
    events = process.play(frame(6.0, count=3))
    assert events.onset.tolist() == [0.0, 1.5, 3.0]
    assert process.quarters(3) is None
    assert Hidden(TURNS, said(Constant(60.0), Constant(61.0))).quarters(3) == 3.0


def test_what_one_mood_says_redraws_no_other() -> None:
    before = Hidden(TURNS, said(Span(Constant(40.0), Constant(80.0)), Constant(0.0)))
    after = Hidden(TURNS, said(Span(Constant(40.0), Constant(80.0)), Sequence((Constant(1.0), Constant(2.0)))))
    places = np.linspace(0.0, 1.0, 200)
    one, other = before.sampler(context())(places), after.sampler(context())(places)
    assert (one[one > 0.0] == other[other > 2.0]).all()


@pytest.mark.parametrize(
    ("changed", "name"),
    [({"start": "dark"}, "start"), ({"says": said(None, Constant(1.0))}, None),
     ({"length": ByName(("calm",), (Constant(1.0),))}, "length"),
     ({"velocity": ByName(("calm", "dark"), (Constant(1.0),) * 2)}, "velocity"), ({"says": Constant(60.0)}, "says")],
)  # fmt: skip
def test_moods_are_those_of_the_chain(changed: dict, name: str | None) -> None:
    flaw = Hidden(**({"chain": TURNS, "says": said(Constant(60.0), Constant(62.0))} | changed)).flaw("flute")
    assert (flaw and flaw[0]) == name
