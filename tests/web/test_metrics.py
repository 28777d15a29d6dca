"""What a school counts, for whoever watches its server: numbers, and nothing of what people write."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from quart import Quart

from edusphere import metrics
from edusphere.server.logs import configure
from edusphere.settings import Settings
from edusphere.web.metrics import together
from edusphere.web.parts import Parts
from edusphere.web.request_id import request_id
from tests.web.browser import Browser

TOKEN = "the token of the tests"


def value(text: str, name: str, **labels: str) -> float:
    """Sum the samples of this name that have these labels."""
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


async def scraped(app: Quart) -> str:
    response = await app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    text: str = await response.get_data(as_text=True)
    return text


async def test_nobody_is_told_figures_but_who_has_the_token(make_app: Callable[..., Quart], stranger: Browser) -> None:
    assert (await stranger.get("/metrics")).status_code == 404
    async with make_app(metrics_token=SecretStr(TOKEN)).test_app() as app:
        for given in ("", "Bearer ", "Bearer nonsense", TOKEN, f"Bearer {TOKEN}x", "Bearer \u00e9"):
            response = await app.test_client().get("/metrics", headers={"Authorization": given})
            assert response.status_code == 401, given


async def test_what_people_do_is_counted_and_not_named(
    make_app: Callable[..., Quart], anna: Browser, parts: Parts
) -> None:
    watched = make_app(metrics_token=SecretStr(TOKEN))
    async with watched.test_app():
        before = await scraped(watched)
        await anna.ask("{ me { id } }")
        await anna.get("/media/avatars/nowhere.webp")
        after = await scraped(watched)
    grown = {
        name: value(after, f"edusphere_{name}", **labels) - value(before, f"edusphere_{name}", **labels)
        for name, labels in {
            "graphql_seconds_count": {"operation": "me"},
            "http_requests_total": {"door": "graphql", "status": "2"},
        }.items()
    }
    assert grown == {"graphql_seconds_count": 1, "http_requests_total": 1}
    assert value(after, "edusphere_database_connections", state="idle") >= 1
    assert "anna" not in after
    assert all(name not in after for name in ("nowhere", "@"))


async def test_a_scrape_tells_of_every_process_whichever_it_reaches() -> None:
    one = "# HELP edusphere_posts_total Posts.\n# TYPE edusphere_posts_total counter\nedusphere_posts_total 3.0\n"
    two = one.replace("3.0", "4.0") + "# HELP edusphere_late Late.\n# TYPE edusphere_late gauge\nedusphere_late 1.0\n"
    text = together({11: one, 12: two}).decode()
    assert value(text, "edusphere_posts_total") == 7
    assert value(text, "edusphere_posts_total", process="12") == 4
    assert value(text, "edusphere_late", process="12") == 1
    assert text.count("# TYPE edusphere_posts_total counter") == 1


async def test_every_answer_has_an_id_of_our_own(stranger: Browser) -> None:
    answers = [(await stranger.get(path)).headers["X-Request-Id"] for path in ("/", "/api/health/live", "/media/x")]
    assert len(set(answers)) == 3
    forged = await stranger.get("/", **{"X-Request-Id": "somebody-elses-id"})
    assert forged.headers["X-Request-Id"] != "somebody-elses-id"


async def test_our_proxys_id_is_kept_if_it_is_one(make_app: Callable[..., Quart], cast: object) -> None:
    async with make_app(trusted_proxies="127.0.0.1,unix").test_app() as app:
        client = app.test_client()
        for given, kept in (("0123456789abcdef", True), ("x", False), ("a b\tc d e f g", False), ("é" * 10, False)):
            scope = {"client": ("127.0.0.1", 1)}
            response = await client.get("/api/health/live", headers={"X-Request-Id": given}, scope_base=scope)
            assert (response.headers["X-Request-Id"] == given) is kept, given


@pytest.fixture
def log_as() -> object:
    before = logging.getLogger().handlers[:], logging.getLogger().level, logging.getLogger("edusphere").level
    yield configure
    root = logging.getLogger()
    root.handlers, root.level = before[0], before[1]
    logging.getLogger("edusphere").setLevel(before[2])


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_line_in_the_log_names_its_request(
    form: str, log_as: Callable[[Settings], None], capsys: pytest.CaptureFixture[str]
) -> None:
    log_as(Settings(log_format=form))  # type: ignore[arg-type]
    token = request_id.set("0123456789abcdef")
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("edusphere.web").exception("fault %s", "cafe")
    finally:
        request_id.reset(token)
    said = capsys.readouterr().err
    assert "0123456789abcdef" in said
    assert "ValueError: broken" in said
    if form == "json":
        line = json.loads(said)
        assert (line["event"], line["level"], line["request"]) == ("fault cafe", "error", "0123456789abcdef")


async def test_a_line_for_a_request_has_its_door_and_not_its_address(
    make_app: Callable[..., Quart], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "edusphere.web.tracing")
    async with make_app(log_requests=True).test_app() as app:
        await app.test_client().get("/media/avatars/secret-name.webp?token=secret-word")
        await app.test_client().get("/anna/pond-life")
    assert len(caplog.messages) == 2
    assert all("secret" not in line and "anna" not in line for line in caplog.messages)
    assert caplog.messages[0].startswith("GET /media/<path:path> 40")


def test_every_figure_says_what_it_is() -> None:
    for family in metrics.registry.collect():
        assert family.name.startswith("edusphere_")
        assert family.documentation.endswith(".")
