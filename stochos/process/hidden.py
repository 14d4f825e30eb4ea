"""Hidden chains: what is heard hangs on a state that is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from stochos.process.certainty import each, uniforms
from stochos.process.chain import Chain
from stochos.process.course import Course
from stochos.process.morph import Morph
from stochos.process.passage import Events, Frame
from stochos.process.pulse import SHORTEST, certain_sum, grid
from stochos.process.value import ByName, Constant, Context, Floats, Quantity, Sampler, Value, parameter, pick
from stochos.process.walk import Walk

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLAIN = 1.0
"""Quarter notes: the length of a note where nothing is said."""

_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Hidden:
    """A chain of moods that nobody hears; in each of them notes are drawn by a law of its own.

    chain   the moods, states with names, and what follows them
    says    what is drawn in each mood; None: silence
    length  quarter notes of every note, > 0, or of those of each mood
    velocity  1..127, or of each mood; None: by the dynamics in force
    every   from mood to mood, quarter notes, > 0; None: a mood for each note
    start   the first mood; None: any of them, each as likely
    Source: the hidden Markov model; Baum and Petrie, Ann. Math. Statist. 37 (1966).
    """

    chain: Chain | Morph = parameter(Quantity.MOODS, "moods, named by words")
    says: ByName = parameter(
        Quantity.SAME, "what is drawn in each mood; in a line `off` is silence", by_state=True, silent=True
    )
    length: Value | ByName | None = parameter(
        Quantity.LENGTH, "of every note, or by mood", default=None, above=0.0, by_state=True
    )
    velocity: Value | ByName | None = parameter(
        Quantity.VELOCITY, "1..127 or a dynamic, or by mood", default=None, by_state=True
    )
    every: Value | None = parameter(
        Quantity.LENGTH, "from mood to mood; by default each note has its own", default=None, above=0.0
    )
    start: str | None = parameter(Quantity.LABEL, "the first mood", default=None)

    def flaw(self, part: str) -> tuple[str, str] | None:
        """The argument that does not fit the others, and why."""
        moods = self.moods
        if self.start is not None and self.start not in moods:
            return "start", f"the chain has no mood `{self.start}`: it has {', '.join(moods)}"
        if not isinstance(self.says, ByName):
            return "says", f"`says` tells what each mood draws: `{{{moods[0]}: C4..G4, …}}`"
        sounding = [mood for mood in moods if mood not in self.says.names or self.says[mood] is not None]
        said = (("says", self.says, moods), ("length", self.length, moods), ("velocity", self.velocity, sounding))
        flaws = ((name, value.flaw(moods, needed)) for name, value, needed in said if isinstance(value, ByName))
        return next(((name, flaw) for name, flaw in flaws if flaw), None)

    @property
    def moods(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(state.name for state in self.chain.states)

    def play(self, frame: Frame) -> Events:
        """Notes and silences, one after the other."""
        context = frame.context
        mood = self.course(context)
        pitch = self._in_moods(self.says, replace(context.at("says"), allowed=frame.allowed))
        length = self._in_moods(self.length or Constant(PLAIN), context.at("length"))
        velocity = self._in_moods(self.velocity or Constant(0.0), context.at("velocity"))
        notes: list[tuple[float, float, float, float]] = []
        end, most = context.duration - _SLACK, np.inf if frame.count is None else frame.count
        now = 0.0
        while now < end and len(notes) < most:
            place = now / context.duration
            at = mood(place)
            lasting = max(length[at](place), SHORTEST)
            if not self._is_silent(at):
                notes.append((now, min(lasting, context.duration - now), pitch[at](place), velocity[at](place)))
            now += lasting
        onset, duration, pitches, velocities = np.array(notes, dtype=np.float64).reshape(-1, 4).T
        return Events(onset, duration, pitches, velocities if self.velocity else None)

    def sampler(self, context: Context) -> Sampler:
        """What the moods say."""
        mood = self.course(context)
        samplers = [said.sampler(place) for said, place in self._said(self.says, context)]

        def draw(places: Floats) -> Floats:
            which: NDArray[np.intp] = np.array([mood(place) for place in places.tolist()], dtype=np.intp)
            return pick(samplers, which, places)

        return draw

    def quarters(self, count: int) -> float | None:
        """How long `count` notes last, where no mood is silent and all have the same lengths; None: chance decides."""
        alike = None if isinstance(self.length, ByName) else self.length or Constant(PLAIN)
        return None if any(said is None for said in self.says.items) else certain_sum(alike, count)

    def course(self, context: Context) -> Callable[[float], int]:
        """The moods by number, asked for at one place 0..1 after the other."""
        chain = self.chain
        walk = Walk(chain.at(0.0) if isinstance(chain, Morph) else chain)
        first = -1 if self.start is None else self.moods.index(self.start)
        course = Course(
            walk, chain if isinstance(chain, Morph) else None,
            order=lambda place: float(chain.order), temperature=lambda place: 1.0, permitted=lambda place: (None, None),
            least=None, most=None, start=None if first < 0 else lambda place: first, restarts=False,
            chances=uniforms(context.at("moods").rng()), coins=iter(()),
        )  # fmt: skip
        if self.every is None:
            return course
        points = grid(self.every, context.at("every"), context.duration) / context.duration
        drawn: list[int] = []

        def mood(place: float) -> int:
            number = max(int(np.searchsorted(points, place + _SLACK, side="right")) - 1, 0)
            drawn.extend(course(float(point)) for point in points[len(drawn) : number + 1])
            return drawn[number]

        return mood

    def _is_silent(self, mood: int) -> bool:
        return self.says[self.moods[mood]] is None

    def _in_moods(self, value: Value | ByName, context: Context) -> list[Callable[[float], float]]:
        """What draws in each mood; one for all where nothing is said by mood."""
        if not isinstance(value, ByName):
            return [each(value, context)] * len(self.moods)
        return [each(said, place) for said, place in self._said(value, context)]

    def _said(self, value: ByName, context: Context) -> list[tuple[Value, Context]]:
        """What holds in each mood, and where it is drawn; in silence anything."""
        known = dict(zip(value.names, value.items, strict=True))
        return [
            (known.get(mood) or Constant(0.0), replace(context.at(mood), allowed=context.allowed))
            for mood in self.moods
        ]
