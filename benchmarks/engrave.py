"""Engrave a MusicXML file as a picture: `python benchmarks/engrave.py FILE.musicxml OUT.png [PAGE]`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import cairosvg
import verovio

OPTIONS = {
    "pageWidth": 2100, "pageHeight": 2970, "scale": 60, "adjustPageHeight": True, "footer": "none",
    "font": "Bravura", "smuflTextFont": "none", "svgFormatRaw": True, "xmlIdSeed": 1,
}  # fmt: skip
TEXT_NOTES = {"\ueca3": "\U0001d15e", "\ueca5": "\u2669", "\ueca7": "\u266a", "\ueca9": "\u266c", "\uecb7": ".",
              "\uea64": "\u266d", "\uea66": "\u266f"}  # fmt: skip
"""Note values in tempo marks, accidentals in chord symbols: from verovio's music font, which CairoSVG has not, to what
text fonts have."""


def engrave(source: str, page: int = 1) -> str:
    """One page as SVG that CairoSVG draws completely."""
    toolkit = verovio.toolkit()
    toolkit.setOptions(OPTIONS)
    if not toolkit.loadData(source):
        sys.exit("verovio cannot read this")
    svg = str(toolkit.renderToSVG(page))
    plain = re.compile(r'<tspan font-family="Bravura" font-size="(\d+)px">([^<]*)</tspan>')
    return plain.sub(_as_text, svg).replace('font-family="serif"', 'font-family="Times New Roman"')


def _as_text(found: re.Match[str]) -> str:
    text = "".join(TEXT_NOTES.get(sign, sign) for sign in found[2])
    return f'<tspan font-family="DejaVu Sans" font-size="{int(found[1]) * 5 // 7}px">{text}</tspan>'


def main() -> None:
    source, target = sys.argv[1:3]
    svg = engrave(Path(source).read_text("utf-8"), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    cairosvg.svg2png(bytestring=svg.encode(), write_to=target, background_color="white")


if __name__ == "__main__":
    main()
