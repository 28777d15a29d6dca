"""A file's name is somebody else's input: shown without tricks, saved without harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edusphere.school.file_names import LENGTH, saved, shown


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("Lab report.pdf", "Lab report.pdf"),
        ("../../x", "x"),
        ("..\\..\\x", "x"),
        ("/etc/passwd", "passwd"),
        ("C:\\fakepath\\photo.png", "photo.png"),
        ("folder/", "folder"),
        ("..", "file"),
        (".", "file"),
        ("", "file"),
        (" \t ", "file"),
        ("...", "file"),
        ("CON", "CON"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\u2066b\u200ec\ufeff.txt", "abc.txt"),
        ("nul\x00l.txt", "null.txt"),
        ("line\nbreak.txt", "linebreak.txt"),
        ("two  spaces.txt ", "two spaces.txt"),
        ("ends.with.dots...", "ends.with.dots"),
        ("e\u0301tude.txt", "étude.txt"),
        ("šūna 細胞 клетка.txt", "šūna 細胞 клетка.txt"),
        ("👩‍🔬.png", "👩‍🔬.png"),
        ("half \ud83d.txt", "half .txt"),
    ],
)
def test_a_name_is_shown_without_folders_and_tricks(given_name: str, name: str) -> None:
    assert shown(given_name) == name


def test_a_long_name_keeps_its_ending() -> None:
    name = shown("x" * 400 + ".docx")
    assert len(name) <= LENGTH
    assert name.endswith("x….docx")
    assert len(shown("y" * 400)) <= LENGTH


@pytest.mark.parametrize(
    ("name", "mime", "kept"),
    [
        ("Lab report.pdf", "application/pdf", "Lab report.pdf"),
        ("CON", "text/plain", "_CON"),
        ("con.txt", "text/plain", "_con.txt"),
        ("COM1.tar.gz", "application/gzip", "_COM1.tar.gz"),
        ("constant.txt", "text/plain", "constant.txt"),
        (".htaccess", "text/plain", "_.htaccess"),
        ("-rf", "text/plain", "_-rf"),
        ('what "is" this? <a|b>*:.txt', "text/plain", "what _is_ this_ _a_b___.txt"),
        ("photo.PNG", "image/png", "photo.PNG"),
        ("photo.jpeg", "image/jpeg", "photo.jpeg"),
        ("cat.gif", "image/webp", "cat.webp"),
        ("photo.png", "image/jpeg", "photo.jpg"),
        ("gnp.exe", "image/png", "gnp.exe.png"),
        ("photo", "image/png", "photo.png"),
        ("setup.exe", "application/octet-stream", "setup.exe.bin"),
        ("Setup.EXE", "application/zip", "Setup.EXE.zip"),
        ("run.bat", "text/plain", "run.bat.txt"),
        ("homework.py", "text/plain", "homework.py"),
        ("page.html", "application/octet-stream", "page.html"),
    ],
)
def test_a_name_is_saved_so_that_no_computer_is_surprised(name: str, mime: str, kept: str) -> None:
    assert saved(name, mime) == kept


@given(st.text(max_size=400), st.sampled_from(["image/png", "text/plain", "application/octet-stream"]))
def test_whatever_a_file_is_called_its_name_is_harmless(given_name: str, mime: str) -> None:
    name = shown(given_name)
    assert 0 < len(name) <= LENGTH
    assert name == shown(name)
    name.encode()
    for one in (name, saved(name, mime)):
        assert not set(one) & set("/\\\x00\r\n\u202e")
        assert one not in (".", "..")
