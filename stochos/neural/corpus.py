"""Melodies to learn from: the folk tunes that music21 carries, on a grid of sixteenths, each tune once.

Only the tokens of music21's ABC reader are used: they are a hundred times quicker to make than its streams.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

from music21 import abcFormat, common, pitch

from stochos.neural.encoding import Encoding
from stochos.neural.melodies import DroppedError, Tune, fit, group_versions, sides
from stochos.neural.vocabulary import STEPS_PER_QUARTER, Tone

_FIELD = re.compile(r"^([A-Za-z]:|%)")
_ORNAMENTS = re.compile(r'"[^"]*"|!\w*!|\{[^}]*\}|`|\\$|[uvTHLMPRS~.](?!:)|\((?!\d)|\)|(?<=[<>])-')
_ABC_VERSION = (2, 1, 0)  # accidentals hold to the barline, as these files mean them; music21's default forgets them


def load_tunes(encoding: Encoding, collections: Iterable[str], cache: Path) -> tuple[list[Tune], dict[str, int]]:
    """All usable tunes of music21's collections, and how many were kept and dropped for each reason.

    cache  JSON file: read where it exists, otherwise written after a minute or so of reading ABC
    """
    if cache.exists():
        stored = json.loads(cache.read_text())
        names, events, groups = zip(*stored["tunes"], strict=True)
        held_out = sides(names, groups)
        tunes = [Tune(*each, held_out[each[2]]) for each in zip(names, map(tuple, events), groups, strict=True)]
        return tunes, stored["report"]
    report: Counter[str] = Counter()
    melodies: dict[tuple[int, ...], str] = {}
    for collection in collections:
        for identity, tokens in _read_collection(collection):
            report[f"{collection}: found"] += 1
            try:
                events = fit(tones_from_tokens(tokens), encoding)
                if events in melodies:
                    raise DroppedError("the same as another")
            except DroppedError as reason:
                report[f"dropped: {reason}"] += 1
            else:
                report[f"{collection}: kept"] += 1
                melodies[events] = identity
    tunes = group_versions({identity: events for events, identity in melodies.items()})
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_text(json.dumps({"tunes": [[t.identity, t.events, t.group] for t in tunes], "report": report}))
    return tunes, dict(report)


def corpus_folder() -> Path:
    """Where music21's corpus lies."""
    return Path(common.getSourceFilePath()) / "corpus"


def _read_collection(name: str) -> Iterator[tuple[str, list[abcFormat.ABCToken]]]:
    folder = corpus_folder() / name
    for file in sorted(folder.glob("*.abc")):
        text = file.read_text(encoding="utf-8", errors="replace")
        for block in re.split(r"(?m)^(?=X:)", text)[1:]:
            number = block[2:].split("\n", 1)[0].strip()
            yield f"{name}/{file.stem}/{number}", tokens_of(block)


def tokens_of(abc: str) -> list[abcFormat.ABCToken]:
    """music21's tokens of one ABC tune, ornaments, slurs and chord names left out; none where it cannot be read."""
    lines = [line if _FIELD.match(line) else _ORNAMENTS.sub("", line) for line in abc.splitlines()]
    handler = abcFormat.ABCHandler(abcVersion=_ABC_VERSION)
    try:
        handler.process("\n".join(lines) + "\n")
    except Exception:  # music21 raises whatever its parser trips over; a tune that it cannot read is only left out
        return []
    return list(handler.tokens)


def tones_from_tokens(tokens: Iterable[abcFormat.ABCToken]) -> list[Tone]:
    """The melody as written, repeats once with their last ending; `DroppedError` where it is not one on the grid."""
    tones: list[Tone] = []
    clock = Fraction(0)
    tied = first_ending = False
    for token in tokens:
        if isinstance(token, abcFormat.ABCMetadata) and token.isVoice():
            raise DroppedError("several voices")
        if isinstance(token, abcFormat.ABCBar):
            bracket = token.isRepeatBracket()
            first_ending = bracket == 1 if bracket else first_ending and not token.isRepeat()
        if isinstance(token, abcFormat.ABCTie):
            tied = True
        if not isinstance(token, abcFormat.ABCNote) or token.inGrace or first_ending:
            continue
        onset, clock = clock, clock + _steps(token)
        if onset.denominator != 1 or clock.denominator != 1 or clock == onset:
            raise DroppedError("not on the grid of sixteenths")
        sounding = _highest(token)
        if sounding is not None:
            if tied and tones and tones[-1].pitch == sounding and tones[-1].onset + tones[-1].duration == onset:
                tones[-1] = Tone(tones[-1].onset, int(clock) - tones[-1].onset, sounding)
            else:
                tones.append(Tone(int(onset), int(clock - onset), sounding))
        tied = False
    return tones


def _steps(token: abcFormat.ABCNote) -> Fraction:
    written = Fraction(token.quarterLength).limit_denominator(96)
    if token.activeTuplet is not None:
        written *= Fraction(token.activeTuplet.tupletMultiplier())
    return written * STEPS_PER_QUARTER


def _highest(token: abcFormat.ABCNote) -> int | None:
    """MIDI pitch of a note or of the top of a chord; None for a rest."""
    if isinstance(token, abcFormat.ABCChord):
        return max((p for p in map(_highest, token.subTokens) if p is not None), default=None)
    return None if token.pitchName is None else int(pitch.Pitch(token.pitchName).midi)
