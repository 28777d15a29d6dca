"""Whether a run could have found anything: one in which little happens proves little."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from tests.faults.history import OK, History
from tests.faults.timeline import resends

ENOUGH = 1_000
"""Tries to say something."""
ELSEWHERE = 0.3
"""The least share of words that were heard in another process than the one they were said in."""


def weaknesses(history: History, kinds: Iterable[str], times: int) -> list[str]:
    """Return what a run lacked; each of these kinds of faults is to be there so many times."""
    found = []
    if len(history.sent) <= ENOUGH:
        found.append(f"only {len(history.sent):,} were sent")
    found += too_few(history, kinds, times)
    if (share := heard_elsewhere(history)) <= ELSEWHERE:
        found.append(f"only {share:.0%} were heard in another process")
    if not replays(history):
        found.append("nothing was replayed")
    if not min(resends(history)):
        found.append("nothing was sent again, or nothing at another process")
    return found


def too_few(history: History, kinds: Iterable[str], times: int) -> list[str]:
    """Return which of these kinds of faults were not there so many times, or were not felt."""
    counts = {kind: len(history.faults(kind)) for kind in kinds}
    found = [f"only {there} times: {kind}" for kind, there in counts.items() if there < times]
    if history.faults("disk full") and all(answered.code == OK for answered in history.answered):
        found.append("nothing was refused: the disk was not full")
    return found


def heard_elsewhere(history: History) -> float:
    """Return the share of what was heard in another process than it was said in."""
    via: dict[UUID | None, int] = {}
    for answered in history.answered:
        if answered.code == OK:
            via.setdefault(answered.message_id, answered.sent.via)  # the first: what is sent again is not said again
    known = [heard.via != via[heard.message_id] for heard in history.heard if heard.message_id in via]
    return sum(known) / len(known) if known else 0.0


def replays(history: History) -> int:
    return sum(heard.replayed for heard in history.heard)
