"""`edusphere serve` through a school's days: opening, closing, being refused, dying and coming back."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from loadtests.bench.processes import free_port
from tests.server.served import Served, refusal, run, serve

SLACK = 5
"""Seconds that a busy machine may add to a promise."""
pytestmark = pytest.mark.timeout(240)

PASSWORD = "three words and one"


@pytest.fixture(scope="session")
def opened_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a school with one administrator, Anna."""
    data = tmp_path_factory.mktemp("school") / "data"
    anna = ("--email", "anna@school.example", "--username", "anna", "--name", "Anna", "--role", "ADMIN")
    made = run("user", "create", *anna, "--password-stdin", "--data", str(data), stdin=f"{PASSWORD}\n")
    assert made.returncode == 0, made
    return data


@pytest.fixture
def data(opened_before: Path, tmp_path: Path) -> Path:
    """That school, as one's own: copied with its owners."""
    subprocess.run(["cp", "-a", str(opened_before), str(tmp_path / "data")], check=True)
    return tmp_path / "data"


def anna_listens(school: Served) -> ClientConnection:
    made = run("token", "create", "--email", "anna@school.example", "--data", str(school.data))
    token = made.stdout.splitlines()[-1]
    address = f"ws://127.0.0.1:{school.port}/ws/"
    return connect(address, additional_headers={"Authorization": f"Bearer {token}"})


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_new_school_opens_and_tells_where_its_first_administrator_begins(tmp_path: Path) -> None:
    with serve(tmp_path / "data") as school:
        assert school.get("/") == 200
        school.stop()
    said = "".join(school.said)
    assert f"The school is open at {school.url}\n" in said
    assert re.search(rf"^{school.url}/setup\?token=[-_\w]{{40,}}$", said, re.MULTILINE)


def test_with_an_administrator_no_setup_address_is_told(data: Path) -> None:
    with serve(data) as school:
        school.stop()
    assert "setup" not in "".join(school.said)


def test_the_data_and_the_key_are_the_owners_alone_and_the_key_stays(data: Path) -> None:
    keys = []
    for _ in range(2):
        with serve(data) as school:
            keys.append((data / "secret_key").read_bytes())
            school.stop()
    assert keys[0] == keys[1]
    assert len(keys[0]) >= 32
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / "secret_key").stat().st_mode & 0o777 == 0o600


def test_nothing_is_logged_on_a_healthy_day(data: Path) -> None:
    with serve(data) as school:
        school.get("/")
        with anna_listens(school) as listening:
            listening.recv(timeout=10)
            school.stop()
    assert school.logged == []


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_closes_within_five_seconds_however_people_hang_on(data: Path, signal_number: int) -> None:
    with serve(data) as school:
        postgres = school.postgres()
        place = ("127.0.0.1", school.port)
        with socket.create_connection(place), socket.create_connection(place) as half, anna_listens(school):
            half.sendall(b"POST /graphql/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
            assert school.stop(signal_number) < 5 + SLACK
    assert school.process.returncode == 0
    assert not is_alive(postgres)


def test_sockets_are_told_to_come_back_later(data: Path) -> None:
    with serve(data) as school, anna_listens(school) as listening:
        listening.recv(timeout=10)
        school.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(ConnectionClosed):
            for _ in listening:
                pass
        school.process.wait(10)
    assert listening.close_code == 1012


def test_an_account_closed_at_the_command_line_is_put_out_within_a_second(data: Path) -> None:
    with serve(data) as school:
        ben = ("--email", "ben@school.example", "--username", "ben", "--name", "Ben", "--password-stdin")
        assert run("user", "create", *ben, "--data", str(data), stdin=PASSWORD).returncode == 0
        token = run("token", "create", "--email", "ben@school.example", "--data", str(data)).stdout.splitlines()[-1]
        address = f"ws://127.0.0.1:{school.port}/ws/"
        with connect(address, additional_headers={"Authorization": f"Bearer {token}"}) as ben_listens:
            ben_listens.recv(timeout=10)
            assert run("user", "disable", "ben", "--data", str(data)).returncode == 0
            closed = time.monotonic()
            with contextlib.suppress(ConnectionClosed):
                for _ in ben_listens:
                    pass
            assert time.monotonic() - closed < 1 + SLACK
        school.stop()
    assert ben_listens.close_code == 4003


def test_asked_twice_it_closes_at_once(data: Path) -> None:
    with serve(data, EDUSPHERE_DRAIN="20") as school:
        place = ("127.0.0.1", school.port)
        with socket.create_connection(place) as half:
            half.sendall(b"POST /graphql/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
            time.sleep(0.2)
            school.process.send_signal(signal.SIGINT)
            time.sleep(0.2)
            assert school.stop(signal.SIGINT) < 1 + SLACK
    assert school.process.returncode == 0


def test_a_second_serve_on_the_same_data_is_refused_in_words(data: Path) -> None:
    with serve(data) as school:
        said = refusal("serve", "--data", str(data), "--port", str(free_port()))
        assert f"process {school.process.pid}" in said
        assert "--data" in said
        assert school.get("/api/health/ready") == 200


def test_a_taken_port_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        said = refusal("serve", "--data", str(tmp_path / "data"), "--port", str(other.getsockname()[1]))
    assert "already listens" in said
    assert "--port" in said
    assert not (tmp_path / "data").exists()


def test_after_kill_9_everything_that_was_done_is_there(data: Path) -> None:
    with serve(data) as school:
        ben = ("--email", "ben@school.example", "--username", "ben", "--name", "Ben", "--password-stdin")
        assert run("user", "create", *ben, "--data", str(data), stdin=PASSWORD).returncode == 0
        school.process.kill()
        school.process.wait()
    with serve(data) as school:
        assert "ben@school.example" in run("user", "list", "--data", str(data)).stdout


def test_when_postgres_dies_the_school_comes_back_by_itself(data: Path) -> None:
    with serve(data) as school:
        died = school.postgres()
        os.kill(died, signal.SIGKILL)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                if school.get("/api/health/ready") == 200 and school.postgres() != died:
                    break
            except (OSError, ValueError):
                time.sleep(0.05)
        assert school.get("/api/health/ready") == 200
        assert school.stop() < 5 + SLACK


def readiness(school: Served) -> tuple[int, dict[str, str]]:
    try:
        with urllib.request.urlopen(f"{school.url}/api/health/ready", timeout=30) as answer:  # noqa: S310 (our own)
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def test_while_postgres_hangs_the_school_says_that_it_is_not_ready(data: Path) -> None:
    with serve(data) as school:
        server = school.postgres()
        family = {server}
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if int(status.read_text().rsplit(")", 1)[1].split()[1]) == server:
                    family.add(int(status.parent.name))
        for process in family:
            os.kill(process, signal.SIGSTOP)
        try:
            assert readiness(school) == (503, {"status": "not ready", "why": "The database does not answer."})
            assert school.get("/api/health/live") == 200
        finally:
            for process in family:
                os.kill(process, signal.SIGCONT)
        until = time.monotonic() + 20
        while readiness(school)[0] != 200:
            assert time.monotonic() < until
        assert readiness(school) == (200, {"status": "ready"})


def test_a_long_data_path_is_served(data: Path, tmp_path: Path) -> None:
    long = tmp_path / ("a-school-with-a-long-name-" * 6) / "data"
    long.parent.mkdir()
    data.rename(long)
    with serve(long) as school:
        assert "anna" in run("user", "list", "--data", str(long)).stdout
        school.stop()


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"SECRET_KEY": "secret"}, "SECRET_KEY is shorter than 32 bytes"),
        ({"EDUSPHERE_WORKERS": "2"}, "needs Redis"),
        ({"EDUSPHERE_HOST": "::", "EDUSPHERE_LIMITS": "off"}, "EDUSPHERE_LIMITS=off"),
        ({"EDUSPHERE_HOST": "198.51.100.7"}, "cannot listen on 198.51.100.7"),
        ({"EDUSPHERE_HOST": "no.such.host.invalid"}, "no address of this machine"),
        ({"EDUSPHERE_PROT": "1"}, "Did you mean EDUSPHERE_PORT"),
        ({"EDUSPHERE_PORT": "many"}, "EDUSPHERE_PORT"),
        ({"DB_HOST": "127.0.0.1", "DB_PORT": "1"}, "does not answer"),
    ],
)
def test_settings_that_make_no_sense_are_refused_in_words(tmp_path: Path, setting: dict[str, str], words: str) -> None:
    settings = {"EDUSPHERE_PORT": str(free_port())} | setting
    assert words in refusal("serve", "--data", str(tmp_path / "data"), **settings)


def test_data_that_cannot_be_written_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = refusal("serve", "--data", str(tmp_path / "file" / "data"), "--port", str(free_port()))
    assert "cannot be written" in said
    assert "--data" in said


def test_a_redis_that_is_away_is_told_and_the_school_opens(data: Path) -> None:
    with serve(data, REDIS_URL=f"redis://127.0.0.1:{free_port()}") as school:
        said = "".join(school.said)
        assert "Redis does not answer" in said
        assert "start it, or correct REDIS_URL" in said
