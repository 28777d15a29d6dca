"""Files that say they are pictures."""

from __future__ import annotations

import io
import json
import struct
import zlib

from PIL import Image

from tests.security.hostile.cases import Case, form

CHANGE = json.dumps(
    {"query": "mutation A($a: Upload) { updateUser(avatar: $a) { user { avatar } } }", "variables": {"a": None}}
).encode()
SCRIPT = b"<script>alert(1)</script>"


def drawn(kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data)) for name, data in chunks
    )


def header(width: int, height: int, depth: int = 8, colours: int = 2) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack("!IIBBBBB", width, height, depth, colours, 0, 0, 0)


def sent(what: str, data: bytes, name: str = 'filename="me.png"', kind: str = "image/png") -> Case:
    head = f'name="0"; {name}\r\nContent-Type: {kind}'
    return Case(
        what,
        form(('name="operations"', CHANGE), ('name="map"', b'{"0": ["variables.a"]}'), (head, data)),
        (200,),
        "INVALID",
    )


END = (b"IEND", b"")
PICTURES = (
    sent("nothing", b""),
    sent(
        "a drawing with a script",
        b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
        kind="image/svg+xml",
    ),
    sent(
        "a drawing that reads a file",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><svg>&b;</svg>',
    ),
    sent("a page", b"<!doctype html>" + SCRIPT),
    sent("a page with a picture's first letters", b"GIF89a" + SCRIPT),
    sent("a page with a better picture's first letters", b"\x89PNG\r\n\x1a\n" + SCRIPT),
    sent("a script that is a picture too", b"GIF89a/*" + b"\0" * 64 + b"*/=1;alert(1)"),
    sent("a letter for a printer", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(a) (w) file\n"),
    sent("a document", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj"),
    sent("an archive", b"PK\x03\x04" + b"\0" * 64),
    sent("a program", b"\x7fELF" + b"\0" * 64),
    sent("a picture of another kind", drawn("BMP")),
    sent("a picture of many kinds", drawn("TIFF")),
    sent("an icon", drawn("ICO", (16, 16))),
    sent("half a picture", drawn(size=(64, 64))[:60]),
    sent("a picture with wrong sums", drawn().replace(b"IDAT", b"IDAX")),
    sent("100 megapixels in 100 bytes", png(header(10_000, 10_000), (b"IDAT", zlib.compress(b"")), END)),
    sent("4,000 million pixels", png(header(65_535, 65_535), (b"IDAT", zlib.compress(b"")), END)),
    sent("a picture without an edge", png(header(2**31 - 1, 1), (b"IDAT", b""), END)),
    sent("a picture of nothing", png(header(0, 0), (b"IDAT", b""), END)),
    sent(
        "36 megapixels that unpack", png(header(6_000, 6_000, 1, 0), (b"IDAT", zlib.compress(b"\0" * 6_000 * 751)), END)
    ),
    sent(
        "200 MB of notes in a picture", png(header(8, 8), (b"zTXt", b"a\0\0" + zlib.compress(b"a" * 200_000_000)), END)
    ),
    sent(
        "a picture of 65,535 pixels in a foreign way",
        b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xff\xd9",
        kind="image/jpeg",
    ),
    sent(
        "a moving picture of 16,000 pixels' side",
        b"RIFF\x1a\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\xff\x3f\x00\xff\x3f\x00",
        kind="image/webp",
    ),
    sent("5 MB and a little", drawn() + b"\0" * (5 * 1024 * 1024)),
    sent("a name that leads elsewhere", SCRIPT, name='filename="../../../etc/cron.d/x"'),
    sent("a name with a line break", SCRIPT, name='filename="a%0d%0aX: y.png"'),
)
