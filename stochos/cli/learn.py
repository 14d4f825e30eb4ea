"""Learning: from files of music to a chain that a composer can read, change and play."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice, pairwise
from pathlib import Path

from stochos.check.library import Unavailable
from stochos.check.material import TUNE_FILES, tokens_of
from stochos.check.words import listed
from stochos.cli.states import States
from stochos.diagnostics import Diagnostic, SourceError
from stochos.library import Files
from stochos.music.pitch import spell
from stochos.music.tune import Tune
from stochos.process.chain import Chain, Counts, Memory, count
from stochos.process.passage import Token
from stochos.process.stationary import LongRun, long_run
from stochos.source import Source, Span

_LONGEST = Fraction(8)
_PLACES = 4
_SHOWN = 8
_STAND_IN = "    C4: C4"
_PIANO = 21, 108
_PLAIN = {Fraction(4, d): str(d) for d in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48)}
_DOTTED = {Fraction(4, d) * (2 - Fraction(1, 2**dots)): f"{d}{'.' * dots}" for d in (1, 2, 4, 8, 16) for dots in (1, 2)}


@dataclass(frozen=True)
class Lesson:
    """What was learned.

    counts  of all that was heard
    rows    from each memory to what follows and how often, without what is rare, the oldest first heard first
    rare    how many transitions were left out
    ends    dead ends: the last states of a piece, and its name
    """

    states: States
    counts: Counts
    rows: dict[Memory, dict[int, float]]
    rare: int
    ends: tuple[tuple[Memory, str], ...]

    @cached_property
    def chain(self) -> Chain:
        """The chain as it will be written."""
        named = self.counts.states
        return Chain.written(
            ([named[i] for i in memory], [(named[i], often) for i, often in row.items()])
            for memory, row in self.rows.items()
        )

    @cached_property
    def long_run(self) -> LongRun:
        """What the chain comes to."""
        return long_run(self.chain)

    @cached_property
    def shares(self) -> dict[Token, float]:
        """How often each state comes in the long run, the most frequent first."""
        shares = zip(self.chain.states, self.long_run.shares, strict=True)
        return dict(sorted(shares, key=lambda entry: -entry[1]))

    @cached_property
    def written(self) -> tuple[str, ...]:
        """Every state as a score writes it."""
        return tuple(written(state, self.states) for state in self.counts.states)

    def name(self, state: int) -> str:
        """A state as a score writes it."""
        return self.written[state]

    def names(self, memory: Memory) -> str:
        """Several of them."""
        return " ".join(map(self.name, memory))


# --- listening --------------------------------------------------------------------------------


def heard(files: Sequence[str], states: States) -> list[tuple[str, tuple[Token, ...]]]:
    """The first part of each file or piece of the corpus, as states. SourceError for what cannot be read."""
    library = Files(Path.cwd(), allow_outside=True)
    found = []
    problems = []
    for name in files:
        source = Source(name, "")
        try:
            is_file = Path(name).suffix.lower() in TUNE_FILES
            tune = library.tune(name, source) if is_file else _of_corpus(library, name)
            tokens = stated(tokens_of(tune, 0, None), states)
            if not any(token.pitches or token.number or token.length for token in tokens):
                raise Unavailable("STO504", "there are no notes in this")
            found.append((name, tokens))
        except Unavailable as refusal:
            problems.append(Diagnostic(refusal.code, Span(0, 0), refusal.message, source, hint=refusal.hint))
    if problems:
        raise SourceError(problems)
    return found


def _of_corpus(library: Files, name: str) -> Tune:
    """A piece of the corpus; `Unavailable` where there is none, or something else of that name lies here."""
    try:
        return library.corpus(name)
    except Unavailable:
        path = Path(name)
        if not path.exists():
            raise
        said = "is a folder, not a file" if path.is_dir() else "is no file of music"
        raise Unavailable("STO602", f"`{name}` {said}", f"it learns from {listed(sorted(TUNE_FILES))}") from None


def stated(tokens: Sequence[Token], states: States) -> tuple[Token, ...]:
    """Music as states of a kind; of a chord its highest note."""
    notes = [(token.pitches[-1] if token.pitches else None, token.length) for token in tokens]
    while notes and notes[0][0] is None:
        notes.pop(0)
    while notes and notes[-1][0] is None:
        notes.pop()
    pitches = [pitch for pitch, _ in notes if pitch is not None]
    match states:
        case States.NOTE:
            return tuple(Token(() if p is None else (p,), float(_simple(length))) for p, length in notes)
        case States.PITCH:
            return tuple(Token((pitch,), 0.0) for pitch in pitches)
        case States.INTERVAL:
            return tuple(Token((), 0.0, float(after - before)) for before, after in pairwise(pitches))
        case States.LENGTH:
            gaps: list[float] = []
            for pitch, length in notes:
                if pitch is None:
                    gaps[-1] += length
                else:
                    gaps.append(length)
            return tuple(Token((), 0.0, float(_simple(gap))) for gap in gaps)


def _simple(quarters: float) -> Fraction:
    """The nearest length that is a multiple of a 1/32 or of a 1/48, at least one and at most two whole notes."""
    near = (max(Fraction(round(quarters * parts), parts), Fraction(1, parts)) for parts in (8, 12))
    return min(min(near, key=lambda length: abs(length - quarters)), _LONGEST)


# --- learning ---------------------------------------------------------------------------------


def learn(pieces: Sequence[tuple[str, tuple[Token, ...]]], order: int, states: States, fold: float) -> Lesson:
    """Count what follows what, and leave out what is rarer than `fold`; what is left is shared as before.

    A piece whose last states nothing followed, anywhere, leads on to its own beginning.
    """
    plain = count([(tokens, False) for _, tokens in pieces], order)
    index = {state: i for i, state in enumerate(plain.states)}
    lasts = [tuple(index[token] for token in tokens[len(tokens) - min(order, len(tokens)) :]) for _, tokens in pieces]
    is_dead = [len(last) < order or last not in plain.tables[order] for last in lasts]
    counts = count([(tokens, dead) for (_, tokens), dead in zip(pieces, is_dead, strict=True)], order)
    frequent = {memory: _frequent(row, fold) for memory, row in counts.tables[order].items()}
    begins = [_opening(tuple(index[token] for token in tokens), order) for _, tokens in pieces]
    rows = _reached(frequent, begins)
    rare = sum(map(len, counts.tables[order].values())) - sum(map(len, rows.values()))
    ends = {last: name for last, dead, (name, _) in zip(lasts, is_dead, pieces, strict=True) if dead}
    return Lesson(states, counts, rows, rare, tuple(ends.items()))


def _frequent(row: dict[int, float], fold: float) -> dict[int, float]:
    """What is not rare in a row, the likeliest first; that one always stays."""
    total, ranked = sum(row.values()), sorted(row.items(), key=lambda entry: -entry[1])
    return {state: often for i, (state, often) in enumerate(ranked) if i == 0 or often / total >= fold}


def _opening(piece: Memory, order: int) -> Memory:
    """The first memory of a piece: one that is shorter goes round."""
    return tuple(piece[i % len(piece)] for i in range(order))


def _reached(rows: dict[Memory, dict[int, float]], begins: Iterable[Memory]) -> dict[Memory, dict[int, float]]:
    """The rows that a walk from some memories can come to, in their order."""
    waiting = [memory for memory in dict.fromkeys(begins) if memory in rows]
    met = set(waiting)
    for memory in waiting:
        for state in rows[memory]:
            following = (*memory[1:], state)
            if following not in met:
                met.add(following)
                waiting.append(following)
    return {memory: row for memory, row in rows.items() if memory in met}


# --- writing ----------------------------------------------------------------------------------


def score_of(lesson: Lesson, name: str, sources: Sequence[str]) -> str:
    """A score with the chain as `let NAME`, which other scores may import, and eight bars of it."""
    from stochos.format import format_score, laid_out

    order = len(next(iter(lesson.rows)))
    kind = {States.NOTE: "notes with their lengths", States.PITCH: "pitches", States.LENGTH: "lengths"}
    lines = [
        f"// What follows what in {_listed(sources)}: {kind.get(lesson.states, 'intervals')}, order {order}",
        *(f"// {line}" for line in told(lesson)),
        f"let {name} = @chain {{",
        _STAND_IN,  # thousands of rows would be long to read again
        "}",
        *_played(lesson, name),
    ]
    text = format_score(Source(f"{name}.stoch", "\n".join(lines) + "\n"))
    rows = "\n".join(laid_out((f"    {row}", f"// {counted}") for row, counted in _rows(lesson)))
    return text.replace(f"{{\n{_STAND_IN}\n}}", f"{{\n{rows}\n}}", 1)


def told(lesson: Lesson) -> list[str]:
    """What is to be known of a chain, in a few lines."""
    shares = lesson.shares
    alone = sum(len(row) == 1 for row in lesson.rows.values())
    heard = sum(lesson.counts.tables[0][()].values())
    often = ", ".join(f"{written(state, lesson.states)} {share:.1%}" for state, share in islice(shares.items(), _SHOWN))
    rows = f"rows: {len(lesson.rows):,}, {alone:,} of them with a single way on"
    lines = [
        f"{rows}; states: {len(shares):,}, {heard:,.0f} heard",
        f"in the long run: {often}{', …' if len(shares) > _SHOWN else ''}",
        f"entropy: {lesson.long_run.entropy:.3f} bit a step",
    ]
    if lesson.rare:
        lines.append(f"{lesson.rare} rare transitions are left out")
    ends = lesson.ends[:_SHOWN]
    lines += [f"dead end: {lesson.names(end)} in {name}; it leads back to the beginning" for end, name in ends]
    if len(lesson.ends) > len(ends):
        lines.append(f"and {len(lesson.ends) - len(ends)} dead ends more, each back to the beginning of its piece")
    return lines


def _rows(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Each row as a score writes it, and how often each of its chances was counted."""
    for memory, row in lesson.rows.items():
        total = sum(row.values())
        shares = _rounded([often / total for often in row.values()])
        targets = [lesson.name(state) for state in row]
        chances = targets if len(row) == 1 else [f"{t} {share}" for t, share in zip(targets, shares, strict=True)]
        yield f"{lesson.names(memory)}: {', '.join(chances)}", " ".join(f"{often:g}" for often in row.values())


def _rounded(shares: Sequence[float]) -> list[str]:
    """Shares in decimals that sum to 1 just so: the largest remainders are rounded up."""
    unit = 10**_PLACES
    down = [int(share * unit) for share in shares]
    missing = unit - sum(down)
    upwards = sorted(range(len(shares)), key=lambda i: down[i] - shares[i] * unit)[:missing]
    return [f"{(whole + (i in upwards)) / unit:.{_PLACES}f}".rstrip("0") for i, whole in enumerate(down)]


def _played(lesson: Lesson, name: str) -> list[str]:
    """A part and a section in which the chain sounds."""
    pitches = [pitch for state in lesson.counts.states for pitch in state.pitches]
    low, high = min([_PIANO[0], *pitches]), max([_PIANO[1], *pitches])
    wider = "" if (low, high) == _PIANO else f" in {spell(low, 0)}..{spell(high, 0)}"
    match lesson.states:
        case States.NOTE:
            playing = f"@markov(chain: ${name})"
        case States.PITCH:
            playing = f"@markov(chain: ${name}, length: 1/8)"
        case States.INTERVAL:
            playing = f"@markov(chain: ${name}, start: C5, length: 1/8, within: C4..C6)"
        case States.LENGTH:
            playing = f"@cloud(onsets: @pulse(every: @markov(chain: ${name})), pitch: C4..C6)"
    return [f'part piano = "Piano"{wider}', f"section A 8 bars {{ piano: {playing} fill }}"]


def written(state: Token, states: States) -> str:
    """A state as a score writes it."""
    match states:
        case States.NOTE:
            return f"{spell(state.pitches[0], 0) if state.pitches else 'r'}:{_duration(Fraction(state.length))}"
        case States.PITCH:
            return str(spell(state.pitches[0], 0))
        case States.INTERVAL:
            return f"{state.number:+g}st" if state.number else "0st"
        case States.LENGTH:
            whole = _simple(state.number or 0.0) / 4
            return f"{whole.numerator}/{whole.denominator}"


def _duration(quarters: Fraction) -> str:
    """Quarter notes as a note value, several added up where one is not enough."""
    left, values = _simple(float(quarters)), []
    while left > 0:
        length = left if left in _DOTTED else next(plain for plain in _PLAIN if plain <= left)
        values.append(_PLAIN.get(length) or _DOTTED[length])
        left -= length
    return "+".join(values)


def let_name(path: Path | None) -> str:
    """A name for the chain, after the file that it is written to."""
    from stochos.parse.pieces import CLAUSES, HEADING, LINES, RESERVED, STRUCTURE

    stem = re.sub(r"\W+", "_", path.stem).strip("_").lower() if path else ""
    if not re.fullmatch(r"[^\W0-9]\w*", stem):
        return "chain"
    return f"{stem}_chain" if stem in {*HEADING, *LINES, *RESERVED, *STRUCTURE, *CLAUSES} else stem


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    names = [" ".join(name.split()) for name in names]
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
