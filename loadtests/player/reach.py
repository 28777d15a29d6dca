"""What one process of our people can hear: run in Locust's environment, against a server that only writes frames.

usage: python -m loadtests.player.reach PORT SOCKETS BURST SECONDS

Somebody says BURST posts at once, and again as soon as all SOCKETS have heard them. The way from the network to the
counts is the same as under Locust: `line`, `rooms`, `tally`.
"""

from __future__ import annotations

import json
import sys
import time
from uuid import uuid4

import gevent
import locust  # noqa: F401 (it lets gevent change Python, as it does for every scenario)

from loadtests.player.changes import say
from loadtests.player.line import Line
from loadtests.player.rooms import HEARD, Ear, Room
from loadtests.player.tally import Tally

LENGTH = 200
"""Characters of a post."""
STUCK = 20.0


def main(port: int, sockets: int, burst: int, seconds: float) -> dict[str, float]:
    tally = Tally()
    room = Room(str(uuid4()), tally)
    lines = []
    for _ in range(sockets):
        line = Line(f"http://127.0.0.1:{port}", "", tally)
        line.ears[room.id] = ear = Ear(room)
        ear.admitted(0)
        lines.append(line)
    said = 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        for _ in range(burst):
            said += 1
            lines[0].say(_event(room.id, said))
        until = time.monotonic() + STUCK
        while room.missing(said):
            gevent.sleep(0)
            if time.monotonic() > until:
                raise SystemExit(f"{room.missing(said)} deliveries never came")
    took, taken = time.perf_counter() - began, tally.take(0)
    counts: dict[str, float] = taken["counts"]
    return {"said": said, "heard": sum(taken["times"][HEARD].values()), "seconds": took} | counts


def _event(room_id: str, number: int) -> bytes:
    """Return what a school tells of a post."""
    ids, now = "00000000-0000-4000-8000-000000000000", "2026-01-01T08:00:00.123456Z"
    user = {"id": ids, "username": "pupil-100", "name": "Pupil 100", "avatar": ""}
    message = {"id": ids, "number": number, "clientId": ids, "user": user, "body": say("").ljust(LENGTH, ".")}
    message |= {"edited": False, "removed": False, "parentId": None, "files": [], "created": now, "updated": now}
    event = {"type": "message.posted", "roomId": room_id, "number": number, "message": message}
    return json.dumps(event, separators=(",", ":")).encode()


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))))  # noqa: T201
