"""A gap and a double are counted, whoever it is that hears them; and what nobody else heard is not waited for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edusphere.contract.events import MessageEdited, MessagePosted, PresenceChanged
from loadtests.bench.assembly import event
from loadtests.player.changes import Change, Understood, read, say
from loadtests.player.frames import TEXT, frame
from loadtests.player.rooms import BY_ALL, HEARD, MILLION, Ear, Room
from loadtests.player.tally import Tally

ROOM = "hall"


def post(number: int, said: int = 1) -> Change:
    return Change(ROOM, number, said)


def a_room() -> Room:
    return Room(ROOM, Tally())


def an_ear(room: Room, number: int = 0, after: int | None = None, kind: type[Ear] = Ear) -> Ear:
    """Somebody whose subscription was answered with the room's last number."""
    ear = kind(room, after)
    ear.admitted(number)
    return ear


def counted(room: Room) -> Counter[str]:
    return Counter(room.tally.take(0)["counts"])


def hear(numbers: Sequence[int], kind: type[Ear] = Ear, after: int | None = None) -> Counter[str]:
    """Let somebody hear these numbers of a room that has five, or come back to it after one of them."""
    room = a_room()
    ear = an_ear(room, 5, after, kind)
    for number in numbers:
        ear.hear(post(number), 2)
    return counted(room)


# What is heard, and what must be counted of it.
STREAMS: list[tuple[Sequence[int], int | None, dict[str, int]]] = [
    ([6, 7, 8], None, {}),
    ([6, 8], None, {"gaps": 1}),
    ([6, 10, 11], None, {"gaps": 3}),
    ([7], None, {"gaps": 1}),
    ([6, 6, 7], None, {"doubles": 1}),
    ([6, 7, 6, 7, 8], None, {"doubles": 2}),
    ([6, 8, 7], None, {"gaps": 1, "doubles": 1}),
    ([5, 6], None, {"doubles": 1}),
    ([3, 4, 5, 6], 2, {"said again": 3}),
    ([4, 5, 6], 2, {"said again": 2, "gaps": 1}),
    ([3, 4, 5, 5, 6], 2, {"said again": 3, "doubles": 1}),
    ([6], 2, {"gaps": 3}),
]


@pytest.mark.parametrize(("numbers", "after", "counts"), STREAMS)
def test_what_is_missing_and_what_comes_twice_is_counted(
    numbers: Sequence[int], after: int | None, counts: dict[str, int]
) -> None:
    assert hear(numbers, after=after) == counts


class DeafToGaps(Ear):
    def hear(self, change: Change, now: int) -> None:
        self.last = max(self.last, change.number - 1)
        super().hear(change, now)


class DeafToDoubles(Ear):
    def hear(self, change: Change, now: int) -> None:
        if change.number > self.last:
            super().hear(change, now)


class Forgetful(Ear):
    def hear(self, change: Change, now: int) -> None:
        self.last = change.number - 1
        super().hear(change, now)


class Everywhere(Ear):
    """Takes the room's last number for its own, whatever it was to hear again."""

    def admitted(self, number: int) -> None:
        super().admitted(number)
        self.last = number


@pytest.mark.parametrize("mutant", [DeafToGaps, DeafToDoubles, Forgetful, Everywhere])
def test_an_ear_that_does_not_count_would_be_found(mutant: type[Ear]) -> None:
    assert any(hear(numbers, mutant, after) != counts for numbers, after, counts in STREAMS)


@given(lost=st.sets(st.integers(2, 39)), again=st.lists(st.integers(1, 40), max_size=10))
def test_of_any_stream_what_was_lost_and_repeated_comes_out(lost: set[int], again: list[int]) -> None:
    said = [number for number in range(1, 41) if number not in lost]
    repeated = [number for number in again if number not in lost]
    room = a_room()
    ear = an_ear(room)
    for number in said:
        for _ in range(1 + repeated.count(number)):
            ear.hear(post(number), 2)
    assert counted(room) == Counter({"gaps": len(lost), "doubles": len(repeated)}) - Counter()


def test_what_had_not_come_when_all_was_over_is_missing() -> None:
    room = a_room()
    ben, emma = an_ear(room), an_ear(room)
    for ear in (ben, emma):
        ear.hear(post(1), 2)
    ben.hear(post(2), 2)
    assert room.missing(2) == 1
    assert room.missing(5) == 3 + 4
    assert room.missing(1) == 0


def told(room: Room) -> list[tuple[int, int]]:
    """Return which posts all have heard, and when the last did."""
    return [(number, last) for _, number, _, last in room.tally.take(0)["told"]]


def test_a_post_is_heard_by_all_when_the_last_has_heard_it() -> None:
    room = a_room()
    people = [an_ear(room) for _ in range(3)]
    for now, ear in enumerate(people[:2], start=5):
        ear.hear(post(1), now)
    assert told(room) == []
    people[2].hear(post(1), 9)
    assert told(room) == [(1, 9)]


def test_who_leaves_is_not_waited_for_and_who_left_before_never_was() -> None:
    room = a_room()
    ben, emma, anna = (an_ear(room) for _ in range(3))
    anna.close()
    ben.hear(post(1), 5)
    emma.close()
    assert told(room) == [(1, 5)]


def test_who_comes_while_a_post_is_under_way_hears_it_live_or_again() -> None:
    room = a_room()
    ben, emma = an_ear(room), an_ear(room)
    ben.hear(post(1), 5)
    late = an_ear(room, number=1, after=0)
    early = an_ear(room, number=0)
    late.hear(post(1), 6)
    assert late.is_up_to_date
    emma.hear(post(1), 7)
    assert told(room) == []
    early.hear(post(1), 8)
    assert told(room) == [(1, 8)]


def test_who_skips_a_post_is_not_waited_for() -> None:
    room = a_room()
    ben, emma = an_ear(room), an_ear(room)
    ben.hear(post(1), 5)
    emma.hear(post(2), 6)
    taken = room.tally.take(0)
    assert taken["counts"] == {"gaps": 1}
    assert [(number, last) for _, number, _, last in taken["told"]] == [(1, 5)]


def test_a_room_that_is_to_be_fetched_anew_goes_on_from_there() -> None:
    room = a_room()
    ear = an_ear(room, number=900, after=3)
    assert not ear.is_up_to_date
    ear.reset(900)
    assert ear.is_up_to_date
    ear.hear(post(901), 2)
    assert counted(room) == {"resets": 1}


def test_what_is_said_again_has_no_delay() -> None:
    room = a_room()
    ear = an_ear(room, number=1, after=0)
    ear.hear(post(1, said=1), 60_000 * MILLION)
    ear.hear(post(2, said=1), 3 * MILLION)
    assert room.tally.take(0)["times"] == {HEARD: {2: 1}}
    assert BY_ALL not in room.tally.take(0)["times"]


# -- what the server says


def an_event(kind: type[MessagePosted] | type[MessageEdited] = MessagePosted, body: str = "") -> bytes:
    posted = msgspec.json.decode(event(), type=MessagePosted)
    message = msgspec.structs.replace(posted.message, body=body or say("hello"))
    return msgspec.json.encode(kind(room_id=posted.room_id, number=7, message=message))


def test_a_post_is_read_with_its_room_its_number_and_its_moment() -> None:
    change = read(an_event())
    assert change is not None
    assert change.number == 7
    assert change.said > 1_600_000_000 * 1000 * MILLION


@pytest.mark.parametrize("body", ["Who said @@1234567890123456789?", '","body":"@@1234567890123456789 ', "@@12"])
def test_only_our_own_words_have_a_moment(body: str) -> None:
    change = read(an_event(body=body))
    assert change is not None
    assert (change.number, change.said) == (7, 0)


def test_an_edit_is_a_change_without_a_moment() -> None:
    change = read(an_event(MessageEdited))
    assert change is not None
    assert (change.number, change.said) == (7, 0)


def server_frame(payload: bytes) -> bytes:
    masked = frame(TEXT, payload)
    head = 2 if len(payload) < 126 else 4
    return bytes((masked[0], masked[1] & 0x7F)) + masked[2:head] + payload


def test_what_all_hear_is_read_once_and_only_where_it_is_nothing_else() -> None:
    understood, posted = Understood(), server_frame(an_event())
    twice = understood.of(posted + posted)
    assert twice is not None
    assert [change.number for change in twice] == [7, 7]
    assert understood.of(bytes(posted + posted)) is twice
    presence = msgspec.json.encode(PresenceChanged(room_id=uuid4(), count=3, user_ids=None))
    assert understood.of(posted + server_frame(presence)) is None
    assert understood.of(posted[:-1]) is None
    assert understood.of(posted[1:]) is None
