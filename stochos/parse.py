"""From text to tree: what was written, or everything that is wrong with how it is written."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from lark import Lark
from lark.exceptions import UnexpectedInput

from stochos import tree
from stochos.builder import Builder
from stochos.diagnostics import Diagnostic, SourceError
from stochos.slips import Slip
from stochos.source import Source, Span


def parse(source: Source) -> tree.Score:
    """The score as it is written; SourceError with every syntax problem of the file."""
    score, problems = parse_partial(source)
    if problems:
        raise SourceError(problems)
    return score


def parse_partial(source: Source) -> tuple[tree.Score, tuple[Diagnostic, ...]]:
    """What could be read of a score, and what is wrong with the rest."""
    try:
        score = _grammar().parse(source.text, start="score")
    except Slip as slip:
        return tree.Score(()), (slip.diagnostic(source),)
    except UnexpectedInput as wrong:
        at = wrong.pos_in_stream
        at = len(source.text) if at is None else at
        return tree.Score(()), (Slip("STO101", Span(at, at), "unexpected text").diagnostic(source),)
    return score, ()


@cache
def _grammar() -> Lark:
    text = files("grammar").joinpath("stoch.lark").read_text("utf-8")
    return Lark(text, parser="lalr", lexer="contextual", start=["score"], maybe_placeholders=False, transformer=Builder())
