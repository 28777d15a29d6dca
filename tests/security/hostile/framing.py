"""HTTP itself, bent: framing that two servers could read in two ways, heads without end, versions and methods."""

from __future__ import annotations

from collections.abc import Callable

from tests.security.hostile.cases import CLOSED, Case, Target, get
from tests.security.hostile.wire import request

BAD = (400,)
TOO_LARGE = (400, 413, 414, 431)
JSON = "Content-Type: application/json"


def raw(text: str) -> Callable[[Target], bytes]:
    """Return the bytes as they stand here; `%HOST%` is the server's name."""
    return lambda it: text.replace("\n", "\r\n").replace("%HOST%", it.host).encode("latin-1")


def head(*lines: str) -> Callable[[Target], bytes]:
    """Return a POST with these lines after its host, and no body."""
    return raw("\n".join(["POST /graphql/ HTTP/1.1", "Host: %HOST%", *lines, "", ""]))


def chunked(chunks: str) -> Callable[[Target], bytes]:
    return raw("POST /graphql/ HTTP/1.1\nHost: %HOST%\n" + JSON + "\nTransfer-Encoding: chunked\n\n" + chunks)


FRAMING = (
    Case("no host", raw("GET / HTTP/1.1\n\n"), BAD),
    Case("two hosts", raw("GET / HTTP/1.1\nHost: %HOST%\nHost: %HOST%\n\n"), BAD),
    Case("no host in HTTP/1.0", raw("GET / HTTP/1.0\n\n"), BAD),
    Case("a negative length", head("Content-Length: -1"), BAD),
    Case("a length with a sign", head("Content-Length: +5"), BAD),
    Case("a length in hex", head("Content-Length: 0x5"), BAD),
    Case("a length beyond all numbers", head("Content-Length: " + "9" * 30), TOO_LARGE),
    Case("two lengths", head("Content-Length: 5", "Content-Length: 6"), BAD),
    Case("two lengths in one line", head("Content-Length: 5, 6"), BAD),
    Case(
        "a length and chunks",
        head("Content-Length: 4", "Transfer-Encoding: chunked", JSON, "", "0", "", "GET /admin/ HTTP/1.1"),
        BAD,
    ),
    Case("a coding nobody knows", head("Transfer-Encoding: xchunked"), (400, 501)),
    Case("chunks, and then as they are", head("Transfer-Encoding: chunked, identity"), (400, 501)),
    Case("chunks twice", head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), (400, 501)),
    Case("chunks behind a vertical tab", head("Transfer-Encoding: \x0bchunked"), (400, 501)),
    Case("chunks, zipped", head("Transfer-Encoding: gzip, chunked"), (400, 501)),
    Case("a chunk with a negative size", chunked("-1\nx\n0\n\n"), BAD),
    Case("a chunk with a size in Python's way", chunked("1_0\n" + "x" * 16 + "\n0\n\n"), BAD),
    Case("a chunk with a size beyond all numbers", chunked("F" * 30 + "\nx"), BAD),
    Case("a chunk that is longer than it says", chunked("1\nxyz\n0\n\n"), BAD),
    Case("a chunk with a note without end", chunked("1;" + "a" * 70_000 + "\nx\n0\n\n"), TOO_LARGE),
    Case("chunks beyond the limit", chunked(("4000\n" + "x" * 0x4000 + "\n") * 16 + "0\n\n"), (413,)),
    Case("trailers without end", chunked("0\n" + "a: b\n" * 20_000 + "\n"), (400, 431)),
    Case("a space before the colon", head("Content-Length : 5"), BAD),
    Case("a name with a space", head("Content Length: 5"), BAD),
    Case("no name", head(": 5"), BAD),
    Case("a NUL in a value", head("X-Note: a\x00b"), BAD),
    Case("a line break in a value", head("X-Note: a\rSet-Cookie: b=c"), BAD),
    Case("a first header that goes on", raw("GET / HTTP/1.1\n Host: %HOST%\n\n"), BAD),
    Case("a header of 20 KiB", get("/", "X-Note: " + "a" * 20_000), TOO_LARGE),
    Case("5,000 headers", get("/", *(f"X-{n}: {n}" for n in range(5_000))), TOO_LARGE),
    Case("an address of 20 KiB", get("/" + "a" * 20_000), TOO_LARGE),
    Case("no version", raw("GET /\n\n"), BAD),
    Case("another protocol", raw("GET / RTSP/1.0\nHost: %HOST%\n\n"), BAD),
    Case("a version that is none", raw("GET / HTTP/9.9\nHost: %HOST%\n\n"), (400, 505)),
    Case(
        "a TLS greeting", lambda it: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x7f" * 32 + b"\r\n\r\n", BAD
    ),
    Case("another protocol's greeting", lambda it: b"SSH-2.0-OpenSSH_9.2\r\n\r\n", BAD),
    Case("nothing but line breaks", lambda it: b"\r\n" * 20_000, (400, 431, CLOSED)),
    Case(
        "HTTP/2 without asking",
        lambda it: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
        (505,),
    ),
    Case(
        "a way round by HTTP/2",
        raw(
            "GET /admin/ HTTP/1.1\nHost: %HOST%\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c\n"
            "HTTP2-Settings: AAMAAABkAAQAAP__\n\n"
        ),
        (303,),
    ),
    Case("an upgrade to what nobody speaks", get("/", "Connection: Upgrade", "Upgrade: irc"), (200,)),
    Case("a length in a GET that never comes", get("/api/health/live", "Content-Length: 0"), (200,)),
    Case("a method in small letters", raw("get /graphql/ HTTP/1.1\nHost: %HOST%\n\n"), (405,)),
    Case("a method of its own", raw("BREW /graphql/ HTTP/1.1\nHost: %HOST%\n\n"), (405,)),
    Case("a method of 5,000 letters", raw("A" * 5_000 + " / HTTP/1.1\nHost: %HOST%\n\n"), (400, 405, 501)),
    Case("TRACE, which would show cookies", raw("TRACE / HTTP/1.1\nHost: %HOST%\nCookie: JWT=secret\n\n"), (405,)),
    Case("CONNECT to somewhere else", raw("CONNECT evil.example:443 HTTP/1.1\nHost: %HOST%\n\n"), (400, 404, 405)),
    Case("PUT at GraphQL", lambda it: request("/graphql/", method="PUT", host=it.host, body=b"{}"), (405,)),
    Case("DELETE of the start page", lambda it: request("/", method="DELETE", host=it.host), (405,)),
    Case("PROPFIND", lambda it: request("/media/", method="PROPFIND", host=it.host), (404, 405)),
    Case(
        "a GET that says it is a POST",
        get("/graphql/?query=mutation{deleteToken{deleted}}", "X-HTTP-Method-Override: POST"),
        (405,),
    ),
)
