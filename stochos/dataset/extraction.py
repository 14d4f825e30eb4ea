"""Melodies in music, as Magenta finds them: monophonic parts, parted where a bar is silent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

from stochos.dataset.music import Music, Notes
from stochos.dataset.rules import (
    EMPTY_BARS,
    FOUND,
    OUT_OF_RANGE,
    PLAIN,
    POLYPHONIC,
    SHORT,
    TRUNCATED,
    UNEVEN,
    Report,
    Rules,
)
from stochos.neural.vocabulary import NO_EVENT, NOTE_OFF, clean


def melodies(music: Music, rules: Rules, report: Report) -> Iterator[tuple[int, ...]]:
    """The melodies of a piece, part by part; each starts on a barline. What happened is added to `report`."""
    stretches = _stretches(music)
    for part in music.parts:
        notes = [note for note in part if rules.lowest <= note[2] <= rules.highest]
        report[OUT_OF_RANGE] += len(part) - len(notes)
        if not notes:
            continue
        report[FOUND] += 1
        for start, end, (numerator, denominator) in stretches:
            inside = [note for note in notes if start <= note[0] < end]
            bar, rest = divmod(4 * rules.steps_per_quarter * numerator, denominator)
            if inside and rest:
                report[UNEVEN] += 1
            elif inside:
                grid = quantised(inside, start, end, music.division, rules.steps_per_quarter)
                for events in _runs(grid, bar, rules, report):
                    yield from _kept(events, bar, rules, report)


def _stretches(music: Music) -> list[tuple[float, float, tuple[int, int]]]:
    """Where each meter holds, in ticks; before the first it is 4/4."""
    meters = dict(sorted(music.meters.items()))
    if not any(tick <= 0 for tick in meters):
        meters = {0: (4, 4), **meters}
    changes: list[tuple[int, tuple[int, int]]] = []
    for tick, meter in meters.items():
        if not changes or changes[-1][1] != meter:
            changes.append((tick, meter))
    ends = [*(float(tick) for tick, _ in changes[1:]), inf]
    return [(tick, end, meter) for (tick, meter), end in zip(changes, ends, strict=True)]


def quantised(notes: Notes, start: float, end: float, division: int, steps: int) -> Notes:
    """Notes in steps from `start`, at the latest to `end`: the nearest step, halves up, each a step long at least."""
    scale, half, double = 2 * steps, division - 2 * steps * int(start), 2 * division
    last = inf if end == inf else (int(end) * scale + half) // double
    grid = []
    for onset, release, pitch in notes:
        first = (onset * scale + half) // double
        stop = (release * scale + half) // double
        if first < last:
            grid.append((first, -pitch, int(last) if stop > last else stop if stop > first else first + 1))
    grid.sort()  # of those that start together the highest comes first
    return [(first, stop, -pitch) for first, pitch, stop in grid]


def _runs(notes: Notes, bar: int, rules: Rules, report: Report) -> Iterator[list[int]]:
    """Melodies between silences; none any more where notes start together, unless the top voice is asked for."""
    run: Notes = []
    search = begin = 0
    for note in notes:
        if run:
            onset, release, _ = run[-1]
            if note[0] == onset:
                if rules.top_voice:
                    continue
                report[POLYPHONIC] += 1
                return
            if note[0] - release >= rules.gap_bars * bar:
                yield _events(run, begin)
                search = release + (search - release) % bar
                run = []
        if not run:
            begin = note[0] - (note[0] - search) % bar
        run.append(note)
    if run:
        yield _events(run, begin)


def _events(notes: Notes, begin: int) -> list[int]:
    """Notes as events from a step on, to the end of the last; one that still sounds is cut by the next."""
    events = [NO_EVENT] * (notes[-1][1] - begin)
    for place, (onset, release, pitch) in enumerate(notes):
        events[onset - begin] = pitch
        following = notes[place + 1][0] if place + 1 < len(notes) else release
        if release < following:
            events[release - begin] = NOTE_OFF
    return events


def _kept(events: list[int], bar: int, rules: Rules, report: Report) -> Iterator[tuple[int, ...]]:
    """What of a melody is neither empty, short nor plain."""
    for found in _without_empty_bars(events, bar, rules.least_filled, report):
        if len(found) // bar < rules.least_bars:
            report[SHORT] += 1
            continue
        melody = found[: rules.most_steps]
        report[TRUNCATED] += len(melody) < len(found)
        if len({event % 12 for event in melody if event >= 0}) < rules.least_classes:
            report[PLAIN] += 1
            continue
        yield tuple(melody)


def _without_empty_bars(events: list[int], bar: int, least: float, report: Report) -> Iterator[list[int]]:
    """The music between bars that hardly sound; the first may be a pickup, and the last an end."""
    begin = 0
    filled = _filled(events, bar)
    for number in range(1, -(-len(events) // bar) - 1):
        if filled[number] < least * bar:
            report[EMPTY_BARS] += 1
            yield from _trimmed(events[begin : number * bar])
            begin = (number + 1) * bar
    yield from _trimmed(events[begin:])


def _filled(events: Sequence[int], bar: int) -> list[int]:
    """How many steps sound in each bar."""
    filled = [0] * -(-len(events) // bar)
    sounds = False
    for step, event in enumerate(events):
        if event != NO_EVENT:
            sounds = event >= 0
        if sounds:
            filled[step // bar] += 1
    return filled


def _trimmed(events: list[int]) -> Iterator[list[int]]:
    """Events without a silence at their end; none where they are all silence."""
    first = next((step for step, event in enumerate(events) if event >= 0), None)
    if first is None:
        return
    if NOTE_OFF in events[:first]:
        events = clean(events)
    if NOTE_OFF in events:
        last_off = len(events) - 1 - events[::-1].index(NOTE_OFF)
        if all(event == NO_EVENT for event in events[last_off + 1 :]):
            events = events[:last_off]
    yield events
