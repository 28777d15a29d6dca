"""A history read in the ways that several checks need: what was sent again, who heard what in which order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from tests.faults.client import RETRYABLE
from tests.faults.history import OK, Answered, Heard, History, Injected, Reset, Row, Sent
from tests.faults.promises import REPAIRED, SLACK


def resends(history: History) -> tuple[int, int]:
    """Return how many tries were made again, and how many of them at another process than the one before."""
    before: dict[tuple[UUID, str], int] = {}
    again = elsewhere = 0
    for sent in history.sent:
        key = (sent.client_id, sent.verb)
        if key in before:
            again += 1
            elsewhere += before[key] != sent.via
        before[key] = sent.via
    return again, elsewhere


def first_to_last(history: History) -> list[tuple[Sent, float]]:
    """Return for all that was said in the end: its first try, and how long it took from the wish to an answer."""
    first: dict[tuple[UUID, str], Sent] = {}
    for sent in history.sent:
        first.setdefault((sent.client_id, sent.verb), sent)
    done: dict[tuple[UUID, str], float] = {}
    for answered in history.answered:
        if answered.code == OK:
            done.setdefault((answered.sent.client_id, answered.sent.verb), answered.at)
    return [(first[key], at - first[key].wanted) for key, at in done.items()]


def unsaid(history: History) -> list[Sent]:
    """Return the first tries of all that was neither done nor refused for good in the end."""
    done = {
        (answered.sent.client_id, answered.sent.verb) for answered in history.answered if answered.code not in RETRYABLE
    }
    tries = {(sent.client_id, sent.verb): sent for sent in reversed(history.sent)}
    return [sent for key, sent in tries.items() if key not in done]


@dataclass(frozen=True, slots=True)
class Jump:
    """The room was fetched anew up to here."""

    to: int


@dataclass(slots=True)
class Steps:
    begins: int
    numbers: list[int | Jump] = field(default_factory=list)


def listeners(history: History) -> dict[tuple[str, UUID], Steps]:
    """Return what each person heard of each room since their first subscription, in the order they heard it."""
    found: dict[tuple[str, UUID], Steps] = {}
    for subscribed in history.subscribed:
        found.setdefault((subscribed.who, subscribed.room), Steps(subscribed.number))
    told: list[Heard | Reset] = [*history.heard, *history.resets]
    for one in sorted(told, key=lambda one: one.at):
        found[one.who, one.room].numbers.append(one.number if isinstance(one, Heard) else Jump(one.number))
    return found


def hushed(history: History) -> dict[UUID, list[str]]:
    """Return for each message that was followed by a silence without Redis: who heard it in time elsewhere."""
    sender = {sent.client_id: sent for sent in history.sent}
    heard_by: dict[UUID, list[str]] = {client_id: [] for client_id, _ in history.quiet}
    acknowledged = dict(history.quiet)
    for heard in history.heard:
        at = acknowledged.get(heard.client_id)
        if at is not None and heard.via != sender[heard.client_id].via and heard.at <= at + REPAIRED + SLACK:
            heard_by[heard.client_id].append(heard.who)
    return heard_by


def posts(history: History) -> list[Answered]:
    return [answered for answered in history.answered if answered.code == OK and answered.sent.verb == "post"]


def numbers(table: Iterable[Row]) -> dict[UUID, list[int]]:
    found: dict[UUID, list[int]] = defaultdict(list)
    for row in table:
        found[row.room].append(row.number)
    return {room: sorted(them) for room, them in found.items()}


def within(faults: Iterable[Injected], at: float, after: float = 0.0) -> bool:
    return any(fault.began <= at <= (fault.ended or at) + after for fault in faults)


def after_outages(faults: Iterable[Injected], at: float) -> float:
    """Return the moment, or the end of the outage that it lies in or just before."""
    return max([at, *(fault.ended for fault in faults if at <= fault.ended and fault.began <= at + REPAIRED)])


def token(body: str) -> str:
    """Every message's words begin with something unique."""
    return body.split(" ", 1)[0]
