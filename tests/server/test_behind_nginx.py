"""Files, decided on by the school and sent by a real nginx."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from loadtests.bench.processes import free_port
from tests.server.served import PATIENCE, Served, run, serve

pytestmark = pytest.mark.timeout(240)
SNIPPET = Path(__file__).parents[2] / "nginx" / "media.conf"
GIVEN_BY_BOTH = (
    *("cache-control", "content-disposition", "content-security-policy", "content-type"),
    *("cross-origin-opener-policy", "cross-origin-resource-policy", "permissions-policy"),
    *("referrer-policy", "x-content-type-options", "x-frame-options"),
)
CONTENT = b"%PDF-1.7\n" + b"homework " * 1000


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Served]:
    data = tmp_path / "data"
    ben = ("--email", "ben@school.example", "--username", "ben", "--name", "Ben")
    assert (
        run("user", "create", *ben, "--password-stdin", "--data", str(data), stdin="three words and one").returncode
        == 0
    )
    with serve(data, EDUSPHERE_ACCEL="/protected-media/", EDUSPHERE_ALLOWED_HOSTS="127.0.0.1") as school:
        yield school


@pytest.fixture
def proxied(school: Served, tmp_path: Path) -> Iterator[str]:
    """The address of an nginx before the school."""
    port = free_port()
    folder = tmp_path / "nginx"
    folder.mkdir()
    (folder / "media.conf").write_text(SNIPPET.read_text().replace("/data/media/", f"{school.data}/media/"))
    (folder / "nginx.conf").write_text(
        f"""
        {"user root;" if os.geteuid() == 0 else ""}
        daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
        events {{}}
        http {{
            access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
            fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
            server {{
                listen 127.0.0.1:{port};
                proxy_set_header Host 127.0.0.1:{school.port};
                location / {{ proxy_pass http://127.0.0.1:{school.port}; }}
                include {folder}/media.conf;
            }}
        }}
        """
    )
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    process = subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")])
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fetch(f"{address}/api/health/live")
            break
        except OSError:
            assert process.poll() is None, (folder / "error.log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
    yield address
    process.terminate()
    process.wait()


def fetch(
    address: str, token: str = "", body: bytes | None = None, **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    given = headers | ({"Authorization": f"Bearer {token}"} if token else {})
    asked = urllib.request.Request(address, body, given)  # noqa: S310 (our own address)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
            return answer.status, answer.read(), _headers(answer.headers)
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read(), _headers(refusal.headers)


def _headers(given: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in given.items()}


def test_nginx_sends_what_the_school_allows_and_as_harmlessly(school: Served, proxied: str) -> None:
    token = run("token", "create", "--email", "ben@school.example", "--data", str(school.data)).stdout.splitlines()[-1]
    kind = {"Content-Type": "application/octet-stream"}
    status, answer, _ = fetch(f"{proxied}/api/files/?name=homework.pdf", token, CONTENT, **kind)
    assert status == 201, answer
    path = f"/media/files/{json.loads(answer)['id']}/homework.pdf"

    status, content, headers = fetch(proxied + path, token)
    assert (status, content) == (200, CONTENT)
    _, nothing, decided = fetch(school.url + path, token)
    assert (nothing, "x-accel-redirect" in decided) == (b"", True)
    assert {name: headers.get(name) for name in GIVEN_BY_BOTH} == {name: decided.get(name) for name in GIVEN_BY_BOTH}
    assert "sandbox" in headers["content-security-policy"]
    assert "x-accel-redirect" not in headers

    status, part, _ = fetch(proxied + path, token, Range="bytes=0-8")
    assert (status, part) == (206, CONTENT[:9])
    assert fetch(proxied + path)[0] == 401
    stored = next(file for file in (school.data / "media" / "files").rglob("*") if file.is_file())
    inner = stored.relative_to(school.data / "media")
    assert fetch(f"{proxied}/protected-media/{inner}", token)[0] == 404
