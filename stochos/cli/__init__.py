"""The command line: the only part of stochos that prints."""
