"""Make the pictures of the README and the gallery: `python -m benchmarks.pictures [FOLDER]`, docs/images by default."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import cairosvg

import stochos
from benchmarks.engrave import engrave
from stochos.realization import Realization

ROOT = Path(__file__).parents[1]
WIDTH, ROW = 1200, 7
COLOURS = ("#1f5f8b", "#c8553d", "#4c956c", "#8a5a9e")


def readme_score() -> str:
    """The first score of the README."""
    found = re.search(r"```stoch\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def piano_roll(piece: Realization) -> str:
    """The notes as SVG: time to the right, pitch up, loudness as opacity; a line at each section."""
    notes = [note for part in piece.parts for note in part.notes]
    low, high = min(n.pitch for n in notes) - 2, max(n.pitch for n in notes) + 2
    height = (high - low + 1) * ROW
    x = WIDTH / piece.duration
    marks = [f'<rect width="{WIDTH}" height="{height}" fill="#fbfaf7"/>']
    for bar in piece.bars:
        colour, width = ("#888", 1.5) if bar.section else ("#e4e0d8", 1)
        at = bar.onset * x
        marks.append(f'<path d="M{at:.1f} 0V{height}" stroke="{colour}" stroke-width="{width}"/>')
        if bar.section:
            marks.append(f'<text x="{at + 6:.1f}" y="16" font-family="serif" font-size="15">{bar.section}</text>')
    for part, colour in zip(piece.parts, COLOURS, strict=False):
        for n in part.notes:
            box = f'x="{n.onset * x:.1f}" y="{(high - n.pitch) * ROW}" width="{max(n.duration * x, 3):.1f}"'
            loud = 0.35 + 0.65 * (n.velocity or 76) / 127
            marks.append(f'<rect {box} height="{ROW - 1}" rx="2" fill="{colour}" fill-opacity="{loud:.2f}"/>')
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">{"".join(marks)}</svg>'


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place:
        score = Path(place) / "first-rain.stoch"
        score.write_text(readme_score(), "utf-8")
        piece = stochos.compose(score)
    draw(page(piece), folder / "first-rain-page.png")
    draw(piano_roll(piece), folder / "first-rain-roll.png")
    for score in sorted((ROOT / "scores" / "gallery").glob("*.stoch")):
        draw(page(stochos.compose(score)), folder / f"gallery-{score.stem}.png")


def page(piece: Realization) -> str:
    """The first page as SVG."""
    return engrave(stochos.render(piece, ["musicxml"])["musicxml"].decode())


def draw(svg: str, target: Path) -> None:
    cairosvg.svg2png(bytestring=svg.encode(), write_to=str(target), output_width=WIDTH, background_color="white")
    print(target)


if __name__ == "__main__":
    main()
