"""Reads what is written in `content/`: the people, the rooms and the scenes that are played in them.

A room is a TOML file named by the room's slug; its `scenes` are written as in a play. An empty line ends a scene, and a
line begins with who speaks: `a` to `z` somebody of the room, another one for each letter; `T` one of its teachers; `H`
its host; or a username. Indented lines belong to the message above. Marks before a scene, as in `(evening, once)`, name
the only part of the week in which it is played (see `timetable.py`), and `once` says that it is not played again.
`<name>` is a slot: see `parts.py`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

from edusphere.school.models import Role, RoomKind

CONTENT = files("edusphere.school.demo") / "content"
SPEAKER = re.compile(r"^(\w+): ", re.MULTILINE)

Slots = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Character:
    username: str
    name: str
    called: str
    """How the others address them."""
    role: Role
    bio: str

    @property
    def is_staff(self) -> bool:
        return self.role in (Role.TEACHER, Role.ADMIN)


@dataclass(frozen=True)
class Scene:
    text: str
    parts_of_the_week: frozenset[str]
    """Where alone it fits; empty means anywhere."""
    once: bool

    @cached_property
    def lines(self) -> list[tuple[str, str]]:
        """Who says what, in order."""
        _, *said = SPEAKER.split(self.text)
        return [
            (speaker, re.sub(r"\n +", _outdent, words.strip()))
            for speaker, words in zip(said[::2], said[1::2], strict=True)
        ]


@dataclass(frozen=True, kw_only=True)
class Script:
    """One room, as it is written."""

    slug: str
    name: str
    topic: str
    description: str
    kind: RoomKind = RoomKind.OPEN
    host: str
    moderators: list[str]
    pupils: int
    """How many of them are in it."""
    always: list[str]
    """Pupils who are certainly in it."""
    staff: bool
    """Whether all of the staff are in it."""
    messages: int
    scenes: list[Scene]
    slots: Slots


def read_people() -> list[Character]:
    people = _read("people.toml")
    staff = [
        Character(username, name, called, Role(role), bio) for username, name, called, role, bio in people["staff"]
    ]
    pupils = [Character(username, name, name.split()[0], Role.STUDENT, bio) for username, name, bio in people["pupils"]]
    return staff + pupils


def read_phrases() -> Slots:
    return _read("phrases.toml")


def read_scripts() -> list[Script]:
    return [_read_script(file.name) for file in sorted((CONTENT / "rooms").iterdir(), key=lambda file: file.name)]


def _read_script(file: str) -> Script:
    room = _read(f"rooms/{file}")
    shared = _read(f"{room['borrows']}.toml") if "borrows" in room else {}
    return Script(
        slug=file.removesuffix(".toml"),
        name=room["name"],
        topic=room["topic"],
        description=room["description"],
        kind=RoomKind(room.get("kind", "OPEN")),
        host=room["host"],
        moderators=room.get("moderators", []),
        pupils=room.get("pupils", 0),
        always=room.get("always", []),
        staff=room.get("staff", False),
        messages=room["messages"],
        scenes=_read_scenes(room["scenes"]) + _read_scenes(shared.get("scenes", "")),
        slots={**shared.get("slots", {}), **room["slots"]},
    )


def _read_scenes(text: str) -> list[Scene]:
    scenes = []
    for block in text.strip().split("\n\n"):
        if block:
            _, marks, rest = re.split(r"\A(?:\((.+)\)\n)?", block, maxsplit=1)
            names = frozenset(marks.split(", ")) if marks else frozenset()
            scenes.append(Scene(rest, names - {"once"}, "once" in names))
    return scenes


def _read(file: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / file).read_text(encoding="utf-8"))


def _outdent(indent: re.Match[str]) -> str:
    """Take away the three spaces below a speaker's name, and no more: code keeps its own."""
    return "\n" + indent[0][4:]
