"""What a file is, by its first bytes and never by its name.

Only four kinds of picture are ever shown in a page, and those are drawn anew first (pictures.py). Everything else is
handed out to be saved; its kind then only chooses an icon, so a wrong guess harms nobody. Programs are not taken.

Sources: the formats' own specifications, and the table of `file(1)`.
"""

from __future__ import annotations

import re

HEAD = 8192
"""Bytes from the beginning of a file that are enough to tell."""
UNKNOWN = "application/octet-stream"
PICTURES = frozenset(("image/png", "image/jpeg", "image/webp", "image/gif"))
PROGRAM = "application/x-executable"
"""Of every machine: what would run when somebody opens it."""

MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (257, b"ustar", "application/x-tar"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftyp", "video/mp4"),
    (0, b"MZ", PROGRAM),  # DOS and Windows
    (0, b"\x7fELF", PROGRAM),
    (0, b"\xfe\xed\xfa\xce", PROGRAM),  # Mach-O
    (0, b"\xfe\xed\xfa\xcf", PROGRAM),
    (0, b"\xce\xfa\xed\xfe", PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", PROGRAM),
    (0, b"\xca\xfe\xba\xbe", PROGRAM),  # Java classes, and Mach-O for several machines
    (0, b"dex\n", PROGRAM),  # Android
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", PROGRAM),  # a Windows shortcut
)
RIFF = frozenset(("image/webp", "audio/wav", "video/x-msvideo"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Office documents of before 2007, and installers of Windows."""
# How their writers call the first parts of an office document, which is a ZIP.
IN_ZIP: tuple[tuple[bytes, str], ...] = (
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
    (b"mimetypeapplication/vnd.oasis.opendocument.presentation", "application/vnd.oasis.opendocument.presentation"),
    (b"mimetypeapplication/epub+zip", "application/epub+zip"),
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"AndroidManifest.xml", PROGRAM),
)
OPC = re.compile(rb"\[Content_Types\]\.xml|_rels/\.rels|docProps/|mimetype|AndroidManifest\.xml")
NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
# Where browsers look for it (WHATWG, MIME Sniffing).
MARKUP = re.compile(rb"(\xef\xbb\xbf)?\s*<[!?a-z]", re.IGNORECASE)


def kind_of(head: bytes) -> str:
    """Return the MIME type of a file that begins with `head`: its first HEAD bytes, or all of it."""
    for place, magic, kind in MAGIC:
        if not head.startswith(magic, place) or (kind in RIFF and not head.startswith(b"RIFF")):
            continue
        if kind == PROGRAM and not NOT_IN_TEXT.search(head):  # somebody's words begin like one
            continue
        return _in_zip(head) if kind == "application/zip" else kind
    if head.startswith(OLE):
        return "application/x-ole-storage"
    return _of_text(head)


def _in_zip(head: bytes) -> str:
    if OPC.search(head, 30):
        for mark, kind in IN_ZIP:
            if mark in head:
                return kind
    return "application/zip"


def _of_text(head: bytes) -> str:
    """Text is UTF-8 without control characters. Markup is not called text: some programs would draw it."""
    if not head or NOT_IN_TEXT.search(head) or MARKUP.match(head):
        return UNKNOWN
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3 or len(head) < HEAD:  # not only cut inside its last letter
            return UNKNOWN
    return "text/plain"
