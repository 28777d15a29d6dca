"""What every answer says beside its words, and what is wrong where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http.cookies import SimpleCookie

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
NEVER = ("server", "x-powered-by", "access-control-allow-origin", "x-aspnet-version", "via")
HSTS = "strict-transport-security"
YEAR = 365 * 24 * 60 * 60
REDRAWN = ("image/webp", "image/png", "image/jpeg", "image/gif")
ELSEWHERE = re.compile(
    r"""(?:\b(?:src|href|action|data)\s*=\s*["']?|url\(\s*["']?|@import\s+["'])\s*(?:https?:)?//""", re.I
)
"""Something that a browser would fetch from another host."""


def wrong(headers: Iterable[tuple[str, str]], body: str = "", *, path: str = "/", secure: bool = False) -> list[str]:
    """Return what is wrong with an answer; nothing is wrong with a good one."""
    pairs = [(name.lower(), value) for name, value in headers]
    said = dict(pairs)
    return [
        *(f"{name} is {said.get(name)}, not {value}" for name, value in ALWAYS.items() if said.get(name) != value),
        *(f"{name} is said" for name in NEVER if name in said),
        *_policy(said.get("content-security-policy", "")),
        *_transport(said.get(HSTS), secure),
        *_content(said, body),
        *(_media(said) if path.startswith("/media/") and "etag" in said else ()),
        *(fault for name, value in pairs if name == "set-cookie" for fault in _cookie(value, secure)),
    ]


def _policy(policy: str) -> Iterable[str]:
    if "default-src 'none'" not in policy:
        yield f"the policy is open at first: {policy!r}"
    if "frame-ancestors 'none'" not in policy:
        yield "other pages may frame it"
    if "unsafe" in policy or "*" in policy:
        yield f"the policy lets too much in: {policy!r}"
    if re.search(r"https?:", policy):
        yield f"the policy lets another host in: {policy!r}"


def _transport(said: str | None, secure: bool) -> Iterable[str]:
    if secure and not (said and (age := re.search(r"max-age=(\d+)", said)) and int(age[1]) >= YEAR):
        yield f"over https browsers are not told to stay there: {said}"
    if not secure and said:
        yield "browsers are told to stay with https where there is none"


def _content(said: dict[str, str], body: str) -> Iterable[str]:
    if "cache-control" not in said:
        yield "nobody is told whether to keep it"
    if body and "content-type" not in said:
        yield "its kind is not said"
    if said.get("content-type", "").startswith("text/html"):
        if "charset" not in said["content-type"]:
            yield "the page's letters are to be guessed"
        if ELSEWHERE.search(body):
            yield f"the page fetches from elsewhere: {ELSEWHERE.findall(body)}"
        if re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", body, re.I):
            yield "the page has script or style in it"


def _media(said: dict[str, str]) -> Iterable[str]:
    if "sandbox" not in said.get("content-security-policy", ""):
        yield "what somebody sent is not in a sandbox"
    if said.get("content-type") not in REDRAWN and not said.get("content-disposition", "").startswith("attachment"):
        yield "what somebody sent is shown in a page"


def _cookie(line: str, secure: bool) -> Iterable[str]:
    for name, cookie in SimpleCookie(line).items():
        if cookie["samesite"] not in ("Lax", "Strict"):
            yield f"the cookie {name} goes along with other sites' requests"
        if name != "csrftoken" and not cookie["httponly"]:
            yield f"scripts read the cookie {name}"
        if bool(cookie["secure"]) != secure:
            yield f"the cookie {name} is{'' if secure else ' not'} sent in the clear"
        if secure and name != "csrftoken" and not name.startswith(("__Host-", "__Secure-")):
            yield f"the cookie {name} could be planted from a neighbouring host"
