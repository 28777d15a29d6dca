"""Plays a room's scenes over eight weeks: who said what, and when."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from edusphere.school.demo import timetable
from edusphere.school.demo.parts import Company, Prompter
from edusphere.school.demo.script import Character, Scene, Script, Slots

EDITED = 0.025
"""How many of the messages were edited by their authors."""
TAKEN_BACK = 0.008
"""How many more were slips, and taken back."""


@dataclass(frozen=True, slots=True)
class Said:
    at: datetime
    by: Character
    words: str
    edited: datetime | None = None
    removed: datetime | None = None


def play(script: Script, company: Company, phrases: Slots, now: datetime, seed: str) -> list[Said]:
    """Return exactly as many messages as the script asks for, in order of time, all before `now`."""
    slips = round(script.messages * TAKEN_BACK)
    wanted = script.messages - slips
    count = wanted * len(script.scenes) / sum(len(scene.lines) for scene in script.scenes)
    while True:
        rng = Random(seed)  # noqa: S311 - the same play every time, not a secret
        acts = [*_acts(script, company, phrases, now, math.ceil(count), rng)]
        if sum(map(len, acts)) >= wanted:
            break
        count *= 1.01
    _shorten(acts, wanted, rng)
    said = [line for act in acts for line in act]
    said = [_perhaps_edited(line, now, rng) for line in said]
    settled = [line for line in said if line.at < now - timedelta(minutes=5)]
    said += [_slip(line, phrases, rng) for line in rng.sample(settled, slips)]
    return sorted(said, key=lambda line: line.at)


def _acts(
    script: Script, company: Company, phrases: Slots, now: datetime, count: int, rng: Random
) -> Iterator[list[Said]]:
    deck = Deck(script.scenes, rng)
    quiet_since = timetable.beginning(now)
    for drawn in timetable.draw_times(now, count, rng):
        at = max(drawn, quiet_since)  # one conversation at a time
        scene = deck.deal(timetable.parts_of_the_week(at))
        parts = company.cast(scene, rng)
        prompter = Prompter(parts, at, script.slots, phrases, rng)
        act = []
        for speaker, words in scene.lines:
            act.append(Said(at, parts[speaker], _in_their_way(prompter.prompt(words), parts[speaker])))
            at += _pause(parts[speaker], words, rng)
        quiet_since = at + timedelta(minutes=3)
        yield [line for line in act if line.at < now]


class Deck:
    """Deals scenes so that one comes again only after most of the others."""

    def __init__(self, scenes: list[Scene], rng: Random) -> None:
        self._rng = rng
        self._scenes = rng.sample(scenes, len(scenes))

    def deal(self, parts_of_the_week: set[str]) -> Scene:
        scene = next(scene for scene in self._scenes if scene.parts_of_the_week <= parts_of_the_week)
        self._scenes.remove(scene)
        if not scene.once:
            self._scenes.insert(self._rng.randint(len(self._scenes) * 2 // 3, len(self._scenes)), scene)
        return scene


def _in_their_way(words: str, speaker: Character) -> str:
    """Grown-ups begin with a capital letter, whatever stood in the slot."""
    return words[0].upper() + words[1:] if speaker.is_staff else words


def _pause(speaker: Character, words: str, rng: Random) -> timedelta:
    thinking = rng.lognormvariate(math.log(120 if speaker.is_staff else 50), 0.8)
    return timedelta(seconds=min(thinking, 1200) + len(words) * 0.15)


def _shorten(acts: list[list[Said]], wanted: int, rng: Random) -> None:
    """Leave out last words here and there: a conversation may do without them, a beginning may not be missing."""
    for _ in range(sum(map(len, acts)) - wanted):
        rng.choice([act for act in acts if len(act) > 3]).pop()


def _perhaps_edited(said: Said, now: datetime, rng: Random) -> Said:
    at = said.at + timedelta(seconds=rng.uniform(12, 240))
    return replace(said, edited=at) if rng.random() < EDITED and at < now else said


def _slip(after: Said, phrases: Slots, rng: Random) -> Said:
    at = after.at + timedelta(seconds=rng.uniform(4, 20))
    removed = at + timedelta(seconds=rng.uniform(6, 90))
    return Said(at, after.by, rng.choice(phrases["slip"]), removed=removed)
