"""The checker sees what is wrong with a history: each of these was made by hand, with one thing wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from tests.faults.checker import check
from tests.faults.history import OK, Answered, Cut, Heard, History, Injected, Reset, Row, Sent, Subscribed

ROOM, START = uuid4(), 1_000.0
Wrong = Callable[[History, list[Row]], None]


def told() -> tuple[History, list[Row]]:
    """Anna says five things a second apart, then edits the first; Ben and Mia hear all of it. Nothing is wrong."""
    history = History()
    table: list[Row] = []
    ben, mia = (Subscribed(START - 1, who, via, ROOM, None, 0) for who, via in (("ben", 0), ("mia", 1)))
    history.subscribed += [ben, mia]
    for number in range(1, 7):
        at, first = START + number, table[0] if number == 6 else None
        client_id = first.client_id if first else uuid4()
        row = Row(
            ROOM,
            number,
            "EDITED" if first else "POSTED",
            first.message_id if first else uuid4(),
            client_id,
            "",
            False,
            at,
        )
        body = f"{client_id.hex} better" if number in (1, 6) else f"{client_id.hex} said"
        table.append(replace(row, body=body))
        sent = Sent(
            at - 0.01, "anna", 0, ROOM, "edit" if first else "post", uuid4() if first else client_id, body, at - 0.02
        )
        history.sent.append(sent)
        history.answered.append(Answered(at + 0.01, sent, OK, number, row.message_id))
        for listener in (ben, mia):
            history.heard.append(heard(listener, table[-1], at + 0.02))
    return history, table


def heard(listener: Subscribed, row: Row, at: float) -> Heard:
    return Heard(
        at,
        listener.who,
        listener.via,
        ROOM,
        row.number,
        row.kind,
        row.message_id,
        row.client_id,
        row.body,
        row.removed,
        listener,
    )


def broken(history: History, table: list[Row]) -> set[str]:
    return {verdict.promise for verdict in check(history, table) if verdict.broken}


def test_a_good_history_breaks_no_promise() -> None:
    assert broken(*told()) == set()


def acknowledged_and_gone(history: History, table: list[Row]) -> None:
    del table[4:]
    history.heard = [one for one in history.heard if one.number <= 4]


def acknowledged_by_another_number(history: History, table: list[Row]) -> None:
    history.answered[2] = replace(history.answered[2], number=4)


def an_edit_acknowledged_and_gone(history: History, table: list[Row]) -> None:
    history.answered[5] = replace(history.answered[5], number=7)


def refused_for_good(history: History, table: list[Row]) -> None:
    history.answered.append(Answered(START + 2, history.sent[0], "INTERNAL"))


def a_hole(history: History, table: list[Row]) -> None:
    table[5] = replace(table[5], number=7)
    history.heard[-2:] = [replace(one, number=7) for one in history.heard[-2:]]


def two_orders(history: History, table: list[Row]) -> None:
    three, four = history.heard[4], history.heard[6]
    history.heard[4] = replace(three, message_id=four.message_id)
    history.heard[6] = replace(four, message_id=three.message_id)


def not_heard(history: History, table: list[Row]) -> None:
    del history.heard[5]


def not_heard_at_the_end(history: History, table: list[Row]) -> None:
    del history.heard[-1]


def heard_twice(history: History, table: list[Row]) -> None:
    history.heard.append(replace(history.heard[4], at=START + 3.5))


def heard_in_another_order(history: History, table: list[Row]) -> None:
    history.heard[4], history.heard[6] = (
        replace(history.heard[4], at=history.heard[6].at),
        replace(history.heard[6], at=history.heard[4].at),
    )


def heard_too_late(history: History, table: list[Row]) -> None:
    history.heard[-1] = replace(history.heard[-1], at=START + 13)


def not_heard_in_the_silence(history: History, table: list[Row]) -> None:
    history.quiet.append((history.sent[4].client_id, START + 5))
    history.heard = [one for one in history.heard if (one.who, one.number) not in (("mia", 5), ("mia", 6))]
    late = Subscribed(START + 20, "mia", 1, ROOM, 4, 6)
    history.subscribed.append(late)
    history.heard += [heard(late, row, START + 20) for row in table[4:]]


def a_resend_became_another_message(history: History, table: list[Row]) -> None:
    table.append(replace(table[1], number=7, message_id=uuid4(), client_id=uuid4()))
    history.heard += [heard(listener, table[-1], START + 7.1) for listener in history.subscribed]


def two_answers(history: History, table: list[Row]) -> None:
    history.answered.append(replace(history.answered[1], message_id=uuid4()))


def slow_without_redis(history: History, table: list[Row]) -> None:
    history.injected.append(Injected("redis hung", START + 1, START + 5))
    history.answered[2] = replace(history.answered[2], at=history.sent[2].at + 1.5)


def away_too_long(history: History, table: list[Row]) -> None:
    history.injected.append(Injected("process killed", START + 7, START + 9))
    history.cuts.append(Cut(START + 7, "ben", 0, 1006))
    history.subscribed.append(Subscribed(START + 14, "ben", 1, ROOM, 6, 6))


def away_for_good(history: History, table: list[Row]) -> None:
    history.injected.append(Injected("process killed", START + 7, START + 9))
    history.cuts.append(Cut(START + 7, "ben", 0, 1006))


def away_too_long_at_a_restart(history: History, table: list[Row]) -> None:
    history.injected.append(Injected("process restarted", START + 7, START + 9))
    history.cuts.append(Cut(START + 7, "ben", 0, 1012))
    history.subscribed.append(Subscribed(START + 14, "ben", 1, ROOM, 6, 6))


def no_answer_while_postgres_was_away(history: History, table: list[Row]) -> None:
    history.injected.append(Injected("postgres restarted", START + 2.5, START + 4))
    history.answered[2] = replace(history.answered[2], at=history.sent[2].at + 6.5)


def never_answered(history: History, table: list[Row]) -> None:
    history.sent.append(replace(history.sent[0], client_id=uuid4()))


def nothing_said_after_postgres_was_away(history: History, table: list[Row]) -> None:
    history.injected.append(Injected("postgres restarted", START + 20, START + 21))


def nothing_said_after_the_disk_was_full(history: History, table: list[Row]) -> None:
    history.injected.append(Injected("disk full", START + 20, START + 21))


def an_edit_not_seen_by_who_was_away(history: History, table: list[Row]) -> None:
    history.heard[-1] = replace(history.heard[-1], body=f"{table[0].client_id.hex} said")


def a_removed_message_still_seen(history: History, table: list[Row]) -> None:
    table[0] = table[5] = replace(table[5], body="", removed=True)
    table[0] = replace(table[0], number=1, kind="POSTED")


@pytest.mark.parametrize(
    ("wrong", "promise"),
    [
        (acknowledged_and_gone, "G1"),
        (acknowledged_by_another_number, "G1"),
        (an_edit_acknowledged_and_gone, "G1"),
        (refused_for_good, "G1"),
        (a_hole, "G2"),
        (two_orders, "G2"),
        (not_heard, "G3"),
        (not_heard_at_the_end, "G3"),
        (heard_twice, "G3"),
        (heard_in_another_order, "G3"),
        (heard_too_late, "G4"),
        (not_heard_in_the_silence, "G4"),
        (a_resend_became_another_message, "G5"),
        (two_answers, "G5"),
        (slow_without_redis, "G6"),
        (away_too_long, "G7"),
        (away_for_good, "G7"),
        (no_answer_while_postgres_was_away, "G8"),
        (never_answered, "G8"),
        (nothing_said_after_postgres_was_away, "G8"),
        (nothing_said_after_the_disk_was_full, "G12"),
        (away_too_long_at_a_restart, "G13"),
        (an_edit_not_seen_by_who_was_away, "G14"),
        (a_removed_message_still_seen, "G14"),
    ],
)
def test_the_checker_sees_it(wrong: Wrong, promise: str) -> None:
    history, table = told()
    wrong(history, table)
    assert promise in broken(history, table)


def test_a_room_fetched_anew_is_no_hole() -> None:
    history, table = told()
    history.heard = [one for one in history.heard if (one.who, one.number) not in (("mia", 3), ("mia", 4))]
    history.resets.append(Reset(START + 4.5, "mia", ROOM, 4))
    assert broken(history, table) == set()


def test_what_was_missed_is_told_on_return() -> None:
    history, table = told()
    history.heard = [one for one in history.heard if one.who != "mia" or one.number < 3]
    back: UUID = history.heard[0].room
    again = Subscribed(START + 30, "mia", 0, back, 2, 6)
    history.subscribed.append(again)
    history.heard += [heard(again, row, START + 30.1) for row in table[2:]]
    assert broken(history, table) == set()
