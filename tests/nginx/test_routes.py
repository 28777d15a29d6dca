"""Every address through nginx: who answers it, and with which headers."""

from __future__ import annotations

import gzip
from contextlib import closing
from http.client import HTTPConnection

import pytest

from tests.nginx.answers import Answer, ask, question
from tests.nginx.conftest import PAGE, SCRIPT, Behind
from tests.security import headers

pytestmark = pytest.mark.timeout(120)
JSON = {"Content_Type": "application/json"}
HTML = {"Accept": "text/html"}


def good(answer: Answer, path: str) -> Answer:
    """Return the answer, if its headers are as every answer's must be, each said once."""
    others = [(name, value) for name, value in answer.headers if (name, value) != ("server", "nginx")]
    body = answer.text if answer["content-type"].startswith("text/html") else ""
    assert headers.wrong(others, body, path=path) == []
    names = [name for name, _ in others if name not in ("set-cookie", "vary")]
    assert len(names) == len(set(names)), names
    return answer


def test_the_apps_parts_are_sent_compressed_and_kept_for_good(behind: Behind) -> None:
    path = "/static/main-4f2a.js"
    plain = good(ask(behind.port, path), path)
    assert (plain.status, plain.text) == (200, SCRIPT)
    assert plain["cache-control"] == "public, max-age=31536000, immutable"
    assert plain["content-type"] == "text/javascript; charset=utf-8"
    packed = good(ask(behind.port, path, Accept_Encoding="gzip"), path)
    assert (packed["content-encoding"], packed["vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed.body).decode() == SCRIPT
    assert ask(behind.port, path, If_None_Match=plain["etag"]).status == 304


@pytest.mark.parametrize("path", ["/", "/index.html", "/u/anna/biology", "/setup?token=x", "/graphiql.html", "/join/a"])
def test_the_app_answers_every_address_of_its_own_and_is_asked_for_anew(behind: Behind, path: str) -> None:
    answer = good(ask(behind.port, path, **HTML), path)
    assert (answer.status, answer.text, answer["cache-control"]) == (200, PAGE, "no-cache")
    assert answer["content-type"] == "text/html; charset=utf-8"
    direct = ask(behind.school.port, "/", Host=behind.nginx.host)
    for name in ("content-security-policy", "permissions-policy", "x-dns-prefetch-control"):
        assert answer[name] == direct[name]


def test_what_lies_beside_the_page_is_found(behind: Behind) -> None:
    answer = good(ask(behind.port, "/favicon.svg"), "/favicon.svg")
    assert (answer.status, answer["content-type"]) == (200, "image/svg+xml")


def test_graphql_answers_by_post_alone(behind: Behind) -> None:
    sent = {**JSON, **behind.signed_in("ben")}
    answer = good(ask(behind.port, "/graphql/", "POST", question("{ me { username } }"), **sent), "/graphql/")
    assert answer.json() == {"data": {"me": {"username": "ben"}}}
    assert answer["cache-control"] == "no-store"
    assert good(ask(behind.port, "/graphql/"), "/graphql/").status == 405


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/csrf/", 200),
        ("/api/health/ready", 200),
        ("/api/openapi.json", 200),
        ("/api/nothing", 404),
        ("/admin/", 303),
        ("/admin/people", 303),
        ("/media/avatars/a.webp", 401),
        ("/protected-media/", 404),
        ("/protected-media/files/x", 404),
        ("/metrics", 404),
        ("/metrics/x", 404),
        ("/static/none.js", 404),
        ("/static/", 404),
        ("/static/../index.html.gz", 200),
        ("/errors/large.json", 404),
        ("/errors/calm.css", 200),
        ("/ws/", 404),
    ],
)
def test_every_address_answers_as_it_should(behind: Behind, path: str, status: int) -> None:
    for accept in ("text/html", "application/json"):
        assert good(ask(behind.port, path, Accept=accept), path).status == status


@pytest.mark.parametrize("path", ["/graphql", "/api", "/ws", "/media", "/admin", "/static"])
def test_what_is_nearly_a_door_leads_nowhere_else(behind: Behind, path: str) -> None:
    answer = ask(behind.port, path)
    assert answer.status in (308, 404)
    assert answer["location"] in ("", f"http://{behind.nginx.host}{path}/")


def test_refusals_of_nginx_speak_as_the_door_does(behind: Behind) -> None:
    data = good(ask(behind.port, "/metrics", **HTML), "/metrics")
    assert data["content-type"] == "application/json; charset=utf-8"
    assert data.json()["errors"][0]["extensions"] == {"code": "NOT_FOUND"}
    page = good(ask(behind.port, "/static/none.js", **HTML), "/static/none.js")
    assert "There is nothing at this address" in page.text
    assert (page["cache-control"], page["content-type"]) == ("no-store", "text/html; charset=utf-8")
    assert good(ask(behind.port, "/", "POST", b"x"), "/").status == 405


def test_two_people_never_see_each_others_answers(behind: Behind) -> None:
    with closing(HTTPConnection("localhost", behind.port, timeout=30)) as line:
        for username in ("ben", "mia", "mia", "ben") * 10:
            sent = {**JSON, **behind.signed_in(username)}
            answer = ask(line, "/graphql/", "POST", question("{ me { username } }"), **sent)
            assert answer.json()["data"]["me"]["username"] == username
        assert ask(line, "/graphql/", "POST", question("{ me { username } }"), **JSON).json()["data"]["me"] is None
