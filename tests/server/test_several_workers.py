"""A school of several processes: they are one to its people, whatever becomes of each."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from loadtests.bench.processes import environment, free_port
from tests.server.posters import posting, written
from tests.server.served import PATIENCE, Served, refusal, run, serve
from tests.valkey import Valkey

pytestmark = pytest.mark.timeout(300)
METRICS_TOKEN = "the token of the tests"


@pytest.fixture
async def valkey() -> AsyncIterator[Valkey]:
    valkey = Valkey()
    await valkey.start()
    yield valkey
    valkey.kill()


@pytest.fixture
def knobs() -> dict[str, Any]:
    """What a test sets of its own."""
    return {}


@pytest.fixture
def token(opened_before: tuple[Path, str]) -> str:
    return opened_before[1]


@pytest.fixture
def school(tmp_path: Path, valkey: Valkey, knobs: dict[str, Any], opened_before: tuple[Path, str]) -> Iterator[Served]:
    data = tmp_path / "data"
    subprocess.run(["cp", "-a", str(opened_before[0]), str(data)], check=True)
    knobs = {
        "REDIS_URL": valkey.url,
        "EDUSPHERE_SOCKETS_PER_PERSON": "100",
        "EDUSPHERE_METRICS_TOKEN": METRICS_TOKEN,
        **knobs,
    }
    with serve(data, "--workers", "2", dial=None, **knobs) as school:
        eventually(lambda: len(workers(school)) == 2)
        yield school


def workers(school: Served) -> set[int]:
    """The processes that are children of the supervisor, Postgres's left out."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == school.process.pid and b"one_of_many" in (process / "cmdline").read_bytes():
                found.add(int(process.name))
    return found


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def listen(school: Served, token: str) -> Iterator[Callable[[], ClientConnection]]:
    """Open one more socket of Anna's, and hear its first word."""
    address = f"ws://127.0.0.1:{school.port}/ws/"
    headers = {"Authorization": f"Bearer {token}"}
    with contextlib.ExitStack() as sockets:

        def one_more() -> ClientConnection:
            socket = sockets.enter_context(connect(address, additional_headers=headers, open_timeout=30))
            socket.recv(timeout=30)
            return socket

        yield one_more


def holder(school: Served, socket: ClientConnection) -> int:
    """Return the worker at the other end (proc(5): net/tcp has the inode, fd the links to it)."""
    ends = f"0100007F:{school.port:04X} 0100007F:{socket.local_address[1]:04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()
    (inode,) = (fields[9] for fields in map(str.split, lines) if " ".join(fields[1:3]) == ends)
    for worker in workers(school):
        for descriptor in Path(f"/proc/{worker}/fd").iterdir():
            with contextlib.suppress(OSError):
                if descriptor.readlink().name == f"socket:[{inode}]":
                    return worker
    raise AssertionError("nobody has it")


def is_open(socket: ClientConnection) -> bool:
    try:
        socket.ping().wait(10)
    except ConnectionClosed:
        return False
    return True


def test_one_that_dies_is_replaced_and_the_others_do_not_notice(
    school: Served, listen: Callable[[], ClientConnection]
) -> None:
    sockets = [listen() for _ in range(20)]
    before = workers(school)
    holders = [holder(school, socket) for socket in sockets]
    killed = holders[0]
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: len(workers(school)) == 2 and killed not in workers(school))
    assert len(before & workers(school)) == 1
    assert school.get("/api/health/ready") == 200
    assert [is_open(socket) for socket in sockets] == [worker != killed for worker in holders]
    assert "by SIGKILL" in "".join(school.logged)


def test_all_are_renewed_without_one_refused_visit(school: Served, listen: Callable[[], ClientConnection]) -> None:
    sockets = [listen() for _ in range(6)]
    before, answers, done = workers(school), [], threading.Event()

    def visit() -> None:
        while not done.is_set():
            answers.append(school.get("/api/health/live"))

    visiting = threading.Thread(target=visit)
    visiting.start()
    try:
        school.process.send_signal(signal.SIGHUP)
        eventually(lambda: len(workers(school)) == 2 and not workers(school) & before)
    finally:
        done.set()
        visiting.join()
    assert set(answers) == {200}
    for listening in sockets:
        with contextlib.suppress(ConnectionClosed):
            while True:
                listening.recv(timeout=10)
    assert {listening.close_code for listening in sockets} == {1012}
    assert [line for line in complaints(school) if " INFO " not in line] == []


@pytest.mark.parametrize("knobs", [{"EDUSPHERE_WORKER_SILENCE": "8"}])
def test_one_that_lives_and_does_nothing_any_more_is_replaced(
    school: Served, listen: Callable[[], ClientConnection]
) -> None:
    before = workers(school)
    stopped = holder(school, listen())
    os.kill(stopped, signal.SIGSTOP)
    eventually(lambda: len(workers(school)) == 2 and stopped not in workers(school))
    assert len(before & workers(school)) == 1
    assert f"Worker {stopped} does not do anything any more" in "".join(school.logged)


@pytest.mark.parametrize("knobs", [{"EDUSPHERE_WORKER_SILENCE": "600"}])
def test_who_was_sent_to_one_that_hangs_is_let_in_by_another(
    school: Served, listen: Callable[[], ClientConnection]
) -> None:
    hangs, *_ = workers(school)
    os.kill(hangs, signal.SIGSTOP)
    began = time.monotonic()
    assert hangs not in {holder(school, listen()) for _ in range(12)}
    assert time.monotonic() - began < 12 * 1.5 + 5
    os.kill(hangs, signal.SIGCONT)


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"EDUSPHERE_WORKER_OPENING": "20"}, "did not begin to serve within 20 s"),
        ({"EDUSPHERE_WORKER_SILENCE": "8"}, "does not do anything any more"),
    ],
    ids=["too slow", "standing still"],
)
def test_while_a_new_one_does_not_begin_those_that_are_there_go_on(
    school: Served, listen: Callable[[], ClientConnection], words: str
) -> None:
    before, socket = workers(school), listen()
    school.process.send_signal(signal.SIGHUP)
    eventually(lambda: len(workers(school)) == 3)
    (new,) = workers(school) - before
    os.kill(new, signal.SIGSTOP)
    eventually(lambda: "those that are there go on" in "".join(school.logged))
    eventually(lambda: workers(school) == before)  # what was killed is gone a moment later
    assert f"Worker {new} {words}" in "".join(school.logged)
    assert is_open(socket)
    assert school.get("/api/health/ready") == 200


@pytest.mark.parametrize("knobs", [{"EDUSPHERE_LIMITS": "off"}])
def test_while_all_are_renewed_whatever_was_written_is_acknowledged_before_the_goodbye(
    school: Served, token: str
) -> None:
    before = workers(school)
    with posting(school, token, 6) as posters:
        school.process.send_signal(signal.SIGHUP)
        eventually(lambda: "workers are new" in "".join(school.logged))
    assert not workers(school) & before
    said = [client_id for poster in posters for client_id in poster.said]
    acknowledged = {client_id for poster in posters for client_id in poster.acknowledged}
    codes = [code for poster in posters for code in poster.codes]
    assert set(codes) == {1012}
    assert len(codes) >= len(posters)
    assert len(acknowledged) > 100
    assert written(school) == acknowledged, f"of {len(said)}"


def test_without_their_supervisor_they_close(school: Served) -> None:
    left = workers(school)
    school.process.kill()
    school.process.wait()
    eventually(lambda: not any(Path(f"/proc/{process}/cmdline").exists() for process in left))


def test_at_a_stop_all_go_and_nothing_is_logged(school: Served) -> None:
    left = workers(school)
    assert school.stop(signal.SIGINT) < 5 + 5
    assert school.process.returncode == 0
    assert not any(Path(f"/proc/{process}").exists() for process in left)
    assert complaints(school) == []


@pytest.mark.parametrize("knobs", [{"EDUSPHERE_DRAIN": "8"}])
def test_while_they_go_whoever_comes_is_refused_at_once(school: Served, token: str) -> None:
    with socket.create_connection(("127.0.0.1", school.port)) as half:
        half.sendall(b"POST /graphql/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        deaf = [deaf_socket(school, token) for _ in range(2)]  # it keeps the workers from having gone
        school.process.send_signal(signal.SIGTERM)
        time.sleep(1.5)
        assert school.process.poll() is None
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", school.port), timeout=5)
        for line in deaf:
            line.close()
    school.process.wait(PATIENCE)
    assert complaints(school) == []


def complaints(school: Served) -> list[str]:
    """What is logged, but for a Redis that took half a second while everything began at once."""
    return [line for line in school.logged if "Redis" not in line]


def deaf_socket(school: Served, token: str) -> socket.socket:
    """Open a websocket that never answers."""
    line = socket.create_connection(("127.0.0.1", school.port))
    line.sendall(
        f"GET /ws/ HTTP/1.1\r\nHost: localhost:{school.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        f"Authorization: Bearer {token}\r\n\r\n".encode()
    )
    assert b" 101 " in line.recv(1 << 16)
    return line


def test_they_go_with_the_terminal_they_were_started_at(tmp_path: Path, valkey: Valkey) -> None:
    data, port = tmp_path / "data", free_port()
    command = [sys.executable, "-m", "edusphere", "serve", "--workers", "2", "--port", str(port), "--data", str(data)]
    at_it = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
    terminal, line = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", at_it, *command],
        stdin=line,
        stdout=line,
        stderr=line,
        env=environment(REDIS_URL=valkey.url),
        start_new_session=True,
    ) as process:
        os.close(line)
        said = b""
        while b"The school is open" not in said:
            said += os.read(terminal, 1024)
        os.close(terminal)
        assert process.wait(PATIENCE) == 0


def test_nobody_is_kept_from_leaving_while_they_start(tmp_path: Path, valkey: Valkey) -> None:
    command = [sys.executable, "-m", "edusphere", "serve", "--demo", "--workers", "2", "--port", str(free_port())]
    with subprocess.Popen(
        [*command, "--data", str(tmp_path / "data")],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(REDIS_URL=valkey.url),
    ) as process:
        assert process.stdout is not None
        while "Filling" not in process.stdout.readline():
            assert process.poll() is None
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)
        assert time.monotonic() - began < 10 + 5
    assert process.returncode == 0


def how_it_is(school: Served) -> dict[str, str]:
    with urllib.request.urlopen(f"{school.url}/api/health/ready", timeout=10) as answer:  # noqa: S310 (our own)
        said: dict[str, str] = json.load(answer)
        return said


async def test_without_redis_the_school_is_open_and_says_what_is_missing(school: Served, valkey: Valkey) -> None:
    assert how_it_is(school) == {"status": "ready"}
    valkey.kill()
    eventually(lambda: "Redis cannot be reached" in how_it_is(school).get("degraded", ""))
    await valkey.start()
    eventually(lambda: all(how_it_is(school) == {"status": "ready"} for _ in range(10)))


async def test_a_redis_that_will_never_let_them_in_is_told_at_the_start(tmp_path: Path, valkey: Valkey) -> None:
    async with Redis.from_url(valkey.url) as administrator:
        await administrator.config_set("requirepass", "secret")
    said = run("serve", "--workers", "2", "--data", str(tmp_path / "data"), REDIS_URL=valkey.url)
    assert said.returncode == 2
    assert "Redis does not take the user and password of REDIS_URL" in said.stderr
    assert "Traceback" not in said.stderr


def test_without_redis_they_are_refused(tmp_path: Path) -> None:
    assert "REDIS_URL" in refusal("serve", "--workers", "2", "--data", str(tmp_path / "data"))


def test_a_scrape_tells_of_all_workers_and_a_killed_one_is_left_out(school: Served) -> None:
    def scraped() -> set[str]:
        request = urllib.request.Request(  # noqa: S310 (our own address)
            f"{school.url}/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return set(re.findall(r'^edusphere_sockets\{process="(\d+)"\}', answer.read().decode(), re.MULTILINE))

    before = workers(school)
    eventually(lambda: scraped() == {str(process) for process in before})
    killed = min(before)
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: len(workers(school)) == 2 and killed not in workers(school))
    eventually(lambda: scraped() == {str(process) for process in workers(school)})
