"""Who plays what in a scene, and what stands in its slots."""

from __future__ import annotations

import re
from datetime import datetime
from random import Random

from edusphere.school.demo import timetable
from edusphere.school.demo.script import Character, Scene, Script, Slots

SLOT = re.compile(r"<(\w+)>")


class Company:
    """The people of one room."""

    def __init__(self, script: Script, people: list[Character], rng: Random) -> None:
        self._by_username = {person.username: person for person in people}
        self.host = self._by_username[script.host]
        self.moderators = [self._by_username[username] for username in script.moderators]
        certain = [self._by_username[username] for username in script.always]
        others = [person for person in people if not person.is_staff and person not in {self.host, *certain}]
        pupils = certain + rng.sample(others, min(len(others), script.pupils - len(certain)))
        staff = [person for person in people if person.is_staff] if script.staff else []
        self.everybody = list(dict.fromkeys([self.host, *self.moderators, *staff, *pupils]))
        # Teachers take a pupil's lines only where they are among themselves.
        voices = pupils or [person for person in staff if person != self.host]
        self._talkative = {person: rng.paretovariate(1.5) for person in voices}

    def cast(self, scene: Scene, rng: Random) -> dict[str, Character]:
        """Return who speaks for each name in the scene. Nobody plays in a scene that talks about them."""
        free = sorted(
            (person for person in self._talkative if person.called not in scene.text),
            key=lambda person: rng.random() ** (1 / self._talkative[person]),  # weighted, without repeats
        )
        teachers = [person for person in (self.host, *self.moderators) if person.is_staff]
        parts: dict[str, Character] = {}
        for speaker in dict.fromkeys(speaker for speaker, _ in scene.lines):
            if speaker == "H":
                parts[speaker] = self.host
            elif speaker == "T":
                parts[speaker] = rng.choice(teachers)
            elif len(speaker) == 1:
                parts[speaker] = free.pop()
            else:
                parts[speaker] = self._by_username[speaker]
        return parts


class Prompter:
    """Fills the slots of one scene.

    A part's name gives how that person is addressed; `tomorrow`, `day` and `date` a time to come; a phrase
    (`thanks`, `ok`, …) is another one each time, unless the room has its own; a slot of the room is the same throughout
    the scene.
    """

    def __init__(self, parts: dict[str, Character], at: datetime, slots: Slots, phrases: Slots, rng: Random) -> None:
        self._held = {part: person.called for part, person in parts.items()}
        self._held |= {
            "tomorrow": timetable.tomorrow(at),
            "day": timetable.coming_day(at, rng),
            "date": timetable.coming_date(at, rng),
        }
        self._slots = slots
        self._phrases = phrases
        self._rng = rng

    def prompt(self, words: str) -> str:
        return SLOT.sub(self._fill, self._rng.choice(words.split(" || ")))

    def _fill(self, slot: re.Match[str]) -> str:
        name = slot[1]
        if name not in self._held and name in self._slots:
            self._held[name] = self._rng.choice(self._slots[name])
        return self._held.get(name) or self._rng.choice(self._phrases[name])
