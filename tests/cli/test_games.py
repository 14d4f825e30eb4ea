"""`stochos game`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., object]
DUEL = """part flute = "Flute"
part cello = "Violoncello"
let high = { C6:8 D6 }
let low = { C4:4 }
let field = @game(parts: [flute, cello], every: 1/1, payoff: [[2, -1], [-1, 1]], tactics: [$high, $low])
section A 8 bars {
  flute: { @field fill } >> octave(1)
  cello: @field(tactics: [$low, `C3:1`]) fill
}
form A A' A
"""


def test_the_best_play_and_the_score_are_told(stochos: Run, tmp_path: Path) -> None:
    (tmp_path / "duel.stoch").write_text(DUEL, encoding="utf-8")
    told = stochos("game", "duel.stoch").out
    assert told.count("flute against cello, 8 turns") == 2
    assert re.search(r"^  flute +1 +2\n  best +2/5 +3/5\n +0\.4 +0\.6\n  played", told, re.M)
    assert "best play is worth 1/5 = 0.2 a turn to flute: +1.6 in all" in told
    won = [line.split() for line in told.splitlines() if line.split()[:1] and line.split()[0].isdigit()]
    assert [int(w[0]) for w in won] == [*range(1, 9), *range(1, 9)]
    counted = [[int(n) for n in line.split()[1:]] for line in told.splitlines() if line.startswith("  played")]
    assert counted[:2] == [[sum(w[column] == str(n) for w in won[:8]) for n in (1, 2)] for column in (1, 2)]
    total = 0
    for number, first, second, wins, score in won:
        total = int(wins) + (total if number != "1" else 0)
        assert int(wins) == [[2, -1], [-1, 1]][int(first) - 1][int(second) - 1]
        assert int(score) == total


def test_a_score_without_one_says_so(stochos: Run) -> None:
    assert "nobody plays a game" in stochos("game", "two.stoch").err
