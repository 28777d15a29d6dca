"""The app's pages and assets, and the answers for whoever watches over the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from edusphere.errors import Unavailable
from edusphere.web import spa
from edusphere.web.parts import Parts
from tests.web.browser import Browser


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front end that was built."""
    folder = tmp_path / "dist"
    (folder / "static").mkdir(parents=True)
    (folder / "index.html").write_text("<title>the app</title>")
    (folder / "graphiql.html").write_text("<title>graphiql</title>")
    (folder / "favicon.ico").write_bytes(b"icon")
    (folder / "static" / "main-1a2b.js").write_text("plain")
    (folder / "static" / "main-1a2b.js.br").write_bytes(b"brotli")
    (folder / "static" / "main-1a2b.js.gz").write_bytes(b"gzip")
    (folder / "static" / ".secret").write_text("secret")
    (tmp_path / "outside.js").write_text("secret")
    monkeypatch.setattr(spa, "PACKAGED", folder)
    return folder


class TestBuilt:
    @pytest.mark.parametrize(
        "path", ["/", "/u/anna/biology", "/setup?token=x", "/join/abc", "/nothing/here", "/index.html"]
    )
    async def test_every_address_of_the_app_is_its_page(self, built: Path, stranger: Browser, path: str) -> None:
        response = await stranger.get(path)
        assert (response.status_code, response.mimetype) == (200, "text/html")
        assert response.headers["Cache-Control"] == "no-cache"
        assert await response.get_data() == b"<title>the app</title>"

    @pytest.mark.parametrize(
        "path", ["/api/nothing", "/api", "/graphql/x", "/ws/x/y", "/media", "/static/none.js", "/static/"]
    )
    async def test_a_mistake_at_a_door_is_not_answered_with_a_page(
        self, built: Path, stranger: Browser, path: str
    ) -> None:
        response = await stranger.get(path, Accept="application/json")
        assert response.status_code in (401, 404)
        assert (await response.get_json())["errors"]

    async def test_a_person_who_loses_the_way_reads_a_sentence(self, built: Path, stranger: Browser) -> None:
        response = await stranger.get("/static/none.js", Accept="text/html,*/*")
        assert (response.status_code, response.mimetype) == (404, "text/html")
        assert "There is no such file." in await response.get_data(as_text=True)

    @pytest.mark.parametrize(
        ("accepted", "encoding", "body"),
        [
            ("gzip, deflate, br", "br", b"brotli"),
            ("gzip", "gzip", b"gzip"),
            ("br;q=0, gzip", "gzip", b"gzip"),
            ("identity", None, b"plain"),
            ("", None, b"plain"),
        ],
    )
    async def test_assets_are_kept_for_ever_and_sent_as_small_as_the_browser_takes_them(
        self, built: Path, stranger: Browser, accepted: str, encoding: str | None, body: bytes
    ) -> None:
        response = await stranger.get("/static/main-1a2b.js", **{"Accept-Encoding": accepted})
        assert (response.status_code, response.mimetype) == (200, "text/javascript")
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers.get("Content-Encoding") == encoding
        assert "Accept-Encoding" in response.headers["Vary"]
        assert await response.get_data() == body

    async def test_what_the_browser_has_is_not_sent_again(self, built: Path, stranger: Browser) -> None:
        tag = (await stranger.get("/")).headers["ETag"]
        assert (await stranger.get("/", **{"If-None-Match": tag})).status_code == 304

    @pytest.mark.parametrize(
        "path", ["/static/../../outside.js", "/static/%2e%2e/%2e%2e/outside.js", "/static/.secret", "/static/a%00.js"]
    )
    async def test_no_path_leads_out_of_the_assets(self, built: Path, stranger: Browser, path: str) -> None:
        response = await stranger.get(path)
        assert response.status_code == 404
        assert b"secret" not in await response.get_data()

    async def test_the_explorer_is_there_in_debug_only(self, built: Path, stranger: Browser, parts: Parts) -> None:
        assert (await stranger.get("/graphql/")).status_code == 405
        assert b"the app" in await (await stranger.get("/graphiql.html")).get_data()
        parts.settings = parts.settings.model_copy(update={"debug": True})
        assert b"graphiql" in await (await stranger.get("/graphql/")).get_data()

    async def test_only_administrators_are_shown_the_administration(
        self, built: Path, stranger: Browser, anna: Browser, olga: Browser
    ) -> None:
        for path in ("/admin/", "/admin/people", "/admin"):
            for browser in (stranger, anna):
                response = await browser.get(path)
                assert response.status_code in (303, 308)
            assert (await stranger.get("/admin/people")).headers["Location"] == "/"
        assert (await olga.get("/admin/people")).status_code == 200


@pytest.fixture
def not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("PACKAGED", "CHECKOUT"):
        monkeypatch.setattr(spa, place, tmp_path / "none")


async def test_before_it_is_built_the_page_says_what_builds_it(not_built: None, stranger: Browser) -> None:
    response = await stranger.get("/")
    assert response.status_code == 200
    assert "./dev up" in await response.get_data(as_text=True)


async def test_a_school_that_is_well_says_so(stranger: Browser) -> None:
    for path in ("/api/health/live", "/api/health/ready"):
        response = await stranger.get(path)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"


async def test_without_its_database_it_lives_but_is_not_ready(
    stranger: Browser, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(parts.database, "row", gone)
    assert (await stranger.get("/api/health/live")).status_code == 200
    response = await stranger.get("/api/health/ready")
    assert (response.status_code, await response.get_json()) == (
        503,
        {"status": "not ready", "why": "The database does not answer."},
    )
