"""Endings: what a process learns from has to lead on, where the score says that it does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stochos.check.arguments import Given
from stochos.check.report import Report
from stochos.music.pitch import spell
from stochos.process.passage import Token


def leads_on(process: Any, written: Iterable[Given], report: Report) -> bool:
    """Whether a process has no dead ends; reported where it does."""
    if not hasattr(process, "dead_ends") or not (states := process.dead_ends()):
        return True
    given = [g for g in written if g.argument.name == "from"][-1]
    names = " ".join(_name(state) for state in states)
    report.add(
        "STO502", given.source, given.argument.value.span,
        f"`{names}` leads nowhere: this music ends on it for the first time",
        hint="write `wrap: yes`, so that the end leads to the beginning, or another `dead_end`",
    )  # fmt: skip
    return False


def _name(state: Token) -> str:
    if state.step is not None:
        return f"{state.step:+g}st"
    return "+".join(str(spell(pitch, 0)) for pitch in state.pitches) or "r"
