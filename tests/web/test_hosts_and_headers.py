"""By what names the server answers, whose pages may speak with it, and what it says beside every answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from quart import Quart
from werkzeug.datastructures import Headers

from edusphere.errors import TooMany
from edusphere.settings import Settings
from edusphere.web.origins import Origins
from edusphere.web.proxies import address_of
from edusphere.web.throttle import Throttle
from tests.web.browser import Browser

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def origins(settings: Settings, **changes: object) -> Origins:
    return Origins(settings.model_copy(update=changes))


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("localhost:8000", True),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("LOCALHOST:8000", True),
        ("localhost", False),
        ("localhost:9000", False),
        ("evil.example", False),
        ("localhost:8000.evil.example", False),
        ("evil.example:8000", False),
        ("", False),
    ],
)
def test_bound_to_loopback_it_answers_to_this_machines_own_names(settings: Settings, host: str, ours: bool) -> None:
    assert origins(settings).host_is_ours(host) is ours


def test_open_to_the_network_it_answers_to_its_public_name_and_those_allowed(settings: Settings) -> None:
    hosts = origins(
        settings, host="192.0.2.1", public_url="https://school.example", allowed_hosts="intranet, other.example:8443"
    )
    for host in ("school.example", "school.example:443", "intranet", "intranet:8000", "other.example:8443"):
        assert hosts.host_is_ours(host), host
    for host in ("localhost:8000", "127.0.0.1:8000", "other.example", "x.school.example", "school.example:8000"):
        assert not hosts.host_is_ours(host), host


def test_only_our_own_pages_and_named_guests_fit(settings: Settings) -> None:
    ours = origins(settings, public_url="https://school.example", cors_origins="https://app.example")
    for origin in ("https://school.example", "http://localhost:8000", "https://app.example"):
        assert ours.fits(Headers({"Origin": origin})), origin
    for origin in ("http://school.example", "https://school.example.evil.example", "null", "", "https://x.app.example"):
        assert not ours.fits(Headers({"Origin": origin})), origin
    assert ours.fits(Headers({"Origin": "https://app.example", "Sec-Fetch-Site": "cross-site"}))
    assert not ours.fits(Headers({"Sec-Fetch-Site": "cross-site"}))
    assert ours.fits(Headers())


@pytest.mark.parametrize("host", ["evil.example", "localhost:9000", "127.0.0.1"])
async def test_another_name_is_refused_in_plain_words(stranger: Browser, host: str) -> None:
    response = await stranger.get("/", Host=host)
    assert response.status_code == 400
    assert "does not answer to that name" in (await response.get_data(as_text=True))
    assert (await stranger.get("/api/health/live", Host=host)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/admin/"),
        ("GET", "/api/csrf/"),
        ("GET", "/api/health/live"),
        ("GET", "/api/nothing"),
        ("GET", "/graphql"),
        ("GET", "/graphql/"),
        ("POST", "/graphql/"),
        ("POST", "/"),
        ("GET", "/media/avatars/x.webp"),
        ("GET", "/static/x.js"),
        ("OPTIONS", "/graphql/"),
        ("TRACE", "/"),
    ],
)
async def test_every_answer_has_the_safe_headers(stranger: Browser, method: str, path: str) -> None:
    response = await stranger.send(method, path, {})
    assert response.status_code < 500
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "connect-src 'self' ws://localhost:8000" in policy
    assert "Access-Control-Allow-Origin" not in response.headers


async def test_guests_that_the_settings_name_may_use_the_api_and_nobody_else(
    make_app: Callable[..., Quart],
) -> None:
    app = make_app(cors_origins="https://app.example")
    async with app.test_app():
        browser = Browser(app)
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-csrftoken"}
        response = await browser.send("OPTIONS", "/graphql/", {"Origin": "https://app.example", **asked})
        assert response.headers["Access-Control-Allow-Origin"] == "https://app.example"
        assert response.headers["Access-Control-Allow-Credentials"] == "true"
        assert "X-CSRFToken" in response.headers["Access-Control-Allow-Headers"]
        for origin in ("https://evil.example", "https://app.example.evil.example", "null"):
            response = await browser.send("OPTIONS", "/graphql/", {"Origin": origin, **asked})
            assert "Access-Control-Allow-Origin" not in response.headers
            assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        ("", "203.0.113.9", "10.0.0.1"),
        ("10.0.0.0/8", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/8", "198.51.100.7, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.0/8", "", "10.0.0.1"),
        ("192.0.2.1", "203.0.113.9", "10.0.0.1"),
        ("10.0.0.0/8", "nonsense", "nonsense"),
    ],
)
async def test_a_client_is_where_the_last_trusted_proxy_saw_it(
    app: Quart, settings: Settings, trusted: str, forwarded: str, expected: str
) -> None:
    headers = {"X-Forwarded-For": forwarded, "Remote-Addr": "10.0.0.1"}
    async with app.test_request_context("/", headers=headers) as context:
        assert address_of(context.request, settings.model_copy(update={"trusted_proxies": trusted})) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["6.6.6.6", "203.0.113.7"], "203.0.113.7"),
        (["6.6.6.6, 6.6.6.7", "203.0.113.7, 10.0.0.2"], "203.0.113.7"),
        (["6.6.6.6", "203.0.113.7", "10.0.0.2", ""], "203.0.113.7"),
        (["10.0.0.3", "10.0.0.2"], "10.0.0.3"),
    ],
)
async def test_a_line_that_a_client_sent_does_not_hide_the_one_that_the_proxy_added(
    app: Quart, settings: Settings, lines: list[str], expected: str
) -> None:
    headers = Headers([("Remote-Addr", "10.0.0.1"), *(("X-Forwarded-For", line) for line in lines)])
    async with app.test_request_context("/", headers=headers) as context:
        assert address_of(context.request, settings.model_copy(update={"trusted_proxies": "10.0.0.0/8"})) == expected


@pytest.mark.parametrize(
    ("seen", "trusted", "forwarded", "expected"),
    [
        ("::ffff:10.0.0.1", "10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("::ffff:10.0.0.1", "10.0.0.0/8", "6.6.6.6, ::ffff:203.0.113.7, ::ffff:a00:2", "203.0.113.7"),
        ("::ffff:192.0.2.1", "10.0.0.0/8", "6.6.6.6", "192.0.2.1"),
        ("::ffff:192.0.2.1", "", "6.6.6.6", "192.0.2.1"),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.0/104", "203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::/32", "2001:DB9::7", "2001:DB9::7"),
    ],
)
async def test_an_address_is_the_same_whichever_kind_of_socket_saw_it(
    app: Quart, settings: Settings, seen: str, trusted: str, forwarded: str, expected: str
) -> None:
    headers = {"X-Forwarded-For": forwarded, "Remote-Addr": seen}
    async with app.test_request_context("/", headers=headers) as context:
        assert address_of(context.request, settings.model_copy(update={"trusted_proxies": trusted})) == expected


def test_all_addresses_of_one_home_come_to_one_limit(settings: Settings) -> None:
    few = {"limits": "on", "strangers_per_10_seconds": 2, "visits_per_10_seconds": 3}
    throttle = Throttle(settings.model_copy(update=few))
    for host in range(2):
        throttle.request(None, f"2001:db8::{host}")
    for ask in (throttle.request, throttle.download):
        with pytest.raises(TooMany):
            ask(None, "2001:db8::77")
    throttle.request(None, "2001:db8:0:1::77")
    for host in range(3):
        throttle.visit(f"2001:db8::{host}")
    with pytest.raises(TooMany):
        throttle.visit("2001:db8::77")
    throttle.visit("2001:db8:0:1::77")


@pytest.mark.parametrize(
    ("trusted", "expected"),
    [("unix", "7.7.7.7"), ("unix,10.0.0.1", "7.7.7.7"), ("10.0.0.1", "<local>"), ("", "<local>")],
)
async def test_a_proxy_at_a_unix_socket_is_believed_where_the_setting_says_so(
    app: Quart, settings: Settings, trusted: str, expected: str
) -> None:
    headers = {"X-Forwarded-For": "6.6.6.6, 7.7.7.7", "Remote-Addr": "<local>"}
    async with app.test_request_context("/", headers=headers) as context:
        assert address_of(context.request, settings.model_copy(update={"trusted_proxies": trusted})) == expected
