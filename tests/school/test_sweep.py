"""What nobody will ask for again is swept away; everything else stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

from edusphere.database import Database
from edusphere.school import School, models
from edusphere.school.messages import Draft
from edusphere.school.models import Room
from edusphere.school.models.ids import new_id
from edusphere.school.sessions import Device
from edusphere.school.sweep import Swept
from edusphere.settings import DAYS, Settings
from tests.people import BEN, PASSWORD, Cast
from tests.samples import PDF, arriving, drawn, noise


def kept(settings: Settings) -> set[str]:
    media = settings.data / "media"
    return {path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file()}


def lay(settings: Settings, key: str, size: int = 100) -> None:
    path: Path = settings.data / "media" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(noise(size))


async def age(settings: Settings, database: Database, days: float = 1.5) -> None:
    """Let so many days pass."""
    then = time.time() - days * DAYS
    for key in kept(settings):
        os.utime(settings.data / "media" / key, (then, then))
    await database.rows("UPDATE files SET created = created - make_interval(secs => $1)", days * DAYS)


async def test_nothing_is_swept_of_a_school_where_all_is_in_use(
    school: School, cast: Cast, biology: Room, settings: Settings, database: Database
) -> None:
    file = await school.files.keep(cast.ben, "me.png", arriving(drawn()))
    posted = await school.messages.post(cast.ben, biology.id, Draft(new_id(), "", (file.id,)))
    await school.people.edit(cast.ben, avatar=await school.pictures.keep_avatar(drawn()))
    await age(settings, database)
    before = kept(settings)
    assert len(before) == 3
    await school.files.keep(cast.ben, "new.pdf", arriving(PDF))
    assert await school.sweeper.sweep() == Swept()
    await school.messages.remove(cast.ben, posted.message_id)
    await age(settings, database, 0.5)
    assert await school.sweeper.sweep() == Swept()
    assert before < kept(settings)


async def test_what_is_left_behind_is_looked_for_and_then_swept(
    school: School, cast: Cast, settings: Settings, database: Database
) -> None:
    await school.files.keep(cast.ben, "never sent.pdf", arriving(PDF))
    picture = await school.files.keep(cast.ben, "never sent.png", arriving(drawn()))
    await school.people.edit(cast.ben, avatar=await school.pictures.keep_avatar(drawn()))
    await school.people.edit(cast.ben, avatar="")
    lay(settings, "files/ab/0000000000000000000000000000ab")
    lay(settings, f"files/cd/{new_id().hex}.picture")
    lay(settings, "unfinished/half")
    left = kept(settings)
    assert await school.sweeper.sweep() == Swept()  # a day is let pass
    await age(settings, database)

    found = await school.sweeper.sweep(only_look=True)
    assert (found.waiting, found.ownerless, found.avatars, found.unfinished, found.missing) == (2, 2, 1, 1, [])
    assert found.bytes > 300 + len(PDF) + picture.size
    assert kept(settings) == left
    assert await school.sweeper.sweep() == found
    assert kept(settings) == set()
    assert await database.query(models.File).count() == 0
    assert await school.sweeper.sweep() == Swept()


async def test_a_row_whose_bytes_are_gone_is_told_and_left_alone(
    school: School, cast: Cast, biology: Room, settings: Settings, database: Database
) -> None:
    whole = await school.files.keep(cast.ben, "whole.png", arriving(drawn()))
    lost = await school.files.keep(cast.ben, "lost.png", arriving(drawn()))
    await school.messages.post(cast.ben, biology.id, Draft(new_id(), "", (whole.id, lost.id)))
    await school.storage.delete((await school.files.reach(cast.ben, lost.id)).thumbnail_key)
    assert (await school.sweeper.sweep()).missing == [lost.id]
    assert await database.query(models.File).count() == 2


async def test_sign_ins_that_are_over_are_forgotten_after_a_week(
    school: School, cast: Cast, database: Database
) -> None:
    phone = Device("Phone", "192.0.2.1")
    over, lasting = [await school.sessions.sign_in(BEN.email, PASSWORD, phone) for _ in range(2)]
    await school.sessions.end(over.me)
    assert (await school.sweeper.sweep()).sign_ins == 0
    await database.rows("UPDATE sessions SET ended = ended - interval '8 days' WHERE ended IS NOT NULL")
    assert (await school.sweeper.sweep(only_look=True)).sign_ins == 1
    assert (await school.sweeper.sweep()).sign_ins == 1
    assert await database.query(models.Session).all().count() == 1
    assert await school.sessions.me(lasting.session_id) is not None
