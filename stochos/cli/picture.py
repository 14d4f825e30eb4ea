"""Pictures of a few shapes, written as SVG (text, the same bytes anywhere) or as PNG."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import TypeAlias

PAPER, INK, FAINT, RULE = "#fbfaf7", "#2b2a28", "#6e6a63", "#dedad1"
"""The paper is painted, so that a picture reads alike on a light page and on a dark one."""
_FONT, _CODE = "Helvetica, Arial, sans-serif", "Menlo, Consolas, monospace"
_CORNER = 6

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Filled rectangles: left, top, width, height of each."""

    boxes: tuple[tuple[float, float, float, float], ...]
    colour: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through some points."""

    points: tuple[Point, ...]
    colour: str
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Words:
    """Text whose foot stands at a point. anchor: "start", "middle" or "end" is there; code: as one writes it."""

    at: Point
    text: str
    colour: str = FAINT
    size: float = 11.0
    anchor: str = "middle"
    code: bool = False


Shape: TypeAlias = Blocks | Stroke | Words


@dataclass(frozen=True, slots=True)
class Picture:
    """Shapes on paper; the origin is the upper left corner, the unit a pixel."""

    width: int
    height: int
    shapes: tuple[Shape, ...]

    def written(self, kind: str) -> bytes:
        """The bytes of a "svg" or "png"."""
        return self._svg().encode() if kind == "svg" else self._png()

    def _svg(self) -> str:
        size = f'width="{self.width}" height="{self.height}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {self.width} {self.height}">'
        paper = f'<rect {size} rx="{_CORNER}" fill="{PAPER}"/>'
        return "\n".join([head, paper, *map(_element, self.shapes), "</svg>", ""])

    def _png(self) -> bytes:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
        from matplotlib.patches import Rectangle

        dots = 100
        with rc_context({"font.family": "sans-serif"}):
            figure = Figure(figsize=(self.width / dots, self.height / dots), dpi=2 * dots, facecolor=PAPER)
            axes = figure.add_axes((0, 0, 1, 1), xlim=(0, self.width), ylim=(self.height, 0))
            axes.axis("off")
            points = 72 / dots
            for order, shape in enumerate(self.shapes):
                match shape:
                    case Blocks(boxes, colour, opacity):
                        for x, y, width, height in boxes:
                            box = Rectangle((x, y), width, height, color=colour, alpha=opacity, lw=0, zorder=order)
                            axes.add_patch(box)
                    case Stroke(line, colour, width):
                        axes.plot(*zip(*line, strict=True), color=colour, linewidth=width * points, zorder=order)
                    case Words(at, text, colour, size, anchor, code):
                        side = {"start": "left", "middle": "center", "end": "right"}[anchor]
                        family = "monospace" if code else "sans-serif"
                        axes.text(*at, text.replace("$", r"\$"), color=colour, fontsize=size * points, ha=side,
                                  va="baseline", family=family, zorder=order)  # fmt: skip
            page = BytesIO()
            figure.savefig(page, format="png")
        return page.getvalue()


def _element(shape: Shape) -> str:
    match shape:
        case Blocks(boxes, colour, opacity):
            path = "".join(f"M{_n(x)} {_n(y)}h{_n(w)}v{_n(h)}h{_n(-w)}z" for x, y, w, h in boxes)
            faded = "" if opacity == 1.0 else f' fill-opacity="{_n(opacity)}"'
            return f'<path d="{path}" fill="{colour}"{faded}/>'
        case Stroke(points, colour, width):
            path = "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
            joined = ' stroke-linejoin="round"' if len(points) > 2 else ""
            return f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="{_n(width)}"{joined}/>'
        case Words((x, y), text, colour, size, anchor, code):
            side = "" if anchor == "start" else f' text-anchor="{anchor}"'
            look = f'font-family="{_CODE if code else _FONT}" font-size="{_n(size)}"'
            return f'<text x="{_n(x)}" y="{_n(y)}"{side} {look} fill="{colour}">{escape(text)}</text>'


def _n(number: float) -> str:
    """A number with at most one decimal (two below 1), and no -0."""
    return f"{round(number, 1 if abs(number) >= 1 else 2) + 0.0:g}"
