"""Settings: tempo, meter, key and the rest, in the heading, at a section, at a bar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from stochos import tree
from stochos.check.names import Scope
from stochos.check.ramps import ramp_places
from stochos.check.report import Report
from stochos.diagnostics import Fix, Related, nearest
from stochos.music.pitch import MODES, Key, is_pitch_class
from stochos.music.time import QUARTER, Meter, Tempo
from stochos.source import Span

DEFAULT_SEED = 1
SLOWEST, FASTEST = 5, 1000
_NOTE_VALUES = (1, 2, 4, 8, 16, 32, 64)
OF_SECTIONS = ("tempo", "meter", "key", "grid", "tuplets")
OF_BARS = ("tempo", "meter", "key")


@dataclass(frozen=True)
class TempoSetting:
    """A tempo as written.

    points  (place 0..1 in its extent, quarter notes a minute, curve that leads there)
    beat    ticks of the note value that is counted, or None: the meter's beat
    """

    points: tuple[tuple[float, float, str], ...]
    text: str
    beat: int | None

    def over(self, onset: int, end: int, meter: Meter) -> tuple[Tempo, ...]:
        """The tempo marks from `onset`; ramps run until `end`."""
        beat = self.beat or meter.beat
        if len(self.points) == 1:
            bpm = self.points[0][1]
            return (Tempo(onset, bpm, onset, bpm, "", self.text, beat),)
        return tuple(
            Tempo(
                onset + round(a[0] * (end - onset)), a[1], onset + round(b[0] * (end - onset)), b[1], b[2],
                self.text if i == 0 else "", beat,
            )
            for i, (a, b) in enumerate(zip(self.points, self.points[1:], strict=False))
        )  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """What is in force; a section's own settings go on top of the heading's."""

    title: str = ""
    composer: str = ""
    copyright: str = ""
    tempo: TempoSetting = TempoSetting(((0.0, 120.0, ""),), "", None)
    meter: Meter = Meter(4, 4)
    meter_span: Span | None = None
    key: Key = Key("C")
    seed: int = DEFAULT_SEED
    pickup: int = 0
    pickup_span: Span | None = None
    grid: int = QUARTER // 4
    tuplets: tuple[int, ...] = (3,)


def _respelt(key: Key) -> Key:
    """The key that sounds alike and has the smaller signature: Ab major for G# major."""
    tonics = (f"{step}{sign}" for step in "CDEFGAB" for sign in ("", "#", "b"))
    same = (Key(tonic, key.mode) for tonic in tonics if Key(tonic).pitch_class == key.pitch_class)
    return min(same, key=lambda other: abs(other.fifths))


class Reader:
    """Reads settings of one file."""

    def __init__(self, report: Report, scope: Scope) -> None:
        self._report, self._scope = report, scope

    def apply(
        self, base: Settings, settings: tuple[tree.Setting, ...], allowed: tuple[str, ...] | None, *, has_extent: bool
    ) -> Settings:
        """`base` with settings on top. allowed: their names, None = all; has_extent: whether ramps may run."""
        seen: dict[str, tree.Setting] = {}
        for setting in settings:
            if allowed is not None and setting.name not in allowed:
                self._complain(
                    "STO105",
                    setting.span,
                    f"`{setting.name}` belongs {'at the section' if setting.name in OF_SECTIONS else 'in the heading'}",
                    hint=f"here stand {', '.join(allowed)}",
                )
                continue
            if setting.name in seen:
                first = Related(seen[setting.name].span, "first set here")
                self._complain("STO310", setting.span, f"`{setting.name}` is set twice", related=(first,))
                continue
            seen[setting.name] = setting
            base = self._one(base, setting, has_extent)
        return base

    def _one(self, base: Settings, setting: tree.Setting, has_extent: bool) -> Settings:
        match setting.name, setting.values:
            case ("title" | "composer" | "copyright") as name, (tree.Text(text=text),):
                texts: dict[str, Any] = {name: text}
                return replace(base, **texts)
            case "tempo", _:
                tempo = self._tempo(setting, has_extent)
                return replace(base, tempo=tempo) if tempo else base
            case "meter", (tree.NoteValue() as value,):
                meter = self._meter(value)
                return replace(base, meter=meter, meter_span=setting.span) if meter else base
            case "key", (tree.Word(word=tonic), tree.Word(word=mode)):
                key = self._key(tonic, mode, setting)
                return replace(base, key=key) if key else base
            case "seed", (tree.Number(value=value, unit=""),) if value >= 0 and value.denominator == 1:
                return replace(base, seed=int(value))
            case "seed", _:
                self._complain("STO403", setting.span, "a seed is a whole number, 0 or more", hint="write `seed 1958`")
            case "pickup", (tree.NoteValue() as value,):
                ticks = self._ticks(value, setting)
                return replace(base, pickup=ticks, pickup_span=setting.span) if ticks else base
            case "grid", (tree.NoteValue() as value,):
                ticks = self._ticks(value, setting)
                if ticks and not 630 <= ticks <= 4 * QUARTER:
                    self._complain("STO403", setting.span, "a grid lies between 1/64 and 1/1")
                    return base
                return replace(base, grid=ticks) if ticks else base
            case "tuplets", numbers:
                return self._tuplets(base, numbers, setting)
            case _:
                self._complain("STO401", setting.span, f"`{setting.name}` cannot be set to this")
        return base

    def _complain(self, code: str, span: Span, message: str, **more: object) -> None:
        self._report.add(code, self._scope.source, span, message, **more)  # type: ignore[arg-type]

    def _tuplets(self, base: Settings, numbers: tuple[tree.Value, ...], setting: tree.Setting) -> Settings:
        found = tuple(int(n.value) for n in numbers if isinstance(n, tree.Number) and n.value in (3, 5, 6, 7, 9))
        if len(found) != len(numbers):
            self._complain("STO403", setting.span, "tuplets are 3, 5, 6, 7 or 9", hint="write `tuplets 3 5`")
            return base
        return replace(base, tuplets=tuple(sorted(set(found))))

    def _ticks(self, value: tree.NoteValue, setting: tree.Setting) -> int | None:
        ticks = Fraction(4 * QUARTER * value.numerator, value.denominator or 1)
        if value.denominator not in _NOTE_VALUES or ticks.denominator != 1 or ticks <= 0:
            self._complain("STO209", setting.span, f"`{setting.name}` wants a note value such as 1/16")
            return None
        return int(ticks)

    def _meter(self, value: tree.NoteValue) -> Meter | None:
        if value.denominator not in _NOTE_VALUES or not 1 <= value.numerator <= 64:
            self._complain(
                "STO403", value.span, f"{value.numerator}/{value.denominator} is no meter",
                hint="the lower number is a note value: 1, 2, 4, 8, 16, 32 or 64",
            )  # fmt: skip
            return None
        return Meter(value.numerator, value.denominator)

    def _key(self, tonic: str, mode: str, setting: tree.Setting) -> Key | None:
        if not is_pitch_class(tonic):
            self._complain("STO307", setting.span, f"`{tonic}` is no tonic", hint="write `key D minor`, `key Bb major`")
            return None
        if mode not in MODES:
            close = nearest(mode, MODES)
            span = setting.values[1].span
            self._complain(
                "STO307", span, f"no mode is called `{mode}`", fix=Fix(span, close) if close else None,
                hint=f"did you mean `{close}`?" if close else "modes: " + ", ".join(MODES),
            )  # fmt: skip
            return None
        key = Key(tonic, mode)
        if not -7 <= key.fifths <= 7:
            signs = f"{abs(key.fifths)} {'sharps' if key.fifths > 0 else 'flats'}"
            other = _respelt(key)
            self._complain(
                "STO307", setting.span, f"{key} has {signs}; a signature holds 7", hint=f"write `key {other}`",
                fix=Fix(setting.values[0].span, other.tonic),
            )  # fmt: skip
            return None
        return key

    def _tempo(self, setting: tree.Setting, has_extent: bool) -> TempoSetting | None:
        values = list(setting.values)
        beat = None
        if values and isinstance(values[0], tree.NoteValue):
            beat = self._ticks(values.pop(0), setting)  # type: ignore[arg-type]
        text = values.pop().text if values and isinstance(values[-1], tree.Text) else ""  # type: ignore[union-attr]
        if len(values) != 1 or not isinstance(values[0], tree.Number | tree.Ramp):
            self._complain(
                "STO401", setting.span, "a tempo is a number of quarter notes a minute", hint="write `tempo 84`"
            )
            return None
        node = values[0]
        if isinstance(node, tree.Number):
            places: tuple[float, ...] = (0.0,)
            numbers, curves = [node], [""]
        else:
            if not has_extent:
                self._complain(
                    "STO208", node.span, "a tempo ramp needs a section to run over",
                    hint="write it at a section: `section storm 4 bars, tempo 84 -> 140 { … }`",
                )  # fmt: skip
                return None
            found = ramp_places(node)
            numbers = [n for n in (node.start, *(p.value for p in node.points)) if isinstance(n, tree.Number)]
            curves = ["", *(p.curve for p in node.points)]
            if found is None or len(numbers) != len(curves):
                self._complain("STO409", node.span, "a tempo ramp goes from number to number, its places rising")
                return None
            places = found
        scale = Fraction(beat or QUARTER, QUARTER)
        for n in numbers:
            if n.unit:
                self._complain("STO402", n.span, f"the unit `{n.unit}` does not fit: a tempo counts beats a minute")
                return None
            if not SLOWEST <= n.value * scale <= FASTEST:
                self._complain("STO403", n.span, f"a tempo lies between {SLOWEST} and {FASTEST} quarter notes a minute")
                return None
        bpm = [float(n.value * scale) for n in numbers]
        if len(places) > 1 and places[-1] < 1:
            places, bpm, curves = (*places, 1.0), [*bpm, bpm[-1]], [*curves, ""]
        return TempoSetting(tuple(zip(places, bpm, curves, strict=True)), text, beat)
