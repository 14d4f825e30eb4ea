"""The command line: the only part of stochos that prints."""

import gc

gc.set_threshold(50_000, 20, 20)  # what loads stays: to look through it for waste takes a twentieth of a start
