"""A person's picture: what is taken, what is kept of it, and who may see it."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from quart.datastructures import FileStorage

from edusphere.database import Database
from edusphere.errors import Unavailable
from edusphere.settings import Settings
from edusphere.web.parts import Parts
from tests.people import Cast
from tests.web.browser import Browser

CHANGE = "mutation A($avatar: Upload) { updateUser(avatar: $avatar) { user { avatar name } } }"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def drawn(kind: str = "PNG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **saving: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "teal").save(out, kind, **saving)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it has 100 megapixels."""
    ihdr = b"IHDR" + (10_000).to_bytes(4) + (10_000).to_bytes(4) + bytes([8, 2, 0, 0, 0])
    chunk = len(ihdr[4:]).to_bytes(4) + ihdr + zlib.crc32(ihdr).to_bytes(4)
    return b"\x89PNG\r\n\x1a\n" + chunk + drawn()[33:]


def file(data: bytes, name: str = "me.png", kind: str = "image/png") -> FileStorage:
    return FileStorage(io.BytesIO(data), name, content_type=kind)


def kept(settings: Settings) -> list[Path]:
    return sorted((settings.data / "media").rglob("*.*"))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
async def test_a_picture_is_drawn_anew_small_and_square(ben: Browser, settings: Settings, kind: str) -> None:
    data = drawn(kind, (1600, 900))
    # Neither the name nor the stated kind is believed.
    user = (await ben.upload(CHANGE, file(data, "../../x.html", "text/html"), "avatar")).data["updateUser"]["user"]
    (path,) = kept(settings)
    assert path == settings.data / "media" / user["avatar"]
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("WEBP", (512, 512))
    response = await ben.get(f"/media/{user['avatar']}")
    assert (response.status_code, response.mimetype) == (200, "image/webp")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "private" in response.headers["Cache-Control"]


async def test_what_a_camera_wrote_into_a_picture_is_gone(ben: Browser, settings: Settings) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif[0x0112] = 6  # turned by a quarter
    notes = PngInfo()
    notes.add_text("comment", "taken at home")
    for data in (drawn("JPEG", (40, 80), exif=exif), drawn("PNG", pnginfo=notes) + b"taken at home"):
        await ben.upload(CHANGE, file(data), "avatar")
        (path,) = kept(settings)
        assert b"taken at home" not in path.read_bytes()
        with Image.open(path) as picture:
            assert not picture.getexif()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (SVG, "PNG, JPEG, WebP or GIF"),
        (b"<html><script>alert(1)</script></html>", "PNG, JPEG, WebP or GIF"),
        (b"%PDF-1.7", "PNG, JPEG, WebP or GIF"),
        (b"GIF89a" + SVG, "PNG, JPEG, WebP or GIF"),
        (drawn("BMP"), "PNG, JPEG, WebP or GIF"),
        (drawn("TIFF"), "PNG, JPEG, WebP or GIF"),
        (drawn()[:-40], "PNG, JPEG, WebP or GIF"),
        (b"", "empty"),
        (bomb(), "megapixels"),
    ],
    ids=["svg", "html", "pdf", "gif and svg", "bmp", "tiff", "half a png", "nothing", "bomb"],
)
async def test_what_is_no_picture_is_refused_in_words(
    ben: Browser, settings: Settings, database: Database, data: bytes, says: str
) -> None:
    answer = await ben.upload(CHANGE, file(data), "avatar")
    assert answer.codes == ["INVALID"]
    (words,) = answer.refused["avatar"]
    assert says in words
    assert kept(settings) == []
    assert (await database.one("SELECT avatar FROM people WHERE username = 'ben'"))["avatar"] == ""


async def test_too_large_a_picture_is_refused_in_words(ben: Browser, settings: Settings) -> None:
    answer = await ben.upload(CHANGE, file(drawn() + b"x" * settings.avatar_limit), "avatar")
    assert "at most 5 MB" in answer.refused["avatar"][0]


async def test_a_replaced_picture_is_deleted_and_null_takes_it_away(ben: Browser, settings: Settings) -> None:
    first = (await ben.upload(CHANGE, file(drawn()), "avatar")).data["updateUser"]["user"]["avatar"]
    second = (await ben.upload(CHANGE, file(drawn()), "avatar")).data["updateUser"]["user"]["avatar"]
    assert first != second
    assert kept(settings) == [settings.data / "media" / second]
    absent = 'mutation { updateUser(name: "Benny") { user { avatar } } }'
    assert (await ben.ask(absent)).data["updateUser"]["user"] == {"avatar": second}
    assert (await ben.ask(CHANGE, avatar=None)).data["updateUser"]["user"]["avatar"] == ""
    assert kept(settings) == []


async def test_a_picture_that_comes_with_a_wrong_name_is_not_kept(ben: Browser, settings: Settings) -> None:
    change = 'mutation A($avatar: Upload) { updateUser(avatar: $avatar, name: " ") { user { avatar } } }'
    answer = await ben.upload(change, file(drawn()), "avatar")
    assert set(answer.refused) == {"name"}
    assert kept(settings) == []


async def test_pictures_are_seen_by_the_signed_in_only(ben: Browser, zoe: Browser, stranger: Browser) -> None:
    avatar = (await ben.upload(CHANGE, file(drawn()), "avatar")).data["updateUser"]["user"]["avatar"]
    assert (await zoe.get(f"/media/{avatar}")).status_code == 200
    refused = await stranger.get(f"/media/{avatar}")
    assert (refused.status_code, await refused.get_json()) == (
        401,
        {"errors": [{"message": "Please sign in.", "extensions": {"code": "UNAUTHENTICATED"}}]},
    )


@pytest.mark.parametrize(
    "path",
    [
        "avatars/none.webp",
        "avatars/../secret.key",
        "avatars/..%2f..%2fsecret.key",
        "../secret.key",
        "%2e%2e/secret.key",
        "/etc/passwd",
        "avatars/",
        "avatars/a.html",
        "avatars/a%00.webp",
        "other/a.webp",
    ],
)
async def test_no_path_leads_out_of_the_pictures(ben: Browser, settings: Settings, path: str, cast: Cast) -> None:
    (settings.data / "secret.key").write_text("the secret")
    response = await ben.get(f"/media/{path}")
    assert response.status_code in (404, 308)
    assert "the secret" not in await response.get_data(as_text=True)


async def test_a_picture_stays_when_nobody_knows_whether_it_was_written_down(
    ben: Browser, parts: Parts, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit = parts.school.people.edit

    async def unheard(*said: Any) -> None:
        await edit(*said)
        raise Unavailable  # the line to Postgres broke after the COMMIT

    monkeypatch.setattr(parts.school.people, "edit", unheard)
    assert (await ben.upload(CHANGE, file(drawn()), "avatar")).codes == ["UNAVAILABLE"]
    avatar = (await database.one("SELECT avatar FROM people WHERE username = 'ben'"))["avatar"]
    assert kept(settings) == [settings.data / "media" / avatar]
