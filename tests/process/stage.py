"""A place for processes to play in."""

import zlib
from dataclasses import replace

import numpy as np

from stochos.process.passage import Frame
from stochos.process.value import Constant, Context


def context(duration: float = 8.0, seed: int = 1, seconds: float = 0.5) -> Context:
    return Context(
        duration,
        lambda places: np.full(len(places), seconds),
        lambda name: np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())])),
        longest=seconds,
    )


def frame(duration: float = 16.0, **changes: object) -> Frame:
    plain = Frame(
        context=context(duration), count=None, low=Constant(0.0), high=Constant(127.0),
        allowed=np.ones(128, dtype=bool), key=0, before=(), network=None,
    )  # fmt: skip
    return replace(plain, **changes)
