"""Addresses that lead elsewhere, and names that the server does not have."""

from __future__ import annotations

from collections.abc import Callable

from tests.security.hostile.cases import Case, Target, as_max, get
from tests.security.hostile.wire import request

NOWHERE = (400, 404)


def named(host: str, *lines: str) -> Callable[[Target], bytes]:
    return lambda it: request("/", *lines, host=host.replace("%PORT%", it.host.partition(":")[2]))


PATHS = (
    Case("out of the assets", get("/static/../../pyproject.toml"), NOWHERE),
    Case("out of the assets, written in percent", get("/static/%2e%2e/%2e%2e/pyproject.toml"), NOWHERE),
    Case("out of the assets, the slash too", get("/static/..%2f..%2fpyproject.toml"), NOWHERE),
    Case("out of the assets, written twice", get("/static/%252e%252e%252fpyproject.toml"), NOWHERE),
    Case("out of the assets as on Windows", get("/static/..%5c..%5cpyproject.toml"), NOWHERE),
    Case("out of the assets with dots to be dropped", get("/static/....//....//pyproject.toml"), (*NOWHERE, 308)),
    Case("out of the assets by an overlong slash", get("/static/..%c0%af..%c0%afpyproject.toml"), NOWHERE),
    Case("from the root", get("/static//etc/passwd"), (*NOWHERE, 308)),
    Case("from the root, in percent", get("/static/%2fetc%2fpasswd"), (*NOWHERE, 308)),
    Case("a NUL that ends the name", get("/static/index.js%00.css"), NOWHERE),
    Case("a name that no folder can hold", get("/static/" + "a" * 4_000 + ".js"), NOWHERE),
    Case("a name that is no text", get("/static/%ff%fe.js"), NOWHERE),
    Case("a folder instead of a file", get("/static/"), NOWHERE),
    Case("a file beside the assets", get("/static/.env"), NOWHERE),
    Case("out of the pictures", as_max("/media/avatars/../../secret_key"), NOWHERE),
    Case("out of the pictures, in percent", as_max("/media/avatars/..%2f..%2fsecret_key"), NOWHERE),
    Case("out of the media", as_max("/media/%2e%2e/secret_key"), NOWHERE),
    Case("the key, by its path", as_max("/media//etc/passwd"), (*NOWHERE, 308)),
    Case("a picture with a NUL", as_max("/media/avatars/a%00.webp"), NOWHERE),
    Case("a picture that is a page", as_max("/media/avatars/a.html"), NOWHERE),
    Case("all pictures", as_max("/media/avatars/"), NOWHERE),
    Case("the media without signing in", get("/media/avatars/a.webp"), (401,)),
    Case("out of the app's pages", get("/../secret_key"), (200, *NOWHERE)),
    Case("out of the app's pages, in percent", get("/%2e%2e/%2e%2e/%2e%2e/etc/passwd"), (200, *NOWHERE)),
    Case("a page with a NUL", get("/u/anna%00/biology"), (200, *NOWHERE)),
    Case("a page with a line break", get("/admin/%0d%0aSet-Cookie:%20a=b"), NOWHERE),
    Case("to another site by two slashes", get("//evil.example/%2e%2e"), (200, *NOWHERE)),
    Case("to another site by a missing slash", get("//evil.example/admin"), (200, *NOWHERE)),
    Case("a percent that is no sign", get("/%zz%"), (200, *NOWHERE)),
    Case("no path", get("?x"), NOWHERE),
    Case("a whole address", get("http://evil.example/"), (200, *NOWHERE)),
    Case("a whole address that is none", get("http://["), NOWHERE),
    Case("an asterisk", get("*"), NOWHERE),
    Case("a question without end", get("/?" + "a=b&" * 3_000), (200, 400, 414)),
    Case("the administration, by another way", get("/", "X-Original-URL: /admin/", "X-Rewrite-URL: /admin/"), (200,)),
    Case("the administration, as a pupil", as_max("/admin/"), (303,)),
    Case("the administration, in percent", as_max("/%61dmin/people"), (303,)),
    Case("the administration, by a second slash", as_max("//admin/"), (200, 303, *NOWHERE)),
)
HOSTS = (
    Case("another name", named("evil.example"), (400,)),
    Case("our name at another port", named("localhost:1"), (400,)),
    Case("our name and somebody's", named("localhost:%PORT%@evil.example"), (400,)),
    Case("our name at the beginning", named("localhost:%PORT%.evil.example"), (400,)),
    Case("our name at the end", named("evil.example#localhost:%PORT%"), (400,)),
    Case("a name with a path", named("localhost:%PORT%/admin"), (400,)),
    Case("no name", named(""), (400,)),
    Case("a name of 5,000 letters", named("a" * 5_000), (400,)),
    Case("a name behind our own", named("localhost:%PORT%, evil.example"), (400,)),
    Case("a name that is a script", named("<script>alert(1)</script>"), (400,)),
    Case("another name for the address only", named("localhost:%PORT%", "X-Forwarded-Host: evil.example"), (200,)),
    Case(
        "a proxy that nobody trusts", get("/admin/", "X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1"), (303,)
    ),
)
