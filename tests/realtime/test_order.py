from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edusphere.realtime.frames import Frame
from edusphere.realtime.order import EARLY_LIMIT, RoomOrder


def listen(begin: int) -> tuple[RoomOrder, list[int]]:
    heard: list[int] = []
    order = RoomOrder(lambda _frame, number: heard.append(number))
    order.begin(begin)
    return order, heard


@given(st.permutations(list(range(1, 12))), st.lists(st.integers(1, 11)))
def test_changes_that_come_in_any_order_and_twice_are_heard_once_in_order(
    arrivals: list[int], again: list[int]
) -> None:
    order, heard = listen(0)
    for number in arrivals + again:
        order.offer(number, Frame(b""))
    assert heard == list(range(1, 12))
    assert not order.has_gap


def test_a_change_whose_forerunner_is_missing_waits_for_it() -> None:
    order, heard = listen(4)
    order.offer(6, Frame(b""))
    assert heard == []
    assert order.has_gap
    order.offer(5, Frame(b""))
    assert heard == [5, 6]


def test_changes_that_arrive_before_the_table_was_read_are_heard_after_it_and_only_if_newer() -> None:
    heard: list[int] = []
    order = RoomOrder(lambda _frame, number: heard.append(number))
    for number in (3, 5, 4):
        order.offer(number, Frame(b""))
    assert heard == []
    order.begin(3)
    assert heard == [4, 5]


def test_a_long_gap_does_not_grow_the_memory() -> None:
    order, heard = listen(0)
    for number in range(2, 3 * EARLY_LIMIT):
        order.offer(number, Frame(b""))
    assert heard == []
    assert len(order._early) <= EARLY_LIMIT
