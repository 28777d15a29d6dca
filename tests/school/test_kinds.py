"""What a file is, is read from its content."""

from __future__ import annotations

import pytest

from edusphere.school.kinds import HEAD, PROGRAM, UNKNOWN, kind_of
from tests.samples import HTML, LINUX_PROGRAM, PDF, SVG, WINDOWS_PROGRAM, archive, drawn

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (drawn("PNG"), "image/png"),
        (drawn("JPEG"), "image/jpeg"),
        (drawn("WEBP"), "image/webp"),
        (drawn("GIF"), "image/gif"),
        (PDF, "application/pdf"),
        (archive("notes.txt"), "application/zip"),
        (archive("[Content_Types].xml", "_rels/.rels", "word/document.xml"), WORD),
        (archive("word/notes.txt"), "application/zip"),
        (archive("AndroidManifest.xml", "classes.dex"), PROGRAM),
        (WINDOWS_PROGRAM, PROGRAM),
        (LINUX_PROGRAM, PROGRAM),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x41", PROGRAM),
        (b"MZ was her name.", "text/plain"),
        (b"#!/bin/sh\necho hello\n", "text/plain"),
        ("Šūna, клетка, 細胞\n".encode(), "text/plain"),
        (b"#include <iostream>\n", "text/plain"),
        (b"caf\xe9", UNKNOWN),
        (HTML, UNKNOWN),
        (SVG, UNKNOWN),
        (b"\xef\xbb\xbf \n<?xml version='1.0'?>", UNKNOWN),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"XXXX\x00\x00\x00\x00WAVEfmt ", UNKNOWN),
        (drawn("BMP"), UNKNOWN),
        (b"\x00" * 100, UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_a_kind_is_told_by_the_first_bytes(data: bytes, kind: str) -> None:
    assert kind_of(data[:HEAD]) == kind


def test_text_that_is_cut_inside_a_letter_is_still_text() -> None:
    text = ("x" * (HEAD - 1) + "細胞").encode()
    assert kind_of(text[:HEAD]) == "text/plain"
