"""Files through nginx: streamed in, decided on by the school, sent by nginx."""

from __future__ import annotations

import json
import time
from contextlib import closing
from http.client import HTTPConnection

import pytest

from tests.nginx.answers import ask
from tests.nginx.conftest import Behind

pytestmark = pytest.mark.timeout(120)
GIVEN_BY_BOTH = (
    *("cache-control", "content-disposition", "content-security-policy", "content-type"),
    *("cross-origin-opener-policy", "cross-origin-resource-policy", "permissions-policy"),
    *("referrer-policy", "x-content-type-options", "x-frame-options"),
)
CONTENT = b"%PDF-1.7\n" + b"homework " * 1000
KIND = {"Content_Type": "application/octet-stream"}
PIECE = b"x" * 65536


def upload(behind: Behind) -> str:
    """Send Ben's homework and return its address."""
    sent = {**KIND, **behind.signed_in("ben")}
    answer = ask(behind.port, "/api/files/?name=homework.pdf", "POST", CONTENT, **sent)
    assert answer.status == 201, answer
    return f"/media/files/{answer.json()['id']}/homework.pdf"


def test_nginx_sends_what_the_school_allows_and_as_harmlessly(behind: Behind) -> None:
    path, ben = upload(behind), behind.signed_in("ben")
    answer = ask(behind.port, path, **ben)
    assert (answer.status, answer.body) == (200, CONTENT)
    decided = ask(behind.school.port, path, Host=behind.nginx.host, **ben)
    assert (decided.body, decided["x-accel-redirect"][:17]) == (b"", "/protected-media/")
    assert {name: answer[name] for name in GIVEN_BY_BOTH} == {name: decided[name] for name in GIVEN_BY_BOTH}
    assert "sandbox" in answer["content-security-policy"]
    assert not answer["x-accel-redirect"]
    part = ask(behind.port, path, Range="bytes=0-8", **ben)
    assert (part.status, part.body) == (206, CONTENT[:9])
    assert ask(behind.port, path, If_None_Match=answer["etag"], **ben).status == 304


def test_what_one_may_have_nobody_else_is_given(behind: Behind) -> None:
    path = upload(behind)
    for _ in range(3):
        assert ask(behind.port, path, **behind.signed_in("ben")).status == 200
        assert ask(behind.port, path, **behind.signed_in("mia")).status == 404
        assert ask(behind.port, path).status == 401
    media = behind.school.data / "media"
    stored = next(file for file in (media / "files").rglob("*") if file.is_file())
    for way in ("/protected-media/", "//protected-media/", "/media/../protected-media/", "/%70rotected-media/"):
        assert ask(behind.port, f"{way}{stored.relative_to(media)}", **behind.signed_in("ben")).status == 404


def test_an_upload_is_looked_at_while_it_comes(behind: Behind) -> None:
    with closing(HTTPConnection("localhost", behind.port, timeout=30)) as line:
        line.putrequest("POST", "/api/files/?name=homework.pdf")
        for name, value in (behind.signed_in("ben") | {"Content-Length": str(20 * len(PIECE))}).items():
            line.putheader(name, value)
        line.endheaders()
        unfinished = behind.school.data / "media" / "unfinished"
        until = time.monotonic() + 20
        for _ in range(19):
            line.send(PIECE)
        while not (unfinished.is_dir() and any(file.stat().st_size for file in unfinished.iterdir())):
            assert time.monotonic() < until, "nginx keeps it back"
            time.sleep(0.02)
        line.send(PIECE)
        response = line.getresponse()
        assert (response.status, json.loads(response.read())["size"]) == (201, 20 * len(PIECE))


@pytest.mark.parametrize("path", ["/api/files/?name=film.mp4", "/graphql/", "/api/csrf/", "/ws/"])
def test_what_is_too_large_is_refused_in_words_before_it_comes(behind: Behind, path: str) -> None:
    with closing(HTTPConnection("localhost", behind.port, timeout=30)) as line:
        line.putrequest("POST", path)
        for name, value in (behind.signed_in("ben") | {"Content-Length": str(2**30)}).items():
            line.putheader(name, value)
        line.endheaders(PIECE)
        response = line.getresponse()
        refusal = json.loads(response.read())["errors"][0]
        assert response.status == 413
        assert (refusal["message"], refusal["extensions"]["code"]) == ("That is too large.", "INVALID")
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_what_does_not_say_how_large_it_is_is_stopped_at_the_limit(behind: Behind) -> None:
    with closing(HTTPConnection("localhost", behind.port, timeout=30)) as line:
        line.putrequest("POST", "/api/files/?name=film.mp4")
        for name, value in (behind.signed_in("ben") | {"Transfer-Encoding": "chunked"}).items():
            line.putheader(name, value)
        line.endheaders()
        for _ in range(30 * 2**20 // len(PIECE)):
            line.send(b"%x\r\n%b\r\n" % (len(PIECE), PIECE))
        response = line.getresponse()
        assert (response.status, json.loads(response.read())["errors"][0]["message"]) == (413, "That is too large.")
    until = time.monotonic() + 20
    while list((behind.school.data / "media" / "unfinished").iterdir()):
        assert time.monotonic() < until, "half of it is kept"
        time.sleep(0.02)
    assert ask(behind.port, "/api/health/ready").status == 200
