"""A course as the app asks for it: opened, published, joined by a code, and live on the other screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quart import Quart

from edusphere.school import School
from edusphere.school.me import Me
from tests.people import Cast
from tests.web.browser import Browser
from tests.web.sockets import socket_of

OPEN = 'mutation { openCourse(code: "BIO-7B", title: "Genetics", colour: GREEN) { course { id slug state } } }'
PEOPLE = '{ course(slug: "bio-7b") { people { nodes { role user { username } } } } }'


async def opened(anna: Browser) -> str:
    course = (await anna.ask(OPEN)).data["openCourse"]["course"]
    assert (course["slug"], course["state"]) == ("bio-7b", "DRAFT")
    course_id: str = course["id"]
    await anna.ask("mutation A($id: UUID!) { publishCourse(courseId: $id) { course { id } } }", id=course_id)
    return course_id


async def test_a_pupil_comes_in_by_a_code(anna: Browser, ben: Browser, stranger: Browser) -> None:
    course_id = await opened(anna)
    make = "mutation A($id: UUID!) { makeJoinCode(courseId: $id, days: 7, mostUses: 30) { joinCode { code link } } }"
    made = (await anna.ask(make, id=course_id)).data["makeJoinCode"]["joinCode"]
    assert made["link"].endswith(f"/join/{made['code']}")
    offer = "query A($code: String!) { joinOffer(code: $code) { courseTitle role enrolled } }"
    # Typed from the blackboard, as people do.
    for browser, code in ((stranger, made["code"].lower()), (ben, f" {made['code'][:4]}-{made['code'][4:]} ")):
        said = (await browser.ask(offer, code=code)).data["joinOffer"]
        assert said == {"courseTitle": "Genetics", "role": "STUDENT", "enrolled": False}
    join = "mutation A($code: String!) { joinCourse(code: $code) { course { slug rooms { name } } } }"
    joined = (await ben.ask(join, code=made["code"])).data["joinCourse"]["course"]
    assert [room["name"] for room in joined["rooms"]] == ["Announcements", "General"]
    people = (await ben.ask(PEOPLE)).data["course"]["people"]["nodes"]
    assert [(one["role"], one["user"]["username"]) for one in people] == [("INSTRUCTOR", "anna"), ("STUDENT", "ben")]
    codes = "query A($id: UUID!) { joinCodes(courseId: $id) { uses mostUses } }"
    assert (await anna.ask(codes, id=course_id)).data["joinCodes"] == [{"uses": 1, "mostUses": 30}]
    assert (await ben.ask(codes, id=course_id)).codes == ["FORBIDDEN"]


async def test_an_enrolment_opens_the_rooms_on_the_other_screen_at_once(app: Quart, anna: Browser, cast: Cast) -> None:
    course_id = await opened(anna)
    enrol = "mutation A($id: UUID!, $who: [UUID!]!) { enrol(courseId: $id, userIds: $who) { enrolled } }"
    async with socket_of(app, cast.ben) as ben:
        assert (await anna.ask(enrol, id=course_id, who=[str(cast.ben.id)])).data == {"enrol": {"enrolled": 1}}
        assert (await ben.hear("course.joined"))["courseId"] == course_id
        room_id = (await ben.hear("room.joined"))["roomId"]
        assert (await ben.ask("room.subscribe", roomId=room_id))["type"] == "ok"
        withdraw = "mutation A($id: UUID!, $who: UUID!) { withdraw(courseId: $id, userId: $who) { success } }"
        await anna.ask(withdraw, id=course_id, who=str(cast.ben.id))
        assert (await ben.hear("course.left"))["courseId"] == course_id
        assert (await ben.ask("room.subscribe", roomId=room_id))["code"] == "NOT_FOUND"


async def test_who_only_looks_on_is_neither_seen_nor_heard_typing(
    app: Quart, school: School, anna: Browser, cast: Cast
) -> None:
    course_id = await opened(anna)
    await school.guardians.name(cast.olga, cast.gita.id, cast.ben.id)
    enrol = "mutation A($id: UUID!, $who: [UUID!]!) { enrol(courseId: $id, userIds: $who) { enrolled } }"
    await anna.ask(enrol, id=course_id, who=[str(cast.ben.id)])
    rooms = (await anna.ask('{ course(slug: "bio-7b") { rooms { id name } } }')).data["course"]["rooms"]
    room = {"roomId": next(room["id"] for room in rooms if room["name"] == "General")}
    async with socket_of(app, cast.gita) as gita, socket_of(app, cast.ben) as ben:
        for person in (gita, ben):
            assert (await person.ask("room.subscribe", **room))["type"] == "ok"
        here = await ben.hear("presence.changed")
        assert (here["count"], here["userIds"]) == (1, [str(cast.ben.id)])
        await gita.say("typing.start", **room)
        await gita.ask("heartbeat")
        await ben.say("typing.start", **room)
        assert (await gita.hear("typing.started"))["user"]["username"] == "ben"


async def test_who_did_it_and_from_where_is_kept(anna: Browser, olga: Browser) -> None:
    await opened(anna)
    query = '{ auditEntries(search: "course") { nodes { act actor address subject details } } }'
    published, was_opened = (await olga.ask(query)).data["auditEntries"]["nodes"]
    assert (was_opened["act"], was_opened["actor"], was_opened["subject"]) == (
        "course.opened",
        "anna",
        "BIO-7B Genetics",
    )
    assert published["address"]
    assert (await anna.ask(query)).codes == ["FORBIDDEN"]


async def test_who_only_looks_on_from_now_on_is_seen_and_heard_no_longer_until_they_take_part_again(
    app: Quart, anna: Browser, cast: Cast
) -> None:
    ids = {"id": await opened(anna), "ben": str(cast.ben.id)}
    await anna.ask("mutation A($id: UUID!, $ben: UUID!) { enrol(courseId: $id, userIds: [$ben]) { enrolled } }", **ids)
    change = """mutation A($id: UUID!, $ben: UUID!, $role: CourseRole!) {
        changeEnrolment(courseId: $id, userId: $ben, role: $role) { success }
    }"""
    rooms = (await anna.ask('{ course(slug: "bio-7b") { rooms { id name } } }')).data["course"]["rooms"]
    (general,) = (room["id"] for room in rooms if room["name"] == "General")
    async with socket_of(app, cast.anna) as teacher, socket_of(app, cast.ben) as ben:
        for speaker in (teacher, ben):
            assert (await speaker.ask("room.subscribe", roomId=general))["type"] == "ok"
        await teacher.hear(present(cast.anna, cast.ben))
        assert (await anna.ask(change, role="OBSERVER", **ids)).data
        assert (await teacher.hear("member.left"))["userId"] == str(cast.ben.id)
        await ben.hear("room.joined")
        await teacher.hear(present(cast.anna))
        await ben.say("typing.start", roomId=general)
        await ben.ask("heartbeat")
        await teacher.hear_nothing()
        assert (await anna.ask(change, role="STUDENT", **ids)).data
        assert (await teacher.hear("member.joined"))["user"]["id"] == str(cast.ben.id)
        await teacher.hear(present(cast.anna, cast.ben))
        await ben.say("typing.start", roomId=general)
        await teacher.hear("typing.started")


def present(*people: Me) -> Callable[[dict[str, Any]], bool]:
    """Whether a frame says that these are here, and nobody else."""
    ids = {str(me.id) for me in people}
    return lambda frame: frame["type"] == "presence.changed" and set(frame["userIds"] or ()) == ids
