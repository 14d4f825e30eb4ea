"""From text to tree: what was written, or everything that is wrong with how it is written."""

from stochos.parse.parse import Lexeme, lexemes, parse, parse_partial, table

__all__ = ["Lexeme", "lexemes", "parse", "parse_partial", "table"]
