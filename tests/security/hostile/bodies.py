"""Bodies that are no question: JSON and forms bent, too large, or in another's clothes."""

from __future__ import annotations

import gzip
import json

from tests.security.hostile.cases import Case, body, form, post

REFUSED, INVALID = (400,), "INVALID"
ME = b'{"query": "{ me { id } }"}'
CHANGE = json.dumps(
    {"query": "mutation A($a: Upload) { updateUser(avatar: $a) { user { id } } }", "variables": {"a": None}}
).encode()
OPERATIONS, MAP = 'name="operations"', 'name="map"'
FILE = 'name="0"; filename="a.png"'


def bad(what: str, data: bytes, *lines: str, statuses: tuple[int, ...] = REFUSED) -> Case:
    return Case(what, body(data, *lines), statuses)


def placed(what: str, places: object, operations: bytes = CHANGE, *more: tuple[str, bytes]) -> Case:
    """Send a form whose map says where the file belongs."""
    written = places if isinstance(places, bytes) else json.dumps(places).encode()
    return Case(what, form((OPERATIONS, operations), (MAP, written), (FILE, b"x"), *more), REFUSED, INVALID)


BODIES = (
    bad("nothing", b""),
    bad("no JSON", b"query { me }"),
    bad("half a JSON", ME[:-3]),
    bad("two JSONs", ME + ME),
    bad("a list of questions", b"[" + ME + b"," + ME + b"]"),
    bad("a list of a thousand questions", b"[" + b",".join([ME] * 1_000) + b"]"),
    bad("a list of one question", b"[" + ME + b"]"),
    bad("JSON as deep as can be", b'{"query": ' + b"[" * 90_000),
    bad("objects as deep as can be", b'{"a":' * 15_000),
    bad("a number of 90,000 digits", b'{"query": "{ me { id } }", "variables": {"a": ' + b"9" * 90_000 + b"}}"),
    bad("a question that is a number", b'{"query": 7}'),
    bad("a question that is an object", b'{"query": {"$gt": ""}}'),
    bad("variables that are a list", b'{"query": "{ me { id } }", "variables": [1]}'),
    bad("JSON in UTF-16", json.dumps({"query": "{ me { id } }"}).encode("utf-16"), "X-Note: utf-16"),
    bad("JSON with a mark of bytes", b"\xef\xbb\xbf" + ME),
    bad("JSON that is no UTF-8", b'{"query": "{ me { id } }\xff"}'),
    bad("JSON with halves of surrogates", b'{"query": "\xed\xa0\x80"}'),
    bad("not a number", b'{"query": "{ me { id } }", "variables": {"a": NaN}}'),
    bad("zipped", gzip.compress(ME), "Content-Encoding: gzip"),
    bad("a bomb, zipped", gzip.compress(b"a" * 10_000_000), "Content-Encoding: gzip"),
    bad("101 KiB", ME + b" " * 101 * 1024, statuses=(413,)),
    bad("6 MB", b"a" * 6_000_000, statuses=(413,)),
    Case("a name of its own for JSON", lambda it: post(it, ME, kind="application/problem+json"), (415,)),
    Case("a form without a boundary", lambda it: post(it, ME, kind="multipart/form-data"), REFUSED),
    Case("a form with a boundary of 5,000 letters", form((OPERATIONS, CHANGE), boundary="a" * 5_000), REFUSED),
    Case(
        "a form that is cut off",
        lambda it: post(it, b"--cut\r\nContent-Disp", kind="multipart/form-data; boundary=cut"),
        REFUSED,
    ),
    Case("a form of a thousand fields", form(*[(f'name="{n}"', b"x") for n in range(1_001)]), (400, 413)),
    Case(
        "a form of a thousand files",
        form((OPERATIONS, CHANGE), (MAP, b"{}"), *[(f'name="{n}"; filename="{n}"', b"x") for n in range(1_001)]),
        (413,),
    ),
    Case("a part with a head of 200 KiB", form(('name="' + "a" * 200_000 + '"', b"x")), (400, 413)),
    Case("a form with a field of 200 KiB", form((OPERATIONS, b"a" * 200_000), (MAP, b"{}")), (413,)),
    Case("a form without a question", form((MAP, b"{}"), (FILE, b"x")), REFUSED),
    Case("a question that is a file", form(('name="operations"; filename="a"', CHANGE), (MAP, b"{}")), REFUSED),
    Case(
        "a form with a list of questions",
        form((OPERATIONS, b"[" + CHANGE + b"," + CHANGE + b"]"), (MAP, b'{"0": ["0.variables.a"]}'), (FILE, b"x")),
        REFUSED,
    ),
    placed("a map that is a list", []),
    placed("a map that is a word", b'"0"'),
    placed("a map that is no JSON", b"{"),
    placed("a map as deep as can be", b'{"0": ' + b"[" * 50_000),
    placed("a map to a number", {"0": 7}),
    placed("a map to a word", {"0": "variables.a"}),
    placed("a map to nowhere", {"0": ["variables.b.c.d"]}),
    placed("a map into the question", {"0": ["query"]}),
    placed("a map into its letters", {"0": ["query.0"]}),
    placed("a map into Python", {"0": ["variables.__class__.__init__"]}),
    placed("a map without a place", {"0": [""]}),
    placed("a map with an endless place", {"0": ["variables" + ".a" * 20_000]}),
    placed("a map to a place before the first", {"0": ["variables.a.-1"]}, CHANGE.replace(b"null", b"[null]")),
    placed("a map to a file that is not there", {"7": ["variables.a"]}),
    placed("a map for 5,000 places", {"0": ["variables.a"] * 5_000}),
)
