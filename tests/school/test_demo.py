"""The demo school keeps every promise that the tables make, and reads like a school."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from edusphere.database import Database
from edusphere.errors import Conflict
from edusphere.school import words
from edusphere.school.demo import PASSWORD, fill, timetable
from edusphere.school.demo.parts import Company, Prompter
from edusphere.school.demo.script import read_people, read_phrases, read_scripts
from edusphere.school.demo.tables import Row, Tables, make_tables
from edusphere.school.passwords import Passwords
from edusphere.school.standing import settle

NOW = datetime(2025, 11, 24, 14, 30, tzinfo=ZoneInfo("Europe/Riga"))
MOMENTS = {
    "a Monday afternoon": NOW,
    "a Sunday night": datetime(2026, 3, 29, 23, 59, tzinfo=ZoneInfo("Europe/Riga")),
    "the first lesson, in another zone": datetime(2026, 9, 1, 8, 1, tzinfo=ZoneInfo("America/New_York")),
    "midnight, in UTC": datetime(2024, 2, 29, tzinfo=UTC),
}


@cache
def tables_at(now: datetime) -> Tables:
    return make_tables(now, "a hash")


@pytest.fixture(scope="module", params=list(MOMENTS.values()), ids=list(MOMENTS))
def tables(request: pytest.FixtureRequest) -> Tables:
    return tables_at(request.param)


@pytest.fixture(scope="module")
def monday() -> Tables:
    return tables_at(NOW)


def by_room(rows: list[Row]) -> Iterator[tuple[Any, list[Row]]]:
    rooms: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        rooms[row["room_id"]].append(row)
    return iter(rooms.items())


def test_the_school_has_sixty_people_twelve_rooms_and_ten_thousand_messages(tables: Tables) -> None:
    assert (len(tables["people"]), len(tables["rooms"]), len(tables["messages"])) == (60, 12, 10_000)
    assert Counter(person["role"] for person in tables["people"]) == {"STUDENT": 50, "TEACHER": 9, "ADMIN": 1}
    assert Counter(room["kind"] for room in tables["rooms"])["OPEN"] > 6


def test_a_room_counts_its_changes_from_one_without_holes_in_order_of_time(tables: Tables) -> None:
    last = {room["id"]: room["last_number"] for room in tables["rooms"]}
    for room_id, changes in by_room(tables["changes"]):
        assert [change["number"] for change in changes] == list(range(1, last[room_id] + 1))
        assert all(earlier["at"] <= later["at"] for earlier, later in pairwise(changes))


def test_a_message_has_the_number_of_the_change_that_posted_it(tables: Tables) -> None:
    posted = {change["message_id"]: change for change in tables["changes"] if change["kind"] == "POSTED"}
    assert len(posted) == len(tables["messages"])
    for message in tables["messages"]:
        change = posted[message["id"]]
        assert (change["room_id"], change["number"]) == (message["room_id"], message["number"])
        assert (change["person_id"], change["at"]) == (message["author_id"], message["created"])


def test_what_was_edited_or_removed_says_when_and_by_whom(tables: Tables) -> None:
    changes: dict[Any, dict[str, Row]] = defaultdict(dict)
    for change in tables["changes"]:
        changes[change["message_id"]][change["kind"]] = change
    for message in tables["messages"]:
        own = changes[message["id"]]
        assert ("EDITED" in own, "REMOVED" in own) == (message["edited"], message["removed"] is not None)
        assert message["updated"] == max(change["at"] for change in own.values())
        assert {change["person_id"] for change in own.values()} == {message["author_id"]}
    assert 100 < sum(message["edited"] for message in tables["messages"]) < 600
    assert 20 < sum(message["removed"] is not None for message in tables["messages"]) < 200


def test_only_members_write_and_only_after_they_came(tables: Tables) -> None:
    joined = {(row["room_id"], row["person_id"]): row["joined"] for row in tables["memberships"]}
    assert len(joined) == len(tables["memberships"])
    for message in tables["messages"]:
        assert joined[message["room_id"], message["author_id"]] <= message["created"]


def test_every_room_has_one_host_its_own_address_and_a_topic(tables: Tables) -> None:
    hosts = {row["room_id"]: row["person_id"] for row in tables["memberships"] if row["role"] == "HOST"}
    assert hosts == {room["id"]: room["host_id"] for room in tables["rooms"]}
    assert sum(row["role"] == "HOST" for row in tables["memberships"]) == len(tables["rooms"])
    assert len({(room["host_id"], room["slug"]) for room in tables["rooms"]}) == len(tables["rooms"])
    topics = {topic["id"]: topic for topic in tables["topics"]}
    for room in tables["rooms"]:
        assert topics[room["topic_id"]]["key"] == topics[room["topic_id"]]["name"].casefold()
        assert words.slug(room["name"]) == room["slug"]


def test_a_room_was_last_alive_when_somebody_last_wrote(tables: Tables) -> None:
    last = {room_id: max(message["created"] for message in rows) for room_id, rows in by_room(tables["messages"])}
    assert last == {room["id"]: room["last_activity"] for room in tables["rooms"]}


def test_nobody_has_read_what_is_not_written_nor_missed_their_own_words(tables: Tables) -> None:
    last = {room["id"]: room["last_number"] for room in tables["rooms"]}
    read = {(row["room_id"], row["person_id"]): row["read_number"] for row in tables["memberships"]}
    assert all(0 <= number <= last[room_id] for (room_id, _), number in read.items())
    for message in tables["messages"]:
        assert message["number"] <= read[message["room_id"], message["author_id"]]


def test_most_have_read_nearly_everything_and_some_have_catching_up_to_do(tables: Tables) -> None:
    last = {room["id"]: room["last_number"] for room in tables["rooms"]}
    missed = [last[row["room_id"]] - row["read_number"] for row in tables["memberships"]]
    assert 0.3 < sum(number == 0 for number in missed) / len(missed) < 0.7
    assert sum(number > 5 for number in missed) / len(missed) > 0.1


def test_all_of_it_could_have_been_typed(monday: Tables) -> None:
    for message in monday["messages"]:
        assert words.body(message["body"], 4_000) == message["body"]
    for room in monday["rooms"]:
        assert words.line(room["name"], 200) == room["name"]
        assert words.line(room["description"], 500) == room["description"]
    for person in monday["people"]:
        assert words.username(person["username"]) == person["username"]
        assert words.email(person["email"]) == person["email"]
        assert words.line(person["name"], 200) == person["name"]
        assert words.prose(person["bio"], 500) == person["bio"]


def test_people_are_as_the_register_wants_them(tables: Tables) -> None:
    for column in ("id", "username", "email", "name"):
        assert len({person[column] for person in tables["people"]}) == len(tables["people"])
    for person in tables["people"]:
        assert person["email"].endswith(".example.org")
        assert person["bio"]


def test_every_id_is_a_uuid_of_its_own_and_of_its_time(tables: Tables) -> None:
    ids = [row["id"] for rows in tables.values() for row in rows if "id" in row]
    assert len(set(ids)) == len(ids)
    assert {(id_.version, id_.variant) for id_ in ids} == {(7, "specified in RFC 4122")}
    for message in tables["messages"]:
        assert abs((message["id"].int >> 80) / 1000 - message["created"].timestamp()) < 1


def test_nothing_is_said_in_the_future_or_before_the_eight_weeks() -> None:
    for now in MOMENTS.values():
        changes = tables_at(now)["changes"]
        assert now - timedelta(weeks=8) < min(change["at"] for change in changes)
        assert max(change["at"] for change in changes) < now


def test_nights_are_quiet_and_weekends_are_thin(monday: Tables) -> None:
    times = [message["created"] for message in monday["messages"]]
    assert not [at for at in times if at.hour < 7 or at.hour >= 22]
    assert 0 < sum(at.weekday() >= 5 for at in times) / len(times) < 0.1


def test_the_same_moment_gives_the_same_school(monday: Tables) -> None:
    assert make_tables(NOW, "a hash") == monday


def test_a_week_later_the_same_words_are_said_a_week_later(monday: Tables) -> None:
    later = make_tables(NOW + timedelta(weeks=1), "a hash")
    dated = [index for index, message in enumerate(monday["messages"]) if not re.search(r"\d [A-Z]", message["body"])]
    assert len(dated) > 9_000
    for index in dated:
        before, after = monday["messages"][index], later["messages"][index]
        assert (after["created"] - before["created"], after["body"]) == (timedelta(weeks=1), before["body"])


def test_no_conversation_comes_twice_within_a_screenful(monday: Tables) -> None:
    for _, messages in by_room(monday["messages"]):
        long = [message["body"] for message in messages if len(message["body"]) > 40]
        for start in range(len(long) - 20):
            assert len(set(long[start : start + 20])) == 20, long[start : start + 20]


def test_every_scene_can_be_played_by_the_people_of_its_room() -> None:
    phrases = read_phrases()
    for script in read_scripts():
        rng = Random(1)
        company = Company(script, read_people(), rng)
        for scene in script.scenes:
            assert scene.parts_of_the_week <= {"morning", "day", "lunch", "evening", "friday", "weekend"}
            parts = company.cast(scene, rng)
            assert len(set(parts.values())) >= len(parts) - ("T" in parts)
            assert set(parts.values()) <= set(company.everybody)
            prompter = Prompter(parts, NOW, script.slots, phrases, rng)
            for _, line in scene.lines:
                assert prompter.prompt(line).strip()


def test_tomorrow_is_the_next_school_day() -> None:
    friday = datetime(2025, 11, 28, 12, tzinfo=UTC)
    assert timetable.tomorrow(friday) == "Monday"
    assert timetable.tomorrow(friday - timedelta(days=1)) == "tomorrow"
    assert timetable.tomorrow(friday + timedelta(days=2)) == "tomorrow"
    rng = Random(1)
    for ahead in range(7):
        day = friday + timedelta(days=ahead)
        assert timetable.coming_day(day, rng) in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


async def count(database: Database, table: str) -> int:
    row = await database.row(f"SELECT count(*) FROM {table}")  # noqa: S608
    assert row is not None
    return int(row["count"])


async def test_an_empty_school_is_filled_at_once_and_its_logins_are_told(database: Database) -> None:
    began = time.perf_counter()
    passwords = Passwords(1)
    logins = await fill(database, now=NOW, hash_password=passwords.keep)
    assert time.perf_counter() - began < 60
    for table, rows in tables_at(NOW).items():
        assert await count(database, table) >= len(rows)
    assert [login.role for login in logins.people] == ["ADMIN", "TEACHER", "TEACHER", "STUDENT", "STUDENT", "GUARDIAN"]
    for login in logins.people:
        person = await database.row("SELECT * FROM people WHERE email = $1", login.email)
        assert person is not None
        assert person["username"] == login.username
        assert await passwords.is_right(person["password"], logins.password)
        assert login.email in str(logins)
    assert logins.password in str(logins)


async def test_its_courses_are_as_if_they_had_been_opened_by_hand(database: Database) -> None:
    await fill(database, now=NOW, hash_password=Passwords(1).keep)
    states = await database.rows("SELECT state, count(*) AS n FROM courses GROUP BY state")
    assert {row["state"]: row["n"] for row in states} == {"ACTIVE": 4, "DRAFT": 1, "ARCHIVED": 1}
    guardian = await database.rows(
        """
        SELECT memberships.role, rooms.archived, rooms.last_number FROM memberships JOIN rooms ON rooms.id = room_id
        JOIN people ON people.id = person_id WHERE username = 'kaleja'
        """
    )
    assert {row["role"] for row in guardian} == {"READER"}
    broken = await database.rows(
        """
        SELECT FROM rooms WHERE course_id IS NOT NULL
          AND last_number <> (SELECT count(*) FROM changes WHERE changes.room_id = rooms.id)
        """
    )
    assert broken == []
    course = await database.one("SELECT id FROM courses WHERE slug = 'bio-10a'")
    async with database.transaction() as transaction:
        settled = await settle(transaction, course["id"], changed=None)
    assert (settled.come, settled.gone, settled.enrolled, settled.withdrawn) == ((), (), frozenset(), frozenset())


async def test_the_password_keeps_the_rules(tables: Tables) -> None:
    assert await Passwords(1).check(
        PASSWORD, [word for person in tables["people"] for word in (person["username"], person["name"])]
    )


@pytest.mark.usefixtures("cast")
async def test_a_school_that_has_people_is_never_mixed_with_the_demo(database: Database) -> None:
    real_people = await count(database, "people")
    with pytest.raises(Conflict, match="already has people"):
        await fill(database, now=NOW, hash_password=Passwords(1).keep)
    assert [await count(database, table) for table in ("people", "rooms", "messages")] == [real_people, 0, 0]
