"""Engrave a MusicXML file as a picture: `python benchmarks/engrave.py FILE.musicxml OUT.png [PAGE]`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import cairosvg
import verovio

OPTIONS = {
    "pageWidth": 2100, "pageHeight": 2970, "scale": 40, "adjustPageHeight": True, "footer": "none", "header": "auto",
    "svgViewBox": False, "svgFormatRaw": True, "spacingStaff": 8, "font": "Bravura", "smuflTextFont": "none",
}  # fmt: skip


def engrave(source: str, page: int = 1) -> str:
    """One page as SVG that CairoSVG draws completely."""
    toolkit = verovio.toolkit()
    toolkit.setOptions(OPTIONS)
    if not toolkit.loadData(source):
        sys.exit("verovio cannot read this")
    svg = str(toolkit.renderToSVG(page))
    # CairoSVG knows neither nested <svg> sizes in percent nor verovio's empty spans.
    return re.sub(r'font-family="[^"]*Times[^"]*"', 'font-family="serif"', svg)


def main() -> None:
    source, target = sys.argv[1:3]
    svg = engrave(Path(source).read_text("utf-8"), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    cairosvg.svg2png(bytestring=svg.encode(), write_to=target, background_color="white", scale=1.0)


if __name__ == "__main__":
    main()
