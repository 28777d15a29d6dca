"""Files through the real server: as streams, however large, and refused so that it is heard."""

from __future__ import annotations

import json
import os
import socket
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from edusphere.settings import MEBIBYTES
from tests.samples import LINUX_PROGRAM, noise
from tests.server.served import Served, run, serve

pytestmark = pytest.mark.timeout(240)

ANNA = ("--email", "anna@school.example", "--username", "anna", "--name", "Anna", "--role", "ADMIN")
LARGE = 100 * MEBIBYTES
PIECE = noise(1 * MEBIBYTES)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, str]]:
    """A school that takes large files, and the token of a program of Anna's."""
    data = tmp_path_factory.mktemp("school") / "data"
    with serve(data, EDUSPHERE_FILE_LIMIT=str(LARGE)) as served:
        run("user", "create", *ANNA, "--password-stdin", "--data", str(data), stdin="three words and one\n")
        token = run("token", "create", "--email", "anna@school.example", "--data", str(data)).stdout.split()[-1]
        yield served, token
        assert served.logged == []


def memory(served: Served) -> float:
    """Return the megabytes that the process has now, and had at most since the last question."""
    status = Path(f"/proc/{served.process.pid}/status").read_text()
    (peak,) = (int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    Path(f"/proc/{served.process.pid}/clear_refs").write_text("5")
    return peak / 1024


def send(school: tuple[Served, str], size: int, first: bytes = b"", name: str = "film.bin") -> tuple[int, str]:
    """Send a file as a program that hears nothing before it has said all; return status and answer."""
    served, token = school
    head = f"POST /api/files/?name={name} HTTP/1.1\r\nHost: localhost:{served.port}\r\nConnection: close\r\n"
    head += f"Authorization: Bearer {token}\r\nContent-Length: {size}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as line:
        line.sendall(head.encode() + first)
        left = size - len(first)
        try:
            while left > 0:
                line.sendall(PIECE[:left])
                left -= len(PIECE)
        except ConnectionError:
            pass  # it has heard enough
        with line.makefile("rb") as answer:
            status, _, body = answer.read().partition(b"\r\n\r\n")
    return int(status.split()[1]), body.decode()


def ask(school: tuple[Served, str], path: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
    served, token = school
    request = urllib.request.Request(  # noqa: S310 (our own address)
        f"{served.url}{path}", method=method, headers={"Authorization": f"Bearer {token}", **headers}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return answer.status, answer.headers, answer.read()


def test_a_hundred_megabytes_pass_through_with_the_memory_flat(school: tuple[Served, str]) -> None:
    assert send(school, 1 * MEBIBYTES)[0] == 201  # whatever is loaded late is loaded
    before = memory(school[0])
    before = memory(school[0])
    status, said = send(school, LARGE)
    assert status == 201
    grown = memory(school[0]) - before
    assert grown < 12, f"{grown:.1f} MB"

    path = f"/media/files/{json.loads(said)['id']}/film.bin"
    status, headers, data = ask(school, path, Range=f"bytes={50 * MEBIBYTES - 7}-{50 * MEBIBYTES + 6}")
    assert (status, data) == (206, PIECE[-7:] + PIECE[:7])
    status, headers, data = ask(school, path, "HEAD")
    assert (status, headers["Content-Length"], data) == (200, str(LARGE), b"")
    status, _, data = ask(school, path)
    assert (status, len(data)) == (200, LARGE)
    grown = memory(school[0]) - before
    assert grown < 12, f"{grown:.1f} MB"


@pytest.mark.parametrize(
    ("size", "first", "status", "says"),
    [(LARGE + 1, b"", 413, "at most 100 MB"), (40 * MEBIBYTES, LINUX_PROGRAM + PIECE, 415, "Programs")],
    ids=["too large", "a program"],
)
def test_who_is_refused_in_the_middle_of_an_upload_hears_why(
    school: tuple[Served, str], size: int, first: bytes, status: int, says: str
) -> None:
    heard, words = send(school, size, first)
    assert (heard, says in words) == (status, True), words
    assert ask(school, "/api/health/live")[0] == 200


def test_the_sweep_of_the_command_line_looks_and_then_sweeps(school: tuple[Served, str]) -> None:
    served, _ = school
    data = ("--data", str(served.data))
    assert run("sweep", *data).stdout == "There is nothing to sweep.\n"
    left = served.data / "media" / "unfinished" / "half"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(PIECE)
    os.utime(left, (0, 0))
    assert run("sweep", "--dry-run", *data).stdout.splitlines() == [
        "1 would be deleted: left by uploads that broke off.",
        "1.0 MB in all.",
    ]
    assert left.exists()
    assert run("sweep", *data).stdout.splitlines()[0] == "1 deleted: left by uploads that broke off."
    assert not left.exists()
