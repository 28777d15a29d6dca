"""Every hour of a school's day, for some seconds, by the real Locust on a real school; and against schools that lie."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from click.testing import CliRunner
from websockets.asyncio.server import ServerConnection, serve

from edusphere.contract.events import MessagePosted
from loadtests.__main__ import main
from loadtests.bench.assembly import event
from loadtests.bench.processes import environment, free_port
from loadtests.bench.served import Served
from loadtests.day import DAY
from loadtests.player.people import People, Place, Someone
from loadtests.player.rooms import BY_ALL, HEARD
from loadtests.stage import locust
from loadtests.stage.locust import Load, Outcome
from loadtests.stage.own_venv import ROOT, locust_python

pytestmark = pytest.mark.timeout(240)
PEOPLE = 24
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


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("school")
    for each in (folder, folder.parent, folder.parent.parent):
        each.chmod(0o755)
    locust_python()
    with Served(folder / "school") as school:
        yield school


@pytest.fixture(scope="module")
def people(school: Served) -> Path:
    """Those whom `./dev load people` makes in a school that is there."""
    file = school.data.parent / "people"
    asked = ["people", "--host", f"http://127.0.0.1:{school.port}", "--data", str(school.data), "--users", str(PEOPLE)]
    done = CliRunner().invoke(main, [*asked, "--people", str(file)])
    assert done.exit_code == 0, done.output
    again = CliRunner().invoke(main, [*asked, "--people", f"{file}-again"])
    assert again.exit_code == 1
    assert "There are people in this database already." in again.output
    return file


def right(summary: dict[str, Any], scenario: str) -> None:
    """Find nothing wrong in what came out but how fast it was: that, a busy machine does not say."""
    missed = [what for what, bar, _, met in summary["verdict"] if not met and not bar.endswith("ms")]
    assert (missed, summary["errors"]) == ([], []), summary["counts"]
    assert WHAT_HAPPENS[scenario] <= set(summary["times"])


@pytest.mark.parametrize("scenario", sorted(set(DAY) - {"flaky_wifi"}))
def test_an_hour_of_the_day_is_played_and_heard(scenario: str, school: Served, people: Path, tmp_path: Path) -> None:
    load = Load(scenario, f"http://127.0.0.1:{school.port}", people, users=PEOPLE, arrival=2, seconds=5)
    right(locust.headless(load, tmp_path, dict).summary, scenario)


def test_sockets_are_cut_and_resume_in_two_processes_and_all_of_it_is_reported(tmp_path: Path) -> None:
    size = ["--users", str(PEOPLE), "--minutes", "0.12", "--loaders", "2"]
    with start("flaky_wifi", *size, "--report", str(tmp_path)) as run:
        said, told = run.communicate(timeout=200)
    assert run.returncode in (0, 1), told
    right(json.loads((tmp_path / "summary.json").read_text()), "flaky_wifi")
    assert f"Report: {tmp_path}/report.html" in said
    assert f"{PEOPLE} people come within 4 s" in told
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


def stopped(run: subprocess.Popen[str], how: signal.Signals) -> None:
    """Stop it, and look that nothing it started goes on."""
    started = family(run.pid) - {run.pid}
    assert len(started) >= 4  # the school, its Postgres and its children, Locust
    run.send_signal(how)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Stopped; everything that was started is ended." in told
    assert [process for process in started if Path(f"/proc/{process}").exists()] == []


def wait_for(words: str, run: subprocess.Popen[str]) -> str:
    assert run.stderr is not None
    while words not in (line := run.stderr.readline()):
        assert line, "it ended by itself"
    return line


def fetch(url: str, form: bytes | None = None) -> bytes:
    with urllib.request.urlopen(url, form, timeout=10) as answer:  # noqa: S310 (our own address)
        read: bytes = answer.read()
        return read


def test_ctrl_c_ends_everything_that_was_started(tmp_path: Path) -> None:
    with start("assembly", "--users", "10", "--minutes", "5", "--report", str(tmp_path)) as run:
        wait_for("online", run)
        stopped(run, signal.SIGINT)


def test_on_locust_s_own_page_people_are_let_in_and_hearing_is_in_its_table(tmp_path: Path) -> None:
    port = free_port()
    page = f"http://127.0.0.1:{port}"
    with start(
        "assembly", "--users", "9", "--minutes", "1", "--web", "--web-port", str(port), "--report", str(tmp_path)
    ) as run:
        wait_for(f"Locust's page: {page}", run)
        until, rows = time.monotonic() + 90, set[str]()
        while BY_ALL not in rows:
            assert time.monotonic() < until, rows
            time.sleep(0.5)
            try:
                if not rows:
                    fetch(f"{page}/swarm", b"user_count=9&spawn_rate=9")
                rows = {each["name"] for each in json.loads(fetch(f"{page}/stats/requests"))["stats"]}
            except OSError:
                continue
        stopped(run, signal.SIGTERM)
