"""Requests that another site makes Max's browser send, and cookies that somebody planted."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.security.hostile.cases import Case, Target, get
from tests.security.hostile.wire import request

WRITE = json.dumps({"query": 'mutation { updateUser(name: "Changed") { user { id } } }'}).encode()
REFUSED = (403,)
KIND = "Content-Type: application/json"


def write(*lines: str, data: bytes = WRITE, target: str = "/graphql/") -> Callable[[Target], bytes]:
    """Return a write with Max's cookies; in the lines, `%…%` are his values."""

    def written(it: Target) -> bytes:
        values = {"%HOST%": it.host, "%CSRF%": it.csrf, "%JWT%": it.access}
        filled = list(lines)
        for name, value in values.items():
            filled = [line.replace(name, value) for line in filled]
        if not any(line.startswith("Cookie:") for line in filled):
            filled.append(it.cookie)
        return request(target, *filled, method="POST", host=it.host, body=data)

    return written


FORGED = (
    Case("a write without its token", write(KIND, "Origin: http://%HOST%"), REFUSED),
    Case("a write with an empty token", write(KIND, "Origin: http://%HOST%", "X-CSRFToken:"), REFUSED),
    Case("a write with a token made up", write(KIND, "Origin: http://%HOST%", "X-CSRFToken: " + "x" * 43), REFUSED),
    Case(
        "a write with a token that is no text", write(KIND, "Origin: http://%HOST%", "X-CSRFToken: \xff\xfe"), REFUSED
    ),
    Case("a write with the token in the address", write(KIND, target="/graphql/?csrftoken=x&X-CSRFToken=x"), REFUSED),
    Case("a write with two tokens", write(KIND, "X-CSRFToken: x", "X-CSRFToken: %CSRF%"), REFUSED),
    Case("a write from another site", write(KIND, "Origin: https://evil.example", "X-CSRFToken: %CSRF%"), REFUSED),
    Case("a write from nowhere", write(KIND, "Origin: null", "X-CSRFToken: %CSRF%"), REFUSED),
    Case(
        "a write from two origins",
        write(KIND, "Origin: http://%HOST%, http://evil.example", "X-CSRFToken: %CSRF%"),
        REFUSED,
    ),
    Case(
        "a write from our name's beginning",
        write(KIND, "Origin: http://%HOST%.evil.example", "X-CSRFToken: %CSRF%"),
        REFUSED,
    ),
    Case(
        "a write from our name over another way", write(KIND, "Origin: https://%HOST%", "X-CSRFToken: %CSRF%"), REFUSED
    ),
    Case("a write across sites", write(KIND, "Sec-Fetch-Site: cross-site", "X-CSRFToken: %CSRF%"), REFUSED),
    Case("a write from a neighbour", write(KIND, "Sec-Fetch-Site: same-site", "X-CSRFToken: %CSRF%"), REFUSED),
    Case("a write as a form of text", write("Content-Type: text/plain", "X-CSRFToken: %CSRF%"), (415,)),
    Case("a write as a form", write("Content-Type: application/x-www-form-urlencoded"), (415,)),
    Case("a write without a kind", write("X-CSRFToken: %CSRF%"), (415,)),
    Case("a write of a kind that hides", write("Content-Type: text/plain; x=application/json"), (415,)),
    Case("a write as a link", get("/graphql/?query=mutation%7BdeleteToken%7Bdeleted%7D%7D"), (405,)),
    Case(
        "a write with a token that was planted",
        write(KIND, "Cookie: csrftoken=planted; JWT=%JWT%", "X-CSRFToken: planted", "Origin: http://%HOST%"),
        REFUSED,
    ),
    Case(
        "a write with a planted token before the good one",
        write(KIND, "Cookie: csrftoken=planted; csrftoken=%CSRF%; JWT=%JWT%", "X-CSRFToken: planted"),
        REFUSED,
    ),
    Case(
        "a write beside a read",
        write(
            KIND,
            data=json.dumps(
                {"query": "query A { me { id } } mutation B { deleteToken { deleted } }", "operationName": "B"}
            ).encode(),
        ),
        REFUSED,
    ),
    Case(
        "a sign-in from another site",
        write(
            KIND,
            "Origin: https://evil.example",
            data=json.dumps({"query": 'mutation { tokenAuth(email: "a", password: "b") { success } }'}).encode(),
        ),
        REFUSED,
    ),
    Case(
        "a guest that nobody invited",
        lambda it: request(
            "/graphql/",
            "Origin: https://evil.example",
            "Access-Control-Request-Method: POST",
            method="OPTIONS",
            host=it.host,
        ),
        (200, 204, 403),
    ),
)


def with_cookies(cookies: str) -> Callable[[Target], bytes]:
    """Ask with these cookies who asks."""
    data = json.dumps({"query": "{ me { id } }"}).encode()
    return lambda it: request(
        "/graphql/", KIND, f"Cookie: {cookies}".replace("%JWT%", it.access), method="POST", host=it.host, body=data
    )


NOBODY = "UNAUTHENTICATED"
COOKIES = (
    Case("500 cookies", with_cookies("; ".join(f"c{n}={n}" for n in range(500))), (200,), NOBODY),
    Case("a cookie without a name", with_cookies("=%JWT%"), (200,), NOBODY),
    Case("a cookie with a name that is a pattern", with_cookies("JW.=%JWT%; JWT*=%JWT%"), (200,), NOBODY),
    Case("a cookie that opens a quote", with_cookies('JWT="%JWT%'), (200,), NOBODY),
    Case("a cookie in escapes", with_cookies('JWT="\\377\\376\\000"'), (200,), NOBODY),
    Case("a cookie that is no text", with_cookies("JWT=\xff\xfe\xfd"), (200,), NOBODY),
    Case("a cookie with a name of https", with_cookies("__Host-JWT=%JWT%"), (200,), NOBODY),
    Case("a planted cookie before the good one", with_cookies("JWT=planted; JWT=%JWT%"), (200,), NOBODY),
    Case("a cookie of 14 KiB", with_cookies("JWT=" + "a" * 14_000), (200,), NOBODY),
)
