"""From what people sent and saw, and what the table has in the end, to the promises that were broken.

Pure functions: nothing here waits, asks or knows how the history came about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tests.faults import timeline
from tests.faults.client import RETRYABLE
from tests.faults.history import OK, History, Injected, Measured, Row
from tests.faults.promises import ACKNOWLEDGED, REFUSED, REPAIRED, RESUMED, SLACK

REDIS = ("redis killed", "redis hung", "redis emptied")
POSTGRES = ("postgres restarted",)
MANY = 8
"""Senders at once."""


@dataclass(slots=True)
class Verdict:
    """What is to be said of one promise. It holds when nothing broke it."""

    promise: str
    worst: str
    """The figure that came nearest to the bound."""
    broken: list[str] = field(default_factory=list)


def check(history: History, table: Sequence[Row]) -> list[Verdict]:
    return [one(history, table) for one in CHECKS]


def committed(history: History, table: Sequence[Row]) -> Verdict:
    rows = {row.client_id: row for row in table if row.kind == "POSTED"}
    verdict = Verdict("G1", "")
    acknowledged = timeline.posts(history)
    for answered in acknowledged:
        row = rows.get(answered.sent.client_id)
        if row is None:
            verdict.broken.append(f"{answered.sent.who} was told number {answered.number}; it is not there")
        elif (row.number, row.message_id) != (answered.number, answered.message_id):
            verdict.broken.append(f"{answered.sent.who} was told number {answered.number}; it is {row.number}")
    changes = {(row.message_id, row.number) for row in table}
    for answered in history.answered:
        if answered.code not in (OK, *RETRYABLE):
            verdict.broken.append(f"{answered.sent.who}'s {answered.sent.verb} was refused for good: {answered.code}")
        elif answered.code == OK and (answered.message_id, answered.number) not in changes:
            verdict.broken.append(f"{answered.sent.who}'s {answered.sent.verb} was acknowledged and is not there")
    verdict.worst = f"{len(verdict.broken)} of {len(acknowledged):,} acknowledged are missing"
    return verdict


def ordered(history: History, table: Sequence[Row]) -> Verdict:
    verdict = Verdict("G2", "")
    rows = {(row.room, row.number): row for row in table}
    for room, numbers in timeline.numbers(table).items():
        if numbers != list(range(1, len(numbers) + 1)):
            verdict.broken.append(f"room {room} has holes or doubles in its numbers")
    for heard in history.heard:
        row = rows.get((heard.room, heard.number))
        if row is None or (row.kind, row.message_id) != (heard.kind, heard.message_id):
            verdict.broken.append(f"{heard.who} heard another number {heard.number} than the table has")
    verdict.worst = f"{len(rows):,} numbers, {len({sent.who for sent in history.sent})} senders, 0 holes"
    return verdict


def heard_once(history: History, table: Sequence[Row]) -> Verdict:
    verdict = Verdict("G3", "")
    last = {room: max(numbers) for room, numbers in timeline.numbers(table).items()}
    missing = 0
    for (who, room), steps in timeline.listeners(history).items():
        position = steps.begins
        for number in steps.numbers:
            if isinstance(number, timeline.Jump):
                position = number.to
            elif number == position + 1:
                position = number
            else:
                what = "again" if number <= position else f"after {position}"
                verdict.broken.append(f"{who} heard {number} {what}")
                position = max(position, number)
        if position < last.get(room, 0):
            missing += last[room] - position
            verdict.broken.append(f"{who} heard no more after {position} of {last[room]}")
    verdict.worst = f"{missing} of {len(history.heard):,} missing, doubled or out of order"
    return verdict


def repaired(history: History, table: Sequence[Row]) -> Verdict:
    """Whoever was connected all the while hears a change within the bound, whether or not a wake-up came."""
    verdict, bound = Verdict("G4", ""), REPAIRED + SLACK
    at = {(row.room, row.number): row.at for row in table}
    outages = history.faults(*POSTGRES, "disk full")
    worst = 0.0
    for heard in history.heard:
        if heard.replayed or (heard.room, heard.number) not in at:
            continue
        began = max(at[heard.room, heard.number], heard.subscribed.at)
        late = heard.at - timeline.after_outages(outages, began)
        worst = max(worst, late)
        if late > bound:
            verdict.broken.append(f"{heard.who} heard {heard.number} after {late:.1f} s")
    hushed = timeline.hushed(history)
    for client_id, whom in hushed.items():
        if not whom:
            verdict.broken.append(f"nobody in another process heard {client_id} in the silence")
    verdict.worst = f"{worst:.1f} s; {len(hushed)} lost before a silence"
    return verdict


def resent_once(history: History, table: Sequence[Row]) -> Verdict:
    verdict = Verdict("G5", "")
    rows: dict[tuple[UUID, str], int] = defaultdict(int)
    for row in table:
        if row.kind == "POSTED":
            rows[row.room, timeline.token(row.body)] += not row.removed
    verdict.broken += [f"{token} is there {times} times" for (_, token), times in rows.items() if times > 1]
    answers: dict[UUID, set[tuple[int, UUID | None]]] = defaultdict(set)
    for answered in timeline.posts(history):
        answers[answered.sent.client_id].add((answered.number, answered.message_id))
    verdict.broken += [f"{one} was answered in {len(them)} ways" for one, them in answers.items() if len(them) > 1]
    again, elsewhere = timeline.resends(history)
    verdict.worst = f"{again:,} resends, {elsewhere:,} to another process"
    return verdict


def acknowledged_without_redis(history: History, table: Sequence[Row]) -> Verdict:
    del table
    waits = sorted(
        answered.waited
        for answered in history.answered
        if answered.code == OK and timeline.within(history.faults(*REDIS), answered.sent.at)
    )
    verdict = Verdict("G6", "nothing was sent without Redis")
    if waits:
        p99 = waits[min(len(waits) - 1, int(0.99 * len(waits)))]
        verdict.worst = f"p99 {1000 * p99:.0f} ms of {len(waits):,} sent without Redis"
        if p99 > ACKNOWLEDGED:
            verdict.broken.append(verdict.worst)
    return verdict


def resumed(history: History, table: Sequence[Row]) -> Verdict:
    del table
    return _back(history, "G7", history.faults("process killed"))


def renewed(history: History, table: Sequence[Row]) -> Verdict:
    """A rolling restart: nobody is away for long, and nobody's words wait for long."""
    del table
    restarts = history.faults("process restarted", "workers renewed")
    verdict = _back(history, "G13", restarts)
    waits = [waited for sent, waited in timeline.first_to_last(history) if timeline.within(restarts, sent.at)]
    verdict.worst += f"; said within {max(waits, default=0):.1f} s"
    verdict.broken += [f"words waited {waited:.1f} s" for waited in waits if waited > RESUMED + SLACK]
    return verdict


def refused_retryably(history: History, table: Sequence[Row]) -> Verdict:
    verdict = _refused(history, table, "G8", POSTGRES)
    verdict.broken += [f"{sent.who} never had a word through" for sent in timeline.unsaid(history)]
    return verdict


def refused_on_a_full_disk(history: History, table: Sequence[Row]) -> Verdict:
    verdict, apart = _refused(history, table, "G12", ("disk full",)), measured("G12")(history, table)
    verdict.broken += apart.broken
    verdict.worst += f"; {apart.worst}" if apart.worst else ""
    return verdict


def measured(promise: str) -> Callable[[History, Sequence[Row]], Verdict]:
    """Return the check of what a story measured itself."""

    def look(history: History, table: Sequence[Row]) -> Verdict:
        del table
        worst: dict[str, Measured] = {}
        verdict = Verdict(promise, "")
        for one in history.measured:
            if one.promise == promise:
                if one.figure > one.bound:
                    verdict.broken.append(f"{one.what}: {one.figure:.1f} {one.unit}, more than {one.bound:g}")
                if one.what not in worst or one.figure > worst[one.what].figure:
                    worst[one.what] = one
        verdict.worst = "; ".join(f"{one.what} {one.figure:.1f} {one.unit}" for one in worst.values())
        return verdict

    return look


def seen_as_they_are(history: History, table: Sequence[Row]) -> Verdict:
    """Everybody's last word on each message is the table's."""
    verdict = Verdict("G14", "")
    now_is = {row.message_id: (row.body, row.removed) for row in table}
    views: dict[tuple[str, UUID], tuple[str, bool]] = {}
    for heard in history.heard:
        views[heard.who, heard.message_id] = (heard.body, heard.removed)
    for (who, message_id), seen in views.items():
        if now_is.get(message_id) != seen:
            verdict.broken.append(f"{who} sees {seen} where the table has {now_is.get(message_id)}")
    away = sum(1 for heard in history.heard if heard.replayed and heard.kind != "POSTED")
    changed = sum(1 for row in table if row.kind != "POSTED")
    verdict.worst = (
        f"{changed:,} edits and removals, {away:,} times told to who had been away; 0 of {len(views):,} differ"
    )
    return verdict


CHECKS: tuple[Callable[[History, Sequence[Row]], Verdict], ...] = (
    committed,
    ordered,
    heard_once,
    repaired,
    resent_once,
    acknowledged_without_redis,
    resumed,
    refused_retryably,
    measured("G9"),
    measured("G10"),
    measured("G11"),
    refused_on_a_full_disk,
    renewed,
    seen_as_they_are,
)

# -- what two promises have in common


def _back(history: History, promise: str, faults: Sequence[Injected]) -> Verdict:
    """Whoever was cut by one of these faults is back within the bound, in all their rooms."""
    verdict, times = Verdict(promise, ""), []
    returns: dict[str, list[float]] = defaultdict(list)
    for subscribed in history.subscribed:
        returns[subscribed.who].append(subscribed.at)
    for cut in history.cuts:
        if timeline.within(faults, cut.at):
            back = min((at for at in returns[cut.who] if at >= cut.at), default=None)
            if back is None or back - cut.at > RESUMED + SLACK:
                verdict.broken.append(f"{cut.who} was away {'for good' if back is None else f'{back - cut.at:.1f} s'}")
            if back is not None:
                times.append(back - cut.at)
    verdict.worst = f"{len(times)} cut, back after at most {max(times, default=0):.1f} s"
    return verdict


def _refused(history: History, table: Sequence[Row], promise: str, kinds: Sequence[str]) -> Verdict:
    """While a fault of these kinds is there every try is answered in time, retryably; afterwards all goes on."""
    del table
    verdict, faults, refused = Verdict(promise, ""), history.faults(*kinds), 0
    worst = 0.0
    for answered in history.answered:
        if not timeline.within(faults, answered.sent.at, RESUMED):
            continue
        worst = max(worst, answered.waited)
        if answered.waited > REFUSED + SLACK:
            verdict.broken.append(f"{answered.sent.who} waited {answered.waited:.1f} s for an answer")
        if answered.code != OK:
            refused += 1
            if answered.code not in RETRYABLE:
                verdict.broken.append(f"{answered.sent.who} was refused for good: {answered.code}")
    said = sorted(answered.at for answered in history.answered if answered.code == OK)
    for fault in faults:
        if not any(fault.ended <= at <= fault.ended + RESUMED + SLACK for at in said):
            verdict.broken.append(f"nothing was said within {RESUMED:.0f} s after it was over")
    verdict.worst = f"{refused:,} refused retryably, answered within {worst:.1f} s"
    return verdict
