"""Every hour of a school's day, for some seconds, by the real Locust on a real school; and against schools that lie."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest
from websockets.asyncio.server import ServerConnection, serve

from edusphere.contract.events import MessagePosted
from loadtests.bench.assembly import event
from loadtests.bench.processes import environment
from loadtests.day import DAY
from loadtests.player.people import People, Place, Someone
from loadtests.player.rooms import BY_ALL, HEARD
from loadtests.stage import locust
from loadtests.stage.locust import Load, Outcome
from loadtests.stage.own_venv import ROOT, locust_python

pytestmark = pytest.mark.timeout(240)
WHAT_HAPPENS = {
    "morning_rush": {"come back", "MyRooms", "resume"},
    "assembly": {"open", "message.post", HEARD, BY_ALL},
    "lessons": {"open", "message.post", "room.read", HEARD, BY_ALL},
    "flaky_wifi": {"open", "resume", "message.post", HEARD, BY_ALL},
    "graphql_browse": {"MyRooms", "RoomHistory"},
}


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start what `./dev load` runs."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "loadtests", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(),
    )


@pytest.mark.parametrize("scenario", DAY)
def test_an_hour_of_the_day_is_played_heard_and_reported(scenario: str, tmp_path: Path) -> None:
    loaders = ["--loaders", "2"] if scenario == "flaky_wifi" else []
    with start(scenario, "--users", "24", "--minutes", "0.1", "--report", str(tmp_path), *loaders) as run:
        said, told = run.communicate(timeout=200)
    assert run.returncode in (0, 1), told
    summary = json.loads((tmp_path / "summary.json").read_text())
    missed = [what for what, bar, _, met in summary["verdict"] if not met and not bar.endswith("ms")]
    assert missed == [], (summary["counts"], summary["errors"], told)  # how fast it is, a busy machine does not say
    assert WHAT_HAPPENS[scenario] <= set(summary["times"])
    assert summary["errors"] == []
    assert f"Report: {tmp_path}/report.html" in said
    assert "24 people come within 3 s" in told
    for file in ("report.html", "seconds.csv", "locust_stats.csv", "locust_stats_history.csv"):
        assert (tmp_path / file).stat().st_size > 0


# -- schools that lie

Tell = Callable[[Sequence[ServerConnection], int], Sequence[ServerConnection]]
"""Who is told of a post with that number, and how often."""
ROOM = str(uuid4())


@asynccontextmanager
async def lying_school(tell: Tell) -> AsyncIterator[str]:
    """A server that says what a school says, to whom `tell` lets it."""
    everyone: list[ServerConnection] = []
    posted = msgspec.json.decode(event(), type=MessagePosted)
    last = 0

    async def hear(line: ServerConnection) -> None:
        nonlocal last
        await line.send('{"type":"hello","contract":1}')
        async for text in line:
            command = json.loads(text)
            if command["type"] == "room.subscribe":
                everyone.append(line)
                await line.send(json.dumps({"type": "ok", "ref": command["ref"], "roomId": ROOM, "number": last}))
            elif command["type"] == "message.post":
                last += 1
                await line.send(
                    json.dumps({"type": "ok", "ref": command["ref"], "messageId": str(uuid4()), "number": last})
                )
                message = msgspec.structs.replace(posted.message, body=command["body"])
                news = msgspec.json.encode(MessagePosted(room_id=UUID(ROOM), number=last, message=message))
                for each in tell(everyone, last):
                    await each.send(news, text=True)

    async with serve(hear, "127.0.0.1", 0, compression=None) as server:
        yield f"http://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


def to_all(everyone: Sequence[ServerConnection], number: int) -> Sequence[ServerConnection]:
    return everyone


def all_but_one_now_and_then(everyone: Sequence[ServerConnection], number: int) -> Sequence[ServerConnection]:
    return everyone[1:] if number == 3 else everyone


def one_twice(everyone: Sequence[ServerConnection], number: int) -> Sequence[ServerConnection]:
    return [*everyone, everyone[-1]] if number == 3 else everyone


def one_never_again(everyone: Sequence[ServerConnection], number: int) -> Sequence[ServerConnection]:
    return everyone[1:] if number >= 3 else everyone


@pytest.mark.parametrize(
    ("tell", "fault"),
    [(to_all, None), (all_but_one_now_and_then, "gaps"), (one_twice, "doubles"), (one_never_again, "unheard")],
)
async def test_a_school_that_skips_or_repeats_is_found_out(tell: Tell, fault: str | None, tmp_path: Path) -> None:
    everyone = [Someone(number, f"JWT {number}", (0, 0)) for number in range(4)]
    people = People([Place(ROOM, "host", "hall", 0)], everyone, {}).write(tmp_path / "people")
    async with lying_school(tell) as url:
        load = Load("assembly", url, people, users=4, arrival=1, seconds=5)
        outcome: Outcome = await asyncio.to_thread(locust.headless, load, tmp_path, dict)
    unmet = {line[0] for line in outcome.summary["verdict"] if not line[3] and not line[1].endswith("ms")}
    assert unmet == ({fault} if fault else set()), outcome.summary
    assert outcome.summary["counts"].get(fault or "gaps", 0) == (
        outcome.summary["times"]["message.post"]["count"] - 2 if fault == "unheard" else int(fault is not None)
    )
    if fault:
        assert outcome.status == 1


def test_locust_itself_refuses_another_s_address(tmp_path: Path) -> None:
    people = People([], [Someone(0, "JWT", (0,))], {}).write(tmp_path / "people")
    load = Load("assembly", "http://192.0.2.7:9", people, users=1, arrival=1, seconds=3)
    done = subprocess.run(
        [str(locust_python()), *load.command, "--headless", "--run-time", "3s"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(PYTHONPATH=str(ROOT)),
        timeout=60,
    )
    assert done.returncode == 2, done.stderr
    assert "192.0.2.7 is not this machine" in done.stderr
    assert "say --insist" in done.stderr


# -- the end


def family(root: int) -> set[int]:
    found = {root}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent in found:
                found.add(int(entry.name))
    return found


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_whoever_is_stopped_ends_everything_that_was_started(how: signal.Signals, tmp_path: Path) -> None:
    with start("assembly", "--users", "10", "--minutes", "5", "--report", str(tmp_path)) as run:
        assert run.stderr is not None
        while "online" not in (line := run.stderr.readline()):
            assert line, "it ended by itself"
        started = family(run.pid) - {run.pid}
        assert len(started) >= 4  # the school, its Postgres and its children, Locust
        run.send_signal(how)
        _, told = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Stopped; everything that was started is ended." in told
    assert [process for process in started if Path(f"/proc/{process}").exists()] == []
