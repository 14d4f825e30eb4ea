"""Scores to start from: what `stochos new` and `stochos gallery` write."""

from __future__ import annotations

from stochos.shipped import shipped

_TEXT = """\
// A first score. `stochos compile {file}.stoch` makes a MIDI file and a page of it.
title "{title}"
tempo 72
meter 4/4
key D minor

part flute = "Flute"
part vibes = "Vibraphone"

// Notes bound to a name: $call plays them.
let call = | A4:4. G4:8 F4:4 E4 | D4:2 r |

section A 8 bars {{
  // two written bars, then a trained network goes on from them
  flute: mf $call @lstm(model: basic, temperature: 0.8, scale: key) fill
  // a cloud that grows from one note a bar to eight
  vibes: @poisson(density: 1/bar -> 8/bar, pitch: A4..F6, scale: key, length: 1/8, velocity: p -> f) fill
}}

// A once, and A' with fresh draws
form A A'
"""


def starter(name: str) -> str:
    """A score called `name` that compiles."""
    title = name.replace("-", " ").replace("_", " ").strip().capitalize() or "Untitled"
    return _TEXT.format(file=name, title=title.replace("\\", "").replace('"', "'"))


def studies() -> dict[str, str]:
    """The studies of the gallery, by name."""
    return {path.stem: path.read_text("utf-8") for path in sorted((shipped("scores") / "gallery").glob("*.stoch"))}


def title_of(score: str) -> str:
    """The title that a study gives itself, and after whom."""
    quoted = [line.split('"')[1] for line in score.splitlines() if line.startswith(("title ", "composer "))]
    return ", ".join(quoted)
