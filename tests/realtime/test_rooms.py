from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from edusphere.contract.events import Ok, RoomDeleted, TypingStarted
from edusphere.errors import Forbidden, NotFound
from edusphere.realtime import topics
from tests.realtime.listeners import ADA, GRACE, Listener, Table, hear, person, realtime_over, tell, until


async def test_a_listener_hears_the_answer_first_then_what_was_missed_then_what_happens() -> None:
    table, room_id, grace = Table(), uuid4(), Listener(GRACE)
    for _ in range(5):
        table.write(room_id)
    async with realtime_over(table) as realtime:
        await hear(realtime, table, grace, room_id, after=2)
        await tell(realtime, table.write(room_id))
    assert grace.types()[:2] == ["ok", "message.posted"]
    assert grace.frames[0]["number"] == 5
    assert grace.numbers() == [3, 4, 5, 6]


async def test_without_after_only_what_happens_is_heard() -> None:
    table, room_id, grace = Table(), uuid4(), Listener(GRACE)
    table.write(room_id)
    async with realtime_over(table) as realtime:
        await hear(realtime, table, grace, room_id)
        await tell(realtime, table.write(room_id))
    assert grace.numbers() == [2]


async def test_what_is_posted_while_the_past_is_read_is_heard_once_and_in_order() -> None:
    table, room_id, grace = Table(), uuid4(), Listener(GRACE)
    table.write(room_id)

    async with realtime_over(table) as realtime:

        async def admit() -> int:
            before = table.last(room_id)
            await tell(realtime, table.write(room_id))  # committed and announced between the two reads
            return before

        await realtime.connected(grace)
        await realtime.subscribe(grace, room_id, 0, admit=admit, answer=lambda number: Ok(ref=1, number=number))
        await tell(realtime, table.write(room_id))
    assert grace.numbers() == [1, 2, 3]


async def test_a_second_listener_with_a_past_does_not_disturb_the_first() -> None:
    table, room_id, ada, grace = Table(), uuid4(), Listener(ADA), Listener(GRACE)
    async with realtime_over(table) as realtime:
        await hear(realtime, table, ada, room_id, after=0)
        for _ in range(3):
            await tell(realtime, table.write(room_id))
        await hear(realtime, table, grace, room_id, after=1)
        await tell(realtime, table.write(room_id))
    assert ada.numbers() == [1, 2, 3, 4]
    assert grace.numbers() == [2, 3, 4]


async def test_too_much_missed_is_a_reset_and_the_subscription_stands() -> None:
    table, room_id, grace = Table(), uuid4(), Listener(GRACE)
    for _ in range(7):
        table.write(room_id)
    async with realtime_over(table, replay_limit=5) as realtime:
        await hear(realtime, table, grace, room_id, after=1)
        await tell(realtime, table.write(room_id))
    assert grace.types()[:2] == ["ok", "room.reset"]
    assert grace.frames[1]["number"] == 7
    assert grace.numbers() == [8]


async def test_exactly_the_limit_missed_is_replayed() -> None:
    table, room_id, grace = Table(), uuid4(), Listener(GRACE)
    for _ in range(5):
        table.write(room_id)
    async with realtime_over(table, replay_limit=5) as realtime:
        await hear(realtime, table, grace, room_id, after=0)
    assert grace.numbers() == [1, 2, 3, 4, 5]


async def test_a_browser_that_knows_more_than_the_table_starts_anew() -> None:
    table, room_id, grace = Table(), uuid4(), Listener(GRACE)
    table.write(room_id)
    async with realtime_over(table) as realtime:
        await hear(realtime, table, grace, room_id, after=40)
        await tell(realtime, table.write(room_id))
    assert grace.types()[:2] == ["ok", "room.reset"]
    assert grace.numbers() == [2]


async def test_a_wakeup_that_never_came_is_read_from_the_table_when_the_next_one_comes() -> None:
    table, room_id, grace = Table(), uuid4(), Listener(GRACE)
    async with realtime_over(table) as realtime:
        await hear(realtime, table, grace, room_id)
        table.write(room_id)  # committed, its announcement lost
        await tell(realtime, table.write(room_id))
        await until(lambda: grace.numbers() == [1, 2])


async def test_a_wakeup_lost_before_a_silence_is_found_by_the_position_check() -> None:
    table, room_id, grace = Table(), uuid4(), Listener(GRACE)
    async with realtime_over(table, position_check=0.05) as realtime:
        await hear(realtime, table, grace, room_id)
        table.write(room_id)
        await until(lambda: grace.numbers() == [1])


async def test_a_table_that_cannot_be_read_for_a_while_loses_nothing() -> None:
    table, room_id, grace = Table(), uuid4(), Listener(GRACE)
    async with realtime_over(table, position_check=0.05) as realtime:
        await hear(realtime, table, grace, room_id)
        table.reachable = False
        table.write(room_id)
        await tell(realtime, table.write(room_id))
        await asyncio.sleep(0.2)
        assert grace.numbers() == []
        table.reachable = True
        await until(lambda: grace.numbers() == [1, 2])


async def test_a_refused_subscription_hears_nothing() -> None:
    table, room_id, grace = Table(), uuid4(), Listener(GRACE)

    async def refuse() -> int:
        raise NotFound

    async with realtime_over(table) as realtime:
        await realtime.connected(grace)
        with pytest.raises(NotFound):
            await realtime.subscribe(grace, room_id, None, admit=refuse, answer=lambda number: Ok(ref=1))
        await tell(realtime, table.write(room_id))
    assert grace.frames == []
    assert topics.room(room_id) not in grace.topics


async def test_a_pupil_removed_while_subscribing_does_not_hear_the_room() -> None:
    table, room_id, grace = Table(), uuid4(), Listener(GRACE)

    async with realtime_over(table) as realtime:

        async def admit() -> int:
            await realtime.evict(GRACE.id, room_id)  # after the rows were read, before the answer is out
            return 0

        await realtime.connected(grace)
        with pytest.raises(Forbidden):
            await realtime.subscribe(grace, room_id, None, admit=admit, answer=lambda number: Ok(ref=1))
        await tell(realtime, table.write(room_id))
    assert grace.types() == ["room.left"]


async def test_a_removed_pupil_no_longer_hears_the_room_on_any_socket() -> None:
    table, room_id = Table(), uuid4()
    phone, laptop, ada = Listener(GRACE), Listener(GRACE), Listener(ADA)
    async with realtime_over(table) as realtime:
        for listener in (phone, laptop, ada):
            await hear(realtime, table, listener, room_id)
        await realtime.evict(GRACE.id, room_id)
        await tell(realtime, table.write(room_id))
    assert phone.numbers() == laptop.numbers() == []
    assert phone.types()[-1] == laptop.types()[-1] == "room.left"
    assert ada.numbers() == [1]


async def test_who_was_put_out_while_redis_was_away_is_put_out_when_it_is_back() -> None:
    table, room_id, ada, grace = Table(), uuid4(), Listener(ADA), Listener(GRACE)
    async with realtime_over(table) as realtime:
        await hear(realtime, table, ada, room_id)
        await hear(realtime, table, grace, room_id)
        table.left.add(GRACE.id)  # another process knew, and could not tell
        realtime._suspect(topics.room(room_id))
        await until(lambda: "room.left" in grace.types())
        await tell(realtime, table.write(room_id))
    assert grace.numbers() == []
    assert ada.numbers() == [1]


async def test_who_was_put_out_while_redis_is_away_is_put_out_all_the_same() -> None:
    table, room_id, ada, grace = Table(), uuid4(), Listener(ADA), Listener(GRACE)
    async with realtime_over(table, position_check=0.05) as realtime:
        await hear(realtime, table, ada, room_id)
        await hear(realtime, table, grace, room_id)
        await until(lambda: table.reads >= 2)  # all was well when it was looked at first
        table.reachable = False
        table.left.add(GRACE.id)
        await asyncio.sleep(0.1)
        assert "room.left" not in grace.types()
        table.reachable = True
        await until(lambda: "room.left" in grace.types())
        await tell(realtime, table.write(room_id))
    assert grace.numbers() == []
    assert ada.numbers() == [1]


async def test_who_came_and_was_put_out_between_two_looks_is_put_out_all_the_same() -> None:
    table, room_id, ada, grace = Table(), uuid4(), Listener(ADA), Listener(GRACE)
    table.left.add(GRACE.id)
    async with realtime_over(table, position_check=0.2) as realtime:
        await hear(realtime, table, ada, room_id)
        await until(lambda: table.reads >= 2)  # looked at without Grace
        await hear(realtime, table, grace, room_id)  # let in, and out again, before the next look
        await until(lambda: "room.left" in grace.types())
    assert "room.left" not in ada.types()


async def test_whoever_is_let_go_of_hears_what_was_said_until_then() -> None:
    table, room_id, grace = Table(), uuid4(), Listener(GRACE)
    async with realtime_over(table) as realtime:
        await hear(realtime, table, grace, room_id)
        await realtime.announce(topics.room(room_id), RoomDeleted(room_id=room_id))
        await realtime.evict(GRACE.id, room_id)  # in the same turn of the loop
    assert grace.types()[-2:] == ["room.deleted", "room.left"]


async def test_typing_is_heard_by_the_others_only() -> None:
    table, room_id, ada, grace = Table(), uuid4(), Listener(ADA), Listener(GRACE)
    async with realtime_over(table) as realtime:
        await hear(realtime, table, ada, room_id)
        await hear(realtime, table, grace, room_id)
        await realtime.announce(topics.room(room_id), TypingStarted(room_id=room_id, user=ADA, expires=5))
    assert "typing.started" in grace.types()
    assert "typing.started" not in ada.types()


async def test_who_is_here_is_told_gathered() -> None:
    table, room_id = Table(), uuid4()
    listeners = [Listener(person(f"Pupil {number}")) for number in range(5)]
    async with realtime_over(table) as realtime:
        for listener in listeners:
            await hear(realtime, table, listener, room_id)
        await until(lambda: "presence.changed" in listeners[0].types())
        realtime.disconnected(listeners[4])
        await until(lambda: listeners[0].types().count("presence.changed") == 2)
    first, second = (frame for frame in listeners[0].frames if frame["type"] == "presence.changed")
    assert first["count"] == 5
    assert second["userIds"] == sorted(str(listener.person_id) for listener in listeners[:4])


async def test_in_a_full_hall_only_the_number_is_told() -> None:
    table, room_id = Table(), uuid4()
    listeners = [Listener(person(f"Pupil {number}")) for number in range(4)]
    async with realtime_over(table, presence_names=3) as realtime:
        for listener in listeners:
            await hear(realtime, table, listener, room_id)
        await until(lambda: "presence.changed" in listeners[0].types())
    presence = next(frame for frame in listeners[0].frames if frame["type"] == "presence.changed")
    assert presence["count"] == 4
    assert presence["userIds"] is None


async def test_a_room_that_nobody_hears_leaves_nothing_behind() -> None:
    table, room_id, grace = Table(), uuid4(), Listener(GRACE)
    async with realtime_over(table) as realtime:
        await hear(realtime, table, grace, room_id)
        realtime.unsubscribe(grace, room_id)
        assert realtime._orders == {}
        realtime.disconnected(grace)
        assert realtime.connections() == []
        assert realtime._hub._topics == {}
