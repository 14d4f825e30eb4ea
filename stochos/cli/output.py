"""Where a compiled piece goes: the files of each take."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from stochos.diagnostics import nearest
from stochos.pipeline import FORMATS

_ENDINGS = {ending: name for name, endings in FORMATS.items() for ending in endings}
_FOREIGN = frozenset(
    ".abc .aiff .csv .flac .json .ly .mp3 .mxl .ogg .pdf .png .stoch .svg .txt .wav".split()  # noqa: SIM905 - a list
)


def formats_of(text: str) -> tuple[str, ...]:
    """The formats named in `midi,musicxml`; BadParameter for one that is none."""
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in FORMATS:
            guess = nearest(name, FORMATS)
            known = f"did you mean `{guess}`?" if guess else f"there are {', '.join(FORMATS)}"
            raise typer.BadParameter(f"no format is called `{name}`; {known}", param_hint="--formats")
    if not names:
        raise typer.BadParameter(f"name at least one of {', '.join(FORMATS)}", param_hint="--formats")
    return tuple(dict.fromkeys(names))


def targets(file: str, output: Path | None, formats: str | None, takes: int) -> list[dict[str, Path]]:
    """Path of each format for each take.

    output  one file where it has a known ending; otherwise a folder; None: beside `file`
    """
    name = "stdin" if file == "-" else Path(file).stem
    if output is not None and not output.is_dir():
        ending = output.suffix.lower()
        if ending in _ENDINGS:
            chosen = _ENDINGS[ending]
            if formats is not None and formats_of(formats) != (chosen,):
                raise typer.BadParameter(f"`{output.name}` is {chosen}, and --formats asks for {formats}")
            return [{chosen: _numbered(output, take, takes)} for take in range(1, takes + 1)]
        if ending in _FOREIGN:
            known = " ".join(_ENDINGS)
            raise typer.BadParameter(f"`{ending}` files cannot be written; these can: {known}", param_hint="--output")
    if file == "-" and output is None:
        raise typer.BadParameter("a score from standard input needs a place to go", param_hint="--output")
    folder = Path(file).parent if output is None else output
    wanted = formats_of(formats) if formats is not None else tuple(FORMATS)
    return [
        {each: _numbered(folder / f"{name}{FORMATS[each][0]}", take, takes) for each in wanted}
        for take in range(1, takes + 1)
    ]


def _numbered(path: Path, take: int, takes: int) -> Path:
    return path if takes == 1 else path.with_name(f"{path.stem}-{take}{path.suffix}")


def listed(paths: Sequence[Path]) -> str:
    """Some paths, in a sentence."""
    return " and ".join(str(path) for path in paths)
