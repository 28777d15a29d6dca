"""The sweep of the command line and of the day."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from edusphere.app import create_app
from edusphere.database import Database
from edusphere.database.address import Address
from edusphere.database.alone import alone
from edusphere.realtime import Realtime
from edusphere.school import models
from edusphere.school.models.ids import new_id
from edusphere.school.sweep import Swept
from edusphere.server import sweeping
from edusphere.server.sweeping import LOCK, daily, report, swept
from edusphere.settings import Settings
from edusphere.web.parts import Parts
from tests.conftest import KEYS
from tests.people import Cast
from tests.samples import PDF, arriving


@pytest_asyncio.fixture
async def parts(address: Address, realtime: Realtime, settings: Settings) -> AsyncIterator[Parts]:
    app = create_app(settings, address=address, keys=KEYS, realtime=realtime)
    async with app.test_app():
        yield app.extensions["edusphere"]


async def test_one_process_sweeps_at_a_time(parts: Parts) -> None:
    async with alone(parts.address, LOCK) as granted:
        assert granted
        assert await swept(parts) is None
        async with alone(parts.address, LOCK + 1) as other:
            assert other
    assert await swept(parts) == Swept()


async def test_a_served_school_sweeps_by_itself(
    parts: Parts, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await parts.school.files.keep(cast.ben, "never sent.pdf", arriving(PDF))
    await database.rows("UPDATE files SET created = created - interval '2 days'")
    monkeypatch.setattr(sweeping, "FIRST", 0)
    monkeypatch.setattr(sweeping, "SPREAD", 0)
    async with daily(parts):
        async with asyncio.timeout(5):
            while await database.query(models.File).count():
                await asyncio.sleep(0.02)


def test_what_was_swept_is_told_in_sentences() -> None:
    assert report(Swept()) == ["There is nothing to sweep."]
    assert report(None) == ["Another process is sweeping right now."]
    gone = new_id()
    assert report(Swept(waiting=1200, avatars=1, bytes=3 * 2**20, missing=[gone]), only_look=True) == [
        "1,200 would be deleted: uploaded and never sent.",
        "1 would be deleted: pictures of people that were replaced.",
        "3.0 MB in all.",
        f"The file {gone} is gone from the data folder; a backup may have it.",
    ]
