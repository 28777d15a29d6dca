"""The whole demo school as rows, with all that the tables promise each other."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from edusphere.school.demo import timetable
from edusphere.school.demo.parts import Company
from edusphere.school.demo.play import Said, play
from edusphere.school.demo.script import Character, Script, read_people, read_phrases, read_scripts
from edusphere.school.models import ChangeKind, RoomRole

SCHOOL = "Riverside School"
MAIL = "school.example.org"
"""RFC 2606 keeps example.org for examples: no mail to it arrives anywhere."""

Row = dict[str, Any]
Tables = dict[str, list[Row]]
"""The rows of each table by column, tables in an order in which they can be written."""


def make_tables(now: datetime, password: str) -> Tables:
    """Return the school as it is at `now` (with a time zone: the school's hours are in it).

    The same `now` gives the same school. `password` is the hash that everybody gets.
    """
    writer = _Writer(now, password)
    for script in read_scripts():
        writer.write_room(script)
    return writer.tables


class _Writer:
    def __init__(self, now: datetime, password: str) -> None:
        self._now = now
        self._rng = Random(SCHOOL)  # noqa: S311 - the same school every time, not a secret
        self._people = read_people()
        self._phrases = read_phrases()
        self._ids: dict[Character, UUID] = {}
        self.tables: Tables = {
            "school_settings": [{"name": "name", "value": json.dumps(SCHOOL), "updated": self._before_term()}],
            "people": [self._person(person, password) for person in self._people],
            "topics": [],
            "rooms": [],
            "memberships": [],
            "messages": [],
            "changes": [],
        }

    def write_room(self, script: Script) -> None:
        seed = f"{SCHOOL}: {script.slug}"
        company = Company(script, self._people, Random(seed))  # noqa: S311
        said = play(script, company, self._phrases, self._now, seed)
        opened = self._before_term()
        topic = {"id": self._new_id(opened), "name": script.topic, "key": script.topic.casefold()}
        room = {
            "id": self._new_id(opened),
            "kind": script.kind,
            "host_id": self._ids[company.host],
            "slug": script.slug,
            "name": script.name,
            "topic_id": topic["id"],
            "description": script.description,
            "last_number": 0,
            "last_activity": said[-1].at,
            "created": opened,
            "updated": opened,
        }
        messages, changes = self._history(room, said)
        room["last_number"] = len(changes)
        memberships = self._memberships(room, company, messages)
        for table, rows in (
            ("topics", [topic]),
            ("rooms", [room]),
            ("memberships", memberships),
            ("messages", messages),
            ("changes", changes),
        ):
            self.tables[table] += rows

    def _person(self, person: Character, password: str) -> Row:
        came = self._before_term()
        self._ids[person] = self._new_id(came)
        return {
            "id": self._ids[person],
            "username": person.username,
            "email": f"{person.username}@{MAIL}",
            "email_proven": True,
            "name": person.name,
            "bio": person.bio,
            "avatar": "",
            "role": person.role,
            "password": password,
            "created": came,
        }

    def _history(self, room: Row, said: list[Said]) -> tuple[list[Row], list[Row]]:
        """Number what happened: each posting, edit and removal takes the room's next number, as it does live."""
        messages = []
        happened: list[tuple[datetime, ChangeKind, Row]] = []
        for line in said:
            message = {
                "id": self._new_id(line.at),
                "room_id": room["id"],
                "author_id": self._ids[line.by],
                "number": 0,
                "client_id": self._new_id(line.at),
                "body": line.words,
                "edited": line.edited is not None,
                "removed": line.removed,
                "created": line.at,
                "updated": line.removed or line.edited or line.at,
            }
            messages.append(message)
            happened.append((line.at, ChangeKind.POSTED, message))
            if line.edited:
                happened.append((line.edited, ChangeKind.EDITED, message))
            if line.removed:
                happened.append((line.removed, ChangeKind.REMOVED, message))
        happened.sort(key=lambda change: change[0])
        changes = []
        for number, (at, kind, message) in enumerate(happened, start=1):
            if kind is ChangeKind.POSTED:
                message["number"] = number
            changes.append(
                {
                    "room_id": room["id"],
                    "number": number,
                    "kind": kind,
                    "message_id": message["id"],
                    "person_id": message["author_id"],
                    "at": at,
                }
            )
        return messages, changes

    def _memberships(self, room: Row, company: Company, messages: list[Row]) -> list[Row]:
        first = {message["author_id"]: message["created"] for message in reversed(messages)}
        last = {message["author_id"]: message["number"] for message in messages}
        roles = {company.host: RoomRole.HOST} | dict.fromkeys(company.moderators, RoomRole.MODERATOR)
        rows = []
        for person in company.everybody:
            id_ = self._ids[person]
            joined = room["created"]
            if person != company.host:
                latest = min(first.get(id_, self._now), joined + timedelta(days=10))
                joined += self._rng.random() * (latest - joined)
            missed = self._missed()
            read = messages[-missed - 1]["number"] if missed else room["last_number"]
            rows.append(
                {
                    "id": self._new_id(joined),
                    "room_id": room["id"],
                    "person_id": id_,
                    "role": roles.get(person, RoomRole.MEMBER),
                    "read_number": max(read, last.get(id_, 0)),  # nobody writes without having read
                    "joined": joined,
                }
            )
        return rows

    def _missed(self) -> int:
        """Return how many of the last messages somebody has not read yet: mostly few, at times a hundred."""
        low, high = self._rng.choices([(0, 0), (1, 9), (10, 40), (80, 160)], weights=[45, 35, 15, 5])[0]
        return self._rng.randint(low, high)

    def _before_term(self) -> datetime:
        return timetable.beginning(self._now) - timedelta(days=self._rng.uniform(1, 10))

    def _new_id(self, at: datetime) -> UUID:
        """Return the UUIDv7 (RFC 9562) of a moment."""
        milliseconds = int(at.timestamp() * 1000)
        random = self._rng.getrandbits(12) << 64 | 0b10 << 62 | self._rng.getrandbits(62)
        return UUID(int=milliseconds << 80 | 0x7 << 76 | random)
