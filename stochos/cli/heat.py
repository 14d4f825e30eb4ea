"""Heat maps: how likely each state of a chain follows each, in the terminal and as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from stochos.cli.learn import Lesson, written

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHADES, _ASCII = " ░▒▓█", " .+*#"
_MOST_ROWS = 24
_CELL = 2
PICTURES = (".svg", ".png")


@dataclass(frozen=True, slots=True)
class Heat:
    """names: of the states; chances: [from, to], one step back."""

    names: tuple[str, ...]
    chances: tuple[tuple[float, ...], ...]


def heat_of(lesson: Lesson, most: int | None = None) -> Heat:
    """The states in order of pitch or size; only the `most` frequent ones, where there are more."""
    chain = lesson.chain
    chosen = list(lesson.shares)[:most]
    chosen.sort(key=lambda state: (not state.pitches, state.pitches, state.number or 0.0, state.length))
    index = {state: i for i, state in enumerate(chain.states)}
    rows = []
    for state in chosen:
        row = chain.row((index[state],))
        found = dict(zip(*row, strict=True)) if row else {}
        rows.append(tuple(found.get(index[after], 0.0) for after in chosen))
    return Heat(tuple(written(state, lesson.states) for state in chosen), tuple(rows))


def heat_map(lesson: Lesson, width: int, unicode: bool) -> list[str]:
    """Lines of at most `width` columns: from the state at the left to the state above; darker is likelier."""
    label = max(len(written(state, lesson.states)) for state in lesson.chain.states) + 1
    heat = heat_of(lesson, max(1, min(_MOST_ROWS, (width - label) // _CELL)))
    shades = _SHADES if unicode else _ASCII
    tall = max(map(len, heat.names))
    heads = [name.rjust(tall) for name in heat.names]
    lines = ["from the states at the left to those above; the darker, the likelier"]
    lines += [" " * label + "".join(head[i].rjust(_CELL) for head in heads) for i in range(tall)]
    for name, row in zip(heat.names, heat.chances, strict=True):
        cells = (
            shades[min(int(chance * len(shades)) + (0 < chance < 1 / len(shades)), len(shades) - 1)] * _CELL
            for chance in row
        )
        lines.append(name.ljust(label) + "".join(cells))
    left_out = len(lesson.chain.states) - len(heat.names)
    if left_out:
        lines.append(f"and {left_out} states that come more rarely")
    return [line.rstrip() for line in lines]


def picture(lesson: Lesson, title: str, ending: str) -> bytes:
    """The same of all states, as the bytes of an SVG or PNG."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    heat = heat_of(lesson)
    size = max(4.0, 0.22 * len(heat.names) + 1.5)
    with rc_context({"svg.hashsalt": "stochos", "svg.fonttype": "none"}):
        figure = Figure(figsize=(size + 1.0, size), layout="constrained")
        _draw(figure, heat, title)
        made = BytesIO()
        figure.savefig(made, format=ending.lstrip("."), metadata={"Date": None} if ending == ".svg" else None)
    return made.getvalue()


def _draw(figure: Figure, heat: Heat, title: str) -> None:
    axes = figure.subplots()
    image = axes.imshow(heat.chances, cmap="Greys", vmin=0.0, vmax=1.0)
    axes.set_xticks(range(len(heat.names)), heat.names, rotation=90)
    axes.set_yticks(range(len(heat.names)), heat.names)
    axes.set_xlabel("to")
    axes.set_ylabel("from")
    axes.set_title(title)
    figure.colorbar(image, ax=axes, label="chance")
