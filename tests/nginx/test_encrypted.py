"""https: HTTP/2 for browsers, sockets beside it, and whoever comes in the clear is sent there."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from loadtests.bench.processes import free_port
from tests.certificates import make_certificate
from tests.nginx.answers import ask
from tests.nginx.backends import Backend, backend, well
from tests.nginx.placed import Placed, placed
from tests.security import headers
from tests.security.hostile import wire


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest_asyncio.fixture
async def school() -> AsyncIterator[Backend]:
    async with backend(well) as school:
        yield school


@pytest.fixture
def nginx(tmp_path: Path, built: Path, certificate: Path, school: Backend) -> Iterator[tuple[Placed, int]]:
    """nginx with a certificate, and its port for https."""
    tls = free_port()
    (tmp_path / "acme/.well-known/acme-challenge").mkdir(parents=True)
    (tmp_path / "acme/.well-known/acme-challenge/word").write_text("mine")
    own = {
        "NGINX_LISTEN_TLS": f"127.0.0.1:{tls}",
        "NGINX_CERTIFICATE": str(certificate),
        "NGINX_CERTIFICATE_KEY": str(certificate),
        "NGINX_ACME": str(tmp_path / "acme"),
        "NGINX_APP": str(built),
    }
    with placed(tmp_path / "nginx", free_port(), [school.port], **own) as nginx:
        yield nginx, tls


def dialled(port: int, certificate: Path, *protocols: str, newest: ssl.TLSVersion | None = None) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=certificate)
    if protocols:
        context.set_alpn_protocols(list(protocols))
    if newest is not None:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = newest
    line = socket.create_connection(("127.0.0.1", port), 10)
    try:
        return context.wrap_socket(line, server_hostname="localhost")
    except BaseException:
        line.close()
        raise


def test_browsers_speak_http_2_and_programs_what_they_can(nginx: tuple[Placed, int], certificate: Path) -> None:
    with dialled(nginx[1], certificate, "h2", "http/1.1") as browser:
        assert browser.selected_alpn_protocol() == "h2"
    with dialled(nginx[1], certificate, "http/1.1") as program:
        assert program.selected_alpn_protocol() == "http/1.1"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_nothing_older_than_tls_1_2_is_spoken(nginx: tuple[Placed, int], certificate: Path) -> None:
    with dialled(nginx[1], certificate, newest=ssl.TLSVersion.TLSv1_2) as line:
        assert line.version() == "TLSv1.2"
    with pytest.raises((ssl.SSLError, OSError)):
        dialled(nginx[1], certificate, newest=ssl.TLSVersion.TLSv1_1)


@pytest.mark.parametrize("path", ["/", "/static/none.js", "/metrics"])
def test_browsers_are_told_to_stay_with_https(nginx: tuple[Placed, int], certificate: Path, path: str) -> None:
    head, body = _asked(nginx[1], certificate, wire.request(path, host=f"localhost:{nginx[1]}"))
    said = [pair for pair in head if pair != ("server", "nginx")]
    assert headers.wrong(said, body.decode(), secure=True) == []
    if path == "/":
        assert f"wss://localhost:{nginx[1]}" in dict(head)["content-security-policy"]


async def test_the_school_is_told_how_people_came(nginx: tuple[Placed, int], certificate: Path) -> None:
    _, body = await asyncio.to_thread(_asked, nginx[1], certificate, wire.request("/api/x", host="localhost"))
    assert json.loads(body)["x-forwarded-proto"] == "https"


def test_who_comes_in_the_clear_is_sent_to_https_and_the_certificate_can_be_renewed(
    nginx: tuple[Placed, int], school: Backend
) -> None:
    answer = ask(nginx[0].port, "/u/anna/biology?x=1", Host="school.example")
    assert (answer.status, answer["location"]) == (308, "https://school.example/u/anna/biology?x=1")
    assert answer["x-content-type-options"] == "nosniff"
    assert ask(nginx[0].port, "/graphql/", "POST", b"{}").status == 308
    assert not school.asked
    assert ask(nginx[0].port, "/.well-known/acme-challenge/word").text == "mine"


def _asked(port: int, certificate: Path, request: bytes) -> tuple[list[tuple[str, str]], bytes]:
    with dialled(port, certificate) as line:
        line.sendall(request)
        answer = line.makefile("rb").read()
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line.decode().partition(": ") for line in head.split(b"\r\n")[1:]]
    return [(name.lower(), value) for name, _, value in lines], body
