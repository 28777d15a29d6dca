"""Files of every kind, honest ones and others."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import AsyncIterator

from PIL import Image

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
WINDOWS_PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 200
LINUX_PROGRAM = b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 200


def drawn(kind: str = "PNG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **saving: object) -> bytes:
    """Return a picture of two colours, one on each side."""
    picture = Image.new(mode, size, "teal")
    picture.paste("gold", (size[0] // 2, 0, *size))
    out = io.BytesIO()
    picture.save(out, kind, **saving)
    return out.getvalue()


def film(kind: str = "GIF", frames: int = 3, size: tuple[int, int] = (40, 30)) -> bytes:
    pictures = [Image.new("RGB", size, (place * 60, 90, 120)) for place in range(frames)]
    out = io.BytesIO()
    pictures[0].save(out, kind, save_all=True, append_images=pictures[1:], duration=80, loop=0)
    return out.getvalue()


def bomb() -> bytes:
    """Return a PNG of a few kilobytes that unpacks to 36 megapixels, every one of them there."""
    width, height = 6000, 6000
    rows = (b"\x00" * (1 + width // 8)) * height
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)
        for name, data in (
            (b"IHDR", width.to_bytes(4) + height.to_bytes(4) + bytes([1, 0, 0, 0, 0])),
            (b"IDAT", zlib.compress(rows, 9)),
            (b"IEND", b""),
        )
    )


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            packed.writestr(name, f"what {name} says")
    return out.getvalue()


def noise(size: int) -> bytes:
    return b"\x00" + os.urandom(size - 1)


async def arriving(data: bytes, piece: int = 1000) -> AsyncIterator[bytes]:
    """Let it come a piece at a time."""
    for start in range(0, len(data), piece):
        yield data[start : start + piece]
