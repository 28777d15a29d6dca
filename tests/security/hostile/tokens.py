"""Access tokens that somebody made up, bent, stole from another place, or kept too long."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt

from tests.security.hostile.cases import Case, Target
from tests.security.hostile.wire import request

ME = json.dumps({"query": "{ me { username } }"}).encode()


def with_token(make: Callable[[Target], str], scheme: str = "JWT") -> Callable[[Target], bytes]:
    """Ask, with a token in the header, who asks."""

    def written(it: Target) -> bytes:
        lines = ("Content-Type: application/json", f"Authorization: {scheme} {make(it)}")
        return request("/graphql/", *lines, method="POST", host=it.host, body=ME)

    return written


def signed(algorithm: str = "HS256", key: bytes | None = None, **changes: Any) -> Callable[[Target], str]:
    """Sign changed claims with our key, which nobody outside has, or another."""
    return lambda it: jwt.encode(it.access_token(**changes), key or it.keys.current, algorithm=algorithm)


def written(header: dict[str, Any], claims: Any = None, *, signature: bytes | None = None) -> Callable[[Target], str]:
    """Write a token part by part; without a signature of its own it is signed by our key."""

    def make(it: Target) -> str:
        said = it.access_token() if claims is None else claims
        payload = said if isinstance(said, bytes) else json.dumps(said).encode()
        head = f"{_part(json.dumps(header).encode())}.{_part(payload)}"
        mac = hmac.digest(it.keys.current, head.encode(), hashlib.sha256) if signature is None else signature
        return f"{head}.{_part(mac)}"

    return make


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


NOBODY = "UNAUTHENTICATED"
HS = {"alg": "HS256", "typ": "JWT"}


def nobody(what: str, make: Callable[[Target], str], scheme: str = "JWT") -> Case:
    return Case(what, with_token(make, scheme), (200,), NOBODY)


TOKENS = (
    nobody("unsigned", written({"alg": "none", "typ": "JWT"}, signature=b"")),
    nobody("unsigned, in capitals", written({"alg": "NONE"}, signature=b"")),
    nobody("unsigned, with a signature", written({"alg": "None"})),
    nobody("without an algorithm", written({"typ": "JWT"})),
    nobody("an algorithm that is a list", written({"alg": ["HS256"]})),
    nobody("signed as if our key were a public one", written({"alg": "RS256", "typ": "JWT"})),
    nobody("signed as if it were an elliptic one", written({"alg": "ES256", "typ": "JWT"})),
    nobody("signed by a longer hash", written({"alg": "HS512", "typ": "JWT"})),
    nobody("signed by another key", signed(key=b"another key, of thirty-two bytes")),
    nobody("signed by no key", written(HS, signature=hmac.digest(b"", b"", hashlib.sha256))),
    nobody("a key of its own inside", written({**HS, "alg": "RS256", "jwk": {"kty": "oct", "k": "AAAA"}})),
    nobody("a key from another place", written({**HS, "alg": "RS256", "jku": "https://evil.example/keys"})),
    nobody(
        "a key from a file",
        written({**HS, "kid": "../../../../dev/null"}, signature=hmac.digest(b"\0", b"", hashlib.sha256)),
    ),
    nobody("something critical that nobody knows", written({**HS, "crit": ["exp"], "b64": False})),
    nobody("of another kind", signed(typ="refresh")),
    nobody("of no kind", signed(typ=None)),
    nobody("for somebody else", signed(aud="elsewhere")),
    nobody("for many", signed(aud=["elsewhere", "nowhere"])),
    nobody("by somebody else", signed(iss="https://evil.example")),
    nobody("without an end", signed(exp=None)),
    nobody("with an end in words", signed(exp="tomorrow")),
    nobody("with an end long ago", signed(exp=1_700_000_100)),
    nobody("with an end before all time", signed(exp=-1)),
    nobody("with an end beyond all time", written(HS, b'{"exp": 1e999, "sub": "x", "sid": "x"}')),
    nobody("with an end that is a list", signed(exp=[4_000_000_000])),
    nobody("of a session that is none", signed(sid="00000000-0000-0000-0000-000000000000")),
    nobody("of a session that is no id", signed(sid="' OR 1=1 --")),
    nobody("of a session that is a number", signed(sid=7)),
    nobody("of another person's session", signed(sub="00000000-0000-0000-0000-000000000001")),
    nobody("of a person that is a list", written(HS, b'{"sub": [], "sid": {}, "typ": "access"}')),
    nobody("of a session that has ended", lambda it: it.ended_access),
    nobody("claims that are a list", written(HS, [])),
    nobody("claims that are no JSON", written(HS, b"\xff\xfe")),
    nobody("claims of 10 KiB", signed(note="a" * 10_000, sid=7)),
    nobody("claims as deep as can be", written(HS, b"[" * 5_000)),
    nobody("a header as deep as can be", lambda it: f"{_part(b'[' * 5_000)}.e30.AAAA"),
    nobody("one part", lambda it: it.access.split(".")[1]),
    nobody("four parts", lambda it: it.access + ".AAAA"),
    nobody("an empty one", lambda it: ""),
    nobody("nothing but dots", lambda it: ".."),
    nobody("its last letter cut off", lambda it: it.access[:-2]),
    nobody("with a space in it", lambda it: it.access[:40] + " " + it.access[40:]),
    nobody("that is no text", lambda it: "\xff\xfe.\xff.\xff"),
    nobody("twice", lambda it: f"{it.access}, JWT {it.access}"),
    nobody("a refresh token instead", lambda it: it.refresh),
    nobody("a program's token instead", lambda it: it.bearer),
    nobody("an access token as a program's", lambda it: it.access, "Bearer"),
    nobody("a refresh token as a program's", lambda it: it.refresh, "Bearer"),
    nobody("a program's token, its NUL added", lambda it: it.bearer + "%00", "Bearer"),
    nobody("by a scheme of old", lambda it: _part(b"max:correct horse battery"), "Basic"),
)
