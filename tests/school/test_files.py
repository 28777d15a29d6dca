"""Files of people: taken in, kept for their sender, and sent with a message."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from edusphere.contract.events import File
from edusphere.database import Database
from edusphere.errors import Conflict, Invalid, NotFound, NotSignedIn, TooLarge, TooMany, Unavailable, WrongKind
from edusphere.realtime import Realtime
from edusphere.school import School, models
from edusphere.school.ledger import Ledger
from edusphere.school.me import Me
from edusphere.school.messages import Draft
from edusphere.school.models import Room
from edusphere.school.models.ids import new_id
from edusphere.school.telling import all_told
from edusphere.settings import KIBIBYTES, Settings
from tests.conftest import KEYS
from tests.news import News
from tests.people import Cast
from tests.realtime.listeners import until
from tests.samples import (
    HTML,
    LINUX_PROGRAM,
    PDF,
    SVG,
    WINDOWS_PROGRAM,
    arriving,
    bomb,
    drawn,
    film,
    noise,
)


async def send(school: School, me: Me | None, data: bytes = PDF, name: str = "notes.pdf") -> File:
    return await school.files.keep(me, name, arriving(data))


async def held(school: School, me: Me, file_id: UUID) -> bytes:
    file = await school.files.reach(me, file_id)
    return b"".join([piece async for piece in school.storage.open(file.key)])


def kept(settings: Settings) -> list[Path]:
    return sorted(path for path in (settings.data / "media").rglob("*") if path.is_file())


@pytest.fixture
def school_with(database: Database, realtime: Realtime, settings: Settings) -> Callable[..., School]:
    """The school with some settings of its own."""
    return lambda **own: School(database, realtime, settings.model_copy(update=own), KEYS)


# -- taking in


async def test_a_file_is_kept_as_it_came_and_waits_for_its_message(
    school: School, cast: Cast, database: Database
) -> None:
    data = PDF + noise(600 * KIBIBYTES)
    file = await send(school, cast.ben, data, "../Lab report.pdf")
    assert (file.name, file.size, file.mime, file.width, file.height) == (
        "Lab report.pdf",
        len(data),
        "application/pdf",
        None,
        None,
    )
    (row,) = await database.query(models.File)
    assert (row.id, row.uploader_id, row.message_id, row.size) == (file.id, cast.ben.id, None, len(data))
    assert await held(school, cast.ben, file.id) == data


@pytest.mark.parametrize(
    ("kind", "mime"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/png")],
)
async def test_a_picture_is_drawn_anew_and_gets_a_thumbnail_and_only_these_are_kept(
    school: School, cast: Cast, settings: Settings, kind: str, mime: str
) -> None:
    file = await send(school, cast.ben, drawn(kind, (1600, 900)), "x.html")
    assert (file.mime, file.width, file.height) == (mime, 1600, 900)
    row = await school.files.reach(cast.ben, file.id)
    with Image.open(settings.data / "media" / row.key) as picture:
        assert (Image.MIME[picture.format or ""], picture.size) == (mime, (1600, 900))
    with Image.open(settings.data / "media" / row.thumbnail_key) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (640, 480))
    assert [path.name for path in kept(settings)] == [f"{file.id.hex}.picture", f"{file.id.hex}.thumbnail"]
    assert file.size == kept(settings)[0].stat().st_size


async def test_a_small_picture_is_not_made_larger(school: School, cast: Cast, settings: Settings) -> None:
    file = await send(school, cast.ben, drawn(size=(30, 400)))
    row = await school.files.reach(cast.ben, file.id)
    with Image.open(settings.data / "media" / row.thumbnail_key) as thumbnail:
        assert thumbnail.size == (30, 400)


async def test_what_a_camera_wrote_into_a_picture_is_gone_and_it_stands_upright(
    school: School, cast: Cast, settings: Settings
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif[0x0112] = 6  # turned by a quarter
    notes = PngInfo()
    notes.add_text("comment", "taken at home")
    profile = b"no profile of colours, taken at home"
    for data in (
        drawn("JPEG", (40, 80), exif=exif, comment=b"taken at home", icc_profile=profile),
        drawn("PNG", (80, 40), pnginfo=notes, exif=exif, icc_profile=profile) + b"taken at home",
        drawn("WEBP", (40, 80), exif=exif, xmp=b"<x>taken at home</x>", icc_profile=profile),
        drawn("GIF", (80, 40), comment=b"taken at home"),
    ):
        file = await send(school, cast.ben, data)
        row = await school.files.reach(cast.ben, file.id)
        for key in (row.key, row.thumbnail_key):
            written = (settings.data / "media" / key).read_bytes()
            assert b"taken at home" not in written
            with Image.open(io.BytesIO(written)) as picture:
                assert not picture.getexif()
                assert not {"icc_profile", "comment", "xmp", "exif"} & picture.info.keys()
        assert data[:2] == b"GI" or (file.width, file.height) in ((80, 40), (40, 80))
    with Image.open(settings.data / "media" / row.key) as picture:
        assert picture.size == (80, 40)


async def test_colours_of_another_profile_are_drawn_in_those_of_the_screen(
    school: School, cast: Cast, settings: Settings
) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red_is_green = srgb.replace(b"rXYZ", b"wasr").replace(b"gXYZ", b"rXYZ").replace(b"wasr", b"gXYZ")
    for data in (drawn(icc_profile=red_is_green), drawn("WEBP", mode="RGBA", lossless=True, icc_profile=red_is_green)):
        file = await send(school, cast.ben, data)
        with Image.open(settings.data / "media" / (await school.files.reach(cast.ben, file.id)).key) as picture:
            red, green, blue = picture.convert("RGB").getpixel((10, 10))  # type: ignore[misc]
        assert red > 100 > 40 > green
        assert blue > 100


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
async def test_pictures_of_every_make_are_drawn(school: School, cast: Cast, settings: Settings, mode: str) -> None:
    out = io.BytesIO()
    source = Image.linear_gradient("L").resize((64, 64))
    picture = source.point(lambda value: value * 257, "I").convert(mode) if mode == "I;16" else source.convert(mode)
    picture.save(out, "JPEG" if mode == "CMYK" else "PNG")
    file = await send(school, cast.ben, out.getvalue())
    row = await school.files.reach(cast.ben, file.id)
    with Image.open(settings.data / "media" / row.key) as picture:
        grey = picture.convert("L")
        assert grey.getpixel((32, 2)) < 40  # type: ignore[operator]
        assert grey.getpixel((32, 61)) > 215  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
async def test_a_moving_picture_moves_and_its_thumbnail_stands_still(
    school: School, cast: Cast, settings: Settings, kind: str
) -> None:
    file = await send(school, cast.ben, film(kind))
    row = await school.files.reach(cast.ben, file.id)
    assert file.mime == "image/webp"
    with Image.open(settings.data / "media" / row.key) as picture:
        assert getattr(picture, "n_frames", 1) == 3
    with Image.open(settings.data / "media" / row.thumbnail_key) as thumbnail:
        assert getattr(thumbnail, "n_frames", 1) == 1


async def test_a_film_too_long_to_unpack_is_a_still(school_with: Callable[..., School], cast: Cast) -> None:
    file = await send(school_with(image_pixels=40 * 30 * 5), cast.ben, film(frames=6))
    assert (file.mime, file.width, file.height) == ("image/png", 40, 30)


@pytest.mark.parametrize(
    ("data", "refusal", "says"),
    [
        (b"", Invalid, "empty"),
        (drawn()[:-60], Invalid, "damaged"),
        (drawn("JPEG", (800, 600))[:-3000], Invalid, "damaged"),
        (b"\x89PNG\r\n\x1a\n" + noise(100), Invalid, "damaged"),
        (b"GIF89a=1;alert(1)//" + HTML, Invalid, "damaged"),
        (b"\xff\xd8\xff\xe0" + SVG, Invalid, "damaged"),
        (bomb(), Invalid, "25 megapixels"),
        (WINDOWS_PROGRAM, WrongKind, "Programs"),
        (LINUX_PROGRAM + noise(20_000), WrongKind, "Programs"),
    ],
    ids=["nothing", "half a png", "half a jpeg", "png of noise", "gif and js", "jpeg and svg", "bomb", "exe", "elf"],
)
async def test_what_is_refused_is_refused_in_words_and_leaves_nothing(
    school: School, cast: Cast, settings: Settings, database: Database, data: bytes, refusal: type[Invalid], says: str
) -> None:
    with pytest.raises(refusal, match=says) as refused:
        await send(school, cast.ben, data, "harmless.png")
    assert list(refused.value.errors) == ["file"]
    assert kept(settings) == []
    assert await database.query(models.File).count() == 0


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (HTML, "application/octet-stream"),
        (SVG, "application/octet-stream"),
        (PDF + b"PK\x03\x04" + HTML, "application/pdf"),
        (b"BM" + noise(50), "application/octet-stream"),
    ],
    ids=["html", "svg", "pdf and zip", "bmp"],
)
async def test_what_could_be_drawn_by_a_browser_is_kept_but_only_to_be_saved(
    school: School, cast: Cast, data: bytes, mime: str
) -> None:
    file = await send(school, cast.ben, data, "cat.png")
    assert (file.mime, file.width) == (mime, None)


async def test_a_picture_with_a_page_after_its_end_loses_the_page(
    school: School, cast: Cast, settings: Settings
) -> None:
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        file = await send(school, cast.ben, drawn(kind) + HTML)
        assert HTML not in await held(school, cast.ben, file.id)


async def test_the_signed_out_send_nothing(school: School, settings: Settings) -> None:
    with pytest.raises(NotSignedIn):
        await send(school, None)
    assert kept(settings) == []


# -- limits


async def test_a_file_too_large_is_refused_when_it_is_announced_and_when_it_comes(
    school_with: Callable[..., School], cast: Cast, settings: Settings
) -> None:
    school = school_with(file_limit=10 * KIBIBYTES)
    came = 0

    async def coming() -> AsyncIterator[bytes]:
        nonlocal came
        for _ in range(1000):
            came += 1000
            yield b"\x00" * 1000

    with pytest.raises(TooLarge, match="at most 10 kB"):
        await school.files.keep(cast.ben, "x", coming(), announced=10 * KIBIBYTES + 1)
    assert came == 0
    with pytest.raises(TooLarge, match="at most 10 kB"):
        await school.files.keep(cast.ben, "x", coming())
    assert came <= 11_000
    assert kept(settings) == []
    exactly = await send(school, cast.ben, noise(10 * KIBIBYTES))
    assert exactly.size == 10 * KIBIBYTES


async def test_a_person_has_so_much_waiting_and_so_much_in_all(
    school_with: Callable[..., School], cast: Cast, biology: Room, settings: Settings
) -> None:
    school = school_with(waiting_files_limit=10_000, files_limit=15_000)
    first = await send(school, cast.ben, noise(6_000))
    with pytest.raises(TooLarge, match="in no message yet"):
        await send(school, cast.ben, noise(6_000))
    await send(school, cast.mia, noise(6_000))  # each has their own
    await school.messages.post(cast.ben, biology.id, Draft(new_id(), "", (first.id,)))
    await send(school, cast.ben, noise(6_000))
    with pytest.raises(TooLarge, match="no room left"):
        await send(school, cast.ben, noise(3_900))
    assert len(kept(settings)) == 3


async def test_files_that_come_together_do_not_pass_a_limit_together(
    school_with: Callable[..., School], cast: Cast, settings: Settings, database: Database
) -> None:
    school = school_with(waiting_files_limit=10_000)
    done = await asyncio.gather(*(send(school, cast.ben, noise(4_000)) for _ in range(5)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["File", "File", "TooLarge", "TooLarge", "TooLarge"]
    assert len(kept(settings)) == await database.query(models.File).count() == 2


async def test_a_person_sends_so_many_at_once_and_so_many_in_a_minute(
    school_with: Callable[..., School], cast: Cast
) -> None:
    school = school_with(uploads_at_once=2, uploads_per_minute=4)
    going_on = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield PDF
        await going_on.wait()

    two = [asyncio.ensure_future(school.files.keep(cast.ben, "x", slowly())) for _ in range(2)]
    await asyncio.sleep(0.2)
    with pytest.raises(TooMany, match="at once"):
        await send(school, cast.ben)
    await send(school, cast.mia)
    going_on.set()
    await asyncio.gather(*two)
    await send(school, cast.ben)
    with pytest.raises(TooMany, match="very many files"):
        await send(school, cast.ben)


async def test_an_upload_that_breaks_off_leaves_nothing(
    school: School, cast: Cast, settings: Settings, database: Database
) -> None:
    arrived = asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        yield noise(800 * KIBIBYTES)
        arrived.set()
        await asyncio.Event().wait()

    upload = asyncio.ensure_future(school.files.keep(cast.ben, "x", half()))
    await arrived.wait()
    await until(lambda: len(kept(settings)) == 1)
    upload.cancel()
    await asyncio.gather(upload, return_exceptions=True)
    await all_told()
    assert kept(settings) == []
    assert await database.query(models.File).count() == 0


async def test_a_file_stays_when_nobody_knows_whether_it_was_written_down(
    school: School, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = school.files._write

    async def unheard(*said: Any) -> None:
        await write(*said)
        raise Unavailable  # the line to Postgres broke after the COMMIT

    monkeypatch.setattr(school.files, "_write", unheard)
    with pytest.raises(Unavailable):
        await send(school, cast.ben)
    (file,) = await database.query(models.File)
    assert await held(school, cast.ben, file.id) == PDF


async def test_a_full_disk_is_told_calmly_and_nothing_half_is_kept(
    school: School, cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edusphere.school.storage.RESERVE", 2**60)
    with pytest.raises(Unavailable, match="disk"):
        await send(school, cast.ben)
    assert kept(settings) == []


# -- whose they are


async def test_a_waiting_file_is_its_senders_alone(school: School, cast: Cast, biology: Room) -> None:
    file = await send(school, cast.ben)
    assert (await school.files.reach(cast.ben, file.id)).id == file.id
    for other in (cast.anna, cast.mia, cast.olga):
        with pytest.raises(NotFound):
            await school.files.reach(other, file.id)
    with pytest.raises(NotSignedIn):
        await school.files.reach(None, file.id)
    with pytest.raises(NotFound):
        await school.files.reach(cast.ben, new_id())


async def test_a_waiting_file_is_taken_back_by_its_sender_only(
    school: School, cast: Cast, biology: Room, settings: Settings
) -> None:
    file = await send(school, cast.ben, drawn())
    with pytest.raises(NotFound):
        await school.files.take_back(cast.mia, file.id)
    await school.files.take_back(cast.ben, file.id)
    assert kept(settings) == []
    with pytest.raises(NotFound):
        await school.files.take_back(cast.ben, file.id)
    sent = await send(school, cast.ben)
    await school.messages.post(cast.ben, biology.id, Draft(new_id(), "", (sent.id,)))
    with pytest.raises(NotFound):
        await school.files.take_back(cast.ben, sent.id)
    assert len(kept(settings)) == 1


async def test_a_file_in_a_message_is_for_those_in_the_room(school: School, cast: Cast, biology: Room) -> None:
    file = await send(school, cast.ben)
    await school.messages.post(cast.ben, biology.id, Draft(new_id(), "", (file.id,)))
    for member in (cast.anna, cast.ben, cast.mia):
        assert (await school.files.reach(member, file.id)).id == file.id
    for other in (cast.zoe, cast.olga):
        with pytest.raises(NotFound):
            await school.files.reach(other, file.id)
    await school.rooms.leave(cast.mia, biology.id)
    await school.rooms.leave(cast.ben, biology.id)
    for gone in (cast.mia, cast.ben):
        with pytest.raises(NotFound):
            await school.files.reach(gone, file.id)
    await school.rooms.delete(cast.anna, biology.id)
    with pytest.raises(NotFound):
        await school.files.reach(cast.anna, file.id)


async def test_files_of_a_removed_message_are_for_nobody_and_stay_in_the_storage(
    school: School, cast: Cast, biology: Room, news: News, settings: Settings
) -> None:
    file = await send(school, cast.ben)
    posted = await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Look", (file.id,)))
    await school.messages.remove(cast.anna, posted.message_id)
    for member in (cast.anna, cast.ben):
        with pytest.raises(NotFound):
            await school.files.reach(member, file.id)
    assert news.in_room(biology.id)[-1].message.files == ()
    (said,) = (await school.messages.history(cast.anna, biology.id)).nodes
    assert (said.message.removed, said.message.files) == (True, ())
    assert len(kept(settings)) == 1


# -- in messages


async def test_a_message_takes_its_files_along_in_their_order(
    school: School, cast: Cast, biology: Room, news: News, database: Database
) -> None:
    files = [await send(school, cast.ben, name=f"{count}.pdf") for count in range(3)]
    files = [files[2], files[0], files[1]]
    ids = tuple(file.id for file in files)
    posted = await school.messages.post(cast.ben, biology.id, Draft(new_id(), "", ids))
    (event,) = news.in_room(biology.id)
    assert (event.message.body, event.message.files) == ("", tuple(files))
    (said,) = (await school.messages.history(cast.mia, biology.id)).nodes
    assert said.message.files == tuple(files)
    assert (await school.messages.find(cast.mia, posted.message_id)).message.files == tuple(files)
    (change,) = await Ledger(database).changes(biology.id, 0, 10)
    assert change.message.files == tuple(files)
    rows = await database.query(models.File).order_by("place")
    assert [(row.id, row.message_id) for row in rows] == [(one, posted.message_id) for one in ids]


async def test_files_come_with_words_and_stay_when_the_words_are_edited_or_taken_away(
    school: School, cast: Cast, biology: Room, news: News
) -> None:
    file = await send(school, cast.ben)
    posted = await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Teh notes", (file.id,)))
    await school.messages.edit(cast.ben, posted.message_id, "The notes")
    await school.messages.edit(cast.ben, posted.message_id, "  ")
    assert [(event.message.body, event.message.files) for event in news.in_room(biology.id)] == [
        ("Teh notes", (file,)),
        ("The notes", (file,)),
        ("", (file,)),
    ]
    bare = await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Words"))
    with pytest.raises(Invalid):
        await school.messages.edit(cast.ben, bare.message_id, "  ")


async def test_a_resend_is_answered_the_same_and_other_files_are_a_conflict(
    school: School, cast: Cast, biology: Room, news: News, database: Database
) -> None:
    first, second, other = [await send(school, cast.ben) for _ in range(3)]
    draft = Draft(new_id(), "Look", (first.id, second.id))
    posted = await school.messages.post(cast.ben, biology.id, draft)
    assert await school.messages.post(cast.ben, biology.id, draft) == posted
    for ids in ((), (first.id,), (first.id, second.id, other.id), (first.id, other.id)):
        with pytest.raises(Conflict):
            await school.messages.post(cast.ben, biology.id, Draft(draft.client_id, "Look", ids))
    assert (await school.files.reach(cast.ben, other.id)).message_id is None
    await school.messages.remove(cast.ben, posted.message_id)
    assert await school.messages.post(cast.ben, biology.id, draft) == posted
    assert len(news.in_room(biology.id)) == 2


@pytest.mark.parametrize("whose", ["nobody's", "mia's", "sent already", "named twice", "too many", "one good, one not"])
async def test_files_that_are_not_ones_own_to_send_are_refused_and_nothing_is_written(
    school: School, cast: Cast, biology: Room, database: Database, news: News, whose: str
) -> None:
    mine = await send(school, cast.ben)
    sent = await send(school, cast.ben)
    await school.messages.post(cast.ben, biology.id, Draft(new_id(), "", (sent.id,)))
    ids: tuple[UUID, ...] = {
        "nobody's": (new_id(),),
        "mia's": ((await send(school, cast.mia)).id,),
        "sent already": (sent.id,),
        "named twice": (mine.id, mine.id),
        "too many": tuple(new_id() for _ in range(11)),
        "one good, one not": (mine.id, new_id()),
    }[whose]
    news.forget()
    with pytest.raises(Invalid) as refused:
        await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Look", ids))
    assert list(refused.value.errors) == ["fileIds"]
    assert news.in_room(biology.id) == []
    assert (await school.rooms.reach(cast.ben, biology.id)).room.last_number == 1
    assert (await school.files.reach(cast.ben, mine.id)).message_id is None
    assert (await school.messages.post(cast.ben, biology.id, Draft(new_id(), "Look", (mine.id,)))).number == 2


async def test_a_file_sent_twice_in_the_same_moment_goes_into_one_message(
    school: School, cast: Cast, biology: Room, database: Database
) -> None:
    other = await school.rooms.create(cast.ben, "Chess", "Games", "")
    one, two = await send(school, cast.ben), await send(school, cast.ben)
    done = await asyncio.gather(
        school.messages.post(cast.ben, biology.id, Draft(new_id(), "here", (one.id, two.id))),
        school.messages.post(cast.ben, other.id, Draft(new_id(), "there", (two.id, one.id))),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in done) == ["Invalid", "Posted"]
    assert len({row.message_id for row in await database.query(models.File)}) == 1


async def test_a_page_of_files_is_one_question_to_the_database(
    school: School, cast: Cast, biology: Room, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        file = await send(school, cast.mia)
        await school.messages.post(cast.mia, biology.id, Draft(new_id(), "", (file.id,)))
    asked: list[str] = []
    rows = Database.rows

    async def counted(self: Database, sql: str, *values: object) -> list[object]:
        asked.append(sql)
        return await rows(self, sql, *values)

    monkeypatch.setattr(Database, "rows", counted)
    history = await school.messages.history(cast.anna, biology.id)
    assert [len(said.message.files) for said in history.nodes] == [1] * 5
    assert len(asked) == 2  # may she, and the page
