"""The addresses as `/api/openapi.json` describes them to whoever writes a program."""

from __future__ import annotations

from typing import Any

import pytest
from quart import Quart

from tests.web.browser import Browser

PAGES = {"/", "/<path:path>", "/admin/", "/admin/<path:page>", "/static/<path:name>"}
"""For people, not for programs."""


async def described(browser: Browser) -> dict[str, Any]:
    response = await browser.get("/api/openapi.json")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    document: dict[str, Any] = await response.get_json()
    return document


async def test_every_address_for_programs_is_described(app: Quart, stranger: Browser) -> None:
    document = await described(stranger)
    assert document["openapi"].startswith("3.1")
    known = {
        (method.lower(), rule.rule.replace("<uuid:", "{").replace("<path:", "{").replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if not rule.websocket and rule.rule not in PAGES
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    } - {("get", "/graphql/"), ("get", "/metrics")}  # a page for developers, and one for Prometheus
    operations = {
        (method, path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert operations.keys() == known
    for (method, path), operation in operations.items():
        assert operation["summary"].endswith("."), path
        assert {"400", "429"} <= operation["responses"].keys(), path
        assert any(status.startswith("2") for status in operation["responses"]), path
        assert method != "post" or operation["requestBody"]["content"], path


@pytest.mark.parametrize("path", ["/docs", "/redocs", "/scalar"])
async def test_nobody_is_shown_a_page_with_scripts_from_elsewhere(app: Quart, stranger: Browser, path: str) -> None:
    assert "cdn" not in await (await stranger.get(path)).get_data(as_text=True)
    assert path not in {rule.rule for rule in app.url_map.iter_rules()}


async def test_a_question_that_does_not_fit_is_refused_plainly(ben: Browser) -> None:
    response = await ben.send("POST", "/api/files/?name=a&name=b", ben.writing(), data=b"x")
    assert response.status_code == 400
    (error,) = (await response.get_json())["errors"]
    assert error == {"message": "The request cannot be understood.", "extensions": {"code": "INVALID"}}
