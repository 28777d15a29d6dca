"""Peers of whom nothing is heard any more: G10. Some have nothing to say; of others even their kernel is gone."""

from __future__ import annotations

import asyncio
import ctypes
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from edusphere.contract.close_codes import CloseCode
from tests.faults.client import AWAY, Company, Person
from tests.faults.faults import broken
from tests.faults.history import History, Measured, now
from tests.faults.place import Place, Setting
from tests.faults.process import Process
from tests.faults.promises import NOTICED, SLACK

HERE, THERE = "10.203.77.1", "10.203.77.2"
HERE_AND_THERE = "0.0.0.0"  # noqa: S104
OPEN_TO_OTHERS = Setting(
    1, ("--host", HERE_AND_THERE), {"EDUSPHERE_LIMITS": "on", "EDUSPHERE_ALLOWED_HOSTS": "127.0.0.1"}
)
"""Only who is bound to loopback may lift the limits: here everybody keeps to them."""
SILENT = CloseCode.SILENT.value
CLONE_NEWNET = 0x40000000


def why_not() -> str:
    """Return why there can be no black hole here; empty where there can."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return "G10's black hole needs root and `ip`: only peers that fall silent were tried"
    return ""


@contextmanager
def elsewhere() -> Iterator[str]:
    """Make another network, with a way to it that can be cut; return its name."""
    name = f"faults-{os.getpid()}"
    near, far = f"fn{os.getpid()}", f"ff{os.getpid()}"
    _ip("netns", "add", name)
    try:
        _ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", name)
        _ip("addr", "add", f"{HERE}/30", "dev", near)
        _ip("link", "set", near, "up")
        _ip("-n", name, "addr", "add", f"{THERE}/30", "dev", far)
        _ip("-n", name, "link", "set", far, "up")
        yield name
    finally:
        subprocess.run(["ip", "link", "del", near], check=False)  # the network itself lives as long as its lines do
        _ip("netns", "del", name)


async def dead_peers(place: Place, times: int, network: str = "") -> None:
    """Let so many fall silent, and as many of `network`, if there is one, fall into a black hole."""
    watcher = await place.newcomer("watcher", 0, ["hall"])
    apart = History()
    silent = [await place.newcomer(f"silent-{number}", 0, ["hall"], apart) for number in range(times)]
    gone = [await place.newcomer(f"gone-{number}", 0, ["hall"], apart) for number in range(times if network else 0)]
    for person in silent:
        person.beats = False
    for person in gone:
        person.open_socket = lambda process: asyncio.to_thread(_line_from, network, process)
    await watcher.arrive()
    await asyncio.gather(*(person.arrive() for person in (*silent, *gone)))
    company = watcher.company.setdefault(place.rooms["hall"], [])
    everybody = {str(person.me.id) for person in (*silent, *gone)}
    async with asyncio.timeout(AWAY):
        while not (company and everybody <= company[-1][1]):
            await asyncio.sleep(0.1)
    begin = now()
    if network:
        _ip("-n", network, "route", "add", "blackhole", f"{HERE}/32")
    await asyncio.gather(
        *(_noticed(place, "silent", begin, partial(_cut, apart, person)) for person in silent),
        *(_noticed(place, "in a black hole", begin, partial(_missed, company, person, begin)) for person in gone),
    )
    await asyncio.gather(*(person.leave() for person in (*silent, *gone)))


async def _noticed(place: Place, how: str, begin: float, noticed: Callable[[], float | None]) -> None:
    """Wait until it was `noticed` that somebody is no longer there, and note how long that took."""
    async with broken(place.history, "peer gone"):
        while (at := noticed()) is None and now() < begin + NOTICED + AWAY:
            await asyncio.sleep(0.1)
    place.history.note(Measured("G10", f"{how}: noticed after", (at or now()) - begin, NOTICED + SLACK))


def _cut(history: History, person: Person) -> float | None:
    """Return when the server let somebody go who was silent; they come back, so that nobody else hears of it."""
    return next((cut.at for cut in history.cuts if cut.who == person.name and cut.code == SILENT), None)


def _missed(company: Company, person: Person, begin: float) -> float | None:
    """Return when others were told that somebody is no longer there."""
    return next((at for at, people in company if at > begin and str(person.me.id) not in people), None)


def _line_from(network: str, process: Process) -> socket.socket:
    """Return a line to a process from the other network. Runs in a thread of its own, which moves there (setns(2))."""
    with Path(f"/run/netns/{network}").open() as there, Path("/proc/thread-self/ns/net").open() as home:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(there.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        try:
            line = socket.create_connection((HERE, process.port), timeout=10)
        finally:
            libc.setns(home.fileno(), CLONE_NEWNET)
    line.setblocking(False)
    return line


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
